//! Hand values; the rest by what must hold.

use approx::{assert_abs_diff_eq, assert_relative_eq};
use proptest::prelude::*;

use super::*;

fn years(from: f64, length: f64) -> Years {
    Years { from, length }
}

#[test]
fn factors_are_those_of_the_tables() {
    // Interest tables of textbooks at 10 % and 8 %.
    assert_abs_diff_eq!(discount_factor(0.1, 3.0), 0.751_3, epsilon = 5e-5);
    assert_abs_diff_eq!(discount_factor(0.1, 0.5), 1.0 / 1.1_f64.sqrt(), epsilon = 1e-15);
    assert_abs_diff_eq!(capital_recovery_factor(0.1, 10.0), 0.162_745, epsilon = 5e-7);
    assert_abs_diff_eq!(capital_recovery_factor(0.08, 20.0), 0.101_852, epsilon = 5e-7);
    assert_eq!(capital_recovery_factor(0.0, 8.0), 0.125);
    assert_relative_eq!(capital_recovery_factor(1e-13, 8.0), 0.125, max_relative = 1e-12);
}

#[test]
fn money_counts_with_the_factor_of_its_calendar_year() {
    let whole = 1.0 + 1.0 / 1.1 + 1.0 / 1.21;
    assert_relative_eq!(weight_of(0.1, 2030.0, 2030.0, 3.0), whole, max_relative = 1e-14);
    let halves = 0.5 + 0.5 / 1.1;
    assert_relative_eq!(weight_of(0.1, 2030.0, 2030.5, 1.0), halves, max_relative = 1e-14);
    let within = 0.25 / 1.1;
    assert_relative_eq!(weight_of(0.1, 2030.0, 2031.5, 0.25), within, max_relative = 1e-14);
    let before = 1.1 + 1.0;
    assert_relative_eq!(weight_of(0.1, 2030.0, 2029.0, 2.0), before, max_relative = 1e-14);
    assert_eq!(weight_of(0.1, 2030.0, 2030.0, 1.0), 1.0);
    assert_eq!(weight_of(0.1, 2030.0, 2035.0, 0.0), 0.0);
}

#[test]
fn money_that_escalates_is_discounted_from_its_price() {
    let hand = 1.0 + 1.05 / 1.1 + (1.05 * 1.05) / (1.1 * 1.1);
    let worth = present_worth(years(2030.0, 3.0), 2030.0, 0.05, 0.1);
    assert_relative_eq!(worth, hand, max_relative = 1e-14);
    assert_eq!(present_worth(years(2030.3, 17.9), 2030.0, 0.07, 0.07), 17.9);
    let mean = f64::midpoint(1.02, 1.02 * 1.02);
    assert_relative_eq!(
        escalation_mean(years(2031.0, 2.0), 2030.0, 0.02),
        mean,
        max_relative = 1e-14
    );
    assert_eq!(escalation_mean(years(2031.7, 2.2), 2030.0, 0.0), 1.0);
}

#[test]
fn levelised_cost_is_capital_recovered_and_what_a_unit_costs() {
    // 1000 now, 100 a year at 5 each, for ten years from now on, payments at their ends.
    let worth = 1.0 / capital_recovery_factor(0.1, 10.0);
    let cost = levelised_cost(1000.0 + 500.0 * worth, 100.0 * worth);
    assert_abs_diff_eq!(cost.unwrap_or_default(), 6.627_454, epsilon = 5e-7);
    assert_eq!(levelised_cost(1000.0, 0.0), None);
}

#[test]
fn one_change_of_sign_is_one_rate() {
    let mut flows = vec![(0.0, -(1.0 - 1.1_f64.powi(-10)) / 0.1)];
    flows.extend((1..=10).map(|year| (f64::from(year), 1.0)));
    let Irr::Unique(rate) = irr(&flows) else { panic!("{:?}", irr(&flows)) };
    assert_abs_diff_eq!(rate, 0.1, epsilon = 1e-12);
    // Halves its money; triples it in half a year, in any order; at the end of the range.
    for (flows, hand) in [
        ([(0.0, -100.0), (1.0, 50.0)], -0.5),
        ([(2.5, 3.0), (2.0, -1.0)], 8.0),
        ([(0.0, -1.0), (1.0, 11.0)], 10.0),
        ([(0.0, 7.0), (30.0, -7.0)], 0.0),
    ] {
        let Irr::Unique(rate) = irr(&flows) else { panic!("{flows:?}: {:?}", irr(&flows)) };
        assert_abs_diff_eq!(rate, hand, epsilon = 1e-12);
    }
}

