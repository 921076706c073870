//! The command line tool `reeflow`; everything it does is in [`reeflow::cli`].

fn main() {}
