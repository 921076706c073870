//! How far a variable may move before another one meets a bound.

use super::{Engine, FEASIBLE, STALLED};

/// Entries of the solved column below this do not block; they are rounding.
const PIVOT: f64 = 1e-9;

/// The step that the ratio test allows.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// The moving variable reaches its own other bound.
    Flip {
        /// Distance moved, ≥ 0.
        length: f64,
    },
    /// A basic variable meets a bound and leaves.
    Pivot {
        /// Distance moved, ≥ 0.
        length: f64,
        /// Where the leaving variable stands in the basis.
        position: usize,
        /// The bound it meets.
        bound: f64,
    },
    /// Nothing stops it.
    Unlimited,
}

impl Engine<'_> {
    /// Ratio test for `entering` moving by `sign`, with `solved` = B⁻¹ a.
    pub(super) fn ratio(&self, entering: usize, sign: f64, solved: &[f64]) -> Step {
        let own = if sign > 0.0 {
            self.upper[entering] - self.value[entering]
        } else {
            self.value[entering] - self.lower[entering]
        };
        self.ratio_within(own, sign, solved)
    }

    /// The same with the moving variable's own limit given.
    pub(super) fn ratio_within(&self, own: f64, sign: f64, solved: &[f64]) -> Step {
        let blockers = || {
            let rates = solved.iter().enumerate().filter(|(_, rate)| rate.abs() > PIVOT);
            rates.filter_map(|(position, &rate)| {
                let rate = -sign * rate;
                self.target(self.basic[position], rate).map(|bound| {
                    let gap = (bound - self.value[self.basic[position]]) / rate;
                    (position, rate.abs(), bound, gap.max(0.0))
                })
            })
        };
        let chosen = if self.stalled > STALLED {
            let shortest = blockers().map(|blocker| blocker.3).fold(f64::INFINITY, f64::min);
            let ties = blockers().filter(|blocker| blocker.3 <= shortest);
            ties.min_by_key(|blocker| self.basic[blocker.0])
        } else {
            let slack = |bound: f64| FEASIBLE * (1.0 + bound.abs());
            let reach = blockers().map(|(_, rate, bound, gap)| gap + slack(bound) / rate);
            let reach = reach.fold(f64::INFINITY, f64::min);
            let ties = blockers().filter(|blocker| blocker.3 <= reach);
            ties.max_by(|left, right| left.1.total_cmp(&right.1))
        };
        match chosen {
            Some((_, _, _, length)) if own <= length => Step::Flip { length: own },
            Some((position, _, bound, length)) => Step::Pivot { length, position, bound },
            None if own.is_finite() => Step::Flip { length: own },
            None => Step::Unlimited,
        }
    }

    /// The bound that stops a basic variable moving at `rate`; a violated bound stops the one that
    /// returns to it.
    fn target(&self, variable: usize, rate: f64) -> Option<f64> {
        let (lower, upper) = (self.lower[variable], self.upper[variable]);
        let violation = self.violation(variable);
        let rising = rate > 0.0;
        let bound = match (violation < 0.0, violation > 0.0) {
            (true, _) if rising => lower,
            (_, true) if !rising => upper,
            (false, false) if rising => upper,
            (false, false) => lower,
            _ => return None,
        };
        bound.is_finite().then_some(bound)
    }
}
