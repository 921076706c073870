//! No free separation: a free split of a pool would send each species where it is paid.

use reeflow::{diagnostic::Code, model::Model};

use super::{apart, check, of_text};

const SPLIT: &str = r#"
[flowsheet]
title = "A pool"
currency = "USD"
assumed = "made up to test"

[splitter.parts]
to = { fluorite = "fluorite", barite = "barite" }

[product.fluorite]
price = "10 USD/t CaF2"
demand = "50 t/yr"

[product.barite]
price = "12 USD/t BaSO4"
"#;

#[test]
fn a_free_split_of_a_mixture_is_refused() {
    let flowsheet = of_text(&format!(
        "{SPLIT}\n\
         [feed.one]\nto = 'parts'\nsupply = '50 t/yr'\nassay.grade = {{ CaF2 = '80 %', BaSO4 = '20 %' }}\n\
         [feed.other]\nto = 'parts'\nsupply = '50 t/yr'\nassay.grade = {{ CaF2 = '40 %', BaSO4 = '60 %' }}\n"
    ));
    let found = Model::assemble(&flowsheet, &flowsheet.values()).expect_err("a pool");
    let codes: Vec<Code> = found.iter().map(|item| item.code).collect();
    assert_eq!(codes, [Code::PooledSplit]);
    let message = &found.iter().next().expect("one").message;
    for name in ["`parts`", "`one`", "`other`"] {
        assert!(message.contains(name), "{message}");
    }
}

/// 100 t/yr of 60 % `CaF2` and 40 % `BaSO4`. A tonne sold as fluorite earns 6, as barite 4.80; 50 t/yr can be sold as
/// fluorite: 50 × 6 + 50 × 4.80 = 540 USD/yr. Species apart would earn 50 × 10 + 40 × 12 = 980.
#[test]
fn a_free_split_of_one_feed_shares_its_composition() {
    let flowsheet = of_text(&format!(
        "{SPLIT}\n\
         [feed.one]\nto = 'parts'\nsupply = '100 t/yr'\nassay.grade = {{ CaF2 = '60 %', BaSO4 = '40 %' }}\n"
    ));
    let (objective, _) = check(&flowsheet);
    assert!(apart(objective, 540.0, 0.0) <= 1e-12, "{objective}");
}

/// Two feeds of one composition are no pool: 50 × 6 + 50 × 4.80 again.
#[test]
fn feeds_of_one_composition_may_be_split_freely() {
    let flowsheet = of_text(&format!(
        "{SPLIT}\n\
         [feed.one]\nto = 'parts'\nsupply = '30 t/yr'\nassay.grade = {{ CaF2 = '60 %', BaSO4 = '40 %' }}\n\
         [feed.other]\nto = 'parts'\nsupply = '70 t/yr'\nassay.grade = {{ CaF2 = '60 %', BaSO4 = '40 %' }}\n"
    ));
    let (objective, _) = check(&flowsheet);
    assert!(apart(objective, 540.0, 0.0) <= 1e-12, "{objective}");
}
