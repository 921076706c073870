//! Runs that end before their end, and what comes of them.
#![expect(clippy::disallowed_methods, reason = "tests write to temporary folders")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use tempfile::TempDir;

use super::{Manifest, Policy, Store, StoreError};
use crate::report::table::{Column, Kind, Parts, Table, Values};

const COUNT: u64 = 1050;
const CHUNK: u64 = 100;

fn manifest() -> Manifest {
    let column = |name: &str, kind, unit: Option<&str>| Column {
        name: name.to_owned(),
        kind,
        unit: unit.map(str::to_owned),
        description: format!("what {name} means"),
    };
    let columns = vec![
        column("sample", Kind::Count, None),
        column("profit", Kind::Number, Some("USD/yr")),
        column("demand.met", Kind::Condition, None),
        column("status", Kind::Text, None),
    ];
    let about = [("seed".to_owned(), "7".to_owned())].into_iter().collect();
    let fingerprint = [("flowsheet".to_owned(), "a".repeat(64))].into_iter().collect();
    Manifest { fingerprint, table: Table { columns, about }, chunk: CHUNK, count: COUNT }
}

/// Rows that are what they are by their position alone.
fn rows(store: &Store, chunk: u64) -> Vec<Values> {
    let rows = store.rows(chunk);
    let profit = |row: u64| if row % 7 == 3 { f64::NAN } else { (row as f64).sin() * 1e6 };
    let condition = |row: u64| (row % 7 != 3).then_some(row.is_multiple_of(2));
    let status = |row: u64| if row % 7 == 3 { "no plan, \"none\"" } else { "optimal" }.to_owned();
    vec![
        Values::Counts(rows.clone().map(|row| u64::MAX - row).collect()),
        Values::Numbers(rows.clone().map(profit).collect()),
        Values::Conditions(rows.clone().map(condition).collect()),
        Values::Texts(rows.map(status).collect()),
    ]
}

fn open(out: &Path) -> Store {
    Store::open(out, manifest(), Policy::default()).expect("it can be opened")
}

fn refuse(out: &Path, manifest: Manifest, policy: Policy) -> StoreError {
    Store::open(out, manifest, policy).expect_err("it is refused")
}

/// Writes some chunks, from several threads.
fn fill(store: &Store, chunks: &[u64], threads: usize) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(&chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    store.write(chunk, &rows(store, chunk)).expect("the disk takes it");
                }
            });
        }
    });
}

fn run(out: &Path) -> Vec<u8> {
    let store = open(out);
    fill(&store, &store.missing(), 1);
    store.finish().expect("it ends");
    fs::read(out).expect("it is there")
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let parts = folder.path().join("out.parquet.parts");
    (folder, parts)
}

fn parts(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut parts: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "parquet")).collect();
    parts.sort();
    parts
}

#[test]
fn an_interrupted_run_ends_as_one_that_was_not() {
    for ending in ["parquet", "csv"] {
        let (folder, _) = folder();
        let whole = run(&folder.path().join(format!("whole.{ending}")));
        let out = folder.path().join(format!("cut.{ending}"));
        let store = open(&out);
        assert_eq!(store.missing(), (0..11).collect::<Vec<u64>>());
        fill(&store, &[9, 2, 10, 5, 0], 4);
        drop(store);
        let store = open(&out);
        assert_eq!(store.missing(), [1, 3, 4, 6, 7, 8]);
        fill(&store, &[8, 1], 1);
        drop(store);
        let store = open(&out);
        fill(&store, &store.missing(), 4);
        store.finish().unwrap();
        assert_eq!(fs::read(&out).unwrap(), whole, "{ending}");
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "{left:?}");
    }
}

