//! `reeflow check`.

use std::{
    fmt::Display,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};

use super::{
    End, Stop,
    args::{FormArgs, PatchArgs, SolverArgs},
    console::{Console, write_output},
    render::{summarise, wrap},
    run::{Sheet, open},
    watch::WatchArgs,
};
use crate::{
    analysis::{
        Plan, analyse,
        claims::{Checked, audit},
    },
    diagnostic::{Diagnostics, Sources},
    document::Read,
    flowsheet::Flowsheet,
    report::{
        json::Answer,
        terminal::{self, Case},
    },
};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The flowsheets; `-` is standard input
    #[arg(required = true)]
    pub(super) files: Vec<PathBuf>,
    /// Apply a scenario of the flowsheets
    #[arg(long, value_name = "NAME", conflicts_with = "all_scenarios")]
    scenario: Option<String>,
    /// Check each flowsheet as it is and in each of its scenarios
    #[arg(long)]
    all_scenarios: bool,
    #[command(flatten)]
    patch: PatchArgs,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    form: FormArgs,
    /// The claims as text for people, as tables in Markdown, or as JSON for programs
    #[arg(long, value_enum, default_value_t)]
    format: CheckFormat,
    /// Write the report to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) watch: WatchArgs,
}

impl CheckArgs {
    /// Whether data for programs goes to standard output.
    pub(super) fn is_data(&self) -> bool {
        let is_written = self.output.as_ref().is_some_and(|file| file.as_os_str() != "-");
        self.format != CheckFormat::Text && !is_written
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    #[default]
    Text,
    Markdown,
    Json,
}

/// What has been checked so far.
struct Checking<'a> {
    args: &'a CheckArgs,
    checked: Vec<Checked>,
    /// Findings with the texts that they point into.
    findings: Vec<(Diagnostics, Sources)>,
    /// Text that goes to a file.
    text: String,
}

pub(super) fn check(args: &CheckArgs, console: &mut Console) -> Result<End, Stop> {
    let mut checking =
        Checking { args, checked: Vec::new(), findings: Vec::new(), text: String::new() };
    let mut end = End::Well;
    let mut unread = None;
    for path in &args.files {
        match checking.check_file(path, console) {
            Ok(End::Well) => {}
            Ok(End::Wrong) | Err(Stop::Model) => end = End::Wrong,
            // The other files are checked all the same.
            Err(Stop::Tool(message)) => {
                checking.checked.push(Checked::unread(path.display().to_string(), message.clone()));
                if let Some(earlier) = unread.replace(message) {
                    console.complain(&earlier);
                }
            }
            Err(Stop::Closed) => return Err(Stop::Closed),
        }
    }
    if let Some(text) = checking.collected() {
        write_output(console, args.output.as_deref(), &text)?;
    }
    match unread {
        Some(message) => Err(Stop::Tool(message)),
        None => Ok(end),
    }
}

/// A flowsheet with its scenario.
fn in_scenario(file: &str, scenario: Option<&str>) -> String {
    match scenario {
        Some(scenario) => format!("{file}, scenario {scenario}"),
        None => file.to_owned(),
    }
}

/// What takes long where goals are judged.
pub(super) fn judging(flowsheet: &Flowsheet, name: &dyn Display) -> String {
    let goals = match flowsheet.goals.len() {
        1 => "1 goal".to_owned(),
        count => format!("{count} goals"),
    };
    format!("judging {goals} of {name} at the ends of figures in doubt")
}

