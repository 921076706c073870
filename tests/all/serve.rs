//! `reeflow serve` as programs see it: answers, findings, edits, refusals. What readers see is tested in `browser`.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The flowsheet that is served.
pub(crate) const SHEET: &str = r#"
[flowsheet]
title    = "A mill and its dam"
currency = "USD"
assumed  = "an example"

[species.gangue]

[feed.ore]
to     = "mill"
supply = "100 t/yr"
assay  = { grade = { Nd2O3 = "10 %" }, rest = "gangue" }

[separator.mill]
to       = { concentrate = "sales", tailings = "dam" }
recovery.concentrate = { Nd2O3 = "80 %", gangue = "5 %" }

[product.sales]
price = "50 USD/kg Nd2O3"

[waste.dam]

[scenario.poor]
"feed.ore.assay.grade.Nd2O3" = "5 %"
"#;

/// A running server; it ends with the test.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn reeflow() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reeflow"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

impl Server {
    /// Serves a flowsheet at a free port.
    pub(crate) fn of(file: &Path, options: &[&str]) -> Self {
        let mut command = reeflow();
        command.arg("serve").arg(file).args(["--port", "0"]).args(options);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the tool runs");
        let mut address = String::new();
        let out = child.stdout.take().expect("it is piped");
        BufReader::new(out).read_line(&mut address).expect("it says where it is");
        assert!(address.starts_with("http://127.0.0.1:"), "{address}");
        Self { child, address: address.trim().to_owned() }
    }

    fn request(&self, path: &str) -> String {
        let base = self.address.split('#').next().expect("an address");
        format!("{base}{path}")
    }

