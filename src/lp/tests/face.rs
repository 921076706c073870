//! Optimal faces, one-sided prices and cost ranges against enumerated vertices.

use nalgebra::{Matrix3, Vector3};
use proptest::prelude::*;

use crate::index::Id;
use crate::lp::{ColumnId, Face, LinearProgram, Options, RowId, RowSense, side, solve};

/// Three columns from 0 to 4 and four `≤` rows with small whole numbers: degenerate and ambiguous more often than not.
struct Toy {
    cost: [f64; 3],
    rows: Vec<([f64; 3], f64)>,
}

impl Toy {
    fn new(numbers: &[i8]) -> Self {
        let value = |at: usize| f64::from(numbers[at]);
        let cost = [value(0), value(1), value(2)];
        let rows = (0..4).map(|row| {
            let at = 3 + 4 * row;
            ([value(at), value(at + 1), value(at + 2)], value(at + 3).abs())
        });
        Self { cost, rows: rows.collect() }
    }

    fn lp(&self) -> LinearProgram<(), ()> {
        let mut lp = LinearProgram::new();
        let columns: Vec<ColumnId> =
            self.cost.iter().map(|&cost| lp.add_column((), cost, 0.0, 4.0)).collect();
        for (factors, rhs) in &self.rows {
            let terms = columns.iter().copied().zip(factors.iter().copied());
            lp.add_row((), RowSense::AtMost, *rhs, terms);
        }
        lp
    }

    fn minimum(&self, vertices: &[Vector3<f64>]) -> f64 {
        let cost = Vector3::from(self.cost);
        vertices.iter().map(|vertex| cost.dot(vertex)).fold(f64::INFINITY, f64::min)
    }

    /// All vertices: every three planes that meet in a feasible point.
    fn vertices(&self) -> Vec<Vector3<f64>> {
        let mut planes: Vec<(Vector3<f64>, f64)> =
            self.rows.iter().map(|(factors, rhs)| (Vector3::from(*factors), *rhs)).collect();
        for axis in 0..3 {
            let mut unit = Vector3::zeros();
            unit[axis] = 1.0;
            planes.extend([(unit, 0.0), (unit, 4.0)]);
        }
        let feasible = |point: &Vector3<f64>| {
            let rows = self.rows.iter();
            point.iter().all(|&value| (-1e-9..=4.0 + 1e-9).contains(&value))
                && rows.into_iter().all(|(row, rhs)| Vector3::from(*row).dot(point) <= rhs + 1e-9)
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
}

fn numbers() -> impl Strategy<Value = Vec<i8>> {
    proptest::collection::vec(-2_i8..=3, 3 + 4 * 4)
}

fn run(test: impl Fn(&Toy) -> Result<(), TestCaseError>) {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    runner.run(&numbers(), |numbers| test(&Toy::new(&numbers))).unwrap();
}

#[test]
fn a_measure_ranges_over_the_optimal_vertices() {
    run(|toy| {
        let lp = toy.lp();
        let solution = solve(&lp, &Options::default()).unwrap();
        let vertices = toy.vertices();
        let cost = Vector3::from(toy.cost);
        let least = toy.minimum(&vertices);
        prop_assert!((solution.objective - least).abs() < 1e-9);
        let face = Face::new(&lp, &solution).unwrap();
        for factors in [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, -2.0, 0.5]] {
            let values = vertices
                .iter()
                .filter(|vertex| cost.dot(vertex) < least + 1e-7)
                .map(|vertex| Vector3::from(factors).dot(vertex));
            let (low, high) = values
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                    (low.min(value), high.max(value))
                });
            let (from, to) = face.range(&factors, &Options::default()).unwrap();
            prop_assert!((from - low).abs() < 1e-7 && (to - high).abs() < 1e-7);
        }
        Ok(())
    });
}

#[test]
fn one_sided_prices_are_differences_of_enumerated_minima() {
    run(|toy| {
        let lp = toy.lp();
        let solution = solve(&lp, &Options::default()).unwrap();
        let moved = |row: usize, by: f64| {
            let mut rows = toy.rows.clone();
            rows[row].1 += by;
            let toy = Toy { cost: toy.cost, rows };
            toy.minimum(&toy.vertices())
        };
        let step = 1e-4;
        for row in 0..4 {
            for (up, sign) in [(true, 1.0), (false, -1.0)] {
                let found = side(&lp, &solution, RowId::new(row), up, &Options::default()).unwrap();
                let after = moved(row, sign * step);
                let Some(found) = found else {
                    prop_assert!(after.is_infinite(), "{row} {up}: there is a plan");
                    continue;
                };
                prop_assert!(after.is_finite(), "{row} {up}: there is no plan");
                let price = sign * (after - solution.objective) / step;
                prop_assert!(
                    (found.price - price).abs() < 1e-5,
                    "{row} {up}: {} {price}",
                    found.price
                );
                prop_assert!(found.room > step);
                // As far as it is told to hold, it does.
                let far = sign * found.room.min(50.0) * 0.999_999;
                let expected = solution.objective + found.price * far;
                prop_assert!((moved(row, far) - expected).abs() < 1e-5 * (1.0 + expected.abs()));
            }
        }
        Ok(())
    });
}

#[test]
fn a_plan_stays_the_same_while_costs_are_in_range() {
    run(|toy| {
        let lp = toy.lp();
        let solution = solve(&lp, &Options::default()).unwrap();
        let vertices = toy.vertices();
        let rates = [1.0, -0.5, 2.0];
        let range = solution.basis.as_ref().unwrap().ranging_costs(&rates);
        for change in [range.up.0.min(100.0), -range.down.0.min(100.0)] {
            let cost: [f64; 3] = std::array::from_fn(|at| toy.cost[at] + change * rates[at]);
            let moved = Toy { cost, rows: toy.rows.clone() };
            let here: f64 = cost.iter().zip(&solution.primal).map(|(cost, x)| cost * x).sum();
            prop_assert!(here <= moved.minimum(&vertices) + 1e-7 * (1.0 + here.abs()));
        }
        Ok(())
    });
}
