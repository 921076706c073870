//! `reeflow bench`: how long solvers take from the text of a flowsheet to a certified plan.

use clap::{Args, Subcommand};

use super::{End, Stop, console::Console};

mod contender;
mod external;
mod generate;
mod machine;
mod measure;
mod run;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct BenchArgs {
    #[command(subcommand)]
    command: Option<BenchCommand>,
    #[command(flatten)]
    run: run::RunArgs,
}

#[derive(Debug, Subcommand)]
enum BenchCommand {
    /// Write a flowsheet of a given size, or its linear program
    #[command(after_help = "\
The same options and seed give the same text everywhere. Sizes are named by the columns of the uncondensed program: small \
about 500, medium 20,000, large 300,000, xl 2,000,000.

Exits with 0 if it is written, 2 if there is no such flowsheet or it cannot be written.

Examples:
  reeflow bench generate --size medium --seed 7 -o medium.toml
  reeflow bench generate --operations 60 --species 12 --periods 5 --recycles 0.4
  reeflow bench generate --size large --mps -o large.mps")]
    Generate(generate::GenerateArgs),
    /// Make one run in this process and print it as a line of JSON
    #[command(hide = true)]
    Measure(measure::MeasureArgs),
}

pub(super) fn bench(args: &BenchArgs, console: &mut Console) -> Result<End, Stop> {
    match &args.command {
        Some(BenchCommand::Generate(args)) => generate::generate(args, console),
        Some(BenchCommand::Measure(args)) => measure::measure(args, console),
        None => run::run(&args.run, console),
    }
}
