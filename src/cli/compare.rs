//! `reeflow compare`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{
    End, Stop,
    args::{Format, OutputArgs, PatchArgs, SolverArgs},
    console::{Console, write_output},
    run::{Sheet, open},
};
use crate::{
    analysis::{
        analyse,
        compare::{Side, attribute, compare as differences},
    },
    diagnostic::{Diagnostics, Sources},
    flowsheet::Flowsheet,
    report::{
        json::{self, Answer},
        terminal,
    },
};

#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// The plan before: FILE, FILE@SCENARIO, or a saved result (.json)
    before: PathBuf,
    /// The plan after, likewise; @SCENARIO is a scenario of the same file
    #[arg(required_unless_present_any = ["set", "maximise", "minimise"])]
    after: Option<PathBuf>,
    #[command(flatten)]
    patch: PatchArgs,
    /// Tell all that differs, not only the largest changes
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// One of the two plans.
struct Compared {
    side: Side,
    flowsheet: Option<Flowsheet>,
}

pub(super) fn compare(args: &CompareArgs, console: &mut Console) -> Result<End, Stop> {
    let none = PatchArgs::default();
    let before = read(&args.before, &args.before, &none, args, console)?;
    let after = args.after.as_deref().unwrap_or(&args.before);
    let after = read(after, &args.before, &args.patch, args, console)?;
    let mut told = differences(&before.side, &after.side);
    if let (Some(from), Some(to)) = (&before.flowsheet, &after.flowsheet) {
        match attribute(from, to, &args.solver.options()) {
            Ok(attribution) => told.attribution = Some(attribution),
            Err(why) => told.why_not_attributed = Some(why),
        }
    } else {
        let why = "saved results do not carry their inputs; compare the flowsheets";
        told.why_not_attributed = Some(why.to_owned());
    }
    let output = args.output.output.as_deref();
    let text = match args.output.format {
        Format::Json => {
            Answer::new("compare", &Diagnostics::new(), &Sources::new(), Some(&told)).to_json()
        }
        Format::Text => terminal::compare::render(&told, args.all, &console.style(output)),
    };
    write_output(console, output, &text)?;
    Ok(End::Well)
}

/// `FILE@SCENARIO` taken apart, unless there is a file of that name.
fn part(path: &Path, first: &Path) -> (PathBuf, Option<String>) {
    let text = path.to_string_lossy();
    match text.rsplit_once('@') {
        Some((file, scenario)) if !path.exists() => {
            let file = if file.is_empty() { part(first, first).0 } else { PathBuf::from(file) };
            (file, Some(scenario.to_owned()))
        }
        _ => (path.to_owned(), None),
    }
}

fn read(
    path: &Path,
    first: &Path,
    patch: &PatchArgs,
    args: &CompareArgs,
    console: &mut Console,
) -> Result<Compared, Stop> {
    if path.extension().is_some_and(|extension| extension == "json") {
        let read = open(path)?;
        let text = String::from_utf8_lossy(&read.bytes);
        let side = Side::from_json(&text, json::SCHEMA)
            .map_err(|why| Stop::Tool(format!("cannot compare `{}`: {why}", path.display())))?;
        return Ok(Compared { side, flowsheet: None });
    }
    let (file, scenario) =
        if path.starts_with("@") || path != first { part(path, first) } else { part(first, first) };
    let mut sheet = Sheet::of(&open(&file)?, scenario.as_deref(), patch);
    let analysed = sheet
        .flowsheet
        .as_ref()
        .map(|flowsheet| analyse(flowsheet, &args.solver.options(), args.solver.form()));
    let plan = match analysed {
        Some(Ok(plan)) => Some(plan),
        Some(Err(findings)) => {
            sheet.findings.append(findings);
            None
        }
        None => None,
    };
    console.draw(&sheet.findings, &sheet.sources);
    let Some(plan) = plan else { return Err(Stop::Model) };
    let mut side = Side::of(&plan.outcome);
    side.name(&[
        Some(file.display().to_string()),
        scenario.map(|name| format!("scenario {name}")),
        Some(patch.changes().join(", ")).filter(|changes| !changes.is_empty()),
    ]);
    Ok(Compared { side, flowsheet: sheet.flowsheet })
}
