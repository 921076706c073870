use proptest::prelude::*;

use super::{Shape, Size, generate};

fn operations(text: &str) -> usize {
    let kinds = ["feed", "separator", "splitter", "stockpile", "product", "waste"];
    text.lines()
        .filter(|line| {
            line.strip_prefix('[')
                .and_then(|rest| rest.split_once('.'))
                .is_some_and(|(kind, _)| kinds.contains(&kind))
        })
        .count()
}

#[test]
fn every_size_has_the_operations_of_its_shape() {
    for size in Size::ALL {
        let shape = size.shape(3);
        let text = generate(&shape).expect("a preset is fit");
        assert_eq!(operations(&text), shape.operations, "{}", size.name());
        let periods = text.lines().filter(|line| line.ends_with("= \"1 yr\"")).count();
        assert_eq!(periods, shape.periods, "{}", size.name());
        let products = text.lines().filter(|line| line.starts_with("[product.")).count();
        assert_eq!(products, shape.products, "{}", size.name());
    }
}

#[test]
fn the_seed_alone_makes_the_difference() {
    let of = |seed| generate(&Size::Medium.shape(seed)).expect("a preset is fit");
    assert_eq!(of(7), of(7));
    assert_ne!(of(7), of(8));
}

#[test]
fn the_text_of_a_seed_never_changes() {
    // A benchmark is comparable with those of other versions only while this holds.
    let text = generate(&Size::Small.shape(7)).expect("a preset is fit");
    let sum = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    assert_eq!(format!("{sum:016x}"), "49be2487a52e2e17");
}

#[test]
fn shapes_that_cannot_be_made_are_refused() {
    let fit = Size::Small.shape(1);
    for (shape, word) in [
        (Shape { operations: 5, ..fit }, "operations"),
        (Shape { species: 2, ..fit }, "species"),
        (Shape { products: 0, ..fit }, "products"),
        (Shape { periods: 0, ..fit }, "periods"),
        (Shape { recycles: 1.5, ..fit }, "recycles"),
        (Shape { free_splits: f64::NAN, ..fit }, "free splits"),
        (Shape { stockpiles: -0.1, ..fit }, "stockpiles"),
    ] {
        let unfit = generate(&shape).expect_err("it is unfit").to_string();
        assert!(unfit.contains(word), "{unfit}");
    }
    assert!(generate(&Shape { operations: fit.least_operations(), ..fit }).is_ok());
}

proptest! {
    #[test]
    fn any_fit_shape_has_as_many_operations_as_asked(
        beside in 0_usize..150,
        species in 3_usize..40,
        periods in 1_usize..4,
        products in 1_usize..30,
        recycles in 0.0..=1.0_f64,
        free_splits in 0.0..=1.0_f64,
        stockpiles in 0.0..=1.0_f64,
        seed: u64,
    ) {
        let shape = Shape {
            operations: 0, species, periods, products, recycles, free_splits, stockpiles, seed,
        };
        let shape = Shape { operations: shape.least_operations() + beside, ..shape };
        prop_assert_eq!(operations(&generate(&shape).expect("it is fit")), shape.operations);
    }
}