impl Checking<'_> {
    fn check_file(&mut self, path: &Path, console: &mut Console) -> Result<End, Stop> {
        let args = self.args;
        let read = open(path)?;
        let first = Sheet::of(&read, args.scenario.as_deref(), &args.patch);
        let scenarios = first.document.iter().flat_map(|document| document.scenario.keys());
        let scenarios: Vec<String> = scenarios.map(ToString::to_string).collect();
        let mut verdicts = Vec::new();
        let scenario = args.scenario.as_deref();
        let mut end = self.check_sheet(&read, first, scenario, console, &mut verdicts)?;
        if args.all_scenarios {
            for name in scenarios {
                let sheet = Sheet::of(&read, Some(&name), &args.patch);
                let found = self.check_sheet(&read, sheet, Some(&name), console, &mut verdicts)?;
                if found == End::Wrong {
                    end = End::Wrong;
                }
            }
            if args.format == CheckFormat::Text {
                let style = console.style(args.output.as_deref());
                self.say(console, &terminal::render_verdicts(&verdicts, &style))?;
            }
        }
        Ok(end)
    }

    fn check_sheet(
        &mut self,
        read: &Read,
        mut sheet: Sheet,
        scenario: Option<&str>,
        console: &mut Console,
        verdicts: &mut Vec<Case>,
    ) -> Result<End, Stop> {
        let args = self.args;
        let (options, form) = (args.solver.options(), args.form.form());
        let name = in_scenario(&read.name, scenario);
        let busy = console.busy(format!("solving {name}"));
        let analysed = sheet.flowsheet.as_ref().map(|it| analyse(it, &options, form));
        drop(busy);
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
        let told = sheet.flowsheet.as_ref().zip(plan.as_ref());
        let busy = told.map(|(flowsheet, _)| console.busy(judging(flowsheet, &name)));
        let audited = told.map(|(flowsheet, plan)| audit(flowsheet, plan, &options));
        drop(busy);
        if let Some(plan) = &plan {
            let objective = &plan.outcome.objective;
            let text = terminal::render_objective(&plan.outcome);
            console.mark(format!("{name}: {}", objective.name), objective.value, text);
        }
        let checked = Checked {
            file: read.name.clone(),
            scenario: scenario.map(str::to_owned),
            currency: sheet.flowsheet.as_ref().map_or_else(String::new, |it| it.currency.clone()),
            unread: None,
            solved: plan.is_some(),
            audit: audited.unwrap_or_default(),
        };
        let goals =
            checked.audit.claims.iter().map(|claim| (claim.goal.clone(), claim.met)).collect();
        verdicts.push(Case {
            case: scenario.unwrap_or("as it is").to_owned(),
            goals: plan.is_some().then_some(goals),
        });
        let missed = checked.audit.claims.iter().any(|claim| !claim.met);
        let wrong = plan.is_none() || sheet.findings.has_errors() || missed;
        if args.format == CheckFormat::Text {
            let text = self.summary(&checked, &sheet, plan.as_ref(), wrong, console);
            self.say(console, &text)?;
        }
        self.checked.push(checked);
        if args.format == CheckFormat::Json {
            self.findings.push((sheet.findings, sheet.sources));
        }
        Ok(if wrong { End::Wrong } else { End::Well })
    }

    /// One line on a flowsheet, and its claims.
    fn summary(
        &self,
        checked: &Checked,
        sheet: &Sheet,
        plan: Option<&Plan>,
        wrong: bool,
        console: &Console,
    ) -> String {
        let mut told: Vec<String> = Vec::new();
        told.push(if plan.is_some() { "solved and proven" } else { "not solved" }.to_owned());
        if checked.audit.claims.is_empty() && plan.is_some() {
            told.push("no goals".to_owned());
        }
        if !checked.audit.claims.is_empty() {
            let met = checked.audit.claims.iter().filter(|claim| claim.met).count();
            told.push(format!("{met} of {} goals met", checked.audit.claims.len()));
        }
        told.extend(summarise(&sheet.findings));
        let style = console.style(self.args.output.as_deref());
        let mark = if wrong { "✗" } else { "✓" };
        let name = in_scenario(&checked.file, checked.scenario.as_deref());
        let mut text = wrap(&format!("{mark} {name}: {}", told.join(", ")), style.width);
        text.push('\n');
        if !checked.audit.claims.is_empty() {
            text.push_str(&terminal::claims::render(checked, &style));
            text.push('\n');
        }
        text
    }

    /// Tells at once what is read as it comes; what goes to a file is kept together.
    fn say(&mut self, console: &mut Console, text: &str) -> Result<(), Stop> {
        if self.args.output.is_none() {
            return console.print(text);
        }
        self.text.push_str(text);
        Ok(())
    }

    /// What is written at the end; nothing if all has been told.
    fn collected(self) -> Option<String> {
        match self.args.format {
            CheckFormat::Text => self.args.output.is_some().then_some(self.text),
            CheckFormat::Markdown => {
                let tables = self.checked.iter().filter(|it| !it.audit.claims.is_empty());
                let tables: Vec<String> = tables
                    .map(|it| {
                        format!("### {}\n\n{}", it.name(), terminal::claims::render_markdown(it))
                    })
                    .collect();
                let sums = terminal::claims::render_markdown_sums(&self.checked);
                Some(format!("{sums}\n{}", tables.join("\n")))
            }
            CheckFormat::Json => {
                let none = (Diagnostics::new(), Sources::new());
                let (first, rest) = self.findings.split_first().unwrap_or((&none, &[]));
                let answer = Answer::new("check", &first.0, &first.1, Some(&self.checked));
                let answer = rest
                    .iter()
                    .fold(answer, |answer, (findings, sources)| answer.and(findings, sources));
                Some(answer.to_json())
            }
        }
    }
}
