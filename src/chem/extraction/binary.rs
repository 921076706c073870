//! Two components, or two groups that behave as two components: exact balances, minimum and stages.
//!
//! The organic carries `V`, the aqueous `L` from stage to stage. Constant separation factors and flows make the step from
//! one stage to the next a Möbius map, which can be counted in closed form (Smoker 1938). Every composition is
//! carried as the fraction of the component that is rare where it matters, so nothing is lost near purity.

mod balance;

pub use balance::Split;

use super::{ExtractionError, minimise};

/// Share by which the search for the best extraction amount stays off its minimum, logarithm: `ln(S / S_min − 1)`.
const SEARCH: (f64, f64) = (-7.0, 2.5);

/// The phase in which the feed enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeedPhase {
    /// A leach liquor or a raffinate.
    Aqueous,
    /// The loaded organic of another cascade.
    Organic,
}

impl FeedPhase {
    /// Share of the feed that is aqueous, mol/mol: 1 or 0.
    #[must_use]
    pub fn aqueous_fraction(self) -> f64 {
        match self {
            Self::Aqueous => 1.0,
            Self::Organic => 0.0,
        }
    }
}

/// Separation factors of the two sections, `D_A / D_B`, dimensionless, > 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeparationFactors {
    /// In the extraction section, `β`.
    pub extraction: f64,
    /// In the scrub section, `β′`.
    pub scrub: f64,
}

impl SeparationFactors {
    /// The same separation factor in both sections, dimensionless, > 1.
    #[must_use]
    pub fn constant(value: f64) -> Self {
        Self { extraction: value, scrub: value }
    }

    fn check(self) -> Result<Self, ExtractionError> {
        check_factor(self.extraction)?;
        check_factor(self.scrub)?;
        Ok(self)
    }

    /// Both pinches lie at the feed, so the smaller factor sets the minimum.
    fn smaller(self) -> f64 {
        self.extraction.min(self.scrub)
    }
}

impl Split {
    /// Extraction amount below which no number of stages is enough, `S_min`, mol/mol feed, ≥ 0.
    ///
    /// The pinch at the feed (Underwood 1932), at the purities of this split: 0.1 to 2 % below
    /// [`minimum_extraction_pure`] at 99 to 99.9 %. Where the split is so modest that it would need no wash (aqueous feed)
    /// or no fresh organic (organic feed), what makes that 0.
    ///
    /// # Errors
    ///
    /// A separation factor that is not above 1.
    pub fn minimum_extraction(
        &self,
        factors: SeparationFactors,
        phase: FeedPhase,
    ) -> Result<f64, ExtractionError> {
        factors.check()?;
        Ok(self.minimum(factors.smaller(), phase))
    }

    fn minimum(&self, beta: f64, phase: FeedPhase) -> f64 {
        let (feed, other) = (self.feed, 1.0 - self.feed);
        let product = self.organic_product();
        let gain = (beta - 1.0) * feed * other;
        match phase {
            // `f′_A (P_A − f_A) / (y* − f_A)`.
            FeedPhase::Aqueous => {
                let weight = 1.0 + (beta - 1.0) * feed;
                (product * (other - self.organic_impurity()) * weight / gain).max(product)
            }
            // `f′_A (P_A − x*) / (f_A − x*) − 1`, which the balance of A makes `f′_B (x* − x_B) / (f_A − x*)`.
            FeedPhase::Organic => {
                let weight = 1.0 + (beta - 1.0) * other;
                (self.aqueous_product() * (feed - self.aqueous_impurity() * weight) / gain).max(0.0)
            }
        }
    }

    /// The flows between the stages at the extraction amount `extraction`, mol/mol feed.
    ///
    /// # Errors
    ///
    /// [`ExtractionError::NoWash`] where an aqueous feed leaves nothing to wash with (`S ≤ f′_A`), or an organic one
    /// nothing to extract with (`S ≤ 0`).
    pub fn flows(&self, phase: FeedPhase, extraction: f64) -> Result<Flows, ExtractionError> {
        let flows = Flows::new(phase, extraction, self.organic_product(), self.aqueous_product());
        if extraction > 0.0 && flows.washing > 0.0 {
            Ok(flows)
        } else {
            Err(ExtractionError::NoWash { washing: flows.washing.min(extraction) })
        }
    }

    /// Exact equilibrium stages at the extraction amount `extraction`, mol/mol feed.
    ///
    /// Smoker (1938). From stage 1 up, `x ↦ (V y(x) + f′_B x_B) / L` leads from the raffinate to the point where the
    /// operating lines meet, and the mirrored map from the organic product down to it; both are counted by the fixed
    /// points `p < r`: `n = ln{[(u_t − p)/(u_t − r)] / [(u_1 − p)/(u_1 − r)]} / ln λ`.
    ///
    /// # Errors
    ///
    /// A separation factor that is not above 1, or an extraction amount that is not above the minimum.
    pub fn stages(
        &self,
        factors: SeparationFactors,
        phase: FeedPhase,
        extraction: f64,
    ) -> Result<Stages, ExtractionError> {
        let minimum = self.minimum_extraction(factors, phase)?;
        if !(extraction > minimum && extraction.is_finite()) {
            return Err(ExtractionError::Extraction { given: extraction, minimum });
        }
        self.stages_of(factors, phase, &self.flows(phase, extraction)?)
    }

