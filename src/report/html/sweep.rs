//! Sweeps: how likely goals are, how results are distributed, and what they hang on.

mod draw;

use maud::{Markup, html};

use super::{
    chart::Chart,
    page::{Page, Section},
    table::Table,
    words::{Language, Words},
};
use crate::{
    analysis::sweep::{OutputKind, OutputTold, SweepReport, Sweeps},
    report::terminal::{page::NONE, sweep::default_of},
};

/// What sections are made of.
struct Told<'a> {
    sweeps: &'a [SweepReport],
    words: Words,
}

/// The page of sweeps of a flowsheet and its scenarios.
#[must_use]
pub fn render_sweeps(told: &Sweeps, language: Language) -> String {
    let told = Told { sweeps: &told.sweeps, words: Words::new(language) };
    let title = told.sweeps.first().map(|report| report.title.clone()).unwrap_or_default();
    let sections = [goals(&told), results(&told), swings(&told), inputs(&told)];
    let page = Page {
        head: head(&told, &title),
        title,
        sections: sections.into_iter().flatten().collect(),
        foot: html! {},
        picture: None,
    };
    page.to_html(&told.words)
}

impl Told<'_> {
    /// What a sweep is called beside the others.
    fn name(&self, report: &SweepReport) -> String {
        report.scenario.clone().unwrap_or_else(|| self.words.text("sweep-base"))
    }

    /// The columns that name a row: the scenario only if there are several.
    fn columns(&self, id: &str) -> Vec<String> {
        let scenario = (self.sweeps.len() > 1).then(|| self.words.text("scenario"));
        std::iter::once(self.words.text(id)).chain(scenario).collect()
    }

    fn names(&self, report: &SweepReport, name: &str) -> Vec<String> {
        let scenario = (self.sweeps.len() > 1).then(|| self.name(report));
        std::iter::once(name.to_owned()).chain(scenario).collect()
    }

    fn amount(&self, report: &SweepReport, value: f64, unit: &str) -> String {
        self.words.amount(value, unit, &report.currency)
    }
}

fn head(told: &Told<'_>, title: &str) -> Markup {
    let words = &told.words;
    let count = |value: u64| words.number(value as f64);
    html! {
        header {
            h1 { (title) }
            @for report in told.sweeps {
                @let outcomes = &report.outcomes;
                @if told.sweeps.len() > 1 { p { strong { (told.name(report)) } } }
                dl.facts {
                    div.main {
                        dt { (words.text("sweep-samples")) }
                        dd { (count(report.samples)) }
                    }
                    @for (id, number) in [
                        ("sweep-optimal", outcomes.optimal), ("sweep-infeasible", outcomes.infeasible),
                        ("sweep-unbounded", outcomes.unbounded), ("sweep-refused", outcomes.refused),
                        ("sweep-failed", outcomes.failed),
                    ] {
                        @if number > 0 { div { dt { (words.text(id)) } dd { (count(number)) } } }
                    }
                }
                p.proof { (words.text_with("sweep-how", &[
                    ("sweep", report.sweep.clone()),
                    ("method", report.method.to_owned()),
                    ("seed", report.seed.to_string()),
                    ("certified", count(report.proofs.certified)),
                    ("covered", count(report.proofs.covered)),
                ])) }
            }
        }
    }
}

/// An output as it is told: what a goal says of itself, or a multiplier's parts, and the period.
fn label(output: &OutputTold) -> String {
    let about = output.about.strip_prefix("value multiplier: ").unwrap_or(&output.about);
    match output.name.rsplit_once('@') {
        Some((_, period)) => format!("{about}, {period}"),
        None => about.to_owned(),
    }
}

/// What is bounded, and on which side where there are two.
fn bound_label(of: &OutputTold, bound: &OutputTold) -> String {
    let name = bound.name.split('@').next().unwrap_or_default();
    let side = [(".met-min", " ≥"), (".met-max", " ≤")];
    let side = side.into_iter().find(|(ending, _)| name.ends_with(ending));
    format!("{}{}", label(of), side.map_or("", |(_, sign)| sign))
}

/// The heading under which an output stands in a list.
fn group(words: &Words, output: &OutputTold) -> String {
    words.text(match output.kind {
        OutputKind::Objective => "sweep-objective",
        OutputKind::MultiplierGoal | OutputKind::Goal => "goals",
        OutputKind::Multiplier => "multiplier",
        OutputKind::Flow => "flow",
    })
}

/// Each bound of a goal: what is bounded, and how likely it is kept.
fn bounds(report: &SweepReport) -> Vec<(&OutputTold, &OutputTold)> {
    let mut found = Vec::new();
    let mut value = None;
    for output in &report.outputs {
        match (output.probability, value) {
            (None, _) => value = Some(output),
            (Some(_), Some(of)) if output.kind != OutputKind::Multiplier => {
                found.push((of, output));
            }
            (Some(_), _) => {}
        }
    }
    found
}

/// A chart, where there is something to draw; all of it stands in a table, too.
fn drawn(chart: Option<&Chart>, words: &Words) -> Markup {
    html! {
        @if let Some(chart) = chart { (chart.markup(words)) }
    }
}

fn goals(told: &Told<'_>) -> Option<Section> {
    let words = &told.words;
    let columns = ["sweep-kept", "sweep-from", "sweep-to"].map(|id| format!("#{}", words.text(id)));
    let mut table =
        Table::new(words.text("sweep-goals"), told.columns("goal").into_iter().chain(columns));
    for report in told.sweeps {
        for (of, bound) in bounds(report) {
            let Some(it) = bound.probability else { continue };
            let shares = [it.value, it.low, it.high].map(|share| words.percent(share));
            table.row(told.names(report, &bound_label(of, bound)).into_iter().chain(shares));
        }
    }
    let chart = draw::goals(told);
    let body = html! {
        p { (words.text("sweep-goals-note")) }
        (drawn(chart.as_ref(), words))
        (table.folded(words))
    };
    let title = words.text("sweep-goals-title");
    let charts = chart.into_iter().collect();
    (!table.is_empty()).then(|| Section { id: "goals", title, body, charts })
}

