//! Sweeps: what varies, what comes of it, how likely goals are, and what it hangs on.

use super::{
    Style,
    page::{NONE, Page, Sheet, amount, held, percent},
};
use crate::{
    analysis::sweep::{Effect, Outcomes, OutputKind, OutputTold, SweepReport, Sweeps},
    measure::format_number,
};

/// The sweeps as text; `of` names the output whose inputs are told.
#[must_use]
pub fn render(told: &Sweeps, of: Option<&str>, style: &Style) -> String {
    let mut page = Page::new(*style);
    for report in &told.sweeps {
        write(&mut page, report, of);
    }
    if let Some(output) = &told.output {
        page.line(&format!("All samples are in `{output}`."));
    }
    page.finish()
}

fn write(page: &mut Page, report: &SweepReport, of: Option<&str>) {
    let scenario = report.scenario.as_ref().map(|name| format!(" · scenario {name}"));
    page.heading(&format!("{}{}", report.title, scenario.unwrap_or_default()));
    write_proofs(page, report);
    write_inputs(page, report);
    let (multipliers, others): (Vec<&OutputTold>, Vec<&OutputTold>) =
        report.outputs.iter().partition(|it| it.kind == OutputKind::Multiplier);
    page.heading("What comes of it");
    write_outputs(page, report, &others);
    if !multipliers.is_empty() {
        page.heading("Value multiplier by what it is of");
        write_outputs(page, report, &multipliers);
    }
    match of {
        Some(name) => match report.outputs.iter().find(|it| it.name == name) {
            Some(output) => write_swings(page, report, output),
            None => page.line(&format!("There is no output `{name}`.")),
        },
        None => {
            if let Some(output) = default_of(report) {
                write_swings(page, report, output);
            }
        }
    }
}

/// The multiplier that is a goal, else the objective.
pub(in crate::report) fn default_of(report: &SweepReport) -> Option<&OutputTold> {
    let multiplier = |it: &&OutputTold| it.kind == OutputKind::MultiplierGoal;
    let told = || report.outputs.iter().filter(|it| it.numbers.is_some());
    told().find(multiplier).or_else(|| told().next())
}

fn write_proofs(page: &mut Page, report: &SweepReport) {
    let count = |value: u64| format_number(value as f64);
    page.line(&format!(
        "{} samples of `{}` by {}, seed {}.",
        count(report.samples),
        report.sweep,
        report.method,
        report.seed
    ));
    let Outcomes { optimal, infeasible, unbounded, refused, failed } = report.outcomes;
    let kinds = [
        (optimal, "have a best plan"),
        (infeasible, "have no plan (proven)"),
        (
            unbounded,
            "have no best plan: the objective grows without limit (proven); `reeflow solve` says why",
        ),
        (refused, "are refused: a figure may not have such a value"),
        (failed, "failed: no plan was found, or none that could be proven"),
    ];
    let kinds = kinds.iter().filter(|(number, _)| *number > 0);
    let kinds: Vec<String> =
        kinds.map(|(number, words)| format!("{} {words}", count(*number))).collect();
    page.line(&format!("{}.", kinds.join("; ")));
    let proofs = report.proofs;
    let by = match proofs.bases {
        Some(bases) => format!(
            "{} are covered by a basis, or a contradiction, that is certified, and holds for them to 1e-9; {} have certificates of their own. Bases found by the first samples: {}.",
            count(proofs.covered),
            count(proofs.certified),
            count(bases as u64)
        ),
        None => format!(
            "Coefficients move: {} were solved and certified one by one.",
            count(proofs.certified)
        ),
    };
    page.line(&by);
}

fn write_inputs(page: &mut Page, report: &SweepReport) {
    page.heading("What varies");
    let mut sheet = Sheet::new(&[".input", "#10 %", "#50 %", "#90 %", "moves"]);
    for input in &report.inputs {
        let show = |value: f64| {
            let text = amount(value, &input.unit, &report.currency);
            held(&if input.relative { format!("× {text}") } else { text })
        };
        let [low, middle, high] = input.quantiles.map(|it| it.value);
        let moves = match input.moves {
            Effect::Nothing => "only what is told",
            Effect::Costs => "costs",
            Effect::Limits => "limits",
            Effect::CostsAndLimits => "costs and limits",
            Effect::Coefficients => "coefficients",
        };
        let cells = [input.name.clone(), show(low), show(middle), show(high), moves.to_owned()];
        sheet.row(cells);
    }
    page.table(&sheet);
}

