//! From ore to the final product: what each stage adds, and what the whole chain multiplies.

use maud::html;
use serde_json::{Value, json};

use super::{
    Section, Told,
    chart::{Chart, all_rounded, axes, colour, plain, rounded, wrapped},
    table::Table,
};
use crate::{
    analysis::Outcome,
    report::terminal::{
        multipliers::distinct,
        page::{Money, NONE},
    },
};

/// The waterfall from what the feeds cost to what is sold.
pub(super) fn chain(told: &Told<'_>) -> Option<Section> {
    let Told { outcome, words, .. } = told;
    if outcome.stages.is_empty() {
        return None;
    }
    let chain = &outcome.chain;
    let sales = chain.final_products + chain.by_products + chain.intermediates;
    let mut steps: Vec<(String, &str, f64)> =
        vec![(words.text("feed-cost"), "absolute", chain.feed_cost)];
    let stages = outcome.stages.iter();
    steps.extend(stages.map(|stage| (stage.name.clone(), "relative", stage.value_added)));
    if chain.leakage.abs() > 1e-9 * sales.abs() {
        steps.push((words.text("outside-stages"), "relative", chain.leakage));
    }
    steps.push((words.text("sales"), "total", sales));
    let money = Money::fitting(steps.iter().map(|step| step.2), &outcome.currency);
    let unit = words.unit(&money.unit);
    let size = money.size;
    let data = json!([{
        "type": "waterfall",
        "x": (0..steps.len()).collect::<Vec<_>>(),
        "y": all_rounded(steps.iter().map(|step| step.2 / size)),
        "measure": steps.iter().map(|step| step.1).collect::<Vec<_>>(),
        "text": steps.iter().map(|step| words.money(&money, step.2)).collect::<Vec<_>>(),
        "textposition": "outside",
        "cliponaxis": false,
        "customdata": steps.iter().map(|step| plain(&step.0)).collect::<Vec<_>>(),
        "hovertemplate": format!("%{{customdata}}<br>%{{text}} {unit}<extra></extra>"),
        "increasing": { "marker": { "color": "--gain" } },
        "decreasing": { "marker": { "color": "--loss" } },
        "totals": { "marker": { "color": "--total" } },
        "connector": { "line": { "color": "--grid", "width": 1 } },
    }]);
    // By their places: a stage may be called as the feed is.
    let axis = json!({
        "zeroline": false,
        "tickmode": "array",
        "tickvals": (0..steps.len()).collect::<Vec<_>>(),
        "ticktext": steps.iter().map(|step| wrapped(&step.0, 14)).collect::<Vec<_>>(),
    });
    let layout = axes("", &unit, json!({ "showlegend": false, "xaxis": axis }));
    let label = words.text_with("chain-label", &[("title", outcome.title.clone())]);
    let mut chart = Chart::new("chart-chain", label, 420, data, layout);
    chart.width = 640;
    let columns = ["stage", "value-in", "value-out", "sold", "value-added", "own-cost", "net"];
    let columns = columns.iter().map(|id| match *id {
        "stage" => words.text("stage"),
        id => format!("#{}, {unit}", words.text(id)),
    });
    let columns = columns.chain([format!("#{}", words.text("multiplier"))]);
    let mut table = Table::new(words.text("chain-table"), columns);
    for stage in &outcome.stages {
        let values = [
            stage.value_in + stage.feed_cost,
            stage.value_out,
            stage.sold,
            stage.value_added,
            stage.cost,
            stage.net_value_added,
        ];
        let multiplier = stage.multiplier.map_or_else(|| NONE.to_owned(), |it| words.number(it));
        let values = values.map(|value| words.money(&money, value));
        table.row([stage.name.clone()].into_iter().chain(values).chain([multiplier]));
    }
    let imputed = imputed(outcome);
    let body = html! {
        (chart.markup(words))
        p.note { (words.text_with("chain-sum", &[
            ("added", words.money(&money, chain.value_added)),
            ("outside", words.money(&money, chain.leakage)),
            ("sales", words.money(&money, sales)),
            ("feed", words.money(&money, chain.feed_cost)),
            ("unit", unit.clone()),
        ])) }
        @if !imputed.is_empty() {
            p.note { (words.text_with("imputed", &[("streams", imputed.join(", "))])) }
        }
        (table.folded(words))
    };
    let title = in_period(told, "chain", "chain-in");
    Some(Section { id: "chain", title, body, charts: vec![chart] })
}

