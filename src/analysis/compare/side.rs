//! What is compared of a plan.

use serde::Deserialize;

use super::SHARE;
use crate::{
    analysis::{
        Counts, GoalOutcome, LimitOutcome, MultiplierOutcome, ObjectiveOutcome, OpenOutcome,
        Outcome, StageOutcome, StreamOutcome, analyse, bottleneck, check_closure, context::Context,
        describe_objective, failure, flows, goals, goals::TOLERANCE, interval, multiplier, open,
        value,
    },
    diagnostic::Diagnostics,
    flowsheet::Flowsheet,
    lp::Options,
    model::{Form, Model},
};

/// Why a report has not what it should, and what is to be done.
pub const ANOTHER: &str = "another version of reeflow wrote it; make it anew with `reeflow solve FLOWSHEET --format json`";

/// What makes a result.
const RESULT: &str = "make a result with `reeflow solve FLOWSHEET --format json -o RESULT.json`, with `--exact` for `verify`";

/// The command whose answer a format is: of `reeflow-sweep-1` it is `sweep`.
#[must_use]
pub fn command_of(format: &str) -> Option<&str> {
    let (command, version) = format.strip_prefix("reeflow-")?.rsplit_once('-')?;
    version.bytes().all(|digit| digit.is_ascii_digit()).then_some(command)
}

/// What a text of another format than a result is: the answer of another command, a result of another version, or neither.
#[must_use]
pub fn no_result(found: Option<&str>, wanted: &str) -> String {
    let Some(found) = found else {
        return format!("it is no result of `reeflow solve --format json`; {RESULT}");
    };
    match command_of(found) {
        Some("tables") => {
            format!("it holds tables of `reeflow report`, which are no result; {RESULT}")
        }
        Some(command) if Some(command) != command_of(wanted) => {
            format!("it is what `reeflow {command}` answered, which is no result; {RESULT}")
        }
        _ => format!("it is of the format `{found}`, not `{wanted}`: {ANOTHER}"),
    }
}

/// The least and the greatest value among all plans that are as good; none where nothing ends it.
pub(super) type Interval = [Option<f64>; 2];

