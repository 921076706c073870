//! `reeflow size`.

use clap::Args;

use super::{
    End, Stop,
    args::{OutputArgs, SheetArgs, SolverArgs},
    console::Console,
    run::Sheet,
    watch::WatchArgs,
};
use crate::{
    analysis::size::{Request, size as find},
    diagnostic::Span,
    document::Name,
    report::terminal,
};

#[derive(Debug, Args)]
pub(super) struct SizeArgs {
    #[command(flatten)]
    pub(super) sheet: SheetArgs,
    /// What to reach: a goal, an operation or a measure, `>=`, `<=` or `=`, and a value; may be repeated [default: all
    /// goals that are enforced]
    #[arg(long = "target", value_name = "TARGET")]
    targets: Vec<String>,
    /// Set what limits an operation free, or a limit by its path: supplies, demands; `all` frees them all; may be repeated
    #[arg(long, value_name = "NAME")]
    free: Vec<String>,
    /// Keep the capacity of an operation as a limit; may be repeated
    #[arg(long, value_name = "NAME")]
    keep: Vec<String>,
    /// Count everything from nothing, not what is needed beyond what is there
    #[arg(long)]
    greenfield: bool,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) watch: WatchArgs,
}

pub(super) fn size(args: &SizeArgs, console: &mut Console) -> Result<End, Stop> {
    let mut sheet = Sheet::read(&args.sheet)?;
    let mut targets = Vec::new();
    for text in &args.targets {
        let base = sheet.sources.add("--target", text.as_str());
        let base = base.ok_or_else(|| Stop::Tool("the target is too long".to_owned()))? as usize;
        targets.push(Name::new(text.clone(), Span::new(base, base + text.len())));
    }
    let request = Request {
        targets,
        free: args.free.clone(),
        keep: args.keep.clone(),
        greenfield: args.greenfield,
    };
    let told = sheet.ask(console, |it| find(it, &args.solver.options(), &request));
    sheet.answer(console, &args.output, "size", told, terminal::size::render)?;
    Ok(End::Well)
}
