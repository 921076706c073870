//! Programs with integer columns.

use super::*;
use RowSense::{AtLeast, AtMost, Equal};

#[test]
fn whole_optimum_with_the_duals_of_the_fixed_program() {
    // max 5x + 4y, 6x + 4y ≤ 24, x + 2y ≤ 6, x whole, y free: (4, 0) for 20 against 21 relaxed.
    let mut lp = program(
        &[(-5.0, 0.0, FREE), (-4.0, 0.0, FREE)],
        &[(&[6.0, 4.0], AtMost, 24.0), (&[1.0, 2.0], AtMost, 6.0)],
    );
    lp.set_integer(ColumnId::new(0));
    lp.set_integer(ColumnId::new(1));
    for backend in [Backend::Auto, Backend::Microlp] {
        let solution = solve(&lp, &with(backend)).expect("optimal");
        assert_eq!(solution.objective, -20.0);
        assert_eq!(solution.primal, [4.0, 0.0]);
        let own = if backend == Backend::Auto { Backend::Simplex } else { backend };
        assert_eq!(solution.backend, own);
        let gap = solution.gap.expect("integers have a gap");
        assert_eq!((gap.bound, gap.absolute, gap.relative, gap.complete), (-20.0, 0.0, 0.0, true));
    }
}

#[test]
fn clarabel_is_never_given_integers() {
    let mut lp = program(&[(1.0, 0.5, 4.0)], &[(&[1.0], AtLeast, 1.5)]);
    lp.set_integer(ColumnId::new(0));
    assert!(matches!(solve(&lp, &with(Backend::Clarabel)), Err(Failure::Backend(_))));
    assert_eq!(solve(&lp, &with(Backend::Auto)).expect("optimal").primal, [2.0]);
}

#[test]
fn no_whole_point_is_infeasible_without_a_farkas_vector() {
    let mut lp = program(&[(1.0, 0.0, 3.0)], &[(&[2.0], Equal, 3.0)]);
    lp.set_integer(ColumnId::new(0));
    let result = solve(&lp, &Options::default());
    assert!(matches!(result, Err(Failure::Infeasible { certified: false, .. })), "{result:?}");
    lp.set_bounds(ColumnId::new(0), 0.2, 0.8);
    let result = solve(&lp, &Options::default());
    assert!(matches!(result, Err(Failure::Infeasible { certified: false, .. })), "{result:?}");
}

#[test]
fn an_infeasible_relaxation_is_proven() {
    let mut lp = program(&[(1.0, 0.0, 3.0)], &[(&[1.0], AtLeast, 4.0)]);
    lp.set_integer(ColumnId::new(0));
    let result = solve(&lp, &Options::default());
    assert!(matches!(result, Err(Failure::Infeasible { certified: true, .. })), "{result:?}");
}

/// Numerical Recipes' quick 64-bit generator.
struct Random(u64);

impl Random {
    /// A whole number, 0 ≤ x < `limit`.
    fn below(&mut self, limit: u32) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 33).expect("31 bits") % limit)
    }
}

/// Every combination of whole values, each solved as a continuous program: objective and values,
/// by ascending objective.
fn enumerated(lp: &Numbered) -> Vec<(f64, Vec<f64>)> {
    let whole: Vec<ColumnId> =
        lp.columns().filter(|(_, column)| column.integer).map(|(id, _)| id).collect();
    let bounds: Vec<(f64, f64)> =
        whole.iter().map(|&id| (lp.column(id).lower, lp.column(id).upper)).collect();
    let mut continuous = lp.clone();
    continuous.program.integer.fill(false);
    let mut values: Vec<f64> = bounds.iter().map(|bound| bound.0).collect();
    let mut found = Vec::new();
    loop {
        for (&id, &value) in whole.iter().zip(&values) {
            continuous.set_bounds(id, value, value);
        }
        match solve(&continuous, &Options::default()) {
            Ok(solution) => found.push((solution.objective, values.clone())),
            Err(Failure::Infeasible { certified: true, .. }) => {}
            Err(failure) => panic!("{failure:?}"),
        }
        let Some(at) = (0..values.len()).find(|&at| values[at] < bounds[at].1) else { break };
        values[at] += 1.0;
        (0..at).for_each(|before| values[before] = bounds[before].0);
    }
    found.sort_by(|left, right| left.0.total_cmp(&right.0));
    found
}