#[test]
fn many_changes_of_sign_may_be_many_rates() {
    let several = |flows: &[(f64, f64)], hand: &[f64], epsilon: f64| {
        let rates = match irr(flows) {
            Irr::Several(rates) => rates,
            Irr::Unique(rate) => vec![rate],
            Irr::None => Vec::new(),
        };
        assert_eq!(rates.len(), hand.len(), "{rates:?}");
        for (rate, hand) in rates.iter().zip(hand) {
            assert_abs_diff_eq!(*rate, *hand, epsilon = epsilon);
        }
    };
    // The oil pump of Lorie and Savage (1955), Journal of Business 28, 229.
    several(&[(0.0, -1600.0), (1.0, 10_000.0), (2.0, -10_000.0)], &[0.25, 4.0], 1e-12);
    // (x − 1.1)(x − 1.2), x = 1 + r.
    several(&[(0.0, -100.0), (1.0, 230.0), (2.0, -132.0)], &[0.1, 0.2], 1e-12);
    // (x − 1)(x − 2)(x − 3) = x³ − 6x² + 11x − 6, also in half years.
    let cubic = [(0.0, -1.0), (1.0, 6.0), (2.0, -11.0), (3.0, 6.0)];
    several(&cubic, &[0.0, 1.0, 2.0], 1e-12);
    several(&cubic.map(|(time, amount)| (time / 2.0, amount)), &[0.0, 3.0, 8.0], 1e-12);
    // (x − 1.2)² touches zero; x² − 3x + 2.5 never does.
    several(&[(0.0, -1.0), (1.0, 2.4), (2.0, -1.44)], &[0.2], 1e-7);
    several(&[(0.0, -1.0), (1.0, 3.0), (2.0, -2.5)], &[], 0.0);
}

#[test]
fn no_rate_is_found_where_there_is_none() {
    assert_eq!(irr(&[]), Irr::None);
    assert_eq!(irr(&[(0.0, 0.0), (1.0, 0.0)]), Irr::None);
    assert_eq!(irr(&[(0.0, 5.0), (1.0, -5.0), (1.0, 5.0)]), Irr::None);
    // −99.5 % is outside the range.
    assert_eq!(irr(&[(0.0, -100.0), (1.0, 0.5)]), Irr::None);
}

#[test]
fn payback_is_within_the_year_in_which_the_balance_turns() {
    let flows = [(0.0, -100.0), (1.0, 30.0), (2.0, 50.0), (3.0, 40.0), (4.0, 10.0)];
    assert_eq!(payback(&flows), Some(3.5));
    // −100 + 27.2727 + 41.3223 + 30.0526 = −1.3524; the fifth year brings 6.8301.
    let discounted = discounted_payback(0.1, &flows).unwrap_or_default();
    assert_abs_diff_eq!(discounted, 4.198, epsilon = 5e-4);
    assert_eq!(discounted_payback(0.2, &flows), None);
    assert_eq!(discounted_payback(0.0, &flows), Some(3.5));
    // Earned from the start, in any order, closed at a cost.
    assert_eq!(payback(&[(1.0, 100.0), (0.0, -100.0), (0.0, 50.0), (9.0, -80.0)]), Some(1.5));
    assert_eq!(payback(&[(3.0, 1.0), (4.0, 1.0)]), Some(3.0));
    assert_eq!(payback(&[(0.0, 10.0), (1.0, -30.0), (2.0, 40.0)]), Some(2.5));
    assert_eq!(payback(&[]), None);
}

#[test]
fn depreciation_leaves_the_salvage() {
    assert_eq!(straight_line(150.0, 10.0, 7), vec![20.0; 7]);
    assert!(straight_line(150.0, 10.0, 0).is_empty());
    // Double declining balance of 100 over five years: 40 % of the book, then 21.6 in equal halves.
    for (year, hand) in
        declining_balance(100.0, 0.0, 5, 2.0).iter().zip([40.0, 24.0, 14.4, 10.8, 10.8])
    {
        assert_abs_diff_eq!(*year, hand, epsilon = 1e-12);
    }
    // Of 150 to 10 over seven: 2/7 of the book for five years, which leaves 27.889, then halves.
    let hand = [42.857, 30.612, 21.866, 15.618, 11.156, 8.945, 8.945];
    let schedule = declining_balance(150.0, 10.0, 7, 2.0);
    for (year, hand) in schedule.iter().zip(hand) {
        assert_abs_diff_eq!(*year, hand, epsilon = 5e-4);
    }
    assert_abs_diff_eq!(schedule.iter().sum::<f64>(), 140.0, epsilon = 1e-12);
    // A large salvage ends it early.
    let early = declining_balance(100.0, 50.0, 5, 2.0);
    assert_eq!(early, [40.0, 10.0, 0.0, 0.0, 0.0]);
}

