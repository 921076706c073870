//! `reeflow solvers`.

use super::{
    End, Stop,
    args::{Format, OutputArgs},
    console::{Console, write_output},
};
use crate::{
    analysis::solvers,
    diagnostic::{Diagnostics, Sources},
    lp::highs,
    report::{json::Answer, terminal},
};

/// Tells the solvers; `is_named` if the user named a HiGHS library.
pub(super) fn solvers(
    args: &OutputArgs,
    is_named: bool,
    console: &mut Console,
) -> Result<End, Stop> {
    let told = solvers::solvers();
    let output = args.output.as_deref();
    let text = match args.format {
        Format::Text => terminal::solvers::render(&told, &console.style(output)),
        Format::Json => {
            Answer::new("solvers", &Diagnostics::new(), &Sources::new(), Some(&told)).to_json()
        }
    };
    write_output(console, output, &text)?;
    // What was named and is of no use is told above; who asks by script is told, too.
    Ok(if is_named && highs::load().is_err() { End::Wrong } else { End::Well })
}
