//! What changed between two plans: differences, and the part that each edited input has in them.

mod attribution;
mod division;
mod edits;
mod side;

pub use attribution::{Attribution, Member, Part, attribute};
pub use side::{ANOTHER, Side, command_of, no_result, observe};

use schemars::JsonSchema;
use serde::Serialize;

use side::{Goal, Interval, Limit, Multiplier, Stage, Stream};

/// Two numbers nearer than this are one, relative.
const SAME: f64 = 1e-9;

/// What one more of a limit is that counts a share of one.
pub const SHARE: &str = "share of 1";

/// A number of a stage.
type OfStage = fn(&Stage) -> f64;

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
    /// Limits that bind in the second plan only, but need not: in other plans as good as that they do not.
    pub perhaps_binding: Vec<String>,
    /// Limits that bind in the first plan only, but need not.
    pub perhaps_free: Vec<String>,
    /// Shadow prices of limits that bind in both plans and differ.
    pub shadow_prices: Vec<PriceChange>,
    /// What each edited input has to do with it; none if it could not be divided.
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
    /// The least and the greatest value in all plans as good as the first one, if the value is no fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_interval: Option<Interval>,
    /// The least and the greatest value in all plans as good as the second one, if the value is no fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_interval: Option<Interval>,
    /// Whether it changed in truth: not so if plans as good as these two may have it unchanged.
    pub fact: bool,
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
    /// Whether all plans as good as the first one say the same.
    pub sure_before: bool,
    /// Whether all plans as good as the second one say the same.
    pub sure_after: bool,
}

/// The shadow price of a limit in both plans.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PriceChange {
    /// Its value, in the unit of the objective for one more of the limit.
    #[serde(flatten)]
    pub value: Change,
    /// What one more of the limit is: `t/yr`, `t`, `share of 1`, or the unit of a goal; empty for a goal that is a ratio.
    pub per: String,
}

impl PriceChange {
    /// The unit of its values.
    #[must_use]
    pub fn unit(&self) -> String {
        let unit = self.value.unit.as_str();
        match (unit.strip_suffix("/yr"), self.per.as_str()) {
            (Some(unit), "t/yr") => format!("{unit}/t"),
            (_, "") => format!("{unit} per unit").trim_start().to_owned(),
            (_, per) => format!("{unit} per {per}").trim_start().to_owned(),
        }
    }
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

/// A value as it is told of one plan, and its interval where other plans are as good.
type Told = (Option<f64>, Option<Interval>);

/// A number in both plans; `loose` if it is not known to be a fact in one of them, though it has no interval.
fn change(name: String, unit: &str, before: Told, after: Told, loose: bool) -> Change {
    // An end that is missing is without end.
    let ends = |(value, interval): Told| {
        let value = value?;
        Some(interval.map_or((value, value), |[low, high]| {
            (low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY))
        }))
    };
    let fact = match (ends(before), ends(after)) {
        _ if loose => false,
        (Some(one), Some(other)) if before.1.is_some() || after.1.is_some() => {
            let size = before.0.unwrap_or(0.0).abs().max(after.0.unwrap_or(0.0).abs());
            let gap = (other.0 - one.1).max(one.0 - other.1);
            gap > SAME * size
        }
        _ => true,
    };
    Change {
        name,
        unit: unit.to_owned(),
        before: before.0,
        after: after.0,
        before_interval: before.1,
        after_interval: after.1,
        fact,
    }
}

/// The numbers of both plans side by side, in the order of the first, then what only the second has; with the
/// interval that each has in its own plan.
fn pair<T>(
    (before, after): (&[T], &[T]),
    name: impl Fn(&T) -> String,
    told: [&dyn Fn(&T) -> Told; 2],
    loose: impl Fn(&str) -> bool,
    unit: &str,
) -> Vec<Change> {
    let find = |list: &[T], wanted: &str, told: &dyn Fn(&T) -> Told| {
        list.iter().find(|it| name(it) == wanted).map_or((None, None), told)
    };
    let mut names: Vec<String> = before.iter().map(&name).collect();
    let more: Vec<String> = after.iter().map(&name).filter(|name| !names.contains(name)).collect();
    names.extend(more);
    names
        .into_iter()
        .map(|name| {
            let (one, other) = (find(before, &name, told[0]), find(after, &name, told[1]));
            let loose = loose(&name);
            change(name, unit, one, other, loose)
        })
        .filter(Change::differs)
        .collect()
}

