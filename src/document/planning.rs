//! Tables of what is decided over the years: what is built, which route is taken, how money counts.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Name, Spanned,
    figure::{Confidence, Figure, Limit, SourceIds},
};

/// `build`: capacity of an operation that may be built. Its cost is said in one way: `cost`, `reference`, `curve` or
/// `train`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BuildTable {
    /// Cost per capacity, the same for all sizes: `"1200 USD/(t/yr)"`.
    #[serde(default)]
    pub cost: Option<Figure>,
    /// A plant of known size and cost, and the exponent by which cost grows with size.
    #[serde(default)]
    pub reference: Option<ReferenceTable>,
    /// Cost of some sizes; between them it is a straight line.
    #[serde(default)]
    pub curve: Option<CurveTable>,
    /// Units of one size.
    #[serde(default)]
    pub train: Option<TrainTable>,
    /// The outlet at which what is built is measured, if there is no `capacity` that says so; the whole inlet if not said.
    #[serde(default)]
    pub of: Option<Name>,
    /// The least that is built at once, unless nothing is: `"10 kt/yr"`.
    #[serde(default)]
    pub min: Option<Figure>,
    /// The most that is built at once: `"100 kt/yr"`.
    #[serde(default)]
    pub max: Option<Figure>,
    /// The first period in which it may be decided to build; the first of all if not said.
    #[serde(default)]
    pub from: Option<Name>,
    /// The last period in which it may be decided to build; the last of all if not said.
    #[serde(default)]
    pub until: Option<Name>,
    /// Time from the beginning of the period of the decision until the capacity is there; none if not said: `"1 yr"`.
    /// What comes within a period is at hand from the next one on.
    #[serde(default)]
    pub lead: Option<Figure>,
    /// Time for which the capacity is there: `"20 yr"`; for ever if not said.
    #[serde(default)]
    pub life: Option<Figure>,
    /// Share of the capacity that is at hand in its first year, its second year, and so on: `["50 %", "80 %"]`;
    /// all of it afterwards.
    #[serde(default)]
    pub ramp: Vec<Figure>,
    /// Source ids of all figures of this table that name none.
    #[serde(default)]
    pub source: SourceIds,
    /// Why all figures of this table are assumed that say nothing else.
    #[serde(default)]
    pub assumed: Option<Name>,
    /// How sure the source is.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// What the reader must know.
    #[serde(default)]
    pub note: Option<String>,
}

/// A plant of known size and cost: another one costs `cost · (capacity ÷ its capacity) ^ exponent`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReferenceTable {
    /// Its capacity: `"50 kt/yr"`.
    pub capacity: Figure,
    /// Its cost: `"4 MUSD"`.
    pub cost: Figure,
    /// The exponent, a number above 0 and up to 1; six tenths where nothing better is known.
    pub exponent: Figure,
    /// The largest relative error of the straight pieces by which the curve is replaced; 1 % if not said.
    #[serde(default)]
    pub error: Option<Figure>,
}

/// Cost of some sizes, both growing.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CurveTable {
    /// The sizes, from the smallest: `["10 kt/yr", "50 kt/yr"]`.
    pub capacity: Vec<Figure>,
    /// What each costs: `["2 MUSD", "6 MUSD"]`.
    pub cost: Vec<Figure>,
}

/// Units of one size.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TrainTable {
    /// Capacity of one: `"20 kt/yr"`.
    pub capacity: Figure,
    /// Cost of one: `"1 MUSD"`.
    pub cost: Figure,
    /// The most that may be built at once, as a whole number; no end if not said.
    #[serde(default)]
    pub max: Option<Spanned<f64>>,
}

/// `contract.NAME` of a product: a part of what is sold, at a price of its own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ContractTable {
    /// A fixed price per mass of the whole stream: `"55 USD/kg"`.
    #[serde(default)]
    pub price: Option<Figure>,
    /// Instead, what is paid more than the product's own price, as a share of it: `"2 %"`; less if negative.
    #[serde(default)]
    pub premium: Option<Figure>,
    /// Share of what is sold that goes by this contract: at most `"50 %"`, or `{ min, max }`.
    #[serde(default)]
    pub share: Option<Limit>,
    /// What goes by this contract: at most `"500 t/yr"`, or `{ min, max }`.
    #[serde(default)]
    pub amount: Option<Limit>,
    /// Source ids of all figures of this table that name none.
    #[serde(default)]
    pub source: SourceIds,
    /// Why all figures of this table are assumed that say nothing else.
    #[serde(default)]
    pub assumed: Option<Name>,
    /// How sure the source is.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// What the reader must know.
    #[serde(default)]
    pub note: Option<String>,
}

