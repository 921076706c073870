//! The best ratio as an objective: found twice, and proven by a linear program whose duals are those of the ratio.

use super::fractional;
use crate::{
    index::Id,
    lp::{
        Backend, ColumnId, Face, Failure, LinearProgram, Options, Solution, program::dot, solve,
        solve::from_point,
    },
};

/// Largest relative difference between the two ways to the best ratio.
pub const RATIO_AGREES: f64 = 1e-9;

/// A sum below this share of its terms is nothing.
const NOTHING: f64 = 1e-9;
/// A cost below this share of what it is the difference of is rounding.
const ROUNDING: f64 = 1e-13;
/// Dinkelbach's iteration ends when what is left is below this share of its terms.
const DONE: f64 = 1e-12;
/// Most steps of Dinkelbach's iteration, which converges faster than linearly.
const STEPS: usize = 100;

/// The best ratio of two measures, with the linear program that stands for it.
#[derive(Clone, Debug)]
pub struct BestRatio {
    /// The ratio at the optimum.
    pub value: f64,
    /// The numerator at the optimum.
    pub numerator: f64,
    /// The denominator.
    pub denominator: Denominator,
    /// The ratio as Charnes and Cooper's program has it.
    pub charnes_cooper: f64,
    /// The ratio as Dinkelbach's iteration has it, begun elsewhere.
    pub dinkelbach: f64,
    /// Programs that the iteration solved.
    pub iterations: usize,
    /// The certified optimum of the linear program; its duals are ∂(±ratio)/∂rhs.
    pub solution: Solution,
}

/// The denominator of a best ratio: what the linear program around it does not tell of how the ratio bends.
#[derive(Clone, Debug)]
pub struct Denominator {
    /// One factor per column.
    pub(super) factors: Vec<f64>,
    /// Its value at the optimum, > 0; the greatest among all optima, unless there is none.
    pub value: f64,
    /// Its least value among all optima; 0 if next to nothing has the best ratio as well.
    pub least: f64,
}

/// Why there is no best ratio, or no point that has it.
#[derive(Clone, Debug)]
pub enum NoRatio {
    /// The program itself has no optimum, whatever is optimised.
    Failed(Failure),
    /// The denominator is below 0 at some feasible point: its least value, −∞ if there is none.
    Negative(f64),
    /// The denominator is 0 at all feasible points.
    Nothing,
    /// The ratio grows without limit.
    Unbounded {
        /// Whether it does so because the denominator goes to 0; otherwise because the numerator grows.
        vanishing: bool,
        /// The point without denominator, or the direction in which the numerator grows: one value per column.
        towards: Vec<f64>,
    },
    /// Points of any size have the best ratio, and none is larger than all others.
    AnySize(f64),
    /// The best ratio is approached ever further out, and no point has it.
    Approached(f64),
    /// Charnes and Cooper's program and Dinkelbach's iteration do not agree.
    Disagree {
        /// The first one's ratio, infinite if without limit.
        charnes_cooper: f64,
        /// The second one's ratio, likewise.
        dinkelbach: f64,
    },
}

/// A measure at a point, and the size of its terms.
#[derive(Clone, Copy)]
pub(super) struct Measured {
    pub(super) value: f64,
    size: f64,
}

pub(super) fn measure(factors: &[f64], point: &[f64]) -> Measured {
    let terms = || factors.iter().copied().zip(point.iter().copied());
    Measured {
        value: f64::from(dot(terms())),
        size: terms().map(|(factor, value)| (factor * value).abs()).sum(),
    }
}

impl Measured {
    fn is_nothing(self) -> bool {
        self.value.abs() <= NOTHING * self.size
    }
}

/// What is sought: the program without costs, both measures, and the sign that makes a minimum of the ratio.
struct Search<'a> {
    bare: LinearProgram<(), ()>,
    of: &'a [f64],
    to: &'a [f64],
    sign: f64,
    options: &'a Options,
}

/// How the iteration ended.
enum Iterated {
    Best { value: f64, iterations: usize },
    Unbounded,
}

