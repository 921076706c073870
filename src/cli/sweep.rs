//! `reeflow sweep`: many samples of what is uncertain, and what they say together.

mod rows;
pub mod store;
pub mod vary;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use indexmap::IndexMap;
use rayon::{ThreadPool, ThreadPoolBuilder, prelude::*};

use super::{
    End, Stop,
    args::{Format, PageArgs, PatchArgs, SolverArgs},
    console::{Console, is_page, write_bytes, write_output},
    progress::bar,
    run::{Sheet, open},
};
use crate::{
    analysis::sweep::{Request, Sweep, SweepReport, Sweeps, summarise},
    diagnostic::{Code, Diagnostic, Diagnostics, nearest},
    document::Read,
    flowsheet::{self, Flowsheet},
    lp,
    report::{
        html,
        json::{self, Answer},
        terminal,
    },
    sampling::Method,
};
use rows::Rows;
use store::{Manifest, Policy, Store, StoreError};

/// The name by which the flowsheet as it is can be swept beside its scenarios.
const BASE: &str = "base";

/// Samples of a grid from which on their number is told: no one named it.
const MANY: u64 = 1_000_000;

/// Samples where neither the flowsheet nor the user says how many.
const SAMPLES: u64 = 10_000;

#[derive(Debug, Args)]
pub(super) struct SweepArgs {
    /// The flowsheet; `-` is standard input
    file: PathBuf,
    /// The `[sweep.NAME]` to run [default: the only one; where there is none, every figure with a `range` over it]
    #[arg(long, value_name = "NAME")]
    sweep: Option<String>,
    /// Sweep a scenario of the flowsheet; may be repeated: one sweep after the other, into one table. `base` is the flowsheet as it
    /// is
    #[arg(long, value_name = "NAME")]
    scenario: Vec<String>,
    /// Vary a figure: `product.magnets.price=uniform(22 USD/kg, 100 USD/kg)`; may be repeated. Also `triangular(low, mode, high)`,
    /// `normal(mean, deviation)`, `lognormal(median, spread)`, `list(…)`, `grid(low, high, points)`, `range`; with `*` before
    /// it factors on the figure; several figures at once with `+`. Takes the place of the flowsheet's sweep, or with --sweep
    /// changes that one
    #[arg(long, value_name = "FIGURE=DISTRIBUTION")]
    vary: Vec<String>,
    /// Rank correlation of two inputs: `feed.ore.cost,product.magnets.price=0.6`; may be repeated
    #[arg(long, value_name = "ONE,OTHER=RANK")]
    correlate: Vec<String>,
    /// Leave out the correlations of the sweep, which `grid` and `indices` cannot have
    #[arg(long, conflicts_with = "correlate")]
    uncorrelated: bool,
    /// How samples are chosen [default: as the sweep says, else grid if all inputs are lists, else latin-hypercube]
    #[arg(long, value_enum, value_name = "METHOD")]
    method: Option<Way>,
    /// Number of samples; of a grid it follows from its lists [default: as the sweep says, else 10000]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..))]
    samples: Option<u64>,
    /// Seed of all that is random; the same seed gives the same samples on every machine and any number of threads
    #[arg(long, value_name = "SEED", default_value = "1")]
    seed: u64,
    /// Keep all samples in this table, Parquet or CSV by its ending; a run that was interrupted goes on where it was
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write the summary as a page for a browser, with charts: an `.html` file
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    #[command(flatten)]
    language: PageArgs,
    /// Throw away what an interrupted run has left instead of going on with it
    #[arg(long, requires = "output")]
    restart: bool,
    /// Replace a finished table
    #[arg(long, requires = "output")]
    force: bool,
    /// Number of threads [default: one per processor]; the result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// The output whose inputs are told on the terminal: `objective`, `goal.magnets` … [default: the value multiplier if it is a goal,
    /// else the objective]
    #[arg(long, value_name = "OUTPUT")]
    of: Option<String>,
    /// The summary as text for people or as JSON for programs
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    patch: PatchArgs,
    #[command(flatten)]
    solver: SolverArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Way {
    /// All combinations of lists and grids
    Grid,
    /// Independent random numbers
    Random,
    /// Each input has one sample in each of as many equal parts as there are samples
    LatinHypercube,
    /// A scrambled Sobol sequence, which fills the space evenly
    Sobol,
    /// Samples from which Sobol indices follow: which share of the variance each input makes. Rows of one sample per input and
    /// two more, as many rows as --samples allows, a power of two
    Indices,
}

impl Way {
    const fn method(self) -> Method {
        match self {
            Self::Grid => Method::Grid,
            Self::Random => Method::Random,
            Self::LatinHypercube => Method::LatinHypercube,
            Self::Sobol => Method::Sobol,
            Self::Indices => Method::Indices,
        }
    }
}

/// A flowsheet with what varies of it.
struct Case {
    scenario: Option<String>,
    sheet: Sheet,
    plan: Option<flowsheet::Sweep>,
}

pub(super) fn sweep(args: &SweepArgs, console: &mut Console) -> Result<End, Stop> {
    check_paths(args)?;
    let changed = args.sweep.as_deref().unwrap_or(vary::COMMAND_LINE);
    if args.sweep.is_none() && args.vary.is_empty() && !args.correlate.is_empty() {
        let message =
            "`--correlate` is of inputs that `--vary` names, or of the sweep that `--sweep` names";
        return Err(Stop::Tool(message.to_owned()));
    }
    let named = |text: &str| text.split_once('=').map_or(text, |(name, _)| name).trim().to_owned();
    let names: Vec<String> = args.vary.iter().map(|text| named(text)).collect();
    check_once(&names, |name| format!("--vary {name}=…"))?;
    let read = open(&args.file)?;
    let mut cases = Vec::new();
    for scenario in scenarios(args, &read)? {
        let vary = args.vary.iter().map(|text| vary::vary(changed, text));
        let correlate = args.correlate.iter().map(|text| vary::correlate(changed, text));
        let changes: Vec<_> = vary.chain(correlate).collect();
        let mut sheet = Sheet::changed(&read, scenario.as_deref(), &args.patch, &changes);
        let plan = sheet.flowsheet.as_ref().map(|flowsheet| -> Result<_, Box<Diagnostic>> {
            let mut plan = choose(flowsheet, args)?;
            if args.uncorrelated {
                (plan.correlations, plan.correlation_spans) = (Vec::new(), Vec::new());
            }
            Ok(plan)
        });
        let plan = plan.and_then(|plan| plan.map_err(|finding| sheet.findings.push(*finding)).ok());
        cases.push(Case { scenario, sheet, plan });
    }
    let pool = ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).build();
    let pool = pool.map_err(|error| Stop::Tool(format!("cannot start threads: {error}")))?;
    let prepared = pool.install(|| prepare(args, &cases));
    let told = match prepared {
        Ok(prepared) => Some(run(args, console, &cases, &prepared, &pool)?),
        Err(wrong) => {
            for (case, found) in cases.iter_mut().zip(wrong) {
                case.sheet.findings.append(found);
            }
            None
        }
    };
    for case in &cases {
        console.draw(&case.sheet.findings, &case.sheet.sources);
    }
    let (first, rest) = cases.split_first().expect("there is at least one");
    let text = match (args.format, &told) {
        (Format::Json, _) => {
            let answer =
                Answer::new("sweep", &first.sheet.findings, &first.sheet.sources, told.as_ref());
            let rest = rest.iter().map(|case| &case.sheet);
            rest.fold(answer, |answer, it| answer.and(&it.findings, &it.sources)).to_json()
        }
        (Format::Text, Some(told)) => {
            terminal::sweep::render(told, args.of.as_deref(), &console.style(None))
        }
        (Format::Text, None) => return Err(Stop::Model),
    };
    write_output(console, None, &text)?;
    let told = told.ok_or(Stop::Model)?;
    if let Some(page) = &args.page {
        write_bytes(page, html::render_sweeps(&told, args.language.language()).as_bytes())?;
        console.note(&format!("wrote {}", page.display()));
    }
    let planned = told.sweeps.iter().any(|sweep| sweep.outcomes.optimal > 0);
    Ok(if planned { End::Well } else { End::Wrong })
}

