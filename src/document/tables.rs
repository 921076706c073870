//! The tables of a flowsheet file, as serde types: the single source of the format, of its JSON schema and of
//! the checks for unknown keys and wrong types.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Name, Spanned,
    figure::{Confidence, Figure, Limit, Many, Period, Provenance, Rate, SourceIds},
    outlet::{Objective, Outlets, Payable},
    planning::{BuildTable, ChoiceTable, ContractTable, LifetimeTable, MoneyTable},
};
use crate::diagnostic::Span;

/// A table keyed by names, in the order of the file.
pub type Named<T> = IndexMap<Name, T>;

/// A whole flowsheet file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "reeflow flowsheet")]
pub struct Document {
    /// Files to read first; this file adds to them and overrides them.
    #[serde(default)]
    pub include: Vec<Name>,
    /// What the flowsheet is, and its common settings.
    pub flowsheet: HeaderTable,
    /// Periods in their order, with their lengths: `2025 = "1 yr"`; a single year if there are none.
    #[serde(default)]
    pub period: Named<Period>,
    /// How money counts over time: discount rate, escalation, taxes, labour.
    #[serde(default)]
    pub money: Option<MoneyTable>,
    /// Named sets of species or groups: `REO = ["La2O3", "CeO2"]`.
    #[serde(default)]
    pub group: Named<Vec<Name>>,
    /// Species with a name of their own: lumps without a formula, minerals with one.
    #[serde(default)]
    pub species: Named<SpeciesTable>,
    /// Where figures come from; figures cite these tables by their keys.
    #[serde(default)]
    pub source: Named<SourceTable>,
    /// Market prices of contained species, groups or elements: `Nd2O3 = "73 USD/kg"`.
    #[serde(default)]
    pub price: Named<Figure>,
    /// Things that operations consume but that are not followed as streams: electricity, water, reagents.
    #[serde(default)]
    pub consumable: Named<ConsumableTable>,
    /// Extractants with their separation factors.
    #[serde(default)]
    pub extractant: Named<ExtractantTable>,
    /// Sources of material.
    #[serde(default)]
    pub feed: Named<FeedTable>,
    /// Operations that send each species to their outlets by its recovery.
    #[serde(default)]
    pub separator: Named<SeparatorTable>,
    /// Operations that separate metals by solvent extraction.
    #[serde(default)]
    pub cascade: Named<CascadeTable>,
    /// Operations that divide a stream without changing its composition.
    #[serde(default)]
    pub splitter: Named<SplitterTable>,
    /// Operations with chemical reactions.
    #[serde(default)]
    pub reactor: Named<ReactorTable>,
    /// Operations that mix to a recipe.
    #[serde(default)]
    pub blender: Named<BlenderTable>,
    /// Stocks that are filled in one period and drawn from in another.
    #[serde(default)]
    pub stockpile: Named<StockpileTable>,
    /// Products in service, which come back at the end of their life.
    #[serde(default, rename = "use")]
    pub in_use: Named<UseTable>,
    /// Material that is sold.
    #[serde(default)]
    pub product: Named<ProductTable>,
    /// Material that is disposed of.
    #[serde(default)]
    pub waste: Named<WasteTable>,
    /// Alternatives of which one is taken: routes.
    #[serde(default)]
    pub choice: Named<ChoiceTable>,
    /// Measures against bounds, checked after the solve or enforced in it.
    #[serde(default)]
    pub goal: Named<GoalTable>,
    /// Studies of what is uncertain: figures with distributions.
    #[serde(default)]
    pub sweep: Named<SweepTable>,
    /// Named sets of changes: `"product.magnets.price" = "22 USD/kg"`.
    #[serde(default)]
    pub scenario: Named<ScenarioTable>,
    /// Places of the values that the chosen scenario, `--set` and other changes put here.
    #[serde(skip)]
    pub changed: Vec<Span>,
}

