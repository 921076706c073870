//! `reeflow new`: what it writes is sound, says where every figure comes from, and overwrites nothing.

use std::{collections::HashSet, path::Path};

use reeflow::{
    analysis::analyse,
    cli::files::Disk,
    diagnostic::Sources,
    document::{Request, load},
    flowsheet::{Figure, Flowsheet, Provenance},
    lp::Options,
    model::Form,
};

use super::{folder, path, run, written};

/// All that can be asked for.
fn chains() -> Vec<(&'static str, &'static str)> {
    let ends = ["concentrate", "oxide", "metal", "powder", "magnet"];
    let chains =
        ["ore", "concentrate", "scrap"].into_iter().flat_map(|from| ends.map(|to| (from, to)));
    chains.filter(|&(from, to)| from == "ore" || to != "concentrate").collect()
}

/// Every combination of the other flags with one of their values, or none.
fn flags(from: &str) -> Vec<Vec<&'static str>> {
    let mut all = vec![Vec::new()];
    let choices: &[&[&[&'static str]]] = &[
        &[&[], &["--supply", "570 kt/yr"]],
        if from == "scrap" { &[&[]] } else { &[&[], &["--grade", "12 %"]] },
        &[&[], &["--goal", "1 t/yr", "--title", r#"A "plant" \ of ours"#]],
        &[&[], &["--currency", "EUR", "--rate", "0.92"]],
    ];
    for choice in choices {
        all = all
            .into_iter()
            .flat_map(|done| choice.iter().map(move |more| [&done[..], more].concat()))
            .collect();
    }
    all
}

fn lower(file: &Path) -> Flowsheet {
    let read = Disk::open(file).expect("it was written");
    let loaded = load(&read.name, &read.bytes, &Request::default(), &Disk, &mut Sources::new());
    let loaded = loaded.expect("it loads");
    let (flowsheet, findings) = Flowsheet::lower(&loaded.document).expect("it is sound");
    assert!(loaded.findings.is_empty() && findings.is_empty(), "{findings:?}");
    flowsheet
}

#[test]
fn every_combination_of_flags_gives_a_flowsheet_that_checks_clean_solves_and_closes() {
    let folder = folder();
    for (from, to) in chains() {
        for (at, flags) in flags(from).iter().enumerate() {
            let file = folder.path().join(format!("{from}-{to}-{at}.toml"));
            let first = ["new", path(&file), "--from", from, "--to", to];
            let ran = run(&[&first[..], flags].concat());
            assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{from} {to} {flags:?}");
            let flowsheet = lower(&file);
            let plan = analyse(&flowsheet, &Options::default(), Form::Condensed).expect("a plan");
            let outcome = plan.outcome;
            assert!(plan.findings.is_empty(), "{from} {to} {flags:?}: {:?}", plan.findings);
            assert!(outcome.proof.closure <= 1e-9, "{from} {to} {flags:?}");
            // All that comes in is worth its way through.
            assert!(outcome.objective.value > 0.0, "{from} {to} {flags:?}");
            let supply = outcome.limits.iter().find(|limit| limit.path.ends_with(".supply"));
            assert!(supply.is_some_and(|limit| limit.binding), "{from} {to} {flags:?}");
            assert_eq!(outcome.goals.len(), usize::from(flags.contains(&"--goal")));
            assert!(outcome.goals.iter().all(|goal| goal.met));
            assert_eq!(outcome.currency, if flags.contains(&"EUR") { "EUR" } else { "USD" });
        }
        let first = folder.path().join(format!("{from}-{to}-0.toml"));
        let ran = run(&["check", path(&first)]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    }
}

fn sources(figure: &Figure) -> impl Iterator<Item = String> {
    let ids = match &figure.provenance {
        Provenance::Sourced { ids, .. } => ids.clone(),
        _ => Vec::new(),
    };
    ids.into_iter()
}

#[test]
fn figures_are_those_of_the_library_or_assumed() {
    let mut known = HashSet::new();
    // Those that it was made of.
    for name in ["beylikova-industrial", "mountain-pass"] {
        for figure in &crate::shipped::lower(name, &[]).figures {
            known.extend(sources(figure).map(|source| (figure.text.clone(), source)));
        }
    }
    let folder = folder();
    let mut cited = 0;
    for (from, to) in chains() {
        let file = folder.path().join(format!("{from}-{to}.toml"));
        assert_eq!(run(&["new", path(&file), "--from", from, "--to", to]).code, Some(0));
        for figure in &lower(&file).figures {
            let is_assumed = matches!(figure.provenance, Provenance::Assumed { .. });
            assert!(is_assumed || sources(figure).next().is_some(), "{from} {to}: {}", figure.path);
            for source in sources(figure) {
                cited += 1;
                // The grade of concentrate stands in the note of `mountain-pass`; its cost is computed with it.
                let of_note = ["feed.concentrate.cost", "feed.concentrate.assay.grade.REO"];
                let known = of_note.contains(&figure.path.as_str())
                    || known.contains(&(figure.text.clone(), source.clone()));
                assert!(known, "{from} {to}: {} = {} ({source})", figure.path, figure.text);
            }
        }
    }
    assert!(cited > 100);
}

#[test]
fn what_is_there_stays_as_it_is() {
    let folder = folder();
    let file = written(&folder, "plant.toml", b"mine");
    let ran = run(&["new", path(&file), "--from", "ore", "--to", "oxide"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err.contains("is there already and stays as it is; name another file"),
        "{}",
        ran.err
    );
    assert_eq!(std::fs::read(&file).expect("it is there"), b"mine");
}

#[test]
fn what_comes_next_is_said_and_holds() {
    let folder = folder();
    let file = folder.path().join("plant.toml");
    let ran = run(&["new", path(&file), "--from", "scrap", "--to", "magnet"]);
    for command in ["solve", "sources", "check"] {
        assert!(ran.out.contains(&format!("reeflow {command} {}", path(&file))), "{}", ran.out);
    }
    let ran = run(&["solve", path(&file), "--scenario", "twice-the-feed"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

#[test]
fn flags_that_make_no_sense_are_told_apart() {
    for (flags, words) in [
        (
            &["--from", "ore"][..],
            "standard input is no terminal, so nothing can be asked; say `--from",
        ),
        (&["--from", "scrap", "--to", "concentrate"], "`--to`: concentrate is not made of scrap"),
        (
            &["--from", "ore", "--to", "oxide", "--supply", "5 apples"],
            "`--supply`: `apples` is not a unit",
        ),
        (&["--from", "ore", "--to", "oxide", "--supply", "5 kg"], "`--supply`: "),
        (
            &["--from", "ore", "--to", "oxide", "--supply", "0 t/yr"],
            "`--supply`: it must be more than 0",
        ),
        (
            &["--from", "ore", "--to", "oxide", "--grade", "120 %"],
            "`--grade`: it must be between 0 and 100 %",
        ),
        (&["--from", "scrap", "--to", "oxide", "--grade", "12 %"], "`--grade`: the assay of scrap"),
        (
            &["--from", "ore", "--to", "oxide", "--currency", "euro"],
            "`--currency`: it must be a code",
        ),
        (
            &["--from", "ore", "--to", "oxide", "--currency", "EUR"],
            "say with `--rate` what one USD costs in EUR",
        ),
        (
            &["--from", "ore", "--to", "oxide", "--currency", "EUR", "--rate", "0"],
            "`--rate`: it must be a number",
        ),
        (&["--from", "ore", "--to", "oxide", "--rate", "2"], "name one"),
        (
            &["--from", "ore", "--to", "oxide", "--title", "a\nb"],
            "`--title`: it must be words on one line",
        ),
    ] {
        let ran = run(&[&["new", "-"], flags].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{flags:?}");
        assert!(ran.err.contains(words), "{flags:?}: {}", ran.err);
    }
    // Sound by itself, and wrong in this flowsheet.
    let ran = run(&["new", "-", "--from", "ore", "--to", "oxide", "--supply", "5 kt/yr Nb2O5"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("Nb2O5"), "{}", ran.err);
}
