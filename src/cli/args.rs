//! What the user can write.

use std::path::PathBuf;

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser as _},
};
use clap_complete::Shell;

use super::{
    bench::BenchArgs, check::CheckArgs, compare::CompareArgs, debottleneck::DebottleneckArgs,
    goals::GoalsArgs, man::ManArgs, new::NewArgs, pareto::ParetoArgs, quote::in_toml,
    report::ReportArgs, sensitivity::SensitivityArgs, serve::ServeArgs, size::SizeArgs,
    sources::SourcesArgs, sweep::SweepArgs, sx::SxArgs, verify::VerifyArgs, watch::WatchArgs,
};
use crate::report::{json, terminal::Section};

mod page;
mod solver;

pub(super) use page::PageArgs;
pub(super) use solver::{FormArgs, SolverArgs, seconds};

/// Value chains of rare earths and other critical metals: balanced, optimised, proven.
///
/// A flowsheet is a TOML file: feeds, separators, reactors, blenders, products, wastes, with prices, limits and goals.
/// reeflow finds the plan that earns most within the limits, proves it, and tells what flows where, what each stage
/// adds, whether the goals are met and which limit to relieve next.
#[derive(Debug, Parser)]
#[command(
    name = "reeflow",
    version,
    arg_required_else_help = true,
    after_help = "\
Examples:
  reeflow example extract 06-goal-and-bottleneck   get a flowsheet to play with
  reeflow solve 06-goal-and-bottleneck.toml        optimise it and report
  reeflow check *.toml                             find mistakes, test the goals
  reeflow explain goal-missed                      what a finding means"
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What holds for every command.
#[derive(Clone, Debug, Args)]
pub(super) struct Global {
    /// When to use colours; `auto` heeds `NO_COLOR`
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(super) color: Color,
    /// Width that lines are fitted to; numbers and words of tables stay whole [default: that of the terminal, else 100]
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..))]
    pub(super) width: Option<u16>,
    /// Tell errors only, no warnings or notes
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// A shared HiGHS library, or a folder that holds one [default: see `reeflow solvers --help`]
    #[arg(long, global = true, value_name = "PATH", env = "REEFLOW_HIGHS", hide_env_values = true)]
    pub(super) highs: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Find the best plan of a flowsheet and report on it
    #[command(after_help = "\
Exits with 0 if there is a plan, 1 if the model is wrong or has none, 2 if a file cannot be read or \
written. Missed goals are told; `reeflow check` turns them into exit code 1. With `--exact`, 1 also if the answer could \
not be proven so.

Examples:
  reeflow solve plant.toml
  reeflow solve plant.toml --scenario low-price --show goals,bottlenecks
  reeflow solve plant.toml --set 'product.magnets.price=22 USD/kg'
  reeflow solve plant.toml --maximise value-multiplier
  reeflow solve plant.toml --minimise 'cost(all) / flow(magnets)'
  reeflow solve plant.toml --exact --format json -o plant.json")]
    Solve(SolveArgs),
    /// Write all numbers of the best plan as a page with charts, a workbook, Markdown, CSV or data
    #[command(after_help = "\
The ending of OUT says what is written:
  plant.html      a page for a browser: Sankey diagram, value by stage, limits, goals; it loads nothing from elsewhere
  plant.xlsx      a workbook: a sheet for each table, sums as formulas, charts
  plant.md        Markdown: a table under each heading, numbers of four digits
  plant.json      the tables as data; `reeflow schema --of tables` tells how
  limits.csv      one table, named with --table
  plant/          a folder with a CSV file for each table
A file that is there is overwritten. Numbers have all their digits but in Markdown, and their unit in the header; the same flowsheet \
always makes the same bytes.

Tables: summary, goals, stages, multipliers, account, limits, prices, streams, grades, operations, recoveries, consumption, residues, \
closure, intervals, cascades, assumptions, inputs, sources; of a plan over the years also goals-by-period, production, stocks, routes, \
capacities, built, limits-by-period, cash-flow, levelised-costs. What would be empty is left out.

Exits with 0 if there is a plan, 1 if the model is wrong or has none (nothing is written then, but findings as JSON), 2 if a file cannot \
be read or written, or OUT or a table has no such name.

