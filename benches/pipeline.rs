//! The phases of a run — parse, validate, assemble, solve, analyse — on generated and shipped flowsheets.
//!
//! `cargo bench --bench pipeline` runs all; `-- assemble` one phase, `-- why` what explains a plan or the lack of one,
//! `-- exact` proofs in rational arithmetic, `-- planning` plans over the years.
//! Every phase is given what the one before made.

use std::{fmt::Write, hint::black_box, path::Path, sync::Arc};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use reeflow::{
    analysis::{
        self,
        compare::attribute,
        debottleneck::{Request as Follow, debottleneck},
        sensitivity::{Request as Weigh, sensitivity},
        size::{Request as Plant, size},
        together::together,
    },
    diagnostic::{Sources, Span},
    document::{self, Document, Files, Name, Read, Request},
    exact,
    flowsheet::Flowsheet,
    lp::Options,
    model::{Form, Model},
};

/// Reads files as the tool does; benches may touch them.
struct Disk;

impl Files for Disk {
    fn read(&self, path: &str, from: &str) -> Result<Read, String> {
        let path = Path::new(from).parent().unwrap_or(Path::new("")).join(path);
        #[expect(clippy::disallowed_methods, reason = "a benchmark reads the shipped flowsheets")]
        let bytes = std::fs::read(&path).map_err(|error| error.to_string())?;
        Ok(Read { name: path.to_string_lossy().into_owned(), bytes })
    }
}

/// A chain of `operations` separators over `species` lumps; every fifth one bleeds to a product through a free
/// splitter, every tenth sends its middlings back two places.
fn generate(operations: usize, species: usize) -> String {
    let mut text = String::from(
        "[flowsheet]\ntitle = \"generated\"\nassumed = \"generated\"\n[group]\nALL = [",
    );
    for i in 0..species {
        let _ = write!(text, "\"lump{i}\", ");
    }
    text.push_str("]\n");
    for i in 0..species {
        let _ = writeln!(text, "[species.lump{i}]");
    }
    text.push_str("[feed.ore]\nto = \"op0\"\nsupply = \"100 kt/yr\"\ncost = \"5 USD/t\"\nassay.grade = { ALL = \"100 %\" }\nassay.normalise = [\"ALL\"]\nassay.split.ALL = { ");
    for i in 0..species {
        let _ = write!(text, "{}lump{i} = {}", if i == 0 { "" } else { ", " }, 1 + i * 7 % 13);
    }
    text.push_str(" }\n");
    for o in 0..operations {
        let next = if o + 1 == operations { "last".to_owned() } else { format!("op{}", o + 1) };
        if o % 5 == 4 {
            let _ = writeln!(
                text,
                "[splitter.op{o}]\nto = {{ on = \"{next}\", sell = \"sales{o}\" }}\n[product.sales{o}]\nprice = \"{} USD/t lump{}\"\ndemand = \"{} t/yr\"",
                40 + o * 11 % 23,
                o % species,
                500 + o
            );
            continue;
        }
        // Back to before the last splitter it would pool what that one divides.
        let back = o % 10 == 2;
        let _ = write!(
            text,
            "[separator.op{o}]\nto = {{ on = \"{next}\", off = \"dump\"{} }}\ncapacity = \"200 kt/yr\"\nopex = \"0.2 USD/t\"\n",
            if back { format!(", back = \"op{}\"", o - 2) } else { String::new() }
        );
        for (outlet, top) in [("off", 5), ("back", 20)].iter().take(1 + usize::from(back)) {
            let _ = write!(text, "recovery.{outlet} = {{ ");
            for i in 0..species {
                let share = 1 + (o * 31 + i * 17) % top;
                let _ = write!(text, "lump{i} = \"{share} %\", ");
            }
            text.push_str("default = \"1 %\" }\n");
        }
    }
    text.push_str("[product.last]\nprice = \"90 USD/t\"\n[waste.dump]\ncost = \"1 USD/t\"\n");
    text
}

fn load(name: &str, text: &str) -> Arc<Document> {
    let mut sources = Sources::new();
    let request = Request::default();
    document::load(name, text.as_bytes(), &request, &Disk, &mut sources)
        .expect("the flowsheet is sound")
        .document
}

