//! `reeflow report`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{
    End, Stop,
    args::{FormArgs, PageArgs, SheetArgs, SolverArgs},
    console::{Console, write_bytes, write_in_folder},
    picture::draw,
    run::Sheet,
    solve::as_warnings,
    watch::WatchArgs,
};
use crate::{
    analysis::{
        Plan, Wanted, analyse_with, claims::audit, extraction::plants_of, fill_best_multipliers,
    },
    diagnostic::{Diagnostics, nearest},
    flowsheet::Flowsheet,
    report::{
        html::{self, More, Picture},
        json::Answer,
        tables::{NAMES, Table, csv, markdown, tables},
        terminal::render_objective,
        workbook::workbook,
    },
};

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    #[command(flatten)]
    pub(super) sheet: SheetArgs,
    /// Where to write; the ending says what: `.html`, `.xlsx`, `.md`, `.csv`, `.json`, `/` for a folder of CSV files, or `.svg` and
    /// `.png` for a picture of the flows, which a browser draws
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Only these tables, by name; a `.csv` takes one [default: all]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    table: Vec<String>,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    form: FormArgs,
    /// Tell the least and greatest flow of each species, too, where other plans are as good
    #[arg(long)]
    intervals: bool,
    /// Tell the best value multiplier of any plan, too, on all bases
    #[arg(long)]
    best_multipliers: bool,
    #[command(flatten)]
    page: PageArgs,
    /// Judge each goal as `check` does and tell the verdicts on the page, which takes many plans
    #[arg(long)]
    claims: bool,
    /// What a picture is of: `mass`, `value`, or the name of a group, an element or a species [default: mass]
    #[arg(long, value_name = "WHAT")]
    by: Option<String>,
    /// The browser that draws a picture: Chromium, Chrome or Edge [default: the first that is found]
    #[arg(long, value_name = "FILE", env = "REEFLOW_BROWSER", hide_env_values = true)]
    browser: Option<PathBuf>,
    /// Of a flowsheet with periods, the one that is told in full [default: the last]
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    #[command(flatten)]
    pub(super) watch: WatchArgs,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Page,
    Picture(Picture),
    Workbook,
    Markdown,
    Csv,
    Folder,
    Json,
}

/// What the ending of a path asks for.
fn kind_of(path: &Path) -> Result<Kind, Stop> {
    let text = path.to_string_lossy();
    if text.ends_with(['/', std::path::MAIN_SEPARATOR]) {
        return Ok(Kind::Folder);
    }
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("xlsx") => Ok(Kind::Workbook),
        Some("md" | "markdown") => Ok(Kind::Markdown),
        Some("csv") => Ok(Kind::Csv),
        Some("json") => Ok(Kind::Json),
        Some("html" | "htm") => Ok(Kind::Page),
        Some("svg") => Ok(Kind::Picture(Picture::Svg)),
        Some("png") => Ok(Kind::Picture(Picture::Png)),
        _ if path.is_dir() => {
            Err(Stop::Tool(format!("`{text}` is a folder; `{text}/` writes all tables into it")))
        }
        Some(ending) => {
            Err(Stop::Tool(format!("`{text}`: nothing is written as `.{ending}`; {ENDINGS}")))
        }
        None => {
            Err(Stop::Tool(format!("`{text}` has no ending that says what to write; {ENDINGS}")))
        }
    }
}

const ENDINGS: &str = "end it with `.html` (a page), `.xlsx` (a workbook), `.md` (Markdown), `.csv` (one table), `.json` (all tables as data), `.svg` \
                       or `.png` (a picture of the flows), or `/` (a folder of CSV files)";

pub(super) fn report(args: &ReportArgs, console: &mut Console) -> Result<End, Stop> {
    let kind = kind_of(&args.output)?;
    check_names(&args.table, kind)?;
    check_choices(args, kind)?;
    let mut sheet = Sheet::read(&args.sheet)?;
    let busy = console.busy(format!("solving {}", args.sheet.file.display()));
    let mut told = sheet.flowsheet.as_ref().map(|flowsheet| solve(flowsheet, args)).transpose();
    drop(busy);
    match &mut told {
        Ok(Some(plan)) => sheet.findings.append(as_warnings(&std::mem::take(&mut plan.findings))),
        Ok(None) => {}
        Err(findings) => sheet.findings.append(std::mem::take(findings)),
    }
    console.draw(&sheet.findings, &sheet.sources);
    let Some((plan, flowsheet)) = told.ok().flatten().zip(sheet.flowsheet.as_ref()) else {
        if kind == Kind::Json {
            let none: Option<&Vec<Table>> = None;
            let text = Answer::new("tables", &sheet.findings, &sheet.sources, none).to_json();
            write_bytes(&args.output, text.as_bytes())?;
        }
        return Err(Stop::Model);
    };
    let objective = &plan.outcome.objective;
    console.mark(&objective.name, objective.value, render_objective(&plan.outcome));
    let bytes = match kind {
        Kind::Page => match page(&plan, flowsheet, args) {
            Ok(page) => Some(page.into_bytes()),
            Err(findings) => {
                console.draw(&findings, &sheet.sources);
                return Err(Stop::Model);
            }
        },
        Kind::Picture(format) => Some(picture(&plan, flowsheet, format, args)?),
        _ => None,
    };
    if let Some(bytes) = bytes {
        write_bytes(&args.output, &bytes)?;
        console.note(&format!("wrote {}", args.output.display()));
        return Ok(End::Well);
    }
    let chosen = choose(tables(&plan.outcome, flowsheet), &args.table)?;
    let title = plan.outcome.title.as_str();
    match kind {
        // Written above.
        Kind::Page | Kind::Picture(_) => {}
        Kind::Workbook => {
            let bytes = workbook(title, &chosen).map_err(|reason| {
                Stop::Tool(format!("cannot write `{}`: {reason}", args.output.display()))
            })?;
            write_bytes(&args.output, &bytes)?;
        }
        Kind::Markdown => write_bytes(&args.output, markdown(title, &chosen).as_bytes())?,
        Kind::Csv => write_bytes(&args.output, csv(&chosen[0]).as_bytes())?,
        Kind::Json => {
            let answer = Answer::new("tables", &sheet.findings, &sheet.sources, Some(&chosen));
            write_bytes(&args.output, answer.to_json().as_bytes())?;
        }
        Kind::Folder => {
            for table in &chosen {
                let name = format!("{}.csv", table.name);
                write_in_folder(&args.output, &name, csv(table).as_bytes())?;
            }
        }
    }
    let told = match (kind, chosen.len()) {
        (Kind::Csv, _) => chosen[0].name.to_owned(),
        (_, 1) => "1 table".to_owned(),
        (_, count) => format!("{count} tables"),
    };
    console.note(&format!("wrote {} ({told})", args.output.display()));
    Ok(End::Well)
}

