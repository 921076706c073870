//! The minimum as right-hand sides move: the exact piecewise-linear path, breakpoint by breakpoint.
//!
//! With right-hand sides `b + θ d` the minimum z(θ) is convex and piecewise linear, and every solve gives a supporting
//! line: its value and the slope `y · d`. Two such lines that meet on z enclose a breakpoint; if they meet below it,
//! both halves are searched in turn (M. J. Eisner and D. G. Severance, Journal of the ACM 23 (1976) 619–635). No pivots
//! lead from one basis to the next, so degenerate vertices cannot make it run for ever, and every breakpoint told is
//! one at which the program was solved.

use std::time::Instant;

use super::{Failure, LinearProgram, Options, RowId, Solution, solve};
use crate::index::Id;

/// How near two values are that count as one, relative to the values and the span of the path.
const SAME: f64 = 1e-9;

/// A path without end is looked for in steps of this factor, so many of them.
const STRIDE: f64 = 4.0;
const STRIDES: i32 = 40;

/// The program solved at one value of the parameter.
#[derive(Clone, Debug)]
pub struct Point {
    /// The parameter θ.
    pub theta: f64,
    /// The certified optimum there.
    pub solution: Solution,
    /// A subgradient ∂z/∂θ there, from the duals.
    slope: f64,
}

/// Why a path ends where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathEnd {
    /// The end that was asked for.
    Reached,
    /// A greater parameter changes the minimum no more.
    NothingHelps,
    /// No point is feasible beyond.
    Infeasible,
    /// The minimum falls without end; the last segment goes on for ever.
    WithoutEnd,
    /// There are more segments than were asked for.
    MostSegments,
    /// The time limit passed.
    TimeLimit,
}

/// The minimum as a function of the parameter.
#[derive(Clone, Debug)]
pub struct Path {
    /// The breakpoints by ascending parameter, the start and the end among them; at least one.
    pub points: Vec<Point>,
    /// Why it ends.
    pub end: PathEnd,
}

impl Path {
    /// Slope ∂z/∂θ between point `segment` and the next.
    ///
    /// # Panics
    /// If there is no such segment.
    #[must_use]
    pub fn slope(&self, segment: usize) -> f64 {
        let (from, to) = (&self.points[segment], &self.points[segment + 1]);
        (to.solution.objective - from.solution.objective) / (to.theta - from.theta)
    }
}

/// Follows the minimum as the right-hand sides become `b + θ d`, θ from 0 to `until` (may be +∞).
///
/// `direction` gives the rows that move and their rates d, `step` a change of θ that matters, > 0: from it the last
/// breakpoint of a path without end is looked for. At most `segments` segments are told.
///
/// # Errors
/// What [`solve`] fails with; out of time, the path ends where it was found to.
///
/// # Panics
/// Never: a path has its start.
pub fn follow<C: Clone, R: Clone>(
    lp: &LinearProgram<C, R>,
    direction: &[(RowId, f64)],
    until: f64,
    step: f64,
    segments: usize,
    options: &Options,
) -> Result<Path, Failure> {
    let deadline = options.deadline();
    let walk = Walk { lp: lp.clone(), direction, options: *options, deadline };
    let start = walk.at(0.0)?;
    let (far, end) = walk.far(until, step)?;
    if far <= 0.0 {
        return Ok(Path { points: vec![start], end });
    }
    let last = match walk.at(far) {
        Ok(last) => last,
        Err(Failure::TimeLimit) => {
            return Ok(Path { points: vec![start], end: PathEnd::TimeLimit });
        }
        Err(failure) => return Err(failure),
    };
    let scale = start.solution.objective.abs().max(last.solution.objective.abs());
    let mut points = vec![start];
    // Intervals still to search, the leftmost on top.
    let mut open = vec![last];
    let mut ended = end;
    while let Some(right) = open.pop() {
        let left = points.last().expect("it has a start");
        if points.len() > segments {
            ended = PathEnd::MostSegments;
            break;
        }
        match meeting(left, &right, scale) {
            None => points.push(right),
            Some(theta) => match walk.at(theta) {
                Ok(middle) => {
                    let line = left.solution.objective + left.slope * (theta - left.theta);
                    let met = near(middle.solution.objective, line, scale);
                    open.push(right);
                    if met {
                        points.push(middle);
                    } else {
                        open.push(middle);
                    }
                }
                Err(Failure::TimeLimit) => {
                    ended = PathEnd::TimeLimit;
                    break;
                }
                Err(failure) => return Err(failure),
            },
        }
    }
    let mut points = straighten(points, scale);
    // A flat end is none: what is needed is where it begins.
    if let [.., before, last] = points.as_slice() {
        let flat = near(before.solution.objective, last.solution.objective, scale);
        if flat && matches!(ended, PathEnd::Reached | PathEnd::NothingHelps) {
            points.pop();
            ended = PathEnd::NothingHelps;
        }
    }
    Ok(Path { points, end: ended })
}

