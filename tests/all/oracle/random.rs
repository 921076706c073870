//! Properties of random flowsheets.

use proptest::prelude::*;

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
