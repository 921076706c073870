//! The command line tool: arguments, files, standard streams, exit codes.
//!
//! | code | meaning |
//! | --- | --- |
//! | 0 | done; for `check`: nothing wrong and all goals met |
//! | 1 | the model is wrong, has no plan, or (`check`) misses a goal |
//! | 2 | the tool could not run: usage, a file that cannot be read or written |
//!
//! Reports go to standard output, findings to standard error. Whoever stops reading does no harm.

mod args;
mod balance;
mod bench;
mod check;
mod compare;
mod console;
mod debottleneck;
mod example;
mod explain;
mod export;
pub mod files;
mod goals;
mod highs;
mod links;
mod man;
mod new;
mod pareto;
mod picture;
mod progress;
mod quote;
pub mod render;
mod report;
mod run;
mod sensitivity;
mod serve;
mod size;
mod solve;
mod solvers;
mod sources;
pub mod sweep;
mod sx;
mod verify;
mod watch;
mod written;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::{document::Document, report::json};
use args::{Cli, Command};
use console::{Console, write_output};
use watch::Watched;

/// Why a command ended before its end.
#[derive(Debug)]
enum Stop {
    /// The model is wrong or has no plan; the findings have been drawn.
    Model,
    /// The tool could not run, and why.
    Tool(String),
    /// Nobody reads on.
    Closed,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// All is well.
    Well,
    /// It was done, and something is wrong with the model.
    Wrong,
}

/// Runs the tool on the arguments of the process.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help that nobody reads is no failure.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let mut console = Console::new(&cli.global);
    let library = cli.global.highs.as_deref();
    // What the environment names is for all commands, most of which need none.
    let from_environment = highs::is_of_environment(library);
    if let (Some(path), true) = (library.filter(|path| !path.exists()), from_environment) {
        console.note(&format!("REEFLOW_HIGHS names `{}`, where there is nothing", path.display()));
    }
    let must = !from_environment && !matches!(cli.command, Command::Solvers(_));
    let provided = highs::provide(library, must);
    let ended = provided
        .and_then(|()| dispatch(&cli.command, library.is_some(), &mut console))
        .and_then(|end| {
            console.flush()?;
            Ok(end)
        });
    match ended {
        Ok(End::Well) | Err(Stop::Closed) => ExitCode::SUCCESS,
        Ok(End::Wrong) | Err(Stop::Model) => ExitCode::from(1),
        Err(Stop::Tool(message)) => {
            console.complain(&message);
            ExitCode::from(2)
        }
    }
}

/// Runs a command, again and again if it is to be watched; `is_named` if the user named a HiGHS library.
fn dispatch(command: &Command, is_named: bool, console: &mut Console) -> Result<End, Stop> {
    match Watched::of(command) {
        Some(watched) => watch::run(&watched, console, |console| once(command, is_named, console)),
        None => once(command, is_named, console),
    }
}

fn once(command: &Command, is_named: bool, console: &mut Console) -> Result<End, Stop> {
    match command {
        Command::Solve(args) => solve::solve(args, console),
        Command::Report(args) => report::report(args, console),
        Command::Serve(args) => serve::serve(args, console),
        Command::Check(args) => check::check(args, console),
        Command::Balance(args) => balance::balance(args, console),
        Command::Debottleneck(args) => debottleneck::debottleneck(args, console),
        Command::Sources(args) => sources::sources(args, console),
        Command::Sensitivity(args) => sensitivity::sensitivity(args, console),
        Command::Size(args) => size::size(args, console),
        Command::Sweep(args) => sweep::sweep(args, console),
        Command::Sx(args) => sx::sx(args, console),
        Command::Compare(args) => compare::compare(args, console),
        Command::Verify(args) => verify::verify(args, console),
        Command::Goals(args) => goals::goals(args, console),
        Command::Pareto(args) => pareto::pareto(args, console),
        Command::Bench(args) => bench::bench(args, console),
        Command::Export(args) => export::export(args, console),
        Command::Solvers(args) => solvers::solvers(args, is_named, console),
        Command::Explain(args) => explain::explain(args, console),
        Command::New(args) => new::new(args, console),
        Command::Example(args) => example::example(&args.command, console),
        Command::Schema { of, report, output } => {
            let of = if *report { "report" } else { of };
            let schema = match of {
                "flowsheet" => Document::schema(),
                "report" => json::schema(),
                command => json::schema_of(command).expect("clap knows the names"),
            };
            write_output(console, output.as_deref(), &schema)?;
            Ok(End::Well)
        }
        Command::Man(args) => man::man(args, console),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "reeflow", &mut script);
            console.print_bytes(&script)?;
            Ok(End::Well)
        }
    }
}
