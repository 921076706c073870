//! The answers to all questions about one solved flowsheet, as data.
//!
//! Amounts are t/yr, money is in the flowsheet's currency per year, fractions are 0–1, unless a field says otherwise.
//! This is also the JSON report: `reeflow solve --format json`.

use schemars::JsonSchema;
use serde::Serialize;

use super::Roadmap;

/// Everything that is reported of one solved flowsheet.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(title = "reeflow report")]
pub struct Outcome {
    /// One line that says what is modelled.
    pub title: String,
    /// What the reader must know.
    pub note: Option<String>,
    /// Code of the currency of all money.
    pub currency: String,
    /// The period that everything below is about but `objective`, `proof` and `roadmap`; none if there is but one year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// What was optimised, and how far.
    pub objective: ObjectiveOutcome,
    /// The proof of the result.
    pub proof: Proof,
    /// What is decided over the years; none for a flowsheet that says only what flows where in a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roadmap: Option<Roadmap>,
    /// Revenue and costs of the whole flowsheet.
    pub account: Vec<AccountLine>,
    /// Goals, in the order of the file.
    pub goals: Vec<GoalOutcome>,
    /// Value by stage, in the order of the chain.
    pub stages: Vec<StageOutcome>,
    /// How the stages explain the chain.
    pub chain: ChainOutcome,
    /// The value multiplier on every basis.
    pub multipliers: Vec<MultiplierOutcome>,
    /// All limits that bind, ranked by what relieving them is worth, then the others by utilisation; of a plan over the
    /// years only if a period was asked for.
    pub limits: Vec<LimitOutcome>,
    /// Limits none of which helps alone, while all of them together do; only where more limits meet than fix the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joint: Option<JointOutcome>,
    /// How far each price and cost may go while the plan stays the same, in the order of the file.
    pub prices: Vec<PriceOutcome>,
    /// Operations, in the order of the file.
    pub operations: Vec<OperationOutcome>,
    /// Streams, in the order of the file.
    pub streams: Vec<StreamOutcome>,
    /// What else is no fact: numbers that other optimal plans, or other optimal duals, have otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<OpenOutcome>,
    /// Recovery of species and groups from the feeds to each product and waste.
    pub recoveries: Vec<RecoveryOutcome>,
    /// Balances around the whole flowsheet, per species without reactions and per element.
    pub closure: Vec<ClosureOutcome>,
    /// What is consumed.
    pub consumption: Vec<ConsumptionOutcome>,
    /// What is disposed of.
    pub residues: Vec<ResidueOutcome>,
    /// Emission of all operations, t CO2 equivalent per year.
    pub emission: f64,
    /// The figures that are assumed, by their effect on the multiplier.
    pub assumptions: Vec<AssumptionOutcome>,
    /// How the figures are founded.
    pub figures: FigureCount,
    /// Splits that sum neither to 1 nor to 100 and are divided by their sums, in the order of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub normalised: Vec<NormalisedOutcome>,
}

impl Outcome {
    /// Whether a number is no fact.
    #[must_use]
    pub fn is_open(&self, part: &str, name: &str) -> bool {
        self.open.iter().any(|it| it.part == part && it.name == name)
    }
}

/// What was optimised, and how far.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ObjectiveOutcome {
    /// `profit`, or the measure.
    pub name: String,
    /// `maximise` or `minimise`.
    pub sense: &'static str,
    /// Its value at the optimum.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// Whether no other plan reaches it; none if unknown.
    pub unique: Option<bool>,
    /// Whether more limits meet than fix the plan, so that shadow prices hold to one side only.
    pub degenerate: bool,
}

