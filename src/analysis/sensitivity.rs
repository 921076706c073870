//! What each input figure does: derivatives of the objective and of every goal by duality, and a tornado of re-solved
//! plans.
//!
//! A derivative needs no second solve (see `derivative`). It moves one figure alone, and it holds in the small. The
//! tornado solves anew at both ends of what each figure may be, whatever its derivative: a limit that is slack in the
//! plan may bind within that range, and at a vertex where more limits meet than fix it a derivative holds to one side
//! only.

mod tornado;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    assumption::is_multiplier,
    clock::Clock,
    context::Context,
    derivative::{Followed, Slopes, Weigher, follow, follow_objective, is_datum},
    failure, goals,
};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, nearest},
    flowsheet::{FigureId, Flowsheet, Objective, Provenance},
    lp::Options,
    model::{Form, Model},
};
use tornado::Tornado;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The goal whose tornado is drawn; by default the value multiplier if it is a goal, else the objective.
    pub goal: Option<String>,
    /// Whether the tornado is that of the objective, whatever goals there are.
    pub objective: bool,
    /// Number of figures in the tornado.
    pub top: usize,
    /// How far figures without a range of their own are moved, as a share of their value, 0–1.
    pub by: f64,
}

/// What each figure does to the objective and the goals.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SensitivityReport {
    /// One line that says what is modelled.
    pub title: String,
    /// Code of the currency of all money.
    pub currency: String,
    /// What the tornado is of: the objective or a goal.
    pub of: String,
    /// Its unit; empty for a ratio of like things.
    pub unit: String,
    /// Its value in the best plan.
    pub base: f64,
    /// How far figures without a range of their own are moved in the tornado, as a share of their value.
    pub by: f64,
    /// Whether more limits meet than fix the plan: a derivative may then hold in one direction only.
    pub degenerate: bool,
    /// The figures with the largest swings.
    pub tornado: Vec<Bar>,
    /// All figures that do anything, in the order of the file.
    pub figures: Vec<FigureEffect>,
    /// Number of figures without derivative, because the flowsheet has too many that shape flows, or the time limit
    /// passed.
    pub unweighed: usize,
    /// Number of figures that might stand in the tornado but were not solved anew, because there are too many, or the
    /// time limit passed.
    pub unsolved: usize,
}

/// One bar of a tornado.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Bar {
    /// Path of the figure.
    pub path: String,
    /// As it was written.
    pub text: String,
    /// `sourced`, `assumed` or `unstated`.
    pub provenance: &'static str,
    /// In internal units.
    pub value: f64,
    /// Its low and its high value in the tornado, in internal units.
    pub ends: [f64; 2],
    /// The ends as they were written, if the figure has a range of its own.
    pub range: Option<[String; 2]>,
    /// What is followed at the low value; none if there is no plan, if a ratio has no denominator, or if the
    /// flowsheet is refused: shares that do not sum to 1, a specification that nothing meets.
    pub at_low: Option<f64>,
    /// What is followed at the high value; none likewise.
    pub at_high: Option<f64>,
    /// Whether there is no plan at the low and at the high value.
    pub no_plan: [bool; 2],
    /// Largest difference between these and the base.
    pub swing: f64,
    /// Change in % per 1 % more of the figure; none if the base is 0, or there is no derivative.
    pub elasticity: Option<f64>,
}

/// What one figure does.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FigureEffect {
    /// Its path.
    pub path: String,
    /// As it was written.
    pub text: String,
    /// In internal units.
    pub value: f64,
    /// `sourced`, `assumed` or `unstated`.
    pub provenance: &'static str,
    /// ∂(objective)/∂figure, in internal units.
    pub objective: f64,
    /// ∂(goal)/∂figure of each goal that has a value, in the order of the file.
    pub goals: Vec<Effect>,
}

/// The derivative of a goal.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Effect {
    /// Its name.
    pub goal: String,
    /// ∂(goal)/∂figure, in internal units.
    pub derivative: f64,
}

