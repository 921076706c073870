//! `reeflow solve`.

use super::{
    End, Stop,
    args::{Format, Part, SolveArgs},
    console::{Console, write_output},
    run::Sheet,
};
use crate::{
    analysis::{
        Exactly, Plan, Wanted, analyse_exactly, analyse_with, best_routes, fill_best_multipliers,
        only_one_year,
    },
    diagnostic::{Code, Diagnostic, Diagnostics, Severity},
    exact::Proof,
    flowsheet::Flowsheet,
    report::{
        json::{Report, Request},
        terminal::{self, Section},
    },
};

pub(super) fn solve(args: &SolveArgs, console: &mut Console) -> Result<End, Stop> {
    let mut sheet = Sheet::read(&args.sheet)?;
    let (options, form) = (args.solver.options(), args.form.form());
    let mut exactly = Exactly::default();
    let mut unranked = false;
    let planned = sheet.flowsheet.as_ref().is_some_and(Flowsheet::is_planned);
    let chosen = sections(&args.show, planned && args.period.is_none());
    let wanted = Wanted { intervals: args.intervals, period: args.period.as_deref(), brief: false };
    let busy = console.busy(format!("solving {}", args.sheet.file.display()));
    let plan = match &sheet.flowsheet {
        Some(flowsheet) => {
            let answer = if args.exact {
                let (answer, proof) =
                    analyse_exactly(flowsheet, &sheet.sources, &options, form, wanted);
                exactly = proof;
                answer
            } else {
                analyse_with(flowsheet, &options, form, wanted)
            };
            match answer {
                Ok(mut plan) => {
                    if let Some(count) = args.k_best {
                        match best_routes(flowsheet, usize::from(count), &options) {
                            Ok(found) => {
                                let roadmap = plan.outcome.roadmap.as_mut();
                                if let Some(roadmap) = roadmap {
                                    roadmap.alternatives = found;
                                }
                            }
                            Err(findings) => {
                                unranked = true;
                                sheet.findings.append(findings);
                            }
                        }
                    }
                    if chosen.contains(&Section::BestMultipliers) && planned {
                        let told = only_one_year(flowsheet, "--show best-multipliers");
                        if let Err(finding) = told {
                            sheet.findings.append(as_warnings(&finding.into()));
                        }
                    } else if chosen.contains(&Section::BestMultipliers) {
                        fill_best_multipliers(&mut plan, flowsheet, &options);
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
    drop(busy);
    let unproven = exactly.finding.is_some();
    if let Some(finding) = exactly.finding.take().or_else(|| tell_contradiction(&exactly)) {
        sheet.findings.push(finding);
    }
    console.draw(&sheet.findings, &sheet.sources);
    let outcome = plan.as_ref().map(|plan: &Plan| &plan.outcome);
    if let Some(outcome) = outcome {
        let text = terminal::render_objective(outcome);
        console.mark(&outcome.objective.name, outcome.objective.value, text);
    }
    let text = match (args.output.format, outcome) {
        (Format::Json, _) => {
            let report = Report::new(&sheet.findings, &sheet.sources, outcome);
            let (scenario, set) = (args.sheet.scenario.clone(), args.sheet.patch.changes());
            let report = report.of(Request { scenario, set });
            Some(report.proven(exactly.proof.as_ref()).to_json())
        }
        (Format::Text, Some(outcome)) => {
            let style = console.style(args.output.output.as_deref());
            Some(terminal::render(outcome, &chosen, !args.show.is_empty(), &style))
        }
        (Format::Text, None) => None,
    };
    if let Some(text) = text {
        write_output(console, args.output.output.as_deref(), &text)?;
    }
    match plan {
        None => Err(Stop::Model),
        Some(_) if unproven || unranked => Ok(End::Wrong),
        Some(_) => Ok(End::Well),
    }
}

/// That there is no plan, proven.
fn tell_contradiction(exactly: &Exactly) -> Option<Diagnostic> {
    let Some(Proof::Infeasible { multipliers }) = &exactly.proof else { return None };
    let message = format!(
        "that there is no plan is proven in rational arithmetic: {} rows add up to a contradiction",
        multipliers.len()
    );
    Some(Diagnostic::new(Code::ProvenExactly, message))
}

/// A missed goal is no mistake of one who asks what the best plan is.
pub(super) fn as_warnings(findings: &Diagnostics) -> Diagnostics {
    let mut softer = Diagnostics::new();
    for item in findings {
        let mut item = item.clone();
        if matches!(item.code, Code::GoalMissed | Code::SeveralPeriods) {
            item.severity = Severity::Warning;
        }
        softer.push(item);
    }
    softer
}

/// The sections that were chosen; of a plan over the years, if nothing was, those that are about all of them.
fn sections(parts: &[Part], over_years: bool) -> Vec<Section> {
    let usual = parts.is_empty();
    let chosen = |section: &Section| {
        usual && if over_years { section.is_over_years() } else { section.is_usual() }
            || parts.contains(&Part::All)
            || parts.contains(&Part::One(*section))
    };
    Section::ALL.iter().copied().filter(chosen).collect()
}