    /// Status and body of what is got.
    fn get(&self, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let mut request = agent().get(self.request(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read(request.call())
    }

    /// Status and body of an answer.
    fn post(&self, body: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let mut request = agent().post(self.request("solve"));
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read(request.send(body))
    }

    fn ask(&self, question: &Value) -> Value {
        let (status, body) = self.post(&question.to_string(), &[]);
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).expect("it is JSON")
    }

    /// Asks until an answer is as it should be, which takes a moment after an edit.
    fn ask_until(&self, question: &Value, is_well: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let answer = self.ask(question);
            if is_well(&answer) {
                return answer;
            }
            assert!(began.elapsed() < Duration::from_mins(2), "{answer}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into()
}

fn read(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> (u16, String) {
    let mut response = response.expect("it answers");
    let body = response.body_mut().read_to_string().expect("it is text");
    (response.status().as_u16(), body)
}

fn sheet() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("mill.toml");
    fs::write(&file, SHEET).expect("written");
    (folder, file)
}

/// The objective as the command line finds it.
fn solved(file: &Path, options: &[&str]) -> f64 {
    let output = reeflow()
        .arg("solve")
        .arg(file)
        .args(["--format", "json"])
        .args(options)
        .output()
        .expect("the tool runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    report["outcome"]["objective"]["value"].as_f64().expect("there is a plan")
}

#[test]
fn an_answer_is_what_the_command_line_gives() {
    let file = Path::new("flowsheets/beylikova-industrial.toml");
    let server = Server::of(file, &["--set", "feed.ore.cost=30 USD/t", "--gap", "0.01"]);
    for brief in [true, false] {
        let set = [("feed.ore.supply.max", "400 kt/yr"), ("price.La2O3", "2 USD/kg")];
        let answer = server.ask(&json!({ "scenario": "grade-2.9", "set": set, "brief": brief }));
        let options = [
            ["--scenario", "grade-2.9"],
            ["--set", "feed.ore.cost=30 USD/t"],
            ["--set", "feed.ore.supply.max=400 kt/yr"],
            ["--set", "price.La2O3=2 USD/kg"],
        ];
        assert_eq!(answer["objective"].as_f64(), Some(solved(file, options.as_flattened())));
        let told = "reeflow solve flowsheets/beylikova-industrial.toml --scenario grade-2.9 --set 'feed.ore.cost=30 USD/t' \
                    --set 'feed.ore.supply.max=400 kt/yr' --set 'price.La2O3=2 USD/kg' --gap 0.01";
        assert_eq!(answer["command"], told);
        let main = answer["parts"]["main"].as_str().expect("markup");
        assert!(main.contains("id=\"chart-flows\""));
        assert!(main.contains("id=\"limits\""));
        // What asks for other plans comes when there is time for it.
        assert_eq!(main.contains("held by"), !brief);
    }
}

#[test]
fn only_the_sections_that_are_seen_are_told_if_so_asked() {
    let server = Server::of(Path::new("flowsheets/beylikova-industrial.toml"), &[]);
    let answer = server.ask(&json!({ "brief": true, "seen": ["flows", "nothing"] }));
    let main = answer["parts"]["main"].as_str().expect("markup");
    assert_eq!(main.matches("<section ").count(), 1);
    assert!(main.contains("<section id=\"flows\""));
    let charts = answer["parts"]["charts"]["charts"].as_array().expect("a list");
    assert_eq!(charts.len(), 1);
    assert_eq!(answer["parts"]["around"], Value::Null);
}

#[test]
fn what_is_changed_is_a_scenario_of_the_file() {
    let (_folder, file) = sheet();
    let server = Server::of(&file, &["--set", "feed.ore.supply=0300 t/yr"]);
    let set = [
        ("feed.ore.assay.grade.Nd2O3", "12.5 %"),
        ("product.sales.price", "{ value = \"60 USD/kg Nd2O3\", assumed = \"a guess\" }"),
    ];
    let answer = server.ask(&json!({ "set": set }));
    let patch = answer["patch"].as_str().expect("text");
    let saved = file.with_file_name("saved.toml");
    fs::write(&saved, format!("{SHEET}\n{patch}")).expect("written");
    let objective = answer["objective"].as_f64().expect("there is a plan");
    assert_eq!(objective, solved(&saved, &["--scenario", "what-if"]));
    approx::assert_relative_eq!(objective, 300.0 * 0.125 * 0.8 * 60_000.0, max_relative = 1e-12);
}

#[test]
fn findings_stand_on_the_field_that_they_are_about() {
    let (_folder, file) = sheet();
    let server = Server::of(&file, &[]);
    for (path, text, code) in [
        ("feed.ore.supply", "100 parsecs", "bad-quantity"),
        ("separator.mill.recovery.concentrate.Nd2O3", "120 %", "out-of-range"),
        ("feed.ore.assay.grade.Nd2O3", "10 t/yr", "wrong-dimension"),
        ("feed.nothing.supply", "1 t/yr", "unknown-patch-target"),
        ("include", "/etc/passwd", ""),
    ] {
        let answer = server.ask(&json!({ "set": [(path, text)] }));
        assert_eq!(answer["parts"], Value::Null, "{path}");
        let findings = answer["findings"].as_array().expect("a list");
        let finding = findings.iter().find(|it| it["severity"] == "error").expect("an error");
        assert_eq!(finding["field"], path, "{finding}");
        assert!(code.is_empty() || finding["code"] == code, "{finding}");
    }
    // The next question is answered.
    assert!(server.ask(&json!({}))["objective"].is_f64());
}

#[test]
fn a_wrong_figure_is_told_once_and_one_beyond_its_range_is_tried() {
    let server = Server::of(Path::new("flowsheets/beylikova-industrial.toml"), &[]);
    // Its sweep varies both figures.
    let recovery = "separator.desliming.recovery.preconcentrate.REO";
    let answer = server.ask(&json!({ "set": [(recovery, "130 %")] }));
    let findings = answer["findings"].as_array().expect("a list");
    let errors: Vec<&Value> = findings.iter().filter(|it| it["severity"] == "error").collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0]["field"], recovery);
    let price = "product.magnets.price";
    let answer = server.ask(&json!({ "set": [(price, "120 USD/kg")] }));
    assert!(answer["objective"].is_f64(), "{}", answer["findings"]);
    let findings = answer["findings"].as_array().expect("a list");
    let finding = findings.iter().find(|it| it["code"] == "bad-range").expect("told");
    assert_eq!((&finding["severity"], &finding["field"]), (&json!("warning"), &json!(price)));
}

#[test]
fn several_ask_at_once() {
    let (_folder, file) = sheet();
    let server = &Server::of(&file, &[]);
    std::thread::scope(|scope| {
        for client in 1..=4_u32 {
            scope.spawn(move || {
                for step in 1..=25_u32 {
                    let supply = f64::from(100 * client + step);
                    let set = [("feed.ore.supply", format!("{supply} t/yr"))];
                    let answer = server.ask(&json!({ "set": set, "brief": true }));
                    let objective = answer["objective"].as_f64().expect("there is a plan");
                    approx::assert_relative_eq!(objective, 4000.0 * supply, max_relative = 1e-12);
                }
            });
        }
    });
}

#[test]
fn an_edited_flowsheet_is_read_again_and_nothing_is_lost() {
    let (_folder, file) = sheet();
    let server = Server::of(&file, &[]);
    let question = json!({ "set": [("feed.ore.supply", "200 t/yr")] });
    let first = server.ask(&question)["revision"].clone();
    let dear = SHEET.replace("50 USD/kg", "70 USD/kg");
    fs::write(&file, &dear).expect("written");
    let answer = server.ask_until(&question, |answer| answer["revision"] != first);
    approx::assert_relative_eq!(
        answer["objective"].as_f64().expect("there is a plan"),
        16_000.0 * 70.0,
        max_relative = 1e-12
    );
    fs::write(&file, dear.replace("[species.gangue]", "")).expect("written");
    let broken = server.ask_until(&question, |answer| answer["parts"].is_null());
    let finding = &broken["findings"][0];
    assert_eq!(finding["severity"], "error");
    assert!(finding["place"].as_str().expect("a place").contains("mill.toml:"), "{finding}");
    fs::remove_file(&file).expect("removed");
    let gone = server.ask_until(&question, |answer| answer["unread"].is_string());
    assert!(gone["unread"].as_str().is_some_and(|text| text.contains("no such file")), "{gone}");
    fs::write(&file, SHEET).expect("written");
    let mended = server.ask_until(&question, |answer| answer["objective"].is_f64());
    assert_eq!(mended["unread"], Value::Null);
}

#[test]
fn others_and_too_much_are_refused() {
    let (_folder, file) = sheet();
    let server = Server::of(&file, &["--allow", "plant.example"]);
    let status = |headers: &[(&str, &str)]| server.post("{}", headers).0;
    assert_eq!(status(&[]), 200);
    assert_eq!(status(&[("host", "plant.example:80")]), 200);
    assert_eq!(status(&[("host", "evil.example")]), 421);
    assert_eq!(status(&[("origin", "http://evil.example")]), 403);
    assert_eq!(status(&[("sec-fetch-site", "cross-site")]), 403);
    assert_eq!(status(&[("content-type", "text/plain")]), 415);
    let (status, body) = server.post(&"x".repeat(300_000), &[]);
    assert_eq!(status, 413, "{body}");
    let many: Vec<[&str; 2]> = vec![["feed.ore.supply", "1 t/yr"]; 1_001];
    let (status, body) = server.post(&json!({ "set": many }).to_string(), &[]);
    assert_eq!(status, 413, "{body}");
    let (status, body) = server.post("{\"file\": \"/etc/passwd\"}", &[]);
    assert_eq!(status, 422, "{body}");
    for path in ["Cargo.toml", "../Cargo.toml", "..%2fCargo.toml", "%2fetc%2fpasswd", "solve"] {
        let (status, _) = server.get(path, &[]);
        assert!(matches!(status, 404 | 405), "{path}: {status}");
    }
    let (status, page) = server.get("", &[]);
    assert_eq!(status, 200);
    assert!(page.contains("A mill and its dam") && page.contains("value=\"poor\""), "{page}");
}

#[test]
fn what_cannot_be_served_is_told() {
    let (_folder, file) = sheet();
    let server = Server::of(&file, &["--scenario", "poor"]);
    assert!(server.address.ends_with("#scenario=poor"), "{}", server.address);
    let port = server.address.split([':', '/']).nth(4).expect("a port");
    let serve = |arguments: &[&str]| {
        let output = reeflow().arg("serve").args(arguments).stdin(Stdio::null()).output();
        let output = output.expect("the tool runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let path = file.to_str().expect("UTF-8");
    let (code, told) = serve(&[path, "--port", port]);
    assert_eq!(code, Some(2));
    assert!(told.contains(&format!("port {port} is busy")) && told.contains("--port"), "{told}");
    let (code, told) = serve(&["-"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("name a file"), "{told}");
    let (code, _) = serve(&["flowsheets/none.toml"]);
    assert_eq!(code, Some(2));
    fs::write(&file, "title = 3").expect("written");
    let (code, told) = serve(&[path]);
    assert_eq!(code, Some(1));
    assert!(told.contains("error["), "{told}");
}

#[cfg(unix)]
#[test]
fn it_ends_well_when_it_is_asked_to() {
    for signal in ["-INT", "-TERM"] {
        let (_folder, file) = sheet();
        let mut server = Server::of(&file, &[]);
        assert!(server.ask(&json!({}))["objective"].is_f64());
        let killed = Command::new("kill").args([signal, &server.child.id().to_string()]).status();
        assert!(killed.expect("it runs").success());
        let ended = server.child.wait().expect("it ends");
        assert_eq!(ended.code(), Some(0), "{signal}");
    }
}
