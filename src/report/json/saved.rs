//! A saved report, read again to be checked.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::{Input, NO_DIGEST, Request, SCHEMA, inputs, sha256};
use crate::{
    analysis::compare::{ANOTHER, command_of, no_result},
    diagnostic::Sources,
    exact::Proof,
};

/// What a saved report says that can be checked.
#[derive(Clone, Debug)]
pub struct Saved {
    /// What was asked for beside the flowsheet.
    pub request: Request,
    /// What it says is proven; none if `--exact` was not asked for, or nothing was proven.
    pub proof: Option<Proof>,
    inputs: Vec<Input>,
    genuine: bool,
    told: Option<Told>,
}

/// The numbers of the report that the proof speaks of.
#[derive(Clone, Debug, Deserialize)]
struct Told {
    objective: ToldObjective,
    streams: Vec<ToldStream>,
}

#[derive(Clone, Debug, Deserialize)]
struct ToldObjective {
    value: f64,
}

#[derive(Clone, Debug, Deserialize)]
struct ToldStream {
    name: String,
    species: Vec<ToldFlow>,
}

#[derive(Clone, Debug, Deserialize)]
struct ToldFlow {
    name: String,
    flow: f64,
}

impl Saved {
    /// Reads a report of `reeflow solve --format json`.
    ///
    /// # Errors
    /// Why it is none, or not one that can be read.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut value: Value =
            serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
        let found = value.get("schema").and_then(Value::as_str);
        if found != Some(SCHEMA) {
            return Err(no_result(found, SCHEMA));
        }
        let Some(digest) = value.get("digest").and_then(Value::as_str).map(str::to_owned) else {
            return Err(format!("it has no digest: {ANOTHER}"));
        };
        let written = format!("\"digest\": \"{digest}\"");
        let genuine = sha256(&text.replacen(&written, NO_DIGEST, 1)) == digest;
        let mut part = |name: &str| value.get_mut(name).map_or(Value::Null, Value::take);
        Ok(Self {
            request: take(part("request"), "request")?,
            proof: take(part("exact"), "exact")?,
            inputs: take(part("inputs"), "inputs")?,
            told: take(part("outcome"), "outcome")?,
            genuine,
        })
    }

    /// What the flowsheet was called that was solved.
    #[must_use]
    pub fn flowsheet(&self) -> Option<&str> {
        self.inputs.first().map(|input| input.source.as_str())
    }

    /// The flowsheet that was solved, if neither its text nor the name of its file is that of the one that is read now.
    #[must_use]
    pub fn other_flowsheet(&self, sources: &Sources) -> Option<&str> {
        let (then, now) = (self.inputs.first()?, inputs(sources).into_iter().next()?);
        let file = |name: &str| Path::new(name).file_name().map(ToOwned::to_owned);
        let is_other = then.sha256 != now.sha256 && file(&then.source) != file(&now.source);
        is_other.then_some(then.source.as_str())
    }

    /// What is not as it was when the report was written: the report itself, or the flowsheet.
    #[must_use]
    pub fn changes(&self, sources: &Sources) -> Vec<String> {
        let mut found = Vec::new();
        if !self.genuine {
            found.push("the result was changed after it was written".to_owned());
        }
        let now = inputs(sources);
        for (then, now) in
            self.inputs.iter().zip(&now).filter(|(then, now)| then.sha256 != now.sha256)
        {
            let name = if then.source == now.source {
                format!("`{}`", now.source)
            } else {
                format!("`{}`, then `{}`,", now.source, then.source)
            };
            found.push(format!("{name} is not the text that was solved"));
        }
        if self.inputs.len() != now.len() {
            let (then, now) = (self.inputs.len(), now.len());
            found.push(format!("{then} texts were solved, {now} are read now"));
        }
        found
    }

    /// Where the numbers of the report are not those of its proof.
    #[must_use]
    pub fn contradictions(&self) -> Vec<String> {
        let (told, objective, flows) = match (&self.told, &self.proof) {
            (Some(told), Some(Proof::Optimal { objective, flows, .. })) => (told, objective, flows),
            (None, Some(Proof::Optimal { .. })) => {
                return vec!["the report has no plan, its proof has one".to_owned()];
            }
            (Some(_), Some(Proof::Infeasible { .. })) => {
                return vec!["the report has a plan, its proof says that there is none".to_owned()];
            }
            (_, None) | (None, Some(Proof::Infeasible { .. })) => return Vec::new(),
        };
        let mut found = Vec::new();
        if told.objective.value != objective.rounded {
            let (told, proven) = (told.objective.value, objective.rounded);
            found.push(format!("the objective is told as {told:?}, but proven as {proven:?}"));
        }
        let mut count = 0;
        for stream in &told.streams {
            for item in &stream.species {
                count += 1;
                let proven = flows
                    .iter()
                    .find(|flow| flow.stream == stream.name && flow.species == item.name)
                    .map(|flow| flow.flow);
                if proven != Some(item.flow) {
                    let proven =
                        proven.map_or("not there".to_owned(), |flow| format!("proven as {flow:?}"));
                    found.push(format!(
                        "`{}` in `{}` is told as {:?}, but {proven}",
                        item.name, stream.name, item.flow
                    ));
                }
            }
        }
        let flowing = flows.iter().filter(|flow| flow.flow != 0.0).count();
        if count < flowing {
            found.push(format!("{flowing} flows are proven, but only {count} told"));
        }
        found
    }
}

/// The command that answered a JSON text of ours; `tables` are those of `report`.
#[must_use]
pub fn answered(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text).ok()?;
    let format = value.get("schema").and_then(Value::as_str)?;
    command_of(format).filter(|command| *command != "report").map(str::to_owned)
}

fn take<T: serde::de::DeserializeOwned>(value: Value, name: &str) -> Result<T, String> {
    serde_json::from_value(value)
        .map_err(|error| format!("its `{name}` cannot be read ({error}): {ANOTHER}"))
}
