//! What is shipped: every flowsheet, and the published case.
#![expect(clippy::print_stderr, reason = "figures for people")]

use std::path::Path;

use reeflow::{
    balance::{Decisions, Flows, balance},
    flowsheet::{Flowsheet, PeriodId, SpeciesId, StreamId},
    index::Id,
    model::Form,
};

use super::{apart, assemble, check, closure, of_file, optimum, shipped};

#[test]
fn shipped_flowsheets_are_computed_twice_alike() {
    let paths = shipped();
    assert!(paths.len() >= 8, "{paths:?}");
    for path in paths {
        let (objective, worst) = check(&of_file(&path, &[]));
        eprintln!("{}: objective {objective}, worst difference {worst:.1e}", path.display());
    }
}

/// Shifts of 8 h in a year of 8,760 h: the file is in t per shift.
const SHIFTS: f64 = 1095.0;

const SPECIES: [&str; 5] = ["REO", "CaO", "BaO", "SrO", "gangue"];

/// t per shift: the species in the order of [`SPECIES`], and the whole (Pradip & Fuerstenau 2013, exact solution).
const STREAMS: [(&str, [f64; 5], f64); 3] = [
    ("ore", [60.7915, 174.4795, 115.267, 39.475, 399.487], 789.5),
    (
        "cleaner-3-4.concentrate",
        [48.672_596, 2.268_498, 0.745_181, 3.958_667, 19.142_211],
        74.787_152,
    ),
    // Cleaner-1 concentrate and the tailings of cleaners 3 and 4 together.
    ("cleaner-2 feed", [308.239_739, 79.284_828, 56.325_103, 87.387_794, 346.779_177], 878.016_642),
];

/// Grade of the concentrate per species of [`SPECIES`] but the gangue.
const GRADES: [f64; 4] = [0.650_814_94, 0.030_332_72, 0.009_964_03, 0.052_932_45];

fn flotation(set: &[&str]) -> Flowsheet {
    of_file(Path::new("flowsheets/validation/mountain-pass-flotation.toml"), set)
}

/// Flow of a species in a stream, t/yr.
type Flow<'a> = &'a dyn Fn(StreamId, SpeciesId) -> f64;

fn species(flowsheet: &Flowsheet, name: &str) -> SpeciesId {
    flowsheet.species.ids().find(|&id| flowsheet.species[id].name == name).expect("a species")
}

/// The streams that a name of [`STREAMS`] means.
fn streams(flowsheet: &Flowsheet, name: &str) -> Vec<StreamId> {
    let names = match name {
        "cleaner-2 feed" => vec!["cleaner-1.concentrate", "cleaner-3-4.tailings"],
        "final tailings" => vec!["rougher.tailings", "scavenger.tailings"],
        name => vec![name],
    };
    names.iter().map(|name| flowsheet.stream(name).expect("a stream")).collect()
}

fn total(flowsheet: &Flowsheet, flow: Flow<'_>, name: &str, of: &[&str]) -> f64 {
    let ids: Vec<SpeciesId> = of.iter().map(|name| species(flowsheet, name)).collect();
    let streams = streams(flowsheet, name).into_iter();
    streams.map(|stream| ids.iter().map(|&id| flow(stream, id)).sum::<f64>()).sum()
}

/// The worst difference from the published solution; the feed is `times` as large.
fn published(flowsheet: &Flowsheet, flow: Flow<'_>, times: f64) -> f64 {
    let mut worst = 0.0_f64;
    let mut compare = |found: f64, expected: f64| worst = worst.max(apart(found, expected, 0.0));
    for (name, parts, whole) in STREAMS {
        for (species, part) in SPECIES.iter().zip(parts) {
            compare(total(flowsheet, flow, name, &[species]) / SHIFTS, part * times);
        }
        compare(total(flowsheet, flow, name, &SPECIES) / SHIFTS, whole * times);
    }
    let grade = |name: &str, of: &str| {
        total(flowsheet, flow, name, &[of]) / total(flowsheet, flow, name, &SPECIES)
    };
    for (species, expected) in SPECIES.iter().zip(GRADES) {
        compare(grade("cleaner-3-4.concentrate", species), expected);
    }
    compare(grade("final tailings", "REO"), 0.016_956_33);
    let recovery = |of: &[&str]| {
        total(flowsheet, flow, "cleaner-3-4.concentrate", of) / total(flowsheet, flow, "ore", of)
    };
    compare(recovery(&SPECIES), 0.094_727_24);
    compare(recovery(&["REO"]), 0.800_648_05);
    worst
}

fn balanced(flowsheet: &Flowsheet) -> Flows {
    let values = flowsheet.values();
    let decisions = Decisions::of_flowsheet(flowsheet, &values).expect("all is fixed");
    balance(flowsheet, &values, &decisions).expect("every loop has a purge")
}

#[test]
fn the_flotation_of_mountain_pass_is_as_published() {
    let flowsheet = flotation(&[]);
    let flows = balanced(&flowsheet);
    let by_balance = published(&flowsheet, &|stream, id| flows.flow(stream, id), 1.0);
    let model = assemble(&flowsheet, &flowsheet.values());
    let plan = optimum(&flowsheet, &model, Form::Condensed);
    let planned = |stream: StreamId, id: SpeciesId| {
        plan.flow(&model, &flowsheet, stream, id, PeriodId::new(0))
    };
    let by_plan = published(&flowsheet, &planned, 1.0);
    eprintln!("flotation: balance off by {by_balance:.1e}, plan by {by_plan:.1e}");
    assert!(by_balance <= 1e-6 && by_plan <= 1e-6, "{by_balance:e}, {by_plan:e}");
}

#[test]
fn the_flotation_of_mountain_pass_closes_per_component() {
    let flowsheet = flotation(&[]);
    let flows = balanced(&flowsheet);
    assert!(closure(&flowsheet, &flows) <= 1e-9);
    let flow = |stream: StreamId, id: SpeciesId| flows.flow(stream, id);
    for name in SPECIES {
        let of = |stream: &str| total(&flowsheet, &flow, stream, &[name]);
        let out = of("cleaner-3-4.concentrate") + of("final tailings");
        assert!(apart(of("ore"), out, 0.0) <= 1e-9, "{name}: {} in, {out} out", of("ore"));
    }
}

#[test]
fn twice_the_feed_leaves_every_grade_of_the_flotation_as_it_was() {
    let (once, twice) = (flotation(&[]), flotation(&["feed.ore.supply.exactly=1579 t/shift"]));
    let (single, double) = (balanced(&once), balanced(&twice));
    for stream in once.streams.ids() {
        assert!(apart(2.0 * single.total(stream), double.total(stream), 0.0) <= 1e-12);
        for id in once.species.ids() {
            let grade = |flows: &Flows| flows.grade(stream, id).expect("something flows");
            assert!(apart(grade(&single), grade(&double), 0.0) <= 1e-12);
        }
    }
    assert!(published(&twice, &|stream, id| double.flow(stream, id), 2.0) <= 1e-6);
}
