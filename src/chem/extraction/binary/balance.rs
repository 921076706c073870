//! What leaves by which outlet.

use super::{super::ExtractionError, check_fraction};

/// Outlet balance of a binary split of 1 mol feed into an organic product of A and a raffinate of B.
///
/// Zhang, Zhao and Schreiner (2016), *Separation Hydrometallurgy of Rare Earth Elements*: `Y_A = a(b − 1)/(ab − 1)`,
/// `Y_B = b(a − 1)/(ab − 1)`, `f′_A = f_A Y_A / P_A`. Two of `P_A`, `P_B`, `Y_A`, `Y_B` fix the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// `f_A`, mol/mol.
    pub(super) feed: f64,
    /// A and B in the organic product, mol/mol feed.
    pub(super) organic: (f64, f64),
    /// A and B in the raffinate, mol/mol feed.
    pub(super) aqueous: (f64, f64),
}

impl Split {
    /// From `1 − Y_A`, the share of A lost to the raffinate, and `1 − Y_B`, that of B carried into the organic product.
    ///
    /// `feed`: fraction of A, mol/mol, 0 < f < 1; both shares dimensionless, 0 < share < 1.
    ///
    /// # Errors
    ///
    /// A share out of range, or so large that nothing is purified.
    pub fn from_losses(feed: f64, lost: f64, carried: f64) -> Result<Self, ExtractionError> {
        check_fraction(feed)?;
        for share in [lost, carried] {
            if !(share > 0.0 && share < 1.0) {
                return Err(ExtractionError::Overspecified { recovery: 1.0 - share });
            }
        }
        let other = 1.0 - feed;
        let split = Self {
            feed,
            organic: (feed * (1.0 - lost), other * carried),
            aqueous: (feed * lost, other * (1.0 - carried)),
        };
        if lost + carried < 1.0 {
            Ok(split)
        } else {
            Err(ExtractionError::Purity { purity: split.organic_purity(), feed })
        }
    }

    /// From the purities `P_A` of the organic product and `P_B` of the raffinate, mol/mol.
    ///
    /// `feed`: fraction of A, mol/mol, 0 < f < 1; each purity above that of the feed and below 1.
    ///
    /// # Errors
    ///
    /// A purity that is not above the feed's, or not below 1.
    pub fn from_purities(feed: f64, organic: f64, aqueous: f64) -> Result<Self, ExtractionError> {
        Self::from_impurities(feed, 1.0 - organic, 1.0 - aqueous)
    }

    /// From the impurities `1 − P_A` of the organic product and `1 − P_B` of the raffinate, mol/mol: exact near purity.
    ///
    /// `feed`: fraction of A, mol/mol, 0 < f < 1; each impurity > 0 and below that of the feed.
    ///
    /// # Errors
    ///
    /// A purity that is not above the feed's, or not below 1.
    pub fn from_impurities(feed: f64, organic: f64, aqueous: f64) -> Result<Self, ExtractionError> {
        check_fraction(feed)?;
        let a = purification(feed, organic)?;
        let b = purification(1.0 - feed, aqueous)?;
        let whole = a * b - 1.0;
        Self::from_losses(feed, (a - 1.0) / whole, (b - 1.0) / whole)
    }

    /// From the recoveries `Y_A` of A in the organic product and `Y_B` of B in the raffinate, dimensionless.
    ///
    /// `feed`: fraction of A, mol/mol, 0 < f < 1; each recovery 0 < Y < 1.
    ///
    /// # Errors
    ///
    /// A recovery out of range, or both so small that nothing is purified.
    pub fn from_recoveries(feed: f64, organic: f64, aqueous: f64) -> Result<Self, ExtractionError> {
        Self::from_losses(feed, 1.0 - organic, 1.0 - aqueous)
    }

    /// From the purity `P_A` of the organic product, mol/mol, and the recovery `Y_A` of A in it, dimensionless.
    ///
    /// `feed`: fraction of A, mol/mol, 0 < f < 1.
    ///
    /// # Errors
    ///
    /// A purity that is not above the feed's, or a recovery out of range.
    pub fn from_organic(feed: f64, purity: f64, recovery: f64) -> Result<Self, ExtractionError> {
        check_fraction(feed)?;
        Self::from_losses(feed, 1.0 - recovery, recovery / purification(feed, 1.0 - purity)?)
    }

    /// From the purity `P_B` of the raffinate, mol/mol, and the recovery `Y_B` of B in it, dimensionless.
    ///
    /// `feed`: fraction of A, mol/mol, 0 < f < 1.
    ///
    /// # Errors
    ///
    /// A purity that is not above the feed's, or a recovery out of range.
    pub fn from_aqueous(feed: f64, purity: f64, recovery: f64) -> Result<Self, ExtractionError> {
        check_fraction(feed)?;
        Self::from_losses(feed, recovery / purification(1.0 - feed, 1.0 - purity)?, 1.0 - recovery)
    }

