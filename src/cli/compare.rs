//! `reeflow compare`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{
    End, Stop,
    args::{FormArgs, Format, PageArgs, PatchArgs, SolverArgs},
    console::{Console, write_output},
    files::Disk,
    run::{Sheet, is_json, open_any},
    written::{Kind, check_names, choose, write_tables},
};
use crate::{
    analysis::compare::{Comparison, Side, attribute, compare as differences, observe},
    diagnostic::{Diagnostics, Sources},
    document::Read,
    flowsheet::Flowsheet,
    report::{
        html,
        json::{self, Answer, Saved},
        tables::{COMPARISON_NAMES, comparison_tables},
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
    form: FormArgs,
    /// The report as text for people or as JSON for programs
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write to a file; the ending says what: `.html`, `.xlsx`, `.md`, `.csv`, `.json`, `.txt`, or `/` for a folder of CSV files
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Only these tables, by name; a `.csv` takes one [default: all]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    table: Vec<String>,
    #[command(flatten)]
    page: PageArgs,
}

/// One of the two plans, with the findings about it.
struct Half {
    findings: Diagnostics,
    sources: Sources,
    /// None if the findings say why there is no plan.
    compared: Option<Compared>,
}

/// A plan to compare.
struct Compared {
    side: Side,
    /// What was solved, or why it is not at hand.
    flowsheet: Result<Flowsheet, String>,
}

pub(super) fn compare(args: &CompareArgs, console: &mut Console) -> Result<End, Stop> {
    let none = PatchArgs::default();
    let kind = kind_of(args)?;
    let before = read(&args.before, None, &none, args, console)?;
    let after = args.after.as_deref().unwrap_or(&args.before);
    let after = read(after, Some(&args.before), &args.patch, args, console)?;
    let told = match (&before.compared, &after.compared) {
        (Some(before), Some(after)) => Some(tell(before, after, args)?),
        _ => None,
    };
    let data = || {
        Answer::new("compare", &before.findings, &before.sources, told.as_ref())
            .and(&after.findings, &after.sources)
            .to_json()
    };
    let output = args.output.as_deref().filter(|path| path.as_os_str() != "-");
    match (kind, &told, output) {
        (Some(kind), Some(told), Some(path)) if kind.has_tables() => {
            let chosen = choose(comparison_tables(told), &args.table, "this comparison")?;
            let title = format!("{} → {}", told.before, told.after);
            write_tables(console, path, kind, (&title, &chosen), data)?;
            return Ok(End::Well);
        }
        (Some(Kind::Json), _, _) => write_output(console, output, &data())?,
        (_, None, _) => return Err(Stop::Model),
        (Some(_), Some(told), _) => {
            let page = html::render_comparison(told, args.page.language());
            write_output(console, output, &page)?;
        }
        (None, Some(told), _) => {
            let text = terminal::compare::render(told, args.all, &console.style(output));
            write_output(console, output, &text)?;
        }
    }
    if let Some(path) = output {
        console.note(&format!("wrote {}", path.display()));
    }
    told.map_or(Err(Stop::Model), |_| Ok(End::Well))
}

/// What is written; none is text.
fn kind_of(args: &CompareArgs) -> Result<Option<Kind>, Stop> {
    let output = args.output.as_deref().filter(|path| path.as_os_str() != "-");
    let is_data = args.format == Format::Json;
    let is_text = |path: &Path| {
        let is_folder =
            path.is_dir() || path.to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
        !is_folder && path.extension().is_none_or(|ending| ending.eq_ignore_ascii_case("txt"))
    };
    let kind = match output {
        Some(path) if !is_text(path) => match Kind::of(path, ENDINGS) {
            Ok(Kind::Picture(_)) => {
                let path = path.display();
                return Err(Stop::Tool(format!(
                    "`{path}`: there is no picture of a comparison; {ENDINGS}"
                )));
            }
            // Data may be called as one likes.
            Err(_) if is_data && !path.is_dir() => None,
            kind => Some(kind?),
        },
        _ => None,
    };
    let refuse = |message: &str| Err(Stop::Tool(message.to_owned()));
    match kind {
        Some(kind) if is_data && kind != Kind::Json => {
            let what = if kind == Kind::Page { "a page is" } else { "tables are" };
            return refuse(&format!(
                "{what} no JSON: leave out `--format json`, or end the path with `.json`"
            ));
        }
        Some(kind) if kind == Kind::Page || kind.has_tables() => {
            check_names(&args.table, kind, COMPARISON_NAMES)?;
        }
        _ if !args.table.is_empty() => {
            return refuse("`--table` is for `-o` with `.xlsx`, `.md`, `.csv` or `/`");
        }
        _ => {}
    }
    if args.page.is_asked() && kind != Some(Kind::Page) {
        return refuse("`--lang` is for a page: `-o FILE.html`; all else is English");
    }
    Ok(if is_data { Some(Kind::Json) } else { kind })
}

const ENDINGS: &str = "end it with `.html` (a page), `.xlsx` (a workbook), `.md` (Markdown), `.csv` (one table), `.json` (data), `.txt` (what the terminal \
                       shows), or `/` (a folder of CSV files)";

fn tell(before: &Compared, after: &Compared, args: &CompareArgs) -> Result<Comparison, Stop> {
    let mut told = differences(&before.side, &after.side)
        .map_err(|why| Stop::Tool(format!("cannot compare: {why}")))?;
    let attributed = match (&before.flowsheet, &after.flowsheet) {
        (Ok(from), Ok(to)) => attribute(from, to, &args.solver.options()),
        (Err(why), _) | (_, Err(why)) => Err(why.clone()),
    };
    match attributed {
        Ok(attribution) => told.attribution = Some(attribution),
        Err(why) => told.why_not_attributed = Some(why),
    }
    Ok(told)
}

/// `FILE@SCENARIO` taken apart, unless there is a file of that name; `@SCENARIO` is one of the first file.
fn part(path: &Path, first: Option<&Path>) -> (PathBuf, Option<String>) {
    let text = path.to_string_lossy();
    match text.rsplit_once('@') {
        Some((file, scenario)) if !path.exists() => {
            let file = match first {
                Some(first) if file.is_empty() => part(first, None).0,
                _ => PathBuf::from(file),
            };
            (file, Some(scenario.to_owned()))
        }
        _ => (path.to_owned(), None),
    }
}

fn read(
    path: &Path,
    first: Option<&Path>,
    patch: &PatchArgs,
    args: &CompareArgs,
    console: &mut Console,
) -> Result<Half, Stop> {
    let (file, scenario) = part(path, first);
    let text = open_any(&file)?;
    if is_json(&text) || file.extension().is_some_and(|ending| ending == "json") {
        let changes = patch.changes();
        if scenario.is_some() || !changes.is_empty() {
            let what = scenario.map_or_else(|| changes.join(", "), |name| format!("@{name}"));
            return Err(Stop::Tool(format!(
                "`{}` is a saved result, to which `{what}` cannot be applied; name its flowsheet instead",
                file.display()
            )));
        }
        let (findings, sources) = (Diagnostics::new(), Sources::new());
        return Ok(Half { findings, sources, compared: Some(read_saved(&text, &file)?) });
    }
    let mut sheet = Sheet::of(&text, scenario.as_deref(), patch);
    let side = sheet.ask(console, |it| observe(it, &args.solver.options(), args.form.form()));
    let compared = side.zip(sheet.flowsheet).map(|(mut side, flowsheet)| {
        side.name(&words(&file, scenario.as_deref(), &patch.changes()));
        let planned = "the change of a plan over the years is not divided among its causes";
        let flowsheet =
            if flowsheet.is_planned() { Err(planned.to_owned()) } else { Ok(flowsheet) };
        Compared { side, flowsheet }
    });
    Ok(Half { findings: sheet.findings, sources: sheet.sources, compared })
}

/// What a plan is called: its file, scenario and settings.
fn words(file: &Path, scenario: Option<&str>, set: &[String]) -> [Option<String>; 3] {
    [
        Some(file.display().to_string()),
        scenario.map(|name| format!("scenario {name}")),
        (!set.is_empty()).then(|| set.join(", ")),
    ]
}

/// A result of `solve --format json`, and the flowsheet it is of if that is still there as it was.
fn read_saved(read: &Read, file: &Path) -> Result<Compared, Stop> {
    let text = String::from_utf8_lossy(&read.bytes);
    let mut side = Side::from_json(&text, json::SCHEMA)
        .map_err(|why| Stop::Tool(format!("cannot compare `{}`: {why}", file.display())))?;
    let saved = Saved::read(&text);
    let request = saved.as_ref().map(|saved| saved.request.clone()).unwrap_or_default();
    side.name(&words(file, request.scenario.as_deref(), &request.set));
    let flowsheet = saved.and_then(|saved| reload(&saved, file));
    let named = |why| format!("the flowsheet of `{}` is not at hand: {why}", file.display());
    Ok(Compared { side, flowsheet: flowsheet.map_err(named) })
}

/// The flowsheet of a saved result, if all texts are those that were solved.
fn reload(saved: &Saved, file: &Path) -> Result<Flowsheet, String> {
    let name = saved.flowsheet().ok_or("the result does not name it")?;
    let beside = file.parent().unwrap_or(Path::new("")).join(name);
    let path = [PathBuf::from(name), beside].into_iter().find(|path| path.is_file());
    let path = path.ok_or_else(|| format!("there is no `{name}`"))?;
    let read = Disk::open(&path).map_err(|why| format!("`{name}` cannot be read: {why}"))?;
    let patch = PatchArgs { set: saved.request.set.clone(), ..PatchArgs::default() };
    let sheet = Sheet::of(&read, saved.request.scenario.as_deref(), &patch);
    match saved.changes(&sheet.sources).into_iter().next() {
        Some(change) => Err(change),
        None => sheet.flowsheet.ok_or_else(|| format!("`{name}` is no sound flowsheet")),
    }
}
