//! Prices: money per mass of a content, less what is not paid.

use super::{Content, FigureId, Values};

/// One price on one content.
#[derive(Clone, Debug)]
pub struct PriceTerm {
    /// Money per t of the content.
    pub figure: FigureId,
    /// What the price is per t of.
    pub content: Content,
    /// Share of the price that is paid.
    pub payable: Option<FigureId>,
}

impl PriceTerm {
    /// Money paid per t of the content.
    #[must_use]
    pub fn paid(&self, values: &Values) -> f64 {
        values[self.figure] * self.payable.map_or(1.0, |figure| values[figure])
    }
}

/// What a stream is worth: the sum of its terms.
#[derive(Clone, Debug)]
pub struct Price {
    /// The terms, in the order of the file.
    pub terms: Vec<PriceTerm>,
}