fn results(told: &Told<'_>) -> Option<Section> {
    let words = &told.words;
    let percentiles =
        [5, 10, 25, 50, 75, 90, 95].map(|it| format!("#{}", words.percent(f64::from(it) / 100.0)));
    let more = ["sweep-mean", "sweep-deviation", "sweep-samples"];
    let more = more.map(|id| format!("#{}", words.text(id)));
    let columns = told.columns("sweep-result").into_iter().chain(percentiles).chain(more);
    let mut table = Table::new(words.text("sweep-percentiles"), columns);
    for report in told.sweeps {
        for output in &report.outputs {
            let Some(numbers) = &output.numbers else { continue };
            let show = |value: f64| told.amount(report, value, &output.unit);
            let mut cells = told.names(report, &label(output));
            cells.extend(numbers.percentiles.iter().map(|it| show(it.value)));
            cells.push(show(numbers.mean));
            cells.push(numbers.deviation.map_or_else(|| NONE.to_owned(), show));
            cells.push(words.number(numbers.count as f64));
            table.row(cells);
        }
    }
    let chart = draw::distributions(told);
    let body = html! {
        (drawn(chart.as_ref(), words))
        p.note { (words.text("sweep-results-note")) }
        (table.folded(words))
    };
    let title = words.text("sweep-results");
    let charts = chart.into_iter().collect();
    (!table.is_empty()).then(|| Section { id: "results", title, body, charts })
}

fn swings(told: &Told<'_>) -> Option<Section> {
    let words = &told.words;
    let sobol = told.sweeps.iter().flat_map(|it| &it.outputs).any(|it| it.rows.is_some());
    let mut columns = told.columns("sweep-result");
    columns.push(words.text("sweep-input"));
    let numbers = ["sweep-at-low", "sweep-at-high", "sweep-correlation", "sweep-coefficient"];
    let indices = ["sweep-first", "sweep-total"];
    let numbers = numbers.iter().chain(indices.iter().filter(|_| sobol));
    columns.extend(numbers.map(|id| format!("#{}", words.text(id))));
    let mut table = Table::new(words.text("sweep-swings-table"), columns);
    for report in told.sweeps {
        for output in report.outputs.iter().filter(|it| it.numbers.is_some()) {
            for swing in &output.swings {
                let end = |value: Option<f64>, outcome: &str| {
                    value.map_or_else(
                        || words.name("outcome", outcome),
                        |it| told.amount(report, it, &output.unit),
                    )
                };
                let number = |value: Option<f64>| {
                    value.map_or_else(|| NONE.to_owned(), |it| words.local(&format!("{it:.2}")))
                };
                let mut cells = told.names(report, &label(output));
                cells.extend([
                    swing.input.clone(),
                    end(swing.at_low, swing.outcome_low),
                    end(swing.at_high, swing.outcome_high),
                    number(swing.correlation),
                    number(swing.coefficient),
                ]);
                if sobol {
                    cells
                        .extend([swing.first, swing.total].map(|it| number(it.map(|it| it.value))));
                }
                table.row(cells);
            }
        }
    }
    let tornado = draw::tornado(told);
    let indices = if sobol { draw::indices(told) } else { None };
    let body = html! {
        p { (words.text("sweep-swings-note")) }
        (drawn(tornado.as_ref(), words))
        @if let Some(indices) = &indices {
            h3 { (words.text("sweep-indices")) }
            (indices.markup(words))
        }
        (table.folded(words))
    };
    let title = words.text("sweep-swings");
    let charts = tornado.into_iter().chain(indices).collect();
    (!table.is_empty()).then(|| Section { id: "swings", title, body, charts })
}

fn inputs(told: &Told<'_>) -> Option<Section> {
    let words = &told.words;
    let columns =
        ["sweep-low", "sweep-middle", "sweep-high"].map(|id| format!("#{}", words.text(id)));
    let columns = told.columns("sweep-input").into_iter().chain(columns);
    let mut table = Table::new(words.text("sweep-inputs-table"), columns);
    for report in told.sweeps {
        for input in &report.inputs {
            let shown = input.quantiles.map(|it| {
                let text = told.amount(report, it.value, &input.unit);
                if input.relative { format!("× {text}") } else { text }
            });
            table.row(told.names(report, &input.name).into_iter().chain(shown));
        }
    }
    let body = table.markup();
    let title = words.text("sweep-inputs");
    (!table.is_empty()).then(|| Section { id: "inputs", title, body, charts: Vec::new() })
}

/// All outputs that have numbers by their groups, the one that matters most first.
fn numbers(report: &SweepReport) -> Vec<&OutputTold> {
    let mut list: Vec<&OutputTold> =
        report.outputs.iter().filter(|it| it.numbers.is_some()).collect();
    if let Some(first) = default_of(report) {
        let place = |kind: OutputKind| match kind {
            OutputKind::Objective => 0,
            OutputKind::MultiplierGoal | OutputKind::Goal => 1,
            OutputKind::Flow => 2,
            OutputKind::Multiplier => 3,
        };
        let of = place(first.kind);
        list.sort_by_key(|it| (place(it.kind) != of, place(it.kind), it.name != first.name));
    }
    list
}
