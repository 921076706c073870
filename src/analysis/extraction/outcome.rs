//! What is told of solvent-extraction plants.

mod factors;

pub use factors::{
    AnewCase, Answered, FactorCase, FactorSensitivity, PairCase, PairHarm, ProductCase,
};

use schemars::JsonSchema;
use serde::Serialize;

/// The solvent-extraction plants of a flowsheet.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Extraction {
    /// One line that says what is modelled.
    pub title: String,
    /// Code of the currency of all money.
    pub currency: String,
    /// The plants, in the order of the file.
    pub plants: Vec<ExtractionPlant>,
    /// Cascades to which the best plan sends nothing.
    pub idle: Vec<String>,
}

/// The plant of one `[cascade.NAME]`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ExtractionPlant {
    /// Its name.
    pub operation: String,
    /// What it is sized for.
    pub feed: PlantFeed,
    /// What the sequence and the extraction amounts make small.
    pub minimised: Minimised,
    /// Least ratio of an extraction amount to its minimum that was chosen; none where the amount is given.
    pub margin: Option<f64>,
    /// The sequence in brackets, raffinate first; `»` stands before what is fed as loaded organic.
    pub sequence: String,
    /// All sequences that were designed in full, the best one first.
    pub ranking: Vec<RankedSequence>,
    /// Its cascades, each before those that it feeds, raffinate side first.
    pub cascades: Vec<CascadeOutcome>,
    /// Its products, in the order of the file.
    pub products: Vec<ProductOutcome>,
    /// Sums over its cascades.
    pub totals: PlantTotals,
    /// What other separation factors do to it; none if that was not asked for.
    pub sensitivity: Option<FactorSensitivity>,
}

/// What a plant is sized for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PlantFeed {
    /// Where the rate comes from.
    pub from: FeedFrom,
    /// The period in which the plan asks for the largest plant; none of a flowsheet for one year, or of a rate that was given.
    pub period: Option<String>,
    /// The metals' compounds that are fed, t/yr.
    pub rate: f64,
    /// The metals that are fed while the plant runs, mol/min.
    pub moles: f64,
    /// Share of the year in which it runs, 0–1.
    pub availability: f64,
    /// Time in which it runs, h/yr.
    pub hours: f64,
    /// Composition, in the order of the design.
    pub composition: Vec<ElementShare>,
}

/// Where the rate of a feed comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FeedFrom {
    /// It was given with `--feed`.
    Given,
    /// It is the throughput of the best plan.
    Plan,
}

/// Share of a metal.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ElementShare {
    /// Its symbol.
    pub element: String,
    /// Its share of all metals, mol/mol.
    pub share: f64,
}

/// What is made small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Minimised {
    /// The organic that all stages hold.
    Organic,
    /// The extraction amounts, which the reagents follow.
    Extraction,
    /// Reagents, tanks and what they hold, at their prices.
    Cost,
}

/// A sequence that was designed in full.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RankedSequence {
    /// The sequence in brackets.
    pub sequence: String,
    /// What is made small, over that of the best one; ≥ 1.
    pub relative: f64,
}