/// The proof of the result: recomputed from the uncondensed program in double-double arithmetic.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Proof {
    /// Largest violation of a row, relative to its activity.
    pub primal: f64,
    /// Largest wrong-signed reduced cost, relative.
    pub dual: f64,
    /// Largest violation of complementary slackness, relative.
    pub complementarity: f64,
    /// Gap between primal and dual objective, relative.
    pub gap: f64,
    /// Worst closure of a species or element around an operation or the whole, relative.
    pub closure: f64,
    /// The proof in rational arithmetic, if one was asked for and found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<ExactProof>,
    /// The solver that supplied the plan.
    pub backend: String,
    /// Rows and columns of the program with one column per flow of a species.
    pub uncondensed: ProgramSize,
    /// Rows and columns of the program in the decisions alone.
    pub condensed: ProgramSize,
    /// If the objective is a ratio: how it was found twice. The rest is then proven of the linear program
    /// `R + (numerator − R denominator) ÷ denominator*`, whose optimum is R.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<RatioOutcome>,
}

/// The best ratio, computed in two ways that agree to 1e-9.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RatioOutcome {
    /// The numerator in the best plan.
    pub numerator: f64,
    /// The denominator in the best plan, > 0.
    pub denominator: f64,
    /// The ratio by the linear program of Charnes and Cooper (1962).
    pub charnes_cooper: f64,
    /// The ratio by the iteration of Dinkelbach (1967).
    pub dinkelbach: f64,
    /// Linear programs that the iteration solved.
    pub iterations: usize,
}

/// What was proven in rational arithmetic, for the numbers as written: that the plan and its duals are feasible and of
/// equal objective.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ExactProof {
    /// Rows of the exact program, and so the size of its basis.
    pub rows: usize,
    /// Basis changes that the solver's basis needed before it was optimal for the numbers as written.
    pub pivots: usize,
    /// Digits of the objective as a fraction.
    pub digits: usize,
}

/// Size of a linear program.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ProgramSize {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Coefficients that are not zero.
    pub coefficients: usize,
}

/// One line of the yearly account.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AccountLine {
    /// `revenue`, `feed`, `operating cost`, `consumables`, `reagents and ingredients`, `disposal`, `profit`.
    pub name: String,
    /// Money per year; costs are negative.
    pub value: f64,
}

/// Why a goal has no best value over all plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoBest {
    /// It has no limit in the direction that is wanted.
    Unbounded,
    /// The denominator of a ratio is 0, negative, or vanishes on the way to the best.
    Ratio,
    /// No plan satisfies the other goals.
    Infeasible,
    /// It was not found.
    NotFound,
}

/// One goal.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GoalOutcome {
    /// Its name.
    pub name: String,
    /// What is wanted, in words.
    pub title: Option<String>,
    /// The measure or ratio.
    pub measure: String,
    /// `t/yr`, money per year, or empty for a ratio of like things.
    pub unit: String,
    /// `at least` or `at most`.
    pub sense: &'static str,
    /// The bound.
    pub bound: f64,
    /// The value reached; none if the denominator of the ratio is 0.
    pub value: Option<f64>,
    /// The least and the greatest value among all optimal plans, if it is no fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<[Option<f64>; 2]>,
    /// How far the value is on the good side of the bound (negative: missed).
    pub slack: Option<f64>,
    /// Whether it is met.
    pub met: bool,
    /// Whether it was enforced.
    pub enforced: bool,
    /// For a missed goal: the best that any plan reaches; none if unbounded or not computed.
    pub best: Option<f64>,
    /// For a missed goal without a best value: why there is none.
    pub why_no_best: Option<String>,
    /// The same as a kind; not in the report.
    #[serde(skip)]
    pub no_best: Option<NoBest>,
    /// For a missed goal: what holds the best value back (or the value of this plan), strongest first.
    pub held_by: Vec<HeldBy>,
}

/// A limit that holds a goal back.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct HeldBy {
    /// Path of the limit's figure.
    pub limit: String,
    /// The limit as it was written.
    pub text: String,
    /// Change of the goal per unit of the limit, on the side that relieves it; 0 if it holds the goal together with the others
    /// that are named, and none does alone.
    pub effect: f64,
}

