//! Minimum extraction amount of a feed of several components (Underwood 1948).
//!
//! With constant separation factors and flows a cascade is a distillation column of constant relative volatility:
//! organic = vapour, aqueous = liquid, wash = reflux, extraction amount = boil-up. The roots of
//!
//! `Σ βᵢ zᵢ / (βᵢ − θ) = 1 − q`,
//!
//! one between each two adjacent separation factors, give the least organic flow of the scrub section,
//! `V ≥ Σ βᵢ dᵢ / (βᵢ − θ)`, for what the organic product takes, `dᵢ`; then `S_min = V − (1 − q)`. `q` is the
//! aqueous share of the feed.
//!
//! Components stand in falling order of `βᵢ`, which counts from any one base; those that the feed lacks are passed over.

use nalgebra::{DMatrix, DVector};

use super::ExtractionError;

/// By how much mole fractions may miss a sum of 1.
const CLOSED: f64 = 1e-9;

/// The least extraction amount of a split, per mol of feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    /// Minimum extraction amount `S_min`, mol/mol feed, ≥ 0.
    pub extraction: f64,
    /// Washing amount at that, `W_min`, mol/mol feed, ≥ 0.
    pub washing: f64,
    /// Organic product per component, `dᵢ`, mol/mol feed, 0 ≤ d ≤ z.
    pub organic: Vec<f64>,
}

/// Minimum extraction amount of a sharp split: the `cut` most extractable components into the organic product.
///
/// Underwood (1948), *Chem. Eng. Prog.* 44, 603.
///
/// `betas`: extractabilities, any base, > 0, falling; `feed`: mol/mol, ≥ 0, sum 1; `cut`: 1 ≤ cut < components;
/// `aqueous_fraction`: 0 ≤ q ≤ 1.
///
/// # Errors
///
/// Components out of order, fractions out of range, a cut that leaves one side empty, or keys that do not differ.
pub fn minimum_extraction(
    betas: &[f64],
    feed: &[f64],
    cut: usize,
    aqueous_fraction: f64,
) -> Result<Minimum, ExtractionError> {
    let mixture = Mixture::new(betas, feed, aqueous_fraction)?;
    let root = mixture.root(mixture.heavies(cut)?)?;
    let scrub: f64 = mixture.parts.iter().take(root.above).map(|part| root.weight(part)).sum();
    let organic = (0..feed.len()).map(|i| if i < cut { feed[i] } else { 0.0 }).collect();
    Ok(mixture.minimum(scrub, organic))
}

/// Minimum extraction amount for a given distribution, which need not be sharp.
///
/// `max_θ Σ βᵢ dᵢ / (βᵢ − θ)` over all roots (Underwood 1948; Halvorsen and Skogestad 2003, *Ind. Eng. Chem. Res.* 42,
/// 596): exact where stages without number can reach the distribution, a lower bound for any other.
///
/// `betas`, `feed`, `aqueous_fraction`: as for [`minimum_extraction`]; `organic`: `dᵢ`, mol/mol feed, 0 ≤ d ≤ z.
///
/// # Errors
///
/// Components out of order, fractions out of range, or an organic product of nothing or all.
pub fn minimum_extraction_of(
    betas: &[f64],
    feed: &[f64],
    organic: &[f64],
    aqueous_fraction: f64,
) -> Result<Minimum, ExtractionError> {
    let mixture = Mixture::new(betas, feed, aqueous_fraction)?;
    if organic.len() != feed.len() {
        return Err(ExtractionError::Layout {
            reason: "a distribution needs one flow a component",
        });
    }
    for (&taken, &fed) in organic.iter().zip(feed) {
        if !(taken >= 0.0 && taken <= fed) {
            return Err(ExtractionError::ProductFlow { given: taken, feed: fed });
        }
    }
    let product: f64 = organic.iter().sum();
    if !(product > 0.0 && product < 1.0) {
        return Err(ExtractionError::ProductFlow { given: product, feed: 1.0 });
    }
    let mut scrub = f64::NEG_INFINITY;
    for above in mixture.gaps() {
        let root = mixture.root(above)?;
        let taken = |part: &Part| root.weight(part) * (organic[part.component] / part.feed);
        scrub = scrub.max(mixture.parts.iter().map(taken).sum());
    }
    Ok(mixture.minimum(scrub, organic.to_vec()))
}