/// One cascade, in mol per mol of what is fed to it if nothing else is said.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CascadeOutcome {
    /// Its number in the plant, from 1.
    pub number: usize,
    /// Its extractant.
    pub extractant: String,
    /// The phase that brings its feed.
    pub phase: Phase,
    /// Products that stay in the raffinate.
    pub lower: Vec<String>,
    /// Products that are extracted.
    pub upper: Vec<String>,
    /// Where the raffinate goes.
    pub raffinate_to: Destination,
    /// Where the loaded organic, or what is stripped of it, goes.
    pub organic_to: Destination,
    /// The elements at the cut, the more extractable one first: of the extracted products and of the others.
    pub keys: [String; 2],
    /// Separation factor of the keys in the extraction section.
    pub factor: f64,
    /// The same in the scrub section.
    pub scrub_factor: f64,
    /// The metals' compounds that are fed, t/yr.
    pub feed: f64,
    /// Metals that are fed while the plant runs, mol/min.
    pub moles: f64,
    /// Least extraction amount, with stages without number.
    pub minimum: f64,
    /// Extraction amount S.
    pub extraction: f64,
    /// S over its minimum.
    pub margin: f64,
    /// Washing amount W.
    pub washing: f64,
    /// Equilibrium stages of extraction, n.
    pub extraction_stages: usize,
    /// Equilibrium stages of scrubbing, m.
    pub scrub_stages: usize,
    /// The stage that the feed enters, from 1 at the raffinate: n of an aqueous feed, n + 1 of an organic one.
    pub feed_stage: usize,
    /// Mixed extraction ratio of the extraction section, organic over aqueous.
    pub extraction_ratio: f64,
    /// Mixed extraction ratio of the scrub section, organic over aqueous.
    pub scrub_ratio: f64,
    /// Extraction reflux ratio, S over the raffinate.
    pub extraction_reflux: f64,
    /// Washing reflux ratio, W over the organic product.
    pub washing_reflux: f64,
    /// The usual indicator of capital, S (n + m).
    pub inventory: f64,
    /// What leaks into the organic.
    pub light_leak: Leak,
    /// What is lost to the raffinate.
    pub heavy_leak: Leak,
    /// Mixer-settlers.
    pub tanks: Sections<usize>,
    /// Volume of one mixer-settler, m³; 0 where there is none.
    pub tank_volumes: Sections<f64>,
    /// Volume of all of them, m³.
    pub volume: f64,
    /// Organic held, m³.
    pub organic_held: f64,
    /// The metals' compounds held in the organic, t.
    pub held_in_organic: f64,
    /// The metals' compounds held in the aqueous phase, t.
    pub held_in_aqueous: f64,
    /// Flows while the plant runs.
    pub flows: CascadeFlows,
    /// What textbooks would say; for comparison only, not used.
    pub legacy: LegacyCheck,
    /// Largest relative difference of what leaves of any element by any outlet from a simulation stage by stage; none if the
    /// simulation does not converge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<f64>,
}

/// The phase that brings a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// A solution in water.
    Aqueous,
    /// Loaded organic.
    Organic,
}

/// Where an outlet of a cascade goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    /// To the cascade of that number.
    Cascade(usize),
    /// It is a product.
    Product(String),
}

/// What goes the wrong way at a cut, mol/mol of the cascade's feed.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Leak {
    /// What may.
    pub allowed: f64,
    /// What does.
    pub achieved: f64,
}

/// A number for each section of a cascade.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Sections<T> {
    /// Extraction.
    pub extraction: T,
    /// Scrubbing.
    pub scrub: T,
    /// Stripping.
    pub strip: T,
    /// Washing of the stripped organic.
    pub washing: T,
    /// Saponification.
    pub saponification: T,
}

impl<T: Copy> Sections<T> {
    /// The sections in their order.
    #[must_use]
    pub const fn all(&self) -> [T; 5] {
        [self.extraction, self.scrub, self.strip, self.washing, self.saponification]
    }
}

/// Flows of a cascade while the plant runs, m³/h.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CascadeFlows {
    /// Saponified organic.
    pub organic: f64,
    /// Aqueous feed; 0 where it is organic.
    pub feed: f64,
    /// Scrub acid.
    pub scrub: f64,
    /// Strip acid; 0 where the loaded organic goes on.
    pub strip: f64,
    /// Base.
    pub base: f64,
}

/// What textbooks would say of the split of the keys, as if there were two components; for comparison only, not used.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LegacyCheck {
    /// Xu's short number of extraction stages at this S; none where the formula has no value.
    pub extraction_stages: Option<f64>,
    /// Xu's short number of scrub stages.
    pub scrub_stages: Option<f64>,
    /// Minimum of S, mol/mol.
    pub minimum: Option<f64>,
    /// Xu's √β optimum of S, mol/mol.
    pub square_root: Option<f64>,
}

