//! `reeflow sx`, against identities that hold for any plant.

use approx::assert_relative_eq;
use serde_json::Value;

use crate::command_line::{Ran, run};

/// Three products of one extractant, two cascades.
const REFINERY: &str = r#"
price      = { La2O3 = "1 USD/kg", Pr6O11 = "74 USD/kg", Nd2O3 = "73 USD/kg" }

[flowsheet]
title   = "a refinery"
assumed = "a test"

[consumable]
lye = { price = "350 USD/t" }
hcl = { price = "250 USD/t" }

[extractant.acid]
concentration     = "1.5 mol/L"
saponification    = "36 %"
separation-factor = { "Pr/La" = 5, "Nd/Pr" = 2 }

[feed.liquor]
to     = "refinery"
supply = { max = "1 kt/yr" }
cost   = "1 USD/kg"
assay  = { grade = { La2O3 = "50 %", Pr6O11 = "15 %", Nd2O3 = "35 %" } }

[cascade.refinery]
to           = { light = "lanthanum", middle = "praseodymium", heavy = "neodymium" }
extractants  = ["acid"]
volume       = "2000 m3"
availability = "80 %"
product      = { light = { of = "La2O3", purity = "99 %" }, middle = { of = "Pr6O11", purity = "98 %" }, heavy = { of = "Nd2O3", purity = "99 %", recovery = "98 %" } }
circuit      = { feed-concentration = "1.2 mol/L", scrub-acid = "4 mol/L", strip-acid = "3 mol/L", base = "10 mol/L", mixing = "5 min", settling = "15 min", strip-stages = 4, free-acid = "0.06 mol/L" }
reagents     = { base = { consumable = "lye", formula = "NaOH" }, acid = { consumable = "hcl", formula = "HCl" }, salt = "NaCl" }
unit-cost    = { tanks = "20 kUSD/m3", organic = "5 kUSD/m3", capital-charge = "15 %/yr" }
capital      = { coefficient = "14300 USD", exponent = 0.5, installation = 2 }

[product]
lanthanum    = { price = "market" }
praseodymium = { price = "market" }
neodymium    = { price = "market" }
"#;

/// Runs the tool on a text.
fn sx(text: &str, more: &[&str]) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("refinery.toml");
    std::fs::write(&file, text).expect("written");
    let mut arguments = vec!["sx", file.to_str().expect("UTF-8")];
    arguments.extend(more);
    run(&arguments)
}