/// `[flowsheet]`: what the flowsheet is, and its common settings.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HeaderTable {
    /// One line that says what is modelled.
    pub title: Name,
    /// What the reader must know: the claim that is tested, the gaps in the data.
    #[serde(default)]
    pub note: Option<String>,
    /// Three-letter code of the currency of all prices: `"USD"`.
    #[serde(default)]
    pub currency: Option<Name>,
    /// `"profit"` (the default), or `{ maximise = "MEASURE" }`, or `{ minimise = "MEASURE" }`; instead of a measure also a
    /// ratio, `{ of = "MEASURE", to = "MEASURE" }`, or the name of a goal.
    #[serde(default)]
    pub objective: Option<Objective>,
    /// Length of a shift, needed where `shift` is used as a unit of time: `"8 h"`.
    #[serde(default)]
    pub shift: Option<Figure>,
    /// The stages of the value chain from ore to magnet, in their order; by default as they first appear.
    #[serde(default)]
    pub stages: Vec<Name>,
    /// Source ids of all figures that name none.
    #[serde(default)]
    pub source: SourceIds,
    /// Why all figures are assumed that say nothing else.
    #[serde(default)]
    pub assumed: Option<Name>,
}

/// `[species.NAME]`: a substance with a name of its own.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SpeciesTable {
    /// What it is.
    #[serde(default)]
    pub title: Option<String>,
    /// Its chemical formula: `"CaCO3"`; without one it is a lump, and its elements are not balanced.
    #[serde(default)]
    pub formula: Option<Name>,
}

/// `[source.ID]`: where figures come from.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SourceTable {
    /// Title of the publication, or what it says.
    pub title: String,
    /// Who wrote it.
    #[serde(default)]
    pub author: Option<String>,
    /// When, as a year.
    #[serde(default)]
    pub year: Option<i64>,
    /// Where to find it.
    #[serde(default)]
    pub url: Option<String>,
    /// What was read of it: full text, abstract, excerpt.
    #[serde(default)]
    pub access: Option<String>,
    /// What kind of source it is: primary, peer reviewed, press, company, supplier.
    #[serde(default)]
    pub kind: Option<String>,
}

/// `[consumable.NAME]`: something that operations consume.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConsumableTable {
    /// What it is.
    #[serde(default)]
    pub title: Option<String>,
    /// Price per unit of mass, energy or volume: `"0.1 USD/kWh"`.
    pub price: Figure,
    /// Emission per unit, as CO2 equivalent: `"0.4 kg/kWh"`.
    #[serde(default)]
    pub emission: Option<Figure>,
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

/// What every operation's table has in common, borrowed from it.
#[derive(Clone, Copy, Debug)]
pub struct Common<'a> {
    /// The stage of the value chain that the operation belongs to.
    pub stage: Option<&'a Name>,
    /// Where the operation's figures come from, unless they say so themselves.
    pub source: &'a SourceIds,
    /// Why the operation's figures are assumed, unless they say otherwise.
    pub assumed: Option<&'a Name>,
    /// How sure the source is.
    pub confidence: Option<Confidence>,
    /// What can pass at most.
    pub capacity: &'a Many<Rate>,
    /// Share of the year in which the operation runs.
    pub availability: Option<&'a Figure>,
    /// What it costs to let it pass, supply or take more.
    pub expansion: Option<&'a Figure>,
    /// Capacity that may be built.
    pub build: Option<&'a BuildTable>,
    /// Cost per year while it is there.
    pub fixed_cost: Option<&'a Figure>,
    /// Operators while it is there.
    pub operators: Option<&'a Figure>,
    /// Time that what passes stays.
    pub residence: Option<&'a Figure>,
    /// Mass of what passes per volume.
    pub density: Option<&'a Figure>,
    /// Cost per throughput.
    pub opex: &'a Many<Rate>,
    /// What the state pays per throughput.
    pub incentive: &'a Many<Rate>,
    /// Consumption per throughput.
    pub consumes: &'a Named<Rate>,
    /// Emission per throughput.
    pub emission: Option<&'a Rate>,
}

impl Common<'_> {
    /// The provenance that the operation's figures inherit.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        Provenance::said(self.source, self.assumed, self.confidence)
    }
}