/// Solves a flowsheet and weighs its figures.
///
/// The time limit of `options` holds for all of it: what cannot be weighed in time is counted.
///
/// # Errors
/// Findings, if a named goal does not exist or has no value, or if there is no proven plan.
pub fn sensitivity(
    flowsheet: &Flowsheet,
    options: &Options,
    request: &Request,
) -> Result<SensitivityReport, Diagnostics> {
    super::only_one_year(flowsheet, "sensitivity")?;
    let clock = Clock::start(options);
    let chosen = choose(flowsheet, request)?;
    let values = flowsheet.values();
    let mut model = Model::assemble(flowsheet, &values)?;
    let solution = model
        .solve(flowsheet, options, Form::Condensed)
        .map_err(|failure| failure::explain(flowsheet, &values, &model, options, &failure))?;
    let context = Context::new(flowsheet, &values, &model, &solution);
    let no_basis = || -> Diagnostics {
        Diagnostic::new(
            Code::NotProven,
            "the program is too large for derivatives: there is no basis",
        )
        .into()
    };
    let objective = follow_objective(&context).ok_or_else(no_basis)?;
    let followed: Vec<Option<Followed>> =
        flowsheet.goals.iter().map(|goal| follow(&context, goal)).collect();
    let (main, name, unit) = if let Some(at) = chosen {
        let goal = flowsheet.goals.iter().nth(at);
        let (name, unit) =
            goal.map(|goal| (goal.name.clone(), goals::unit(flowsheet, goal))).unwrap_or_default();
        let Some(main) = &followed[at] else { return Err(no_value(&name)) };
        (main, name, unit)
    } else {
        let unit = flowsheet.objective.unit(&flowsheet.currency);
        (&objective, flowsheet.objective.text(), unit)
    };
    let all = [Some(main), Some(&objective)].into_iter().chain(followed.iter().map(Option::as_ref));
    let all: Vec<Option<&Followed>> = all.collect();
    let weigher = Weigher::new(&context, clock, |id| is_datum(flowsheet, id));
    let Slopes { by: slopes, unweighed } =
        Slopes::new(&context, &weigher, &all, |id| is_datum(flowsheet, id));
    let tornado = Tornado { context: &context, clock, main, weigher: &weigher, by: request.by };
    let slope_of = |id: FigureId| slopes[id].as_ref().map(|by| by[0]);
    let (bars, unsolved) = tornado.draw(slope_of, request.top);
    let effects = |by: &[f64]| {
        let effects = flowsheet.goals.iter().zip(&followed).zip(&by[2..]);
        let effects = effects.filter(|((_, followed), _)| followed.is_some());
        effects
            .map(|((goal, _), &derivative)| Effect { goal: goal.name.clone(), derivative })
            .collect()
    };
    let figures = flowsheet.figures.iter_ids().filter_map(|(id, figure)| {
        let by = slopes[id].as_ref().filter(|by| by.iter().any(|&by| by != 0.0))?;
        Some(FigureEffect {
            path: figure.path.clone(),
            text: figure.text.clone(),
            value: figure.value,
            provenance: provenance(&figure.provenance),
            objective: by[1],
            goals: effects(by),
        })
    });
    Ok(SensitivityReport {
        title: flowsheet.title.clone(),
        currency: flowsheet.currency.clone(),
        of: name,
        unit,
        base: main.base,
        by: request.by,
        degenerate: solution.raw.degenerate,
        tornado: bars,
        figures: figures.collect(),
        unweighed,
        unsolved,
    })
}

fn no_value(goal: &str) -> Diagnostics {
    let message = format!("goal `{goal}` has no value in the best plan: its denominator is 0");
    Diagnostic::new(Code::GoalMissed, message)
        .help("look at the objective (`--objective`) or at another goal (`--goal NAME`)")
        .into()
}

fn provenance(provenance: &Provenance) -> &'static str {
    match provenance {
        Provenance::Sourced { .. } => "sourced",
        Provenance::Assumed { .. } => "assumed",
        Provenance::Computed => "computed",
        Provenance::Wanted | Provenance::Unstated => "unstated",
    }
}

/// The place of the goal that is followed among the goals; none for the objective.
fn choose(flowsheet: &Flowsheet, request: &Request) -> Result<Option<usize>, Diagnostics> {
    let mut goals = flowsheet.goals.iter();
    let Some(name) = &request.goal else {
        let multiplier = goals.position(is_multiplier);
        let money = matches!(flowsheet.objective, Objective::Profit);
        return Ok(multiplier.filter(|_| money && !request.objective));
    };
    if let Some(at) = goals.position(|goal| goal.name == *name) {
        return Ok(Some(at));
    }
    let known: Vec<&str> = flowsheet.goals.iter().map(|goal| goal.name.as_str()).collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "the flowsheet has no goal".to_owned(),
        None => format!("there are `{}`", known.join("`, `")),
    };
    Err(Diagnostic::new(Code::UnknownGoal, format!("there is no goal `{name}`")).help(help).into())
}
