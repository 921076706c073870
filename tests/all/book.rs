//! The book in `docs/`: its commands print what it shows, its files are sound, its links lead somewhere, and the pages that
//! are made from the code are those of the code. `REEFLOW_UPDATE=1` writes outputs and such pages anew.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    thread,
};

use crate::markdown::{anchors, links};

#[path = "book/format.rs"]
mod format;
#[path = "book/kept.rs"]
mod kept;
#[path = "book/output.rs"]
mod output;
#[path = "book/session.rs"]
mod session;

const PAGES: &str = "docs/src";

/// All pages below a folder, sorted.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of pages") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|it| it == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether kept files are to be written anew.
fn updating() -> bool {
    std::env::var_os("REEFLOW_UPDATE").is_some()
}

#[test]
fn pages_can_be_worked_through() {
    let work = |path: PathBuf| {
        let page = read(&path);
        let worked = session::work_through(&page);
        if updating() && worked.text != page {
            fs::write(&path, &worked.text).expect("writable");
        }
        let problems = worked.problems.iter().map(|it| format!("{}: {it}", path.display()));
        (worked.commands, problems.collect::<Vec<_>>())
    };
    // A page is a reader of its own.
    let readers: Vec<_> =
        pages(Path::new(PAGES)).into_iter().map(|path| thread::spawn(move || work(path))).collect();
    let mut commands = 0;
    let mut problems = Vec::new();
    for reader in readers {
        let (ran, found) = reader.join().expect("a page is read to its end");
        commands += ran;
        problems.extend(found);
    }
    assert!(problems.is_empty(), "run with REEFLOW_UPDATE=1\n{}", problems.join("\n\n"));
    assert!(commands >= 40, "{commands} commands");
}

#[test]
fn the_summary_lists_every_page_once() {
    let summary = read(&Path::new(PAGES).join("SUMMARY.md"));
    let listed = links(&summary);
    let names: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
    assert_eq!(names.len(), listed.len(), "a page is listed twice");
    let there = pages(Path::new(PAGES));
    let there = there.iter().map(|path| path.strip_prefix(PAGES).expect("below it"));
    let there: BTreeSet<&str> =
        there.filter_map(Path::to_str).filter(|it| *it != "SUMMARY.md").collect();
    assert_eq!(names, there);
}

#[test]
fn links_lead_somewhere() {
    let outside = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "flowsheets/README.md"];
    let files = outside.into_iter().map(PathBuf::from).chain(pages(Path::new(PAGES)));
    let mut wrong = Vec::new();
    let mut counted = 0;
    for file in files {
        let folder = file.parent().expect("a file has a folder");
        for link in links(&read(&file)) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            counted += 1;
            let (path, anchor) = link.split_once('#').map_or((&*link, None), |(a, b)| (a, Some(b)));
            let target = if path.is_empty() { file.clone() } else { folder.join(path) };
            // What stands outside is not in the book when it is built.
            let depth = folder.strip_prefix(PAGES).map(|it| it.components().count());
            let leaves = depth.is_ok_and(|depth| path.matches("../").count() > depth);
            let there = match anchor {
                None => target.exists(),
                Some(anchor) => {
                    target.is_file() && anchors(&read(&target)).iter().any(|it| it == anchor)
                }
            };
            if leaves || !there {
                wrong.push(format!("{}: {link}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(counted >= 60, "{counted} links");
}