/// One stage of the value chain.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct StageOutcome {
    /// Its name.
    pub name: String,
    /// Value of what enters from other stages, at market or, where there is no price, imputed value.
    pub value_in: f64,
    /// Cost of what feeds of this stage supply.
    pub feed_cost: f64,
    /// Value of what leaves to other stages and to products, likewise.
    pub value_out: f64,
    /// Of `value_out`: what is sold.
    pub sold: f64,
    /// `value_out − value_in − feed_cost`.
    pub value_added: f64,
    /// The stage's own purchases and operating costs.
    pub cost: f64,
    /// `value_added − cost`.
    pub net_value_added: f64,
    /// `value_out ÷ (value_in + feed_cost)`; none if nothing enters.
    pub multiplier: Option<f64>,
    /// Imputed value of what leaves: flows × worth of one more tonne, from the duals; needs no market price.
    pub imputed_out: f64,
    /// Streams into or out of the stage that have no price and are counted at their imputed value.
    pub imputed: Vec<String>,
}

/// How the stages explain the chain: values added = sales − feed cost, exactly.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ChainOutcome {
    /// Cost of all feeds at the gate.
    pub feed_cost: f64,
    /// Sum of the stages' values added.
    pub value_added: f64,
    /// Sales of final products.
    pub final_products: f64,
    /// Sales of by-products.
    pub by_products: f64,
    /// Sales of intermediates.
    pub intermediates: f64,
    /// Value of streams between operations without stage, and of what is disposed of at a price.
    pub leakage: f64,
    /// Sales − feed cost − value added − leakage; 0 to rounding.
    pub residual: f64,
}

/// The chain multiplier on one pair of bases.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct MultiplierOutcome {
    /// `final products`, `+ by-products`, `+ intermediates`; `gross` or `net of purchased inputs`
    /// (consumables, reagents, ingredients and all feeds but the primary ones).
    pub numerator: String,
    /// `ore at mining cost`, `ore in situ`, `payable concentrate`, `separated oxides`.
    pub denominator: String,
    /// Value of the numerator.
    pub value: f64,
    /// Value of the denominator; none if it cannot be told, with the reason in `why_not`.
    pub base: Option<f64>,
    /// Numerator ÷ denominator.
    pub multiplier: Option<f64>,
    /// Why there is no number.
    pub why_not: Option<String>,
    /// The best that any plan reaches, if it was asked for (`--show best-multipliers`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best: Option<BestMultiplier>,
}

/// The best chain multiplier over all plans, on one pair of bases.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct BestMultiplier {
    /// Its value; none if there is no best one.
    pub value: Option<f64>,
    /// Whether it grows without limit.
    pub endless: bool,
    /// What it does instead of having a best value.
    pub why_not: Option<String>,
    /// What holds the best value back, strongest first.
    pub held_by: Vec<HeldBy>,
    /// The best of the plans with at least as much of the denominator as this one; none if it has nothing of that.
    pub kept: Option<KeptMultiplier>,
}

/// The best chain multiplier over the plans that keep their denominator.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct KeptMultiplier {
    /// Its value.
    pub value: f64,
    /// What holds it back, strongest first; the denominator's present value does so besides.
    pub held_by: Vec<HeldBy>,
}

/// One limit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LimitOutcome {
    /// Path of its figure.
    pub path: String,
    /// As it was written.
    pub text: String,
    /// `supply`, `capacity`, `demand`, `specification`, `fraction`, `flow`, `disposal`, `recipe`, `ingredient`,
    /// `stock`, `contract`, `contract share`, `goal`.
    pub kind: &'static str,
    /// The operation it belongs to; the goal's name for an enforced goal.
    pub of: String,
    /// `at most`, `at least` or `exactly`.
    pub sense: &'static str,
    /// The bound: t/yr, or a fraction for a share.
    pub bound: f64,
    /// What is reached, likewise.
    pub reached: f64,
    /// Reached ÷ bound, of what is at most; none where the bound is 0.
    pub utilisation: Option<f64>,
    /// How far the flow is on the good side of the limit, t/yr.
    pub slack: f64,
    /// Whether it binds.
    pub binding: bool,
    /// ∂objective per t/yr more of the bound (per unit share, for a share), on the side that relieves the limit.
    pub shadow_price: f64,
    /// The same for a smaller bound; none if there is no plan then, or if it was not proven within the time limit.
    pub left: Option<f64>,
    /// The same for a greater bound; none if there is no plan then, or if it was not proven within the time limit.
    pub right: Option<f64>,
    /// How far the bound can fall, in its unit, while the shadow price holds; none if unknown or without end.
    pub decrease: Option<f64>,
    /// How far the bound can rise, in its unit, while the shadow price holds; none if unknown or without end.
    pub increase: Option<f64>,
    /// What changes where the bound has fallen so far: the limit that binds or comes free, or the flow that ends.
    pub next_down: Option<String>,
    /// What changes where the bound has risen so far.
    pub next_up: Option<String>,
    /// Worth of relieving the limit over the range in which the shadow price holds; none without end, or if unknown.
    pub worth: Option<f64>,
    /// Change of each goal per unit of the bound, in the order of `goals`.
    pub goal_effects: Vec<GoalEffect>,
}

