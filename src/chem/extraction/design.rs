//! Numbers of stages and feed stage of a multicomponent cascade.
//!
//! At an extraction amount the fewest stages that do a duty have their feed where one more stage is worth the same on
//! either side. The search is on whole stages, by ratings: the excess of [`Duty::rate`] falls with each stage added, and at
//! a given total it has one least value. For two elements the result is that of the closed form, rounded up.

use super::{Duty, ExtractionError, Rating, march::ROUGH};

/// More stages than this are taken for infinitely many.
pub const MOST_STAGES: usize = 600;

/// ln (S / minimum − 1) from which the extraction amount of least cost is sought, 1.3 times the minimum, and how far apart
/// the places are.
const SEED: f64 = -1.2;
const STRIDE: f64 = 0.6;

/// How often the places are moved: up to 40 times the minimum.
const MOVES: usize = 8;

/// The least ratio of an extraction amount to its minimum that is usually dared: separation factors are not known better.
pub const USUAL_MARGIN: f64 = 1.05;

/// Places tried at most for one extraction amount.
const PLACES: usize = 60;

/// A cascade that does a duty.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// Extraction amount, mol/mol of feed, > 0.
    pub extraction: f64,
    /// Stages of extraction, ≥ 1.
    pub extraction_stages: usize,
    /// Stages of scrubbing, ≥ 1.
    pub scrub_stages: usize,
    /// All stages, as a real number at which the duty would just be done: for comparing costs.
    pub exact: f64,
    /// What they do.
    pub rating: Rating,
}

impl Design {
    /// All stages.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.extraction_stages + self.scrub_stages
    }
}

/// A place in the search: stages of extraction and of scrubbing with their rating.
#[derive(Clone)]
struct Place {
    n: usize,
    m: usize,
    /// All stages, as a real number at which the duty would just be done.
    exact: f64,
    rating: Rating,
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers of stages, at least 1"
)]
fn whole(stages: f64) -> usize {
    stages.round().max(1.0) as usize
}

impl Duty {
    /// The fewest stages that do the duty at an extraction amount, from nothing or from a like cascade.
    ///
    /// # Errors
    /// [`ExtractionError::Unreachable`] if [`MOST_STAGES`] do not do; what [`Duty::rate`] finds.
    pub fn design(
        &self,
        extraction: f64,
        near: Option<&Design>,
    ) -> Result<Design, ExtractionError> {
        let near = near.map(|near| Place {
            n: near.extraction_stages,
            m: near.scrub_stages,
            exact: near.exact,
            rating: near.rating.clone(),
        });
        let place = self.search(extraction, near.as_ref()).or_else(|failure| {
            // From where it is easier.
            let mut near = self.search(1.5 * extraction, None).map_err(|_| failure.clone())?;
            for factor in [1.2, 1.1, 1.0] {
                near =
                    self.search(factor * extraction, Some(&near)).map_err(|_| failure.clone())?;
            }
            Ok(near)
        })?;
        self.polish(extraction, place)
    }

