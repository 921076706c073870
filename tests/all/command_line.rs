//! The real binary: exit codes, streams, files, odd inputs.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

#[path = "command_line/answers.rs"]
mod answers;
#[path = "command_line/bench.rs"]
mod bench;
#[path = "command_line/compare.rs"]
mod compare;
#[path = "command_line/new.rs"]
mod new;
#[path = "command_line/output.rs"]
mod output;
#[path = "command_line/ratios.rs"]
mod ratios;
#[path = "command_line/solvers.rs"]
mod solvers;
#[path = "command_line/sweep.rs"]
mod sweep;
#[cfg(unix)]
#[path = "command_line/watch.rs"]
mod watch;
#[path = "command_line/width.rs"]
mod width;

use reeflow::diagnostic::Code;
use tempfile::TempDir;

const TUTORIAL: &str = "flowsheets/tutorial/06-goal-and-bottleneck.toml";

fn reeflow(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reeflow"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("COLUMNS");
    command.stdin(Stdio::null());
    command
}

/// What a run says and how it ends; a panic would end with 101.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

fn ran(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).expect("the tool writes UTF-8");
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

pub(crate) fn run(arguments: &[&str]) -> Ran {
    ran(reeflow(arguments).output().expect("the tool starts"))
}

fn run_with_input(arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = reeflow(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the tool starts");
    // It may end without reading to the end.
    let _ = child.stdin.take().expect("piped").write_all(input);
    ran(child.wait_with_output().expect("the tool ends"))
}

fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn written(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let file = folder.path().join(name);
    std::fs::write(&file, bytes).expect("writable");
    file
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// The tutorial with one text replaced by another.
fn tutorial(from: &str, to: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(TUTORIAL).expect("readable");
    assert!(text.contains(from));
    text.replace(from, to).into_bytes()
}

#[test]
fn help_of_each_command() {
    let commands: &[&[&str]] = &[
        &[],
        &["solve"],
        &["report"],
        &["check"],
        &["balance"],
        &["size"],
        &["bench"],
        &["bench", "generate"],
        &["solvers"],
        &["sweep"],
        &["export"],
        &["new"],
        &["man"],
        &["explain"],
        &["example"],
        &["example", "list"],
        &["example", "show"],
        &["example", "extract"],
        &["schema"],
        &["completions"],
    ];
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("snapshots");
    for command in commands {
        let arguments: Vec<&str> = command.iter().copied().chain(["--help"]).collect();
        let ran = run(&arguments);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        let name = arguments.join("-").replace("---", "-").replace("--help", "help");
        settings.bind(|| insta::assert_snapshot!(name, ran.out));
    }
}

#[test]
fn usage_errors_end_with_2() {
    for arguments in [
        &[][..],
        &["solv"],
        &["solve"],
        &["solve", TUTORIAL, "--show", "goal"],
        &["solve", TUTORIAL, "--solver", "cplex"],
        &["solve", TUTORIAL, "--time-limit", "0"],
        &["solve", TUTORIAL, "--time-limit", "nan"],
        &["solve", TUTORIAL, "--time-limit", "-1"],
        &["solve", TUTORIAL, "--width", "3"],
        &["export", TUTORIAL],
        &["explain"],
        &["example", "show", "nothing"],
        &["check"],
        &["sources", TUTORIAL, "--top", "0"],
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.err);
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn files_that_cannot_be_read_end_with_2_and_say_why() {
    for command in ["solve", "check"] {
        let missing = run(&[command, "no/such.toml"]);
        assert_eq!(missing.code, Some(2));
        assert_eq!(missing.err, "error: cannot read `no/such.toml`: no such file\n");
        let directory = run(&[command, "flowsheets"]);
        assert_eq!(directory.code, Some(2));
        assert!(directory.err.contains("`flowsheets`: it is a directory"), "{}", directory.err);
    }
    let both = run(&["check", "no.toml", TUTORIAL, "none.toml"]);
    assert_eq!(both.code, Some(2));
    assert!(both.out.contains(TUTORIAL), "the others are checked all the same");
    assert!(both.err.contains("no.toml") && both.err.contains("none.toml"));
    let data = run(&["check", "no.toml", TUTORIAL, "--format", "json"]);
    let data: serde_json::Value = serde_json::from_str(&data.out).expect("JSON");
    let why = |at: usize| data["check"][at]["unread"].as_str();
    assert_eq!((why(0), why(1)), (Some("cannot read `no.toml`: no such file"), None), "{data}");
}

#[test]
fn odd_inputs_end_with_1_and_findings() {
    let deep = 10_000;
    let inputs: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("blank", b"\n\n  \n".to_vec()),
        ("binary", (0..=255_u8).cycle().take(5000).collect()),
        ("zeros", vec![0; 5000]),
        ("latin1", tutorial("A goal", "Ein Ziel für")),
        ("utf16", "[flowsheet]".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("brackets", "[".repeat(deep).into_bytes()),
        ("array", format!("a = {}{}", "[".repeat(deep), "]".repeat(deep)).into_bytes()),
        ("tables", format!("a = {}1{}", "{a=".repeat(deep), "}".repeat(deep)).into_bytes()),
        ("path", format!("{}a = 1", "a.".repeat(deep)).into_bytes()),
        ("nan", tutorial("\"600 t/yr\"", "nan")),
        ("inf", tutorial("\"600 t/yr\"", "inf")),
        ("nan-text", tutorial("\"600 t/yr\"", "\"nan t/yr\"")),
        ("inf-text", tutorial("\"600 t/yr\"", "\"inf t/yr\"")),
        ("beyond", tutorial("\"600 t/yr\"", "\"1e400 t/yr\"")),
        ("negative", tutorial("\"600 t/yr\"", "\"-600 t/yr\"")),
        ("overflow", tutorial("\"600 t/yr\"", "\"1e300 Mt/h\"")),
    ];
    let folder = folder();
    for (name, mut bytes) in inputs {
        if name == "latin1" {
            bytes.push(0xfc);
        }
        let file = written(&folder, "odd.toml", &bytes);
        for command in ["solve", "check"] {
            let ran = run(&[command, path(&file)]);
            assert_eq!(ran.code, Some(1), "{name}: {}{}", ran.out, ran.err);
            assert!(ran.err.contains("error["), "{name}: {}", ran.err);
        }
    }
}

#[test]
fn huge_figures_are_answered() {
    let folder = folder();
    for bound in ["1e300 t/yr", "1e150 t/yr", "1e-300 t/yr", "1e18 t/yr"] {
        let text = tutorial("\"600 t/yr\"", &format!("\"{bound}\""));
        let ran = run(&["solve", path(&written(&folder, "huge.toml", &text))]);
        assert!(matches!(ran.code, Some(0 | 1)), "{bound}: {:?} {}", ran.code, ran.err);
    }
}

#[test]
fn standard_input_is_a_file() {
    let text = std::fs::read(TUTORIAL).expect("readable");
    let (piped, read) = (run_with_input(&["solve", "-"], &text), run(&["solve", TUTORIAL]));
    assert_eq!(piped.code, Some(0), "{}", piped.err);
    assert_eq!(piped.out, read.out);
    let broken = run_with_input(&["check", "-"], b"[flowsheet]\ntitel = 1\n");
    assert_eq!(broken.code, Some(1));
    assert!(broken.err.contains("<stdin>:2:"), "{}", broken.err);
    let every = run_with_input(&["check", "-", "--all-scenarios"], &text);
    assert!(every.out.contains("<stdin>, scenario second-mill"), "{}", every.out);
}

#[test]
fn scenarios_and_settings() {
    let objective = |arguments: &[&str]| {
        let ran = run(&[&["solve", TUTORIAL, "--format", "json"], arguments].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let report: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        report["outcome"]["objective"]["value"].as_f64().expect("a number")
    };
    let near = |value: f64, expected: f64| (value - expected).abs() < 1e-6;
    assert!(near(objective(&[]), 6000.0));
    assert!(near(objective(&["--uncondensed", "--solver", "clarabel"]), 6000.0));
    assert!(near(objective(&["--scenario", "second-mill"]), 10_000.0));
    assert!(near(objective(&["--set", "separator.mill.opex=0 USD/t"]), 7800.0));
    let twice =
        ["--set", "separator.mill.capacity=1 t/yr", "--set", "separator.mill.capacity=700 t/yr"];
    assert!(near(objective(&twice), 7000.0));
    let unknown = run(&["solve", TUTORIAL, "--scenario", "second-mil"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.err.contains("did you mean `second-mill`?"), "{}", unknown.err);
    let typo = run(&["solve", TUTORIAL, "--set", "separator.mil.capacity=1 t/yr"]);
    assert_eq!(typo.code, Some(1));
    assert!(typo.err.contains("did you mean `separator.mill`?"), "{}", typo.err);
    for odd in ["", "=", "a", "separator.mill.capacity=", "separator.mill.capacity"] {
        assert_eq!(run(&["check", TUTORIAL, "--set", odd]).code, Some(1), "{odd}");
    }
}

#[test]
fn every_code_is_explained() {
    let list = run(&["explain", "--list"]).out;
    for code in Code::ALL {
        let ran = run(&["explain", code.name()]);
        assert_eq!(ran.code, Some(0));
        assert!(ran.out.starts_with(&format!("{code} (")), "{}", ran.out);
        assert!(list.lines().any(|line| line.starts_with(&format!("{code} "))), "{code}");
    }
    assert_eq!(run(&["explain", "error[unknown-key]"]).code, Some(0));
    let near = run(&["explain", "unknown-kee"]);
    assert_eq!(near.code, Some(2));
    assert!(near.err.contains("did you mean `unknown-key`?"), "{}", near.err);
    assert!(run(&["explain", "zzz"]).err.contains("--list"));
}

#[test]
fn quiet_tells_errors_only() {
    let folder = folder();
    let unsourced = tutorial("assumed  = \"made up to teach\"", "");
    let file = written(&folder, "unsourced.toml", &unsourced);
    let (loud, quiet) = (run(&["solve", path(&file)]), run(&["solve", path(&file), "--quiet"]));
    assert!(loud.err.contains("warning["), "{}", loud.err);
    assert_eq!((quiet.err.as_str(), &quiet.out), ("", &loud.out));
    let broken = run(&["check", "-q", "tests/fixtures/broken/keys.toml"]);
    assert!(broken.err.contains("error["));
}

#[test]
fn colours_are_only_for_terminals_and_those_who_ask() {
    let marked = |command: &mut Command| {
        let output = command.output().expect("starts");
        output.stdout.contains(&0x1b) || output.stderr.contains(&0x1b)
    };
    let broken = "tests/fixtures/broken/keys.toml";
    assert!(!marked(&mut reeflow(&["solve", TUTORIAL])));
    assert!(!marked(&mut reeflow(&["check", broken])));
    assert!(marked(&mut reeflow(&["solve", TUTORIAL, "--color", "always"])));
    assert!(marked(&mut reeflow(&["check", broken, "--color", "always"])));
    assert!(!marked(reeflow(&["check", broken]).env("NO_COLOR", "1")));
}

#[test]
fn programs_are_exported_with_names() {
    for (format, end) in [("lp", "End\n"), ("mps", "ENDATA\n")] {
        for form in [&[][..], &["--uncondensed"]] {
            let ran = run(&[&["export", TUTORIAL, "--to", format], form].concat());
            assert_eq!(ran.code, Some(0), "{}", ran.err);
            assert!(ran.out.ends_with(end) && ran.out.contains("separator.mill.capacity"));
            assert_eq!(
                ran.out.contains("mill.concentrate,CaF2"),
                format == "mps" && !form.is_empty()
            );
        }
    }
}

#[test]
fn balances_agree_with_the_best_plan() {
    let fixed = run(&["balance", "flowsheets/tutorial/01-splitter.toml"]);
    assert_eq!((fixed.code, fixed.err.as_str()), (Some(0), ""));
    assert!(fixed.out.contains("split.sold") && fixed.out.contains("Closure of operations"));
    let open = run(&["balance", "-q", "flowsheets/beylikova-industrial.toml"]);
    assert_eq!((open.code, open.out.as_str()), (Some(1), ""));
    assert!(open.err.contains("error[split-not-fixed]"), "{}", open.err);
    for name in ["tutorial/06-goal-and-bottleneck", "beylikova-industrial"] {
        let ran = run(&["balance", "-q", "--at-optimum", &format!("flowsheets/{name}.toml")]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let last = ran.out.lines().last().and_then(|line| line.rsplit(' ').next());
        let difference: f64 =
            last.unwrap_or_default().trim_end_matches('.').parse().expect("a number");
        assert!(difference <= 1e-9, "{name}: {difference}");
    }
}

#[test]
fn a_tutorial_is_reported_as_before() {
    let ran = run(&["solve", TUTORIAL, "--quiet"]);
    // The digits of rounding errors are the machine's.
    let text = ["certificate ", "closure ", "worst "].iter().fold(ran.out, |text, mark| {
        let mut parts = text.split(mark);
        let mut masked = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            masked += mark;
            masked += "#";
            masked += part.trim_start_matches(|sign: char| {
                sign.is_ascii_digit() || sign == 'e' || sign == '-'
            });
        }
        masked
    });
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("snapshots");
    settings.bind(|| insta::assert_snapshot!("report-of-a-tutorial", text));
}

#[test]
fn missed_goals_are_errors_of_check_only() {
    let (solve, check) = (run(&["solve", TUTORIAL]), run(&["check", TUTORIAL]));
    assert_eq!((solve.code, check.code), (Some(0), Some(1)));
    assert!(solve.err.contains("warning[goal-missed]"), "{}", solve.err);
    assert!(check.err.contains("error[goal-missed]"), "{}", check.err);
    assert!(check.out.contains("0 of 1 goals met"), "{}", check.out);
    let met = run(&["check", TUTORIAL, "--scenario", "second-mill"]);
    assert_eq!(met.code, Some(0), "{}{}", met.out, met.err);
}