/// Integers and continuous columns, small whole coefficients, all bounded.
fn mixed(seed: u64) -> Numbered {
    let mut random = Random(seed);
    random.below(2);
    let mut lp = Numbered::new();
    let (whole, free) = (3 + seed % 4, 1 + seed % 3);
    for j in 0..whole + free {
        let lower = random.below(3) - 2.0;
        let id = lp.add_column(
            usize::try_from(j).expect("few"),
            random.below(9) - 4.0,
            lower,
            lower + 1.0 + random.below(2),
        );
        if j < whole {
            lp.set_integer(id);
        }
    }
    for i in 0..2 + if seed.is_multiple_of(3) { 2 } else { 1 } {
        let sense = match random.below(4) {
            1.0 => AtLeast,
            3.0 => Equal,
            _ => AtMost,
        };
        let terms: Vec<_> =
            (0..lp.column_count()).map(|j| (ColumnId::new(j), random.below(9) - 4.0)).collect();
        lp.add_row(i, sense, random.below(9) - 3.0, terms);
    }
    lp
}

#[track_caller]
fn expect_enumerated(lp: &Numbered) {
    let all = enumerated(lp);
    match (solve(lp, &Options::default()), all.first()) {
        (Ok(solution), Some((optimum, _))) => {
            let error = (solution.objective - optimum).abs();
            assert!(error <= 1e-7 * (1.0 + optimum.abs()), "{} {optimum}", solution.objective);
            let gap = solution.gap.expect("integers have a gap");
            assert!(gap.complete && gap.bound <= optimum + 1e-9, "{gap:?} {optimum}");
            assert!(solution.certificate.passes());
            let whole = lp.columns().filter(|(_, column)| column.integer);
            whole.for_each(|(id, _)| assert_eq!(solution.value(id).fract(), 0.0));
        }
        (Err(Failure::Infeasible { .. }), None) => {}
        (result, expected) => panic!("{result:?} for {expected:?}"),
    }
}

#[test]
fn small_mixed_programs_agree_with_enumeration() {
    for seed in 0..150 {
        expect_enumerated(&mixed(seed));
    }
}

/// Weights and values of 0/1 items; `sense` says how full the sack is.
fn knapsack(items: usize, seed: u64, sense: RowSense) -> Numbered {
    let mut random = Random(seed);
    let mut lp = Numbered::new();
    let mut weights = Vec::new();
    for j in 0..items {
        let weight = 5.0 + random.below(40);
        let id = lp.add_column(j, -(weight + random.below(12)), 0.0, 1.0);
        lp.set_integer(id);
        weights.push((id, weight));
    }
    let total: f64 = weights.iter().map(|&(_, weight)| weight).sum();
    lp.add_row(0, sense, (total / 2.0).floor(), weights);
    lp
}

#[test]
fn knapsacks_agree_with_enumeration() {
    for seed in 0..6 {
        expect_enumerated(&knapsack(9, seed, AtMost));
        expect_enumerated(&knapsack(9, seed, Equal));
    }
}

#[test]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn a_larger_knapsack_agrees_with_the_recursion_over_its_weight() {
    let lp = knapsack(40, 3, AtMost);
    let room = lp.row(RowId::new(0)).rhs;
    let mut best = vec![0.0_f64; room as usize + 1];
    for (id, weight) in lp.row_terms(RowId::new(0)) {
        let (weight, value) = (weight as usize, -lp.column(id).cost);
        for load in (weight..best.len()).rev() {
            best[load] = best[load].max(best[load - weight] + value);
        }
    }
    let solution = solve(&lp, &Options::default()).expect("an optimum");
    assert!((solution.objective + best[room as usize]).abs() < 1e-9, "{}", solution.objective);
}

