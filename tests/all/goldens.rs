//! Numbers that a user may have written down: the optimum of every shipped flowsheet, and the verdict on its claims.

use reeflow::{
    analysis::analyse,
    cli::{files::Disk, render::render},
    diagnostic::{Code, Sources},
    document::{Request, load},
    flowsheet::Flowsheet,
    lp::Options,
    model::Form,
    report::terminal::{self, Section, Style},
};

use crate::shipped;

/// Objective of each shipped flowsheet, to the digits given.
const OBJECTIVES: [(&str, f64); 23] = [
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

#[test]
fn who_runs_short_under_licences_is_told_with_the_worth_of_each() {
    let (flowsheet, _) = shipped::read("world-2024", Some("export-licence"));
    let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("solved");
    let style = Style { width: 400, color: false };
    let text = terminal::render(&plan.outcome, &[Section::Goals, Section::Bottlenecks], &style);
    let line = |start: &str, holds: &str| {
        let found = text.lines().find(|line| line.starts_with(start) && line.contains(holds));
        found.unwrap_or_else(|| panic!("{start} … {holds}: {text}")).to_owned()
    };
    for (element, worth) in [
        ("sm", "2,520 USD/t"),
        ("gd", "29.7 USD/kg"),
        ("tb", "1,010 USD/kg"),
        ("dy", "589.8 USD/kg"),
        ("lu", "887.7 USD/kg"),
        ("y", "8,700 USD/t"),
    ] {
        let limit = format!("splitter.china-{element}.to.usa.limit");
        let short = line(&format!("usa-{element} "), &limit);
        assert!(short.ends_with(worth) && short.contains(" 7"), "{short}");
        for region in ["usa", "rest", "other"] {
            let limit = format!("splitter.china-{element}.to.{region}.limit");
            let rank = text.lines().find(|line| {
                line.starts_with(|sign: char| sign.is_ascii_digit()) && line.contains(&limit)
            });
            assert!(rank.is_some(), "{limit}: {text}");
        }
    }
    assert!(!text.contains("more that bind"), "{text}");
}

#[test]
fn turbines_may_last_25_years_give_or_take_5() {
    let name = concat!(env!("CARGO_MANIFEST_DIR"), "/flowsheets/evs-and-wind-2035.toml");
    let text = std::fs::read_to_string(name).expect("it is shipped");
    let (fixed, normal) = (
        "lifetime.fixed = \"25 yr\"",
        "lifetime.normal = { mean = \"25 yr\", deviation = \"5 yr\" }",
    );
    assert_eq!(text.matches(fixed).count(), 1);
    let text = text.replace(fixed, normal);
    let mut sources = Sources::new();
    let loaded = load(name, text.as_bytes(), &Request::default(), &Disk, &mut sources);
    let (flowsheet, _) = Flowsheet::lower(&loaded.expect("it loads").document).expect("sound");
    let plan = analyse(&flowsheet, &Options::default(), Form::Condensed);
    let plan = plan.unwrap_or_else(|found| panic!("{}", render(&found, &sources, false, 200)));
    // Some of what was sold in 2010 comes back by 2035, so that it is worth a little more than with all alike.
    assert!((plan.solution.objective / 37_945_965_166.0 - 1.0).abs() < 1e-2);
}