/// Tells the table of all samples from the page that sums them up, before anything is solved.
fn check_paths(args: &SweepArgs) -> Result<(), Stop> {
    if let Some(path) = args.output.as_deref().filter(|path| is_page(path)) {
        let path = path.display();
        return Err(Stop::Tool(format!(
            "`-o` keeps all samples, as `.parquet` or `.csv`; a page is `--page {path}`"
        )));
    }
    if args.language.is_asked() && args.page.is_none() {
        let message =
            "`--lang` is for the page that `--page FILE.html` writes; all else is English";
        return Err(Stop::Tool(message.to_owned()));
    }
    match args.page.as_deref().filter(|path| !is_page(path)) {
        Some(path) => {
            let path = path.display();
            Err(Stop::Tool(format!(
                "`--page {path}` is to end with `.html`; `-o` keeps the samples in a table"
            )))
        }
        None => Ok(()),
    }
}

/// The scenarios that are swept; none is the flowsheet as it is.
fn scenarios(args: &SweepArgs, read: &Read) -> Result<Vec<Option<String>>, Stop> {
    if args.scenario.is_empty() {
        return Ok(vec![None]);
    }
    check_once(&args.scenario, |name| format!("--scenario {name}"))?;
    let is_base = |name: &str| {
        let document = || Sheet::parse(read, None, &args.patch, &[]).document;
        name == BASE && document().is_some_and(|it| !it.scenario.contains_key(BASE))
    };
    let named = args.scenario.iter();
    Ok(named.map(|name| (!is_base(name)).then(|| name.clone())).collect())
}