    /// From the purity `P_A` of the organic product, mol/mol, and the recovery `Y_B` of B in the raffinate, dimensionless.
    ///
    /// `feed`: fraction of A, mol/mol, 0 < f < 1.
    ///
    /// # Errors
    ///
    /// A purity that is not above the feed's, or a recovery out of range: so much B in so pure a product may ask for
    /// more A than the feed has.
    pub fn from_organic_purity(
        feed: f64,
        purity: f64,
        aqueous_recovery: f64,
    ) -> Result<Self, ExtractionError> {
        check_fraction(feed)?;
        let carried = 1.0 - aqueous_recovery;
        let recovery = purification(feed, 1.0 - purity)? * carried;
        Self::from_losses(feed, 1.0 - recovery, carried)
    }

    /// From the purity `P_B` of the raffinate, mol/mol, and the recovery `Y_A` of A in the organic product, dimensionless.
    ///
    /// `feed`: fraction of A, mol/mol, 0 < f < 1.
    ///
    /// # Errors
    ///
    /// A purity that is not above the feed's, or a recovery out of range: so much A in so pure a raffinate may ask for
    /// more B than the feed has.
    pub fn from_aqueous_purity(
        feed: f64,
        purity: f64,
        organic_recovery: f64,
    ) -> Result<Self, ExtractionError> {
        check_fraction(feed)?;
        let lost = 1.0 - organic_recovery;
        let recovery = purification(1.0 - feed, 1.0 - purity)? * lost;
        Self::from_losses(feed, lost, 1.0 - recovery)
    }

    /// Fraction of A in the feed, `f_A`, mol/mol, 0 < f < 1.
    #[must_use]
    pub fn feed(&self) -> f64 {
        self.feed
    }

    /// Organic product, `f′_A`, mol/mol feed, 0 < f′ < 1.
    #[must_use]
    pub fn organic_product(&self) -> f64 {
        self.organic.0 + self.organic.1
    }

    /// Raffinate, `f′_B`, mol/mol feed, 0 < f′ < 1.
    #[must_use]
    pub fn aqueous_product(&self) -> f64 {
        self.aqueous.0 + self.aqueous.1
    }

    /// Purity of A in the organic product, `P_A`, mol/mol.
    #[must_use]
    pub fn organic_purity(&self) -> f64 {
        self.organic.0 / self.organic_product()
    }

    /// Purity of B in the raffinate, `P_B`, mol/mol.
    #[must_use]
    pub fn aqueous_purity(&self) -> f64 {
        self.aqueous.1 / self.aqueous_product()
    }

    /// Fraction of B in the organic product, `1 − P_A`, mol/mol, > 0.
    #[must_use]
    pub fn organic_impurity(&self) -> f64 {
        self.organic.1 / self.organic_product()
    }

    /// Fraction of A in the raffinate, `1 − P_B`, mol/mol, > 0.
    #[must_use]
    pub fn aqueous_impurity(&self) -> f64 {
        self.aqueous.0 / self.aqueous_product()
    }

    /// Recovery of A in the organic product, `Y_A`, dimensionless.
    #[must_use]
    pub fn organic_recovery(&self) -> f64 {
        self.organic.0 / self.feed
    }

    /// Recovery of B in the raffinate, `Y_B`, dimensionless.
    #[must_use]
    pub fn aqueous_recovery(&self) -> f64 {
        self.aqueous.1 / (1.0 - self.feed)
    }

    /// Purification multiple of A, `a = [P_A / (1 − P_A)] / (f_A / f_B)`, dimensionless, > 1.
    #[must_use]
    pub fn organic_purification(&self) -> f64 {
        self.organic.0 / self.organic.1 * ((1.0 - self.feed) / self.feed)
    }

    /// Purification multiple of B, `b = [P_B / (1 − P_B)] / (f_B / f_A)`, dimensionless, > 1.
    #[must_use]
    pub fn aqueous_purification(&self) -> f64 {
        self.aqueous.1 / self.aqueous.0 * (self.feed / (1.0 - self.feed))
    }
}

/// By how much the ratio of a component to the other rises from the feed to a product of this impurity, > 1.
fn purification(feed: f64, impurity: f64) -> Result<f64, ExtractionError> {
    let multiple = (1.0 - impurity) / impurity * ((1.0 - feed) / feed);
    if impurity > 0.0 && multiple > 1.0 && multiple.is_finite() {
        Ok(multiple)
    } else {
        Err(ExtractionError::Purity { purity: 1.0 - impurity, feed })
    }
}