fn cases() -> Vec<(String, String, String)> {
    let mut cases: Vec<(String, String, String)> = [(10, 10), (100, 20), (500, 30)]
        .into_iter()
        .map(|(o, s)| (format!("{o}x{s}"), "generated.toml".to_owned(), generate(o, s)))
        .collect();
    for name in
        ["beylikova-industrial", "validation/mountain-pass-flotation", "tutorial/03-recycle"]
    {
        let path = format!("{}/flowsheets/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        #[expect(clippy::disallowed_methods, reason = "a benchmark reads the shipped flowsheets")]
        let text = std::fs::read_to_string(&path).expect("it is shipped");
        cases.push((name.rsplit('/').next().unwrap_or(name).to_owned(), path, text));
    }
    cases
}

fn bench(criterion: &mut Criterion) {
    for (name, path, text) in cases() {
        let document = load(&path, &text);
        let (flowsheet, _) = Flowsheet::lower(&document).expect("the flowsheet is sound");
        let values = flowsheet.values();
        let model = Model::assemble(&flowsheet, &values).expect("it can be written");
        let options = Options::default();
        let (full, condensed) = (model.full(), model.condensed());
        #[expect(clippy::print_stderr, reason = "the sizes that go with the times")]
        {
            eprintln!(
                "{name}: uncondensed {} x {}, condensed {} x {} (rows x columns)",
                full.row_count(),
                full.column_count(),
                condensed.row_count(),
                condensed.column_count()
            );
        }
        let mut group = criterion.benchmark_group("parse");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(&name), |b| {
            b.iter(|| load(&path, black_box(&text)));
        });
        group.finish();
        let mut group = criterion.benchmark_group("validate");
        group.bench_function(BenchmarkId::from_parameter(&name), |b| {
            b.iter(|| Flowsheet::lower(black_box(&document)));
        });
        group.finish();
        let mut group = criterion.benchmark_group("assemble");
        group.throughput(Throughput::Elements(model.nodes().len() as u64));
        group.bench_function(BenchmarkId::from_parameter(&name), |b| {
            b.iter(|| Model::assemble(black_box(&flowsheet), &values));
        });
        group.finish();
        let mut group = criterion.benchmark_group("solve");
        group.sample_size(10);
        for (form, label) in [(Form::Condensed, "condensed"), (Form::Full, "uncondensed")] {
            group.bench_function(BenchmarkId::new(label, &name), |b| {
                let mut model = model.clone();
                b.iter(|| model.solve(black_box(&flowsheet), &options, form));
            });
        }
        group.finish();
        let mut group = criterion.benchmark_group("analyse");
        group.sample_size(10);
        group.bench_function(BenchmarkId::from_parameter(&name), |b| {
            b.iter(|| analysis::analyse(black_box(&flowsheet), &options, Form::Condensed));
        });
        group.finish();
    }
}

/// Why and what next: paths, explanations, sensitivities, on the shipped and on a large flowsheet.
fn why(criterion: &mut Criterion) {
    let path = format!("{}/flowsheets/beylikova-industrial.toml", env!("CARGO_MANIFEST_DIR"));
    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the shipped flowsheets")]
    let text = std::fs::read_to_string(&path).expect("it is shipped");
    let lower = |path: &str, text: &str| {
        Flowsheet::lower(&load(path, text)).expect("the flowsheet is sound").0
    };
    let shipped = lower(&path, &text);
    let claim = lower(
        &path,
        &text.replace(
            "at-least = \"10 kt/yr\", enforce = false",
            "at-least = \"10 kt/yr\", enforce = true",
        ),
    );
    let dear = lower(&path, &text.replace("\"27 USD/t\"", "\"37 USD/t\""));
    // Cheap enough to be worth its while.
    let chain = generate(1000, 20).replace("5 USD/t", "1 USD/t");
    // So cheap to run that more than twenty markets along it fill one after the other.
    let cheap = chain
        .replace("opex = \"0.2 USD/t\"", "opex = \"0.01 USD/t\"")
        .replace("cost = \"1 USD/t\"", "cost = \"0.1 USD/t\"");
    let large = lower("generated.toml", &cheap);
    // More of the tenth product than what reaches it.
    let tight = lower(
        "generated.toml",
        &chain.replace("demand = \"549 t/yr\"", "demand = { min = \"90 kt/yr\" }"),
    );
    let options = Options::default();
    let mut group = criterion.benchmark_group("why");
    group.sample_size(10);
    let path_of = |flowsheet: &Flowsheet| {
        debottleneck(black_box(flowsheet), &options, &Follow::default())
            .map(|told| told.steps.len())
    };
    for (name, flowsheet) in [("beylikova-industrial", &shipped), ("1000x20", &large)] {
        let steps = path_of(flowsheet);
        #[expect(clippy::print_stderr, reason = "the sizes that go with the times")]
        {
            eprintln!("debottleneck/{name}: {steps:?} segments");
        }
        group.bench_function(BenchmarkId::new("debottleneck", name), |b| {
            b.iter(|| path_of(flowsheet));
        });
    }
    for (name, flowsheet) in [("beylikova-claim", &claim), ("1000x20", &tight)] {
        let explain = || analysis::analyse(black_box(flowsheet), &options, Form::Condensed);
        let told = explain().expect_err("it has no plan");
        #[expect(clippy::print_stderr, reason = "what goes with the times")]
        for item in &told {
            eprintln!("explain/{name}: {}: {:?}", item.message, item.help);
        }
        group.bench_function(BenchmarkId::new("explain", name), |b| b.iter(explain));
    }
    let weigh = Weigh { goal: None, objective: false, top: 15, by: 0.1 };
    group.bench_function(BenchmarkId::new("sensitivity", "beylikova-industrial"), |b| {
        b.iter(|| sensitivity(black_box(&shipped), &options, &weigh));
    });
    group.bench_function(BenchmarkId::new("attribute", "beylikova-industrial"), |b| {
        b.iter(|| attribute(black_box(&shipped), &dear, &options));
    });
    group.bench_function(BenchmarkId::new("goals", "beylikova-industrial"), |b| {
        b.iter(|| together(black_box(&shipped), &options));
    });
    let target = Name::new("magnets >= 2500 t/yr".to_owned(), Span::default());
    for (free, label) in [(vec!["ore".to_owned()], "size"), (Vec::new(), "size-explain")] {
        let plant = Plant { targets: vec![target.clone()], free, ..Plant::default() };
        group.bench_function(BenchmarkId::new(label, "beylikova-industrial"), |b| {
            b.iter(|| size(black_box(&shipped), &options, &plant));
        });
    }
    group.bench_function(BenchmarkId::new("best-ratio", "beylikova-industrial"), |b| {
        let ratio = "{ minimise = \"cost(all) / flow(magnets)\" }";
        let (flowsheet, _) = read(&path, &text, &[format!("flowsheet.objective={ratio}")]);
        b.iter(|| analysis::analyse(black_box(&flowsheet), &options, Form::Condensed));
    });
    group.finish();
}

