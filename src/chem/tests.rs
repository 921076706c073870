use super::*;
use approx::{assert_abs_diff_eq, assert_relative_eq};
use assay::{AssayError, Grade, resolve_assay};
use proptest::prelude::*;

fn formula(text: &str) -> Formula {
    Formula::parse(text).unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

fn element(symbol: &str) -> Element {
    Element::from_symbol(symbol).expect(symbol)
}

fn equation(text: &str) -> Equation {
    Equation::parse(text).unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

fn unbalanced(text: &str) -> Unbalanced {
    equation(text).check().expect_err(text)
}

/// `data/oxide_factors.csv`: oxide, oxide per metal, metal per oxide (five decimals).
const OXIDE_FACTORS: &[(&str, f64, f64)] = &[
    ("La2O3", 1.17277, 0.85268),
    ("CeO2", 1.22837, 0.81409),
    ("Pr6O11", 1.20816, 0.8277),
    ("Nd2O3", 1.16638, 0.85736),
    ("Sm2O3", 1.15961, 0.86236),
    ("Eu2O3", 1.15792, 0.86362),
    ("Gd2O3", 1.15261, 0.86759),
    ("Tb4O7", 1.17617, 0.85022),
    ("Dy2O3", 1.14768, 0.87132),
    ("Ho2O3", 1.14551, 0.87298),
    ("Er2O3", 1.14348, 0.87452),
    ("Tm2O3", 1.14206, 0.87561),
    ("Yb2O3", 1.13868, 0.87821),
    ("Lu2O3", 1.13716, 0.87938),
    ("Y2O3", 1.26993, 0.78744),
];

/// Abridged standard atomic weights 2021 (Prohaska et al. 2022, Pure Appl. Chem. 94(5) 573).
const ABRIDGED: &[(&str, f64)] = &[
    ("H", 1.008),
    ("B", 10.81),
    ("C", 12.011),
    ("N", 14.007),
    ("O", 15.999),
    ("F", 18.998),
    ("Na", 22.99),
    ("Mg", 24.305),
    ("Al", 26.982),
    ("Si", 28.085),
    ("P", 30.974),
    ("S", 32.06),
    ("Cl", 35.45),
    ("K", 39.098),
    ("Ca", 40.078),
    ("Sc", 44.956),
    ("Ti", 47.867),
    ("Fe", 55.845),
    ("Co", 58.933),
    ("Cu", 63.546),
    ("Ga", 69.723),
    ("Y", 88.906),
    ("Zr", 91.224),
    ("Nb", 92.906),
    ("Ba", 137.33),
    ("La", 138.91),
    ("Ce", 140.12),
    ("Pr", 140.91),
    ("Nd", 144.24),
    ("Sm", 150.36),
    ("Eu", 151.96),
    ("Gd", 157.25),
    ("Tb", 158.93),
    ("Dy", 162.5),
    ("Ho", 164.93),
    ("Er", 167.26),
    ("Tm", 168.93),
    ("Yb", 173.05),
    ("Lu", 174.97),
    ("Th", 232.04),
    ("U", 238.03),
];

#[test]
fn atomic_weights_are_the_standard_ones() {
    for (symbol, weight) in ABRIDGED {
        // They are given to five figures.
        assert_relative_eq!(element(symbol).atomic_weight(), weight, max_relative = 5e-5);
    }
}

#[test]
fn oxide_factors_match_the_table() {
    for (oxide, oxide_factor, metal_factor) in OXIDE_FACTORS {
        let formula = formula(oxide);
        let metal = formula.counts()[0].0;
        assert_eq!(usual_oxide(metal).unwrap(), formula);
        assert_abs_diff_eq!(formula.mass_fraction(metal), metal_factor, epsilon = 5e-5);
        assert_abs_diff_eq!(oxide_per_metal(metal).unwrap(), oxide_factor, epsilon = 5e-5);
        assert_relative_eq!(reo_equivalent(&formula), 1.0, max_relative = 1e-14);
    }
    assert_eq!(usual_oxide(element("Sc")).unwrap().to_string(), "Sc2O3");
    assert_eq!(usual_oxide(element("Fe")), None);
}

#[test]
fn reo_equivalent_counts_rare_earths_only() {
    assert_abs_diff_eq!(reo_equivalent(&formula("Nd")), 1.16638, epsilon = 5e-5);
    assert_eq!(reo_equivalent(&formula("Fe2O3")), 0.0);
    // Nd2Fe14B is 26.68 % Nd (2·144.242 / 1081.12), hence 31.12 % REO.
    assert_abs_diff_eq!(reo_equivalent(&formula("Nd2Fe14B")), 0.3112, epsilon = 1e-4);
    let rare = mendeleev::Element::iter().filter(|e| element(e.symbol()).is_rare_earth());
    assert_eq!(rare.count(), 17);
}

/// Prodius et al., by way of a review: 0.5 kg of swarf with 25.5 % rare earths gave 146.7 g of oxides.
#[test]
fn prodius_swarf_yield_is_just_possible() {
    let theoretical = reo_equivalent_of_contents(&[(element("Nd"), 500.0 * 0.255)]);
    assert_abs_diff_eq!(theoretical, 148.7, epsilon = 0.05);
    assert_abs_diff_eq!(146.7 / theoretical, 0.986, epsilon = 5e-4);
}

/// Jin et al. 2018: metals charged per kg of sintered magnet.
#[test]
fn jin_magnet_needs_a_tenth_more_metal() {
    let metals = [0.743, 0.200, 0.051, 0.068, 0.0315, 0.011, 0.002, 0.002];
    let charged: f64 = metals.iter().sum();
    assert_abs_diff_eq!(charged, 1.109, epsilon = 1e-3);
    assert_abs_diff_eq!(1.0 / charged, 0.902, epsilon = 1e-3);
}

/// Published yields above what the feed holds, to be caught by comparing contained oxide with product.
#[test]
fn published_yields_that_cannot_hold() {
    let lushan = 36.8e6 * 0.0161 * 0.60 * 0.798;
    assert_abs_diff_eq!(lushan, 283.7e3, epsilon = 50.0);
    assert!(lushan < 474.3e3);
    let beylikova: f64 = 10e3 / (570e3 * 0.0175);
    assert_abs_diff_eq!(beylikova, 1.003, epsilon = 5e-4);
}

#[test]
fn formulas_are_read() {
    for (text, canonical, mass) in [
        ("Nd2O3", "Nd2O3", 336.481),
        ("Nd₂O₃", "Nd2O3", 336.481),
        ("CeO1.5", "CeO1.5", 164.1145),
        ("(Nd0.75Pr0.25)2Fe14B", "(Nd0.75Pr0.25)2Fe14B", 1079.457),
        ("Cu3(BO3)2", "Cu3(BO3)2", 308.252),
        ("CeCl3·7H2O", "CeCl3·7H2O", 372.571),
        ("CeCl3.7H2O", "CeCl3·7H2O", 372.571),
        ("CeCl3*7H2O", "CeCl3·7H2O", 372.571),
        ("Nd2(C2O4)3.10H2O", "Nd2(C2O4)3·10H2O", 732.685),
        ("Nd2(C2O4)3 * 10H2O", "Nd2(C2O4)3·10H2O", 732.685),
        ("CaSO4.0.5H2O", "CaSO4·0.5H2O", 145.1415),
        ("(NH4)3[Fe(C2O4)3]", "(NH4)3[Fe(C2O4)3]", 374.016),
        ("CO", "CO", 28.01),
        ("Co", "Co", 58.933),
    ] {
        let formula = formula(text);
        assert_eq!(formula.to_string(), canonical);
        assert_relative_eq!(formula.molar_mass(), mass, max_relative = 1e-5);
        let sum: f64 = formula.mass_fractions().iter().map(|(_, fraction)| fraction).sum();
        assert_relative_eq!(sum, 1.0, max_relative = 1e-14);
    }
}

#[test]
fn formula_mistakes_are_named_with_their_place() {
    for (text, at, help) in [
        ("ND2O3", "D", "`Nd`"),
        ("FE2O3", "E", "`Fe`"),
        ("nd2O3", "n", "`Nd`"),
        ("gangue", "g", "lump"),
        ("REO", "R", "lump"),
        ("LA2O3", "L", "`La`"),
        ("Nd2(C2O4", "(", ""),
        ("Nd2C2O4)3", ")", ""),
        ("Nd(]3", "]", ""),
        ("Nd()3", "()", ""),
        ("Nd0", "0", "out"),
        ("Nd3+", "+", "neutral"),
        ("NdCl3(aq)", "(aq)", "states"),
        ("2Nd", "2", "equation"),
        ("Nd2 O3", " ", "spaces"),
        ("CeCl3·", "", ""),
        ("Nd99999999", "99999999", ""),
    ] {
        let error = Formula::parse(text).expect_err(text);
        assert_eq!(&text[error.range.clone()], at, "{text}: {error}");
        assert!(error.help.as_deref().unwrap_or_default().contains(help), "{text}: {error}");
    }
    assert!(Formula::parse(&"(".repeat(10_000)).is_err());
    assert!(Formula::parse(&format!("{}Nd{}", "(".repeat(30), ")1000000".repeat(30))).is_ok());
    assert!(Formula::parse("").is_err());
}

#[test]
fn reactions_that_balance_pass() {
    for text in [
        "2 Nd2O3 + 3 C -> 4 Nd + 3 CO2",
        "2Nd2O3+3C=4Nd+3CO2",
        "Nd2O3 + 6 HCl → 2 NdCl3 + 3 H2O",
        "2 Dy2O3 + 3 C => 4 Dy + 3 CO2",
        "Nd2(C2O4)3 -> Nd2O3 + 3 CO + 3 CO2",
        "6 Pr2O3 + 2 O2 -> 2 Pr6O11",
        // Acid-free dissolution of magnets, Chowdhury 2021.
        "2 Nd2Fe14B + 34 Cu(NO3)2 + 10.5 O2 -> 4 Nd(NO3)3 + 28 Fe(NO3)2 + Cu3(BO3)2 + 15 Cu2O + Cu",
        "H2 + 1/2 O2 -> H2O",
        "CeO2 -> CeO1.5 + 0.25 O2",
        "Nd2(C2O4)3.10H2O -> Nd2(C2O4)3 + 10 H2O",
    ] {
        let equation = equation(text);
        equation.check().unwrap_or_else(|error| panic!("`{text}`: {error}"));
        let mass: f64 =
            equation.signed_terms().map(|(sign, term)| sign.signum() * term.mass()).sum();
        assert_abs_diff_eq!(mass, 0.0, epsilon = 1e-9);
    }
}

#[test]
fn surplus_is_named_with_its_element() {
    let error = unbalanced("Nd2O3 + 3 C -> 2 Nd + 3 CO2");
    assert_eq!(error.to_string(), "O: 3 on the left, 6 on the right (+3)");
    assert_eq!(error.help.unwrap(), "balances as `2 Nd2O3 + 3 C -> 4 Nd + 3 CO2`");
}

/// The redissolution of iron hydroxide by oxalic acid as coded in `PrOMMiS` (`cmi_process_precipitation_rxn_prop_pack`,
/// reaction R1, ions without charges): it takes one hydroxide where charge and atoms need three.
#[test]
fn iron_hydroxide_redissolution_as_coded_makes_water() {
    let error = unbalanced("Fe(OH)3 + 3 H2C2O4 + OH -> Fe + 3 C2O4 + 6 H2O");
    assert_eq!(error.elements.len(), 2);
    // Of the 14 Fe(II) of a mole of Nd2Fe14B, 8/12 become Fe(III) and reach this step (reaction R2 of the dissolution).
    let per_magnet = 14.0 * 8.0 / 12.0;
    for balance in error.elements {
        assert!(["O", "H"].contains(&balance.element.symbol()));
        assert_abs_diff_eq!(balance.surplus() * per_magnet, 18.67, epsilon = 5e-3);
    }
    equation("Fe(OH)3 + 3 H2C2O4 + 3 OH -> Fe + 3 C2O4 + 6 H2O").check().unwrap();
}

#[test]
fn coefficients_are_suggested_only_where_one_answer_exists() {
    let help = |text: &str| unbalanced(text).help;
    assert_eq!(help("Pr2O3 + O2 -> Pr6O11").unwrap(), "balances as `3 Pr2O3 + O2 -> Pr6O11`");
    assert_eq!(
        help("Nd2Fe14B + Cu(NO3)2 + O2 -> Nd(NO3)3 + Fe(NO3)2 + Cu3(BO3)2 + Cu2O").unwrap(),
        "balances as `8 Nd2Fe14B + 136 Cu(NO3)2 + 43 O2 -> 16 Nd(NO3)3 + 112 Fe(NO3)2 + 4 Cu3(BO3)2 + 62 Cu2O`"
    );
    assert!(help("Nd2O3 -> Nd + CO2").unwrap().contains("missing"));
    assert!(help("Nd2O3 -> 2 Nd + O2 + NdO").is_none());
}

#[test]
fn equation_mistakes_are_named_with_their_place() {
    for (text, at) in [
        ("Nd2O3 + 3 C", "Nd2O3 + 3 C"),
        ("Nd2O3 -> Nd -> O2", "->"),
        ("Nd2O3 <-> Nd + O2", "<->"),
        ("Nd2O3 + -> Nd", " "),
        ("2 -> Nd", "2"),
        ("0 Nd -> Nd", "0"),
        ("1/0 Nd -> Nd", "1/0"),
        ("Nd2O3 -> 2 Xx + O2", "Xx"),
        ("-> Nd", ""),
    ] {
        let error = Equation::parse(text).expect_err(text);
        assert_eq!(&text[error.range.clone()], at, "{text}: {error}");
    }
}

#[test]
fn parts_that_sum_to_one_or_a_hundred_up_to_rounding_need_no_factor() {
    for parts in [&[0.1, 0.2, 0.7][..], &[1.0], &[33.3, 33.3, 33.4], &[0.07 * 100.0, 93.0]] {
        assert_eq!(normalising_factor(parts.iter().sum(), parts.len()), None);
    }
    let factor = |sum: f64| normalising_factor(sum, 10).expect("it does not sum");
    assert_relative_eq!(factor(99.99), 100.0 / 99.99);
    assert_relative_eq!(factor(1.0 + 1e-9), 1.0 / (1.0 + 1e-9));
    assert_relative_eq!(factor(2.0), 0.5);
    assert_relative_eq!(factor(10_000.0), 0.01);
}

#[test]
fn assay_normalises_splits_and_leaves_the_rest() {
    let split = [
        ("La2O3", 39.7),
        ("CeO2", 48.41),
        ("Pr6O11", 3.46),
        ("Nd2O3", 7.69),
        ("Sm2O3", 0.5),
        ("Y2O3", 0.23),
    ];
    let grades = [
        Grade { fraction: 0.0175, split: &split },
        Grade { fraction: 0.002, split: &[("ThO2", 1.0)] },
    ];
    let assay = resolve_assay(&grades, true).unwrap();
    assert_abs_diff_eq!(assay.split_sums[0], 99.99, epsilon = 1e-12);
    assert_relative_eq!(assay.rest, 0.9805, max_relative = 1e-14);
    assert_relative_eq!(assay.fractions[3].1, 0.0175 * 7.69 / 99.99, max_relative = 1e-14);
    let sum: f64 = assay.fractions.iter().map(|(_, fraction)| fraction).sum::<f64>() + assay.rest;
    assert_relative_eq!(sum, 1.0, max_relative = 1e-14);
}

#[test]
fn assays_that_cannot_be_are_refused() {
    let one = |fraction| [Grade { fraction, split: &[("Nd", 1.0)] }];
    assert_eq!(resolve_assay(&one(1.2), true), Err(AssayError::GradeOutOfRange { grade: 0 }));
    assert_eq!(resolve_assay(&one(f64::NAN), true), Err(AssayError::GradeOutOfRange { grade: 0 }));
    assert_eq!(resolve_assay(&one(0.9), false), Err(AssayError::BelowOne { sum: 0.9 }));
    assert_eq!(resolve_assay(&one(1.0 + 1e-10), false).unwrap().rest, 0.0);
    let two = [
        Grade { fraction: 0.75, split: &[("Nd", 1.0)] },
        Grade { fraction: 0.5, split: &[("Fe", 1.0)] },
    ];
    assert_eq!(
        resolve_assay(&two, true).unwrap_err().to_string(),
        "grades sum to 125 %, above 100 %"
    );
    let twice = [
        Grade { fraction: 0.1, split: &[("Nd", 1.0)] },
        Grade { fraction: 0.1, split: &[("Pr", 1.0), ("Nd", 1.0)] },
    ];
    assert_eq!(
        resolve_assay(&twice, true),
        Err(AssayError::SpeciesTwice { first: (0, 0), second: (1, 1) })
    );
    assert_eq!(
        resolve_assay(&[Grade { fraction: 0.1, split: &[("Nd", -1.0)] }], true),
        Err(AssayError::PartOutOfRange { grade: 0, member: 0 })
    );
    assert_eq!(
        resolve_assay(&[Grade { fraction: 0.1, split: &[("Nd", 0.0)] }], true),
        Err(AssayError::EmptySplit { grade: 0 })
    );
}

proptest! {
    #[test]
    fn any_text_is_a_formula_or_refused(text in any::<String>()) {
        if let Err(error) = Formula::parse(&text) {
            prop_assert!(text.get(error.range.clone()).is_some(), "{error:?}");
        }
    }

    #[test]
    fn almost_equations_are_read_or_refused(text in "[NdFeOHC0-9.()·*₂ ]{0,12}( ?\\+ ?[NdOHC0-9/.]{0,6}){0,2} ?(->|=|→)? ?[NdFeOHC0-9.()·*₂ ]{0,12}") {
        match Equation::parse(&text) {
            Ok(equation) => drop(equation.check()),
            Err(error) => prop_assert!(text.get(error.range.clone()).is_some(), "{error:?}"),
        }
    }

    #[test]
    fn a_canonical_formula_reads_as_itself(text in "([A-Z][a-z]?[0-9]{0,2}|\\([A-Z][a-z]?[1-9]\\)[2-9]|·[1-9]?H2O){1,4}") {
        if let Ok(formula) = Formula::parse(&text) {
            let again = Formula::parse(&formula.to_string()).unwrap();
            prop_assert_eq!(again, formula);
        }
    }
}
