//! Stockpiles and products in service, against closed forms.

use approx::assert_relative_eq;
use reeflow::{lifetime::Lifetime, years::Years};

use super::*;

const HEAP: &str = r#"
[flowsheet]
title = "A heap"
assumed = "made up"

[period]
2025 = "1 yr"
2026 = "2 yr"
2028 = "1 yr"

[feed.ore]
to = "heap"
supply = { value = "100 t/yr", by-period = { 2026 = "0 t/yr" } }
assay.grade = { CaF2 = "100 %" }

[stockpile.heap]
to = "sales"
opening = "20 t"
stock = { min = "5 t", max = "200 t" }
loss = "10 %"
holding-cost = "1 USD/t"

[product.sales]
price = { value = "10 USD/t", by-period = { 2028 = "50 USD/t" } }
"#;

#[test]
fn a_heap_loses_and_is_drawn_from() {
    let outcome = solve(HEAP);
    // All is kept for the price of 2028; a tenth is lost each year, what comes evenly loses half a year's worth.
    let rate = -(0.9_f64).ln();
    let through = (1.0 - 0.9) / rate;
    let first = 0.9 * 20.0 + 100.0 * through;
    let second = first * 0.81;
    let sold = (0.9 * second - 5.0) / through;
    assert_eq!(course(&outcome, "ore"), [100.0, 0.0, 0.0]);
    assert_relative_eq!(course(&outcome, "sales")[2], sold, max_relative = 1e-9);
    let held = 0.5 * (20.0 + first) + 2.0 * 0.5 * (first + second) + 0.5 * (second + 5.0);
    assert_relative_eq!(outcome.objective.value, 50.0 * sold - held, max_relative = 1e-9);
    let limits = &roadmap(&outcome).limits;
    assert!(limits.iter().any(|limit| limit.path == "stockpile.heap.stock.min"));
}

#[test]
fn a_reserve_is_kept_in_each_period() {
    let kept = solve(&HEAP.replace("min = \"5 t\"", "min = \"80 t\""));
    let free = solve(HEAP);
    assert!(kept.objective.value < free.objective.value);
}

const MOTORS: &str = r#"
[flowsheet]
title = "Motors come back"
assumed = "made up"

[period]
2025 = "1 yr"
2026 = "1 yr"
2027 = "3 yr"
2030 = "1 yr"

[feed.neodymium]
to = "motors"
supply = { exactly = { value = "100 t/yr", by-period = { 2026 = "150 t/yr", 2027 = "80 t/yr" } } }
assay.grade = { Nd = "30 %", Fe = "70 %" }

[product.motors]
price = "10 USD/kg"

[use.road]
of = "motors"
share = "60 %"
collection = { value = "50 %", by-period = { 2030 = "75 %" } }
lifetime.weibull = { scale = "3 yr", shape = 2.2 }
past = { 2022 = "40 t/yr", 2023 = "60 t/yr", 2024 = "90 t/yr" }
assay.grade = { Nd = "28 %", Fe = "72 %" }
to = "scrap"

[product.scrap]
price = "3 USD/kg"
"#;

#[test]
fn motors_come_back_as_the_convolution_says() {
    let outcome = solve(MOTORS);
    let life = Lifetime::Weibull { scale: 3.0, shape: 2.2 };
    let periods =
        [(2025.0, 1.0, 100.0), (2026.0, 1.0, 150.0), (2027.0, 3.0, 80.0), (2030.0, 1.0, 80.0)];
    let past = [(2022.0, 40.0), (2023.0, 60.0), (2024.0, 90.0)];
    for (at, &(from, length, _)) in periods.iter().enumerate() {
        let back = Years { from, length };
        let mut returned = 0.0;
        for &(from, length, sold) in &periods[..=at] {
            returned += 0.6 * sold * length * life.returned(Years { from, length }, back);
        }
        for (from, sold) in past {
            returned += sold * life.returned(Years { from, length: 1.0 }, back);
        }
        let collected = if at == 3 { 0.75 } else { 0.5 };
        let wanted = collected * returned / length;
        assert_relative_eq!(course(&outcome, "road")[at], wanted, max_relative = 1e-10);
        assert_relative_eq!(course(&outcome, "scrap")[at], wanted, max_relative = 1e-10);
    }
    // The same by brute force: a sum over days of sale and days of return.
    let days = 365;
    let mut sum = 0.0;
    for day in 0..days {
        let sold = 2025.0 + (f64::from(day) + 0.5) / f64::from(days);
        sum += life.reached(2027.0 - sold) - life.reached(2026.0 - sold);
    }
    let mean = sum / f64::from(days);
    let sold = Years { from: 2025.0, length: 1.0 };
    let back = Years { from: 2026.0, length: 1.0 };
    assert_relative_eq!(life.returned(sold, back), mean, max_relative = 1e-5);
}

#[test]
fn what_comes_back_can_be_sold_again_in_a_loop() {
    let text = MOTORS
        .replace("[product.scrap]\nprice = \"3 USD/kg\"", "")
        .replace("to = \"scrap\"", "to = \"motors\"");
    let outcome = solve(&text);
    let (fed, sold, back) =
        (course(&outcome, "neodymium"), course(&outcome, "motors"), course(&outcome, "road"));
    for at in 0..4 {
        assert_relative_eq!(sold[at], fed[at] + back[at], max_relative = 1e-12);
    }
    assert!(back[0] > 0.0 && outcome.proof.closure < 1e-9);
}