/// The preferred split between keys that are not adjacent, which takes the least extraction amount of all.
///
/// The components between the keys go where they like: all roots between the keys are active, and
/// `V = Σ βᵢ dᵢ / (βᵢ − θₖ)` is linear in `V` and their `dᵢ` (Underwood 1948; Stichlmair 1988). The building block of
/// linked extraction, `A₁ … A₍ₜ₋₁₎ / A₂ … Aₜ`, where the keys are the first and the last component.
///
/// `betas`, `feed`, `aqueous_fraction`: as for [`minimum_extraction`]; `heavy` and `light`: positions of the keys, from 0,
/// heavy < light; the heavy key and what stands before it go to the organic product whole, the light key and what follows
/// to the raffinate.
///
/// # Errors
///
/// Components out of order, fractions out of range, keys that do not differ or that leave one side empty.
pub fn preferred_split(
    betas: &[f64],
    feed: &[f64],
    heavy: usize,
    light: usize,
    aqueous_fraction: f64,
) -> Result<Minimum, ExtractionError> {
    let mixture = Mixture::new(betas, feed, aqueous_fraction)?;
    if heavy >= light {
        return Err(ExtractionError::Layout {
            reason: "the heavy key stands before the light key",
        });
    }
    let (first, last) = (mixture.heavies(heavy + 1)?, mixture.heavies(light)?);
    let between = last - first;
    let roots = (first..=last).map(|above| mixture.root(above)).collect::<Result<Vec<_>, _>>()?;
    // Unknown are V and the shares dᵢ / zᵢ of what lies between: all coefficients are then of order 1.
    let matrix = DMatrix::from_fn(between + 1, between + 1, |k, j| match j.checked_sub(1) {
        None => 1.0,
        Some(j) => -roots[k].weight(&mixture.parts[first + j]),
    });
    let heavies = |root: &Root| mixture.parts[..first].iter().map(|part| root.weight(part)).sum();
    let right = DVector::from_iterator(between + 1, roots.iter().map(heavies));
    let solution = matrix.lu().solve(&right).ok_or(ExtractionError::Unreachable)?;
    let mut organic: Vec<f64> =
        (0..feed.len()).map(|i| if i <= heavy { feed[i] } else { 0.0 }).collect();
    for (part, share) in mixture.parts[first..last].iter().zip(solution.iter().skip(1)) {
        organic[part.component] = part.feed * share.clamp(0.0, 1.0);
    }
    Ok(mixture.minimum(solution[0], organic))
}

/// Least fresh extraction amount of linked cascades that separate the feed completely, mol/mol feed.
///
/// The largest [`minimum_extraction`] of the whole feed over the `cuts`: linked cascades are thermally coupled columns,
/// whose boil-up is that of the hardest split alone (Fidkowski and Królikowski 1986; Halvorsen and Skogestad 2003). Real
/// plants need more.
///
/// `betas`, `feed`, `aqueous_fraction`: as for [`minimum_extraction`]; `cuts`: how many components lie above each cut.
///
/// # Errors
///
/// As for [`minimum_extraction`]; no cut at all.
pub fn linked_minimum(
    betas: &[f64],
    feed: &[f64],
    cuts: &[usize],
    aqueous_fraction: f64,
) -> Result<f64, ExtractionError> {
    let mut largest = None;
    for &cut in cuts {
        let found = minimum_extraction(betas, feed, cut, aqueous_fraction)?.extraction;
        largest = Some(largest.map_or(found, |before: f64| before.max(found)));
    }
    largest.ok_or(ExtractionError::Layout { reason: "linked cascades need a cut" })
}

/// A component that the feed has.
struct Part {
    /// Position in the caller's list.
    component: usize,
    beta: f64,
    feed: f64,
}

/// The components that the feed has, in falling order.
struct Mixture {
    parts: Vec<Part>,
    aqueous_fraction: f64,
}

/// A root of Underwood's equation, as its distance from the nearer separation factor.
struct Root {
    /// How many components are more extractable.
    above: usize,
    /// The nearer separation factor.
    pole: f64,
    /// The root less that: exact where a trace makes it small.
    offset: f64,
}

impl Root {
    /// `β z / (β − θ)`.
    fn weight(&self, part: &Part) -> f64 {
        part.beta * part.feed / ((part.beta - self.pole) - self.offset)
    }
}