    fn stages_of(
        &self,
        factors: SeparationFactors,
        phase: FeedPhase,
        flows: &Flows,
    ) -> Result<Stages, ExtractionError> {
        let (feed, other) = (self.feed, 1.0 - self.feed);
        // Where the operating lines meet: A in the aqueous, B in the organic.
        let (meeting, meeting_other) = match phase {
            FeedPhase::Aqueous => {
                (feed, (flows.aqueous_scrub * other + self.organic.1) / flows.organic_scrub)
            }
            FeedPhase::Organic => (
                (flows.organic_extraction * feed + self.aqueous.0) / flows.aqueous_extraction,
                other,
            ),
        };
        let extraction = Section {
            factor: factors.extraction,
            carrying: flows.organic_extraction,
            returning: flows.aqueous_extraction,
            leaving: self.aqueous.0,
        };
        // From the organic end, the aqueous carries B down as the organic carries A up.
        let scrub = Section {
            factor: factors.scrub,
            carrying: flows.aqueous_scrub,
            returning: flows.organic_scrub,
            leaving: self.organic.1,
        };
        Ok(Stages {
            extraction: extraction.steps(self.aqueous_impurity(), meeting)?,
            scrub: scrub.steps(self.organic_impurity(), meeting_other)?,
        })
    }

    /// Fewest stages, with an unlimited extraction amount, > 0, real: `ln[(d_A / d_B)(r_B / r_A)] / ln β`.
    ///
    /// Fenske (1932); does not depend on the feed's composition or phase.
    ///
    /// `factor`: separation factor, dimensionless, > 1.
    ///
    /// # Errors
    ///
    /// A separation factor that is not above 1.
    pub fn minimum_stages(&self, factor: f64) -> Result<f64, ExtractionError> {
        check_factor(factor)?;
        let organic = (self.organic.0 / self.organic.1).ln();
        Ok((organic + (self.aqueous.1 / self.aqueous.0).ln()) / factor.ln())
    }

    /// The extraction amount at which `objective`, of the flows and the real stages, is smallest.
    ///
    /// Searched over `ln(S / S_min − 1)` from −7 to 2.5, on a grid and then by Brent's method (1973). The usual
    /// indicator of capital is [`inventory`], `Φ = S (n + m)`. What lies far below `f′_A / 10` counts as that in the
    /// scale of the search, so that a minimum of 0 has one.
    ///
    /// # Errors
    ///
    /// A separation factor that is not above 1; [`ExtractionError::Unreachable`] where the objective is never finite.
    pub fn optimum(
        &self,
        factors: SeparationFactors,
        phase: FeedPhase,
        objective: impl Fn(&Flows, Stages) -> f64,
    ) -> Result<Optimum, ExtractionError> {
        let minimum = self.minimum_extraction(factors, phase)?;
        let scale = minimum.max(0.1 * self.organic_product());
        let at = |log: f64| -> Result<Optimum, ExtractionError> {
            let extraction = minimum + scale * log.exp();
            let flows = self.flows(phase, extraction)?;
            let stages = self.stages_of(factors, phase, &flows)?;
            let objective = objective(&flows, stages);
            Ok(Optimum { extraction, minimum, flows, stages, objective })
        };
        let value = |log: f64| at(log).map_or(f64::INFINITY, |found| found.objective);
        let best = at(minimise::minimise(SEARCH.0, SEARCH.1, value))?;
        if best.objective.is_finite() { Ok(best) } else { Err(ExtractionError::Unreachable) }
    }
}

/// Flows between the stages and their ratios, per mol of feed; Zhang, Zhao and Schreiner (2016).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flows {
    /// Organic flow in the extraction section, mol/mol feed: the extraction amount `S`, > 0.
    pub organic_extraction: f64,
    /// Organic flow in the scrub section, mol/mol feed: `S`, and the feed if it is organic.
    pub organic_scrub: f64,
    /// Aqueous flow in the extraction section, mol/mol feed: `W`, and the feed if it is aqueous.
    pub aqueous_extraction: f64,
    /// Aqueous flow in the scrub section, mol/mol feed: the washing amount `W`.
    pub aqueous_scrub: f64,
    /// Washing amount `W`, mol/mol feed, > 0.
    pub washing: f64,
    /// Mixed extraction ratio of the extraction section, `E_M`, organic by aqueous, dimensionless, < 1.
    pub extraction_ratio: f64,
    /// Mixed extraction ratio of the scrub section, `E′_M`, organic by aqueous, dimensionless, > 1.
    pub scrub_ratio: f64,
    /// Extraction reflux ratio, `J_S = S / f′_B`, dimensionless, > 0.
    pub extraction_reflux: f64,
    /// Washing reflux ratio, `J_W = W / f′_A`, dimensionless, > 0.
    pub washing_reflux: f64,
}