Examples:
  reeflow report plant.toml -o plant.html
  reeflow report plant.toml --lang tr -o plant.html
  reeflow report plant.toml -o plant.xlsx
  reeflow report plant.toml --scenario low-price -o low-price.md --table goals,stages,account
  reeflow report plant.toml -o limits.csv --table limits
  reeflow report roadmap.toml --period 2035 -o roadmap/")]
    Report(ReportArgs),
    /// Show a page on which figures are changed, and the plan is found and proven anew at each change
    #[command(after_help = "\
Prints the address of the page, which only this machine reaches unless `--host` says otherwise. Sliders and fields change capacities, \
prices, grades, recoveries and goals; each answer is what `reeflow solve` with the same `--set` gives, certificate and all. Changes stand \
in the address of the page, so that a link tells them, and can be undone, copied as a command, and saved as a scenario of the flowsheet.

The flowsheet is read again when it is edited. Nothing is written, and nothing but the flowsheet and what it includes is read. Pages from \
elsewhere are refused, requests are limited in size and number, and several tabs and users may ask at once. Ctrl-C ends it.

Examples:
  reeflow serve plant.toml --open
  reeflow serve plant.toml --port 9000 --lang tr
  reeflow serve plant.toml --scenario low-price --set 'feed.ore.cost=10 USD/t'")]
    Serve(ServeArgs),
    /// Find mistakes in flowsheets and tell what becomes of their goals
    #[command(after_help = "\
The flowsheet is solved anew with each figure in doubt at either end of what it may be. A goal holds if the best plan keeps it \
at all of them where there is a plan. It cannot hold if no plan keeps it as the figures are, nor at the ends that promise most, nor with the eight \
heaviest figures all at their better ends. Else it depends on the figures that turn it, or on which plan is taken; it is open if \
that was not found out. In doubt is what has a `range`, what a `[sweep.NAME]` varies, and what is assumed, unstated or of low \
confidence (between which values: `reeflow sources --help`); all other figures are taken as they are. Where a line of a \
recipe that fills the whole is moved, the others move in proportion.

Over the years a plan takes long: of each goal only the three figures that promise most are tried, and none together. The \
time limit holds for the plan and, again, for all that is asked of it.

Exits with 0 if all files are sound, have a plan and meet their goals, 1 if one does not, 2 if one cannot \
be read.