/// What the bound of a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// t/yr.
    MassRate,
    /// t.
    Mass,
    /// A share of one.
    Share,
    /// What its goal counts.
    Goal,
}

impl Counts {
    /// What limits of a kind count.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        match kind {
            "specification" | "fraction" | "recipe" | "contract share" => Self::Share,
            "stock" => Self::Mass,
            "goal" => Self::Goal,
            _ => Self::MassRate,
        }
    }
}

/// Limits that hold the objective together.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct JointOutcome {
    /// Paths of their figures.
    pub limits: Vec<String>,
    /// Change of the objective as each is relieved by 1 % of its bound.
    pub worth_per_percent: f64,
    /// Up to how many per cent that holds; none if for ever.
    pub percent: Option<f64>,
}

/// How far a price or cost may go while the plan stays the same.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PriceOutcome {
    /// Path of its figure.
    pub path: String,
    /// As it was written.
    pub text: String,
    /// In internal units: money per t, kWh or m³, or a fraction.
    pub value: f64,
    /// The plan stays the same down to this value; none if whatever it is.
    pub low: Option<f64>,
    /// The plan stays the same up to this value; none if whatever it is.
    pub high: Option<f64>,
    /// What enters the plan, or comes free, below `low`.
    pub next_down: Option<String>,
    /// What enters the plan, or comes free, above `high`.
    pub next_up: Option<String>,
}

/// Change of a goal per unit of a limit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GoalEffect {
    /// The goal.
    pub goal: String,
    /// Its change.
    pub effect: f64,
}

/// One operation.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct OperationOutcome {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: &'static str,
    /// Its stage.
    pub stage: Option<String>,
    /// What enters it by streams; of a feed, what it supplies.
    pub throughput: f64,
    /// What it is dosed with or buys.
    pub purchased: f64,
    /// What leaves it.
    pub leaving: f64,
    /// Leaving less entering and purchased; positive = mass created.
    pub error: f64,
    /// Worst closure over its species (without reactions) and elements, relative.
    pub closure: f64,
    /// All its costs but what a feed costs at the gate.
    pub cost: f64,
    /// Emission, t CO2 equivalent per year.
    pub emission: f64,
    /// Share of the inlet that leaves by each outlet (mass yield).
    pub yields: Vec<Share>,
}

/// A number that is no fact.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct OpenOutcome {
    /// `account`, `stage-in`, `stage-out`, `sales` and `base` of multipliers, `multiplier`, `operation` (throughput), `residue`, `consumption`, `recovery`,
    /// `emission`; `imputed-value` of a stream, `worth` of a species in a stream.
    pub part: &'static str,
    /// What it is of.
    pub name: String,
    /// Its value in this plan.
    pub value: f64,
    /// The least value; none if nothing ends it, or if that was not proven within the time limit.
    pub least: Option<f64>,
    /// The greatest value; none if nothing ends it, or if that was not proven within the time limit.
    pub greatest: Option<f64>,
}

/// A share that goes somewhere.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Share {
    /// Where.
    pub to: String,
    /// 0–1.
    pub share: f64,
}

