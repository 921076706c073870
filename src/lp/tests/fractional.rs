//! Best ratios against enumerated vertices, and their prices against vertices enumerated anew.

use nalgebra::{Matrix3, Vector3};
use proptest::prelude::*;

use super::{backends, with};
use crate::index::Id;
use crate::lp::{
    BestRatio, ColumnId, LinearProgram, NoRatio, Options, RATIO_AGREES, RowId, RowSense, best_ratio,
};

/// A row: factors, sense, right-hand side.
type Row = ([f64; 3], RowSense, f64);

/// Three columns from 0 to 4 (as rows), four more `≤` rows and one `≥` row, small whole numbers all of them.
#[derive(Clone, Debug)]
struct Toy {
    of: [f64; 3],
    to: [f64; 3],
    rows: Vec<Row>,
}

impl Toy {
    fn new(numbers: &[i8]) -> Self {
        let three =
            |at: usize| -> [f64; 3] { std::array::from_fn(|axis| f64::from(numbers[at + axis])) };
        let mut rows: Vec<Row> = (0..3)
            .map(|axis| {
                let mut unit = [0.0; 3];
                unit[axis] = 1.0;
                (unit, RowSense::AtMost, 4.0)
            })
            .collect();
        rows.extend((0..4).map(|row| {
            let at = 6 + 4 * row;
            (three(at), RowSense::AtMost, f64::from(numbers[at + 3]).abs())
        }));
        let least = three(22).map(f64::abs);
        rows.push((least, RowSense::AtLeast, f64::from(numbers[25]).abs()));
        Self { of: three(0), to: three(3).map(f64::abs), rows }
    }

    fn lp(&self) -> LinearProgram<(), ()> {
        let mut lp = LinearProgram::new();
        let columns: Vec<ColumnId> =
            (0..3).map(|_| lp.add_column((), 0.0, 0.0, f64::INFINITY)).collect();
        for (factors, sense, rhs) in &self.rows {
            let terms = columns.iter().copied().zip(factors.iter().copied());
            lp.add_row((), *sense, *rhs, terms);
        }
        lp
    }

    fn best(&self) -> Result<(LinearProgram<(), ()>, BestRatio), NoRatio> {
        let mut lp = self.lp();
        let best = best_ratio(&mut lp, (&self.of, &self.to), true, &Options::default())?;
        Ok((lp, best))
    }

    /// All vertices: every three planes that meet in a feasible point.
    fn vertices(&self) -> Vec<Vector3<f64>> {
        let mut planes: Vec<(Vector3<f64>, f64)> =
            self.rows.iter().map(|(factors, _, rhs)| (Vector3::from(*factors), *rhs)).collect();
        planes.extend((0..3).map(|axis| {
            let mut unit = Vector3::zeros();
            unit[axis] = 1.0;
            (unit, 0.0)
        }));
        let feasible = |point: &Vector3<f64>| {
            point.iter().all(|&value| value >= -1e-9)
                && self.rows.iter().all(|(row, sense, rhs)| {
                    let activity = Vector3::from(*row).dot(point);
                    match sense {
                        RowSense::AtMost => activity <= rhs + 1e-9,
                        RowSense::Equal => (activity - rhs).abs() <= 1e-9,
                        RowSense::AtLeast => activity >= rhs - 1e-9,
                    }
                })
        };
        let mut found = Vec::new();
        for i in 0..planes.len() {
            for j in 0..i {
                for k in 0..j {
                    let rows = [planes[i].0, planes[j].0, planes[k].0].map(|row| row.transpose());
                    let Some(inverse) = Matrix3::from_rows(&rows).try_inverse() else { continue };
                    let point = inverse * Vector3::new(planes[i].1, planes[j].1, planes[k].1);
                    if feasible(&point) {
                        found.push(point);
                    }
                }
            }
        }
        found
    }

    /// The greatest ratio over the vertices: none if there is no denominator, infinite if one goes to 0 before the
    /// numerator does.
    fn brute(&self) -> Option<f64> {
        let parts = self.vertices().into_iter().map(|vertex| {
            (Vector3::from(self.of).dot(&vertex), Vector3::from(self.to).dot(&vertex))
        });
        let (mut best, mut endless) = (None, false);
        for (of, to) in parts {
            if to > 1e-9 {
                best = Some(best.map_or(of / to, |best: f64| best.max(of / to)));
            } else {
                endless |= of > 1e-9;
            }
        }
        best.map(|best| if endless { f64::INFINITY } else { best })
    }
}

fn numbers() -> impl Strategy<Value = Vec<i8>> {
    proptest::collection::vec(-2_i8..=3, 26)
}

