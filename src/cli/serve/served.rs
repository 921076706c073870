//! A flowsheet that is asked for again and again, each time with other figures.
//!
//! Every question is answered from the texts anew, by the way that `--set` goes, so that an answer is what the command line gives.
//! Texts are kept, and read again when one of their files was edited; nothing but the flowsheet and what it includes is read.

use std::{
    collections::HashMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use super::super::{
    files::{Disk, Stamp},
    run::Sheet,
    solve::as_warnings,
};
use crate::{
    analysis::{Wanted, analyse_with},
    diagnostic::{Diagnostic, Severity, Sources},
    document::{Files, Read, Request},
    flowsheet::Flowsheet,
    lp::Options,
    model::Form,
    report::html::{
        Language,
        live::{self, Parts, key_of},
    },
};

/// How often it is looked whether files were edited, at most.
const LOOK: Duration = Duration::from_millis(200);

/// A flowsheet, and how it is solved.
#[derive(Debug)]
pub(super) struct Served {
    file: PathBuf,
    settings: Vec<String>,
    options: Options,
    period: Option<String>,
    language: Language,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    texts: Arc<Texts>,
    looked: Instant,
}

/// The texts of a flowsheet at one time.
#[derive(Debug)]
struct Texts {
    /// Counts how often they were read.
    revision: u64,
    main: Read,
    /// Why the file cannot be read any more, if it cannot: what it held before is served.
    unread: Option<String>,
    kept: Mutex<Kept>,
}

/// What has been included, by path and by who includes it; and how the files were when they were read.
#[derive(Debug, Default)]
struct Kept {
    included: HashMap<(String, String), Read>,
    stamps: Vec<(PathBuf, Option<Stamp>)>,
}

impl Texts {
    fn read(file: &Path, revision: u64) -> Result<Self, String> {
        let stamps = vec![(file.to_owned(), Stamp::of(file))];
        let main = Disk::open(file)?;
        let kept = Mutex::new(Kept { stamps, ..Kept::default() });
        Ok(Self { revision, main, unread: None, kept })
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_as_it_was(&self) -> bool {
        self.kept().stamps.iter().all(|(path, stamp)| Stamp::of(path) == *stamp)
    }
}

/// Reads and checks what the texts say.
fn check(texts: &Texts, scenario: Option<&str>, set: &[String]) -> Sheet {
    let mut sheet = Sheet::load(&texts.main, &Request { scenario, set, changes: &[] }, texts);
    sheet.lower();
    sheet
}

impl Files for Texts {
    fn read(&self, path: &str, from: &str) -> Result<Read, String> {
        let key = (path.to_owned(), from.to_owned());
        if let Some(read) = self.kept().included.get(&key) {
            return Ok(read.clone());
        }
        let read = Disk.read(path, from)?;
        let mut kept = self.kept();
        let file = PathBuf::from(&read.name);
        let stamp = Stamp::of(&file);
        kept.stamps.push((file, stamp));
        kept.included.insert(key, read.clone());
        Ok(read)
    }
}

/// What is asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    /// A scenario of the flowsheet.
    #[serde(default)]
    scenario: Option<String>,
    /// Paths of figures, and what they are to be.
    #[serde(default)]
    set: Vec<(String, String)>,
    /// Whether it is enough to tell what the plan is, and not what else could be.
    #[serde(default)]
    brief: bool,
    /// The sections that are seen, if the others need not be told.
    #[serde(default)]
    seen: Option<Vec<String>>,
}

/// What is answered.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    revision: u64,
    /// Why the file cannot be read any more.
    unread: Option<String>,
    findings: Vec<Finding>,
    /// The objective of the plan; none if there is no plan.
    objective: Option<f64>,
    /// What is told of the plan; none if there is none.
    parts: Option<Parts>,
    /// From the question to the proven plan and what is told of it.
    milliseconds: f64,
    /// The command that gives the same.
    command: String,
    /// What is changed, as a scenario.
    patch: String,
}

#[derive(Debug, Serialize)]
struct Finding {
    code: &'static str,
    severity: Severity,
    message: String,
    help: Option<String>,
    /// `plant.toml:3:10`.
    place: Option<String>,
    /// The path of the figure that it is about.
    field: Option<String>,
}

/// The fields of a flowsheet.
#[derive(Debug, Serialize)]
pub(super) struct Panel {
    revision: u64,
    /// None if the flowsheet is wrong.
    html: Option<String>,
}

impl Served {
    /// A flowsheet that can be read.
    ///
    /// # Errors
    /// The reason why it cannot.
    pub(super) fn new(
        file: PathBuf,
        settings: Vec<String>,
        options: Options,
        period: Option<String>,
        language: Language,
    ) -> Result<Self, String> {
        let texts = Arc::new(Texts::read(&file, 1)?);
        let state = Mutex::new(State { texts, looked: Instant::now() });
        Ok(Self { file, settings, options, period, language, state })
    }