/// Whether two values are one on a path of values up to `scale`.
fn near(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= SAME * scale
}

/// Where the supporting lines of two points meet between them; none if one segment joins the points.
fn meeting(left: &Point, right: &Point, scale: f64) -> Option<f64> {
    let span = right.theta - left.theta;
    let (low, high) = (left.solution.objective, right.solution.objective);
    let rising = low + left.slope * span;
    let falling = high - right.slope * span;
    if near(rising, high, scale) || near(falling, low, scale) {
        return None;
    }
    let theta = (high - low + left.slope * left.theta - right.slope * right.theta)
        / (left.slope - right.slope);
    let inside = theta - left.theta > SAME * span && right.theta - theta > SAME * span;
    (theta.is_finite() && inside).then_some(theta)
}

/// Drops points in the middle of a straight line.
fn straighten(points: Vec<Point>, scale: f64) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        while let [.., before, middle] = kept.as_slice() {
            let share = (middle.theta - before.theta) / (point.theta - before.theta);
            let (low, high) = (before.solution.objective, point.solution.objective);
            let straight = low + share * (high - low);
            if !near(middle.solution.objective, straight, scale) {
                break;
            }
            kept.pop();
        }
        kept.push(point);
    }
    kept
}

struct Walk<'a, C, R> {
    lp: LinearProgram<C, R>,
    direction: &'a [(RowId, f64)],
    options: Options,
    deadline: Option<Instant>,
}

