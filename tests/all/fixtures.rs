//! Broken flowsheets, each of which says itself what is wrong with it.
//!
//! A line of a fixture that ends in `# error: CODE, CODE` (or `# warning:`, `# note:`) must be the main place of
//! exactly these findings. A line that begins with `# elsewhere: CODE` announces a finding that stands in no file: about the
//! command line, or about the whole. Lines `# scenario: NAME` and `# set: KEY=VALUE` are requests; `# balance` asks for
//! what `balance` finds instead of what `solve` does. What is drawn for
//! the user is kept in snapshots; run the tests with `INSTA_UPDATE=always` to renew them.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use reeflow::{
    analysis::analyse,
    balance::Decisions,
    cli::{files::Disk, render::render},
    diagnostic::{Code, Diagnostics, Sources},
    document::{Loaded, Request, load},
    flowsheet::Flowsheet,
    lp::Options,
    model::{Form, Model},
};

/// Everything that the stages find in a loaded flowsheet, until one of them refuses it; later stages are added here.
pub(crate) fn later_stages(loaded: Loaded) -> Diagnostics {
    let mut found = loaded.findings;
    let flowsheet = match Flowsheet::lower(&loaded.document) {
        Ok((flowsheet, warnings)) => {
            found.append(warnings);
            flowsheet
        }
        Err(errors) => {
            found.append(errors);
            return found;
        }
    };
    match Model::assemble(&flowsheet, &flowsheet.values()) {
        Ok(model) => {
            for program in [model.full(), model.condensed()] {
                // Coefficients of odd size are told by the solve; what is no number at all is a bug.
                let defects = format!("{:?}", program.defects());
                assert!(!defects.contains("NaN") && !defects.contains("inf"), "{defects}");
            }
        }
        Err(errors) => {
            found.append(errors);
            return found;
        }
    }
    let (node_limit, time_limit) = (Some(2_000), Some(Duration::from_mins(2)));
    let limits = Options { node_limit, time_limit, ..Options::default() };
    match analyse(&flowsheet, &limits, Form::Condensed) {
        Ok(plan) => found.append(plan.findings),
        Err(errors) => found.append(errors),
    }
    found
}

/// What `balance` finds in a flowsheet that is sound.
fn unfixed(loaded: &Loaded) -> Diagnostics {
    let (flowsheet, _) = Flowsheet::lower(&loaded.document).expect("sound but for its splits");
    let decisions = Decisions::of_flowsheet(&flowsheet, &flowsheet.values());
    decisions.err().unwrap_or_default()
}

/// Everything that the tool finds in a flowsheet.
fn findings(path: &Path) -> (Diagnostics, Sources) {
    let mut sources = Sources::new();
    let read = Disk::open(path).expect("fixtures are readable");
    let text = String::from_utf8_lossy(&read.bytes).into_owned();
    let asked = |what: &str| -> Vec<String> {
        text.lines().filter_map(|line| line.strip_prefix(what)).map(str::to_owned).collect()
    };
    let (scenario, set) = (asked("# scenario: "), asked("# set: "));
    let scenario = scenario.first().map(String::as_str);
    let request = Request { scenario, set: &set, ..Request::default() };
    let found = match load(&read.name, &read.bytes, &request, &Disk, &mut sources) {
        Ok(loaded) if text.lines().any(|line| line == "# balance") => unfixed(&loaded),
        Ok(loaded) => later_stages(loaded),
        Err(found) => found,
    };
    (found, sources)
}