/// Reads a flowsheet with settings, and keeps its texts.
fn read(path: &str, text: &str, set: &[String]) -> (Flowsheet, Sources) {
    let mut sources = Sources::new();
    let request = Request { set, ..Request::default() };
    let loaded = document::load(path, text.as_bytes(), &request, &Disk, &mut sources);
    let document = loaded.expect("the flowsheet is sound").document;
    (Flowsheet::lower(&document).expect("the flowsheet is sound").0, sources)
}

/// Proofs in rational arithmetic: made from a basis, and checked again.
fn exactly(criterion: &mut Criterion) {
    let options = Options::default();
    let mut group = criterion.benchmark_group("exact");
    group.sample_size(10);
    for (name, path, text) in cases() {
        let (flowsheet, sources) = read(&path, &text, &[]);
        let prove = || {
            let form = Form::Condensed;
            analysis::analyse_exactly(
                black_box(&flowsheet),
                &sources,
                &options,
                form,
                analysis::Wanted::default(),
            )
            .1
            .proof
        };
        if flowsheet.is_planned() {
            continue;
        }
        let Some(proof) = prove() else { panic!("{name} is not proven") };
        group.bench_function(BenchmarkId::new("analyse-and-prove", &name), |b| b.iter(prove));
        group.bench_function(BenchmarkId::new("verify", &name), |b| {
            b.iter(|| exact::recheck(black_box(&flowsheet), &sources, &proof, None));
        });
    }
    group.finish();
}

/// Plans over the years: solved with everything that is told, routes ranked, a front drawn.
#[expect(clippy::print_stderr, reason = "the sizes that go with the times")]
fn planning(criterion: &mut Criterion) {
    let options = Options::default();
    let mut group = criterion.benchmark_group("planning");
    group.sample_size(10);
    for name in ["turkiye-roadmap", "validation/magnet-recycling-routes"] {
        let path = format!("{}/flowsheets/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        #[expect(clippy::disallowed_methods, reason = "a benchmark reads the shipped flowsheets")]
        let text = std::fs::read_to_string(&path).expect("it is shipped");
        let (flowsheet, _) = read(&path, &text, &[]);
        let model = Model::assemble(&flowsheet, &flowsheet.values()).expect("sound");
        let (rows, columns) = (model.condensed().row_count(), model.condensed().column_count());
        eprintln!("planning/{name}: {rows} rows, {columns} columns in the decisions alone");
        group.bench_function(BenchmarkId::new("analyse", name), |b| {
            b.iter(|| analysis::analyse(black_box(&flowsheet), &options, Form::Condensed));
        });
        if !flowsheet.choices.is_empty() {
            group.bench_function(BenchmarkId::new("three-routes", name), |b| {
                b.iter(|| analysis::best_routes(black_box(&flowsheet), 3, &options));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, bench, why, exactly, planning);
criterion_main!(benches);
