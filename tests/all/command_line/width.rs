//! No line is wider than it may be, but for words that cannot be broken and excerpts of files.

use super::{reeflow, run};

const SHEETS: &[&str] = &[
    "flowsheets/beylikova-industrial.toml",
    "flowsheets/munzur-ewaste.toml",
    "flowsheets/tutorial/06-goal-and-bottleneck.toml",
];

/// Whether a line is wider than it must be.
fn is_too_wide(line: &str, width: usize) -> bool {
    // A tree is a drawing; and a word is not broken, with the mark or number that an item begins with.
    if line.starts_with(['│', '├', '└']) {
        return false;
    }
    let words = line.split_whitespace().filter(|word| word.chars().count() > 2);
    line.chars().count() > width && words.count() > 1
}

/// An excerpt of a file, with its marks and labels.
fn is_excerpt(line: &str) -> bool {
    let line = line.trim_start();
    let rest = line.trim_start_matches(|sign: char| sign.is_ascii_digit()).trim_start();
    rest.starts_with('|') || ["-->", "::: ", "..."].iter().any(|mark| line.starts_with(mark))
}

/// A mark in an excerpt, with what is said of the place.
fn is_label(line: &str) -> bool {
    let marked = line.trim_start().strip_prefix('|');
    marked.is_some_and(|it| it.trim_start().starts_with(['^', '-']))
}

fn commands() -> Vec<Vec<&'static str>> {
    let mut commands = vec![
        vec!["solvers"],
        vec!["example", "list"],
        vec!["explain", "--list"],
        vec!["explain", "pooled-split"],
        vec!["sx", SHEETS[0], "--feed", "10 kt/yr", "--no-sensitivity"],
        vec!["check", "--all-scenarios", "flowsheets/tutorial/06-goal-and-bottleneck.toml"],
        vec!["solve", "flowsheets/tutorial/09-plan.toml", "--show", "all", "--k-best", "2"],
        vec!["solve", "flowsheets/validation/magnet-recycling-routes.toml", "--show", "all"],
        vec!["sources", "flowsheets/tutorial/09-plan.toml"],
        vec!["size", SHEETS[0], "--target", "magnets >= 2500 t/yr", "--free", "ore"],
        vec!["debottleneck", SHEETS[0], "--goal", "magnets"],
        vec!["sweep", SHEETS[0], "--samples", "20", "--seed", "1"],
        vec!["compare", SHEETS[0], "@low-price", "--all"],
        vec!["pareto", SHEETS[0], "--less", "cost(all)", "--points", "3"],
        vec!["solve", SHEETS[0], "--scenario", "claim"],
        vec!["solve", SHEETS[0], "--set", "product.magnets.price=1"],
        vec!["balance", SHEETS[0], "--at-optimum"],
        vec!["sensitivity", SHEETS[2]],
        vec!["bench", SHEETS[2], "--solver", "simplex", "--runs", "1"],
    ];
    for sheet in SHEETS {
        commands.push(vec!["solve", sheet, "--show", "all"]);
        commands.push(vec!["check", sheet]);
        commands.push(vec!["sources", sheet]);
        commands.push(vec!["goals", sheet]);
    }
    commands
}

#[test]
fn lines_fit_the_width() {
    let mut wide = Vec::new();
    for command in commands() {
        for width in [40, 60, 100] {
            let told = width.to_string();
            let ran = run(&[&command[..], &["--width", &told]].concat());
            assert!(ran.code == Some(0) || ran.code == Some(1), "{command:?}: {}", ran.err);
            assert!(ran.out.len() + ran.err.len() > 100, "{command:?}");
            // What is said of a place ends with the line, if there is room for a few words.
            let labels = ran.err.lines().filter(|line| is_label(line) && width > 40);
            let labels = labels.filter(|line| line.chars().count() > width);
            wide.extend(labels.map(|line| format!("{command:?} {width}, label: {line}")));
            let out = ran.out.lines().filter(|line| is_too_wide(line, width));
            wide.extend(out.map(|line| format!("{command:?} {width}: {line}")));
            // Where nobody looks, a finding is a line to be searched for; beside a long code there is no room in 40.
            let err = ran.err.lines().filter(|line| width == 60 && !is_excerpt(line));
            let err = err.filter(|line| is_too_wide(line, width));
            wide.extend(err.map(|line| format!("{command:?} {width}, error: {line}")));
        }
    }
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

#[test]
fn nothing_moves_and_nothing_is_coloured_where_there_is_no_terminal() {
    for (flags, variable) in
        [(&[][..], None), (&["--color", "never"], None), (&[], Some("NO_COLOR"))]
    {
        let mut command = reeflow(&[&["check", SHEETS[2]], flags].concat());
        command.env("FORCE_HYPERLINK", "1").envs(variable.map(|name| (name, "1")));
        let output = command.output().expect("the tool starts");
        for stream in [output.stdout, output.stderr] {
            assert!(!stream.is_empty() && !stream.contains(&0x1b) && !stream.contains(&b'\r'));
        }
    }
}

#[test]
fn places_and_sources_are_links_where_they_are_asked_for() {
    let links = |command: &[&str], variables: &[(&str, &str)]| {
        let mut command = reeflow(command);
        command.envs(variables.iter().copied());
        let output = command.output().expect("the tool starts");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (text(output.stdout), text(output.stderr))
    };
    let solve = ["solve", SHEETS[0], "--color", "always"];
    let (_, err) = links(&solve, &[("FORCE_HYPERLINK", "1")]);
    let file = err.lines().find(|line| line.contains("file://")).expect("a link");
    assert!(file.contains("flowsheets/beylikova-industrial.toml\u{1b}\\"), "{file:?}");
    let sources = ["sources", SHEETS[0], "--color", "always", "--top", "1"];
    let (out, _) = links(&sources, &[("FORCE_HYPERLINK", "1")]);
    assert!(out.contains("]8;;https://www.paturkey.com/"), "{out}");
    for variables in
        [&[][..], &[("FORCE_HYPERLINK", "0")], &[("FORCE_HYPERLINK", "1"), ("NO_HYPERLINK", "1")]]
    {
        let (out, err) = (links(&sources, variables).0, links(&solve, variables).1);
        assert!(!out.contains("\u{1b}]8") && !err.contains("\u{1b}]8"), "{variables:?}");
    }
}