/// Customers served by plants that are opened at a cost: x ≤ y, Σ x = 1.
fn facilities(plants: usize, customers: usize, seed: u64) -> Numbered {
    let mut random = Random(seed);
    let mut lp = Numbered::new();
    let open: Vec<ColumnId> =
        (0..plants).map(|plant| lp.add_column(plant, 20.0 + random.below(30), 0.0, 1.0)).collect();
    for &id in &open {
        lp.set_integer(id);
    }
    for customer in 0..customers {
        let served: Vec<ColumnId> = (0..plants)
            .map(|plant| lp.add_column(plant, 1.0 + random.below(40), 0.0, FREE))
            .collect();
        lp.add_row(customer, Equal, 1.0, served.iter().map(|&id| (id, 1.0)));
        for (&id, &plant) in served.iter().zip(&open) {
            lp.add_row(customer, AtMost, 0.0, [(id, 1.0), (plant, -1.0)]);
        }
    }
    lp
}

#[test]
fn facilities_agree_with_enumeration() {
    for seed in 0..3 {
        expect_enumerated(&facilities(6, 8, seed));
    }
}

/// Periods with a demand; a set-up of fixed cost allows production up to `most`; stocks.
fn lots(periods: usize, most: f64, seed: u64) -> Numbered {
    let mut random = Random(seed);
    let mut lp = Numbered::new();
    let mut stock: Option<ColumnId> = None;
    for period in 0..periods {
        let set_up = lp.add_column(period, 30.0 + random.below(40), 0.0, 1.0);
        lp.set_integer(set_up);
        let made = lp.add_column(period, 1.0 + random.below(3), 0.0, FREE);
        let kept = lp.add_column(period, 1.0, 0.0, FREE);
        lp.add_row(period, AtMost, 0.0, [(made, 1.0), (set_up, -most)]);
        let mut balance = vec![(made, 1.0), (kept, -1.0)];
        balance.extend(stock.map(|stock| (stock, 1.0)));
        lp.add_row(period, Equal, 3.0 + random.below(15), balance);
        stock = Some(kept);
    }
    lp
}

#[test]
fn fixed_charges_agree_with_enumeration_however_large_their_limit() {
    for most in [25.0, 1e3, 1e6, 1e8] {
        expect_enumerated(&lots(8, most, 5));
    }
}

#[test]
fn an_unbounded_relaxation_is_unbounded_from_a_whole_point() {
    let mut lp = program(
        &[(-1.0, 0.0, FREE), (0.0, 0.0, FREE)],
        &[(&[2.0, -2.0], AtMost, 3.0), (&[1.0, 1.0], AtLeast, 1.5)],
    );
    lp.set_integer(ColumnId::new(0));
    lp.set_integer(ColumnId::new(1));
    let Err(Failure::Unbounded { point, ray }) = solve(&lp, &Options::default()) else {
        panic!("it is unbounded")
    };
    assert!(point.iter().all(|value| value.fract() == 0.0), "{point:?}");
    assert!(ray[0] > 0.0);
}

#[test]
fn an_unbounded_relaxation_without_a_whole_point_is_infeasible() {
    // 2x = 3 with x whole, and a free column that pays for ever.
    let mut lp = program(&[(0.0, 0.0, 9.0), (-1.0, 0.0, FREE)], &[(&[2.0, 0.0], Equal, 3.0)]);
    lp.set_integer(ColumnId::new(0));
    let result = solve(&lp, &Options::default());
    assert!(matches!(result, Err(Failure::Infeasible { certified: false, .. })), "{result:?}");
}

