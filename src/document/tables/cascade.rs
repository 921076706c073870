//! The tables of solvent extraction: extractants and cascades.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    BuildTable, Common, Confidence, Figure, Many, Name, Named, Outlets, Rate, SourceIds, Spanned,
};

/// `[extractant.NAME]`: an extractant in a medium, with its separation factors.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExtractantTable {
    /// What it is.
    #[serde(default)]
    pub title: Option<String>,
    /// What the metals are dissolved in: `"chloride"`, `"nitrate"`, `"sulphate"`.
    #[serde(default)]
    pub medium: Option<String>,
    /// Separation factors, `"Nd/Pr" = 1.4`: distribution ratio of the first element over that of the second, by which the
    /// elements must hang together; each greater than 1, but for pairs that are written against one common element.
    pub separation_factor: Named<Figure>,
    /// The extractant table whose separation factors hold in scrub sections, if they are others.
    #[serde(default)]
    pub scrub: Option<Name>,
    /// Extractant in the organic, as monomer: `"1.5 mol/L"`; needed where a cascade uses it.
    #[serde(default)]
    pub concentration: Option<Figure>,
    /// Share of the extractant that is saponified: `"36 %"`; needed where a cascade uses it.
    #[serde(default)]
    pub saponification: Option<Figure>,
    /// Source ids of all figures of this table that name none.
    #[serde(default)]
    pub source: SourceIds,
    /// Why all figures of this table are assumed that say nothing else.
    #[serde(default)]
    pub assumed: Option<Name>,
    /// How sure the source is; `"unverified"` figures must be confirmed by the cascade that uses them.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// What the reader must know.
    #[serde(default)]
    pub note: Option<String>,
}

operation_table! {
    /// `[cascade.NAME]`: separates metals by solvent extraction, in one cascade of mixer-settlers or a sequence of them; its
    /// recoveries, reagents and volume follow from the separation factors.
    pub struct CascadeTable {
        /// Outlets and where they go: one for each product; at most one more, for what is not extracted.
        pub to: Outlets,
        /// The product of each outlet.
        pub product: Named<CascadeProductTable>,
        /// The extractants that may be used, by the names of their `[extractant.NAME]` tables.
        pub extractants: Vec<Name>,
        /// Pairs of `unverified` separation factors that you have checked: `["Ce/La"]`.
        #[serde(default)]
        pub confirmed: Vec<Name>,
        /// Composition that it is designed for, in parts by mass of the species that sum to 100 or to 1; otherwise that of
        /// what comes, which must then be the same whatever is decided.
        #[serde(default)]
        pub feed: Named<Figure>,
        /// The phase that brings the feed: `"aqueous"` (the default) or `"organic"`.
        #[serde(default)]
        pub feed_phase: Option<CascadePhase>,
        /// Whether loaded organic may be fed to a next cascade without being stripped; it may if not said.
        #[serde(default)]
        pub organic_feed: Option<Spanned<bool>>,
        /// What the sequence and the extraction amounts make small: `"organic"` held (the default), `"extraction"` amounts,
        /// or `"cost"`: reagents, and the charge on tanks, organic and the metals held, those with a price in `[price]`.
        #[serde(default)]
        pub minimise: Option<CascadeAim>,
        /// How many of the best sequences are designed in full and ranked, 1 to 20; 5 if not said.
        #[serde(default)]
        pub sequences: Option<Spanned<usize>>,
        /// Extraction amount, mol of metals that the organic carries per mol fed, if it is given rather than chosen; for two
        /// products only.
        #[serde(default)]
        pub extraction: Option<Figure>,
        /// Least ratio of an extraction amount to its minimum that is chosen, a number > 1; 1.05 if not said.
        #[serde(default)]
        pub margin: Option<Figure>,
        /// Volume of the tanks that are there: `"2000 m3"`; it limits the throughput.
        #[serde(default)]
        pub volume: Option<Figure>,
        /// Concentrations, times and auxiliary stages.
        pub circuit: CircuitTable,
        /// Base, acid and water, as consumables.
        #[serde(default)]
        pub reagents: Option<CascadeReagentsTable>,
        /// Unit costs, for `minimise = "cost"` and for the first fill.
        #[serde(default)]
        pub unit_cost: Option<CascadeCostTable>,
        /// Capital cost of mixer-settlers: coefficient × (volume of one / 1 m3) ^ exponent × installation.
        #[serde(default)]
        pub capital: Option<CascadeCapitalTable>,
    }
}