#[test]
fn what_is_read_is_what_was_written() {
    let (folder, _) = folder();
    let out = folder.path().join("out.parquet");
    let store = open(&out);
    fill(&store, &store.missing(), 2);
    let expected: Vec<Vec<Values>> = (0..11).map(|chunk| rows(&store, chunk)).collect();
    let mut read = Vec::new();
    store.read(&[3, 1], &mut |values| read.push(values.to_vec())).unwrap();
    let chosen: Vec<Vec<Values>> =
        expected.iter().map(|all| vec![all[3].clone(), all[1].clone()]).collect();
    assert_eq!(read, chosen);
    store.finish().unwrap();
    let output = Parts::open(fs::File::open(&out).unwrap()).unwrap();
    assert_eq!(output.columns(), manifest().table.columns);
    assert_eq!(output.groups(), 11);
    for (group, expected) in expected.iter().enumerate() {
        assert_eq!(&output.read(group, &[0, 1, 2, 3]).unwrap(), expected);
    }
}

#[test]
fn csv_tells_units_and_leaves_out_what_is_not_there() {
    let (folder, _) = folder();
    let text = String::from_utf8(run(&folder.path().join("out.csv"))).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len() as u64, COUNT + 1);
    assert_eq!(lines[0], "sample,profit [USD/yr],demand.met,status");
    assert_eq!(lines[1], "18446744073709551615,0.0,true,optimal");
    assert_eq!(lines[2], "18446744073709551614,841470.9848078965,false,optimal");
    assert_eq!(lines[4], "18446744073709551612,,,\"no plan, \"\"none\"\"\"");
}

#[test]
fn damaged_chunks_are_done_again() {
    let (folder, parts_folder) = folder();
    let whole = run(&folder.path().join("whole.parquet"));
    let out = folder.path().join("out.parquet");
    let store = open(&out);
    fill(&store, &store.missing(), 1);
    drop(store);
    let files = parts(&parts_folder);
    // Cut short, one bit flipped within, empty, and one that was never renamed.
    let bytes = fs::read(&files[2]).unwrap();
    fs::write(&files[2], &bytes[..bytes.len() - 1]).unwrap();
    let mut bytes = fs::read(&files[4]).unwrap();
    let middle = bytes.len() >> 1;
    bytes[middle] ^= 1;
    fs::write(&files[4], bytes).unwrap();
    fs::write(&files[7], "").unwrap();
    fs::rename(&files[9], files[9].with_extension("parquet.tmp")).unwrap();
    let store = open(&out);
    assert_eq!(store.missing(), [2, 4, 7, 9]);
    assert_eq!(parts(&parts_folder).len(), 7);
    fill(&store, &store.missing(), 1);
    store.finish().unwrap();
    assert_eq!(fs::read(&out).unwrap(), whole);
}

#[test]
fn a_run_of_something_else_is_refused_and_can_be_thrown_away() {
    let (folder, parts_folder) = folder();
    let out = folder.path().join("out.parquet");
    let store = open(&out);
    fill(&store, &[3], 1);
    drop(store);
    let mut other = manifest();
    other.fingerprint.insert("flowsheet".to_owned(), "b".repeat(64));
    other.table.about.insert("seed".to_owned(), "8".to_owned());
    other.count = 2000;
    let refusal = refuse(&out, other.clone(), Policy::default());
    let StoreError::Different { differences, .. } = &refusal else { panic!("{refusal}") };
    assert_eq!(*differences, ["flowsheet", "seed: 7, now 8", "samples: 1050, now 2000"]);
    assert!(refusal.to_string().contains("--restart"));
    assert_eq!(open(&out).missing().len(), 10, "nothing is lost by a refusal");
    let restarted = Store::open(&out, other, Policy { restart: true, force: false }).unwrap();
    assert_eq!(restarted.missing().len(), 20);
    assert!(parts(&parts_folder).is_empty());
    drop(restarted);
    fs::write(parts_folder.join("manifest.json"), "{").unwrap();
    assert!(matches!(refuse(&out, manifest(), Policy::default()), StoreError::Different { .. }));
}