fn solve(flowsheet: &Flowsheet, args: &ReportArgs) -> Result<Plan, Diagnostics> {
    let options = args.solver.options();
    let wanted = Wanted { intervals: args.intervals, period: args.period.as_deref(), brief: false };
    let mut plan = analyse_with(flowsheet, &options, args.form.form(), wanted)?;
    if args.best_multipliers {
        crate::analysis::only_one_year(flowsheet, "--best-multipliers")?;
        fill_best_multipliers(&mut plan, flowsheet, &options);
    }
    Ok(plan)
}

/// The page, with the plants of its cascades.
fn page(plan: &Plan, flowsheet: &Flowsheet, args: &ReportArgs) -> Result<String, Diagnostics> {
    let plants = plants_of(flowsheet, plan)?;
    let claims = args.claims.then(|| audit(flowsheet, plan, &args.solver.options()).claims);
    let more = More { extraction: plants.as_ref(), claims: claims.as_deref() };
    Ok(html::render_with(&plan.outcome, flowsheet, more, args.page.language()))
}

fn picture(
    plan: &Plan,
    flowsheet: &Flowsheet,
    format: Picture,
    args: &ReportArgs,
) -> Result<Vec<u8>, Stop> {
    let by = args.by.as_deref().unwrap_or("mass");
    let page = html::picture(&plan.outcome, flowsheet, by, format, args.page.language());
    let page = page.map_err(|names| {
        let near = nearest(by, names.iter().map(String::as_str));
        let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        let list = names.join("`, `");
        Stop::Tool(format!("nothing flows that is called `{by}`; {near}There are `{list}`"))
    })?;
    draw(&page, &args.output, args.browser.as_deref())
}

/// Refuses options that are of no use for what is written.
fn check_choices(args: &ReportArgs, kind: Kind) -> Result<(), Stop> {
    if args.by.is_some() && !matches!(kind, Kind::Picture(_)) {
        let message = "`--by` chooses what a picture is of: end the path with `.svg` or `.png`";
        return Err(Stop::Tool(message.to_owned()));
    }
    if args.claims && kind != Kind::Page {
        let message = "`--claims` is for a page; `reeflow check` tells the verdicts elsewhere";
        return Err(Stop::Tool(message.to_owned()));
    }
    Ok(())
}

/// Refuses names that no result has, before anything is solved, and a CSV of no table or of several.
fn check_names(names: &[String], kind: Kind) -> Result<(), Stop> {
    for name in names {
        if NAMES.contains(&name.as_str()) {
            continue;
        }
        let near = nearest(name, NAMES.iter().copied());
        let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        let list = NAMES.join("`, `");
        return Err(Stop::Tool(format!("there is no table `{name}`; {near}There are `{list}`")));
    }
    if let Kind::Picture(_) = kind
        && !names.is_empty()
    {
        let message = "a picture has no tables; choose what it is of with `--by`";
        return Err(Stop::Tool(message.to_owned()));
    }
    if kind == Kind::Page && !names.is_empty() {
        let message =
            "a page tells everything; to choose tables end the path with `.md`, `.csv` or `.xlsx`";
        return Err(Stop::Tool(message.to_owned()));
    }
    if kind == Kind::Csv && names.len() != 1 {
        let list = NAMES.join("`, `");
        return Err(Stop::Tool(format!(
            "a `.csv` holds one table: name it with `--table`, or end the path with `/` for a folder of all; there are `{list}`"
        )));
    }
    Ok(())
}

/// The tables that are named, or all of them.
fn choose(mut all: Vec<Table>, names: &[String]) -> Result<Vec<Table>, Stop> {
    for name in names {
        if !all.iter().any(|table| table.name == *name) {
            let there: Vec<&str> = all.iter().map(|table| table.name).collect();
            let there = there.join("`, `");
            return Err(Stop::Tool(format!(
                "nothing stands in the table `{name}` of this flowsheet; there are `{there}`"
            )));
        }
    }
    all.retain(|table| names.is_empty() || names.iter().any(|name| table.name == *name));
    Ok(all)
}
