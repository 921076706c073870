//! What is told of a plan over the years, as data.
//!
//! Lists of values are by period, in their order. Money of the cash flow is nominal: as it is paid then.

use schemars::JsonSchema;
use serde::Serialize;

/// What is decided over the years, what it does to the goals, and what it earns.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Roadmap {
    /// The periods.
    pub periods: Vec<PeriodOutcome>,
    /// Flows of feeds and products, t/yr.
    pub flows: Vec<Course>,
    /// What is in stockpiles at the end of each period, t.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stocks: Vec<Course>,
    /// Goals, one entry per bound.
    pub goals: Vec<GoalCourse>,
    /// Which alternative is taken.
    pub routes: Vec<RouteOutcome>,
    /// What is built.
    pub built: Vec<BuiltOutcome>,
    /// Capacities over the periods.
    pub capacities: Vec<CapacityCourse>,
    /// Limits that bind in some period, by what relieving them is worth.
    pub limits: Vec<LimitCourse>,
    /// Operators that are employed; empty if there are none.
    pub operators: Vec<f64>,
    /// The cash flow.
    pub cash: CashFlow,
    /// What the plan is worth.
    pub finance: Finance,
    /// How well the choice among whole numbers is proven; none if there was none.
    pub search: Option<Search>,
    /// The best routes, if they were asked for (`--k-best`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
}

/// A route, and the best that can be made of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Alternative {
    /// The operations that are taken.
    pub routes: Vec<String>,
    /// The objective.
    pub objective: f64,
    /// How far it is behind the best route.
    pub behind: f64,
    /// Proven relative gap of its own search.
    pub gap: f64,
    /// Whether that search was ended by itself, not by a limit.
    pub complete: bool,
}

/// A period.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PeriodOutcome {
    /// Its name.
    pub name: String,
    /// When it begins, as a calendar year.
    pub from: f64,
    /// Its length, yr.
    pub years: f64,
}

/// A flow over the periods.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Course {
    /// The feed, product, contract, use or stockpile.
    pub name: String,
    /// `feed`, `product`, `contract`, `returns` of products in service, or `stock`.
    pub kind: &'static str,
    /// t/yr; of a stock t.
    pub values: Vec<f64>,
}

/// A goal over the periods.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GoalCourse {
    /// Its name.
    pub name: String,
    /// What is wanted, in words.
    pub title: Option<String>,
    /// The measure or ratio.
    pub measure: String,
    /// Its unit; empty for a ratio of like things.
    pub unit: String,
    /// `at least` or `at most`.
    pub sense: &'static str,
    /// Whether it was enforced.
    pub enforced: bool,
    /// Its values.
    pub points: Vec<GoalPoint>,
    /// Whether it is met in all periods in which it is to hold.
    pub met: bool,
}

/// A goal in one period.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GoalPoint {
    /// Whether it is to hold in this period.
    pub wanted: bool,
    /// The bound.
    pub bound: f64,
    /// The value reached; none if the denominator of the ratio is 0.
    pub value: Option<f64>,
    /// Whether the bound is kept.
    pub met: bool,
    /// In the last period in which it is missed: the best that any plan with the same routes, trains and pieces of cost
    /// curves reaches; none if there is no best, or if it was not looked for.
    pub best: Option<f64>,
    /// Limits that hold the best value there, or this one if there is no best.
    pub held_by: Vec<String>,
}

/// Which alternative is taken.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RouteOutcome {
    /// The choice.
    pub choice: String,
    /// The operation in each period; none if none is taken.
    pub taken: Vec<Option<String>>,
}

/// One addition of capacity.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct BuiltOutcome {
    /// The operation.
    pub operation: String,
    /// What its capacity counts; empty for the whole.
    pub basis: String,
    /// The period in which it is decided.
    pub period: String,
    /// Its size, t/yr.
    pub size: f64,
    /// The number of trains, if it is built in trains.
    pub trains: Option<f64>,
    /// Cost of the equipment, at the prices of the base year.
    pub equipment: f64,
    /// All that is spent on it, at the prices of the base year.
    pub cost: f64,
    /// Largest relative error of the pieces by which its cost curve was replaced; 0 if it was not.
    pub error: f64,
    /// The cost by the curve itself, in place of `equipment`; none without a curve by scale.
    pub exact: Option<f64>,
}

/// A capacity over the periods, t/yr.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CapacityCourse {
    /// The operation.
    pub operation: String,
    /// What it counts; empty for the whole.
    pub basis: String,
    /// What was there before.
    pub existing: Vec<f64>,
    /// What was built and is at hand.
    pub built: Vec<f64>,
    /// What passes.
    pub used: Vec<f64>,
}

/// A limit over the periods.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LimitCourse {
    /// Path of its figure, or the name of a rule such as `money.budget`.
    pub path: String,
    /// Reached ÷ bound, of what is at most; none where the bound is 0.
    pub utilisation: Vec<Option<f64>>,
    /// Whether it binds.
    pub binding: Vec<bool>,
    /// ∂objective per unit more of the bound in that period alone, with what is whole held.
    pub shadow_price: Vec<f64>,
    /// Σ |shadow price × bound|: what it is worth, roughly.
    pub weight: f64,
}

/// The cash flow, nominal.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CashFlow {
    /// The lines: receipts positive, payments negative; the last two are the sum and what has been summed up to then.
    pub lines: Vec<CashLine>,
    /// What is paid after the last period: the rest of the spending, and closure.
    pub after: f64,
}

/// One line of the cash flow.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CashLine {
    /// `revenue`, `feed`, `operating cost`, `consumables`, `reagents and ingredients`, `disposal`, `fixed cost`, `labour`,
    /// `overheads`, `holding of stocks`, `incentives`, `royalty`, `tax`, `capital`, `closure`, `cash flow`, `cumulative`.
    pub name: String,
    /// Money over each period.
    pub values: Vec<f64>,
}

/// What a plan is worth.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Finance {
    /// Whether more is paid than received in some year, so that there is something to pay back.
    pub owed: bool,
    /// Discount rate, per year.
    pub discount: f64,
    /// The year to which money is discounted.
    pub base_year: f64,
    /// Net present value, money; in the static model profit less annuities, money per year.
    pub net_present_value: f64,
    /// Internal rates of return; none if no rate makes the net present value 0.
    pub internal_rates: Vec<f64>,
    /// Time from the base year until receipts have repaid all payments, yr.
    pub payback: Option<f64>,
    /// The same for discounted money, yr.
    pub discounted_payback: Option<f64>,
    /// Per product: what a tonne costs, and at which price the plan would be worth nothing, at the prices of the base year.
    pub levelised: Vec<Levelised>,
}

/// Cost of a product.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Levelised {
    /// The product.
    pub product: String,
    /// Whether it is the end of the chain: what is made beside other things has no cost of its own.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// Present worth of all costs but tax less that of all other receipts, per t.
    pub cost: f64,
    /// Mean price that is paid for it, per t.
    pub price: f64,
    /// The price at which the net present value is 0, with tax, royalty and overheads on revenue, at this plan; none if
    /// there is none up to a thousand times the price.
    pub minimum_selling_price: Option<f64>,
}

/// How well the choice among whole numbers is proven.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Search {
    /// No plan is better than this; proven.
    pub bound: f64,
    /// How far this plan is from it, relative.
    pub gap: f64,
    /// Nodes of the search tree.
    pub nodes: usize,
    /// Whether the search was ended by itself, not by a limit.
    pub complete: bool,
}