Examples:
  reeflow check plant.toml
  reeflow check --all-scenarios flowsheets/*.toml
  reeflow check flowsheets/*.toml --format markdown -o claims.md")]
    Check(CheckArgs),
    /// Compute the flows from given splits, without optimising
    #[command(after_help = "\
Feeds supply what is given as `exactly`, or else all they can; limits are not looked at. Splitters must have \
their fractions. With `--at-optimum` all decisions are those of the best plan: then this is a second, \
independent computation of its flows, and how far the two differ is told.

Examples:
  reeflow balance plant.toml
  reeflow balance plant.toml --at-optimum")]
    Balance(BalanceArgs),
    /// Find what must grow, in which order, to earn more or to reach a goal
    #[command(after_help = "\
Limits (supplies, capacities, demands) may grow: those that give most for what they take come first. What they take \
is the cost of their `expansion` where all have one, else the growth itself in % of the bound. With one `--limit` \
this is the worth of that limit, segment by segment.

Exits with 0 if the goal is reached (or none was named), 1 if it cannot be or the model is wrong, 2 if a file cannot \
be read or written.

Examples:
  reeflow debottleneck plant.toml --goal magnets
  reeflow debottleneck plant.toml --limit feed.ore.supply
  reeflow debottleneck plant.toml --budget '20 %' --format json")]
    Debottleneck(DebottleneckArgs),
    /// Find the cheapest or smallest capacities that reach a target, operation by operation
    #[command(after_help = "\
All capacities are open; supplies, demands and specifications stay limits unless set free. Where every capacity has a \
cost (`build` or `expansion`), the capital of what is added is least, else the supply of primary feeds and then the \
sizes. Each size is told with what it follows from. With `residence` and `density` an operation has a volume, too.

Exits with 0 if there is such a plant, 1 if there is none or the model is wrong, 2 if a file cannot be read or written.

Examples:
  reeflow size plant.toml --target 'magnets >= 2500 t/yr'
  reeflow size plant.toml --target 'magnets >= 2500 t/yr' --free ore --keep roaster
  reeflow size plant.toml --target 'value(magnets) / cost(ore) >= 10' --target 'magnets >= 500 t/yr'
  reeflow size plant.toml --greenfield --format json")]
    Size(SizeArgs),
    /// Tell the solvent-extraction plants: sequence, stages, tanks, what they hold and consume
    #[command(after_help = "\
For each `[cascade.NAME]`: the best sequence of cuts, and of each cascade its extraction amount, stages, mixer-settlers, \
volumes and flows; then products, reagents, inventory, first fill and capital of the whole; then what separation factors \
that are 10 % smaller or greater do to the plant as it is built, and to one that is designed anew.

The plant is sized for what the best plan sends to it, in the period that asks for most. With --feed no plan is needed.

Exits with 0 if there is a plant, 1 if there is no cascade, no plan, or the model is wrong, 2 if a file cannot be read or \
written.

Examples:
  reeflow sx refinery.toml
  reeflow sx refinery.toml --cascade separation --feed '10 kt/yr'
  reeflow sx refinery.toml --scenario stripped --no-sensitivity
  reeflow sx refinery.toml --set 'cascade.separation.product.ndpr.purity=99.9 %'
  reeflow sx refinery.toml --format json -o plant.json")]
    Sx(SxArgs),
    /// Find which figures the result hangs on: derivatives and a tornado
    #[command(after_help = "\
Each figure is moved alone, over its own `range` or by --by; only the other lines of a recipe that fills the whole shrink in proportion. The JSON has \
the derivatives of the objective and of all goals by all figures.

Exits with 0 if there is a plan, 1 if the model is wrong or has none, 2 if a file cannot be read or written.

Examples:
  reeflow sensitivity plant.toml
  reeflow sensitivity plant.toml --goal magnets --by 20 --top 10
  reeflow sensitivity plant.toml --format json -o derivatives.json")]
    Sensitivity(SensitivityArgs),
    /// Find where the result comes from: every figure with its source, confidence and weight in each goal
    #[command(after_help = "\
The weight of a figure is the derivative of a result by it, times half of what lies between the values that it may have: \
its own `range`; else what a `[sweep.NAME]` lets it be; else itself divided and multiplied by 1.05 (confidence high), 1.1 \
(medium, or not said), 1.2 (low) or 1.5 (unverified, assumed, unstated): the factors for reliability of the pedigree matrix \
of ecoinvent 2; of a share, its odds. Percentages are of the sum of squared weights.

Exits with 0 if there is a plan, 1 if the model is wrong or has none, 2 if a file cannot be read or written.

Examples:
  reeflow sources plant.toml --top 20
  reeflow sources plant.toml --goal multiplier,magnets
  reeflow sources plant.toml --format json -o sources.json")]
    Sources(SourcesArgs),
    /// Solve a flowsheet for many samples of what is uncertain: distributions, probabilities, what they hang on
    #[command(after_help = "\
What varies stands in the flowsheet under `[sweep.NAME.input]`, or is named with --vary; without either it is every figure that \
has a `range`. Prices and limits are swept by testing bases that are known, which takes microseconds a sample; figures that move \
coefficients (recoveries, assays) are solved sample by sample from the nearest basis. Each sample is certified, or covered by a \
basis that is; the table says which.

With --output all samples are kept, in parts while it runs: a run that is interrupted goes on where it was when the same command is \
given again, and the table is the same, byte for byte, as that of a run that was not, with any number of threads.

Exits with 0 if it was done, 1 if the model is wrong, 2 if a file cannot be read or written.

Examples:
  reeflow sweep plant.toml
  reeflow sweep plant.toml --samples 100000 -o samples.parquet
  reeflow sweep plant.toml --vary 'product.magnets.price=triangular(22 USD/kg, 46 USD/kg, 100 USD/kg)' \\
                           --vary 'feed.ore.cost=uniform(10 USD/t, 45 USD/t)' -o samples.csv
  reeflow sweep plant.toml --vary 'separator.leach.capacity=*grid(0.5, 1.5, 11)'
  reeflow sweep plant.toml --method indices --samples 20000 --of goal.value-multiplier
  reeflow sweep plant.toml --scenario low-price --scenario high-price --format json")]
    Sweep(SweepArgs),
    /// Find which goals can hold together, and which cannot
    #[command(after_help = "\
Tells every largest set of goals that one plan can meet, what that costs in the objective, and every smallest set that \
no plan can meet.

Exits with 0 if all goals can hold together, 1 if they cannot or the model is wrong, 2 if a file cannot be read or written.

Examples:
  reeflow goals plant.toml
  reeflow goals plant.toml --scenario low-price --format json")]
    Goals(GoalsArgs),
    /// Tell what differs between two plans, and which input did it
    #[command(after_help = "\
The change of the objective and of the value multiplier is divided among the figures that differ, so that the parts \
add up to the whole. With `--set`, the flowsheet after is changed so.

The ending of OUT says what is written: a page (`.html`), a workbook (`.xlsx`), Markdown (`.md`), one table (`.csv`, named with --table), \
a folder with a CSV file for each table (`/`), data (`.json`, as with --format json), or what the terminal shows (`.txt`, or none). Tables: \
summary, edits, goals, multipliers, stages, limits, shadow-prices, streams; what would be empty is left out.

Exits with 0 if both plans exist, 1 if a flowsheet is wrong or has no plan, 2 if a file cannot be read or written.

Examples:
  reeflow compare plant.toml @low-price
  reeflow compare plant.toml --set 'product.magnets.price=22 USD/kg'
  reeflow compare old.toml new.toml --all
  reeflow compare plant.toml @low-price -o changes.html
  reeflow compare plant.toml @low-price -o changes.xlsx
  reeflow compare plant.toml @low-price -o edits.csv --table edits
  reeflow compare monday.json friday.json")]
    Compare(CompareArgs),
    /// Find what two aims cost each other: a Pareto front
    #[command(after_help = "\
The first aim is the objective of the flowsheet, or what --maximise or --minimise says; the second is --less or --more. \
Between the best of the one and the best of the other the second is held at values in equal steps. Over several periods, \
money counts by its present worth and everything else by its sum.

Exits with 0 if there is a front, 1 if the model is wrong or has no plan, 2 if a file cannot be read or written.

Examples:
  reeflow pareto plant.toml --less 'emission()'
  reeflow pareto plant.toml --more secondary-share --points 21
  reeflow pareto plant.toml --minimise 'cost(all)' --less 'flow(imports) / flow(oxide)' --format json")]
    Pareto(ParetoArgs),
    /// Check a saved result, and the flowsheet it is of, by rational arithmetic
    #[command(after_help = "\
The result is one of `reeflow solve --exact --format json`, of a plan or of a contradiction. From the flowsheet, as it \
is written, everything that the result proves is derived again in rational arithmetic, by code that shares nothing with \
the solvers; every digit must be the same.

Exits with 0 if the result holds, 1 if it does not, or if a digit of either file was changed, 2 if a file cannot be read.

Examples:
  reeflow solve plant.toml --exact --format json -o plant.json
  reeflow verify plant.json plant.toml")]
    Verify(VerifyArgs),
    /// Measure how long flowsheets take with every solver, and generate some to be measured
    #[command(after_help = "\
Each run is a process of its own, from the text of a flowsheet to a plan whose uncondensed certificate passes; nothing \
else counts. `build` writes both linear programs, and MPS for another tool; `solve` has crossover and the certificate of \
the program that was solved. The score of a solver is the shifted geometric mean of its median total times; a case that it \
fails stands with the time limit times --penalty. Where two sizes count, growth is fitted in the logarithms.

Solvers are those compiled in (auto, simplex, microlp, clarabel, and highs with the cargo feature), and glpsol, cbc, clp and \
highs where they are on the path, by MPS. Of what else good_lp offers, coin_cbc and SCIP need libraries of the system, CPLEX \
a licence, lp_solve is LGPL, minilp is what microlp came from, and lp-solvers calls the programs that are called here.

Exits with 0 if something counts and all objectives agree, 1 if not or if a flowsheet is wrong, 2 if a file cannot be read or there is no such solver.

Examples:
  reeflow bench
  reeflow bench --size small,medium --solver auto,clarabel,glpsol --time-limit 60
  reeflow bench plant.toml --form condensed --runs 5 --format json -o plant-bench.json
  reeflow bench --size small --format csv
  reeflow bench generate --size medium --seed 7 -o medium.toml")]
    Bench(BenchArgs),
    /// Write the linear program for another solver
    #[command(after_help = "\
Examples:
  reeflow export plant.toml --to lp
  reeflow export plant.toml --to mps --uncondensed -o plant.mps")]
    Export(ExportArgs),
    /// List who can solve, where it comes from and what it can do
    #[command(after_help = "\
HiGHS is the solver for large programs. It is looked for when a program is large or `--solver highs` asks for it:
  1. what --highs or the variable REEFLOW_HIGHS names: a library, or a folder that holds one; nothing else then
  2. what is compiled in (cargo feature `highs`); nothing else then
  3. libhighs where the system's loader finds libraries: a package of the system, `brew install highs`
  4. the environment of conda (`conda install highs`)
  5. the wheel `highsbox` of the active or usual Python: `pip install highsbox`
  6. the wheel `highspy` from 1.7 to 1.14, if its Python has a shared library; from 1.15 on it keeps the functions \
that are needed to itself
HiPO, the fastest for very large programs, needs `pip install highspy-extras` of the same version beside HiGHS.

Exits with 0, or with 2 if the list cannot be written.

Examples:
  reeflow solvers
  reeflow solvers --highs /opt/highs/lib/libhighs.so
  reeflow solvers --format json")]
    Solvers(OutputArgs),
    /// Tell what a finding means and how to mend it
    #[command(after_help = "\
Examples:
  reeflow explain pooled-split
  reeflow explain --list")]
    Explain(ExplainArgs),
    /// Start a flowsheet from a few questions, or from flags
    #[command(after_help = "\
Asks for what no flag says if standard input is a terminal; with `--from` and `--to` nothing is asked. The file has comments that \
teach the format. Every figure in it that you did not give is one of the library, with its source, or says `assumed` and why. A file that \
is there already is never overwritten.

Exits with 0 if it is written, 1 if what you gave makes no sound flowsheet, 2 if the file is there or cannot be written, or a flag is \
wrong.

Examples:
  reeflow new
  reeflow new plant.toml --from ore --to magnet --supply '570 kt/yr' --grade '1.75 %'
  reeflow new --from scrap --to oxide --supply '350 t/yr' --goal '80 t/yr'
  reeflow new refinery.toml --from concentrate --to oxide --currency EUR --rate 0.92")]
    New(NewArgs),
    /// List, show or extract the flowsheets that come with the tool
    Example(ExampleArgs),
    /// Print the JSON schema of flowsheets, or of what a command answers with `--format json`
    Schema {
        /// Whose schema
        #[arg(long, value_name = "WHAT", default_value = "flowsheet", value_parser = schemas())]
        of: String,
        /// The same as `--of report`: that of `solve --format json`
        #[arg(long, conflicts_with = "of")]
        report: bool,
        /// Write to a file instead of standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Write manual pages, one for each command
    #[command(after_help = "\
Exits with 0 if they are written, 2 if they cannot be.

Examples:
  reeflow man --output ~/.local/share/man/man1     and then: man reeflow-solve
  reeflow man > reeflow.1                          the page of the tool itself")]
    Man(ManArgs),
    /// Print a completion script for a shell
    #[command(after_help = "\
Examples:
  reeflow completions bash > ~/.local/share/bash-completion/completions/reeflow
  reeflow completions zsh > ~/.zfunc/_reeflow      with ~/.zfunc in fpath
  reeflow completions fish > ~/.config/fish/completions/reeflow.fish")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

impl OutputArgs {
    /// Whether data for programs goes to standard output.
    pub(super) fn is_data(&self) -> bool {
        let is_written = self.output.as_ref().is_some_and(|file| file.as_os_str() != "-");
        self.format == Format::Json && !is_written
    }
}

/// Changes to a flowsheet.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct PatchArgs {
    /// Change a value: `product.magnets.price=22 USD/kg`; items of lists are counted from 0:
    /// `reactor.leach.reaction.0.conversion=95 %`; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Optimise this instead: a goal, a measure or a ratio, `value(magnets) / cost(ore)`
    #[arg(long, value_name = "WHAT", conflicts_with = "minimise")]
    pub(super) maximise: Option<String>,
    /// Optimise this instead, downwards
    #[arg(long, value_name = "WHAT")]
    pub(super) minimise: Option<String>,
}

impl PatchArgs {
    /// All changes in the form of `--set`; what is to be optimised comes last.
    pub(super) fn changes(&self) -> Vec<String> {
        let senses = [("maximise", &self.maximise), ("minimise", &self.minimise)];
        let objective = senses.into_iter().filter_map(|(sense, what)| {
            let what = in_toml(what.as_ref()?);
            Some(format!("flowsheet.objective={{ {sense} = {what} }}"))
        });
        self.set.iter().cloned().chain(objective).collect()
    }
}

/// A flowsheet, as it is or changed.
#[derive(Clone, Debug, Args)]
pub(super) struct SheetArgs {
    /// The flowsheet; `-` is standard input
    pub(super) file: PathBuf,
    /// Apply a scenario of the flowsheet
    #[arg(long, value_name = "NAME")]
    pub(super) scenario: Option<String>,
    #[command(flatten)]
    pub(super) patch: PatchArgs,
}

/// What is written, and where.
#[derive(Clone, Debug, Args)]
pub(super) struct OutputArgs {
    /// The report as text for people or as JSON for programs
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    /// Write the report to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct SolveArgs {
    #[command(flatten)]
    pub(super) sheet: SheetArgs,
    #[command(flatten)]
    pub(super) solver: SolverArgs,
    #[command(flatten)]
    pub(super) form: FormArgs,
    /// Prove the answer in rational arithmetic, for the numbers as they are written
    #[arg(long)]
    pub(super) exact: bool,
    /// Tell the least and greatest flow of each species, too, where other plans are as good
    #[arg(long)]
    pub(super) intervals: bool,
    /// Rank so many routes: combinations of the alternatives of `[choice.NAME]`
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(super) k_best: Option<u16>,
    /// Of a flowsheet with periods, the one that is told in full [default: the last]
    #[arg(long, value_name = "PERIOD")]
    pub(super) period: Option<String>,
    /// Parts of the report, or `all` [default: all but best-multipliers, prices, streams, operations and closure]; with it,
    /// `bottlenecks` tells all limits that bind, not only the first twelve
    #[arg(long, value_name = "PARTS", value_delimiter = ',', value_parser = parts())]
    pub(super) show: Vec<Part>,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) watch: WatchArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    #[default]
    Text,
    Json,
}

fn schemas() -> PossibleValuesParser {
    PossibleValuesParser::new(["flowsheet", "report"].into_iter().chain(json::COMMANDS))
}

/// A part of the report, or all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    All,
    One(Section),
}

fn parts() -> impl clap::builder::TypedValueParser<Value = Part> {
    let names = Section::ALL.iter().map(|section| section.name()).chain(["all"]);
    PossibleValuesParser::new(names)
        .map(|name| Section::from_name(&name).map_or(Part::All, Part::One))
}

#[derive(Debug, Args)]
pub(super) struct BalanceArgs {
    #[command(flatten)]
    pub(super) sheet: SheetArgs,
    /// Take open decisions from the best plan
    #[arg(long)]
    pub(super) at_optimum: bool,
    #[command(flatten)]
    pub(super) solver: SolverArgs,
    #[command(flatten)]
    pub(super) form: FormArgs,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) watch: WatchArgs,
}

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    pub(super) sheet: SheetArgs,
    /// The format
    #[arg(long, value_enum)]
    pub(super) to: ProgramFormat,
    /// Write the program with a column for each species in each stream
    #[arg(long)]
    pub(super) uncondensed: bool,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProgramFormat {
    /// MPS, free format
    Mps,
    /// CPLEX LP
    Lp,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The code of a finding, as it stands in brackets: `error[CODE]`
    #[arg(required_unless_present = "list")]
    pub(super) code: Option<String>,
    /// List all codes
    #[arg(long, conflicts_with = "code")]
    pub(super) list: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExampleArgs {
    #[command(subcommand)]
    pub(super) command: ExampleCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum ExampleCommand {
    /// List all examples
    List,
    /// Print an example
    Show {
        /// Its name, as `list` tells it
        name: String,
    },
    /// Write an example, and what it includes, to a folder
    #[command(after_help = "\
Files that are there already are left alone; the command then exits with 2.

Examples:
  reeflow example extract 01-splitter
  reeflow example extract --all my-flowsheets")]
    Extract {
        /// Its name, as `list` tells it; with `--all`, the folder
        #[arg(required_unless_present = "all")]
        name: Option<String>,
        /// The folder [default: the present one]
        directory: Option<PathBuf>,
        /// Write all examples
        #[arg(long)]
        all: bool,
    },
}