/// One stream.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct StreamOutcome {
    /// Its name.
    pub name: String,
    /// The operation it leaves.
    pub from: String,
    /// The operation it enters.
    pub to: String,
    /// Its whole flow.
    pub flow: f64,
    /// The least and the greatest flow among all optimal plans (null where nothing ends it, or where that was not proven within the time limit), if it is no fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<[Option<f64>; 2]>,
    /// What is in it, largest first.
    pub species: Vec<SpeciesFlow>,
    /// Its market value, if it has a price.
    pub value: Option<f64>,
    /// Its imputed value: flow × worth of one more tonne, from the duals.
    pub imputed_value: f64,
}

/// Flow of one species in a stream.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SpeciesFlow {
    /// The species.
    pub name: String,
    /// Its flow.
    pub flow: f64,
    /// The least and the greatest flow among all optimal plans, if it is no fact and was asked for (`--intervals`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<[Option<f64>; 2]>,
    /// Its grade: mass fraction of the stream.
    pub grade: f64,
    /// Share of the species in the operation's inlet that reports here (single pass); none if none enters.
    pub recovery: Option<f64>,
    /// Worth of one more tonne here, per t.
    pub worth: f64,
}

/// Recovery of a species, group or element from all feeds to one end.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RecoveryOutcome {
    /// The species, group or element.
    pub name: String,
    /// Whether it is counted as an element (across reactions) or as written.
    pub element: bool,
    /// What all feeds and purchases bring.
    pub supplied: f64,
    /// Where it ends, and which share of what is supplied.
    pub ends: Vec<Share>,
}

/// Balance of a species or element around the whole flowsheet.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ClosureOutcome {
    /// The element, or the species or lump that takes part in no reaction.
    pub name: String,
    /// What feeds and purchases bring.
    pub entering: f64,
    /// What products and wastes take.
    pub leaving: f64,
    /// Leaving less entering; positive = mass created.
    pub error: f64,
    /// Relative error.
    pub relative: f64,
}

/// Consumption of one thing.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ConsumptionOutcome {
    /// The consumable, reagent or ingredient.
    pub name: String,
    /// `consumable`, `reagent` or `ingredient`.
    pub kind: &'static str,
    /// The operations that consume it.
    pub by: Vec<String>,
    /// Amount per year.
    pub amount: f64,
    /// Its unit per year: `t`, `kWh`, `m3`.
    pub unit: &'static str,
    /// Its cost per year.
    pub cost: f64,
}

/// What one waste takes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ResidueOutcome {
    /// The waste.
    pub name: String,
    /// Its flow.
    pub flow: f64,
    /// What is in it, largest first.
    pub species: Vec<Share>,
    /// What disposal costs per year.
    pub cost: f64,
}

/// A figure that is assumed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AssumptionOutcome {
    /// Its path.
    pub path: String,
    /// As it was written.
    pub text: String,
    /// In internal units.
    pub value: f64,
    /// Why it is assumed.
    pub reason: String,
    /// ∂multiplier/∂figure, in internal units; none without a multiplier or basis.
    pub multiplier_derivative: Option<f64>,
    /// Change of the multiplier in % per 1 % more of the figure.
    pub multiplier_elasticity: Option<f64>,
    /// Change of the objective per 1 % more of the figure.
    pub objective_per_percent: Option<f64>,
}

/// A split that is divided by its sum.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct NormalisedOutcome {
    /// Its path.
    pub path: String,
    /// Sum of its parts, > 0, neither 1 nor 100.
    pub sum: f64,
    /// What each part is multiplied by, > 0, so that they sum to 1 or to 100, whichever is nearer in proportion.
    pub factor: f64,
}

/// How the figures are founded.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FigureCount {
    /// Figures with a source.
    pub sourced: usize,
    /// Figures that are assumed.
    pub assumed: usize,
    /// Figures that say neither.
    pub unstated: usize,
    /// Assumed figures whose effect was not computed, because the flowsheet has too many that shape it, or the
    /// time limit passed.
    pub unweighed: usize,
}
