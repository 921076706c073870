//! From a path to a checked flowsheet.

use std::{path::Path, sync::Arc};

use serde::Serialize;

use super::{
    Stop,
    args::{Format, OutputArgs, PatchArgs, SheetArgs},
    console::{Console, write_output},
    files::Disk,
};
use crate::{
    diagnostic::{Diagnostics, Sources},
    document::{Change, Document, Files, Loaded, Read, Request, load},
    flowsheet::Flowsheet,
    report::{
        json::{Answer, Saved, answered},
        terminal::Style,
    },
};

/// Reads a flowsheet that the user named; `-` is standard input.
pub(super) fn open(path: &Path) -> Result<Read, Stop> {
    let read = open_any(path)?;
    // What is wrong with each line of a result would be of no help.
    if !is_json(&read) {
        return Ok(read);
    }
    let text = String::from_utf8_lossy(&read.bytes);
    let saved = Saved::read(&text).ok();
    let (what, instead) = match saved.as_ref().and_then(Saved::flowsheet) {
        Some(name) => (
            format!("a saved result of `{name}`"),
            "name that instead; `reeflow compare` and `reeflow verify` take saved results",
        ),
        None => match answered(&text).as_deref() {
            Some("tables") => {
                ("tables of `reeflow report`".to_owned(), "name the TOML file instead")
            }
            Some(command) => {
                (format!("what `reeflow {command}` answered"), "name the TOML file instead")
            }
            None => (
                "JSON".to_owned(),
                "name the TOML file instead; `reeflow compare` and `reeflow verify` take saved results",
            ),
        },
    };
    Err(Stop::Tool(format!("`{}` is {what}, no flowsheet: {instead}", path.display())))
}

/// Whether a file is JSON, which no TOML begins as.
pub(super) fn is_json(read: &Read) -> bool {
    read.bytes.trim_ascii_start().first() == Some(&b'{')
}

/// Reads a file that the user named.
pub(super) fn open_any(path: &Path) -> Result<Read, Stop> {
    let read = if path.as_os_str() == "-" { Disk::open_stdin() } else { Disk::open(path) };
    read.map_err(|reason| Stop::Tool(format!("cannot read `{}`: {reason}", path.display())))
}

/// What can be read of a file, with all findings up to the first stage that fails.
pub(super) struct Sheet {
    /// The texts that findings point into.
    pub(super) sources: Sources,
    /// All findings.
    pub(super) findings: Diagnostics,
    /// What was written, if it could be read.
    pub(super) document: Option<Arc<Document>>,
    /// What it means, if it means something.
    pub(super) flowsheet: Option<Flowsheet>,
}

impl Sheet {
    /// Reads and checks a flowsheet.
    pub(super) fn of(read: &Read, scenario: Option<&str>, patch: &PatchArgs) -> Self {
        Self::changed(read, scenario, patch, &[])
    }

    /// Reads and checks a flowsheet with further changes, after those of `--set`.
    pub(super) fn changed(
        read: &Read,
        scenario: Option<&str>,
        patch: &PatchArgs,
        changes: &[Change],
    ) -> Self {
        let mut sheet = Self::parse(read, scenario, patch, changes);
        sheet.lower();
        sheet
    }

    /// Reads a flowsheet, without asking what it means.
    pub(super) fn parse(
        read: &Read,
        scenario: Option<&str>,
        patch: &PatchArgs,
        changes: &[Change],
    ) -> Self {
        let set = patch.changes();
        Self::load(read, &Request { scenario, set: &set, changes }, &Disk)
    }

    /// Reads a flowsheet that includes what there is among some files, without asking what it means.
    pub(super) fn load(read: &Read, request: &Request<'_>, files: &dyn Files) -> Self {
        let mut sources = Sources::new();
        let loaded = load(&read.name, &read.bytes, request, files, &mut sources);
        Self::loaded(loaded, sources)
    }

    /// What was loaded, without asking what it means.
    pub(super) fn loaded(loaded: Result<Loaded, Diagnostics>, sources: Sources) -> Self {
        match loaded {
            Ok(loaded) => Self {
                sources,
                findings: loaded.findings,
                document: Some(loaded.document),
                flowsheet: None,
            },
            Err(findings) => Self { sources, findings, document: None, flowsheet: None },
        }
    }

    /// Finds out what was read means.
    pub(super) fn lower(&mut self) {
        match self.document.as_ref().map(Flowsheet::lower) {
            Some(Ok((flowsheet, findings))) => {
                self.findings.append(findings);
                self.flowsheet = Some(flowsheet);
            }
            Some(Err(findings)) => self.findings.append(findings),
            None => {}
        }
    }

    /// Reads and checks the flowsheet that the user named.
    pub(super) fn read(args: &SheetArgs) -> Result<Self, Stop> {
        Ok(Self::of(&open(&args.file)?, args.scenario.as_deref(), &args.patch))
    }

    /// The answer to a question about the flowsheet; findings join those that there are, and all are drawn.
    pub(super) fn ask<T>(
        &mut self,
        console: &mut Console,
        question: impl FnOnce(&Flowsheet) -> Result<T, Diagnostics>,
    ) -> Option<T> {
        let name = self.sources.iter().next().map_or("", |source| &source.name);
        let busy = console.busy(format!("working on {name}"));
        let answer = self.flowsheet.as_ref().map(question);
        drop(busy);
        let told = match answer {
            Some(Ok(told)) => Some(told),
            Some(Err(findings)) => {
                self.findings.append(findings);
                None
            }
            None => None,
        };
        console.draw(&self.findings, &self.sources);
        told
    }

    /// Writes what a command answers; without an answer, JSON still has the findings.
    pub(super) fn answer<T: Serialize>(
        &self,
        console: &mut Console,
        args: &OutputArgs,
        command: &'static str,
        told: Option<T>,
        render: impl FnOnce(&T, &Style) -> String,
    ) -> Result<T, Stop> {
        let output = args.output.as_deref();
        let text = match (args.format, &told) {
            (Format::Json, _) => {
                Answer::new(command, &self.findings, &self.sources, told.as_ref()).to_json()
            }
            (Format::Text, Some(told)) => render(told, &console.style(output)),
            (Format::Text, None) => return Err(Stop::Model),
        };
        write_output(console, output, &text)?;
        told.ok_or(Stop::Model)
    }

    /// Reads and checks the flowsheet that the user named; draws the findings.
    pub(super) fn open(
        args: &SheetArgs,
        console: &mut Console,
    ) -> Result<(Flowsheet, Sources), Stop> {
        let sheet = Self::read(args)?;
        console.draw(&sheet.findings, &sheet.sources);
        let flowsheet = sheet.flowsheet.ok_or(Stop::Model)?;
        Ok((flowsheet, sheet.sources))
    }
}
