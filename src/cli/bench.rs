//! `reeflow bench`.

use clap::{Args, Subcommand};

use super::{End, Stop, console::Console};

mod generate;

#[derive(Debug, Args)]
pub(super) struct BenchArgs {
    #[command(subcommand)]
    command: BenchCommand,
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
}

pub(super) fn bench(args: &BenchArgs, console: &mut Console) -> Result<End, Stop> {
    match &args.command {
        BenchCommand::Generate(args) => generate::generate(args, console),
    }
}
