//! Rating of a multicomponent cascade by marching from both ends to the feed.
//!
//! From the raffinate up, the aqueous phase of the next stage is `L x' = S y + r` with `y = β x / Σ β x`; from the organic
//! outlet down, the organic phase of the next stage is `V y' = W x + d` with `x = (y / β') / Σ (y / β')`. All terms of both
//! are positive, so nothing cancels: an element that leaks by 1e-100 is as accurate as the others. What is unknown is how
//! the outlets share each element, `θ = ln (d / r)`; the two marches must give the same composition at the feed, and the two
//! leaks must be in the ratio that is asked for. `ln` of either march is nearly linear in `θ`, so Newton's method takes few
//! steps, of a cost of stages × elements², where a simulation of all stages at once costs stages³.
//!
//! [`simulate`](super::simulate) is the independent check.

use nalgebra::{DMatrix, DVector};

use super::{ExtractionError, FeedPhase, minimum_extraction_of};

/// Newton steps at most; half of them have always been enough where a rating exists.
const STEPS: usize = 80;

/// Mismatch of logarithms at which a rating is accepted.
const ACCEPTED: f64 = 1e-10;

/// The same while numbers of stages are sought.
pub(super) const ROUGH: f64 = 1e-4;

/// Above this a march is scaled down, so that elements of very different extractability do not overflow.
const LARGE: f64 = 1e200;

/// What a cascade with two outlets has to do, per mol of rare earths fed.
#[derive(Clone, Debug, PartialEq)]
pub struct Duty {
    /// Separation factors in the extraction section against any common base, > 0, falling.
    pub extraction: Vec<f64>,
    /// The same in the scrub section, in the order of `extraction`.
    pub scrub: Vec<f64>,
    /// Composition of the feed in the same order, mol/mol, each > 0, sum 1.
    pub feed: Vec<f64>,
    /// How many elements, from the first one on, are to be extracted; the others are to stay in the raffinate.
    pub cut: usize,
    /// The phase that brings the feed.
    pub phase: FeedPhase,
    /// Elements behind the cut that leave with the organic, mol/mol of feed in all, > 0.
    pub light_leak: f64,
    /// Elements before the cut that leave with the raffinate, mol/mol of feed in all, > 0.
    pub heavy_leak: f64,
}

/// What a cascade does.
#[derive(Clone, Debug, PartialEq)]
pub struct Rating {
    /// How the outlets share each element: ln (organic / raffinate).
    pub shares: Vec<f64>,
    /// Each element in the organic outlet, mol/mol of feed.
    pub organic: Vec<f64>,
    /// Each element in the raffinate, mol/mol of feed.
    pub raffinate: Vec<f64>,
    /// ln of both leaks, over what is allowed; the duty is done where it is ≤ 0.
    pub excess: f64,
}

/// One end of a cascade: what enters the march at each stage.
struct End<'a> {
    /// Factors by which one phase follows from the other.
    factors: &'a [f64],
    /// Flow that is carried on, mol/mol of feed.
    flow: f64,
    /// ∂ ln `flow` / ∂θ.
    flow_slopes: &'a [f64],
    /// ln of what leaves at this end, per element.
    outlet: &'a [f64],
    /// ∂ ln of it / ∂θ, of the same element.
    outlet_slopes: &'a [f64],
    /// All that leaves at this end.
    whole: f64,
}

/// A composition on the way, each element over what leaves of it, with its derivatives.
#[derive(Clone)]
struct March {
    /// Over `outlet · e^scale`.
    amounts: Vec<f64>,
    /// What joins at each stage on the same scale.
    joins: Vec<f64>,
    scales: Vec<f64>,
    /// `outlet · e^scale`.
    units: Vec<f64>,
    /// ∂ ln / ∂θ, row per element, but for what all rows have in common.
    slopes: Vec<f64>,
    mean: Vec<f64>,
}

impl March {
    fn new(end: &End<'_>) -> Self {
        let count = end.factors.len();
        let mut slopes = vec![0.0; count * count];
        for (at, &slope) in end.outlet_slopes.iter().enumerate() {
            slopes[at * count + at] = slope;
        }
        Self {
            amounts: vec![1.0 / end.whole; count],
            joins: vec![1.0; count],
            scales: vec![0.0; count],
            units: end.outlet.iter().map(|outlet| outlet.exp()).collect(),
            slopes,
            mean: vec![0.0; count],
        }
    }

