//! The report as JSON: findings and outcome under the name of their schema.

mod answer;
mod saved;

pub use answer::{Answer, COMMANDS, schema_of};
pub use saved::{Saved, answered};

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    analysis::Outcome,
    diagnostic::{Claim, Diagnostics, Label, Repair, Severity, Sources},
    exact,
};

/// The name of the format; it changes when a reader of the old one would go wrong.
pub const SCHEMA: &str = "reeflow-report-1";

/// A report as data.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "reeflow report, version 1", deny_unknown_fields)]
pub struct Report<'a> {
    /// Name of the format: `reeflow-report-1`.
    #[schemars(extend("const" = SCHEMA))]
    schema: &'static str,
    /// SHA-256 of this text with nothing between these quotes.
    digest: &'static str,
    /// What was asked for beside the flowsheet.
    request: Request,
    /// The texts that were read, in their order.
    inputs: Vec<Input>,
    /// Errors, warnings and notes about the flowsheet.
    findings: Vec<Finding>,
    /// All answers; null if the flowsheet could not be solved.
    outcome: Option<&'a Outcome>,
    /// What was proven in rational arithmetic, if that was asked for (`--exact`): `reeflow verify` checks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    exact: Option<&'a exact::Proof>,
}

/// What was asked for beside the flowsheet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The scenario that was applied.
    pub scenario: Option<String>,
    /// The settings `KEY=VALUE` that were applied after it.
    pub set: Vec<String>,
}

/// A text that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// The file, `<stdin>` or `--set`.
    source: String,
    /// Its SHA-256.
    sha256: String,
}

/// One finding about the flowsheet.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Finding {
    /// What kind of finding it is; `reeflow explain CODE` tells more.
    code: &'static str,
    /// How grave it is.
    severity: Severity,
    /// One sentence.
    message: String,
    /// What to do about it.
    help: Option<String>,
    /// The places it speaks of, the main one first.
    labels: Vec<Place>,
    /// Of a flowsheet without a plan: statements that cannot hold together, while all but any one of them can.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    conflict: Vec<Statement>,
    /// What mends it, the most plausible first; where several conflicts are told, as if the others were mended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    repairs: Vec<Repair>,
    /// The objective of the best plan without the statement that demands.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<f64>,
}

/// One of the statements that contradict each other.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Statement {
    /// Path of its figure: `feed.ore.supply`.
    path: String,
    /// `at least`, `at most` or `exactly`.
    sense: &'static str,
    /// The figure as it was written: what is needed (`at least`) or available (`at most`).
    text: String,
    /// The nearest value that the others leave, rounded to the side that holds; null if this statement alone cannot
    /// give way far enough.
    reach: Option<String>,
    /// Where it was written.
    place: Option<Place>,
}

/// A place that a finding speaks of.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Place {
    /// The file, `<stdin>` or `--set`.
    source: String,
    /// Line, from 1.
    line: usize,
    /// Column in characters, from 1.
    column: usize,
    /// What is to be said of it; may be empty.
    text: String,
}

impl<'a> Report<'a> {
    /// The report of a run; no outcome if there was none.
    #[must_use]
    pub fn new(findings: &Diagnostics, sources: &Sources, outcome: Option<&'a Outcome>) -> Self {
        Self {
            schema: SCHEMA,
            digest: "",
            request: Request::default(),
            inputs: inputs(sources),
            findings: list(findings, sources),
            outcome,
            exact: None,
        }
    }

    /// Says what was asked for beside the flowsheet.
    #[must_use]
    pub fn of(mut self, request: Request) -> Self {
        self.request = request;
        self
    }

    /// Adds what was proven in rational arithmetic.
    #[must_use]
    pub const fn proven(mut self, exact: Option<&'a exact::Proof>) -> Self {
        self.exact = exact;
        self
    }

    /// The report as indented JSON with a line break at its end.
    ///
    /// # Panics
    /// Never: all keys are text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let text = pretty(self);
        text.replacen(NO_DIGEST, &format!("\"digest\": \"{}\"", sha256(&text)), 1)
    }
}

/// Where the digest goes.
const NO_DIGEST: &str = "\"digest\": \"\"";

/// SHA-256 of a text, in hexadecimal digits.
#[must_use]
pub fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

fn inputs(sources: &Sources) -> Vec<Input> {
    let input = |source: &crate::diagnostic::Source| Input {
        source: source.name.clone(),
        sha256: sha256(&source.text),
    };
    sources.iter().map(input).collect()
}

/// Findings as data.
fn list(findings: &Diagnostics, sources: &Sources) -> Vec<Finding> {
    let statement = |claim: &Claim| Statement {
        path: claim.path.clone(),
        sense: claim.sense,
        text: claim.text.clone(),
        reach: claim.reach.clone(),
        place: place(&Label { span: claim.span, text: String::new() }, sources),
    };
    let findings = findings.iter().map(|item| {
        let explained = item.explanation.as_deref().cloned().unwrap_or_default();
        Finding {
            code: item.code.name(),
            severity: item.severity,
            message: item.message.clone(),
            help: item.help.clone(),
            labels: item.labels.iter().filter_map(|label| place(label, sources)).collect(),
            conflict: explained.conflict.iter().map(statement).collect(),
            repairs: explained.repairs,
            reference: explained.reference,
        }
    });
    findings.collect()
}

fn place(label: &Label, sources: &Sources) -> Option<Place> {
    let place = sources.place(label.span)?;
    Some(Place {
        source: place.source.to_owned(),
        line: place.line,
        column: place.column,
        text: label.text.clone(),
    })
}

fn pretty(data: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(data).expect("all keys are text");
    text.push('\n');
    text
}

/// The JSON schema of the report, as `schemas/report.schema.json` holds it.
#[must_use]
pub fn schema() -> String {
    format!("{:#}\n", schemars::schema_for!(Report<'_>).to_value())
}
