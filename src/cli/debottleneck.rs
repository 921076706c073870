//! `reeflow debottleneck`.

use clap::Args;

use super::{
    End, Stop,
    args::{OutputArgs, SheetArgs, SolverArgs},
    console::Console,
    run::Sheet,
    watch::WatchArgs,
};
use crate::{
    analysis::debottleneck::{Request, debottleneck as follow},
    diagnostic::{Code, Diagnostic, Diagnostics},
    flowsheet::Flowsheet,
    measure::{Quantity, Units},
    report::terminal,
};

#[derive(Debug, Args)]
pub(super) struct DebottleneckArgs {
    #[command(flatten)]
    pub(super) sheet: SheetArgs,
    /// The goal to reach; without it, the objective is followed
    #[arg(long, value_name = "GOAL")]
    goal: Option<String>,
    /// A value to reach instead of the goal's bound: "3000 t/yr", 12
    #[arg(long, value_name = "VALUE", requires = "goal")]
    target: Option<String>,
    /// A limit that may grow, by its path or its operation; may be repeated [default: all that can]
    #[arg(long = "limit", value_name = "LIMIT")]
    limits: Vec<String>,
    /// What growth may take in all: "20000000 USD", "30 %" (growths summed), "100 t/yr" (of one limit)
    #[arg(long, value_name = "AMOUNT")]
    budget: Option<String>,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) watch: WatchArgs,
}

pub(super) fn debottleneck(args: &DebottleneckArgs, console: &mut Console) -> Result<End, Stop> {
    let mut sheet = Sheet::read(&args.sheet)?;
    let told = sheet.ask(console, |it| follow(it, &args.solver.options(), &request(it, args)?));
    let told = sheet.answer(
        console,
        &args.output,
        "debottleneck",
        told,
        terminal::debottleneck::render,
    )?;
    Ok(if told.met || told.target.is_none() { End::Well } else { End::Wrong })
}

fn request(flowsheet: &Flowsheet, args: &DebottleneckArgs) -> Result<Request, Diagnostics> {
    let units = Units::new(flowsheet.currency.clone());
    let read = |flag: &str, text: &str| -> Result<Quantity, Diagnostics> {
        units.parse(text).map_err(|error| {
            let finding =
                Diagnostic::new(Code::BadQuantity, format!("`--{flag}`: {}", error.message));
            match error.help {
                Some(help) => finding.help(help).into(),
                None => finding.into(),
            }
        })
    };
    let target = args.target.as_deref().map(|text| read("target", text)).transpose()?;
    let budget = args.budget.as_deref().map(|text| read("budget", text)).transpose()?;
    Ok(Request { goal: args.goal.clone(), target, limits: args.limits.clone(), budget })
}