#[test]
fn a_limit_of_nodes_leaves_a_point_and_a_bound_below_the_optimum() {
    let lp = lots(12, 200.0, 8);
    let optimum = solve(&lp, &Options::default()).expect("an optimum");
    let all = optimum.gap.expect("a gap");
    assert!(all.complete && all.nodes > 3, "{all:?}");
    for limit in [1, 2, 3] {
        let options = Options { node_limit: Some(limit), ..Options::default() };
        let solution = solve(&lp, &options).expect("a point");
        let gap = solution.gap.expect("a gap");
        assert!(gap.nodes <= limit && !gap.complete, "{gap:?}");
        assert!(gap.bound <= optimum.objective && optimum.objective <= solution.objective + 1e-9);
        assert_eq!(gap.absolute, solution.objective - gap.bound);
        assert_eq!(gap.relative, gap.absolute / solution.objective.abs());
    }
}

#[test]
fn no_node_is_no_point() {
    let options = Options { node_limit: Some(0), ..Options::default() };
    assert!(matches!(solve(&lots(3, 50.0, 1), &options), Err(Failure::TimeLimit)));
}

#[test]
fn the_search_stops_at_the_gap_that_is_asked_for() {
    let lp = lots(12, 200.0, 8);
    let options = Options { gap: 0.1, ..Options::default() };
    let rough = solve(&lp, &options).expect("a point").gap.expect("a gap");
    let exact = solve(&lp, &Options::default()).expect("a point").gap.expect("a gap");
    assert!(rough.complete && rough.relative <= 0.1 && rough.nodes < exact.nodes, "{rough:?}");
    assert!(rough.bound <= exact.bound + exact.absolute + 1e-9);
}

#[test]
fn a_continuous_program_has_no_gap() {
    let lp = program(&[(1.0, 1.0, 4.0)], &[(&[1.0], AtLeast, 1.5)]);
    assert!(solve(&lp, &Options::default()).expect("an optimum").gap.is_none());
}

#[test]
fn the_search_is_the_same_every_time() {
    let lp = lots(12, 60.0, 11);
    let first = solve(&lp, &Options::default()).expect("an optimum");
    let again = solve(&lp, &Options::default()).expect("an optimum");
    assert_eq!((first.primal, first.gap), (again.primal, again.gap));
}

#[test]
fn the_best_points_agree_with_enumeration() {
    for seed in 0..4 {
        let lp = lots(6, 40.0, seed);
        let choice: Vec<ColumnId> =
            lp.columns().filter(|(_, column)| column.integer).map(|(id, _)| id).collect();
        let all = enumerated(&lp);
        let count = 10.min(all.len());
        let points = best_points(&lp, &choice, 10, &Options::default()).expect("points");
        assert_eq!(points.len(), count);
        for (point, (objective, _)) in points.iter().zip(&all) {
            assert!((point.objective - objective).abs() < 1e-7, "{} {objective}", point.objective);
            assert!(point.gap.expect("a gap").complete);
            assert_eq!(point.duals.len(), lp.row_count());
            assert!(point.certificate.passes());
        }
    }
}

#[test]
fn the_best_points_end_with_the_combinations() {
    let mut lp = program(&[(1.0, 0.0, 1.0), (2.0, 0.0, 1.0)], &[(&[1.0, 1.0], AtLeast, 1.0)]);
    let choice = [ColumnId::new(0), ColumnId::new(1)];
    for id in choice {
        lp.set_integer(id);
    }
    let points = best_points(&lp, &choice, 10, &Options::default()).expect("points");
    let objectives: Vec<f64> = points.iter().map(|point| point.objective).collect();
    assert_eq!(objectives, [1.0, 2.0, 3.0]);
    lp.set_bounds(choice[0], 0.0, 0.0);
    let points = best_points(&lp, &choice[..1], 10, &Options::default()).expect("points");
    assert_eq!(points.len(), 1);
    lp.set_bounds(choice[1], 0.0, 0.0);
    let none = best_points(&lp, &choice, 10, &Options::default());
    assert!(matches!(none, Err(Failure::Infeasible { .. })));
}
