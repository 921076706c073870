//! All runs of a benchmark, each in a process of its own.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use clap::{Args, ValueEnum};

use super::{
    super::{
        End, Stop,
        args::{PatchArgs, seconds},
        console::{Console, write_output},
        progress::bar,
        run::{Sheet, open},
    },
    contender::Contender,
    external::pause,
    generate::SizeName,
    machine,
    measure::FormName,
};
use crate::{
    analysis::benchmark::{Benchmark, Measurement, Rules, Status, Task},
    diagnostic::{Diagnostics, Sources},
    lp::highs,
    report::{json::Answer, open_energy, terminal},
    synthetic::generate,
};

/// How the benchmark is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Paper {
    /// Tables for people
    #[default]
    Text,
    /// A line per run in the columns of the Open Energy Benchmark
    Csv,
    /// Everything, with the machine
    Json,
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Flowsheets to measure
    files: Vec<PathBuf>,
    /// Generated flowsheets to measure, too [default: small, if no file is named]
    #[arg(long, value_enum, value_name = "SIZES", value_delimiter = ',')]
    size: Vec<SizeName>,
    /// What generated flowsheets are drawn by
    #[arg(long, value_name = "NUMBER", default_value = "1")]
    seed: u64,
    /// Who solves [default: all that there are]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    solver: Vec<String>,
    /// Which programs are solved
    #[arg(long, value_enum, value_name = "FORMS", value_delimiter = ',', default_values_t = FormName::ALL)]
    form: Vec<FormName>,
    /// How often each is run
    #[arg(long, value_name = "COUNT", default_value = "3", value_parser = clap::value_parser!(u16).range(1..=1000))]
    runs: u16,
    /// Stop a run after so many seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "600")]
    time_limit: Duration,
    /// Shift of the geometric mean over all cases, in seconds
    #[arg(long, value_name = "SECONDS", value_parser = not_negative, default_value = "10")]
    shift: f64,
    /// What a failure counts in that mean, as a multiple of the time limit
    #[arg(long, value_name = "FACTOR", value_parser = not_negative, default_value = "1")]
    penalty: f64,
    /// The benchmark as tables, CSV or JSON
    #[arg(long, value_enum, default_value_t)]
    format: Paper,
    /// Write it to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn not_negative(text: &str) -> Result<f64, String> {
    let value = text.parse::<f64>().ok().filter(|value| *value >= 0.0 && value.is_finite());
    value.ok_or_else(|| "it is not a number of at least 0".to_owned())
}

/// A flowsheet to measure.
struct Case {
    name: String,
    path: PathBuf,
}

pub(super) fn run(args: &RunArgs, console: &mut Console) -> Result<End, Stop> {
    let (solvers, absent) = solvers(&args.solver)?;
    let folder = tempfile::tempdir()
        .map_err(|error| Stop::Tool(format!("cannot make a temporary folder: {error}")))?;
    let cases = cases(args, folder.path(), console)?;
    let began = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    let mut tasks: Vec<(Task, Vec<Measurement>)> = Vec::new();
    let runs = usize::from(args.runs);
    let count = cases.len() * args.form.len() * solvers.len() * runs;
    let style = "{bar:30} {pos}/{len} {elapsed} {msg}";
    let progress = bar(console.shows_progress(), Some(count as u64), style);
    for case in &cases {
        let first = tasks.len();
        for form in &args.form {
            for solver in &solvers {
                let task = Task {
                    case: case.name.clone(),
                    form: form.name().to_owned(),
                    solver: (*solver).to_owned(),
                };
                tasks.push((task, Vec::new()));
            }
        }
        // Round by round, so that a machine that drifts does not drift against one of them.
        for _ in 0..runs {
            for (task, made) in &mut tasks[first..] {
                progress.inc(1);
                if made.last().is_some_and(|run| run.status != Status::Certified) {
                    continue;
                }
                progress.set_message(format!("{} {} {}", task.case, task.form, task.solver));
                made.push(apart(case, task, folder.path(), args.time_limit)?);
            }
        }
    }
    progress.finish_and_clear();
    let rules = Rules {
        runs,
        time_limit: args.time_limit.as_secs_f64(),
        shift: args.shift,
        penalty: args.penalty,
        seed: args.seed,
    };
    let told = Benchmark::of(began, machine::describe(), rules, tasks, absent);
    let output = args.output.as_deref();
    let text = match args.format {
        Paper::Text => terminal::benchmark::render(&told, &console.style(output)),
        Paper::Csv => open_energy::render(&told),
        Paper::Json => {
            Answer::new("bench", &Diagnostics::new(), &Sources::new(), Some(&told)).to_json()
        }
    };
    write_output(console, output, &text)?;
    let well = told.entries.iter().any(|entry| entry.counts)
        && told.entries.iter().all(|entry| entry.agrees != Some(false));
    Ok(if well { End::Well } else { End::Wrong })
}

