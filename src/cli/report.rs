//! `reeflow report`.

use std::path::PathBuf;

use clap::Args;

use super::{
    End, Stop,
    args::{FormArgs, PageArgs, SheetArgs, SolverArgs},
    check::judging,
    console::{Console, write_bytes},
    picture::draw,
    run::Sheet,
    solve::as_warnings,
    watch::WatchArgs,
    written::{Kind, check_names, choose, write_tables},
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
        tables::{NAMES, Table, tables},
        terminal::render_objective,
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
    /// The browser that draws a picture: Chromium, Chrome or Edge [default: what `REEFLOW_BROWSER` names, else the first that is
    /// found]
    #[arg(long, value_name = "FILE")]
    browser: Option<PathBuf>,
    /// Of a flowsheet with periods, the one that is told in full [default: the last]
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    #[command(flatten)]
    pub(super) watch: WatchArgs,
}

const ENDINGS: &str = "end it with `.html` (a page), `.xlsx` (a workbook), `.md` (Markdown), `.csv` (one table), `.json` (all tables as data), `.svg` \
                       or `.png` (a picture of the flows), or `/` (a folder of CSV files)";

pub(super) fn report(args: &ReportArgs, console: &mut Console) -> Result<End, Stop> {
    let kind = Kind::of(&args.output, ENDINGS)?;
    check_choices(args, kind)?;
    check_names(&args.table, kind, NAMES)?;
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
        Kind::Page => match page(&plan, flowsheet, args, console) {
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
    let chosen = choose(tables(&plan.outcome, flowsheet), &args.table, "this flowsheet")?;
    let data = || Answer::new("tables", &sheet.findings, &sheet.sources, Some(&chosen)).to_json();
    write_tables(console, &args.output, kind, (&plan.outcome.title, &chosen), data)?;
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
fn page(
    plan: &Plan,
    flowsheet: &Flowsheet,
    args: &ReportArgs,
    console: &Console,
) -> Result<String, Diagnostics> {
    let plants = plants_of(flowsheet, plan)?;
    let busy = args.claims.then(|| console.busy(judging(flowsheet, &args.sheet.file.display())));
    let claims = args.claims.then(|| audit(flowsheet, plan, &args.solver.options()).claims);
    drop(busy);
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
    let is_picture = matches!(kind, Kind::Picture(_));
    let is_page = kind == Kind::Page;
    let refused = [
        (
            args.by.is_some() && !is_picture,
            "`--by` chooses what a picture is of: end the path with `.svg` or `.png`",
        ),
        (
            args.browser.is_some() && !is_picture,
            "`--browser` draws a picture: end the path with `.svg` or `.png`",
        ),
        (
            args.claims && !is_page,
            "`--claims` is for a page; `reeflow check` tells the verdicts elsewhere",
        ),
        (
            args.page.is_asked() && !is_page && !is_picture,
            "`--lang` is for pages and pictures: end the path with `.html`, `.svg` or `.png`; tables are English",
        ),
        (
            args.intervals && (is_page || is_picture),
            "`--intervals` fills the table `intervals`: end the path with `.xlsx`, `.md`, `.csv`, `.json` or `/`",
        ),
        (
            args.best_multipliers && (is_page || is_picture),
            "`--best-multipliers` fills the table `multipliers`: end the path with `.xlsx`, `.md`, `.csv`, `.json` or `/`",
        ),
        (
            is_picture && !args.table.is_empty(),
            "a picture has no tables; choose what it is of with `--by`",
        ),
    ];
    match refused.into_iter().find(|(is_refused, _)| *is_refused) {
        Some((_, message)) => Err(Stop::Tool(message.to_owned())),
        None => Ok(()),
    }
}
