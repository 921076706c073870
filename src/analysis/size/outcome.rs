//! What sizing tells.

use schemars::JsonSchema;
use serde::Serialize;

use crate::analysis::Search;

/// The capacities that reach the targets.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Sizing {
    /// One line that says what is modelled.
    pub title: String,
    /// Code of the currency of all money.
    pub currency: String,
    /// What is to be reached.
    pub targets: Vec<TargetOutcome>,
    /// What is least: the capital, or else the supply of primary feeds and then the sizes.
    pub least: Least,
    /// Why the capital is not, if it is not: operations whose capacity has no cost.
    pub without_cost: Vec<String>,
    /// Whether everything is counted from nothing, not from what is there.
    pub greenfield: bool,
    /// The operations in the order of the file.
    pub operations: Vec<SizedOperation>,
    /// What each feed supplies.
    pub feeds: Vec<FeedNeed>,
    /// Cost of all additions that have one, with installation and the owner's cost, money; none if no cost is known.
    pub capital: Option<f64>,
    /// What the equipment's cost is multiplied by for it.
    pub capital_factor: f64,
    /// Revenue less operating costs of the plan, money per year.
    pub profit: f64,
    /// How the plan was proven.
    pub proof: SizingProof,
}

/// What is least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Least {
    /// The capital of all additions; then the supply of primary feeds, then the sizes.
    Capital,
    /// The supply of primary feeds; then the sum of the sizes, each as a share of what it is where only the supply counts.
    Supply,
}

/// A target and what the plan has of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TargetOutcome {
    /// Its name.
    pub name: String,
    /// The measure or ratio.
    pub measure: String,
    /// Its unit; empty for a ratio of like things.
    pub unit: String,
    /// `at least`, `at most` or `exactly`.
    pub sense: &'static str,
    /// The value that is wanted, in that unit.
    pub bound: f64,
    /// The value in the plan.
    pub value: Option<f64>,
}

/// An operation with the capacity that it needs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SizedOperation {
    /// Its name.
    pub operation: String,
    /// `separator`, `reactor` and so on.
    pub kind: &'static str,
    /// What the capacity counts: a species, a group or an element; empty for the whole.
    pub basis: String,
    /// The outlet at which it is measured; none for the inlet.
    pub outlet: Option<String>,
    /// Capacity that is there, t/yr; none if the flowsheet says none.
    pub existing: Option<f64>,
    /// Capacity that is needed, t/yr: what passes, divided by the availability.
    pub needed: f64,
    /// Capacity that is added, t/yr: with trains or a least size it may be more than what lacks.
    pub addition: f64,
    /// Trains that are added.
    pub trains: Option<f64>,
    /// Share of the last train that stands idle, 0–1.
    pub idle: Option<f64>,
    /// Volume, m³: throughput × residence ÷ density ÷ availability.
    pub volume: Option<f64>,
    /// Cost of the addition, with installation and the owner's cost, money; none if it is not said what it costs.
    pub cost: Option<f64>,
    /// The same by the law of scale itself, which the plan follows in straight lines.
    pub exact_cost: Option<f64>,
    /// Largest relative error of these lines, 0–1.
    pub cost_error: f64,
    /// Whether the capacity that is there was kept as a limit.
    pub kept: bool,
    /// What the size follows from, what matters most first; empty if none is needed.
    pub sized_by: Vec<SizedBy>,
}

/// Something that a size follows from.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SizedBy {
    /// What it is.
    pub what: Reason,
    /// The target, or the path of the figure.
    pub name: String,
    /// Change of the capacity that is needed, t/yr, per unit of the target or limit; none where trains or a least size
    /// decide.
    pub factor: Option<f64>,
    /// That times the target or limit, t/yr: these parts add up to what is needed, but for shares.
    pub part: Option<f64>,
}

/// What a size follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// A target.
    Target,
    /// Another limit that binds.
    Limit,
    /// The largest size that may be built, here or elsewhere.
    Largest,
    /// Trains of one size.
    Trains,
    /// The least that is built at once.
    Smallest,
}

/// What a feed supplies.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FeedNeed {
    /// Its name.
    pub feed: String,
    /// Where it comes from: `primary`, `secondary` or `purchased`.
    pub origin: &'static str,
    /// What can be had, t/yr; none if nothing limits it.
    pub existing: Option<f64>,
    /// What is needed, t/yr.
    pub needed: f64,
    /// Whether its limit was set free.
    pub freed: bool,
}

/// How a plan was proven.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SizingProof {
    /// Worst violation of a row or bound, relative.
    pub primal: f64,
    /// Worst violation of a dual, relative.
    pub dual: f64,
    /// Worst product of slack and dual, relative.
    pub complementarity: f64,
    /// What the optimum and its dual bound differ by, relative.
    pub gap: f64,
    /// Worst error of a balance, relative.
    pub closure: f64,
    /// Rows of the program.
    pub rows: usize,
    /// Columns of the program.
    pub columns: usize,
    /// Decisions that take whole values only.
    pub whole: usize,
    /// How the search among whole numbers was proven; none if there was none.
    pub search: Option<Search>,
    /// Who solved it.
    pub backend: String,
}