/// Defines an operation's table: its own keys, then the common ones.
macro_rules! operation_table {
    (
        $(#[$meta:meta])*
        pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)* }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case", deny_unknown_fields)]
        pub struct $name {
            /// What it is, in words.
            #[serde(default)]
            pub title: Option<String>,
            /// The stage of the value chain that the operation belongs to.
            #[serde(default)]
            pub stage: Option<Name>,
            $($(#[$field_meta])* pub $field: $type,)*
            /// What can pass at most: `"600 kt/yr"` of the whole inlet, `"10 kt/yr REO"` contained in it.
            #[serde(default)]
            pub capacity: Many<Rate>,
            /// Share of the year in which the operation runs at capacity, 100 % if not said.
            #[serde(default)]
            pub availability: Option<Figure>,
            /// What one more t/yr of its capacity, supply or demand costs to build: `"1200 USD/(t/yr)"`.
            #[serde(default)]
            pub expansion: Option<Figure>,
            /// Capacity that may be built, and what it costs.
            #[serde(default)]
            pub build: Option<BuildTable>,
            /// Cost per year as long as the operation is there, whatever it passes: `"2 MUSD/yr"`.
            #[serde(default)]
            pub fixed_cost: Option<Figure>,
            /// Operators that the operation needs as long as it is there, as a number.
            #[serde(default)]
            pub operators: Option<Figure>,
            /// Time that what passes stays in the operation: `"2 h"`; with `density` it gives the volume.
            #[serde(default)]
            pub residence: Option<Figure>,
            /// Mass of the inlet, as it is followed, per volume of what passes: `"0.6 t/m3"` of solids in a pulp.
            #[serde(default)]
            pub density: Option<Figure>,
            /// Operating cost without consumables: `"18 USD/t"` of the inlet, `"200 USD/t REO"` contained in it.
            #[serde(default)]
            pub opex: Many<Rate>,
            /// What the state pays per throughput: support of imported scrap, relief from a tax: `"200 USD/t"`.
            #[serde(default)]
            pub incentive: Many<Rate>,
            /// What is consumed per t of the inlet: `electricity = "25 kWh/t"`; the keys are `[consumable.NAME]`.
            #[serde(default)]
            pub consumes: Named<Rate>,
            /// Direct emission per t of the inlet, as CO2 equivalent: `"40 kg/t"`.
            #[serde(default)]
            pub emission: Option<Rate>,
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

        impl $name {
            /// The keys that all operations share.
            #[must_use]
            pub fn common(&self) -> Common<'_> {
                Common {
                    stage: self.stage.as_ref(),
                    source: &self.source,
                    assumed: self.assumed.as_ref(),
                    confidence: self.confidence,
                    capacity: &self.capacity,
                    availability: self.availability.as_ref(),
                    expansion: self.expansion.as_ref(),
                    build: self.build.as_ref(),
                    fixed_cost: self.fixed_cost.as_ref(),
                    operators: self.operators.as_ref(),
                    residence: self.residence.as_ref(),
                    density: self.density.as_ref(),
                    opex: &self.opex,
                    incentive: &self.incentive,
                    consumes: &self.consumes,
                    emission: self.emission.as_ref(),
                }
            }
        }
    };
}

mod cascade;
mod sweep;

pub use cascade::{
    CascadeAim, CascadeCapitalTable, CascadeCostTable, CascadePhase, CascadeProductTable,
    CascadeReagentTable, CascadeReagentsTable, CascadeTable, CircuitTable, ExtractantTable,
};
pub use sweep::{
    CorrelationTable, SweepInput, SweepInputTable, SweepMethod, SweepTable, SweepValues,
};

operation_table! {
    /// `[feed.NAME]`: a source of material of known composition.
    pub struct FeedTable {
        /// Where the material goes: an operation, or `{ OUTLET = "operation" }`.
        pub to: Outlets,
        /// What can be had: at most `"570 kt/yr"`, or `{ min, max }`, or `{ exactly }`.
        #[serde(default)]
        pub supply: Option<Limit>,
        /// What it costs at the gate: `"27 USD/t"`; for ore the cost of mining.
        #[serde(default)]
        pub cost: Option<Figure>,
        /// Composition, as mass fractions.
        pub assay: AssayTable,
        /// What is paid for even if less is taken: `"130 t/yr"`.
        #[serde(default)]
        pub take_or_pay: Option<Figure>,
        /// Where the material comes from: `"primary"` (mined, the default), `"secondary"` (recycled) or `"purchased"`.
        #[serde(default)]
        pub origin: Option<Origin>,
    }
}

operation_table! {
    /// `[separator.NAME]`: sends each species to the outlets by its recovery.
    pub struct SeparatorTable {
        /// Outlets and where they go: `{ concentrate = "leaching", tailings = "dam" }`.
        pub to: Outlets,
        /// Per outlet: the share of each species (or group, or `default`) of the inlet that reports to it:
        /// `{ REO = "72 %", default = "4 %" }`. The one outlet that is not named takes the rest.
        pub recovery: Named<Named<Figure>>,
    }
}

operation_table! {
    /// `[splitter.NAME]`: divides a stream without changing its composition.
    pub struct SplitterTable {
        /// Outlets and where they go.
        pub to: Outlets,
        /// Per outlet: its share of the inlet, `"60 %"`, or `{ min, max }`. Shares that are not given are left to the optimiser;
        /// if all but one are given, that one takes the rest.
        #[serde(default)]
        pub fraction: Named<Limit>,
    }
}

operation_table! {
    /// `[reactor.NAME]`: chemical reactions with given conversions; reagents are dosed.
    pub struct ReactorTable {
        /// Where the products go: an operation, or several outlets with `recovery`.
        pub to: Outlets,
        /// The reactions.
        pub reaction: Vec<ReactionTable>,
        /// `"series"` (each acts on what the one before left, the default) or `"parallel"` (all act on the inlet).
        #[serde(default)]
        pub mode: Option<ReactionMode>,
        /// Reactants that are dosed to the stoichiometric need, and bought.
        #[serde(default)]
        pub reagent: Named<ReagentTable>,
        /// With several outlets: the share of each species after reaction that reports to each outlet, as for a
        /// separator.
        #[serde(default)]
        pub recovery: Named<Named<Figure>>,
    }
}

operation_table! {
    /// `[blender.NAME]`: mixes its inlets, and what it buys, to a recipe.
    pub struct BlenderTable {
        /// Where the mixture goes.
        pub to: Outlets,
        /// Share of species or groups in the mixture: fixed (`"30 %"`) or `{ min, max }`.
        pub recipe: Named<Limit>,
        /// Ingredients that are bought as needed.
        #[serde(default)]
        pub buy: Named<IngredientTable>,
    }
}

operation_table! {
    /// `[stockpile.NAME]`: a stock of one composition, filled in one period and drawn from in another.
    pub struct StockpileTable {
        /// Where what is drawn goes.
        pub to: Outlets,
        /// What is there before the first period, `"20 t"` of the composition of what comes; nothing if not said.
        #[serde(default)]
        pub opening: Option<Figure>,
        /// What may be there at the end of each period, at most `"500 t"`, or `{ min, max }` (a reserve is a `min`).
        #[serde(default)]
        pub stock: Option<Limit>,
        /// Share of the stock that is lost per year: `"10 %"`; none if not said.
        #[serde(default)]
        pub loss: Option<Figure>,
        /// Cost of a year in stock: `"1 USD/t"`; none if not said.
        #[serde(default)]
        pub holding_cost: Option<Figure>,
    }
}

operation_table! {
    /// `[use.NAME]`: products in service; what reaches the end of its life and is collected comes back.
    pub struct UseTable {
        /// The product that is in service.
        pub of: Name,
        /// Where what comes back goes.
        pub to: Outlets,
        /// Share of what is sold that is used so: `"60 %"`, 100 % if not said.
        #[serde(default)]
        pub share: Option<Figure>,
        /// How long it serves.
        pub lifetime: LifetimeTable,
        /// Share of what reaches the end of its life that is collected: `"10 %"`.
        pub collection: Figure,
        /// What was sold for this use in calendar years before the first period: `2015 = "120 t/yr"`; `share` does not
        /// count.
        #[serde(default)]
        pub past: Named<Figure>,
        /// The composition of what was sold then; needed with `past`.
        #[serde(default)]
        pub assay: Option<AssayTable>,
    }
}

operation_table! {
    /// `[product.NAME]`: material that is sold.
    pub struct ProductTable {
        /// Price per mass of the whole stream (`"60 USD/kg"`) or of what it contains (`"69 USD/kg NdPr"`), a list of
        /// the latter, or `"market"` for the contained species at the prices of `[price]`.
        pub price: Many<Figure>,
        /// Share of the price that is paid: `"70 %"`, 100 % if not said; one for all, or per contained species or group.
        #[serde(default)]
        pub payable: Option<Payable>,
        /// What can be sold: at most `"2500 t/yr"`, or `{ min, max }`, or `{ exactly }`.
        #[serde(default)]
        pub demand: Option<Limit>,
        /// Grade of species or groups in what is sold: `{ REO = { min = "60 %" } }`.
        #[serde(default)]
        pub specification: Named<Limit>,
        /// What is sold under contracts rather than at `price`, by their names.
        #[serde(default)]
        pub contract: Named<ContractTable>,
        /// `"final"` (the end of the chain, the default), `"by-product"` or `"intermediate"`.
        #[serde(default)]
        pub role: Option<Role>,
    }
}

operation_table! {
    /// `[waste.NAME]`: material that is disposed of.
    pub struct WasteTable {
        /// What disposal costs: `"5 USD/t"`.
        #[serde(default)]
        pub cost: Many<Figure>,
        /// What can be disposed of: of the `total`, or of a species or group in it: `{ ThO2 = "10 t/yr" }`.
        #[serde(default)]
        pub limit: Named<Limit>,
    }
}

/// `assay`: the composition of a feed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AssayTable {
    /// Mass fraction of species or groups in the feed: `{ REO = "1.75 %", ThO2 = "0.2 %" }`.
    pub grade: Named<Figure>,
    /// How a group of `grade` divides among its species, in parts by mass that sum to 100 or to 1: `{ La2O3 = 60, CeO2 = 40 }`.
    #[serde(default)]
    pub split: Named<Named<Figure>>,
    /// Groups whose split is divided by its sum where that is neither 100 nor 1; the report tells the sum.
    #[serde(default)]
    pub normalise: Vec<Name>,
    /// The species that takes what the grades leave.
    #[serde(default)]
    pub rest: Option<Name>,
}

