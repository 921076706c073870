//! The shipped flowsheets, loaded as the tool loads them.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use reeflow::{
    cli::files::Disk,
    diagnostic::Sources,
    document::{Document, Request, load},
    flowsheet::Flowsheet,
};

/// The shipped flowsheet of that name, with `--set` patches.
pub(crate) fn lower(name: &str, set: &[String]) -> Flowsheet {
    read_with(name, None, set).0
}

/// The names of all shipped flowsheets.
pub(crate) fn names() -> Vec<String> {
    let below = |path: PathBuf| {
        let name = path.strip_prefix("flowsheets").expect("below it").with_extension("");
        name.to_str().expect("UTF-8").to_owned()
    };
    crate::oracle::all_shipped().into_iter().map(below).collect()
}

/// A shipped flowsheet in a scenario, with the texts it was read from.
pub(crate) fn read(name: &str, scenario: Option<&str>) -> (Flowsheet, Sources) {
    read_with(name, scenario, &[])
}

/// The same with `--set` patches.
pub(crate) fn read_with(
    name: &str,
    scenario: Option<&str>,
    set: &[String],
) -> (Flowsheet, Sources) {
    let path = format!("{}/flowsheets/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let read = Disk::open(Path::new(&path)).expect("it is shipped");
    let mut sources = Sources::new();
    let request = Request { scenario, set, ..Request::default() };
    let loaded = load(&read.name, &read.bytes, &request, &Disk, &mut sources).expect("it loads");
    (Flowsheet::lower(&loaded.document).expect("it is sound").0, sources)
}

/// Every scenario of a shipped flowsheet.
pub(crate) fn scenarios(name: &str) -> Vec<(String, Flowsheet)> {
    let path = format!("{}/flowsheets/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let read = Disk::open(Path::new(&path)).expect("it is shipped");
    let lowered = |scenario: Option<&str>| {
        let request = Request { scenario, ..Request::default() };
        let loaded = load(&read.name, &read.bytes, &request, &Disk, &mut Sources::new());
        let document = loaded.expect("it loads").document;
        let names: Vec<String> = document.scenario.keys().map(ToString::to_string).collect();
        (Flowsheet::lower(&document).expect("it is sound").0, names)
    };
    let (_, names) = lowered(None);
    names.into_iter().map(|name| (name.clone(), lowered(Some(&name)).0)).collect()
}

/// The document that a text is.
pub(crate) fn document(text: &str) -> Arc<Document> {
    load("test.toml", text.as_bytes(), &Request::default(), &Disk, &mut Sources::new())
        .expect("it loads")
        .document
}

/// The flowsheet that a text describes.
pub(crate) fn lower_text(text: &str) -> Flowsheet {
    Flowsheet::lower(&document(text)).expect("it is sound").0
}
