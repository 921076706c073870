//! A flowsheet that is asked for again and again, each time with other figures.
//!
//! Every question is answered by the way that `--set` goes, so that an answer is what the command line gives; but a text is parsed
//! once. Texts are read again when one of their files was edited; nothing but the flowsheet and what it includes is read.

use std::{
    collections::HashMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

use super::super::{
    files::{Disk, Stamp},
    quote::{in_shell, in_toml},
    run::Sheet,
    solve::as_warnings,
};
use crate::{
    analysis::{Wanted, analyse_with},
    diagnostic::{Diagnostic, Diagnostics, Severity, Sources},
    document::{Files, Prepared, Read, is_toml, split_setting},
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

/// How a flowsheet is solved and told.
#[derive(Debug)]
pub(super) struct How {
    /// Settings `KEY=VALUE` before those of the page.
    pub(super) settings: Vec<String>,
    pub(super) options: Options,
    pub(super) period: Option<String>,
    /// The same, as the command line says it.
    pub(super) flags: Vec<String>,
    pub(super) language: Language,
}

/// Most figures that one question changes.
const MOST: usize = 1_000;

/// A flowsheet, and how it is solved.
#[derive(Debug)]
pub(super) struct Served {
    file: PathBuf,
    how: How,
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
    /// Another one whenever they are read again.
    revision: u64,
    main: Read,
    /// Why the file cannot be read any more, if it cannot: what it held before is served.
    unread: Option<String>,
    kept: Mutex<Kept>,
}

/// What has been included, by path and by who includes it; what was made of it, by scenario; and how the files were when they
/// were read.
#[derive(Debug, Default)]
struct Kept {
    included: HashMap<(String, String), Read>,
    prepared: HashMap<Option<String>, Arc<Prepared>>,
    stamps: Vec<(PathBuf, Option<Stamp>)>,
}

impl Texts {
    fn read(file: &Path, revision: u64) -> Result<Self, String> {
        let stamps = vec![(file.to_owned(), Stamp::of(file))];
        let main = Disk::open(file)?;
        let kept = Mutex::new(Kept { stamps, ..Kept::default() });
        Ok(Self { revision, main, unread: None, kept })
    }

    /// What was read before, of a file that cannot be read any more.
    fn unread(&self, file: &Path, reason: &str) -> Self {
        let kept = self.kept();
        Self {
            revision: self.revision,
            main: self.main.clone(),
            unread: Some(format!(
                "cannot read `{}`: {reason}; this is what it held before",
                file.display()
            )),
            kept: Mutex::new(Kept {
                included: kept.included.clone(),
                prepared: kept.prepared.clone(),
                // It is read as soon as it is there again.
                stamps: vec![(file.to_owned(), None)],
            }),
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the texts say with a scenario and settings, without asking what it means.
    fn load(&self, scenario: Option<&str>, set: &[String]) -> Sheet {
        match self.prepared(scenario) {
            Ok(prepared) => {
                let (loaded, sources) = prepared.load(set);
                Sheet::loaded(loaded, sources)
            }
            Err((findings, sources)) => Sheet::loaded(Err(findings), sources),
        }
    }

    /// The texts with a scenario, parsed when it is first asked for.
    fn prepared(&self, scenario: Option<&str>) -> Result<Arc<Prepared>, (Diagnostics, Sources)> {
        let key = scenario.map(str::to_owned);
        if let Some(prepared) = self.kept().prepared.get(&key) {
            return Ok(Arc::clone(prepared));
        }
        let prepared = Prepared::read(&self.main.name, &self.main.bytes, scenario, self)?;
        let prepared = Arc::new(prepared);
        // Names that no scenario has are not kept.
        if prepared.is_sound() {
            self.kept().prepared.insert(key, Arc::clone(&prepared));
        }
        Ok(prepared)
    }

    /// Reads and checks what the texts say.
    fn check(&self, scenario: Option<&str>, set: &[String]) -> Sheet {
        let mut sheet = self.load(scenario, set);
        sheet.lower();
        sheet
    }

    fn is_as_it_was(&self) -> bool {
        self.kept().stamps.iter().all(|(path, stamp)| Stamp::of(path) == *stamp)
    }
}

impl Files for Texts {
    fn read(&self, path: &str, from: &str) -> Result<Read, String> {
        let key = (path.to_owned(), from.to_owned());
        if let Some(read) = self.kept().included.get(&key) {
            return Ok(read.clone());
        }
        // Before it is read, so that no edit is missed; also of what is not there, as it may come back.
        let file = Disk::beside(path, from);
        let stamp = Stamp::of(&file);
        let read = Disk.read(path, from);
        let mut kept = self.kept();
        kept.stamps.push((file, stamp));
        if let Ok(read) = &read {
            kept.included.insert(key, read.clone());
        }
        read
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

impl Question {
    /// Whether it changes more than a person does.
    pub(super) const fn is_too_long(&self) -> bool {
        self.set.len() > MOST
    }
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
    pub(super) fn new(file: PathBuf, how: How) -> Result<Self, String> {
        // Pages that another process served know other revisions.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let first = u64::try_from(since.as_millis()).unwrap_or_default();
        let texts = Arc::new(Texts::read(&file, first)?);
        let state = Mutex::new(State { texts, looked: Instant::now() });
        Ok(Self { file, how, state })
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
                    Err(reason) => old.unread(&self.file, &reason),
                });
            }
        }
        Arc::clone(&state.texts)
    }

    /// Another number whenever the texts were read again, and why they cannot be any more, if they cannot.
    pub(super) fn revision(&self) -> (u64, Option<String>) {
        let texts = self.texts();
        (texts.revision, texts.unread.clone())
    }

    /// The page.
    pub(super) fn page(&self) -> String {
        let texts = self.texts();
        let sheet = texts.load(None, &self.how.settings);
        let document = sheet.document.as_deref();
        let scenarios = document.map_or_else(Vec::new, |document| {
            let named = document.scenario.iter();
            named.map(|(name, scenario)| (name.value.clone(), scenario.title.clone())).collect()
        });
        let title = document.map_or_else(
            || self.file.display().to_string(),
            |document| document.flowsheet.title.value.clone(),
        );
        live::shell(&title, &scenarios, self.how.language)
    }

    /// The fields, as they are in a scenario.
    pub(super) fn panel(&self, scenario: Option<&str>) -> Panel {
        let texts = self.texts();
        let sheet = texts.check(scenario, &self.how.settings);
        let html =
            sheet.flowsheet.as_ref().map(|flowsheet| live::panel(flowsheet, self.how.language));
        Panel { revision: texts.revision, html }
    }

    /// The best plan with the figures that are asked for.
    pub(super) fn answer(&self, question: &Question) -> Answer {
        let began = Instant::now();
        let texts = self.texts();
        let asked: Vec<String> =
            question.set.iter().map(|(path, text)| format!("{}={text}", key_of(path))).collect();
        let settings: Vec<String> = self.how.settings.iter().chain(&asked).cloned().collect();
        let scenario = question.scenario.as_deref();
        let mut sheet = texts.check(scenario, &settings);
        let wanted =
            Wanted { intervals: false, period: self.how.period.as_deref(), brief: question.brief };
        let solved = sheet.flowsheet.as_ref().map(|flowsheet| {
            let plan = analyse_with(flowsheet, &self.how.options, Form::Condensed, wanted)?;
            let seen = question.seen.as_deref();
            let parts = live::tell(&plan.outcome, flowsheet, self.how.language, seen);
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
            patch: patch_of(scenario, &settings),
        }
    }

    fn command(&self, scenario: Option<&str>, settings: &[String]) -> String {
        let mut words =
            vec!["reeflow solve".to_owned(), in_shell(&self.file.display().to_string())];
        if let Some(scenario) = scenario {
            words.extend(["--scenario".to_owned(), in_shell(scenario)]);
        }
        for setting in settings {
            words.extend(["--set".to_owned(), in_shell(setting)]);
        }
        words.extend(self.how.flags.iter().cloned());
        words.join(" ")
    }
}

/// What is changed, as a scenario that stands in the flowsheet's file.
fn patch_of(scenario: Option<&str>, settings: &[String]) -> String {
    let mut patch = String::new();
    if let Some(name) = scenario {
        let name = in_toml(name);
        writeln!(patch, "# Made on top of the scenario {name}, whose lines belong here, too.")
            .expect("a string takes all");
    }
    patch.push_str("[scenario.what-if]\n");
    for (key, value) in settings.iter().filter_map(|setting| split_setting(setting)) {
        let value = if is_toml(value) { value.to_owned() } else { in_toml(value) };
        writeln!(patch, "{} = {value}", in_toml(key)).expect("a string takes all");
    }
    patch
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
