//! Oracles: flows are computed twice, optima are compared with hand values and with themselves.

#[path = "oracle/duals.rs"]
mod duals;
#[path = "oracle/generate.rs"]
pub(crate) mod generate;
#[path = "oracle/mended.rs"]
mod mended;
#[path = "oracle/pooling.rs"]
mod pooling;
#[path = "oracle/random.rs"]
mod random;
#[path = "oracle/shipped.rs"]
mod shipped;

use std::path::{Path, PathBuf};

use reeflow::{
    analysis::replay,
    balance::{Flows, balance},
    cli::{files::Disk, render::render},
    diagnostic::{Diagnostics, Sources},
    document::{Request, load},
    flowsheet::{Flowsheet, PeriodId, Values},
    index::Id,
    lp::Options,
    model::{Form, Model, Solution},
};

/// LP flows and balance, condensed and full optimum, agree to this share.
const TOLERANCE: f64 = 1e-9;

/// What a text means, or what is wrong with it.
fn lower(name: &str, bytes: &[u8], set: &[String]) -> Result<Flowsheet, String> {
    let mut sources = Sources::new();
    let request = Request { set, ..Request::default() };
    let draw = |found: &Diagnostics, sources: &Sources| render(found, sources, false, 120);
    let loaded = load(name, bytes, &request, &Disk, &mut sources);
    let loaded = loaded.map_err(|found| draw(&found, &sources))?;
    let lowered = Flowsheet::lower(&loaded.document);
    Ok(lowered.map_err(|found| draw(&found, &sources))?.0)
}

fn of_text(text: &str) -> Flowsheet {
    lower("test.toml", text.as_bytes(), &[]).unwrap_or_else(|found| panic!("{found}\n{text}"))
}

fn of_file(path: &Path, set: &[&str]) -> Flowsheet {
    let set: Vec<String> = set.iter().map(|&text| text.to_owned()).collect();
    let read = Disk::open(path).expect("a flowsheet");
    lower(&read.name, &read.bytes, &set).unwrap_or_else(|found| panic!("{found}"))
}

/// Every shipped flowsheet that is about one year: what is asked of each many times, or computed in other ways.
fn shipped() -> Vec<PathBuf> {
    let dated = |path: &PathBuf| {
        std::fs::read_to_string(path).expect("text").lines().any(|line| line == "[period]")
    };
    all_shipped().into_iter().filter(|path| !dated(path)).collect()
}

/// Every shipped flowsheet; the library holds none.
pub(crate) fn all_shipped() -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::from("flowsheets")];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                if !path.ends_with("library") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths
}

fn assemble(flowsheet: &Flowsheet, values: &Values) -> Model {
    Model::assemble(flowsheet, values).unwrap_or_else(|found| panic!("{found:#?}"))
}

fn optimum(flowsheet: &Flowsheet, model: &Model, form: Form) -> Solution {
    let solved = model.clone().solve(flowsheet, &Options::default(), form);
    solved.unwrap_or_else(|failure| panic!("{form:?}: {failure:?}"))
}

/// The difference as a share of the larger of both and of `floor`.
fn apart(one: f64, other: f64, floor: f64) -> f64 {
    let size = one.abs().max(other.abs()).max(floor.abs());
    if size == 0.0 { 0.0 } else { (one - other).abs() / size }
}

/// The worst difference between the flows of a plan and those that the balance computes from its decisions, as a share
/// of the stream, or of 10⁻⁶ of the largest stream where a stream is tinier than that.
fn replayed(flowsheet: &Flowsheet, model: &Model, solution: &Solution) -> f64 {
    let decisions = replay::decisions(model, solution, flowsheet);
    let flows = balance(flowsheet, &flowsheet.values(), &decisions)
        .unwrap_or_else(|found| panic!("{found:#?}"));
    let all = flowsheet.streams.ids().map(|stream| flows.total(stream));
    let floor = all.fold(0.0, f64::max) * 1e-6;
    let mut worst = 0.0_f64;
    for stream in flowsheet.streams.ids() {
        let size = flows.total(stream).max(floor);
        for species in flowsheet.species.ids() {
            let planned = solution.flow(model, flowsheet, stream, species, PeriodId::new(0));
            let computed = flows.flow(stream, species);
            worst = worst.max(if size > 0.0 { (planned - computed).abs() / size } else { 0.0 });
        }
    }
    worst.max(closure(flowsheet, &flows))
}

/// The worst error of the mass balance of any operation, and of any species where nothing reacts.
fn closure(flowsheet: &Flowsheet, flows: &Flows) -> f64 {
    let mut worst = 0.0_f64;
    for (id, operation) in flowsheet.operations.iter_ids() {
        worst = worst.max(flows.closure(flowsheet, id).relative().abs());
        if operation.kind.name() != "reactor" {
            for species in flowsheet.species.ids() {
                worst = worst.max(flows.closure_of(flowsheet, id, species).relative().abs());
            }
        }
    }
    worst
}

/// The objective, after all that must hold at any optimum is checked; and the worst difference found on the way.
fn check(flowsheet: &Flowsheet) -> (f64, f64) {
    let model = assemble(flowsheet, &flowsheet.values());
    let condensed = optimum(flowsheet, &model, Form::Condensed);
    let full = optimum(flowsheet, &model, Form::Full);
    let mut worst = apart(condensed.objective, full.objective, 1e-6);
    assert!(worst <= TOLERANCE, "{} condensed, {} full", condensed.objective, full.objective);
    for solution in [&condensed, &full] {
        assert!(solution.certificate.passes(), "{:?}", solution.certificate);
        let difference = replayed(flowsheet, &model, solution);
        assert!(difference <= TOLERANCE, "{:?}: flows differ by {difference:e}", solution.form);
        worst = worst.max(difference);
    }
    (condensed.objective, worst)
}
