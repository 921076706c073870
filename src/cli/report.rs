//! `reeflow report`.

use std::path::PathBuf;

use clap::{Args, builder::PossibleValuesParser};

use super::{
    End, Stop,
    args::{FormArgs, SheetArgs, SolverArgs},
    console::{Console, write_output},
    run::Sheet,
};
use crate::{
    analysis::{Wanted, analyse_with},
    report::html::{self, Language},
};

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    #[command(flatten)]
    sheet: SheetArgs,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    form: FormArgs,
    /// Of a flowsheet with periods, the one that is told in full [default: the last]
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// The language of the page
    #[arg(long, value_name = "LANGUAGE", default_value = "en",
        value_parser = PossibleValuesParser::new(Language::ALL.iter().map(|it| it.code())))]
    lang: String,
    /// The file to write: `.html`
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn report(args: &ReportArgs, console: &mut Console) -> Result<End, Stop> {
    let ending = args.output.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if !matches!(ending, "html" | "htm") {
        let message = format!("`{}` does not end in .html", args.output.display());
        return Err(Stop::Tool(message));
    }
    let mut sheet = Sheet::read(&args.sheet)?;
    let (options, form) = (args.solver.options(), args.form.form());
    let wanted = Wanted { period: args.period.as_deref(), ..Wanted::default() };
    let plan = sheet.ask(console, |flowsheet| analyse_with(flowsheet, &options, form, wanted));
    let (Some(plan), Some(flowsheet)) = (plan, &sheet.flowsheet) else { return Err(Stop::Model) };
    let language = Language::from_code(&args.lang).expect("clap knows the codes");
    let text = html::render(&plan.outcome, flowsheet, language);
    write_output(console, Some(&args.output), &text)?;
    Ok(End::Well)
}
