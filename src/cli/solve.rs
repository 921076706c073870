//! `reeflow solve`.

use super::{
    End, Stop,
    args::{Format, Part, SolveArgs},
    console::{Console, write_output},
    run::Sheet,
};
use crate::{
    analysis::{Plan, analyse_with, fill_best_multipliers},
    diagnostic::{Code, Diagnostics, Severity},
    report::{
        json::Report,
        terminal::{self, Section},
    },
};

pub(super) fn solve(args: &SolveArgs, console: &mut Console) -> Result<End, Stop> {
    let mut sheet = Sheet::read(&args.sheet)?;
    let (solver, chosen) = (&args.solver, sections(&args.show));
    let plan = match &sheet.flowsheet {
        Some(flowsheet) => {
            match analyse_with(flowsheet, &solver.options(), solver.form(), args.intervals) {
                Ok(mut plan) => {
                    if chosen.contains(&Section::BestMultipliers) {
                        fill_best_multipliers(&mut plan, flowsheet, &solver.options());
                    }
                    let findings = std::mem::take(&mut plan.findings);
                    sheet.findings.append(as_warnings(&findings));
                    Some(plan)
                }
                Err(findings) => {
                    sheet.findings.append(findings);
                    None
                }
            }
        }
        None => None,
    };
    console.draw(&sheet.findings, &sheet.sources);
    let outcome = plan.as_ref().map(|plan: &Plan| &plan.outcome);
    let text = match (args.output.format, outcome) {
        (Format::Json, _) => Some(Report::new(&sheet.findings, &sheet.sources, outcome).to_json()),
        (Format::Text, Some(outcome)) => {
            let style = console.style(args.output.output.as_deref());
            Some(terminal::render(outcome, &chosen, &style))
        }
        (Format::Text, None) => None,
    };
    if let Some(text) = text {
        write_output(console, args.output.output.as_deref(), &text)?;
    }
    if plan.is_some() { Ok(End::Well) } else { Err(Stop::Model) }
}

/// A missed goal is no mistake of one who asks what the best plan is.
fn as_warnings(findings: &Diagnostics) -> Diagnostics {
    let mut softer = Diagnostics::new();
    for item in findings {
        let mut item = item.clone();
        if item.code == Code::GoalMissed {
            item.severity = Severity::Warning;
        }
        softer.push(item);
    }
    softer
}

/// The sections that were chosen.
fn sections(parts: &[Part]) -> Vec<Section> {
    let usual = parts.is_empty();
    let chosen = |section: &Section| {
        usual && section.is_usual()
            || parts.contains(&Part::All)
            || parts.contains(&Part::One(*section))
    };
    Section::ALL.iter().copied().filter(chosen).collect()
}
