//! Newton's method in `ln t`, and homotopies where it fails from all starts.

use nalgebra::{DVector, Dyn, LU};

use super::{super::ExtractionError, balances::Balances, network::Network};

/// Largest miss of a sum of mole fractions, and of a balance, that is a solution.
pub(super) const CLOSED: f64 = 1e-10;

/// Largest change of `ln t` in the last step of a solution.
const SETTLED: f64 = 1e-8;

/// Largest change of `ln t` in a step, and in a step along a path.
const STEP: f64 = 10.0;
const PATH_STEP: f64 = 3.0;

/// Steps at most, also along a path.
const STEPS: usize = 60;
const PATH_STEPS: usize = 400;

/// How near to the path is on it.
const ON_PATH: f64 = 0.03;

/// A solution and the Newton steps it took.
pub(super) struct Solution {
    pub(super) logs: Vec<f64>,
    pub(super) balances: Balances,
    pub(super) steps: usize,
}

/// What is made easy at the start of a path.
#[derive(Clone, Copy)]
enum Path {
    /// The extraction amount, which starts large.
    Reflux,
    /// The separation factors, which start near 1.
    Factors,
}

/// Solves from nothing: from one guess after the other, the most successful first.
pub(super) fn solve(network: &Network) -> Result<Solution, ExtractionError> {
    descend(network, network.total_reflux())
        .or_else(|_| descend(network, network.settled(network.straight())))
        .or_else(|_| descend(network, network.settled(network.total_reflux())))
}

/// Solves along the paths from easier cascades.
pub(super) fn follow_to(network: &Network) -> Result<Solution, ExtractionError> {
    let along = |path| {
        let (logs, steps) = follow(network, path)?;
        let found = descend(network, logs)?;
        Ok(Solution { steps: found.steps + steps, ..found })
    };
    along(Path::Reflux).or_else(|_: ExtractionError| along(Path::Factors))
}

/// Newton's method from `logs`, damped so that the simplified next step is shorter (Deuflhard 2011, *Newton Methods for
/// Nonlinear Problems*, algorithm NLEQ-ERR).
///
/// What the residuals weigh against each other does not matter to it, which it does to a descent of their norm.
pub(super) fn descend(network: &Network, mut logs: Vec<f64>) -> Result<Solution, ExtractionError> {
    let (mut balances, mut trial) = (network.balances(1.0), network.balances(1.0));
    let mut finite = network.solve(&logs, &mut balances);
    let mut length: f64 = 1.0;
    let mut steps = 0;
    while finite && steps < STEPS {
        let Some((lu, step)) = newton_step(network, &balances) else { break };
        steps += 1;
        let longest = step.amax();
        if longest <= SETTLED {
            // Quadratic convergence: after this step, only rounding is left.
            logs.iter_mut().zip(step.iter()).for_each(|(log, step)| *log -= step);
            finite = network.solve(&logs, &mut balances);
            let miss = miss(&balances);
            if finite && miss <= CLOSED {
                return Ok(Solution { logs, balances, steps });
            }
            return Err(ExtractionError::NotConverged { residual: miss });
        }
        length = (2.0 * length).min(STEP / longest).min(1.0);
        loop {
            let next: Vec<f64> =
                logs.iter().zip(step.iter()).map(|(log, step)| log - length * step).collect();
            let mut shorter = 0.5 * length;
            if network.solve(&next, &mut trial) {
                let Some(left) = solved(&lu, &trial) else { return Err(failure(&balances)) };
                if left.norm() < (1.0 - 0.25 * length) * step.norm() {
                    logs = next;
                    std::mem::swap(&mut balances, &mut trial);
                    break;
                }
                // How far the step was straight says how far the next may go.
                let bent = (left - &step * (1.0 - length)).norm();
                shorter = shorter.min(0.5 * step.norm() * length * length / bent);
            }
            length = shorter;
            if length.is_nan() || length < f64::EPSILON {
                return Err(failure(&balances));
            }
        }
    }
    Err(failure(&balances))
}

/// The path from an easy cascade to that of the network: a guess for it, and the steps taken.
fn follow(network: &Network, path: Path) -> Result<(Vec<f64>, usize), ExtractionError> {
    let (mut width, start) = match path {
        Path::Reflux => (0.3, network.total_reflux()),
        Path::Factors => (0.05, network.flat(0.05)),
    };
    let (mut place, mut logs) = (0.0, start);
    let mut before: Option<(f64, Vec<f64>)> = None;
    let mut steps = 0;
    while place < 1.0 {
        if width < 1e-5 || steps > PATH_STEPS {
            return Err(ExtractionError::NotConverged { residual: 1.0 - place });
        }
        let next = f64::min(place + width, 1.0);
        let guess = match &before {
            None => logs.clone(),
            Some((earlier, passed)) => {
                let ratio = (next - place) / (place - earlier);
                logs.iter().zip(passed).map(|(log, passed)| log + ratio * (log - passed)).collect()
            }
        };
        let corrected = match path {
            Path::Reflux => correct(&network.with_reflux(next), 1.0, guess, &mut steps),
            Path::Factors => correct(network, next, guess, &mut steps),
        };
        if let Some((found, bend)) = corrected {
            before = Some((place, std::mem::replace(&mut logs, found)));
            place = next;
            width *= (0.2 / bend).sqrt().clamp(0.5, 3.0);
        } else {
            width = 0.4 * (next - place);
        }
    }
    Ok((logs, steps))
}

/// Back to the path from a guess near it, and by how much the first step did not reach it; `None` if the guess is too
/// far off.
fn correct(
    network: &Network,
    power: f64,
    mut logs: Vec<f64>,
    steps: &mut usize,
) -> Option<(Vec<f64>, f64)> {
    let mut balances = network.balances(power);
    let mut first = None;
    if !network.solve(&logs, &mut balances) {
        return None;
    }
    for _ in 0..4 {
        *steps += 1;
        let (lu, step) = newton_step(network, &balances)?;
        if step.amax() > PATH_STEP {
            return None;
        }
        logs.iter_mut().zip(step.iter()).for_each(|(log, step)| *log -= step);
        if !network.solve(&logs, &mut balances) {
            return None;
        }
        let left = solved(&lu, &balances)?;
        let bend = left.norm() / step.norm();
        let first = *first.get_or_insert(bend.max(1e-3));
        if bend > 0.7 {
            return None;
        }
        if left.amax() < ON_PATH {
            logs.iter_mut().zip(left.iter()).for_each(|(log, left)| *log -= left);
            return Some((logs, first));
        }
    }
    None
}

fn newton_step(
    network: &Network,
    balances: &Balances,
) -> Option<(LU<f64, Dyn, Dyn>, DVector<f64>)> {
    let lu = network.jacobian(balances).lu();
    let step = solved(&lu, balances)?;
    Some((lu, step))
}

fn solved(lu: &LU<f64, Dyn, Dyn>, balances: &Balances) -> Option<DVector<f64>> {
    let mut step = DVector::from_column_slice(&balances.residual);
    (lu.solve_mut(&mut step) && step.iter().all(|step| step.is_finite())).then_some(step)
}

fn miss(balances: &Balances) -> f64 {
    balances.residual.iter().fold(0.0, |miss, residual| miss.max(residual.abs()))
}

fn failure(balances: &Balances) -> ExtractionError {
    ExtractionError::NotConverged { residual: miss(balances) }
}