    /// The place of about the fewest stages.
    fn search(&self, extraction: f64, near: Option<&Place>) -> Result<Place, ExtractionError> {
        // At the best amounts it takes about twice as many as at total reflux.
        if 2.0 * self.fewest_stages() > MOST_STAGES as f64 {
            return Err(ExtractionError::Unreachable);
        }
        let (mut total, mut part, mut start) = match near {
            Some(near) => {
                let part = near.n as f64 / (near.n + near.m) as f64;
                (near.exact.max(2.0), part, Some(near.rating.shares.clone()))
            }
            None => ((1.4 * self.fewest_stages()).max(4.0), 0.5, None),
        };
        let (mut low, mut high) = match near {
            Some(_) => ((part - 0.1).max(0.0), (part + 0.1).min(1.0)),
            None => (0.0, 1.0),
        };
        for _ in 0..PLACES {
            let n = whole(part * total);
            let m = whole(total - n as f64);
            let mut here = self.place(extraction, (n, m), start.as_deref())?;
            let shares = Some(here.rating.shares.as_slice());
            let excess = here.rating.excess;
            let by_n = self.place(extraction, (n + 1, m), shares)?.rating.excess - excess;
            let by_m = self.place(extraction, (n, m + 1), shares)?.rating.excess - excess;
            // One more stage is worth more where the excess falls more.
            if by_n > by_m {
                high = high.min(part);
            } else {
                low = low.max(part);
            }
            let slope = part * by_n + (1.0 - part) * by_m;
            let settled = (high - low) * total <= 1.5;
            let stages = (n + m) as f64;
            let wanted = if slope < -1e-9 {
                stages - excess / slope
            } else if excess > 0.0 {
                f64::INFINITY
            } else {
                stages
            };
            if settled && (wanted - stages).abs() < 1.5 {
                here.exact = wanted;
                return Ok(here);
            }
            if settled && wanted > MOST_STAGES as f64 {
                return Err(ExtractionError::Unreachable);
            }
            let next = wanted.clamp(0.6 * total, 1.6 * total).clamp(2.0, MOST_STAGES as f64);
            if settled || (next / total - 1.0).abs() > 0.2 {
                // The best place moves with the number of stages.
                (low, high) = ((low - 0.1).max(0.0), (high + 0.1).min(1.0));
            }
            // Between the places, nearer to that where stages are worth less.
            let weight = (by_m / (by_n + by_m)).clamp(0.25, 0.75);
            let weight = if weight.is_finite() { weight } else { 0.5 };
            part = low + (high - low) * weight;
            start = Some(here.rating.shares.iter().map(|it| it * next / stages).collect());
            total = next;
        }
        Err(ExtractionError::NotConverged { residual: f64::NAN })
    }

    fn place(
        &self,
        extraction: f64,
        (n, m): (usize, usize),
        start: Option<&[f64]>,
    ) -> Result<Place, ExtractionError> {
        let rating = self.rate_within(ROUGH, extraction, (n, m), start)?;
        Ok(Place { n, m, exact: (n + m) as f64, rating })
    }

    /// The fewest stages around a place.
    fn polish(&self, extraction: f64, from: Place) -> Result<Design, ExtractionError> {
        let exact = from.exact;
        let mut here = from;
        // Up to where the duty is done, then down as long as it is.
        while here.rating.excess > 0.0 {
            let total = here.n + here.m + 1;
            if total > MOST_STAGES {
                return Err(ExtractionError::Unreachable);
            }
            here = self.best_of(extraction, total, &here)?;
        }
        while here.n + here.m > 2 {
            let fewer = self.best_of(extraction, here.n + here.m - 1, &here)?;
            if fewer.rating.excess > 0.0 {
                break;
            }
            here = fewer;
        }
        // Sought roughly; what is told is rated again.
        loop {
            here.rating = self.rate(extraction, (here.n, here.m), Some(&here.rating.shares))?;
            if here.rating.excess <= 0.0 {
                break;
            }
            here = self.best_of(extraction, here.n + here.m + 1, &here)?;
        }
        let total = (here.n + here.m) as f64;
        Ok(Design {
            extraction,
            extraction_stages: here.n,
            scrub_stages: here.m,
            exact: exact.clamp(total - 1.0, total),
            rating: here.rating,
        })
    }

    /// The best feed stage of so many stages, from a place near it.
    fn best_of(
        &self,
        extraction: f64,
        total: usize,
        near: &Place,
    ) -> Result<Place, ExtractionError> {
        let shares = Some(near.rating.shares.as_slice());
        let at = |n: usize| self.place(extraction, (n, total - n), shares);
        let mut best = at(near.n.clamp(1, total - 1))?;
        for up in [true, false] {
            loop {
                let n = if up { best.n + 1 } else { best.n - 1 };
                if n == 0 || n == total {
                    break;
                }
                let other = at(n)?;
                if other.rating.excess >= best.rating.excess {
                    break;
                }
                best = other;
            }
        }
        Ok(best)
    }