/// Percentiles, and how likely the bound is kept that follows.
fn write_outputs(page: &mut Page, report: &SweepReport, outputs: &[&OutputTold]) {
    let mut sheet = Sheet::new(&[".output", "#5 %", "#50 %", "#95 %", "#mean", "#kept in, %"]);
    let mut told = 0;
    for (at, output) in outputs.iter().enumerate() {
        let Some(numbers) = &output.numbers else { continue };
        let show = |value: f64| held(&amount(value, &output.unit, &report.currency));
        let [low, _, _, middle, .., high] = numbers.percentiles.map(|it| it.value);
        let kept = outputs[at + 1..].iter().map_while(|it| it.probability);
        let kept: Vec<String> = kept
            .map(|it| {
                let [value, low, high] = [it.value, it.low, it.high].map(|share| 100.0 * share);
                held(&format!("{value:.1} ({low:.1} to {high:.1})"))
            })
            .collect();
        let kept = if kept.is_empty() { NONE.to_owned() } else { kept.join("\n") };
        let name = output.name.trim_start_matches("multiplier.").replace('/', " / ");
        sheet.row([name, show(low), show(middle), show(high), show(numbers.mean), kept]);
        told += 1;
    }
    if told == 0 {
        page.line("No sample has a value.");
        return;
    }
    page.table(&sheet);
    page.item("percentiles and means are of the samples that have a value. kept in: share of the samples that were neither refused nor failed, with its interval of 95 %; without a plan, or without a value, a goal is not kept. Of plans that are as good as each other, what is told is of one.");
}

fn write_swings(page: &mut Page, report: &SweepReport, output: &OutputTold) {
    page.heading(&format!("What {} hangs on", output.name));
    let sobol = output.swings.iter().any(|it| it.first.is_some());
    let show = |value: Option<f64>, outcome: &str| match (value, outcome) {
        (Some(value), _) => held(&amount(value, &output.unit, &report.currency)),
        (None, "infeasible") => "no plan".to_owned(),
        (None, "optimal") => NONE.to_owned(),
        (None, other) => other.to_owned(),
    };
    let number = |value: Option<f64>| {
        value.map_or_else(|| NONE.to_owned(), |value| held(&format!("{value:+.2}")))
    };
    let mut head = vec![".input", "#at 10 %", "#at 90 %", "#correlation", "#coefficient"];
    if sobol {
        head.extend(["#first-order", "#total"]);
    }
    let mut sheet = Sheet::new(&head);
    for swing in &output.swings {
        let mut cells = vec![
            swing.input.clone(),
            show(swing.at_low, swing.outcome_low),
            show(swing.at_high, swing.outcome_high),
            number(swing.correlation),
            number(swing.coefficient),
        ];
        if sobol {
            for index in [swing.first, swing.total] {
                cells.push(index.map_or_else(
                    || NONE.to_owned(),
                    |it| held(&format!("{:.3} ± {:.3}", it.value, (it.high - it.low) / 2.0)),
                ));
            }
        }
        sheet.cells(cells);
    }
    page.table(&sheet);
    if let Some(rows) = output.rows.filter(|_| sobol) {
        let (used, dropped) = (format_number(rows.used as f64), format_number(rows.dropped as f64));
        page.item(&format!(
            "first-order, total: Sobol indices of {used} rows of samples; {dropped} rows are left out, as a sample of them has no value."
        ));
    }
    if let Some(explained) = output.explained {
        page.item(&format!(
            "at 10 %, at 90 %: with this input alone at that quantile, all others at their medians. coefficient: standardised; a linear fit explains {} % of the variance.",
            percent(explained)
        ));
    }
}
