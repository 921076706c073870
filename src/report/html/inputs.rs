//! What the plan rests on: what of each content is won, what is assumed, every input with its source.

use maud::{Markup, html};
use serde_json::json;

use super::{
    Section, Told,
    chart::{Chart, axes, rounded, wrapped},
    table::Table,
    words::Words,
};
use crate::{
    analysis::AssumptionOutcome,
    report::{
        tables::{self, Cell},
        terminal::{limits::is_money, page::Money},
    },
};

/// A table with more rows is folded.
const LONG: usize = 12;
/// Number of assumptions that are drawn.
const MOST: usize = 12;

/// Where everything ends that was fed, and how much of it each operation wins.
pub(super) fn recoveries(told: &Told<'_>) -> Option<Section> {
    let body = listed(told, tables::won(told.outcome));
    let title = super::chain::in_period(told, "recoveries", "recoveries-in");
    body.map(|body| Section { id: "recoveries", title, body, charts: Vec::new() })
}

/// Every figure and where it comes from; the assumptions that matter most are drawn.
pub(super) fn inputs(told: &Told<'_>) -> Option<Section> {
    let words = &told.words;
    let listed = listed(told, tables::foundations(told.outcome, told.flowsheet))?;
    let chart = assumptions(told);
    let body = html! {
        @if let Some(chart) = &chart {
            p { (words.text("assumptions-note")) }
            (chart.markup(words))
        }
        (listed)
    };
    let charts = chart.into_iter().collect();
    Some(Section { id: "inputs", title: words.text("inputs"), body, charts })
}

/// Tables below each other, the long ones folded.
fn listed(told: &Told<'_>, tables: Vec<tables::Table>) -> Option<Markup> {
    let words = &told.words;
    let some = tables.iter().any(|table| !table.rows.is_empty());
    some.then(|| {
        html! {
            @for table in tables {
                @let shown = neutral(words, &table);
                @if table.rows.len() > LONG { (shown.folded(words)) } @else { (shown.markup()) }
            }
        }
    })
}

/// A neutral table without the columns in which nothing stands.
pub(super) fn neutral(words: &Words, table: &tables::Table) -> Table {
    let shown: Vec<usize> = (0..table.columns.len()).filter(|&at| !table.is_empty(at)).collect();
    let heads = shown.iter().map(|&at| {
        let column = &table.columns[at];
        let name = words.name("column", &column.name);
        let name = match &column.unit {
            Some(unit) => format!("{name}, {}", words.unit(unit)),
            None => name,
        };
        if table.is_numeric(at) { format!("#{name}") } else { name }
    });
    let caption = words.find_name("table", table.name).unwrap_or_else(|| table.title.clone());
    let mut told = Table::new(caption, heads);
    for row in &table.rows {
        told.row(shown.iter().map(|&at| match &row[at] {
            Cell::Number(value) => words.number(*value),
            Cell::Text(text) if is_word(&table.columns[at].name) => words.name("cell", text),
            Cell::Text(text) => text.clone(),
            Cell::Empty => String::new(),
        }));
    }
    told
}

/// Whether the cells of a column are words of the tool, none of the user.
fn is_word(column: &str) -> bool {
    matches!(column, "origin" | "confidence" | "counted as")
}

/// The change of the objective when each figure that is assumed is a hundredth larger, the largest first.
fn assumptions(told: &Told<'_>) -> Option<Chart> {
    let Told { outcome, words, .. } = told;
    let effect = |it: &AssumptionOutcome| it.objective_per_percent.unwrap_or(0.0);
    let mut list: Vec<&AssumptionOutcome> =
        outcome.assumptions.iter().filter(|it| effect(it) != 0.0).collect();
    list.sort_by(|a, b| effect(b).abs().total_cmp(&effect(a).abs()));
    list.truncate(MOST);
    if list.is_empty() {
        return None;
    }
    let money = Money::fitting(list.iter().map(|it| effect(it)), &outcome.currency);
    let (size, unit) = if is_money(outcome) {
        (money.size, money.unit)
    } else {
        (1.0, outcome.objective.unit.clone())
    };
    let data = json!([{
        "type": "bar",
        "orientation": "h",
        "y": list.iter().map(|it| wrapped(&it.path, 30)).collect::<Vec<_>>(),
        "x": list.iter().map(|it| rounded(effect(it) / size)).collect::<Vec<_>>(),
        "text": list.iter().map(|it| words.number(effect(it) / size)).collect::<Vec<_>>(),
        "textposition": "auto",
        "hovertemplate": "%{y}: %{text}<extra></extra>",
        "marker": { "color": "--series-1" },
    }]);
    let axis = words.text_with("per-percent", &[("unit", words.unit(&unit))]);
    let layout =
        axes(&axis, "", json!({ "yaxis": { "autorange": "reversed" }, "showlegend": false }));
    let label = words.text("assumptions-label");
    Some(Chart::new("chart-assumptions", label, 120 + 32 * list.len(), data, layout))
}
