//! What changed between two plans: differences, and the part that each edited input has in them.

mod attribution;

pub use attribution::{Attribution, Part, attribute};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Two numbers nearer than this are one, relative.
const SAME: f64 = 1e-9;

/// A number of a stage.
type OfStage = fn(&Stage) -> f64;

/// What is compared of a plan: a part of the report that `solve` writes as JSON.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Side {
    title: String,
    currency: String,
    objective: Objective,
    goals: Vec<Goal>,
    stages: Vec<Stage>,
    multipliers: Vec<Multiplier>,
    limits: Vec<Limit>,
    streams: Vec<Stream>,
}

#[derive(Clone, Debug, Deserialize)]
struct Objective {
    name: String,
    value: f64,
    unit: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Goal {
    name: String,
    unit: String,
    sense: String,
    value: Option<f64>,
    met: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Stage {
    name: String,
    value_in: f64,
    value_out: f64,
    value_added: f64,
}

#[derive(Clone, Debug, Deserialize)]
struct Multiplier {
    numerator: String,
    denominator: String,
    #[serde(rename = "multiplier")]
    value: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Limit {
    path: String,
    binding: bool,
    shadow_price: f64,
}

#[derive(Clone, Debug, Deserialize)]
struct Stream {
    name: String,
    flow: f64,
}

/// The differences between two plans.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Comparison {
    /// The first plan in one line.
    pub before: String,
    /// The second plan in one line.
    pub after: String,
    /// Code of the currency of all money.
    pub currency: String,
    /// The objective.
    pub objective: Change,
    /// The value multipliers that differ.
    pub multipliers: Vec<Change>,
    /// Goals that differ, with their verdicts.
    pub goals: Vec<GoalChange>,
    /// Value added, value in and value out of the stages that differ.
    pub stages: Vec<Change>,
    /// Streams that differ, the largest change relative to the larger flow first.
    pub streams: Vec<Change>,
    /// Limits that bind in the second plan only.
    pub newly_binding: Vec<String>,
    /// Limits that bind in the first plan only.
    pub newly_free: Vec<String>,
    /// Shadow prices of limits that bind in both plans and differ.
    pub shadow_prices: Vec<Change>,
    /// What each edited input has to do with it; none for saved results, which do not carry their inputs.
    pub attribution: Option<Attribution>,
    /// Why there is no attribution.
    pub why_not_attributed: Option<String>,
}

/// One number in both plans.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Change {
    /// What it is.
    pub name: String,
    /// Its unit; empty for a pure number.
    pub unit: String,
    /// In the first plan; none if it is not there.
    pub before: Option<f64>,
    /// In the second plan; none if it is not there.
    pub after: Option<f64>,
}

/// A goal in both plans.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GoalChange {
    /// Its value.
    #[serde(flatten)]
    pub value: Change,
    /// Whether the first plan meets it; none if it has no such goal.
    pub met_before: Option<bool>,
    /// Whether the second plan meets it; none if it has no such goal.
    pub met_after: Option<bool>,
}

impl Change {
    /// After less before; what is not there counts as 0.
    #[must_use]
    pub fn difference(&self) -> f64 {
        self.after.unwrap_or(0.0) - self.before.unwrap_or(0.0)
    }

    fn differs(&self) -> bool {
        match (self.before, self.after) {
            (Some(before), Some(after)) => {
                (after - before).abs() > SAME * before.abs().max(after.abs())
            }
            (before, after) => before.is_some() != after.is_some(),
        }
    }

    /// Difference relative to the larger of both.
    fn relative(&self) -> f64 {
        let size = self.before.unwrap_or(0.0).abs().max(self.after.unwrap_or(0.0).abs());
        if size > 0.0 { self.difference().abs() / size } else { 0.0 }
    }
}

/// The numbers of both plans side by side, in the order of the first, then what only the second has.
fn pair<T>(
    before: &[T],
    after: &[T],
    name: impl Fn(&T) -> String,
    value: impl Fn(&T) -> Option<f64>,
    unit: &str,
) -> Vec<Change> {
    let find =
        |list: &[T], wanted: &str| list.iter().find(|it| name(it) == wanted).and_then(&value);
    let mut names: Vec<String> = before.iter().map(&name).collect();
    let more: Vec<String> = after.iter().map(&name).filter(|name| !names.contains(name)).collect();
    names.extend(more);
    names
        .into_iter()
        .map(|name| Change {
            before: find(before, &name),
            after: find(after, &name),
            unit: unit.to_owned(),
            name,
        })
        .filter(Change::differs)
        .collect()
}