/// Where a feed comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Mined.
    #[default]
    Primary,
    /// Recycled: end-of-life products, scrap.
    Secondary,
    /// Bought in for use along the chain.
    Purchased,
}

/// What a product is to the chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The end of the chain.
    #[default]
    Final,
    /// Sold beside the chain.
    ByProduct,
    /// Sold on the way: concentrate, oxide.
    Intermediate,
}

/// How several reactions of one reactor act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReactionMode {
    /// Each acts on what the one before left.
    #[default]
    Series,
    /// All act on the inlet.
    Parallel,
}

/// One reaction of a reactor.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReactionTable {
    /// `"2 Nd2O3 + 3 C -> 4 Nd + 3 CO2"`; checked element by element.
    pub equation: Name,
    /// The reactant whose conversion is given.
    pub key: Name,
    /// Share of the key reactant that reacts: `"97 %"`.
    pub conversion: Figure,
}

/// A reactant that is dosed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReagentTable {
    /// Price per mass of the reagent: `"1 USD/kg"`.
    pub price: Figure,
    /// What is dosed beyond the stoichiometric need, as a share of it: `"10 %"`; none if not said.
    #[serde(default)]
    pub excess: Option<Figure>,
}

/// An ingredient that a blender buys.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct IngredientTable {
    /// Price per mass: `"5 USD/kg"`.
    pub price: Figure,
    /// What can be had: at most `"100 t/yr"`, or `{ min, max }`; no end if not said.
    #[serde(default)]
    pub supply: Option<Limit>,
}

