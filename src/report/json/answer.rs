//! What commands other than `solve` answer, and the schemas of that.

use schemars::{JsonSchema, SchemaGenerator, json_schema};
use serde::{Serialize, ser::SerializeMap as _};

use super::{Finding, list, pretty};
use crate::{
    analysis::{
        benchmark::Benchmark, claims::Checked, compare::Comparison, debottleneck::Debottleneck,
        extraction::Extraction, pareto::Pareto, sensitivity::SensitivityReport, size::Sizing,
        solvers::Solvers, sources::SourcesReport, sweep::Sweeps, together::Together,
    },
    diagnostic::{Diagnostics, Sources},
    report::tables::Table,
};

/// What a command other than `solve` answers: the name of the schema (`reeflow-COMMAND-1`), findings, and the answer under the name
/// of the command; null if there is none.
#[derive(Clone, Debug)]
pub struct Answer<'a, T> {
    command: &'static str,
    findings: Vec<Finding>,
    content: Option<&'a T>,
}

impl<'a, T: Serialize> Answer<'a, T> {
    /// The answer of a command.
    #[must_use]
    pub fn new(
        command: &'static str,
        findings: &Diagnostics,
        sources: &Sources,
        content: Option<&'a T>,
    ) -> Self {
        Self { command, findings: list(findings, sources), content }
    }

    /// Adds findings about other texts, after those that there are.
    #[must_use]
    pub fn and(mut self, findings: &Diagnostics, sources: &Sources) -> Self {
        self.findings.extend(list(findings, sources));
        self
    }

    /// The answer as indented JSON with a line break at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        pretty(self)
    }
}

impl<T: Serialize> Serialize for Answer<'_, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("schema", &format!("reeflow-{}-1", self.command))?;
        map.serialize_entry("findings", &self.findings)?;
        map.serialize_entry(self.command, &self.content)?;
        map.end()
    }
}

/// Commands whose answers have a schema; `tables` is what `report` writes, since `report` names what `solve` does.
pub const COMMANDS: [&str; 13] = [
    "bench",
    "check",
    "compare",
    "debottleneck",
    "goals",
    "pareto",
    "sensitivity",
    "size",
    "solvers",
    "sources",
    "sweep",
    "sx",
    "tables",
];

/// The JSON schema of what a command of [`COMMANDS`] answers; none for others.
#[must_use]
pub fn schema_of(command: &str) -> Option<String> {
    match command {
        "bench" => Some(schema::<Benchmark>(command)),
        "check" => Some(schema::<Vec<Checked>>(command)),
        "compare" => Some(schema::<Comparison>(command)),
        "debottleneck" => Some(schema::<Debottleneck>(command)),
        "goals" => Some(schema::<Together>(command)),
        "pareto" => Some(schema::<Pareto>(command)),
        "sensitivity" => Some(schema::<SensitivityReport>(command)),
        "size" => Some(schema::<Sizing>(command)),
        "solvers" => Some(schema::<Solvers>(command)),
        "sources" => Some(schema::<SourcesReport>(command)),
        "sweep" => Some(schema::<Sweeps>(command)),
        "sx" => Some(schema::<Extraction>(command)),
        "tables" => Some(schema::<Vec<Table>>(command)),
        _ => None,
    }
}

fn schema<T: JsonSchema>(command: &str) -> String {
    let mut generator = SchemaGenerator::default();
    let findings = generator.subschema_for::<Vec<Finding>>();
    let content = generator.subschema_for::<Option<T>>();
    let definitions = generator.take_definitions(true);
    let schema = json_schema!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("reeflow {command}, version 1"),
        "description": match command {
            "tables" => "What `reeflow report -o OUT.json` writes.".to_owned(),
            _ => format!("What `reeflow {command} --format json` answers."),
        },
        "type": "object",
        "properties": {
            "schema": { "const": format!("reeflow-{command}-1") },
            "findings": findings,
            command: content,
        },
        "required": ["schema", "findings", command],
        "additionalProperties": false,
        "$defs": definitions,
    });
    format!("{:#}\n", schema.to_value())
}
