//! The command line tool `reeflow`; everything it does is in [`reeflow::cli`].

use std::process::ExitCode;

/// Models are many small vectors: the system's allocator takes a third of the time to make and drop one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    reeflow::cli::run()
}