/// Compares two plans.
///
/// # Errors
/// Why they cannot be compared: they count in different currencies.
pub fn compare(before: &Side, after: &Side) -> Result<Comparison, String> {
    if before.currency != after.currency {
        return Err(format!(
            "`{}` counts in {}, `{}` in {}: write both in one currency",
            before.title, before.currency, after.title, after.currency
        ));
    }
    let bound = |side: &Side, other: &Side| -> Vec<Limit> {
        let both = |limit: &&Limit| limit.binding && other.binds(&limit.path);
        side.limits.iter().filter(both).cloned().collect()
    };
    let (bound_before, bound_after) = (bound(before, after), bound(after, before));
    let (newly_binding, perhaps_binding) = only(after, before);
    let (newly_free, perhaps_free) = only(before, after);
    let same = before.objective.name == after.objective.name;
    let objective = (same.then_some(before.objective.value), None);
    let ratio = |it: &Multiplier| format!("{} ÷ {}", it.numerator, it.denominator);
    let multiplier =
        |side: &Side, it: &Multiplier| (it.value, side.interval("multiplier", &ratio(it)));
    let price = |it: &Limit| (Some(it.shadow_price), None);
    let prices = pair(
        (&bound_before, &bound_after),
        |it| it.path.clone(),
        [&price, &price],
        |_| false,
        &after.objective.unit,
    );
    let priced = |value: Change| {
        let limit = bound_after.iter().find(|limit| limit.path == value.name);
        let per = limit.map(|limit| after.per(limit)).unwrap_or_default();
        PriceChange { value, per }
    };
    Ok(Comparison {
        before: before.title.clone(),
        after: after.title.clone(),
        currency: after.currency.clone(),
        objective: change(
            after.objective.name.clone(),
            &after.objective.unit,
            objective,
            (Some(after.objective.value), None),
            false,
        ),
        multipliers: pair(
            (&before.multipliers, &after.multipliers),
            ratio,
            [&|it| multiplier(before, it), &|it| multiplier(after, it)],
            |_| false,
            "",
        ),
        goals: goals(before, after),
        stages: stages(before, after),
        streams: streams(before, after),
        newly_binding,
        newly_free,
        perhaps_binding,
        perhaps_free,
        shadow_prices: prices.into_iter().map(priced).collect(),
        attribution: None,
        why_not_attributed: None,
    })
}

/// Limits that bind in one plan only: those that must, and those that need not.
fn only(one: &Side, other: &Side) -> (Vec<String>, Vec<String>) {
    let binding = one.limits.iter().filter(|limit| limit.binding && !other.binds(&limit.path));
    // What has a price binds in all plans that are as good.
    let unique = one.objective.unique == Some(true);
    let (mut must, mut may) = (Vec::new(), Vec::new());
    for limit in binding {
        let list = if unique || limit.shadow_price != 0.0 { &mut must } else { &mut may };
        if list.last() != Some(&limit.path) {
            list.push(limit.path.clone());
        }
    }
    (must, may)
}

fn stages(before: &Side, after: &Side) -> Vec<Change> {
    let money = format!("{}/yr", after.currency);
    let mut stages = Vec::new();
    // What is added is the difference of the others, and no fact if one of them is none.
    let parts: [(&str, OfStage, &[&str]); 3] = [
        ("value added", |stage| stage.value_added, &["stage-in", "stage-out"]),
        ("in", |stage| stage.value_in, &["stage-in"]),
        ("out", |stage| stage.value_out, &["stage-out"]),
    ];
    for (part, of, open) in parts {
        let told = |side: &Side, stage: &Stage| match open {
            [open] => (Some(of(stage)), side.interval(open, &stage.name)),
            _ => (Some(of(stage)), None),
        };
        let loose = |name: &str| {
            let stage = name.rsplit_once(", ").map_or(name, |(stage, _)| stage);
            let is_open =
                |side: &Side| open.iter().any(|open| side.interval(open, stage).is_some());
            open.len() > 1 && (is_open(before) || is_open(after))
        };
        stages.extend(pair(
            (&before.stages, &after.stages),
            |stage: &Stage| format!("{}, {part}", stage.name),
            [&|stage| told(before, stage), &|stage| told(after, stage)],
            loose,
            &money,
        ));
    }
    let order = |change: &Change| {
        let stage = change.name.rsplit_once(", ").map_or("", |(stage, _)| stage);
        let at = |list: &[Stage]| list.iter().position(|it| it.name == stage);
        at(&after.stages).or_else(|| at(&before.stages))
    };
    stages.sort_by_key(order);
    stages
}

/// Streams that differ: facts first, the largest change relative to the larger flow first.
fn streams(before: &Side, after: &Side) -> Vec<Change> {
    let told = |it: &Stream| (Some(it.flow), it.interval);
    let mut streams = pair(
        (&before.streams, &after.streams),
        |it| it.name.clone(),
        [&told, &told],
        |_| false,
        "t/yr",
    );
    let largest = before.streams.iter().chain(&after.streams).map(|it| it.flow).fold(0.0, f64::max);
    streams.retain(|change| {
        change.difference().abs() > SAME * largest
            || change.before.is_none()
            || change.after.is_none()
    });
    streams.sort_by(|a, b| b.fact.cmp(&a.fact).then(b.relative().total_cmp(&a.relative())));
    streams
}

fn goals(before: &Side, after: &Side) -> Vec<GoalChange> {
    let name = |goal: &Goal| format!("{} ({})", goal.name, goal.sense);
    let find = |side: &Side, wanted: &str| side.goals.iter().find(|it| name(it) == wanted).cloned();
    let mut names: Vec<String> = before.goals.iter().map(name).collect();
    let more: Vec<String> = after.goals.iter().map(name).filter(|it| !names.contains(it)).collect();
    names.extend(more);
    let changes = names.into_iter().filter_map(|wanted| {
        let (old, new) = (find(before, &wanted), find(after, &wanted));
        let any = new.as_ref().or(old.as_ref())?;
        let told = |goal: &Option<Goal>| {
            goal.as_ref().map_or((None, None), |goal| (goal.value, goal.interval))
        };
        let sure = |goal: &Option<Goal>| goal.as_ref().is_none_or(Goal::is_sure);
        Some(GoalChange {
            value: change(any.name.clone(), &any.unit, told(&old), told(&new), false),
            sure_before: sure(&old),
            sure_after: sure(&new),
            met_before: old.map(|goal| goal.met),
            met_after: new.map(|goal| goal.met),
        })
    });
    changes.filter(|it| it.value.differs() || it.met_before != it.met_after).collect()
}