/// What is compared of a plan: a part of the report that `solve` writes as JSON.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Side {
    pub(super) title: String,
    pub(super) currency: String,
    pub(super) objective: Objective,
    pub(super) goals: Vec<Goal>,
    pub(super) stages: Vec<Stage>,
    pub(super) multipliers: Vec<Multiplier>,
    pub(super) limits: Vec<Limit>,
    pub(super) streams: Vec<Stream>,
    #[serde(default)]
    pub(super) open: Vec<Open>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Objective {
    pub(super) name: String,
    pub(super) value: f64,
    pub(super) unit: String,
    pub(super) unique: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Goal {
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) sense: String,
    pub(super) bound: f64,
    pub(super) value: Option<f64>,
    #[serde(default)]
    pub(super) interval: Option<Interval>,
    pub(super) met: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Stage {
    pub(super) name: String,
    pub(super) value_in: f64,
    pub(super) value_out: f64,
    pub(super) value_added: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Multiplier {
    pub(super) numerator: String,
    pub(super) denominator: String,
    #[serde(rename = "multiplier")]
    pub(super) value: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Limit {
    pub(super) path: String,
    kind: String,
    of: String,
    pub(super) binding: bool,
    pub(super) shadow_price: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Stream {
    pub(super) name: String,
    pub(super) flow: f64,
    #[serde(default)]
    pub(super) interval: Option<Interval>,
}

/// A number that is no fact.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Open {
    part: String,
    name: String,
    least: Option<f64>,
    greatest: Option<f64>,
}

impl Goal {
    /// Whether all plans that are as good say the same of it.
    pub(super) fn is_sure(&self) -> bool {
        let Some([low, high]) = self.interval else { return true };
        let room = TOLERANCE * self.bound.abs().max(1e-12);
        let meets = |end: f64| match self.sense.as_str() {
            "at most" => end <= self.bound + room,
            _ => end >= self.bound - room,
        };
        meets(low.unwrap_or(f64::NEG_INFINITY)) == meets(high.unwrap_or(f64::INFINITY))
    }
}

impl Side {
    /// Calls the plan by these words rather than by the title of its flowsheet.
    pub fn name(&mut self, words: &[Option<String>]) {
        let words: Vec<&str> = words.iter().flatten().map(String::as_str).collect();
        self.title = words.join(", ");
    }

    /// What is compared of an answer.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Self {
        Self {
            title: outcome.title.clone(),
            currency: outcome.currency.clone(),
            objective: (&outcome.objective).into(),
            goals: outcome.goals.iter().map(Into::into).collect(),
            stages: outcome.stages.iter().map(Into::into).collect(),
            multipliers: outcome.multipliers.iter().map(Into::into).collect(),
            limits: outcome.limits.iter().map(Into::into).collect(),
            streams: outcome.streams.iter().map(Into::into).collect(),
            open: outcome.open.iter().map(Into::into).collect(),
        }
    }

    /// What is compared of a report that was written as JSON with the given name of its schema.
    ///
    /// # Errors
    /// Why it is no such report, or holds no plan.
    pub fn from_json(text: &str, schema: &str) -> Result<Self, String> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
        let found = value.get("schema").and_then(serde_json::Value::as_str);
        if found != Some(schema) {
            return Err(no_result(found, schema));
        }
        match value.get("outcome") {
            None | Some(serde_json::Value::Null) => Err("it holds no plan".to_owned()),
            Some(outcome) => Self::deserialize(outcome)
                .map_err(|error| format!("it is no whole report ({error}): {ANOTHER}")),
        }
    }

    /// Whether a limit of that path binds.
    pub(super) fn binds(&self, path: &str) -> bool {
        self.limits.iter().any(|limit| limit.path == path && limit.binding)
    }

    /// What one more of a limit is: a unit, or [`SHARE`].
    pub(super) fn per(&self, limit: &Limit) -> String {
        match Counts::of(&limit.kind) {
            Counts::MassRate => "t/yr".to_owned(),
            Counts::Mass => "t".to_owned(),
            Counts::Share => SHARE.to_owned(),
            Counts::Goal => {
                let goal = self.goals.iter().find(|goal| goal.name == limit.of);
                goal.map(|goal| goal.unit.clone()).unwrap_or_default()
            }
        }
    }

    /// The interval of a number that is no fact.
    pub(super) fn interval(&self, part: &str, name: &str) -> Option<Interval> {
        let open = self.open.iter().find(|it| it.part == part && it.name == name)?;
        Some([open.least, open.greatest])
    }
}

impl From<&ObjectiveOutcome> for Objective {
    fn from(outcome: &ObjectiveOutcome) -> Self {
        let (name, unit) = (outcome.name.clone(), outcome.unit.clone());
        Self { name, value: outcome.value, unit, unique: outcome.unique }
    }
}

impl From<&GoalOutcome> for Goal {
    fn from(outcome: &GoalOutcome) -> Self {
        Self {
            name: outcome.name.clone(),
            unit: outcome.unit.clone(),
            sense: outcome.sense.to_owned(),
            bound: outcome.bound,
            value: outcome.value,
            interval: outcome.interval,
            met: outcome.met,
        }
    }
}

impl From<&StageOutcome> for Stage {
    fn from(outcome: &StageOutcome) -> Self {
        let StageOutcome { value_in, value_out, value_added, .. } = *outcome;
        Self { name: outcome.name.clone(), value_in, value_out, value_added }
    }
}

impl From<&MultiplierOutcome> for Multiplier {
    fn from(outcome: &MultiplierOutcome) -> Self {
        Self {
            numerator: outcome.numerator.clone(),
            denominator: outcome.denominator.clone(),
            value: outcome.multiplier,
        }
    }
}

impl From<&LimitOutcome> for Limit {
    fn from(outcome: &LimitOutcome) -> Self {
        let LimitOutcome { binding, shadow_price, kind, .. } = *outcome;
        let (path, of) = (outcome.path.clone(), outcome.of.clone());
        Self { path, kind: kind.to_owned(), of, binding, shadow_price }
    }
}

impl From<&OpenOutcome> for Open {
    fn from(outcome: &OpenOutcome) -> Self {
        let OpenOutcome { least, greatest, .. } = *outcome;
        Self { part: outcome.part.to_owned(), name: outcome.name.clone(), least, greatest }
    }
}

impl From<&StreamOutcome> for Stream {
    fn from(outcome: &StreamOutcome) -> Self {
        Self { name: outcome.name.clone(), flow: outcome.flow, interval: outcome.interval }
    }
}

/// Solves a flowsheet for what is compared of its plan, and for nothing else.
///
/// # Errors
/// Findings, if the model is wrong, infeasible or unbounded, or if no proven optimum was found.
pub fn observe(flowsheet: &Flowsheet, options: &Options, form: Form) -> Result<Side, Diagnostics> {
    if form == Form::Full {
        return analyse(flowsheet, options, form).map(|plan| Side::of(&plan.outcome));
    }
    super::super::only_one_year(flowsheet, "compare")?;
    let values = flowsheet.values();
    let mut model = Model::assemble(flowsheet, &values)?;
    let solution = model
        .solve(flowsheet, options, form)
        .map_err(|failure| failure::explain(flowsheet, &values, &model, options, &failure))?;
    let context = Context::new(flowsheet, &values, &model, &solution);
    check_closure(&context)?;
    let mut goals = goals::reached(&context);
    let mut streams = flows::streams(&context);
    interval::fill(&context, options, &mut streams, &mut goals, false);
    let stages = value::stages(&context).0;
    let open = match solution.raw.unique {
        Some(true) => Vec::new(),
        _ => open::open(&context, options, false),
    };
    Ok(Side {
        title: flowsheet.title.clone(),
        currency: flowsheet.currency.clone(),
        objective: (&describe_objective(flowsheet, &solution)).into(),
        goals: goals.iter().map(Into::into).collect(),
        stages: stages.iter().map(Into::into).collect(),
        multipliers: multiplier::multipliers(&context).iter().map(Into::into).collect(),
        limits: bottleneck::limits(&context, options).iter().map(Into::into).collect(),
        streams: streams.iter().map(Into::into).collect(),
        open: open.iter().map(Into::into).collect(),
    })
}
