//! `reeflow check`.

use std::path::Path;

use super::{
    End, Stop,
    args::CheckArgs,
    console::Console,
    render::summarise,
    run::{Sheet, open},
};
use crate::{
    analysis::analyse,
    document::Read,
    report::terminal::{self, Verdict},
};

pub(super) fn check(args: &CheckArgs, console: &mut Console) -> Result<End, Stop> {
    let mut end = End::Well;
    let mut unread = None;
    for path in &args.files {
        match check_file(path, args, console) {
            Ok(End::Well) => {}
            Ok(End::Wrong) | Err(Stop::Model) => end = End::Wrong,
            // The other files are checked all the same.
            Err(Stop::Tool(message)) => {
                if let Some(earlier) = unread.replace(message) {
                    console.complain(&earlier);
                }
            }
            Err(Stop::Closed) => return Err(Stop::Closed),
        }
    }
    match unread {
        Some(message) => Err(Stop::Tool(message)),
        None => Ok(end),
    }
}

fn check_file(path: &Path, args: &CheckArgs, console: &mut Console) -> Result<End, Stop> {
    let read = open(path)?;
    let first = Sheet::of(&read, args.scenario.as_deref(), &args.patch);
    let scenarios = first.document.iter().flat_map(|document| document.scenario.keys());
    let scenarios: Vec<String> = scenarios.map(ToString::to_string).collect();
    let mut verdicts = Vec::new();
    let mut end =
        check_sheet(&read, first, args.scenario.as_deref(), args, console, &mut verdicts)?;
    if args.all_scenarios {
        for name in scenarios {
            let sheet = Sheet::of(&read, Some(&name), &args.patch);
            if check_sheet(&read, sheet, Some(&name), args, console, &mut verdicts)? == End::Wrong {
                end = End::Wrong;
            }
        }
        let style = console.style(None);
        console.print(&terminal::render_verdicts(&verdicts, &style))?;
    }
    Ok(end)
}

fn check_sheet(
    read: &Read,
    mut sheet: Sheet,
    scenario: Option<&str>,
    args: &CheckArgs,
    console: &mut Console,
    verdicts: &mut Vec<Verdict>,
) -> Result<End, Stop> {
    let (options, form) = (args.solver.options(), args.form.form());
    let analysed = sheet.flowsheet.as_ref().map(|it| analyse(it, &options, form));
    let plan = match analysed {
        Some(Ok(mut plan)) => {
            sheet.findings.append(std::mem::take(&mut plan.findings));
            Some(plan)
        }
        Some(Err(findings)) => {
            sheet.findings.append(findings);
            None
        }
        None => None,
    };
    console.draw(&sheet.findings, &sheet.sources);
    let goals: Vec<(String, bool)> = plan.as_ref().map_or_else(Vec::new, |plan| {
        let outcome = &plan.outcome;
        match &outcome.roadmap {
            Some(roadmap) => {
                roadmap.goals.iter().map(|goal| (goal.name.clone(), goal.met)).collect()
            }
            None => outcome.goals.iter().map(|goal| (goal.name.clone(), goal.met)).collect(),
        }
    });
    verdicts.push(Verdict {
        case: scenario.unwrap_or("as it is").to_owned(),
        goals: plan.is_some().then(|| goals.clone()),
    });
    let met = goals.iter().filter(|(_, met)| *met).count();
    let wrong = plan.is_none() || sheet.findings.has_errors() || met < goals.len();
    let name = match scenario {
        Some(scenario) => format!("{}, scenario {scenario}", read.name),
        None => read.name.clone(),
    };
    let mut told: Vec<String> = Vec::new();
    told.push(if plan.is_some() { "solved and proven" } else { "not solved" }.to_owned());
    if !goals.is_empty() {
        told.push(format!("{met} of {} goals met", goals.len()));
    }
    told.extend(summarise(&sheet.findings));
    let mark = if wrong { "✗" } else { "✓" };
    console.print(&format!("{mark} {name}: {}\n", told.join(", ")))?;
    if let Some(plan) = plan.as_ref().filter(|_| !goals.is_empty()) {
        let style = console.style(None);
        console.print(&terminal::render_goals(&plan.outcome, &style))?;
        console.print("\n")?;
    }
    Ok(if wrong { End::Wrong } else { End::Well })
}
