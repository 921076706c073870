//! The command line tool `reeflow`; everything it does is in [`reeflow::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    reeflow::cli::run()
}