/// Compares two plans.
#[must_use]
pub fn compare(before: &Side, after: &Side) -> Comparison {
    let money = format!("{}/yr", after.currency);
    let mut stages = Vec::new();
    let parts: [(&str, OfStage); 3] = [
        ("value added", |stage| stage.value_added),
        ("in", |stage| stage.value_in),
        ("out", |stage| stage.value_out),
    ];
    for (part, of) in parts {
        let name = |stage: &Stage| format!("{}, {part}", stage.name);
        stages.extend(pair(&before.stages, &after.stages, name, |it| Some(of(it)), &money));
    }
    let order = |change: &Change| {
        let stage = change.name.rsplit_once(", ").map_or("", |(stage, _)| stage);
        let at = |list: &[Stage]| list.iter().position(|it| it.name == stage);
        at(&after.stages).or_else(|| at(&before.stages))
    };
    stages.sort_by_key(order);
    let mut streams =
        pair(&before.streams, &after.streams, |it| it.name.clone(), |it| Some(it.flow), "t/yr");
    let largest = before.streams.iter().chain(&after.streams).map(|it| it.flow).fold(0.0, f64::max);
    streams.retain(|change| {
        change.difference().abs() > SAME * largest
            || change.before.is_none()
            || change.after.is_none()
    });
    streams.sort_by(|a, b| b.relative().total_cmp(&a.relative()));
    let binds = |side: &Side, path: &str| {
        side.limits.iter().any(|limit| limit.path == path && limit.binding)
    };
    let only = |one: &Side, other: &Side| -> Vec<String> {
        let mut list: Vec<String> = one
            .limits
            .iter()
            .filter(|limit| limit.binding && !binds(other, &limit.path))
            .map(|limit| limit.path.clone())
            .collect();
        list.dedup();
        list
    };
    let bound = |side: &Side, other: &Side| -> Vec<Limit> {
        let both = |limit: &&Limit| limit.binding && binds(other, &limit.path);
        side.limits.iter().filter(both).cloned().collect()
    };
    let (bound_before, bound_after) = (bound(before, after), bound(after, before));
    Comparison {
        before: before.title.clone(),
        after: after.title.clone(),
        currency: after.currency.clone(),
        objective: Change {
            name: after.objective.name.clone(),
            unit: after.objective.unit.clone(),
            before: (before.objective.name == after.objective.name)
                .then_some(before.objective.value),
            after: Some(after.objective.value),
        },
        multipliers: pair(
            &before.multipliers,
            &after.multipliers,
            |it| format!("{} ÷ {}", it.numerator, it.denominator),
            |it| it.value,
            "",
        ),
        goals: goals(before, after),
        stages,
        streams,
        newly_binding: only(after, before),
        newly_free: only(before, after),
        shadow_prices: pair(
            &bound_before,
            &bound_after,
            |it| it.path.clone(),
            |it| Some(it.shadow_price),
            &after.objective.unit,
        ),
        attribution: None,
        why_not_attributed: None,
    }
}

fn goals(before: &Side, after: &Side) -> Vec<GoalChange> {
    let name = |goal: &Goal| format!("{} ({})", goal.name, goal.sense);
    let find = |side: &Side, wanted: &str| side.goals.iter().find(|it| name(it) == wanted).cloned();
    let mut names: Vec<String> = before.goals.iter().map(name).collect();
    let more: Vec<String> = after.goals.iter().map(name).filter(|it| !names.contains(it)).collect();
    names.extend(more);
    let changes = names.into_iter().map(|wanted| {
        let (old, new) = (find(before, &wanted), find(after, &wanted));
        let any = new.as_ref().or(old.as_ref());
        GoalChange {
            value: Change {
                name: any.map_or_else(String::new, |goal| goal.name.clone()),
                unit: any.map_or_else(String::new, |goal| goal.unit.clone()),
                before: old.as_ref().and_then(|goal| goal.value),
                after: new.as_ref().and_then(|goal| goal.value),
            },
            met_before: old.map(|goal| goal.met),
            met_after: new.map(|goal| goal.met),
        }
    });
    changes.filter(|it| it.value.differs() || it.met_before != it.met_after).collect()
}

impl Side {
    /// Calls the plan by these words rather than by the title of its flowsheet.
    pub fn name(&mut self, words: &[Option<String>]) {
        let words: Vec<&str> = words.iter().flatten().map(String::as_str).collect();
        self.title = words.join(", ");
    }

    /// What is compared of an answer.
    ///
    /// # Panics
    /// Never: an outcome holds all that is compared.
    #[must_use]
    pub fn of(outcome: &super::Outcome) -> Self {
        let value = serde_json::to_value(outcome).expect("all keys are text");
        serde_json::from_value(value).expect("it is a part of an outcome")
    }

    /// What is compared of a report that was written as JSON with the given name of its schema.
    ///
    /// # Errors
    /// Why it is no such report, or holds no plan.
    pub fn from_json(text: &str, schema: &str) -> Result<Self, String> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
        match value.get("schema").and_then(serde_json::Value::as_str) {
            Some(found) if found == schema => {}
            Some(found) => return Err(format!("it is of the format `{found}`, not `{schema}`")),
            None => return Err("it is no report of `reeflow solve --format json`".to_owned()),
        }
        match value.get("outcome") {
            None | Some(serde_json::Value::Null) => Err("it holds no plan".to_owned()),
            Some(outcome) => serde_json::from_value(outcome.clone())
                .map_err(|error| format!("it is no whole report: {error}")),
        }
    }
}