impl<C: Clone, R: Clone> Walk<'_, C, R> {
    fn options(&self) -> Result<Options, Failure> {
        let time_limit = match self.deadline {
            None => None,
            Some(deadline) => Some(
                deadline
                    .checked_duration_since(Instant::now())
                    .filter(|left| !left.is_zero())
                    .ok_or(Failure::TimeLimit)?,
            ),
        };
        Ok(Options { time_limit, ..self.options })
    }

    fn at(&self, theta: f64) -> Result<Point, Failure> {
        let mut moved = self.lp.clone();
        for &(row, rate) in self.direction {
            moved.set_rhs(row, self.lp.row(row).rhs + theta * rate);
        }
        let solution = solve(&moved, &self.options()?)?;
        let slope = self.direction.iter().map(|&(row, rate)| solution.dual(row) * rate).sum();
        Ok(Point { theta, solution, slope })
    }

    /// The end of the path: `until`, or where nothing changes any more, or where nothing is feasible.
    fn far(&self, until: f64, step: f64) -> Result<(f64, PathEnd), Failure> {
        let mut until = (until, PathEnd::Reached);
        // The greatest parameter that is feasible.
        match self.free(-1.0, until.0) {
            Ok(theta) if theta < until.0 * (1.0 - SAME) => until = (theta, PathEnd::Infeasible),
            Ok(_) | Err(Failure::Unbounded { .. }) => {}
            Err(failure) => return Err(failure),
        }
        if until.0.is_finite() {
            return Ok(until);
        }
        // The parameter that the program itself would choose.
        match self.free(0.0, until.0) {
            Ok(theta) => Ok((theta, PathEnd::NothingHelps)),
            Err(Failure::Unbounded { .. }) => {
                let last = self.last_slope()?;
                let mut far = step;
                for _ in 0..STRIDES {
                    let slope = self.at(far)?.slope;
                    if (slope - last).abs() <= SAME * last.abs() {
                        break;
                    }
                    far *= STRIDE;
                }
                Ok((far * STRIDE, PathEnd::WithoutEnd))
            }
            Err(failure) => Err(failure),
        }
    }

    /// The slope of the last segment of a path without end: the minimum over all directions in which one can go for
    /// ever as θ grows by 1.
    fn last_slope(&self) -> Result<f64, Failure> {
        let mut program: LinearProgram<(), ()> = LinearProgram::new();
        for (_, column) in self.lp.columns() {
            let lower = if column.lower.is_finite() { 0.0 } else { f64::NEG_INFINITY };
            let upper = if column.upper.is_finite() { 0.0 } else { f64::INFINITY };
            program.add_column((), column.cost, lower, upper);
        }
        let rates = self.rates();
        for (id, row) in self.lp.rows() {
            program.add_row((), row.sense, rates[id.index()], self.lp.row_terms(id));
        }
        Ok(solve(&program, &self.options()?)?.objective)
    }

    fn rates(&self) -> Vec<f64> {
        let mut rates = vec![0.0; self.lp.row_count()];
        for &(row, rate) in self.direction {
            rates[row.index()] += rate;
        }
        rates
    }

    /// Solves with θ as a column, from 0 to `until`, at `cost` per unit; with a cost, alone.
    fn free(&self, cost: f64, until: f64) -> Result<f64, Failure> {
        let mut program: LinearProgram<(), ()> = LinearProgram::new();
        for (_, column) in self.lp.columns() {
            let own = if cost == 0.0 { column.cost } else { 0.0 };
            program.add_column((), own, column.lower, column.upper);
        }
        let theta = program.add_column((), cost, 0.0, until);
        let rates = self.rates();
        for (id, row) in self.lp.rows() {
            let own = self.lp.row_terms(id);
            program.add_row((), row.sense, row.rhs, own.chain([(theta, -rates[id.index()])]));
        }
        Ok(solve(&program, &self.options()?)?.value(theta))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lp::{ColumnId, RowSense};
    use approx::assert_relative_eq;

    fn thetas(path: &Path) -> Vec<f64> {
        path.points.iter().map(|point| point.theta).collect()
    }

    /// Three machines in series that pass 10, 20 and 50 of what sells at 3, 2 and 1 in markets of 15, 30 and 100.
    fn series() -> (LinearProgram<(), ()>, RowId) {
        let mut lp = LinearProgram::new();
        let sales: Vec<ColumnId> = [(3.0, 15.0), (2.0, 15.0), (1.0, 70.0)]
            .map(|(price, market)| lp.add_column((), -price, 0.0, market))
            .into();
        let all = || sales.iter().map(|&column| (column, 1.0));
        let first = lp.add_row((), RowSense::AtMost, 10.0, all());
        lp.add_row((), RowSense::AtMost, 50.0, all());
        (lp, first)
    }

    #[test]
    fn each_market_fills_in_turn_until_the_next_machine_binds() {
        let (lp, first) = series();
        let path =
            follow(&lp, &[(first, 1.0)], f64::INFINITY, 1.0, 100, &Options::default()).unwrap();
        // By hand: 10 + θ reaches 15, 30 and 50.
        assert_relative_eq!(thetas(&path)[..], [0.0, 5.0, 20.0, 40.0], max_relative = 1e-12);
        assert_eq!(path.end, PathEnd::NothingHelps);
        let slopes: Vec<f64> = (0..3).map(|segment| path.slope(segment)).collect();
        assert_relative_eq!(slopes[..], [-3.0, -2.0, -1.0], max_relative = 1e-12);
    }

    #[test]
    fn a_path_ends_where_it_was_to_end_or_nothing_is_feasible() {
        let (lp, first) = series();
        let path = follow(&lp, &[(first, 1.0)], 7.0, 1.0, 100, &Options::default()).unwrap();
        assert_relative_eq!(thetas(&path)[..], [0.0, 5.0, 7.0], max_relative = 1e-12);
        assert_eq!(path.end, PathEnd::Reached);
        let path =
            follow(&lp, &[(first, -1.0)], f64::INFINITY, 1.0, 100, &Options::default()).unwrap();
        assert_relative_eq!(thetas(&path)[..], [0.0, 10.0], max_relative = 1e-12);
        assert_eq!(path.end, PathEnd::Infeasible);
        let path =
            follow(&lp, &[(first, 1.0)], f64::INFINITY, 1.0, 2, &Options::default()).unwrap();
        // What is told is exact; the end need not be a breakpoint.
        assert_relative_eq!(thetas(&path)[..2], [0.0, 5.0], max_relative = 1e-12);
        assert_relative_eq!(path.slope(1), -2.0, max_relative = 1e-12);
        assert_eq!(path.end, PathEnd::MostSegments);
    }

    #[test]
    fn a_resource_that_always_helps_ends_without_end() {
        let mut lp: LinearProgram<(), ()> = LinearProgram::new();
        let ore = lp.add_column((), -2.0, 0.0, f64::INFINITY);
        let supply = lp.add_row((), RowSense::AtMost, 4.0, [(ore, 1.0)]);
        let path =
            follow(&lp, &[(supply, 1.0)], f64::INFINITY, 1.0, 100, &Options::default()).unwrap();
        assert_eq!(path.end, PathEnd::WithoutEnd);
        assert_eq!(path.points.len(), 2);
        assert_relative_eq!(path.slope(0), -2.0, max_relative = 1e-12);
    }

    #[test]
    fn random_paths_are_the_minima_at_dense_steps() {
        use proptest::prelude::*;
        let numbers = proptest::collection::vec(-3_i8..=6, 3 * 4 + 3 + 4);
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        runner
            .run(&numbers, |numbers| {
                let mut number = numbers.iter().map(|&value| f64::from(value));
                let mut next = || number.next().expect("enough numbers");
                let mut lp: LinearProgram<(), ()> = LinearProgram::new();
                let columns: Vec<ColumnId> =
                    (0..3).map(|_| lp.add_column((), next(), 0.0, 9.0)).collect();
                let mut rows = Vec::new();
                for _ in 0..4 {
                    let rhs = next();
                    let terms: Vec<_> = columns.iter().map(|&column| (column, next())).collect();
                    rows.push(lp.add_row((), RowSense::AtMost, rhs.abs(), terms));
                }
                let direction = [(rows[0], 1.0), (rows[1], 0.5)];
                let path = follow(&lp, &direction, 12.0, 1.0, 1000, &Options::default()).unwrap();
                for step in 0..=48 {
                    let theta = f64::from(step) * 0.25;
                    let mut moved = lp.clone();
                    for (row, rate) in direction {
                        moved.set_rhs(row, lp.row(row).rhs + theta * rate);
                    }
                    let expected = solve(&moved, &Options::default()).unwrap().objective;
                    let at = path.points.iter().rposition(|point| point.theta <= theta).unwrap();
                    let point = &path.points[at];
                    let slope = if at + 1 < path.points.len() { path.slope(at) } else { 0.0 };
                    let found = point.solution.objective + slope * (theta - point.theta);
                    prop_assert!((found - expected).abs() < 1e-7 * (1.0 + expected.abs()));
                }
                // Convex, and no breakpoint without a change of slope.
                for segment in 1..path.points.len().saturating_sub(1) {
                    prop_assert!(path.slope(segment - 1) < path.slope(segment) - 1e-9);
                }
                Ok(())
            })
            .unwrap();
    }
}