/// Number of changes of sign on a fine grid of rates: the rates that cannot be missed.
fn crossings(flows: &[(f64, f64)]) -> usize {
    let rates = (0..=4000).map(|step| (-4.6 + f64::from(step) * 6.99 / 4000.0).exp_m1());
    let signs: Vec<bool> = rates.map(|rate| npv(rate, flows) > 0.0).collect();
    signs.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

proptest! {
    #[test]
    fn worth_is_additive_where_a_span_is_split(
        from in 1990.0..2060.0_f64,
        length in 0.01..80.0_f64,
        at in 0.0..1.0_f64,
        growth in -0.3..0.5_f64,
        rate in -0.3..0.5_f64,
    ) {
        let middle = from + at * length;
        let worth = |from: f64, to: f64| {
            present_worth(Years { from, length: to - from }, 2025.0, growth, rate)
        };
        let (whole, parts) = (worth(from, from + length), worth(from, middle) + worth(middle, from + length));
        // The years themselves are rounded to 2e-13.
        let rounding = 1e-11 * (whole + worth(from.floor(), from.floor() + 1.0)
            + worth((from + length).floor(), (from + length).floor() + 1.0));
        prop_assert!((whole - parts).abs() <= rounding, "{whole} {parts}");
        prop_assert_eq!(weight_of(0.0, 2025.0, from, length), length);
    }

    #[test]
    fn worth_is_the_sum_over_calendar_years(
        from in 2020.0..2040.0_f64,
        length in 0.0..30.0_f64,
        growth in -0.1..0.1_f64,
        rate in -0.1..0.3_f64,
    ) {
        let span = Years { from, length };
        let sum: f64 = (2000..2100)
            .map(|year| {
                let year = f64::from(year);
                let factor = ((1.0 + growth) / (1.0 + rate)).powf(year - 2025.0);
                span.overlap(Years { from: year, length: 1.0 }) * factor
            })
            .sum();
        prop_assert!((present_worth(span, 2025.0, growth, rate) - sum).abs() <= 1e-11 * (1.0 + sum));
    }

    #[test]
    fn every_rate_of_return_makes_the_worth_zero(
        amounts in prop::collection::vec(-100_i32..100, 2..14),
        half in any::<bool>(),
    ) {
        let time = |year: usize| if half { year as f64 / 2.0 } else { year as f64 };
        let flows: Vec<(f64, f64)> =
            amounts.iter().enumerate().map(|(year, amount)| (time(year), f64::from(*amount))).collect();
        let rates = match irr(&flows) {
            Irr::None => Vec::new(),
            Irr::Unique(rate) => vec![rate],
            Irr::Several(rates) => rates,
        };
        let nonzero: Vec<bool> =
            amounts.iter().filter(|amount| **amount != 0).map(|amount| *amount > 0).collect();
        let changes = nonzero.windows(2).filter(|pair| pair[0] != pair[1]).count();
        prop_assert!(rates.len() <= changes);
        prop_assert!(rates.len() >= crossings(&flows), "{rates:?}");
        prop_assert!(rates.is_sorted());
        for rate in rates {
            prop_assert!(rate > -0.99 && rate <= 10.0 + 1e-12);
            let size: f64 = flows.iter().map(|(time, amount)| (amount * discount_factor(rate, *time)).abs()).sum();
            // The worth changes by at most `time` sizes per unit of ln(1 + r).
            prop_assert!(npv(rate, &flows).abs() <= 1e-13 * size, "{rate}");
        }
    }

    #[test]
    fn rates_that_were_put_in_are_found(
        low in -0.5..1.0_f64,
        apart in 0.01..2.0_f64,
        size in 0.001..1000.0_f64,
    ) {
        let (x, y) = (1.0 + low, 1.0 + low + apart);
        let flows = [(4.0, -size), (5.0, size * (x + y)), (6.0, -size * x * y)];
        let Irr::Several(rates) = irr(&flows) else { return Err(TestCaseError::fail("two rates")) };
        prop_assert_eq!(rates.len(), 2);
        // Conditioned by the distance of the two.
        prop_assert!((rates[0] - low).abs() <= 1e-14 / apart + 1e-12);
        prop_assert!((rates[1] - low - apart).abs() <= 1e-14 / apart + 1e-12);
    }

    #[test]
    fn schedules_write_off_all_but_the_salvage(
        cost in 0.0..1e6_f64,
        share in 0.0..1.0_f64,
        life in 1_u16..60,
        factor in 0.0..4.0_f64,
    ) {
        let schedule = declining_balance(cost, share * cost, life, factor);
        prop_assert_eq!(schedule.len(), usize::from(life));
        prop_assert!(schedule.iter().all(|charge| *charge >= 0.0));
        prop_assert!((schedule.iter().sum::<f64>() - (1.0 - share) * cost).abs() <= 1e-9 * (1.0 + cost));
    }
}