/// Maximises (or minimises) `of · x ÷ to · x` and writes into the program the linear costs
/// `±(of − R to) ÷ to · x*` and the constant `±R`, with which its minimum is `±R` at the best point x*.
///
/// The ratio R comes from Charnes and Cooper's program (see [`fractional`]). W. Dinkelbach's iteration (Management
/// Science 13 (1967) 492–498), begun at the point with the greatest denominator, must agree with it to
/// [`RATIO_AGREES`]. That the linear program's minimum is ±R proves both, as long as the denominator is nowhere
/// negative, which is checked. Divided by the denominator at x*, its duals are the derivatives of the ratio by the
/// right-hand sides (envelope theorem).
///
/// Where several points have the best ratio, the one with the greatest denominator is taken.
///
/// # Errors
/// See [`NoRatio`].
///
/// # Panics
/// If there is not one factor per column, or a bound is finite and not 0.
pub fn best_ratio<C, R>(
    lp: &mut LinearProgram<C, R>,
    (of, to): (&[f64], &[f64]),
    maximise: bool,
    options: &Options,
) -> Result<BestRatio, NoRatio> {
    let mut bare = lp.with_keys(|_| (), |_| ());
    for column in 0..bare.column_count() {
        bare.set_cost(ColumnId::new(column), 0.0);
    }
    bare.set_offset(0.0);
    let sign = if maximise { -1.0 } else { 1.0 };
    let search = Search { bare, of, to, sign, options };
    let start = search.start()?;
    let iterated = search.iterate(&start)?;
    let found = fractional(&search.bare, (of, to), maximise, options);
    let (charnes_cooper, dinkelbach, iterations) = match (found, iterated) {
        (Ok(found), Iterated::Best { value, iterations }) => (found.value, value, iterations),
        (Err(Failure::Unbounded { ray, .. }), Iterated::Unbounded) => {
            return Err(without_limit(ray));
        }
        (Err(Failure::Unbounded { .. }), Iterated::Best { value, .. }) => {
            let charnes_cooper = -sign * f64::INFINITY;
            return Err(NoRatio::Disagree { charnes_cooper, dinkelbach: value });
        }
        (Ok(found), Iterated::Unbounded) => {
            let dinkelbach = -sign * f64::INFINITY;
            return Err(NoRatio::Disagree { charnes_cooper: found.value, dinkelbach });
        }
        (Err(failure), _) => return Err(NoRatio::Failed(failure)),
    };
    let (point, least, backend) = search.point(charnes_cooper)?;
    let below = measure(to, &point);
    let (numerator, denominator) = (measure(of, &point), below.value);
    // Of a profit, say, less is left than goes into it: what it may be off by is a share of what goes in.
    let room = RATIO_AGREES * (numerator.size / denominator).max(search.least_size());
    let ratio = numerator.value / denominator;
    if (charnes_cooper - dinkelbach).abs() > room || (charnes_cooper - ratio).abs() > room {
        return Err(NoRatio::Disagree { charnes_cooper, dinkelbach });
    }
    for (at, cost) in search.costs(ratio).into_iter().enumerate() {
        lp.set_cost(ColumnId::new(at), cost / denominator);
    }
    lp.set_offset(sign * ratio);
    let mut solution = from_point(lp, &point, options).map_err(NoRatio::Failed)?;
    solution.backend = backend;
    let (numerator, denominator) = (measure(of, &solution.primal), measure(to, &solution.primal));
    let value = numerator.value / denominator.value;
    // Dinkelbach's condition: nothing is left of `of − R to` at the best point, by a certified optimum.
    let proven = (sign * solution.objective - value).abs() <= room && (value - ratio).abs() <= room;
    if denominator.is_nothing() || !proven {
        return Err(NoRatio::Disagree { charnes_cooper, dinkelbach: sign * solution.objective });
    }
    Ok(BestRatio {
        value,
        numerator: numerator.value,
        denominator: Denominator { factors: to.to_vec(), value: denominator.value, least },
        charnes_cooper,
        dinkelbach,
        iterations,
        solution,
    })
}