/// Streams that count at their imputed value, each once.
fn imputed(outcome: &Outcome) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for name in outcome.stages.iter().flat_map(|stage| &stage.imputed) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

/// A title that names the period, if there are several.
pub(super) fn in_period(told: &Told<'_>, id: &str, in_period: &str) -> String {
    match &told.outcome.period {
        Some(period) => told.words.text_with(in_period, &[("period", period.clone())]),
        None => told.words.text(id),
    }
}

/// The multiplier on every basis.
pub(super) fn multipliers(told: &Told<'_>) -> Option<Section> {
    let Told { outcome, words, .. } = told;
    let list = &outcome.multipliers;
    if list.is_empty() {
        return None;
    }
    let any = list.iter().any(|item| item.multiplier.is_some());
    let bases = distinct(list, |item| &item.denominator);
    let sales = distinct(list, |item| &item.numerator);
    let find = |numerator: &str, base: &str| {
        list.iter().find(|item| item.numerator == numerator && item.denominator == base)
    };
    let base_names: Vec<String> = bases.iter().map(|it| words.name("base", it)).collect();
    let traces: Vec<Value> = sales
        .iter()
        .enumerate()
        .map(|(at, numerator)| {
            let values = bases.iter().map(|base| find(numerator, base)?.multiplier);
            let values: Vec<Option<f64>> = values.collect();
            let name = words.name("sales", numerator);
            json!({
                "type": "bar",
                "orientation": "h",
                "name": wrapped(&name, 40),
                "y": base_names.iter().map(|name| wrapped(name, 18)).collect::<Vec<_>>(),
                "x": values.iter().map(|value| value.map(rounded)).collect::<Vec<_>>(),
                "text": values.iter().map(|value| {
                    value.map_or_else(|| NONE.to_owned(), |value| words.number(value))
                }).collect::<Vec<_>>(),
                "textposition": "auto",
                "hovertemplate": "%{fullData.name}<br>÷ %{y}: %{text}<extra></extra>",
                "marker": { "color": colour(at) },
            })
        })
        .collect();
    let axis = json!({ "autorange": "reversed" });
    let more = json!({ "yaxis": axis, "barmode": "group" });
    let layout = axes(&words.text("multiplier"), "", more);
    let height = 170 + 26 * sales.len() * bases.len();
    let label = words.text_with("multipliers-label", &[("title", outcome.title.clone())]);
    let chart = Chart::new("chart-multipliers", label, height, json!(traces), layout);
    let columns = std::iter::once(words.text("sales"));
    let columns = columns.chain(base_names.iter().map(|name| format!("#÷ {name}")));
    let mut table = Table::new(words.text("multipliers-table"), columns);
    for numerator in &sales {
        let cells = bases.iter().map(|base| {
            let value = find(numerator, base).and_then(|item| item.multiplier);
            value.map_or_else(|| NONE.to_owned(), |value| words.number(value))
        });
        table.row(std::iter::once(words.name("sales", numerator)).chain(cells));
    }
    let mut reasons: Vec<(String, &str)> = Vec::new();
    for item in list {
        let Some(reason) = &item.why_not else { continue };
        let reason = (words.name("base", &item.denominator), reason.as_str());
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let body = html! {
        p { (words.text("multipliers-note")) }
        @if any { (chart.markup(words)) }
        @for (base, reason) in &reasons {
            p.note { (NONE) " " (base) ": " (reason) }
        }
        @if any { (table.folded(words)) }
    };
    let title = in_period(told, "multipliers", "multipliers-in");
    let charts = if any { vec![chart] } else { Vec::new() };
    Some(Section { id: "multipliers", title, body, charts })
}