    /// One stage further.
    fn step(&mut self, end: &End<'_>) {
        let count = end.factors.len();
        let parts = end.factors.iter().zip(&self.units).zip(&self.amounts);
        let sum: f64 = parts.map(|((factor, unit), amount)| factor * unit * amount).sum();
        for (mean, slope) in self.mean.iter_mut().zip(end.flow_slopes) {
            *mean = -slope;
        }
        for (at, row) in self.slopes.chunks_exact(count).enumerate() {
            let share = end.factors[at] * self.units[at] * self.amounts[at] / sum;
            if share > 1e-18 {
                self.mean.iter_mut().zip(row).for_each(|(mean, slope)| *mean += share * slope);
            }
        }
        let whole = end.flow + end.whole;
        for (at, row) in self.slopes.chunks_exact_mut(count).enumerate() {
            let carried = end.flow / sum * end.factors[at] * self.amounts[at];
            let all = carried + self.joins[at];
            let share = carried / all;
            for (slope, mean) in row.iter_mut().zip(&self.mean) {
                *slope = share * (*slope - mean);
            }
            row[at] += (1.0 - share) * end.outlet_slopes[at];
            self.amounts[at] = all / whole;
            if self.amounts[at] > LARGE {
                self.amounts[at] /= LARGE;
                self.joins[at] /= LARGE;
                self.scales[at] += LARGE.ln();
                self.units[at] = (end.outlet[at] + self.scales[at]).exp();
            }
        }
    }

    fn logarithm(&self, end: &End<'_>, at: usize) -> f64 {
        end.outlet[at] + self.scales[at] + self.amounts[at].ln()
    }
}

fn march(end: &End<'_>, stages: usize) -> March {
    let mut here = March::new(end);
    for _ in 0..stages {
        here.step(end);
    }
    here
}

/// ln (1 + eˣ) without overflow.
fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() }
}

impl Duty {
    /// Checks what the other methods take for granted.
    ///
    /// # Errors
    /// Separation factors at the cut that are not above 1 in either section, elements that the sections order differently
    /// across the cut, leaks that are not positive or are all there is.
    pub fn check(&self) -> Result<(), ExtractionError> {
        let cut = self.cut;
        for (factors, scrub) in [(&self.extraction, false), (&self.scrub, true)] {
            let least = factors[..cut].iter().fold(f64::INFINITY, |least, &it| least.min(it));
            let greatest = factors[cut..].iter().fold(0.0_f64, |most, &it| most.max(it));
            if least <= greatest {
                return Err(if scrub {
                    ExtractionError::Order { component: cut }
                } else {
                    ExtractionError::SeparationFactor { value: least / greatest }
                });
            }
        }
        let heavy: f64 = self.feed[..cut].iter().sum();
        let light: f64 = self.feed[cut..].iter().sum();
        for (given, feed) in [(self.light_leak, light), (self.heavy_leak, heavy)] {
            if !(given > 0.0 && given < feed) {
                return Err(ExtractionError::ProductFlow { given, feed });
            }
        }
        Ok(())
    }

    /// The least extraction amount, at which infinitely many stages would just do the duty, mol/mol of feed: by Underwood
    /// with the allowed leaks, all of the elements next to the cut, and the section whose factors are the worse.
    ///
    /// # Errors
    /// Factors out of order, as [`minimum_extraction_of`].
    pub fn minimum(&self) -> Result<f64, ExtractionError> {
        let mut organic = self.feed.clone();
        organic[self.cut..].fill(0.0);
        let mut left = self.heavy_leak;
        for amount in organic[..self.cut].iter_mut().rev() {
            let leak = left.min(*amount);
            *amount -= leak;
            left -= leak;
        }
        let mut left = self.light_leak;
        for (amount, &feed) in organic[self.cut..].iter_mut().zip(&self.feed[self.cut..]) {
            *amount = left.min(feed);
            left -= *amount;
        }
        let aqueous = self.phase.aqueous_fraction();
        let of = |factors: &[f64]| -> Result<f64, ExtractionError> {
            Ok(minimum_extraction_of(factors, &self.feed, &organic, aqueous)?.extraction)
        };
        let least = of(&self.extraction)?;
        if self.scrub == self.extraction {
            return Ok(least);
        }
        // The sections may order elements on one side of the cut differently.
        let mut order: Vec<usize> = (0..self.feed.len()).collect();
        order.sort_by(|&a, &b| self.scrub[b].total_cmp(&self.scrub[a]));
        let pick = |from: &[f64]| -> Vec<f64> { order.iter().map(|&at| from[at]).collect() };
        let (factors, feed, organic) = (pick(&self.scrub), pick(&self.feed), pick(&organic));
        Ok(least.max(minimum_extraction_of(&factors, &feed, &organic, aqueous)?.extraction))
    }

