//! Properties of random flowsheets.

use proptest::prelude::*;
use reeflow::{analysis::analyse, lp::Options, model::Form};

use super::{
    apart, check,
    generate::{Style, generate},
    lower,
};

/// The objective of a text, after all that must hold at any optimum is checked.
fn objective(text: &str) -> Result<f64, TestCaseError> {
    let flowsheet = lower("generated.toml", text.as_bytes(), &[])
        .map_err(|found| TestCaseError::fail(format!("{found}\n{text}")))?;
    let checked = std::panic::catch_unwind(|| check(&flowsheet).0);
    checked.map_err(|_| TestCaseError::fail(text.to_owned()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    #[test]
    fn random_flowsheets_are_computed_twice_alike_however_they_are_written(
        seed in any::<u64>(),
        size in 1_usize..9,
        factor in 0.01_f64..100.0,
    ) {
        let write = |style| generate(seed, size, style);
        let plain = write(Style::PLAIN);
        let profit = objective(&plain)?;
        // A profit of nothing is compared with one of a millionth of a dollar.
        let same = |found: f64, expected: f64| apart(found, expected, 1e-6) <= 1e-9;

        let scaled = objective(&write(Style { money: factor, ..Style::PLAIN }))?;
        prop_assert!(same(scaled, profit * factor), "× {factor}: {profit}, {scaled}\n{plain}");
        let kilotonnes = objective(&write(Style { kilotonnes: true, ..Style::PLAIN }))?;
        prop_assert!(same(kilotonnes, profit), "kt: {profit}, {kilotonnes}\n{plain}");
        let reversed = objective(&write(Style { reversed: true, ..Style::PLAIN }))?;
        prop_assert!(same(reversed, profit), "reversed: {profit}, {reversed}\n{plain}");
    }
}

/// The generator is of no use if its flowsheets do nothing.
#[test]
fn most_random_flowsheets_earn_something() {
    let cases = 40;
    let earning = (0..cases).filter(|&seed| {
        let text =
            generate(seed * 7919, 1 + usize::try_from(seed % 8).expect("small"), Style::PLAIN);
        objective(&text).expect("sound") > 1.0
    });
    let earning = earning.count();
    assert!(earning * 2 > usize::try_from(cases).expect("small"), "{earning} of {cases}");
}

/// The same flowsheet with a ratio as its objective, that must sell a share of what it would best sell.
fn with_ratio(text: &str, sales: f64) -> String {
    let objective = r#"objective = { maximise = "value(products) / cost(all)" }"#;
    let goal = format!(
        "\n[goal.sales]\nmeasure = \"value(products)\"\nat-least = \"{sales} USD/yr\"\nenforce = true\n"
    );
    text.replacen("[flowsheet]\n", &format!("[flowsheet]\n{objective}\n"), 1) + &goal
}

#[test]
fn ratios_of_random_flowsheets_are_the_same_condensed_and_whole_and_better_than_those_of_profit() {
    let mut better = 0;
    for seed in 0..40_u64 {
        let text = generate(seed * 104_729, 6, Style::PLAIN);
        let flowsheet = lower("generated.toml", text.as_bytes(), &[]).expect("sound");
        let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("solved");
        let account = |name: &str| {
            plan.outcome.account.iter().find(|line| line.name == name).expect("a line").value
        };
        let (sales, profit) = (account("revenue"), account("profit"));
        if sales <= 1.0 || profit >= sales {
            continue;
        }
        let ratio = objective(&with_ratio(&text, 0.6 * sales)).expect("sound");
        let of_profit = sales / (sales - profit);
        assert!(ratio >= of_profit * (1.0 - 1e-9), "{ratio} {of_profit}\n{text}");
        better += usize::from(ratio > of_profit * (1.0 + 1e-6));
    }
    assert!(better >= 10, "{better}");
}

#[test]
fn shadow_prices_of_ratios_of_random_flowsheets_are_derivatives() {
    let mut sum = (0, 0);
    for seed in 0..24_u64 {
        let text = generate(seed * 15_485_863, 6, Style::PLAIN);
        let flowsheet = lower("generated.toml", text.as_bytes(), &[]).expect("sound");
        let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("solved");
        let sales = plan.outcome.account.iter().find(|line| line.name == "revenue");
        let sales = sales.expect("a line").value;
        if sales <= 1.0 {
            continue;
        }
        let text = with_ratio(&text, 0.6 * sales);
        let flowsheet = lower("generated.toml", text.as_bytes(), &[]).expect("sound");
        let (regular, degenerate) = super::duals::compared(&flowsheet);
        sum = (sum.0 + regular, sum.1 + degenerate);
    }
    assert!(sum.0 >= 40 && sum.1 * 3 <= sum.0, "{sum:?}");
}
