//! The report as JSON: findings and outcome under the name of their schema.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    analysis::Outcome,
    diagnostic::{Diagnostics, Severity, Sources},
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
    /// Errors, warnings and notes about the flowsheet.
    findings: Vec<Finding>,
    /// All answers; null if the flowsheet could not be solved.
    outcome: Option<&'a Outcome>,
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
        let findings = findings.iter().map(|item| Finding {
            code: item.code.name(),
            severity: item.severity,
            message: item.message.clone(),
            help: item.help.clone(),
            labels: item
                .labels
                .iter()
                .filter_map(|label| {
                    let place = sources.place(label.span)?;
                    Some(Place {
                        source: place.source.to_owned(),
                        line: place.line,
                        column: place.column,
                        text: label.text.clone(),
                    })
                })
                .collect(),
        });
        Self { schema: SCHEMA, findings: findings.collect(), outcome }
    }

    /// The report as indented JSON with a line break at its end.
    ///
    /// # Panics
    /// Never: all keys are text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("all keys are text");
        text.push('\n');
        text
    }
}

/// The JSON schema of the report, as `report.schema.json` holds it.
#[must_use]
pub fn schema() -> String {
    format!("{:#}\n", schemars::schema_for!(Report<'_>).to_value())
}