    /// All that leaves with the organic if both leaks are as allowed, mol/mol of feed, 0–1.
    #[must_use]
    pub fn organic_product(&self) -> f64 {
        self.feed[..self.cut].iter().sum::<f64>() - self.heavy_leak + self.light_leak
    }

    /// What a cascade with an extraction amount (mol/mol of feed, > 0) and numbers of stages (≥ 1) does, with
    /// washing such that the leaks are in the ratio that the duty allows. `start` is the shares of a like rating.
    ///
    /// # Errors
    /// No washing is left, or Newton's method does not settle.
    pub fn rate(
        &self,
        extraction: f64,
        stages: (usize, usize),
        start: Option<&[f64]>,
    ) -> Result<Rating, ExtractionError> {
        self.rate_within(ACCEPTED, extraction, stages, start)
    }

    /// The same with a mismatch of logarithms of at most `accepted`.
    pub(super) fn rate_within(
        &self,
        accepted: f64,
        extraction: f64,
        stages: (usize, usize),
        start: Option<&[f64]>,
    ) -> Result<Rating, ExtractionError> {
        let near = start.map(|start| self.rate_from(accepted, extraction, stages, start));
        match near {
            Some(Ok(rating)) => Ok(rating),
            _ => self.rate_anew(accepted, extraction, stages),
        }
    }

    /// From few stages up: the shares are nearly proportional to the number of stages.
    fn rate_anew(
        &self,
        accepted: f64,
        extraction: f64,
        (n, m): (usize, usize),
    ) -> Result<Rating, ExtractionError> {
        let first: Vec<f64> =
            (0..self.feed.len()).map(|at| if at < self.cut { 4.0 } else { -4.0 }).collect();
        let mut halvings = n.max(m).ilog2().saturating_sub(2);
        let at = |halvings: u32| ((n >> halvings).max(1), (m >> halvings).max(1));
        let mut rating = self.rate_from(accepted, extraction, at(halvings), &first)?;
        while halvings > 0 {
            halvings -= 1;
            let start: Vec<f64> = rating.shares.iter().map(|share| share * 1.8).collect();
            rating = self.rate_from(accepted, extraction, at(halvings), &start)?;
        }
        Ok(rating)
    }

    fn rate_from(
        &self,
        accepted: f64,
        extraction: f64,
        (n, m): (usize, usize),
        start: &[f64],
    ) -> Result<Rating, ExtractionError> {
        let mut shares = start.to_vec();
        let mut last = f64::INFINITY;
        for _ in 0..STEPS {
            let outlets = Outlets::new(self, extraction, &shares);
            if outlets.washing <= 0.0 {
                return Err(ExtractionError::NoWash { washing: outlets.washing });
            }
            let (residual, jacobian) = self.mismatch(extraction, (n, m), &outlets);
            let size = residual.amax();
            if size < accepted || (size < 1e3 * ACCEPTED && size >= last) {
                let excess = (outlets.heavy / self.heavy_leak).ln();
                let Outlets { organic, raffinate, .. } = outlets;
                return Ok(Rating { shares, organic, raffinate, excess });
            }
            last = size;
            let mut step = jacobian
                .lu()
                .solve(&residual)
                .ok_or(ExtractionError::NotConverged { residual: size })?;
            let greatest = shares.iter().fold(0.0_f64, |most, share| most.max(share.abs()));
            let longest = 4.0 + 0.1 * greatest;
            if step.amax() > longest {
                step *= longest / step.amax();
            }
            // No further than half the way to where no washing is left.
            for _ in 0..40 {
                let next: Vec<f64> =
                    shares.iter().zip(step.iter()).map(|(share, change)| share - change).collect();
                if Outlets::new(self, extraction, &next).washing > 0.5 * outlets.washing {
                    break;
                }
                step *= 0.5;
            }
            for (share, change) in shares.iter_mut().zip(step.iter()) {
                *share -= change;
            }
            if shares.iter().any(|share| !share.is_finite()) {
                break;
            }
        }
        Err(ExtractionError::NotConverged { residual: last })
    }