    /// The extraction amount of least cost, and that cost; `minimum` is the amount of infinitely many stages, `margin` (> 1)
    /// the least ratio to it that is tried, `cost` is of an amount and a number of stages, and grows with both.
    ///
    /// The cost is flat around its least value, which is sought on ln (S / minimum − 1): three places, moved until the
    /// middle one is the least, then the vertex of the parabola through them.
    ///
    /// # Errors
    /// As [`Duty::design`], if no amount does.
    pub fn optimum(
        &self,
        minimum: f64,
        margin: f64,
        cost: &dyn Fn(f64, f64) -> f64,
    ) -> Result<(f64, f64), ExtractionError> {
        let nearest = (margin - 1.0).ln();
        let amount = |margin: f64| minimum * (1.0 + margin.exp());
        let mut near: Option<Place> = None;
        let mut failure = None;
        let mut at = |margin: f64| {
            let found = self.search(amount(margin), near.as_ref());
            match found.or_else(|_| self.search(amount(margin), None)) {
                Ok(place) => {
                    let value = cost(amount(margin), place.exact);
                    near = Some(place);
                    value
                }
                // Next to the minimum it costs without end.
                Err(error) => {
                    failure = Some(error);
                    f64::INFINITY
                }
            }
        };
        let mut places =
            [SEED - STRIDE, SEED, SEED + STRIDE].map(|it| it + (nearest - SEED + STRIDE).max(0.0));
        let mut costs = [0.0; 3];
        for it in [1, 2, 0] {
            costs[it] = at(places[it]);
        }
        for _ in 0..MOVES {
            let [left, middle, right] = costs;
            if middle <= left && middle <= right && middle.is_finite() {
                break;
            }
            let up = right < left || !left.is_finite();
            if !up && places[0] <= nearest {
                break;
            }
            let place = if up { places[2] + STRIDE } else { (places[0] - STRIDE).max(nearest) };
            let value = at(place);
            (places, costs) = if up {
                ([places[1], places[2], place], [middle, right, value])
            } else {
                ([place, places[0], places[1]], [value, left, middle])
            };
        }
        let [left, middle, right] = costs;
        let bend = left - 2.0 * middle + right;
        let vertex = places[1] + 0.5 * STRIDE * (left - right) / bend;
        let mut best = (places[1], middle);
        for (&place, &value) in places.iter().zip(&costs) {
            if value < best.1 {
                best = (place, value);
            }
        }
        let vertex = if bend > 0.0 { vertex.clamp(nearest, places[2]) } else { f64::NAN };
        if vertex.is_finite() {
            let value = at(vertex);
            // Where it is as good, the vertex is taken: it moves with what it follows from, the places do not.
            if value < best.1 * (1.0 + 1e-3) {
                best = (vertex, value);
            }
        }
        if best.1.is_finite() {
            Ok((amount(best.0), best.1))
        } else {
            Err(failure.unwrap_or(ExtractionError::Unreachable))
        }
    }

    /// Fenske's number for the two elements at the cut, at total reflux and with the better of the two sections' factors: no
    /// cascade takes fewer.
    #[must_use]
    pub fn fewest_stages(&self) -> f64 {
        // ln of what stays over what leaks, of the element at the cut alone: all of a leak may be of it.
        let purified = |whole: f64, leak: f64| {
            if leak < whole { ((whole - leak) / leak).ln() } else { f64::NEG_INFINITY }
        };
        let separated = purified(self.feed[self.cut], self.light_leak)
            + purified(self.feed[self.cut - 1], self.heavy_leak);
        let factor = |factors: &[f64]| factors[self.cut - 1] / factors[self.cut];
        (separated / factor(&self.extraction).max(factor(&self.scrub)).ln()).max(0.0)
    }
}
