//! The published case of routes: its answer, its parts, and the routes that lose.

use approx::assert_relative_eq;
use reeflow::{analysis::best_routes, diagnostic::Code};

use super::*;

/// The case as shipped, with some changes.
fn case(set: &[String]) -> Outcome {
    let flowsheet = shipped::lower("validation/magnet-recycling-routes", set);
    let plan = analyse(&flowsheet, &Options::default(), Form::Condensed);
    plan.expect("a plan").outcome
}

#[test]
fn the_published_route_is_found_to_eight_digits() {
    let outcome = case(&[]);
    let plan = roadmap(&outcome);
    assert_relative_eq!(outcome.objective.value, -16_440_490.523_955_55, max_relative = 1e-8);
    assert_eq!(plan.operators, [0.0, 9.0, 9.0, 9.0, 9.0]);
    let equipment: Vec<f64> = plan.built.iter().map(|it| it.equipment).collect();
    assert_relative_eq!(equipment[1], 16_034.637_962_004_85, max_relative = 1e-9);
    assert_relative_eq!(equipment[2], 8_430.185_100_925_96, max_relative = 1e-9);
    assert_relative_eq!(
        2.97 * (equipment[1] + equipment[2]),
        72_660.524_496_904_52,
        max_relative = 1e-9
    );
    let total: f64 = plan.built.iter().map(|it| it.cost).sum();
    assert_relative_eq!(total, 85_521.437_332_856_6, max_relative = 1e-9);
    let neodymium = [0.0, 17_938.871_4, 16_973.246_4, 17_706.441_6, 30_147.214_2];
    for (found, wanted) in course(&outcome, "nd-3").iter().zip(neodymium) {
        assert_relative_eq!(*found, wanted / 1000.0, max_relative = 1e-9, epsilon = 1e-12);
    }
    let search = plan.search.expect("whole numbers");
    assert!(search.complete && search.gap <= 1e-9, "{search:?}");
}

#[test]
fn the_other_routes_are_worth_what_was_published() {
    for (preparation, extraction, worth) in [
        ("preparation-1", "extraction-1", -43_614_178.296_257),
        ("preparation-2", "extraction-2", -50_952_212.159_484),
    ] {
        let set =
            ["preparation-1", "preparation-2", "extraction-1", "extraction-2", "extraction-3"]
                .into_iter()
                .filter(|name| ![preparation, extraction].contains(name))
                .map(|name| {
                    let kind = if name.starts_with('p') { "splitter" } else { "separator" };
                    format!("{kind}.{name}.build.max=1 kg/yr")
                });
        let outcome = case(&set.collect::<Vec<String>>());
        assert_relative_eq!(outcome.objective.value, worth, max_relative = 1e-8);
    }
}

#[test]
fn routes_are_ranked_with_their_gaps() {
    let flowsheet = shipped::lower("validation/magnet-recycling-routes", &[]);
    let found = best_routes(&flowsheet, 5, &Options::default()).expect("routes");
    let wanted = [
        (["preparation-2", "extraction-3"], -16_440_490.523_955_55),
        (["preparation-1", "extraction-1"], -43_614_178.296_257),
        (["preparation-2", "extraction-2"], -50_952_212.159_484),
    ];
    assert_eq!(found.len(), wanted.len(), "no other combination leads on");
    for (found, (routes, worth)) in found.iter().zip(wanted) {
        assert_eq!(found.routes, routes);
        assert_relative_eq!(found.objective, worth, max_relative = 1e-8);
        assert_relative_eq!(
            found.behind,
            -16_440_490.523_955_55 - worth,
            epsilon = 1e-6 * worth.abs()
        );
        assert!(found.complete && found.gap <= 1e-9);
    }
}

#[test]
fn a_search_that_is_ended_says_how_far_it_was() {
    let flowsheet = shipped::lower("validation/magnet-recycling-routes", &[]);
    let options = Options { node_limit: Some(2), ..Options::default() };
    let plan = analyse(&flowsheet, &options, Form::Condensed).expect("a plan");
    let search = plan.outcome.roadmap.as_ref().and_then(|it| it.search).expect("a search");
    let told = plan.findings.iter().any(|finding| finding.code == Code::GapLeft);
    assert_eq!(told, !search.complete);
    assert!(search.bound >= -16_440_490.6 && plan.outcome.objective.value <= search.bound);
}
