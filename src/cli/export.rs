//! `reeflow export`.

use super::{
    End, Stop,
    args::{ExportArgs, ProgramFormat},
    console::{Console, write_output},
    run::Sheet,
};
use crate::{
    analysis::linearise,
    flowsheet::Flowsheet,
    lp::{Options, write},
    model::Form,
};

pub(super) fn export(args: &ExportArgs, console: &mut Console) -> Result<End, Stop> {
    let (flowsheet, sources) = Sheet::open(&args.sheet, console)?;
    let form = if args.uncondensed { Form::Full } else { Form::Condensed };
    let model = linearise(&flowsheet, &Options::default(), form).map_err(|findings| {
        console.draw(&findings, &sources);
        Stop::Model
    })?;
    let program = if args.uncondensed { model.full() } else { model.condensed() };
    let named = program.with_keys(
        |column| model.column_name(&flowsheet, *column),
        |row| model.row_name(&flowsheet, *row),
    );
    let mut text = remark(&flowsheet, args.to, named.offset());
    let written = match args.to {
        ProgramFormat::Mps => write::mps(&named, &mut text),
        ProgramFormat::Lp => write::cplex_lp(&named, &mut text),
    };
    written.expect("a string takes all");
    write_output(console, args.output.as_deref(), &text)?;
    Ok(End::Well)
}

/// What a reader must know of the objective of a ratio: a comment in the format.
fn remark(flowsheet: &Flowsheet, format: ProgramFormat, offset: f64) -> String {
    if flowsheet.objective.ratio().is_none() {
        return String::new();
    }
    let sign = -flowsheet.objective.sign();
    let (text, ratio) = (flowsheet.objective.text().replace('÷', "/"), sign * offset);
    let turned = if sign < 0.0 { ", with its sign changed" } else { "" };
    let lines = [
        format!("The objective is the best {text} = {ratio:?} at the best plan,"),
        "linear around it: ratio + (numerator - ratio denominator) / denominator of that plan."
            .to_owned(),
        format!("Its minimum is that ratio{turned}; for other limits or prices, export anew."),
    ];
    let mark = match format {
        ProgramFormat::Mps => "*",
        ProgramFormat::Lp => "\\",
    };
    lines.map(|line| [mark, " ", &line, "\n"].concat()).concat()
}