/// A product of a cascade.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CascadeProductTable {
    /// The species or group that it is to consist of.
    pub of: Name,
    /// Its least share, by mass, of the metals' compounds in the product: `"99.9 %"`.
    pub purity: Figure,
    /// The least share of it in the feed that is to be recovered in the product: `"94 %"`.
    #[serde(default)]
    pub recovery: Option<Figure>,
}

/// The phase that brings a cascade's feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CascadePhase {
    /// A solution in water.
    #[default]
    Aqueous,
    /// Loaded organic.
    Organic,
}

/// What a cascade's design makes small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CascadeAim {
    /// The organic that all stages hold: the usual indicator of capital.
    #[default]
    Organic,
    /// The extraction amounts, which the reagents follow.
    Extraction,
    /// Reagents, tanks and what they hold, at their prices.
    Cost,
}

/// `circuit`: concentrations, times and auxiliary stages of a cascade.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CircuitTable {
    /// Metals in the aqueous feed: `"1.2 mol/L"`; feeds of later cascades are brought to it, too.
    pub feed_concentration: Figure,
    /// Scrub acid: `"4 mol/L"`.
    pub scrub_acid: Figure,
    /// Strip acid: `"4 mol/L"`.
    pub strip_acid: Figure,
    /// Strip acid beyond the need, as a share of it; none if not said.
    #[serde(default)]
    pub strip_excess: Option<Figure>,
    /// Base: `"10 mol/L"`.
    pub base: Figure,
    /// Free acid in the feed: `"0.1 mol/L"`, which takes base; none if not said.
    #[serde(default)]
    pub free_acid: Option<Figure>,
    /// Mixing time of a stage: `"5 min"`.
    pub mixing: Figure,
    /// Settling time of a stage: `"15 min"`.
    pub settling: Figure,
    /// Share of a tank's volume that is used, 100 % if not said.
    #[serde(default)]
    pub fill: Option<Figure>,
    /// Stage efficiency, 100 % if not said: an equilibrium stage takes 1 / efficiency mixer-settlers.
    #[serde(default)]
    pub stage_efficiency: Option<Figure>,
    /// Mixer-settlers that strip the loaded organic of a cascade, as a whole number; none if not said.
    #[serde(default)]
    pub strip_stages: Option<Figure>,
    /// Mixer-settlers that wash the stripped organic; none if not said.
    #[serde(default)]
    pub washing_stages: Option<Figure>,
    /// Mixer-settlers in which the organic takes up base; none if not said.
    #[serde(default)]
    pub saponification_stages: Option<Figure>,
}

/// `reagents`: what a cascade consumes by its extraction amounts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CascadeReagentsTable {
    /// The base.
    pub base: CascadeReagentTable,
    /// The acid.
    pub acid: CascadeReagentTable,
    /// The consumable, in volume, that all solutions are made of.
    #[serde(default)]
    pub water: Option<Name>,
    /// Formula of the salt that base and acid leave in the effluent: `"NaCl"`.
    #[serde(default)]
    pub salt: Option<Name>,
}

/// A base or an acid.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CascadeReagentTable {
    /// The consumable, in mass of the pure substance.
    pub consumable: Name,
    /// Its formula, for its molar mass: `"NaOH"`, `"NH3"`, `"HCl"`.
    pub formula: Name,
    /// Moles of acid or base that one of it counts for: 2 of H2SO4, 1 if not said.
    #[serde(default)]
    pub equivalents: Option<Spanned<u8>>,
}

/// `unit-cost`: what a design that minimises cost weighs against reagents.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CascadeCostTable {
    /// Mixer-settlers, built: `"9000 USD/m3"`.
    pub tanks: Figure,
    /// Organic: `"4000 USD/m3"`.
    pub organic: Figure,
    /// Yearly charge on what is invested in tanks, organic and metals held: `"15 %/yr"`.
    pub capital_charge: Figure,
}

/// `capital`: a correlation of capital cost.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CascadeCapitalTable {
    /// Cost of a mixer-settler of 1 m3: `"14300 USD"`.
    pub coefficient: Figure,
    /// Exponent of its volume.
    pub exponent: Figure,
    /// Factor from purchased to installed; 1 if not said.
    #[serde(default)]
    pub installation: Option<Figure>,
}