impl Flows {
    fn new(phase: FeedPhase, extraction: f64, organic: f64, aqueous: f64) -> Self {
        let aqueous_feed = phase.aqueous_fraction();
        let washing = match phase {
            FeedPhase::Aqueous => extraction - organic,
            FeedPhase::Organic => extraction + aqueous,
        };
        let organic_scrub = extraction + (1.0 - aqueous_feed);
        let aqueous_extraction = washing + aqueous_feed;
        Self {
            organic_extraction: extraction,
            organic_scrub,
            aqueous_extraction,
            aqueous_scrub: washing,
            washing,
            extraction_ratio: extraction / aqueous_extraction,
            scrub_ratio: organic_scrub / washing,
            extraction_reflux: extraction / aqueous,
            washing_reflux: washing / organic,
        }
    }
}

/// Equilibrium stages of the two sections, real, ≥ 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stages {
    /// Extraction stages, `n`.
    pub extraction: f64,
    /// Scrub stages, `m`.
    pub scrub: f64,
}

impl Stages {
    /// All stages, `n + m`, ≥ 0.
    #[must_use]
    pub fn total(self) -> f64 {
        self.extraction + self.scrub
    }
}

/// What [`Split::optimum`] finds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Optimum {
    /// Best extraction amount `S`, mol/mol feed, above the minimum.
    pub extraction: f64,
    /// Minimum extraction amount `S_min`, mol/mol feed, ≥ 0.
    pub minimum: f64,
    /// The flows at the optimum.
    pub flows: Flows,
    /// The stages at the optimum.
    pub stages: Stages,
    /// Value of the objective, in its unit.
    pub objective: f64,
}

/// Organic inventory per unit of feed, `Φ = S (n + m)`, mol/mol: the usual indicator of capital.
///
/// Zhang, Zhao and Schreiner (2016).
#[must_use]
pub fn inventory(flows: &Flows, stages: Stages) -> f64 {
    flows.organic_extraction * stages.total()
}

/// Minimum extraction amount for pure products, `S_min`, mol/mol feed, > 0.
///
/// Aqueous feed: `1/(β − 1) + f_A`; organic feed: `1/(β − 1)` (Zhang, Zhao and Schreiner 2016; Underwood 1948).
///
/// `factor`: separation factor, dimensionless, > 1; `feed`: fraction of A, mol/mol, 0 < f < 1.
///
/// # Errors
///
/// A separation factor that is not above 1, or a fraction out of range.
pub fn minimum_extraction_pure(
    factor: f64,
    feed: f64,
    phase: FeedPhase,
) -> Result<f64, ExtractionError> {
    check_factor(factor)?;
    check_fraction(feed)?;
    Ok(1.0 / (factor - 1.0) + feed * phase.aqueous_fraction())
}

/// A section seen from its outlet: which component becomes rare there, and what carries it off.
struct Section {
    /// Separation factor of the rare component, > 1.
    factor: f64,
    /// Flow that carries the rare component away from the outlet.
    carrying: f64,
    /// Flow that brings it back.
    returning: f64,
    /// Flow of the rare component out of the outlet.
    leaving: f64,
}

impl Section {
    /// Maps `u ↦ (a u + b) / (c u + d)` from `from` at the outlet up to `to`, real.
    fn steps(&self, from: f64, to: f64) -> Result<f64, ExtractionError> {
        let Self { factor, carrying, returning, leaving } = *self;
        let a = carrying * factor + leaving * (factor - 1.0);
        let b = leaving;
        let c = returning * (factor - 1.0);
        let d = returning;
        // `c u² + (d − a) u − b = 0`: one root on either side of 0, found without cancellation.
        let linear = d - a;
        let larger = -0.5 * (linear + (linear * linear + 4.0 * b * c).sqrt().copysign(linear));
        let (p, r) =
            if larger > 0.0 { (-b / larger, larger / c) } else { (larger / c, -b / larger) };
        // `(a − c p)(a − c r)` is the determinant.
        let multiplier = (a - c * p) * (a - c * p) / (carrying * factor * returning);
        let ratio = (to - p) * (r - from) / ((r - to) * (from - p));
        if r > to && multiplier > 1.0 && ratio.is_finite() {
            Ok((ratio.ln() / multiplier.ln()).max(0.0))
        } else {
            Err(ExtractionError::Unreachable)
        }
    }
}

/// `β > 1`, finite.
pub(super) fn check_factor(value: f64) -> Result<(), ExtractionError> {
    let separates = value > 1.0 && value.is_finite();
    if separates { Ok(()) } else { Err(ExtractionError::SeparationFactor { value }) }
}

fn check_fraction(value: f64) -> Result<(), ExtractionError> {
    let inside = value > 0.0 && value < 1.0;
    if inside { Ok(()) } else { Err(ExtractionError::Fraction { value }) }
}