/// A finding by its place, `file:line` or nothing, and its code.
type Seen = (String, &'static str);

/// What the files of a run announce.
fn announced(main: &Path, sources: &Sources) -> Vec<Seen> {
    let mut names: BTreeSet<String> = sources.iter().map(|source| source.name.clone()).collect();
    names.insert(main.display().to_string());
    let mut seen = Vec::new();
    for name in names {
        let Ok(bytes) = std::fs::read(&name) else { continue };
        for (line, text) in String::from_utf8_lossy(&bytes).lines().enumerate() {
            let marks = ["# error: ", "# warning: ", "# note: "];
            let place = format!("{name}:{}", line + 1);
            let (place, codes) = match text.strip_prefix("# elsewhere: ") {
                Some(codes) => (String::new(), codes),
                None => match marks.iter().find_map(|mark| text.rsplit_once(mark)) {
                    Some((_, codes)) => (place, codes),
                    None => continue,
                },
            };
            for code in codes.split(',').map(str::trim) {
                let code = Code::from_name(code).unwrap_or_else(|| panic!("{place}: `{code}`?"));
                seen.push((place.clone(), code.name()));
            }
        }
    }
    seen.sort();
    seen
}

/// What was found.
fn found(findings: &Diagnostics, sources: &Sources) -> Vec<Seen> {
    let mut seen: Vec<Seen> = findings
        .iter()
        .map(|item| {
            let place = item.labels.first().and_then(|label| sources.place(label.span));
            let place = place.filter(|place| !place.source.starts_with('-'));
            let place = place.map(|place| format!("{}:{}", place.source, place.line));
            (place.unwrap_or_default(), item.code.name())
        })
        .collect();
    seen.sort();
    seen
}

fn fixtures(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of fixtures");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
}

#[test]
fn broken_fixtures_are_found_out_as_they_announce() {
    let mut wrong = Vec::new();
    for path in fixtures("tests/fixtures/broken") {
        let (findings, sources) = findings(&path);
        let (announced, found) = (announced(&path, &sources), found(&findings, &sources));
        if announced != found {
            wrong.push(format!(
                "{}\n announced {announced:#?}\n found {found:#?}\n{}",
                path.display(),
                render(&findings, &sources, false, 120)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn broken_fixtures_are_drawn_as_before() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("snapshots");
    for path in fixtures("tests/fixtures/broken") {
        let (findings, sources) = findings(&path);
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        settings.bind(|| insta::assert_snapshot!(name, render(&findings, &sources, false, 120)));
    }
}

#[test]
fn sound_fixtures_are_clean() {
    for path in fixtures("tests/fixtures/sound") {
        let (findings, sources) = findings(&path);
        // What the optimum is like is no fault of the file.
        let of_plan = [Code::GoalMissed, Code::OptimumNotUnique, Code::Degenerate];
        let clean = findings.iter().all(|item| of_plan.contains(&item.code));
        assert!(clean, "{}", render(&findings, &sources, false, 120));
    }
}

/// The codes that no fixture shows, and why.
const WITHOUT_FIXTURE: &[(Code, &str)] = &[
    (Code::TooLarge, "it takes more than 128 MiB, or a million tokens"),
    (Code::UnknownLimit, "named on the command line"),
    (Code::SeveralPeriods, "told by commands for one year; see `planning.rs`"),
    (Code::GapLeft, "told where a search is ended early; see `planning.rs`"),
    (Code::ProvenExactly, "made with `--exact` only; see `exact.rs`"),
    (Code::ProofRefuted, "made by `verify` only; see `exact.rs`"),
    (Code::NotProven, "made where a solver fails, which no file brings about"),
];

#[test]
fn every_code_has_a_fixture() {
    let mut shown: BTreeSet<Code> = BTreeSet::new();
    for path in fixtures("tests/fixtures/broken") {
        let (findings, _) = findings(&path);
        shown.extend(findings.iter().map(|item| item.code));
    }
    let pending: BTreeSet<Code> = WITHOUT_FIXTURE.iter().map(|&(code, _)| code).collect();
    let missing: Vec<&Code> =
        Code::ALL.iter().filter(|code| !pending.contains(code) && !shown.contains(code)).collect();
    assert!(missing.is_empty(), "no fixture shows {missing:?}");
    let kept: Vec<&Code> = pending.intersection(&shown).collect();
    assert!(kept.is_empty(), "fixtures show {kept:?}: take them off the list");
}

#[test]
fn codes_are_unique_and_described() {
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    for &code in Code::ALL {
        let (name, text) = (code.name(), code.explanation());
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{name}");
        assert!(text.len() > 60 && text.ends_with('.'), "{name}: {text}");
        assert_eq!(Code::from_name(name), Some(code));
    }
}

#[test]
fn messages_are_in_the_house_style() {
    for path in fixtures("tests/fixtures/broken") {
        let (findings, _) = findings(&path);
        for item in &findings {
            let texts = item.labels.iter().map(|label| &label.text).chain([&item.message]);
            for text in texts.filter(|text| !text.is_empty()) {
                let first = text.chars().next().expect("not empty");
                // A name, or a word of the language: `TOML`, `UTF-8`.
                let word = text.split_whitespace().next().unwrap_or_default();
                let capital =
                    first.is_uppercase() && word.chars().nth(1).is_some_and(char::is_lowercase);
                assert!(!capital && !text.ends_with('.'), "{}: {text}", path.display());
            }
        }
    }
}
