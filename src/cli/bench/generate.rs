//! `reeflow bench generate`: a flowsheet from a seed, as TOML or MPS.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::{
    End, Stop,
    args::PatchArgs,
    console::{Console, write_output},
    run::Sheet,
};
use crate::{
    document::Read,
    lp::write,
    model::Model,
    synthetic::{Shape, Size, generate as make},
};

/// Named sizes, as the user writes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in super::super) enum SizeName {
    /// About 500 columns
    #[default]
    Small,
    /// About 20,000 columns
    Medium,
    /// About 300,000 columns
    Large,
    /// About 2,000,000 columns
    Xl,
}

impl SizeName {
    pub(in super::super) const fn size(self) -> Size {
        match self {
            Self::Small => Size::Small,
            Self::Medium => Size::Medium,
            Self::Large => Size::Large,
            Self::Xl => Size::Xl,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    /// A named size, which the other options change
    #[arg(long, value_enum, default_value_t)]
    size: SizeName,
    /// What all figures are drawn by
    #[arg(long, value_name = "NUMBER", default_value = "1")]
    seed: u64,
    /// Number of operations, with feeds, products and wastes
    #[arg(long, value_name = "COUNT")]
    operations: Option<usize>,
    /// Number of species: oxides and gangue
    #[arg(long, value_name = "COUNT")]
    species: Option<usize>,
    /// Number of periods, each a year
    #[arg(long, value_name = "COUNT")]
    periods: Option<usize>,
    /// Number of products
    #[arg(long, value_name = "COUNT")]
    products: Option<usize>,
    /// Share of separators that return something to the one before, 0 to 1
    #[arg(long, value_name = "SHARE")]
    recycles: Option<f64>,
    /// Share of places for free splitters where there is one, 0 to 1
    #[arg(long, value_name = "SHARE")]
    free_splits: Option<f64>,
    /// Share of places for stockpiles where there is one, 0 to 1
    #[arg(long, value_name = "SHARE")]
    stockpiles: Option<f64>,
    /// Write the linear program with a column for each species in each stream, as MPS
    #[arg(long, conflicts_with = "condensed_mps")]
    mps: bool,
    /// Write the condensed linear program, as MPS
    #[arg(long)]
    condensed_mps: bool,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl GenerateArgs {
    fn shape(&self) -> Shape {
        let preset = self.size.size().shape(self.seed);
        Shape {
            operations: self.operations.unwrap_or(preset.operations),
            species: self.species.unwrap_or(preset.species),
            periods: self.periods.unwrap_or(preset.periods),
            products: self.products.unwrap_or(preset.products),
            recycles: self.recycles.unwrap_or(preset.recycles),
            free_splits: self.free_splits.unwrap_or(preset.free_splits),
            stockpiles: self.stockpiles.unwrap_or(preset.stockpiles),
            seed: self.seed,
        }
    }
}

pub(super) fn generate(args: &GenerateArgs, console: &mut Console) -> Result<End, Stop> {
    let mut text = make(&args.shape()).map_err(|unfit| Stop::Tool(unfit.to_string()))?;
    if args.mps || args.condensed_mps {
        text = program(text, args.condensed_mps, console)?;
    }
    write_output(console, args.output.as_deref(), &text)?;
    Ok(End::Well)
}

/// The linear program of a flowsheet, as MPS.
fn program(text: String, condensed: bool, console: &mut Console) -> Result<String, Stop> {
    let read = Read { name: "generated.toml".to_owned(), bytes: text.into_bytes() };
    let sheet = Sheet::of(&read, None, &PatchArgs::default());
    console.draw(&sheet.findings, &sheet.sources);
    let flowsheet = sheet.flowsheet.ok_or(Stop::Model)?;
    let model = Model::assemble(&flowsheet, &flowsheet.values()).map_err(|findings| {
        console.draw(&findings, &sheet.sources);
        Stop::Model
    })?;
    let program = if condensed { model.condensed() } else { model.full() };
    let named = program.with_keys(
        |column| model.column_name(&flowsheet, *column),
        |row| model.row_name(&flowsheet, *row),
    );
    let mut mps = String::new();
    write::mps(&named, &mut mps).expect("a string takes all");
    Ok(mps)
}
