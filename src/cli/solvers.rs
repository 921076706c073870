//! `reeflow solvers`.

use super::{
    End, Stop,
    args::{Format, OutputArgs},
    console::{Console, write_output},
};
use crate::{
    analysis::solvers,
    diagnostic::{Diagnostics, Sources},
    report::{json::Answer, terminal},
};

pub(super) fn solvers(args: &OutputArgs, console: &mut Console) -> Result<End, Stop> {
    let told = solvers::solvers();
    let output = args.output.as_deref();
    let text = match args.format {
        Format::Text => terminal::solvers::render(&told, &console.style(output)),
        Format::Json => {
            Answer::new("solvers", &Diagnostics::new(), &Sources::new(), Some(&told)).to_json()
        }
    };
    write_output(console, output, &text)?;
    Ok(End::Well)
}