/// The solvers that were asked for, or all that are here; and which are not.
fn solvers(asked: &[String]) -> Result<(Vec<&'static str>, Vec<String>), Stop> {
    let names = Contender::names();
    if let Some(unknown) = asked.iter().find(|asked| !names.contains(&asked.as_str())) {
        let known = names.join(", ");
        return Err(Stop::Tool(format!("there is no solver `{unknown}`; there are {known}")));
    }
    let (mut found, mut absent) = (Vec::new(), Vec::new());
    for name in names {
        let Some(contender) = Contender::named(name) else { continue };
        if !asked.is_empty() && !asked.iter().any(|asked| asked == name) {
            continue;
        }
        match contender.absence() {
            None => found.push(name),
            Some(why) if asked.is_empty() => absent.push(why),
            Some(why) => return Err(Stop::Tool(format!("cannot measure {why}"))),
        }
    }
    Ok((found, absent))
}

/// The flowsheets, those that are generated written to a folder first.
fn cases(args: &RunArgs, folder: &Path, console: &mut Console) -> Result<Vec<Case>, Stop> {
    let mut cases: Vec<Case> = Vec::new();
    let stem = |file: &Path| file.file_stem().unwrap_or(file.as_os_str()).to_owned();
    for file in &args.files {
        // Nothing is begun if one of them cannot be read, or is no flowsheet.
        let sheet = Sheet::of(&open(file)?, None, &PatchArgs::default());
        if sheet.flowsheet.is_none() {
            console.draw(&sheet.findings, &sheet.sources);
            return Err(Stop::Model);
        }
        let path = file.canonicalize().unwrap_or_else(|_| file.clone());
        if cases.iter().any(|case| case.path == path) {
            return Err(Stop::Tool(format!("`{}` is named twice", file.display())));
        }
        // Two of one name in different folders are told apart by their paths.
        let alone = args.files.iter().filter(|it| stem(it) == stem(file)).count() == 1;
        let name = if alone { stem(file) } else { file.as_os_str().to_owned() };
        cases.push(Case { name: name.to_string_lossy().into_owned(), path });
    }
    let small = [SizeName::default()];
    let sizes = if args.files.is_empty() && args.size.is_empty() { &small[..] } else { &args.size };
    for size in sizes.iter().map(|size| size.size()) {
        let text = generate(&size.shape(args.seed)).expect("the named sizes are fit");
        let path = folder.join(format!("{}.toml", size.name()));
        write_case(&path, &text)?;
        cases.push(Case { name: size.name().to_owned(), path });
    }
    Ok(cases)
}

fn write_case(path: &Path, text: &str) -> Result<(), Stop> {
    #[expect(clippy::disallowed_methods, reason = "`cli` writes files")]
    std::fs::write(path, text)
        .map_err(|error| Stop::Tool(format!("cannot write a generated flowsheet: {error}")))
}

/// One run in a process of its own.
fn apart(case: &Case, task: &Task, folder: &Path, limit: Duration) -> Result<Measurement, Stop> {
    let cannot = |what: &str, error: &std::io::Error| {
        Stop::Tool(format!("cannot {what} a process of its own: {error}"))
    };
    let program = std::env::current_exe().map_err(|error| cannot("find", &error))?;
    let folder = tempfile::tempdir_in(folder).map_err(|error| cannot("make room for", &error))?;
    let began = Instant::now();
    let mut command = Command::new(program);
    if let Ok(library) = highs::loaded() {
        // That of `--highs`, too.
        command.env("REEFLOW_HIGHS", library.path);
    }
    let mut child = command
        .args(["bench", "measure", "--form", &task.form, "--solver", &task.solver])
        .args(["--time-limit", &limit.as_secs_f64().to_string()])
        .arg("--folder")
        .arg(folder.path())
        .arg("--")
        .arg(&case.path)
        // It ends when this pipe does, which is with this process at the latest.
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| cannot("start", &error))?;
    if !ends_by_itself(&mut child, began, limit).map_err(|error| cannot("wait for", &error))? {
        let message = "stopped, as it did not stop by itself";
        return Ok(Measurement::ended(Status::TimeLimit, message, limit.as_secs_f64()));
    }
    let mut line = String::new();
    if let Some(mut out) = child.stdout.take() {
        let _ = out.read_to_string(&mut line);
    }
    let status = child.wait().map_err(|error| cannot("wait for", &error))?;
    Ok(serde_json::from_str(&line).unwrap_or_else(|_| {
        let passed = began.elapsed().as_secs_f64();
        Measurement::ended(Status::Failed, format!("the process ended with {status}"), passed)
    }))
}

/// Whether a child ends before it has to be stopped: some seconds after its limit, which it knows.
fn ends_by_itself(child: &mut Child, began: Instant, limit: Duration) -> std::io::Result<bool> {
    let last = limit + Duration::from_secs(5);
    loop {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        if began.elapsed() > last {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        std::thread::sleep(pause(began.elapsed()));
    }
}