impl Search<'_> {
    /// `±(of − ratio · to)`.
    fn costs(&self, ratio: f64) -> Vec<f64> {
        let parts = self.of.iter().zip(self.to);
        let left = parts.map(|(of, to)| {
            let left = of - ratio * to;
            let rounding = left.abs() <= ROUNDING * (of.abs() + (ratio * to).abs());
            if rounding { 0.0 } else { self.sign * left }
        });
        left.collect()
    }

    /// A ratio that is next to nothing beside what one column alone could have.
    fn least_size(&self) -> f64 {
        let largest = |factors: &[f64]| factors.iter().fold(0.0_f64, |most, it| most.max(it.abs()));
        ROUNDING * largest(self.of) / largest(self.to)
    }

    /// The program with other costs.
    fn minimise(&self, costs: &[f64]) -> LinearProgram<(), ()> {
        let mut program = self.bare.clone();
        for (at, &cost) in costs.iter().enumerate() {
            program.set_cost(ColumnId::new(at), cost);
        }
        program
    }

    /// A feasible point with the greatest denominator, or far out where it has none; that none is negative is checked.
    fn start(&self) -> Result<Vec<f64>, NoRatio> {
        let columns = self.bare.columns();
        let positive = columns
            .zip(self.to)
            .all(|((_, column), &to)| to == 0.0 || to > 0.0 && column.lower >= 0.0);
        if !positive {
            match solve(&self.minimise(self.to), self.options) {
                Ok(least)
                    if least.objective < 0.0 && !measure(self.to, &least.primal).is_nothing() =>
                {
                    return Err(NoRatio::Negative(least.objective));
                }
                Ok(_) => {}
                Err(Failure::Unbounded { .. }) => return Err(NoRatio::Negative(f64::NEG_INFINITY)),
                Err(failure) => return Err(NoRatio::Failed(failure)),
            }
        }
        let opposite: Vec<f64> = self.to.iter().map(|factor| -factor).collect();
        let point = match solve(&self.minimise(&opposite), self.options) {
            Ok(most) => most.primal,
            Err(Failure::Unbounded { point, ray }) => {
                point.iter().zip(&ray).map(|(value, step)| value + step).collect()
            }
            Err(failure) => return Err(NoRatio::Failed(failure)),
        };
        if measure(self.to, &point).is_nothing() { Err(NoRatio::Nothing) } else { Ok(point) }
    }

    /// Dinkelbach's iteration: `R ← of · x ÷ to · x` at the best x for `of − R to`, until nothing is left of that.
    fn iterate(&self, start: &[f64]) -> Result<Iterated, NoRatio> {
        let mut value = measure(self.of, start).value / measure(self.to, start).value;
        for iterations in 1..=STEPS {
            let (next, end) = match solve(&self.minimise(&self.costs(value)), self.options) {
                Ok(best) => (best.primal, false),
                // Far out along the ray only its own ratio counts.
                Err(Failure::Unbounded { ray, .. }) => (ray, true),
                Err(failure) => return Err(NoRatio::Failed(failure)),
            };
            let (of, to) = (measure(self.of, &next), measure(self.to, &next));
            let gain = -self.sign * (of.value - value * to.value);
            if !end && gain <= DONE * (of.size + value.abs() * to.size) {
                return Ok(Iterated::Best { value, iterations });
            }
            if to.is_nothing() {
                return Ok(Iterated::Unbounded);
            }
            let better = of.value / to.value;
            if better == value {
                return Ok(Iterated::Best { value, iterations });
            }
            value = better;
        }
        Err(NoRatio::Failed(Failure::Backend(format!(
            "Dinkelbach's iteration did not end in {STEPS} steps"
        ))))
    }

    /// A vertex that has the best ratio: of several, the one with the greatest denominator. With the least one, and who
    /// solved.
    fn point(&self, ratio: f64) -> Result<(Vec<f64>, f64, Backend), NoRatio> {
        let program = self.minimise(&self.costs(ratio));
        let best = solve(&program, self.options).map_err(NoRatio::Failed)?;
        let (above, own) = (measure(self.of, &best.primal), measure(self.to, &best.primal));
        let left = self.sign * (above.value - ratio * own.value);
        if left > NOTHING * (above.size + ratio.abs() * own.size) {
            return Err(NoRatio::Approached(ratio));
        }
        let face = match Face::new(&program, &best) {
            Some(face) if face.may_vary(self.to) => face,
            _ if own.is_nothing() => return Err(NoRatio::AnySize(ratio)),
            _ => return Ok((best.primal, own.value, best.backend)),
        };
        let end = |greatest: bool| face.extreme(self.to, greatest, self.options);
        let low = end(false).map_err(NoRatio::Failed)?;
        let least = low.as_ref().map_or(f64::NEG_INFINITY, |point| {
            let found = measure(self.to, point);
            if found.is_nothing() { 0.0 } else { found.value }
        });
        match (end(true).map_err(NoRatio::Failed)?, low) {
            (Some(high), _) if !measure(self.to, &high).is_nothing() => {
                Ok((high, least, best.backend))
            }
            (None, Some(low)) if least > 0.0 => Ok((low, least, best.backend)),
            _ => Err(NoRatio::AnySize(ratio)),
        }
    }
}

/// How the ratio grows without limit, from the ray of Charnes and Cooper's program.
fn without_limit(mut ray: Vec<f64>) -> NoRatio {
    let share = ray.pop().unwrap_or_default();
    let largest = ray.iter().fold(0.0_f64, |most, step| most.max(step.abs()));
    let vanishing = share > NOTHING * largest;
    if vanishing {
        for value in &mut ray {
            *value /= share;
        }
    }
    NoRatio::Unbounded { vanishing, towards: ray }
}