/// Whether no name is given twice; `option` is how it was written.
fn check_once(names: &[String], option: impl Fn(&str) -> String) -> Result<(), Stop> {
    for (at, name) in names.iter().enumerate() {
        if let Some(first) = names[..at].iter().position(|other| other == name) {
            let option = option(name);
            let message = format!("`{option}` is given twice, {} and {}", first + 1, at + 1);
            return Err(Stop::Tool(message));
        }
    }
    Ok(())
}

/// The sweep that is meant.
fn choose(flowsheet: &Flowsheet, args: &SweepArgs) -> Result<flowsheet::Sweep, Box<Diagnostic>> {
    let wanted = match &args.sweep {
        Some(name) => Some(name.as_str()),
        None if !args.vary.is_empty() => Some(vary::COMMAND_LINE),
        None => None,
    };
    let named = |name: &str| flowsheet.sweeps.iter().find(|sweep| sweep.name == name);
    let known: Vec<&str> = flowsheet.sweeps.iter().map(|sweep| sweep.name.as_str()).collect();
    match (wanted, flowsheet.sweeps.as_slice()) {
        (Some(name), _) => named(name).cloned().ok_or_else(|| {
            let found = Diagnostic::new(Code::BadSweep, format!("there is no sweep `{name}`"));
            Box::new(found.help(match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => "the flowsheet has no `[sweep.NAME]`".to_owned(),
                None => format!("there are `{}`", known.join("`, `")),
            }))
        }),
        (None, []) => {
            let ranges = flowsheet::Sweep::of_ranges(flowsheet);
            if ranges.inputs.is_empty() {
                let found = Diagnostic::new(Code::BadSweep, "there is nothing to sweep");
                return Err(Box::new(found.help(
                    "write a `[sweep.NAME]`, give figures a `range`, or name some: `--vary 'product.magnets.price=uniform(22 USD/kg, 100 USD/kg)'`",
                )));
            }
            Ok(ranges)
        }
        (None, [only]) => Ok(only.clone()),
        (None, _) => {
            let found = Diagnostic::new(Code::BadSweep, "there are several sweeps");
            let names = known.join("`, `");
            Err(Box::new(found.help(format!("say which with `--sweep`: `{names}`"))))
        }
    }
}

