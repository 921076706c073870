//! Numbers that a user may have written down: the optimum of every shipped flowsheet, and the verdict on its claims.

use reeflow::{
    analysis::analyse,
    cli::{files::Disk, render::render},
    diagnostic::{Code, Sources},
    document::{Request, load},
    flowsheet::Flowsheet,
    lp::Options,
    model::Form,
};

use crate::shipped;

/// Objective of each shipped flowsheet, to the digits given.
const OBJECTIVES: [(&str, f64); 24] = [
    ("bayan-obo", 6_318_021_836.154_498),
    ("beylikova-industrial", 53_059_372.396_969),
    ("beylikova-pilot", -8_313.121_001_483_86),
    ("evs-and-wind-2035", 37_945_965_166.341_25),
    ("greenland", 316_036_944.425_113_44),
    ("kazakhstan", 89_283_475.526_878_9),
    ("mountain-pass", 210_056_363.487_262_85),
    ("munzur-ewaste", 51_925_331.023_851_24),
    ("sx-refinery", 265_643_641.040_060),
    ("turkiye-roadmap", 86_779_393.728_003),
    ("tutorial/01-splitter", 560.0),
    ("tutorial/02-recoveries", 18_000.0),
    ("tutorial/03-recycle", 15_000.0),
    ("tutorial/04-reaction", 6_647_888.705_454_39),
    ("tutorial/05-specification", 14_000.0),
    ("tutorial/06-goal-and-bottleneck", 6_000.0),
    ("tutorial/07-debottleneck", 400.0),
    ("tutorial/08-ratio", 4.8),
    ("tutorial/09-plan", 46_449_952.182_636_514),
    ("ukraine", 45_256_725.523_648_39),
    ("validation/lushan-pfs", 7_990.971_861_6),
    ("validation/magnet-recycling-routes", -16_440_490.523_955_55),
    ("validation/mountain-pass-flotation", 81_891.931_702_08),
    ("world-2024", 9_513_400_123.719_889),
];

#[test]
fn objectives_are_as_before() {
    for (name, wanted) in OBJECTIVES {
        let flowsheet = shipped::lower(name, &[]);
        let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("solved");
        let found = plan.solution.objective;
        assert!((found - wanted).abs() <= 1e-8 * wanted.abs(), "{name}: {found} against {wanted}");
    }
}

/// What is refused in a scenario of the Beylikova flowsheet, drawn.
fn refusal(scenario: &str) -> (Vec<Code>, String) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/flowsheets/beylikova-industrial.toml");
    let read = Disk::open(path.as_ref()).expect("it is shipped");
    let mut sources = Sources::new();
    let request = Request { scenario: Some(scenario), ..Request::default() };
    let loaded = load(&read.name, &read.bytes, &request, &Disk, &mut sources).expect("it loads");
    let (flowsheet, _) = Flowsheet::lower(&loaded.document).expect("it is sound");
    match analyse(&flowsheet, &Options::default(), Form::Condensed) {
        Ok(_) => (Vec::new(), String::new()),
        Err(found) => {
            (found.iter().map(|item| item.code).collect(), render(&found, &sources, false, 400))
        }
    }
}

#[test]
fn ten_kilotonnes_of_oxide_are_more_than_the_ore_holds() {
    let (codes, text) = refusal("claim");
    assert_eq!(codes, [Code::Infeasible]);
    assert!(text.contains("wants at least 10 kt/yr, but at most 5.322 kt/yr"), "{text}");
    assert!(text.contains("hold at most 9,975 t/yr REO"), "{text}");
    assert!(text.contains("recovery of 100.3 %"), "{text}");
}

#[test]
fn at_the_higher_grade_the_claim_is_judged_again() {
    let (codes, text) = refusal("claim-grade-2.9");
    assert_eq!(codes, [Code::Infeasible]);
    assert!(text.contains("at most 8.82 kt/yr"), "{text}");
    assert!(text.contains("recovery of 60.5 %"), "{text}");
    let (codes, text) = refusal("claim-grade-3.48");
    assert!(codes.is_empty(), "{text}");
}
