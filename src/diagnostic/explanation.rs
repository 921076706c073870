//! Why statements contradict each other and what mends it, as data beside the words of a diagnostic.

use schemars::JsonSchema;
use serde::Serialize;

use super::Span;

/// A contradiction and its repairs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// Statements that cannot hold together, while all but any one of them can.
    pub conflict: Vec<Claim>,
    /// What mends it, the most plausible first.
    pub repairs: Vec<Repair>,
    /// The objective of the best plan without the statement that demands; none if there is no such plan.
    pub reference: Option<f64>,
}

/// One of the statements of a contradiction.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Path of its figure: `feed.ore.supply`.
    pub path: String,
    /// The figure as it was written.
    pub text: String,
    /// `at least`, `at most` or `exactly`.
    pub sense: &'static str,
    /// Where it was written.
    pub span: Span,
    /// The nearest value that the others leave, written as the figure is and rounded to the side that holds; none if
    /// this statement alone cannot give way far enough.
    pub reach: Option<String>,
}

/// Figures that, changed together, mend a contradiction: the changed flowsheet has a proven plan.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct Repair {
    /// The figures.
    pub changes: Vec<Change>,
    /// What would have to be otherwise.
    pub kind: RepairKind,
    /// The objective of the best plan then, in the objective's unit.
    pub objective: f64,
    /// That less the objective without the statement that demands; none if there is no such plan.
    pub difference: Option<f64>,
}

/// One figure changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct Change {
    /// Its path, as `--set` takes it.
    pub path: String,
    /// As it was written.
    pub from: String,
    /// As it would be written.
    pub to: String,
}

/// What would have to be otherwise for a repair, the most plausible first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RepairKind {
    /// A goal, a demand, a specification: what can be decided.
    Decision,
    /// A supply, a capacity or another limit: what can be bought or built.
    Limit,
    /// A recovery, a conversion, a fraction or a recipe, by at most a factor of 3.
    Process,
    /// An assay, by at most a factor of 3: only if the ore were another.
    Assay,
    /// A figure that is another by a power of ten, or 0: only if it was miswritten.
    Miswritten,
}