    /// What two marches to the feed differ by, and the ratio of the leaks from that of the duty, in logarithms; with the
    /// derivatives.
    fn mismatch(
        &self,
        extraction: f64,
        (n, m): (usize, usize),
        outlets: &Outlets,
    ) -> (DVector<f64>, DMatrix<f64>) {
        let (count, cut) = (self.feed.len(), self.cut);
        let key = cut - 1;
        let inverse: Vec<f64> = self.scrub.iter().map(|factor| 1.0 / factor).collect();
        // The phase in which the two marches meet, and where.
        let (stages, meeting) = match self.phase {
            FeedPhase::Aqueous => ((n - 1, m), &self.extraction),
            FeedPhase::Organic => ((n, m - 1), &self.scrub),
        };
        let still = vec![0.0; count];
        let minus: Vec<f64> = outlets.to_organic.iter().map(|it| -it).collect();
        let washing_slopes: Vec<f64> = (0..count)
            .map(|at| -outlets.organic[at] * outlets.lost[at] / outlets.washing)
            .collect();
        let bottom = End {
            factors: &self.extraction,
            flow: extraction,
            flow_slopes: &still,
            outlet: &outlets.log_raffinate,
            outlet_slopes: &minus,
            whole: outlets.raffinate.iter().sum(),
        };
        let top = End {
            factors: &inverse,
            flow: outlets.washing,
            flow_slopes: &washing_slopes,
            outlet: &outlets.log_organic,
            outlet_slopes: &outlets.lost,
            whole: outlets.organic.iter().sum(),
        };
        let (from_bottom, from_top) = (march(&bottom, stages.0), march(&top, stages.1));
        let mut residual = DVector::zeros(count);
        let mut jacobian = DMatrix::zeros(count, count);
        let gap = |at: usize| {
            from_bottom.logarithm(&bottom, at) + meeting[at].ln() - from_top.logarithm(&top, at)
        };
        // Compositions are compared by their ratios to the element before the cut.
        for (row, at) in (0..count).filter(|&at| at != key).enumerate() {
            residual[row] = gap(at) - gap(key);
            for column in 0..count {
                let (own, base) = (at * count + column, key * count + column);
                jacobian[(row, column)] =
                    from_bottom.slopes[own] - from_top.slopes[own] - from_bottom.slopes[base]
                        + from_top.slopes[base];
            }
        }
        let (light, heavy) = (outlets.light, outlets.heavy);
        let row = count - 1;
        residual[row] = (light / self.light_leak).ln() - (heavy / self.heavy_leak).ln();
        for at in cut..count {
            jacobian[(row, at)] = outlets.organic[at] * outlets.lost[at] / light;
        }
        for at in 0..cut {
            jacobian[(row, at)] = outlets.raffinate[at] * outlets.to_organic[at] / heavy;
        }
        (residual, jacobian)
    }
}

/// What leaves a cascade for shares of the elements.
struct Outlets {
    log_organic: Vec<f64>,
    log_raffinate: Vec<f64>,
    organic: Vec<f64>,
    raffinate: Vec<f64>,
    /// Share of each element that leaves with the organic, and with the raffinate.
    to_organic: Vec<f64>,
    lost: Vec<f64>,
    /// All leaks.
    light: f64,
    heavy: f64,
    washing: f64,
}

impl Outlets {
    fn new(duty: &Duty, extraction: f64, shares: &[f64]) -> Self {
        let logarithms = |sign: f64| -> Vec<f64> {
            let parts = duty.feed.iter().zip(shares);
            parts.map(|(feed, share)| feed.ln() - softplus(sign * share)).collect()
        };
        let (log_organic, log_raffinate) = (logarithms(-1.0), logarithms(1.0));
        let whole =
            |logarithms: &[f64]| -> Vec<f64> { logarithms.iter().map(|it| it.exp()).collect() };
        let (organic, raffinate) = (whole(&log_organic), whole(&log_raffinate));
        let part = |of: &[f64]| -> Vec<f64> {
            of.iter().zip(&duty.feed).map(|(amount, feed)| amount / feed).collect()
        };
        let product: f64 = organic.iter().sum();
        Self {
            to_organic: part(&organic),
            lost: part(&raffinate),
            light: organic[duty.cut..].iter().sum(),
            heavy: raffinate[..duty.cut].iter().sum(),
            washing: extraction + 1.0 - duty.phase.aqueous_fraction() - product,
            log_organic,
            log_raffinate,
            organic,
            raffinate,
        }
    }
}