fn answer(text: &str, more: &[&str]) -> Value {
    let ran = sx(text, &[&["--format", "json"], more].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let answer: Value = serde_json::from_str(&ran.out).expect("JSON");
    let schema = std::fs::read_to_string("schemas/sx.schema.json").expect("committed");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(&answer).map(|it| it.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    answer["sx"]["plants"][0].clone()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

fn rows(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn near(found: f64, expected: f64) {
    assert_relative_eq!(found, expected, max_relative = 1e-9);
}

const SECTIONS: [&str; 5] = ["extraction", "scrub", "strip", "washing", "saponification"];

#[test]
fn sums_and_identities_hold() {
    let plant = answer(REFINERY, &["--no-sensitivity"]);
    assert!(plant["sensitivity"].is_null());
    let (feed, totals, cascades) = (&plant["feed"], &plant["totals"], rows(&plant["cascades"]));
    near(number(&feed["rate"]), 1000.0);
    near(number(&feed["hours"]), 0.8 * 8760.0);
    let moles = number(&feed["moles"]);
    // Oxides per mol of metal; atomic weights to the digits that suffice.
    let parts = [(500.0, 162.905), (150.0, 170.239), (350.0, 168.24)];
    let expected: f64 = parts.iter().map(|(tonnes, mass)| tonnes * 1e6 / mass).sum();
    assert_relative_eq!(moles * 60.0 * 0.8 * 8760.0, expected, max_relative = 1e-4);
    assert_eq!(cascades.len(), 2);
    let (mut volume, mut organic, mut tanks, mut extraction) = (0.0, 0.0, 0.0, 0.0);
    let (mut held, mut capital) = (0.0, 0.0);
    for it in cascades {
        let of = |key: &str| number(&it[key]);
        let (s, w, own) = (of("extraction"), of("washing"), of("moles"));
        let (n, m) = (number(&it["tanks"]["extraction"]), number(&it["tanks"]["scrub"]));
        let (into, out) = match it["phase"].as_str() {
            Some("aqueous") => (1.0, 0.0),
            _ => (0.0, 1.0),
        };
        assert_eq!(of("feed-stage"), of("extraction-stages") + out);
        near(of("extraction-ratio"), s / (w + into));
        near(of("scrub-ratio"), (s + out) / w);
        near(of("margin"), s / of("minimum"));
        assert!(of("margin") > 1.0);
        near(of("inventory"), s * (of("extraction-stages") + of("scrub-stages")));
        let organic_flow = number(&it["flows"]["organic"]);
        near(organic_flow, s * own / 0.18 * 0.06);
        near(number(&it["flows"]["base"]), 3.0 * s * own / 10.0 * 0.06);
        near(number(&it["flows"]["scrub"]), 3.0 * w * own / 4.0 * 0.06);
        for leak in ["light-leak", "heavy-leak"] {
            assert!(number(&it[leak]["achieved"]) <= number(&it[leak]["allowed"]) * (1.0 + 1e-9));
        }
        let sections = SECTIONS.map(|section| {
            let (count, one) = (&it["tanks"][section], &it["tank-volumes"][section]);
            (number(count), number(one))
        });
        near(of("volume"), sections.iter().map(|(count, one)| count * one).sum());
        volume += of("volume");
        organic += of("organic-held");
        tanks += sections.iter().map(|(count, _)| count).sum::<f64>();
        extraction += s * own / moles;
        let money = sections.iter().map(|(count, one)| count * 14_300.0 * one.sqrt() * 2.0);
        capital += money.sum::<f64>();
        // F τ [S (n + m) + (W + 1) n + W m] of an aqueous feed, as the note has it.
        let phases = s * n + (s + out) * m + (w + into) * n + w * m;
        let inventory = of("feed") / (0.8 * 525_600.0) * 20.0 * phases;
        near(of("held-in-organic") + of("held-in-aqueous"), inventory);
        held += own / moles * 20.0 * phases;
    }
    near(number(&totals["volume"]), volume);
    near(number(&totals["organic-held"]), organic);
    near(number(&totals["tanks"]), tanks);
    near(number(&totals["extraction"]), extraction);
    near(number(&totals["capital"]), capital);
    near(number(&totals["days-held"]), held / 1440.0);
    near(number(&totals["fill"]["organic"]), 5000.0 * organic);
    // 3 ΣS, and 0.06 of acid in 1.2 mol of metals; 40 g/mol of base leave 58.44 of salt.
    let reagents = &totals["reagents"];
    let base = 3.0 * extraction + 0.05;
    near(number(&reagents["base-moles"]), base);
    let per_tonne = moles * 60.0 * 0.8 * 8760.0 / 1e9;
    let told = number(&reagents["base"]["per-tonne"]);
    assert_relative_eq!(told, base * 39.997 * per_tonne, max_relative = 1e-4);
    let salt = number(&reagents["salt"]["per-tonne"]);
    assert_relative_eq!(salt / told, 58.443 / 39.997, max_relative = 1e-4);
    let bound = &totals["linked"];
    near(number(&bound["ratio"]), extraction / number(&bound["extraction"]));
    assert!(number(&bound["ratio"]) > 1.0);
    let products = rows(&plant["products"]);
    near(products.iter().map(|it| number(&it["rate"])).sum(), 1000.0);
    for it in products {
        assert!(number(&it["purity"]) >= number(&it["purity-asked"]) * (1.0 - 1e-9));
        assert!(number(&it["reserve"]) >= -1e-6);
    }
    assert!(number(&products[2]["recovery"]) >= 0.98);
}

#[test]
fn a_rate_that_is_given_scales_the_plant() {
    let [plan, given] = [&[][..], &["--feed", "3 kt/yr"]]
        .map(|more| answer(REFINERY, &[more, &["--no-sensitivity"]].concat()));
    for key in ["volume", "organic-held", "held-in-organic"] {
        near(number(&given["totals"][key]), 3.0 * number(&plan["totals"][key]));
    }
    assert_eq!(given["feed"]["from"], "given");
    assert_eq!(given["totals"]["reagents"], plan["totals"]["reagents"]);
    assert_eq!(given["totals"]["days-held"], plan["totals"]["days-held"]);
}

#[test]
fn smaller_separation_factors_ask_for_a_larger_plant_and_spoil_this_one() {
    let plant = answer(REFINERY, &[]);
    let found = &plant["sensitivity"];
    let [less, more] = rows(&found["all"]) else { panic!("two cases") };
    let anew = |case: &Value, key: &str| number(&case["anew"]["found"][key]);
    let as_is = &plant["totals"];
    // The extraction amount of the least volume is a flat optimum that the design finds on a coarse grid: it is no measure.
    for key in ["volume", "tanks"] {
        assert!(anew(less, key) > number(&as_is[key]), "{key}");
        assert!(anew(more, key) < number(&as_is[key]), "{key}");
    }
    let products = rows(&plant["products"]);
    for (at, product) in products.iter().enumerate() {
        let purity = |case: &Value| number(&case["as-built"]["found"][at]["purity"]);
        assert!(purity(less) < number(&product["purity"]));
        assert!(purity(more) > number(&product["purity"]));
    }
    let pairs = rows(&found["pairs"]);
    assert_eq!(pairs.len(), 2);
    let excess = |at: usize| number(&pairs[at]["harm"]["found"]["excess"]);
    assert!(excess(0) >= excess(1) && excess(0) > 1.0);
}

#[test]
fn elements_that_hardly_part_are_said_not_to() {
    let close = REFINERY.replace("\"Nd/Pr\" = 2", "\"Nd/Pr\" = 1.1");
    let plant = answer(&close, &["--feed", "1 kt/yr"]);
    let less = &plant["sensitivity"]["all"][0];
    assert_eq!(
        (less["as-built"].as_str(), less["anew"].as_str()),
        (Some("not-separable"), Some("not-separable"))
    );
    let worst = &plant["sensitivity"]["pairs"][0];
    assert_eq!(worst["harm"], "not-separable");
    assert_eq!(worst["pair"], serde_json::json!(["Nd", "Pr"]));
}

#[test]
fn the_report_fits_the_page() {
    for width in [80, 120] {
        let ran = sx(REFINERY, &["--width", &width.to_string()]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        for line in ran.out.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
        for words in ["Sequence\n", "├─ ", "└─ ", "not used", "Products\n", "In all\n", "× 0.9"]
        {
            assert!(ran.out.contains(words), "{words}: {}", ran.out);
        }
        assert!(!ran.out.contains("NaN") && !ran.out.contains("inf"), "{}", ran.out);
    }
}

#[test]
fn what_cannot_be_told_says_why() {
    let no_plan = REFINERY.replace(
        "lanthanum    = { price = \"market\" }",
        "lanthanum    = { price = \"market\", demand = { min = \"2 kt/yr\" } }",
    );
    let plain = "flowsheets/tutorial/01-splitter.toml";
    let none = run(&["sx", plain]);
    assert_eq!(none.code, Some(1));
    assert!(none.err.contains("no cascade") && none.err.contains("[cascade.NAME]"), "{}", none.err);
    for (text, more, told) in [
        (REFINERY, &["--cascade", "refinary"][..], "did you mean `refinery`?"),
        (REFINERY, &["--feed", "10 kt"], "`--feed`"),
        (REFINERY, &["--feed", "10 parsecs/yr"], "`--feed`"),
        (REFINERY, &["--feed", "0 t/yr"], "more than 0"),
        (REFINERY, &["--feed", "10 kt/yr Nd2O3"], "Nd2O3"),
        (no_plan.as_str(), &[], "--feed"),
    ] {
        let ran = sx(text, more);
        assert_eq!(ran.code, Some(1), "{more:?}: {}", ran.err);
        assert!(ran.out.is_empty() && ran.err.contains(told), "{more:?}: {}", ran.err);
    }
    let given = sx(&no_plan, &["--feed", "1 kt/yr", "--no-sensitivity"]);
    assert_eq!(given.code, Some(0), "no plan is needed: {}", given.err);
}
