//! Figures of time and memory, to be read by people: `cargo test --release --test all measure -- --ignored --nocapture`.
#![expect(clippy::print_stderr, reason = "figures for people")]

use std::{fmt::Write, time::Instant};

use reeflow::{
    cli::{files::Disk, render::render},
    diagnostic::Sources,
    document::{Request, load},
};

/// Loads a text and tells how long it took and how much memory was needed so far.
fn measure(what: &str, bytes: &[u8]) {
    let mut sources = Sources::new();
    let started = Instant::now();
    let loaded = load("measured.toml", bytes, &Request::default(), &Disk, &mut sources);
    let loading = started.elapsed();
    let (operations, findings) = match loaded {
        Ok(loaded) => (loaded.document.separator.len(), loaded.findings),
        Err(findings) => (0, findings),
    };
    let drawing = Instant::now();
    let drawn = render(&findings, &sources, false, 120).len();
    let drawing = drawing.elapsed();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    let size = bytes.len() >> 10;
    eprintln!(
        "{what}: {size} KiB, {operations} separators, {} findings, load {loading:?}, \
         draw {drawing:?} ({drawn} bytes), {peak}",
        findings.len()
    );
}

/// A flowsheet of that many separators with that many species.
fn generate(separators: usize, species: usize) -> String {
    let mut text = "[flowsheet]\ntitle = \"generated\"\n\n[feed.ore]\nto = \"op0\"\n".to_owned();
    text.push_str("assay.grade = { REO = \"5 %\" }\n\n");
    for at in 0..separators {
        let next = at + 1;
        writeln!(text, "[separator.op{at}]\nto = {{ a = \"op{next}\", b = \"dam\" }}").unwrap();
        writeln!(text, "capacity = \"600 kt/yr\"\nopex = \"18 USD/t\"").unwrap();
        for outlet in ["a", "b"] {
            for number in 0..species {
                writeln!(text, "recovery.{outlet}.s{number} = \"72.{number} %\"").unwrap();
            }
        }
    }
    text.push_str("[waste.dam]\n");
    text
}

#[test]
#[ignore = "a measurement"]
fn measure_small() {
    let text = include_str!("../fixtures/sound/chain.toml").replace("include = [", "#");
    measure("first load, schema included", text.as_bytes());
    let text = generate(30, 3);
    for _ in 0..3 {
        measure("about 300 lines", text.as_bytes());
    }
    measure("500 x 30", generate(500, 30).as_bytes());
    measure("5000 x 30", generate(5000, 30).as_bytes());
    let wrong = generate(500, 30).replace("recovery", "recovry");
    measure("500 x 30, 30 500 wrong keys", wrong.as_bytes());
}

#[test]
#[ignore = "a measurement"]
fn measure_large() {
    measure("50 000 x 30", generate(50_000, 30).as_bytes());
}

#[test]
#[ignore = "a measurement"]
fn measure_garbage() {
    let size = 50 << 20;
    let mut seed = 1_u64;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        seed.to_be_bytes()[0]
    };
    let bytes: Vec<u8> = (0..size).map(|_| random()).collect();
    measure("random bytes", &bytes);
    let ascii: Vec<u8> = bytes.iter().map(|byte| 32 + byte % 95).collect();
    measure("random ASCII, one line", &ascii);
    let lines: Vec<u8> =
        ascii.iter().map(|&sign| if sign == b'q' { b'\n' } else { sign }).collect();
    measure("random ASCII, lines", &lines);
    measure("brackets", "[".repeat(size).as_bytes());
    measure("dots", "a.".repeat(size >> 1).as_bytes());
    measure("one open array", format!("a = [{}", "1,".repeat(size >> 1)).as_bytes());
    measure("one open string", format!("a = \"{}", "x".repeat(size)).as_bytes());
    measure("headers", "[[a]]\n".repeat(size.div_euclid(6)).as_bytes());
    measure("the same key", "a=1\n".repeat(size >> 2).as_bytes());
    measure("empty lines", "\n".repeat(size).as_bytes());
    let sound = generate(1000, 30);
    let late = format!("{sound}{}", "= ] %\n".repeat((size - sound.len()).div_euclid(6)));
    measure("garbage after 2 MB", late.as_bytes());
}
