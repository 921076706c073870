//! One test per mended fault that an oracle found, named for what went wrong.

use super::{apart, check, lower, of_text};

const HEAD: &str = "[flowsheet]\ntitle = 't'\ncurrency = 'USD'\nassumed = 'made up to test'\n\
                    [species.gangue]\n";

/// 100 t/yr `CaF2` and as much Fe as makes 20 % of the mixture: 25 t/yr. 125 × 10 − 25 × 2 − 100 × 1 = 1,100 USD/yr.
#[test]
fn a_blender_of_open_recipe_bought_by_the_driver_of_another_operation() {
    let flowsheet = of_text(&format!(
        "{HEAD}[feed.ore]\nto = 'mix'\nsupply = '100 t/yr'\ncost = '1 USD/t'\nassay.grade = {{ CaF2 = '100 %' }}\n\
         [blender.mix]\nto = 'sales'\nrecipe = {{ CaF2 = {{ min = '80 %' }} }}\n\
         buy = {{ Fe = {{ price = '2 USD/t' }} }}\n\
         [product.sales]\nprice = '10 USD/t'\n"
    ));
    let (objective, _) = check(&flowsheet);
    assert!(apart(objective, 1100.0, 0.0) <= 1e-12, "{objective}");
}

/// Each outlet carried the whole supply.
#[test]
fn a_feed_of_two_outlets_supplied_twice() {
    let found = lower(
        "test.toml",
        format!(
            "{HEAD}[feed.ore]\nto = {{ a = 'one', b = 'other' }}\nsupply = '100 t/yr'\n\
             assay.grade = {{ CaF2 = '100 %' }}\n\
             [product.one]\nprice = '1 USD/t'\n[product.other]\nprice = '1 USD/t'\n"
        )
        .as_bytes(),
        &[],
    );
    assert!(found.expect_err("refused").contains("[several-outlets]: feed `ore`"));
}

/// The recipe is complete, but what comes for `NdPr` varies. The gangue of `other` fits no entry, so nothing of it can
/// be taken: 30 t/yr of `one` make 100 t/yr: 100 × 10 − 70 × 1 = 930 USD/yr.
#[test]
fn a_blender_of_varying_composition_let_vanish_what_its_recipe_does_not_name() {
    let flowsheet = of_text(&format!(
        "{HEAD}[group]\nNdPr = ['Nd', 'Pr']\n\
         [feed.one]\nto = 'mix'\nsupply = '30 t/yr'\nassay.grade = {{ Nd = '80 %', Pr = '20 %' }}\n\
         [feed.other]\nto = 'mix'\nsupply = '30 t/yr'\n\
         assay = {{ grade = {{ Nd = '40 %', Pr = '50 %' }}, rest = 'gangue' }}\n\
         [blender.mix]\nto = 'sales'\nrecipe = {{ NdPr = '30 %', Fe = '70 %' }}\n\
         buy = {{ Fe = {{ price = '1 USD/t' }} }}\n\
         [product.sales]\nprice = '10 USD/t'\n"
    ));
    let (objective, _) = check(&flowsheet);
    assert!(apart(objective, 930.0, 0.0) <= 1e-12, "{objective}");
}

/// What reaches the second blender from `poor` holds exactly the least grade of its recipe, so that its coefficient in
/// the row is the rounding of a difference: 8.2 % of (1 − 8.2 %). Poor ore alone: 570.6 × (10 − 1) USD/yr.
#[test]
fn a_grade_that_just_meets_its_limit_was_refused_for_a_coefficient_of_rounding() {
    let flowsheet = of_text(&format!(
        "{HEAD}[feed.rich]\nto = 'first'\nsupply = '745.8 t/yr'\ncost = '20 USD/t'\n\
         assay = {{ grade = {{ CaF2 = '16.8 %', BaSO4 = '29.3 %' }}, rest = 'gangue' }}\n\
         [feed.poor]\nto = 'first'\nsupply = '570.6 t/yr'\ncost = '1 USD/t'\n\
         assay = {{ grade = {{ CaF2 = '8.2 %', BaSO4 = '30 %' }}, rest = 'gangue' }}\n\
         [blender.first]\nto = 'second'\nrecipe = {{ CaF2 = {{ min = '1.8 %' }} }}\n\
         [blender.second]\nto = 'sales'\nrecipe = {{ CaF2 = {{ min = '8.2 %', max = '60 %' }} }}\n\
         [product.sales]\nprice = '10 USD/t'\n"
    ));
    let (objective, _) = check(&flowsheet);
    assert!(apart(objective, 570.6 * 9.0, 0.0) <= 1e-12, "{objective}");
}

/// 570,000 × 10⁻⁵ × 0.1 % × 0.1 % = 5.7 g/yr `ThO2` reach the vault, which takes 2.85: half of the ore can be
/// taken. A tonne of it makes 0.999 × (0.168 × 0.9 + 0.832 × 0.001) t to be sold.
#[test]
fn a_trace_under_a_limit_was_refused_for_its_small_coefficient() {
    let flowsheet = of_text(&format!(
        "{HEAD}[feed.ore]\nto = 'a'\nsupply = '570 kt/yr'\ncost = '1 USD/t'\n\
         assay = {{ grade = {{ CaF2 = '16.8 %', ThO2 = '10 ppm' }}, rest = 'gangue' }}\n\
         [separator.a]\nto = {{ x = 'b', y = 'dam' }}\nrecovery.x = {{ CaF2 = '90 %', default = '0.1 %' }}\n\
         [separator.b]\nto = {{ x = 'vault', y = 'sales' }}\nrecovery.x = {{ CaF2 = '0.1 %', default = '0.1 %' }}\n\
         [waste.dam]\n[waste.vault]\nlimit.ThO2 = '2.85 g/yr'\n\
         [product.sales]\nprice = '10 USD/t'\n"
    ));
    let (objective, _) = check(&flowsheet);
    let expected = 285e3 * (10.0 * 0.999 * (0.168 * 0.9 + 0.832 * 0.001) - 1.0);
    assert!(apart(objective, expected, 0.0) <= 1e-12, "{objective}");
}
