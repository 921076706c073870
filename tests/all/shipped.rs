//! The shipped flowsheets, loaded as the tool loads them.

use std::path::Path;

use reeflow::{
    cli::files::Disk,
    diagnostic::Sources,
    document::{Request, load},
    flowsheet::Flowsheet,
};

/// The shipped flowsheet of that name, with `--set` patches.
pub(crate) fn lower(name: &str, set: &[String]) -> Flowsheet {
    let path = format!("{}/flowsheets/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let read = Disk::open(Path::new(&path)).expect("it is shipped");
    let request = Request { scenario: None, set };
    let loaded = load(&read.name, &read.bytes, &request, &Disk, &mut Sources::new())
        .expect("a shipped flowsheet loads");
    Flowsheet::lower(&loaded.document).expect("a shipped flowsheet is sound").0
}

/// The flowsheet that a text describes.
pub(crate) fn lower_text(text: &str) -> Flowsheet {
    let loaded =
        load("test.toml", text.as_bytes(), &Request::default(), &Disk, &mut Sources::new())
            .expect("it loads");
    Flowsheet::lower(&loaded.document).expect("it is sound").0
}
