//! What a debottlenecking path tells.

use schemars::JsonSchema;
use serde::Serialize;

/// The path of bottlenecks.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Debottleneck {
    /// One line that says what is modelled.
    pub title: String,
    /// Code of the currency of all money.
    pub currency: String,
    /// What is followed: the goal's name, or the objective.
    pub follows: String,
    /// Its unit; empty for a ratio of like things.
    pub unit: String,
    /// `at least` or `at most`, for a goal.
    pub sense: Option<&'static str>,
    /// The value to reach, for a goal.
    pub target: Option<f64>,
    /// That denominator; 0 where no ratio is followed.
    #[serde(skip)]
    pub(super) base: f64,
    /// Whether a ratio is followed; its denominator is then kept at least where it is in the present plan.
    pub ratio: bool,
    /// Its value in the present plan.
    pub start: f64,
    /// The objective in the present plan.
    pub start_objective: f64,
    /// What is followed, at its best without any growth.
    pub replanned: f64,
    /// The objective of the plan that has it.
    pub replanned_objective: f64,
    /// The objective: `profit`, or its measure.
    pub objective: String,
    /// The objective's unit.
    pub objective_unit: String,
    /// What is followed, at the end of the path.
    pub reached: f64,
    /// Whether the target is met.
    pub met: bool,
    /// In what growth is counted: `t/yr` of the one limit, `point` of the one share (1 = 100 points), the
    /// currency (cost of expansion), or `share` (the sum of the limits' relative growths).
    pub counted_in: String,
    /// Number of limits that may grow.
    pub may_grow: usize,
    /// Why the path ends.
    pub end: EndOfPath,
    /// The segments of the path, in order.
    pub steps: Vec<Step>,
    /// What binds at the end and may not grow.
    pub held_by: Vec<StillBinds>,
    /// Largest relative difference between a breakpoint and the plan solved again with the limits grown.
    pub worst_difference: f64,
}

/// Why a path ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EndOfPath {
    /// The target is met.
    TargetMet,
    /// The budget is spent.
    BudgetSpent,
    /// No limit that may grow helps any more.
    NothingHelps,
    /// More of the same helps without end.
    WithoutEnd,
    /// There are more segments than are told.
    MostSegments,
    /// The time limit passed.
    TimeLimit,
}

/// One segment: the same limits grow, at the same worth.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Step {
    /// Growth spent at its start, in `counted-in`.
    pub from: f64,
    /// Growth spent at its end.
    pub to: f64,
    /// What is followed, at its end; a ratio's own value.
    pub value: f64,
    /// The objective at its end, of the best plan that has this value.
    pub objective: f64,
    /// The limits that grow, those that take most first.
    pub grows: Vec<Growth>,
    /// Limits that bind on this segment and did not on the one before.
    pub newly_binding: Vec<String>,
    /// Limits that bound on the segment before and no longer do.
    pub newly_free: Vec<String>,
    /// Cost of the expansions of this segment; none if one of them has no cost.
    pub cost: Option<f64>,
    /// Years until the gain in profit pays for that; none without cost or gain, or if the objective is not in money.
    pub payback: Option<f64>,
    /// All goals at its end.
    pub goals: Vec<GoalValue>,
}

/// A limit that grows.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Growth {
    /// Path of its figure.
    pub limit: String,
    /// `t/yr`, or `share` (0–1) for a specification or another share.
    pub unit: &'static str,
    /// Its bound at the start of the segment, in its unit.
    pub from: f64,
    /// Its bound at the end of the segment, in its unit.
    pub to: f64,
    /// Worth of one more t/yr (or of one whole share) of the first limit of a segment, the others
    /// growing with it in proportion, in the unit of what is followed: of a ratio, and of a share,
    /// the mean over the segment; none for the others.
    pub worth: Option<f64>,
}

/// The value of a goal.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GoalValue {
    /// Its name.
    pub goal: String,
    /// Its value; none if the denominator is 0.
    pub value: Option<f64>,
}

/// A limit that binds at the end and may not grow.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct StillBinds {
    /// Path of its figure.
    pub limit: String,
    /// As it was written.
    pub text: String,
}