/// `[goal.NAME]`: a measure, or a ratio of two, against a bound.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GoalTable {
    /// What is wanted, in words.
    #[serde(default)]
    pub title: Option<String>,
    /// A measure: `"flow(magnets)"`, `"flow(magnets, Nd) + flow(sales, Nd)"`.
    #[serde(default)]
    pub measure: Option<Name>,
    /// A ratio of two measures.
    #[serde(default)]
    pub ratio: Option<RatioTable>,
    /// The least value wanted, in the unit of the measure: `"2500 t/yr"`; of a ratio a number.
    #[serde(default)]
    pub at_least: Option<Figure>,
    /// The greatest value wanted, likewise.
    #[serde(default)]
    pub at_most: Option<Figure>,
    /// The first period in which it is to hold; the first of all if not said.
    #[serde(default)]
    pub from: Option<Name>,
    /// The last period in which it is to hold; the last of all if not said.
    #[serde(default)]
    pub until: Option<Name>,
    /// Whether the solver must meet the goal; otherwise it is checked after the solve.
    #[serde(default)]
    pub enforce: Option<Spanned<bool>>,
    /// Source ids of the bound.
    #[serde(default)]
    pub source: SourceIds,
    /// Why the bound is assumed.
    #[serde(default)]
    pub assumed: Option<Name>,
    /// How sure the source is.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// What the reader must know.
    #[serde(default)]
    pub note: Option<String>,
}

/// A ratio of two measures.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RatioTable {
    /// The numerator: `"value(magnets)"`.
    pub of: Name,
    /// The denominator: `"cost(ore)"`.
    pub to: Name,
}

/// `[scenario.NAME]`: changes, read before anything else is made of the file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct ScenarioTable {
    /// What the scenario supposes.
    #[serde(default)]
    pub title: Option<String>,
    /// What the reader must know.
    #[serde(default)]
    pub note: Option<String>,
}
