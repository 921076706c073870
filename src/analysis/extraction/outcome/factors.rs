//! What is told of other separation factors.

use schemars::JsonSchema;
use serde::Serialize;

/// What other separation factors do to a plant.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FactorSensitivity {
    /// The ratios of all neighbouring elements changed at once.
    pub all: Vec<FactorCase>,
    /// Each ratio lowered alone, the plant as it is built; what harms most first.
    pub pairs: Vec<PairCase>,
}

/// The ratios of all neighbouring elements changed at once.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FactorCase {
    /// What each ratio is multiplied by.
    pub factor: f64,
    /// What the plant as it is built makes, in the order of the products.
    pub as_built: Answered<Vec<ProductCase>>,
    /// The plant designed anew.
    pub anew: Answered<AnewCase>,
}

/// An answer, or why there is none.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Answered<T> {
    /// The answer.
    Found(T),
    /// Elements that have to part no longer do.
    NotSeparable,
    /// It could not be computed, and why.
    Failed(String),
}

impl<T> Answered<T> {
    /// The answer, if there is one.
    pub const fn found(&self) -> Option<&T> {
        match self {
            Self::Found(found) => Some(found),
            Self::NotSeparable | Self::Failed(_) => None,
        }
    }
}

/// What becomes of a product.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ProductCase {
    /// Purity, by mass.
    pub purity: f64,
    /// Share of its elements that reports to it.
    pub recovery: f64,
}

/// A plant that was designed anew.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AnewCase {
    /// Mixer-settlers.
    pub tanks: usize,
    /// Their volume, m³.
    pub volume: f64,
    /// Extraction amounts, mol/mol of the plant's feed.
    pub extraction: f64,
    /// Base, mol/mol of metals fed.
    pub base_moles: f64,
    /// Acid, mol/mol of metals fed.
    pub acid_moles: f64,
    /// Whether the sequence stays the best one.
    pub same_sequence: bool,
}

/// One ratio lowered alone.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PairCase {
    /// The extractant.
    pub extractant: String,
    /// The neighbouring elements, the more extractable one first.
    pub pair: [String; 2],
    /// Their separation factor as it is.
    pub factor: f64,
    /// The product that suffers most.
    pub harm: Answered<PairHarm>,
}

/// The product that suffers most from a lower separation factor.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PairHarm {
    /// Its name.
    pub product: String,
    /// Its purity, by mass.
    pub purity: f64,
    /// Its recovery.
    pub recovery: f64,
    /// Its impurity, or its loss if that is worse, over what is allowed.
    pub excess: f64,
}
