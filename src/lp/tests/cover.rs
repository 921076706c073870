//! Where bases stay optimal, against solves from nothing.

use proptest::prelude::*;

use super::{random::programs, *};

/// A random program, two directions in its costs and right-hand sides, and steps along them.
fn families() -> impl Strategy<Value = (Numbered, Vec<Direction>, Vec<[f64; 2]>)> {
    let rate = || -2_i32..=2;
    let rates = move || prop::collection::vec((rate(), rate()), 5);
    let step = || (-20_i32..=20).prop_map(|step| f64::from(step) / 8.0);
    let steps = prop::collection::vec([step(), step()], 6);
    (programs(), rates(), rates(), steps).prop_map(|(lp, costs, rhs, steps)| {
        let direction = |second: bool| {
            let pick = |&(one, other): &(i32, i32)| f64::from(if second { other } else { one });
            let costs = costs.iter().map(pick).enumerate().take(lp.column_count());
            let rhs = rhs.iter().map(pick).enumerate().take(lp.row_count());
            Direction {
                costs: costs.map(|(at, rate)| (ColumnId::new(at), rate)).collect(),
                rhs: rhs.map(|(at, rate)| (RowId::new(at), rate)).collect(),
            }
        };
        let directions = vec![direction(false), direction(true)];
        (lp, directions, steps)
    })
}

fn moved(lp: &Numbered, directions: &[Direction], step: &[f64]) -> Numbered {
    let mut moved = lp.clone();
    for (direction, step) in directions.iter().zip(step) {
        for &(column, rate) in &direction.costs {
            moved.set_cost(column, moved.column(column).cost + step * rate);
        }
        for &(row, rate) in &direction.rhs {
            moved.set_rhs(row, moved.row(row).rhs + step * rate);
        }
    }
    moved
}

fn plan(cover: &Cover, step: &[f64]) -> Vec<f64> {
    let mut plan = cover.primal().to_vec();
    for (parameter, step) in step.iter().enumerate() {
        let moves = cover.moves(parameter).into_iter().flatten();
        plan.iter_mut().zip(moves).for_each(|(value, rate)| *value += step * rate);
    }
    plan
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Where a cover holds, its plan has the objective of a solve from nothing; where it does not, another basis is better or the
    /// plan breaks a limit; and a solve from the basis finds what one from nothing finds.
    #[test]
    fn a_cover_holds_exactly_where_its_basis_is_optimal((lp, directions, steps) in families()) {
        let options = with(Backend::Simplex);
        match solve(&lp, &options) {
            Ok(solution) => {
                let basis = solution.basis.as_ref().expect("small programs have one");
                let cover = Cover::new(basis, &solution.primal, &directions);
                for step in &steps {
                    let moved = moved(&lp, &directions, step);
                    let anew = solve(&moved, &options);
                    let plan = plan(&cover, step);
                    let objective = moved.objective_at(&plan);
                    if cover.holds(step, &mut 0) {
                        let anew = anew.as_ref().expect("a covered sample has an optimum");
                        prop_assert!((anew.objective - objective).abs() < 1e-7 * (1.0 + objective.abs()));
                    }
                    match (anew, from_basis(&moved, &basis.start(), &options)) {
                        (Ok(anew), Ok(warm)) => {
                            let scale = 1.0 + anew.objective.abs();
                            prop_assert!((anew.objective - warm.objective).abs() < 1e-9 * scale);
                        }
                        (Err(anew), Err(warm)) => {
                            prop_assert_eq!(std::mem::discriminant(&anew), std::mem::discriminant(&warm));
                        }
                        (anew, warm) => prop_assert!(false, "{:?} but {:?}", anew, warm),
                    }
                }
                prop_assert!(cover.holds(&[0.0, 0.0], &mut 0));
            }
            Err(Failure::Infeasible { farkas, .. }) => {
                let barrier = Barrier::new(&lp, &farkas, &directions).expect("it is proven");
                prop_assert!(barrier.holds(&[0.0, 0.0]));
                for step in &steps {
                    if barrier.holds(step) {
                        let result = solve(&moved(&lp, &directions, step), &options);
                        let none = matches!(result, Err(Failure::Infeasible { certified: true, .. }));
                        prop_assert!(none, "{:?}", result);
                        // The same multipliers, seen from there.
                        prop_assert!(barrier.clone().from_origin(step).holds(&[step[0] , step[1]]));
                    }
                }
            }
            Err(_) => {}
        }
    }
}

#[test]
fn a_cover_ends_where_prices_cross_and_where_limits_cross() {
    // min −p x − 2 y, x + y ≤ b, y ≤ 3: with p = 1 and b = 5, y = 3 and x = 2.
    let rows: [(&[f64], RowSense, f64); 1] = [(&[1.0, 1.0], RowSense::AtMost, 5.0)];
    let lp = program(&[(-1.0, 0.0, FREE), (-2.0, 0.0, 3.0)], &rows);
    let price = Direction { costs: vec![(ColumnId::new(0), -1.0)], rhs: vec![] };
    let limit = Direction { costs: vec![], rhs: vec![(RowId::new(0), 1.0)] };
    let solution = solve(&lp, &with(Backend::Simplex)).expect("an optimum");
    let basis = solution.basis.as_ref().expect("a basis");
    let cover = Cover::new(basis, &solution.primal, &[price, limit]);
    let holds = |price: f64, limit: f64| cover.holds(&[price, limit], &mut 0);
    assert!(holds(0.99, 0.0) && !holds(1.01, 0.0), "the price of x passes that of y at 2");
    assert!(holds(-0.99, 0.0) && !holds(-1.01, 0.0), "below 0 nothing of x is worth it");
    assert!(holds(0.0, -1.99) && !holds(0.0, -2.01), "below 3 nothing is left for x");
    assert!(holds(0.0, 1e6) && holds(0.5, 10.0));
    assert_eq!(cover.moves(1), Some([1.0, 0.0].as_slice()));
    assert!(cover.moves(0).is_none());
}