/// A product of a plant.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ProductOutcome {
    /// Its name.
    pub name: String,
    /// The elements that it is to consist of.
    pub elements: Vec<String>,
    /// The metals' compounds in it, t/yr.
    pub rate: f64,
    /// Least purity, by mass.
    pub purity_asked: f64,
    /// Purity, by mass.
    pub purity: f64,
    /// Least recovery, if that is asked for.
    pub recovery_asked: Option<f64>,
    /// Share of its elements that reports to it, mol/mol.
    pub recovery: f64,
    /// Share of the allowed impurity, or of the allowed loss if that is less, that is left.
    pub reserve: f64,
}

/// Sums over the cascades of a plant.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PlantTotals {
    /// Cascades.
    pub cascades: usize,
    /// Equilibrium stages of extraction and scrubbing.
    pub stages: usize,
    /// Mixer-settlers.
    pub tanks: usize,
    /// Volume of all mixer-settlers, m³.
    pub volume: f64,
    /// Volume that the flowsheet says is there, m³.
    pub existing_volume: Option<f64>,
    /// Organic held, m³.
    pub organic_held: f64,
    /// The metals' compounds held in the organic, t.
    pub held_in_organic: f64,
    /// The metals' compounds held in the aqueous phase, t.
    pub held_in_aqueous: f64,
    /// Days of operation in which as much is fed as is held.
    pub days_held: f64,
    /// The product that can be had first.
    pub first_product: String,
    /// After how many days of operation: when the cascades on its way are filled by what reaches each, one after the other.
    pub first_product_days: f64,
    /// Cost of the first fill.
    pub fill: FillCost,
    /// Capital of the mixer-settlers by the flowsheet's correlation, money; none without one.
    pub capital: Option<f64>,
    /// Extraction amounts of all cascades, mol/mol of the plant's feed.
    pub extraction: f64,
    /// Base, acid and water.
    pub reagents: PlantReagents,
    /// Least extraction amount of fully linked cascades; none if no extractant can make all cuts.
    pub linked: Option<LinkedBound>,
    /// The cascade that is nearest to its minimum, by its number.
    pub tightest: usize,
    /// Its S over its minimum.
    pub least_margin: f64,
    /// The product that has least left of what it is allowed.
    pub least_reserve: String,
    /// Share of its allowance that it has left.
    pub reserve: f64,
}

/// Cost of the first fill, money.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FillCost {
    /// Metals held, at market prices; none if none of them has one.
    pub metals: Option<f64>,
    /// Elements that have no market price and count nothing.
    pub without_price: Vec<String>,
    /// Organic held; none if its cost is not said.
    pub organic: Option<f64>,
}

/// What a plant consumes, per t of the metals' compounds fed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PlantReagents {
    /// Base, mol/mol of metals fed.
    pub base_moles: f64,
    /// Acid, mol/mol of metals fed.
    pub acid_moles: f64,
    /// Base.
    pub base: Option<ReagentNeed>,
    /// Acid.
    pub acid: Option<ReagentNeed>,
    /// Salt that the base leaves in the effluent.
    pub salt: Option<ReagentNeed>,
    /// Water in scrub acid, strip acid and base, m³/t.
    pub water: f64,
}

/// Something that is consumed or left.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReagentNeed {
    /// Its name.
    pub name: String,
    /// t/t of the metals' compounds fed.
    pub per_tonne: f64,
}

/// Least extraction amount of fully linked cascades.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LinkedBound {
    /// The extractant that all cuts are made with.
    pub extractant: String,
    /// The amount, mol/mol of the plant's feed.
    pub extraction: f64,
    /// The extraction amounts of the plant over it.
    pub ratio: f64,
}