fn run(test: impl Fn(&Toy) -> Result<(), TestCaseError>) {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    runner.run(&numbers(), |numbers| test(&Toy::new(&numbers))).unwrap();
}

#[test]
fn a_best_ratio_is_that_of_the_best_vertex() {
    let counted = std::cell::Cell::new([0; 3]);
    let count = |at: usize| {
        let mut all = counted.get();
        all[at] += 1;
        counted.set(all);
    };
    run(|toy| {
        let wanted = toy.brute();
        match toy.best() {
            Ok((_, best)) => {
                let wanted = wanted.expect("there is a denominator");
                let near = |value: f64| (value - wanted).abs() <= 1e-9 * wanted.abs().max(1.0);
                prop_assert!(near(best.value), "{} against {wanted}", best.value);
                prop_assert!(near(best.charnes_cooper) && near(best.dinkelbach));
                prop_assert!(best.iterations < 10);
                // Of several best points, the one with the greatest denominator.
                let largest = toy
                    .vertices()
                    .iter()
                    .map(|it| (Vector3::from(toy.of).dot(it), Vector3::from(toy.to).dot(it)))
                    .filter(|(of, to)| *to > 1e-9 && (of / to - wanted).abs() < 1e-7)
                    .fold(0.0_f64, |most, (_, to)| most.max(to));
                prop_assert!((best.denominator.value - largest).abs() < 1e-7 * largest);
                count(0);
            }
            Err(NoRatio::Unbounded { vanishing, towards }) => {
                prop_assert_eq!(wanted, Some(f64::INFINITY));
                prop_assert!(vanishing);
                let point = Vector3::from_vec(towards);
                prop_assert!(Vector3::from(toy.to).dot(&point).abs() < 1e-9);
                prop_assert!(Vector3::from(toy.of).dot(&point) > 0.0);
                count(1);
            }
            Err(NoRatio::Nothing | NoRatio::Failed(_)) => {
                prop_assert_eq!(wanted, None);
                count(2);
            }
            Err(other) => prop_assert!(false, "{other:?}"),
        }
        Ok(())
    });
    assert!(counted.get().iter().all(|&count| count > 10), "{:?}", counted.get());
}

#[test]
fn prices_of_a_ratio_are_differences_of_enumerated_ratios() {
    let counted = std::cell::Cell::new((0, 0));
    run(|toy| {
        let Ok((lp, best)) = toy.best() else { return Ok(()) };
        let moved = |row: usize, by: f64| {
            let mut toy = toy.clone();
            toy.rows[row].2 += by;
            toy.brute()
        };
        let step = 1e-5;
        for row in 0..toy.rows.len() {
            for (up, sign) in [(true, 1.0), (false, -1.0)] {
                let found = best.denominator.side(
                    &lp,
                    &best.solution,
                    RowId::new(row),
                    up,
                    &Options::default(),
                );
                let found = found.expect("solved");
                let Some(after) = moved(row, sign * step) else {
                    prop_assert!(found.is_none(), "{row} {up}: there is nothing");
                    continue;
                };
                let found = found.expect("there is a plan");
                // A limit of 0 that opens a better way: the ratio jumps at once, however small the step.
                if best.denominator.least == 0.0 && toy.rows[row].2 == 0.0 {
                    continue;
                }
                let price = -sign * (after - best.value) / step;
                prop_assert!(
                    (found.price - price).abs() < 1e-3 * (1.0 + price.abs()),
                    "{row} {up}: {} against {price} in {toy:?}",
                    found.price
                );
                let (dual, rough) =
                    (best.solution.dual(RowId::new(row)), 1e-3 * (1.0 + price.abs()));
                prop_assert!(
                    best.solution.degenerate
                        || best.denominator.value > best.denominator.least
                        || (dual - price).abs() < rough
                );
                let (regular, far) = counted.get();
                counted.set((regular + usize::from(found.price != 0.0), far));
                if found.price == 0.0 || !found.change.is_finite() {
                    continue;
                }
                // As far as it goes by the same limits, the ratio is what it is told to become.
                if found.room.is_finite() {
                    let there = moved(row, sign * found.room * (1.0 - 1e-9)).expect("a plan");
                    let told = best.value - found.change;
                    prop_assert!(
                        (there - told).abs() < 1e-6 * (1.0 + told.abs()),
                        "{row} {up}: {told} after {}, but {there} in {toy:?}",
                        found.room
                    );
                    counted.set((counted.get().0, far + 1));
                }
            }
        }
        Ok(())
    });
    let (prices, ranges) = counted.get();
    assert!(prices > 50 && ranges > 30, "{prices} {ranges}");
}