    /// The texts as they are now.
    fn texts(&self) -> Arc<Texts> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.looked.elapsed() >= LOOK {
            state.looked = Instant::now();
            if !state.texts.is_as_it_was() {
                let old = &state.texts;
                state.texts = Arc::new(match Texts::read(&self.file, old.revision + 1) {
                    Ok(texts) => texts,
                    Err(reason) => Texts {
                        revision: old.revision,
                        main: old.main.clone(),
                        unread: Some(format!(
                            "cannot read `{}`: {reason}; this is what it held before",
                            self.file.display()
                        )),
                        kept: Mutex::new(Kept {
                            included: old.kept().included.clone(),
                            // It is read as soon as it is there again.
                            stamps: vec![(self.file.clone(), None)],
                        }),
                    },
                });
            }
        }
        Arc::clone(&state.texts)
    }

    /// Counts how often the texts were read.
    pub(super) fn revision(&self) -> u64 {
        self.texts().revision
    }

    /// The page.
    pub(super) fn page(&self) -> String {
        let texts = self.texts();
        let request = Request { scenario: None, set: &self.settings, changes: &[] };
        let sheet = Sheet::load(&texts.main, &request, &*texts);
        let document = sheet.document.as_deref();
        let scenarios = document.map_or_else(Vec::new, |document| {
            let named = document.scenario.iter();
            named.map(|(name, scenario)| (name.value.clone(), scenario.title.clone())).collect()
        });
        let title = document.map_or_else(
            || self.file.display().to_string(),
            |document| document.flowsheet.title.value.clone(),
        );
        live::shell(&title, &scenarios, self.language)
    }

    /// The fields, as they are in a scenario.
    pub(super) fn panel(&self, scenario: Option<&str>) -> Panel {
        let texts = self.texts();
        let sheet = check(&texts, scenario, &self.settings);
        let html = sheet.flowsheet.as_ref().map(|flowsheet| live::panel(flowsheet, self.language));
        Panel { revision: texts.revision, html }
    }

    /// The best plan with the figures that are asked for.
    pub(super) fn answer(&self, question: &Question) -> Answer {
        let began = Instant::now();
        let texts = self.texts();
        let asked: Vec<String> =
            question.set.iter().map(|(path, text)| format!("{}={text}", key_of(path))).collect();
        let settings: Vec<String> = self.settings.iter().chain(&asked).cloned().collect();
        let scenario = question.scenario.as_deref();
        let mut sheet = check(&texts, scenario, &settings);
        let wanted =
            Wanted { intervals: false, period: self.period.as_deref(), brief: question.brief };
        let solved = sheet.flowsheet.as_ref().map(|flowsheet| {
            let plan = analyse_with(flowsheet, &self.options, Form::Condensed, wanted)?;
            let seen = question.seen.as_deref();
            let parts = live::tell(&plan.outcome, flowsheet, self.language, seen);
            Ok((plan.solution.objective, parts, as_warnings(&plan.findings)))
        });
        let (objective, parts) = match solved {
            Some(Ok((objective, parts, findings))) => {
                sheet.findings.append(findings);
                (Some(objective), Some(parts))
            }
            Some(Err(findings)) => {
                sheet.findings.append(findings);
                (None, None)
            }
            None => (None, None),
        };
        let place = Places { question, asked: &asked, sheet: &sheet };
        Answer {
            revision: texts.revision,
            unread: texts.unread.clone(),
            findings: sheet.findings.into_iter().map(|finding| place.tell(finding)).collect(),
            objective,
            parts,
            milliseconds: 1000.0 * began.elapsed().as_secs_f64(),
            command: self.command(scenario, &settings),
            patch: patch_of(question),
        }
    }

    fn command(&self, scenario: Option<&str>, settings: &[String]) -> String {
        let mut command = format!("reeflow solve {}", quoted(&self.file.display().to_string()));
        if let Some(scenario) = scenario {
            write!(command, " --scenario {}", quoted(scenario)).expect("a string takes all");
        }
        for setting in settings {
            write!(command, " --set {}", quoted(setting)).expect("a string takes all");
        }
        command
    }
}

/// What is changed, as a scenario that stands in the flowsheet's file.
fn patch_of(question: &Question) -> String {
    let mut patch = String::new();
    if let Some(scenario) = &question.scenario {
        writeln!(
            patch,
            "# Made on top of the scenario `{scenario}`, whose lines belong here, too."
        )
        .expect("a string takes all");
    }
    patch.push_str("[scenario.what-if]\n");
    let set = question.set.iter().map(|(path, text)| (key_of(path), text));
    for (key, text) in set {
        let is_toml = text.parse::<f64>().is_ok_and(f64::is_finite)
            || matches!(text.as_str(), "true" | "false");
        let value = if is_toml { text.clone() } else { in_quotes(text) };
        writeln!(patch, "{} = {value}", in_quotes(&key)).expect("a string takes all");
    }
    patch
}

/// A string of TOML, whose escapes are those of JSON.
fn in_quotes(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A word for a shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:+@%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Where findings belong.
struct Places<'a> {
    question: &'a Question,
    asked: &'a [String],
    sheet: &'a Sheet,
}

impl Places<'_> {
    fn tell(&self, finding: &Diagnostic) -> Finding {
        let sources: &Sources = &self.sheet.sources;
        let place = finding.labels.first().and_then(|label| sources.place(label.span));
        let place = place.filter(|place| place.source != "--set");
        Finding {
            code: finding.code.name(),
            severity: finding.severity,
            message: finding.message.clone(),
            help: finding.help.clone(),
            place: place.map(|it| format!("{}:{}:{}", it.source, it.line, it.column)),
            field: finding.labels.iter().find_map(|label| self.field(label.span)),
        }
    }

    /// The path of the figure that stands at a place: one that was asked for, or one of the file.
    fn field(&self, span: crate::diagnostic::Span) -> Option<String> {
        let (source, _) = self.sheet.sources.resolve(span)?;
        if source.name == "--set" {
            let at = self.asked.iter().position(|asked| *asked == source.text)?;
            return Some(self.question.set[at].0.clone());
        }
        let flowsheet: &Flowsheet = self.sheet.flowsheet.as_ref()?;
        let figure = flowsheet.figures.iter().find(|figure| figure.span.contains(span))?;
        Some(figure.path.clone())
    }
}
