//! What the tool writes, and where to: pipes, files, JSON, examples.

use std::{io::Read as _, path::Path, process::Stdio};

use super::{TUTORIAL, folder, path, ran, reeflow, run};

#[test]
fn a_closed_pipe_is_no_error() {
    for arguments in [
        &["solve", TUTORIAL][..],
        &["schema"],
        &["explain", "--list"],
        &["example", "show", "beylikova-industrial"],
        &["completions", "bash"],
        &["check", TUTORIAL],
        &["--help"],
    ] {
        let mut command = reeflow(arguments);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().expect("piped").read_to_string(&mut err).expect("UTF-8");
        let code = child.wait().expect("ends").code();
        // `check` may have found a missed goal before.
        assert!(code == Some(0) || (arguments[0] == "check" && code == Some(1)), "{arguments:?}");
        assert!(!err.contains("panicked") && !err.contains("pipe"), "{arguments:?}: {err}");
    }
}

#[test]
fn output_goes_to_files_whole_or_not_at_all() {
    let folder = folder();
    let file = folder.path().join("report.txt");
    let ran = run(&["solve", TUTORIAL, "-o", path(&file)]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
    let report = std::fs::read_to_string(&file).expect("written");
    assert!(report.starts_with("A goal and a bottleneck\n"));
    let again = run(&["schema", "-o", path(&file)]);
    assert_eq!(again.code, Some(0));
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("readable").collect();
    assert_eq!(left.len(), 1, "no temporary file is left");
    let unwritable = [
        (folder.path().join("no/such/report.txt"), "no such folder"),
        (folder.path().to_owned(), "it is a directory"),
        (file.join("below"), "not a folder"),
    ];
    for (target, reason) in &unwritable {
        let ran = run(&["export", TUTORIAL, "--to", "lp", "-o", path(target)]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
        assert!(
            ran.err.contains("error: cannot write `") && ran.err.contains(reason),
            "{}",
            ran.err
        );
    }
    let mut permissions = file.metadata().expect("there").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&file, permissions).expect("own");
    let ran = run(&["solve", TUTORIAL, "-o", path(&file)]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("it is read-only"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn devices_and_links_stay_what_they_are() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let (target, link) = (folder.path().join("target"), folder.path().join("link"));
    std::fs::write(&target, "old").expect("writable");
    std::os::unix::fs::symlink(&target, &link).expect("a link");
    assert_eq!(run(&["schema", "-o", path(&link)]).code, Some(0));
    assert!(link.symlink_metadata().expect("there").is_symlink());
    assert!(std::fs::read_to_string(&target).expect("readable").starts_with('{'));
    assert_eq!(run(&["schema", "-o", "/dev/null"]).code, Some(0));
    assert!(!Path::new("/dev/null").metadata().expect("there").is_file());
    let new = folder.path().join("new");
    assert_eq!(run(&["schema", "-o", path(&new)]).code, Some(0));
    let mode = new.metadata().expect("there").permissions().mode();
    let umask_free = std::fs::File::create(folder.path().join("usual")).expect("writable");
    assert_eq!(mode, umask_free.metadata().expect("there").permissions().mode());
}

#[test]
fn json_reports_are_valid_whether_solved_or_not() {
    let schema = std::fs::read_to_string("schemas/report.schema.json").expect("committed");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let valid = |text: &str| -> serde_json::Value {
        let report = serde_json::from_str(text).expect("JSON");
        let errors: Vec<String> =
            validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        report
    };
    for file in [TUTORIAL, "flowsheets/beylikova-industrial.toml"] {
        let ran = run(&["solve", file, "--format", "json"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let report = valid(&ran.out);
        assert_eq!(report["schema"], "reeflow-report-1");
        assert!(report["outcome"]["objective"]["value"].is_f64());
    }
    let scenario = ["--scenario", "claim", "--format", "json"];
    let ran = run(&[&["solve", "flowsheets/beylikova-industrial.toml"][..], &scenario].concat());
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let finding = &valid(&ran.out)["findings"][0];
    let goal = &finding["conflict"][0];
    assert_eq!(goal["path"], "goal.claimed-reo.at-least");
    assert_eq!((&goal["sense"], &goal["text"]), (&"at least".into(), &"10 kt/yr".into()));
    assert_eq!(goal["reach"], "5.322 kt/yr");
    assert!(goal["place"]["line"].as_u64() > Some(0));
    let repairs = finding["repairs"].as_array().expect("a list");
    assert!(repairs.len() >= 3);
    let change = &repairs[0]["changes"][0];
    assert_eq!((&change["path"], &change["to"]), (&goal["path"], &goal["reach"]));
    let reference = finding["reference"].as_f64().expect("told");
    for repair in repairs {
        let (objective, difference) = (repair["objective"].as_f64(), repair["difference"].as_f64());
        let difference = difference.expect("told") - (objective.expect("told") - reference);
        assert!(difference.abs() < 1e-6 * reference);
    }
    assert_eq!(repairs.last().expect("some")["kind"], "assay");
    let broken = run(&["solve", "tests/fixtures/broken/keys.toml", "--format", "json"]);
    assert_eq!(broken.code, Some(1));
    let report = valid(&broken.out);
    assert!(report["outcome"].is_null());
    let place = &report["findings"][0]["labels"][0];
    assert_eq!(place["source"], "tests/fixtures/broken/keys.toml");
    assert!(place["line"].as_u64() > Some(0) && place["column"].as_u64() > Some(0));
}

#[test]
fn extracted_examples_are_solved_elsewhere() {
    let folder = folder();
    let elsewhere = |arguments: &[&str]| {
        ran(reeflow(arguments).current_dir(folder.path()).output().expect("starts"))
    };
    let list = elsewhere(&["example", "list"]);
    let names: Vec<&str> =
        list.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() >= 8, "{}", list.out);
    let extracted = elsewhere(&["example", "extract", "beylikova-industrial"]);
    assert_eq!(extracted.code, Some(0), "{}", extracted.err);
    assert!(folder.path().join("library/sources.toml").is_file());
    let solved = elsewhere(&["solve", "beylikova-industrial.toml", "--quiet"]);
    assert_eq!(solved.code, Some(0), "{}", solved.err);
    assert_eq!(elsewhere(&["example", "extract", "01-splitter", "a/b"]).code, Some(0));
    assert_eq!(elsewhere(&["solve", "a/b/01-splitter.toml"]).code, Some(0));
    // Again is no harm; what the user has changed stays.
    assert_eq!(elsewhere(&["example", "extract", "01-splitter", "a/b"]).code, Some(0));
    std::fs::write(folder.path().join("a/b/01-splitter.toml"), "mine").expect("writable");
    let refused = elsewhere(&["example", "extract", "01-splitter", "a/b"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("it is there already"), "{}", refused.err);
    assert_eq!(elsewhere(&["example", "extract", "--all", "all"]).code, Some(0));
    assert!(folder.path().join("all/tutorial/03-recycle.toml").is_file());
    for name in names {
        let shown = elsewhere(&["example", "show", name]);
        assert!(shown.code == Some(0) && shown.out.starts_with("#:schema"), "{name}");
    }
    assert!(elsewhere(&["example", "show", "01-spliter"]).err.contains("`01-splitter`?"));
}

#[test]
fn manual_pages_are_written_for_every_command() {
    let folder = folder();
    let target = folder.path().join("share/man1");
    let ran = run(&["man", "--output", path(&target)]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let help = run(&["--help"]).out;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands = commands.take_while(|line| !line.is_empty());
    // A name stands two columns in; what is said of it may go on below.
    let names =
        commands.filter_map(|line| line.strip_prefix("  ").filter(|it| !it.starts_with(' ')));
    let names = names.filter_map(|line| line.split(' ').next());
    let names: Vec<&str> = names.filter(|name| *name != "help").collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        let page = std::fs::read_to_string(target.join(format!("reeflow-{name}.1")));
        let page = page.expect("there is one of each command");
        assert!(page.contains(&format!(".TH reeflow-{name} 1")), "{page}");
        assert!(page.contains(".SH SYNOPSIS") && page.contains("\\-\\-color"), "{page}");
    }
    assert!(target.join("reeflow-bench-generate.1").is_file());
    assert!(!target.join("reeflow-bench-measure.1").exists());
    let ran = run(&["man"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.out.contains(".TH reeflow 1"));
}
