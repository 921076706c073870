//! The published case of routes: its answer, its parts, and the routes that lose.

use approx::assert_relative_eq;

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
    let neodymium = [0.0, 17_938.8714, 16_973.2464, 17_706.4416, 30_147.2142];
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