/// Prepares all sweeps; if one cannot be, the findings of each.
fn prepare<'a>(args: &SweepArgs, cases: &'a [Case]) -> Result<Vec<Sweep<'a>>, Vec<Diagnostics>> {
    let options = args.solver.options();
    let (mut prepared, mut wrong) = (Vec::new(), vec![Diagnostics::new(); cases.len()]);
    for (case, wrong) in cases.iter().zip(&mut wrong) {
        let (Some(flowsheet), Some(plan)) = (&case.sheet.flowsheet, &case.plan) else { continue };
        let request = Request {
            method: args.method.map_or_else(|| plan.method(), Way::method),
            samples: wanted(args, Some(plan)),
            seed: args.seed,
            options,
        };
        match Sweep::prepare(flowsheet, plan, &request) {
            Ok(sweep) => prepared.push(sweep),
            Err(found) => wrong.append(found),
        }
    }
    if prepared.len() == cases.len() { Ok(prepared) } else { Err(wrong) }
}

/// Runs all sweeps, one after the other, into one table.
fn run(
    args: &SweepArgs,
    console: &mut Console,
    cases: &[Case],
    prepared: &[Sweep<'_>],
    pool: &ThreadPool,
) -> Result<Sweeps, Stop> {
    check_of(args, prepared)?;
    tell_samples(args, console, cases, prepared)?;
    let names = cases.iter().map(|case| case.scenario.clone()).collect();
    let rows = Rows::new(prepared, names).map_err(|column| {
        let message = format!(
            "`{column}` is not of the same unit in all scenarios, and so has no column of its own"
        );
        Stop::Tool(format!("{message}; sweep them one by one"))
    })?;
    let folder = tempfile::tempdir();
    let folder = folder.map_err(|error| Stop::Tool(format!("cannot keep samples: {error}")))?;
    let out = args.output.clone().unwrap_or_else(|| folder.path().join("sweep.parquet"));
    let manifest = Manifest {
        fingerprint: fingerprint(args, cases, prepared),
        table: rows.table(),
        chunk: rows.chunk(),
        count: rows.count(),
    };
    let policy = Policy { restart: args.restart, force: args.force };
    let store = Store::open(&out, manifest, policy)?;
    let kept = store.kept();
    if kept > 0 {
        let (all, out) = (rows.count(), out.display());
        console.note(&format!("going on with `{out}`: {kept} of {all} samples are there"));
    }
    fill(console, &rows, &store, pool, args.output.is_some())?;
    let mut reports = Vec::new();
    for (at, (sweep, case)) in prepared.iter().zip(cases.iter()).enumerate() {
        let summary = || summarise(sweep, |which, take| rows.read(at, &store, which, take));
        let waiting =
            bar(console.shows_progress(), None, "{spinner} what each input does alone, {elapsed}");
        let told = pool.install(summary);
        waiting.finish_and_clear();
        let told = told?;
        reports.push(SweepReport { scenario: case.scenario.clone(), ..told });
    }
    if args.output.is_some() {
        store.finish()?;
    }
    let output = args.output.as_ref().map(|path| path.display().to_string());
    Ok(Sweeps { sweeps: reports, output })
}

/// Whether there is the output whose inputs are to be told.
fn check_of(args: &SweepArgs, sweeps: &[Sweep<'_>]) -> Result<(), Stop> {
    let Some(wanted) = &args.of else { return Ok(()) };
    let outputs = sweeps.iter().flat_map(Sweep::outputs).filter(|output| !output.is_truth());
    let names: Vec<&str> = outputs.map(|output| output.name.as_str()).collect();
    if names.contains(&wanted.as_str()) {
        return Ok(());
    }
    let help = match nearest(wanted, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are `{}`", names.join("`, `")),
    };
    Err(Stop::Tool(format!("there is no output `{wanted}`; {help}")))
}

/// Number of samples that is asked for.
fn wanted(args: &SweepArgs, plan: Option<&flowsheet::Sweep>) -> u64 {
    args.samples.or(plan.and_then(|plan| plan.samples)).unwrap_or(SAMPLES)
}

/// Tells where the number of samples is not the one that was named.
fn tell_samples(
    args: &SweepArgs,
    console: &mut Console,
    cases: &[Case],
    sweeps: &[Sweep<'_>],
) -> Result<(), Stop> {
    for (sweep, case) in sweeps.iter().zip(cases) {
        let (method, taken) = (sweep.sampler().method(), sweep.len());
        let wanted = wanted(args, case.plan.as_ref());
        match (method, args.samples) {
            (Method::Grid, Some(wanted)) if wanted != taken => {
                return Err(Stop::Tool(format!(
                    "a grid has as many samples as its lists give, here {taken}; `--samples {wanted}` is for another `--method`"
                )));
            }
            (Method::Grid, _) if taken >= MANY => {
                console.note(&format!("the grid has {taken} samples"));
            }
            (Method::Indices, _) if wanted != taken => console.note(&format!(
                "{taken} samples of {wanted}: `indices` takes {} for a row, and as many rows as a power of two",
                sweep.inputs().len() + 2
            )),
            _ => {}
        }
    }
    Ok(())
}

/// Evaluates what is missing.
fn fill(
    console: &Console,
    rows: &Rows<'_, '_>,
    store: &Store,
    pool: &ThreadPool,
    kept: bool,
) -> Result<(), Stop> {
    let missing = store.missing();
    let safe = if kept { "; Ctrl-C loses nothing" } else { "" };
    let style =
        format!("{{bar:30}} {{human_pos}}/{{human_len}} samples, {{per_sec}}, {{eta}} left{safe}");
    let progress = bar(console.shows_progress(), Some(rows.count()), &style);
    progress.set_position(store.kept());
    progress.reset_eta();
    let one = |&chunk: &u64| -> Result<(), StoreError> {
        let range = store.rows(chunk);
        let count = range.end - range.start;
        store.write(chunk, &rows.evaluate(&store.manifest().table, range))?;
        progress.inc(count);
        Ok(())
    };
    // One chunk at a time for each thread, in their order.
    let done = pool.install(|| missing.par_iter().with_max_len(1).try_for_each(one));
    progress.finish_and_clear();
    Ok(done?)
}

/// All that decides the results.
fn fingerprint(args: &SweepArgs, cases: &[Case], sweeps: &[Sweep<'_>]) -> IndexMap<String, String> {
    let mut all = IndexMap::new();
    all.insert("reeflow".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    for (case, sweep) in cases.iter().zip(sweeps) {
        let name = case.scenario.as_ref().map_or(String::new(), |name| format!(" of {name}"));
        let digest = json::sha256(&format!("{:?}", case.sheet.document));
        all.insert(format!("flowsheet{name}"), digest);
        all.insert(format!("sweep{name}"), format!("{:?}", case.plan));
        all.insert(format!("method{name}"), sweep.sampler().method().name().to_owned());
    }
    let names = cases.iter().map(|case| case.scenario.as_deref().unwrap_or(BASE));
    all.insert("scenarios".to_owned(), names.collect::<Vec<_>>().join(", "));
    all.insert("seed".to_owned(), args.seed.to_string());
    let lp::Options { backend, gap, time_limit, .. } = args.solver.options();
    let limit = time_limit.map_or(f64::INFINITY, |limit| limit.as_secs_f64());
    all.insert("solver".to_owned(), format!("{}, gap {gap}, at most {limit} s", backend.name()));
    all
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Tool(error.to_string())
    }
}