/// One column x, with `of = x`, and rows as given.
fn small(rows: &[([f64; 2], RowSense, f64)]) -> LinearProgram<(), ()> {
    let mut lp = LinearProgram::new();
    let columns: Vec<ColumnId> =
        (0..2).map(|_| lp.add_column((), 0.0, 0.0, f64::INFINITY)).collect();
    for (factors, sense, rhs) in rows {
        lp.add_row((), *sense, *rhs, columns.iter().copied().zip(factors.iter().copied()));
    }
    lp
}

fn sought(
    rows: &[([f64; 2], RowSense, f64)],
    of: [f64; 2],
    to: [f64; 2],
) -> Result<BestRatio, NoRatio> {
    best_ratio(&mut small(rows), (&of, &to), true, &Options::default())
}

#[test]
fn what_has_no_best_ratio_is_told_apart() {
    use RowSense::{AtLeast, AtMost, Equal};
    let room = ([1.0, 1.0], AtMost, 10.0);
    let negative = sought(&[room], [1.0, 0.0], [1.0, -1.0]);
    assert!(matches!(negative, Err(NoRatio::Negative(least)) if least == -10.0), "{negative:?}");
    let endless = sought(&[], [1.0, 0.0], [1.0, -1.0]);
    assert!(matches!(endless, Err(NoRatio::Negative(f64::NEG_INFINITY))), "{endless:?}");
    let nothing = sought(&[([0.0, 1.0], AtMost, 0.0)], [1.0, 0.0], [0.0, 1.0]);
    assert!(matches!(nothing, Err(NoRatio::Nothing)), "{nothing:?}");
    let vanishes = sought(&[room], [1.0, 0.0], [0.0, 1.0]);
    assert!(matches!(vanishes, Err(NoRatio::Unbounded { vanishing: true, .. })), "{vanishes:?}");
    let grows = sought(&[([0.0, 1.0], Equal, 1.0)], [1.0, 0.0], [0.0, 1.0]);
    assert!(matches!(grows, Err(NoRatio::Unbounded { vanishing: false, .. })), "{grows:?}");
    // 3 x ÷ (x + y) is 3 for every x without y.
    let any = sought(&[], [3.0, 0.0], [1.0, 1.0]);
    assert!(matches!(any, Err(NoRatio::AnySize(value)) if value == 3.0), "{any:?}");
    // x ÷ (x + y) with at least one y: ever nearer to 1.
    let nears = sought(&[([0.0, 1.0], AtLeast, 1.0)], [1.0, 0.0], [1.0, 1.0]);
    assert!(
        matches!(nears, Err(NoRatio::Approached(value)) if (value - 1.0).abs() < 1e-12),
        "{nears:?}"
    );
    let infeasible = sought(&[([1.0, 0.0], AtMost, -1.0)], [1.0, 0.0], [1.0, 0.0]);
    assert!(matches!(infeasible, Err(NoRatio::Failed(_))), "{infeasible:?}");
}

#[test]
fn both_ways_agree_to_nine_digits_and_the_program_has_the_ratio_as_its_minimum() {
    // As in `fractional`: (4, 3) gives 27 ÷ 10; one more of the first is worth (3 − 5) − 2.7 (1 − 2) = 0.7, by 10.
    let rows = [([1.0, 0.0], RowSense::AtMost, 4.0), ([1.0, 1.0], RowSense::AtLeast, 7.0)];
    for backend in backends() {
        let mut lp = small(&rows);
        let best = best_ratio(&mut lp, (&[3.0, 5.0], &[1.0, 2.0]), true, &with(backend));
        let best = best.expect("a ratio");
        assert!((best.value - 2.7).abs() < 1e-12, "{backend:?}");
        assert!((best.denominator.value - 10.0).abs() < 1e-11, "{backend:?}");
        assert!((best.charnes_cooper - best.dinkelbach).abs() <= RATIO_AGREES * 2.7);
        assert!((best.solution.objective + 2.7).abs() < 1e-12);
        assert!((best.solution.dual(RowId::new(0)) + 0.07).abs() < 1e-12);
        assert!(best.solution.certificate.passes() && best.solution.basis.is_some());
    }
}

#[test]
fn a_ratio_of_nothing_to_something_is_0() {
    let rows = [
        ([1.0, 1.0], RowSense::AtMost, 10.0),
        ([0.1, 0.3], RowSense::AtLeast, 0.7),
        ([1.0, -1e-3], RowSense::AtLeast, -2.0),
    ];
    let mut lp = small(&rows);
    let best = best_ratio(&mut lp, (&[7.0, 0.0], &[1.0, 3.0]), false, &Options::default());
    let best = best.expect("a ratio");
    assert!(best.value.abs() < 1e-12 && best.denominator.value > 0.0, "{best:?}");
}