#[test]
fn a_finished_output_is_replaced_by_force_only() {
    let (folder, parts_folder) = folder();
    let out = folder.path().join("out.parquet");
    let whole = run(&out);
    for restart in [false, true] {
        let refusal = refuse(&out, manifest(), Policy { restart, force: false });
        assert!(matches!(refusal, StoreError::Finished { .. }), "{refusal}");
    }
    assert!(!parts_folder.exists());
    fs::write(&out, "something else").unwrap();
    let store = Store::open(&out, manifest(), Policy { restart: false, force: true }).unwrap();
    assert_eq!(
        fs::read(&out).unwrap(),
        b"something else",
        "until it is finished, what was there is"
    );
    fill(&store, &[1, 2], 1);
    drop(store);
    // What was begun by force goes on without it.
    let store = open(&out);
    assert_eq!(store.missing().len(), 9);
    fill(&store, &store.missing(), 2);
    store.finish().unwrap();
    assert_eq!(fs::read(&out).unwrap(), whole);
}

#[test]
fn an_end_that_is_cut_short_can_be_ended_again() {
    let (folder, parts_folder) = folder();
    let out = folder.path().join("out.parquet");
    let store = open(&out);
    fill(&store, &store.missing(), 1);
    drop(store);
    // Killed while the output was written.
    fs::write(parts_folder.join("merged.tmp"), "half").unwrap();
    let whole = run(&out);
    assert_eq!(whole, run(&folder.path().join("other.parquet")));
    // Killed while the chunks were removed: the output is finished.
    fs::create_dir(&parts_folder).unwrap();
    fs::write(parts_folder.join("0000000003-0123456789abcdef.parquet"), "left").unwrap();
    assert!(matches!(refuse(&out, manifest(), Policy::default()), StoreError::Finished { .. }));
    let store = Store::open(&out, manifest(), Policy { restart: false, force: true }).unwrap();
    assert_eq!(store.missing().len(), 11);
}

#[test]
fn a_second_run_on_the_same_output_is_refused() {
    let (folder, _) = folder();
    let out = folder.path().join("out.parquet");
    let first = open(&out);
    for restart in [false, true] {
        let refusal = refuse(&out, manifest(), Policy { restart, force: true });
        assert!(matches!(refusal, StoreError::Locked { .. }), "{refusal}");
    }
    drop(first);
    open(&out);
}

#[test]
fn what_cannot_be_written_says_what_is_kept() {
    let (folder, parts_folder) = folder();
    let out = folder.path().join("out.parquet");
    let store = open(&out);
    fill(&store, &(0..10).collect::<Vec<u64>>(), 1);
    // Its name is taken by a folder, as nothing that is written may be.
    fs::create_dir(&out).unwrap();
    fill(&store, &[10], 1);
    let failure = store.finish().expect_err("a folder is in the way");
    assert!(failure.to_string().contains("11 of 11 chunks are kept"), "{failure}");
    assert_eq!(parts(&parts_folder).len(), 11);
    fs::remove_dir(&out).unwrap();
    open(&out).finish().unwrap();
    assert!(out.exists());
    let nowhere = folder.path().join("none").join("out.csv");
    let refusal = refuse(&nowhere, manifest(), Policy::default()).to_string();
    assert!(refusal.ends_with("there is no such file or folder"), "{refusal}");
    let refusal = refuse(&folder.path().join("out.xlsx"), manifest(), Policy::default());
    assert!(matches!(refusal, StoreError::Ending { .. }), "{refusal}");
}

#[test]
fn the_order_of_what_was_computed_matters() {
    let (keep, _) = folder();
    let out = keep.path().join("out.parquet");
    let named = |order: &str| {
        let mut manifest = manifest();
        manifest.fingerprint.insert("scenarios".to_owned(), order.to_owned());
        manifest
    };
    drop(Store::open(&out, named("low, high"), Policy::default()).expect("it is new"));
    let refused = refuse(&out, named("high, low"), Policy::default()).to_string();
    assert!(refused.contains("scenarios: low, high, now high, low"), "{refused}");
}