impl Mixture {
    fn new(betas: &[f64], feed: &[f64], aqueous_fraction: f64) -> Result<Self, ExtractionError> {
        if betas.len() != feed.len() {
            return Err(ExtractionError::Layout {
                reason: "a feed needs one fraction a component",
            });
        }
        if !(0.0..=1.0).contains(&aqueous_fraction) {
            return Err(ExtractionError::Fraction { value: aqueous_fraction });
        }
        check_order(betas)?;
        for &value in feed {
            if !(0.0..=1.0).contains(&value) {
                return Err(ExtractionError::Fraction { value });
            }
        }
        let sum: f64 = feed.iter().sum();
        if (sum - 1.0).abs() > CLOSED {
            return Err(ExtractionError::Fraction { value: sum });
        }
        let all = betas.iter().zip(feed).enumerate();
        let parts = all
            .filter(|(_, (_, feed))| **feed > 0.0)
            .map(|(component, (&beta, &feed))| Part { component, beta, feed })
            .collect();
        Ok(Self { parts, aqueous_fraction })
    }

    /// How many of the first `cut` components the feed has; both sides of the cut are to have some.
    fn heavies(&self, cut: usize) -> Result<usize, ExtractionError> {
        let above = self.parts.partition_point(|part| part.component < cut);
        if above > 0 && above < self.parts.len() {
            return Ok(above);
        }
        let given = if above == 0 { 0.0 } else { 1.0 };
        Err(ExtractionError::ProductFlow { given, feed: 1.0 })
    }

    /// Counts of components above each place where adjacent separation factors differ.
    fn gaps(&self) -> impl Iterator<Item = usize> {
        let pairs = self.parts.windows(2).enumerate();
        pairs.filter(|(_, pair)| pair[0].beta > pair[1].beta).map(|(i, _)| i + 1)
    }

    /// The root between the separation factors of parts `above − 1` and `above`.
    ///
    /// The function rises from −∞ to ∞ between them. Times the distance from the nearer of the two it is smooth and
    /// nearly straight, which Newton's method likes; bisection guards it.
    fn root(&self, above: usize) -> Result<Root, ExtractionError> {
        let (heavy, light) = (&self.parts[above - 1], &self.parts[above]);
        let gap = heavy.beta - light.beta;
        if gap <= f64::EPSILON * heavy.beta {
            return Err(ExtractionError::SeparationFactor { value: heavy.beta / light.beta });
        }
        let lower_half = self.sum(&Root { above, pole: light.beta, offset: 0.5 * gap }).0 > 0.0;
        let (pole, sign) = if lower_half { (light.beta, 1.0) } else { (heavy.beta, -1.0) };
        let at = |distance: f64| Root { above, pole, offset: sign * distance };
        // `distance · sign · f` rises through its one zero, from −β z of the pole.
        let (mut low, mut high) = (0.0, 0.5 * gap);
        let mut distance = 0.25 * gap;
        for _ in 0..200 {
            let (value, slope) = self.sum(&at(distance));
            let value = sign * value;
            if value > 0.0 {
                high = distance;
            } else {
                low = distance;
            }
            let newton = distance - distance * value / (value + distance * slope);
            let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
            let moved = (next - distance).abs();
            distance = next;
            if moved <= 2.0 * f64::EPSILON * distance {
                break;
            }
        }
        Ok(at(distance))
    }

    /// `Σ β z / (β − θ) − (1 − q)` and its slope in `θ`.
    fn sum(&self, root: &Root) -> (f64, f64) {
        let start = (self.aqueous_fraction - 1.0, 0.0);
        self.parts.iter().fold(start, |(value, slope), part| {
            let distance = (part.beta - root.pole) - root.offset;
            let term = part.beta * part.feed / distance;
            (value + term, slope + term / distance)
        })
    }

    /// From the organic flow of the scrub section; neither wash nor fresh organic falls below 0.
    fn minimum(&self, scrub: f64, organic: Vec<f64>) -> Minimum {
        let product: f64 = organic.iter().sum();
        let organic_feed = 1.0 - self.aqueous_fraction;
        let scrub = scrub.max(organic_feed).max(product);
        Minimum { extraction: scrub - organic_feed, washing: scrub - product, organic }
    }
}

/// Extractabilities are above 0, finite and do not rise.
pub(super) fn check_order(betas: &[f64]) -> Result<(), ExtractionError> {
    for &value in betas {
        if !(value > 0.0 && value.is_finite()) {
            return Err(ExtractionError::SeparationFactor { value });
        }
    }
    match betas.windows(2).position(|pair| pair[1] > pair[0]) {
        Some(before) => Err(ExtractionError::Order { component: before + 1 }),
        None => Ok(()),
    }
}
