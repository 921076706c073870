//! `reeflow export`.

use super::{
    End, Stop,
    args::{ExportArgs, ProgramFormat},
    console::{Console, write_output},
    run::Sheet,
};
use crate::{lp::write, model::Model};

pub(super) fn export(args: &ExportArgs, console: &mut Console) -> Result<End, Stop> {
    let (flowsheet, sources) = Sheet::open(&args.sheet, console)?;
    let model = Model::assemble(&flowsheet, &flowsheet.values()).map_err(|findings| {
        console.draw(&findings, &sources);
        Stop::Model
    })?;
    let program = if args.uncondensed { model.full() } else { model.condensed() };
    let named = program.with_keys(
        |column| model.column_name(&flowsheet, *column),
        |row| model.row_name(&flowsheet, *row),
    );
    let mut text = String::new();
    let written = match args.to {
        ProgramFormat::Mps => write::mps(&named, &mut text),
        ProgramFormat::Lp => write::cplex_lp(&named, &mut text),
    };
    written.expect("a string takes all");
    write_output(console, args.output.as_deref(), &text)?;
    Ok(End::Well)
}
