use approx::assert_relative_eq;

use super::*;

fn machine() -> Machine {
    Machine {
        processor: "a processor".to_owned(),
        processors: 2,
        memory: 8000.0,
        system: "a system".to_owned(),
        architecture: "an architecture".to_owned(),
        host: "a host".to_owned(),
    }
}

fn certified(total: f64, columns: usize, objective: f64) -> Measurement {
    Measurement {
        message: None,
        objective: Some(objective),
        violation: Some(1e-12),
        uncondensed_columns: Some(columns),
        memory: Some(10.0 * columns as f64),
        ..Measurement::ended(Status::Certified, "", total)
    }
}

fn task(case: &str, solver: &str) -> Task {
    Task { case: case.to_owned(), form: "condensed".to_owned(), solver: solver.to_owned() }
}

const RULES: Rules = Rules { runs: 3, time_limit: 100.0, shift: 10.0, penalty: 2.0, seed: 1 };

fn benchmark(measured: Vec<(Task, Vec<Measurement>)>) -> Benchmark {
    Benchmark::of(String::new(), machine(), RULES, measured, Vec::new())
}

#[test]
fn the_median_of_an_even_number_lies_between_two() {
    let spread = Spread::of([4.0, 1.0, 3.0, 10.0]).expect("there are values");
    assert_eq!(spread, Spread { median: 3.5, least: 1.0, greatest: 10.0 });
    assert_eq!(Spread::of([2.0, 7.0, 5.0]).map(|spread| spread.median), Some(5.0));
    assert_eq!(Spread::of([]), None);
}

#[test]
fn the_shifted_mean_is_that_by_hand() {
    // (10 + 10) (70 + 10) = 40², less the shift.
    assert_relative_eq!(shifted_geometric_mean([10.0, 70.0], 10.0), 30.0, max_relative = 1e-12);
    assert_relative_eq!(shifted_geometric_mean([2.0, 8.0], 0.0), 4.0, max_relative = 1e-12);
}

#[test]
fn the_exponent_of_a_power_is_found() {
    let points = [1e2, 1e3, 1e5].map(|x: f64| (x, 0.3 * x.powf(1.7)));
    assert_relative_eq!(exponent(points).expect("three sizes"), 1.7, max_relative = 1e-12);
    assert_eq!(exponent([(5.0, 1.0), (5.0, 2.0)]), None);
    assert_eq!(exponent([]), None);
}

#[test]
fn a_failure_stands_in_the_mean_with_its_penalty() {
    let told = benchmark(vec![
        (task("a", "fast"), vec![certified(10.0, 100, 5.0)]),
        (task("b", "fast"), vec![Measurement::ended(Status::TimeLimit, "", 100.0)]),
        (task("a", "slow"), vec![certified(70.0, 100, 5.0)]),
        (task("b", "slow"), vec![certified(70.0, 1000, 5.0)]),
    ]);
    let score = |solver: &str| {
        told.scores.iter().find(|score| score.solver == solver).expect("it was measured")
    };
    // 20 × 210 = 64.8², less the shift.
    assert_eq!((score("fast").cases, score("fast").failures), (2, 1));
    assert_relative_eq!(score("fast").mean, 4200.0_f64.sqrt() - 10.0, max_relative = 1e-12);
    assert_relative_eq!(score("slow").mean, 70.0, max_relative = 1e-12);
    assert_eq!(told.scores[0].solver, "fast");
    let relative = 70.0 / (4200.0_f64.sqrt() - 10.0);
    assert_relative_eq!(score("slow").relative, relative, max_relative = 1e-12);
}

#[test]
fn one_run_without_a_certificate_spoils_the_others() {
    let uncertified = Measurement { status: Status::Uncertified, ..certified(1.0, 100, 5.0) };
    let told = benchmark(vec![(task("a", "one"), vec![certified(1.0, 100, 5.0), uncertified])]);
    assert!(!told.entries[0].counts);
    assert!(told.entries[0].total.is_none() && told.entries[0].agrees.is_none());
    assert_eq!(told.scores[0].failures, 1);
}

#[test]
fn an_objective_that_differs_is_told() {
    let told = benchmark(vec![
        (task("a", "one"), vec![certified(1.0, 100, 1e6)]),
        (task("a", "two"), vec![certified(1.0, 100, 1e6 + 0.9)]),
        (task("a", "three"), vec![certified(1.0, 100, 1e6 + 1.1)]),
        (task("b", "three"), vec![certified(1.0, 100, 7.0)]),
    ]);
    let agrees: Vec<Option<bool>> = told.entries.iter().map(|entry| entry.agrees).collect();
    assert_eq!(agrees, [Some(true), Some(true), Some(false), Some(true)]);
}

#[test]
fn growth_needs_two_sizes() {
    let told = benchmark(vec![
        (task("a", "one"), vec![certified(1.0, 100, 5.0)]),
        (task("b", "one"), vec![certified(32.0, 400, 5.0)]),
        (task("a", "two"), vec![certified(1.0, 100, 5.0)]),
    ]);
    assert_eq!(told.growth.len(), 1);
    assert_relative_eq!(told.growth[0].time, 2.5, max_relative = 1e-12);
    assert_relative_eq!(told.growth[0].memory.expect("it is known"), 1.0, max_relative = 1e-12);
}
