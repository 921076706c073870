//! `reeflow sx`.

use clap::Args;

use super::{
    End, Stop,
    args::{OutputArgs, SheetArgs, SolverArgs},
    console::Console,
    run::Sheet,
    watch::WatchArgs,
};
use crate::{
    analysis::extraction::{Request, extraction},
    diagnostic::{Code, Diagnostic, Diagnostics},
    flowsheet::Flowsheet,
    report::terminal,
};

#[derive(Debug, Args)]
pub(super) struct SxArgs {
    #[command(flatten)]
    pub(super) sheet: SheetArgs,
    /// The cascade to tell [default: all of them]
    #[arg(long, value_name = "NAME")]
    cascade: Option<String>,
    /// What it is fed of the compounds of its products: "10 kt/yr" [default: the throughput of the best plan]
    #[arg(long, value_name = "RATE")]
    feed: Option<String>,
    /// Tell nothing about other separation factors, for which the plant is designed anew
    #[arg(long)]
    no_sensitivity: bool,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) watch: WatchArgs,
}

pub(super) fn sx(args: &SxArgs, console: &mut Console) -> Result<End, Stop> {
    let mut sheet = Sheet::read(&args.sheet)?;
    let told = sheet.ask(console, |it| extraction(it, &args.solver.options(), &request(it, args)?));
    sheet.answer(console, &args.output, "sx", told, terminal::sx::render)?;
    Ok(End::Well)
}

fn request(flowsheet: &Flowsheet, args: &SxArgs) -> Result<Request, Diagnostics> {
    let feed = args.feed.as_deref().map(|text| flowsheet.units.parse(text)).transpose();
    let feed = feed.map_err(|error| -> Diagnostics {
        let finding = Diagnostic::new(Code::BadQuantity, format!("`--feed`: {}", error.message));
        match error.help {
            Some(help) => finding.help(help).into(),
            None => finding.into(),
        }
    })?;
    Ok(Request { cascade: args.cascade.clone(), feed, no_sensitivity: args.no_sensitivity })
}