/// How long products serve: one of the three distributions.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LifetimeTable {
    /// All serve just so long: `"15 yr"`.
    #[serde(default)]
    pub fixed: Option<Figure>,
    /// Normally distributed, cut off at 0.
    #[serde(default)]
    pub normal: Option<NormalTable>,
    /// Weibull distributed.
    #[serde(default)]
    pub weibull: Option<WeibullTable>,
}

/// A normal distribution of lifetimes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NormalTable {
    /// Mean: `"12 yr"`.
    pub mean: Figure,
    /// Standard deviation: `"3 yr"`.
    pub deviation: Figure,
}

/// A Weibull distribution of lifetimes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WeibullTable {
    /// Time by which 63.2 % have reached the end of their life: `"15 yr"`.
    pub scale: Figure,
    /// Shape, a number above 0; 1 is exponential, 2 to 4 usual for products.
    pub shape: Figure,
}

/// `[choice.NAME]`: operations of which just one is there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChoiceTable {
    /// What is chosen, in words.
    #[serde(default)]
    pub title: Option<String>,
    /// The operations.
    pub one_of: Vec<Name>,
    /// `"life"` (one for all periods, the default) or `"period"` (one for each).
    #[serde(default)]
    pub per: Option<ChoiceSpan>,
    /// Whether none of them may be chosen, too.
    #[serde(default)]
    pub optional: bool,
    /// What the reader must know.
    #[serde(default)]
    pub note: Option<String>,
}

/// For how long a choice is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChoiceSpan {
    /// For all periods.
    #[default]
    Life,
    /// For each period.
    Period,
}

/// `[money]`: how money counts over time.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MoneyTable {
    /// What money is worth less per year: `"8 %"`; 0 if not said.
    #[serde(default)]
    pub discount: Option<Figure>,
    /// The year to which money is discounted, and in whose money all figures are; the beginning of the first period if
    /// not said.
    #[serde(default)]
    pub base_year: Option<Spanned<f64>>,
    /// Growth per year of all prices and of all costs but capital: `"2 %"`; none if not said.
    #[serde(default)]
    pub escalation: Option<Figure>,
    /// Growth per year of the cost of what is built: `"2 %"`; none if not said.
    #[serde(default)]
    pub capital_escalation: Option<Figure>,
    /// Cost of the installed plant per cost of its equipment (Lang factor), a number; 1 if not said: then `build` says
    /// what the installed plant costs.
    #[serde(default)]
    pub installation: Option<Figure>,
    /// What the owner pays on top of the cost of the plant, as a share of it: financing, start-up, stocks; `"10 %"`,
    /// none if not said.
    #[serde(default)]
    pub owner_cost: Option<Figure>,
    /// Shares of the cost of what is built that are spent in the calendar year of the decision, the next, and so on:
    /// `["40 %", "60 %"]`; all in the first if not said.
    #[serde(default)]
    pub spending: Vec<Figure>,
    /// The most that may be spent on what is built, per year: `"6 MUSD/yr"`; no end if not said.
    #[serde(default)]
    pub budget: Option<Figure>,
    /// What an operator costs per year: `"50 kUSD/yr"`.
    #[serde(default)]
    pub wage: Option<Figure>,
    /// Whether the operators of the whole flowsheet are a whole number, rounded up.
    #[serde(default)]
    pub whole_operators: bool,
    /// Costs in proportion to others.
    #[serde(default)]
    pub overhead: Option<OverheadTable>,
    /// Share of the revenue that is paid to the state: `"2 %"`; none if not said.
    #[serde(default)]
    pub royalty: Option<Figure>,
    /// Tax on what is earned after depreciation: `"25 %"`; none if not said. Losses are carried forward.
    #[serde(default)]
    pub tax: Option<Figure>,
    /// Time over which what is built is written off in equal parts; 10 yr if not said.
    #[serde(default)]
    pub depreciation: Option<Figure>,
    /// Cost of closure after the last period, as a share of the cost of what was built: `"5 %"`; none if not said.
    #[serde(default)]
    pub closure: Option<Figure>,
    /// Source ids of all figures of this table that name none.
    #[serde(default)]
    pub source: SourceIds,
    /// Why all figures of this table are assumed that say nothing else.
    #[serde(default)]
    pub assumed: Option<Name>,
    /// How sure the source is.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// What the reader must know.
    #[serde(default)]
    pub note: Option<String>,
}

/// `overhead`: costs in proportion to others.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OverheadTable {
    /// On labour: supervision, benefits; `"20 %"`.
    #[serde(default)]
    pub labour: Option<Figure>,
    /// Per year, on the cost of the plant: maintenance, insurance; `"3 %"`.
    #[serde(default)]
    pub plant: Option<Figure>,
    /// On the revenue: sales; `"1 %"`.
    #[serde(default)]
    pub revenue: Option<Figure>,
    /// On all operating costs and the overheads above: administration, contingency;
    /// `"5 %"`.
    #[serde(default)]
    pub operating: Option<Figure>,
}
