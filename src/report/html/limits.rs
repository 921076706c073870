//! Limits: how far each is used, and what more of it is worth.

use maud::html;
use serde_json::json;

use super::{
    Section, Told,
    chain::in_period,
    chart::{Chart, all_rounded, axes, plain, rounded, wrapped},
    table::Table,
};
use crate::{
    analysis::{LimitCourse, LimitOutcome},
    report::terminal::{
        limits::{Unit, is_money, shadow_price},
        page::{Money, NONE},
    },
};

/// Number of limits that are drawn.
const MOST: usize = 16;

/// The chart of how far limits are used.
const USES: &str = "chart-utilisation";

pub(super) fn limits(told: &Told<'_>) -> Option<Section> {
    if told.outcome.limits.is_empty() { over_years(told) } else { Some(in_one_year(told)) }
}

fn in_one_year(told: &Told<'_>) -> Section {
    let Told { outcome, words, .. } = told;
    let used_chart = uses(told);
    let drawn: Vec<&LimitOutcome> = outcome.limits.iter().take(MOST).collect();
    let worth_chart = worths(told, &drawn);
    let columns = ["limit", "#bound", "#reached", "#used", "#shadow-price", "verdict"];
    let columns = columns.map(|column| match column.strip_prefix('#') {
        Some(id) => format!("#{}", words.text(id)),
        None => words.text(column),
    });
    let mut table = Table::new(words.text("limits-table"), columns);
    for limit in &outcome.limits {
        let unit = Unit::of(limit, outcome);
        let show = |value: f64| words.local(&unit.show(value, &outcome.currency));
        let sign = match limit.sense {
            "at most" => "≤ ",
            "at least" => "≥ ",
            _ => "",
        };
        table.row([
            limit.path.clone(),
            format!("{sign}{}", show(limit.bound)),
            show(limit.reached),
            limit.utilisation.map_or_else(|| NONE.to_owned(), |it| words.percent(it)),
            price(told, limit),
            if limit.binding { words.text("binds") } else { String::new() },
        ]);
    }
    let more = outcome.limits.len() - drawn.len();
    let charts: Vec<Chart> = used_chart.into_iter().chain(worth_chart).collect();
    let body = html! {
        p { (words.text("limits-note")) }
        @for chart in &charts {
            @let title = if chart.id == USES { "utilisation-title" } else { "shadow-prices-title" };
            h3 { (words.text(title)) }
            (chart.markup(words))
        }
        @if more > 0 {
            p.note { (words.text_with("more-in-table", &[("count", more.to_string())])) }
        }
        (table.folded(words))
    };
    let title = in_period(told, "limits", "limits-in");
    Section { id: "limits", title, body, charts }
}

/// How far what is at most is used: more than a minimum is no breach, and what is exact is never more.
fn uses(told: &Told<'_>) -> Option<Chart> {
    let Told { outcome, words, .. } = told;
    let used = outcome.limits.iter().filter_map(|limit| Some((limit, limit.utilisation?)));
    let drawn: Vec<(&LimitOutcome, f64)> = used.take(MOST).collect();
    if drawn.is_empty() {
        return None;
    }
    let names: Vec<String> = drawn.iter().map(|(limit, _)| wrapped(&limit.path, 26)).collect();
    let texts = drawn.iter().map(|(limit, used)| {
        let used = words.percent(*used);
        if limit.binding { format!("{used}, {}", words.text("binds")) } else { used }
    });
    let colours =
        drawn.iter().map(|(limit, _)| if limit.binding { "--loss" } else { "--series-1" });
    let bars = json!([{
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": all_rounded(drawn.iter().map(|(_, used)| 100.0 * used)),
        "text": texts.collect::<Vec<_>>(),
        "textposition": "auto",
        "hovertemplate": "%{y}: %{text}<extra></extra>",
        "marker": { "color": colours.collect::<Vec<_>>() },
    }]);
    let label = words.text("utilisation-label");
    let axes = axes(&words.text("utilisation"), "", reversed());
    Some(Chart::new(USES, label, 120 + 34 * drawn.len(), bars, axes))
}

/// What 1 % more of each limit is worth, of those that have a worth.
fn worths(told: &Told<'_>, drawn: &[&LimitOutcome]) -> Option<Chart> {
    let Told { outcome, words, .. } = told;
    let priced = drawn.iter().filter(|limit| limit.shadow_price != 0.0);
    let priced: Vec<&LimitOutcome> = priced.copied().collect();
    if priced.is_empty() {
        return None;
    }
    let names: Vec<String> = priced.iter().map(|limit| wrapped(&limit.path, 26)).collect();
    let prices: Vec<String> = priced.iter().map(|limit| price(told, limit)).collect();
    let worths: Vec<f64> =
        priced.iter().map(|limit| limit.shadow_price * limit.bound / 100.0).collect();
    let money = Money::fitting(worths.iter().copied(), &outcome.currency);
    let (size, unit) = if is_money(outcome) {
        (money.size, money.unit.clone())
    } else {
        (1.0, outcome.objective.unit.clone())
    };
    let worth_text: Vec<String> = worths.iter().map(|&it| words.number(it / size + 0.0)).collect();
    let worth = json!([{
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": worths.iter().map(|&worth| rounded(worth / size)).collect::<Vec<_>>(),
        "text": worth_text,
        "customdata": prices.iter().map(|price| plain(price)).collect::<Vec<_>>(),
        "textposition": "auto",
        "hovertemplate": format!(
            "%{{y}}<br>{} %{{customdata}}<extra></extra>", plain(&words.text("shadow-price"))
        ),
        "marker": { "color": "--series-2" },
    }]);
    let axis = words.text_with("per-percent", &[("unit", words.unit(&unit))]);
    let height = 120 + 34 * priced.len();
    let label = words.text("shadow-prices-label");
    Some(Chart::new("chart-shadow-prices", label, height, worth, axes(&axis, "", reversed())))
}

fn reversed() -> serde_json::Value {
    json!({ "yaxis": { "autorange": "reversed" }, "showlegend": false })
}

/// What one more of a limit is worth.
fn price(told: &Told<'_>, limit: &LimitOutcome) -> String {
    let unit = Unit::of(limit, told.outcome);
    told.words.local(&shadow_price(limit, &unit, told.outcome).replace('\n', " "))
}

/// Limits that bind in some period.
fn over_years(told: &Told<'_>) -> Option<Section> {
    let Told { outcome, words, .. } = told;
    let roadmap = outcome.roadmap.as_ref().filter(|roadmap| !roadmap.limits.is_empty())?;
    let drawn: Vec<&LimitCourse> = roadmap.limits.iter().take(MOST).collect();
    let names: Vec<String> = drawn.iter().map(|limit| wrapped(&limit.path, 26)).collect();
    let money = Money::fitting(drawn.iter().map(|limit| limit.weight / 100.0), &outcome.currency);
    let unit = outcome.objective.unit.clone();
    let (size, unit) = if unit == outcome.currency {
        (money.size, money.unit.trim_end_matches("/yr").to_owned())
    } else {
        (1.0, unit)
    };
    let values: Vec<f64> = drawn.iter().map(|limit| limit.weight / 100.0 / size).collect();
    let worth = json!([{
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": all_rounded(values.iter().copied()),
        "text": values.iter().map(|&value| words.number(value)).collect::<Vec<_>>(),
        "textposition": "auto",
        "hovertemplate": "%{y}: %{text}<extra></extra>",
        "marker": { "color": "--series-2" },
    }]);
    let chart = Chart::new(
        "chart-shadow-prices",
        words.text("shadow-prices-label"),
        120 + 34 * drawn.len(),
        worth,
        axes(&words.text_with("per-percent", &[("unit", words.unit(&unit))]), "", reversed()),
    );
    let columns = || {
        let periods = roadmap.periods.iter().map(|period| format!("#{}", period.name));
        std::iter::once(words.text("limit")).chain(periods)
    };
    let mut used = Table::new(words.text("utilisation-table"), columns());
    let caption =
        words.text_with("shadow-prices-table", &[("unit", words.unit(&outcome.objective.unit))]);
    let mut prices = Table::new(caption, columns());
    for limit in &roadmap.limits {
        if limit.utilisation.iter().any(Option::is_some) {
            let shares = limit.utilisation.iter();
            let shares =
                shares.map(|it| it.map_or_else(|| NONE.to_owned(), |it| words.percent(it)));
            used.row(std::iter::once(limit.path.clone()).chain(shares));
        }
        let worths = limit.shadow_price.iter().zip(&limit.binding);
        let worths = worths.map(
            |(&price, &binds)| {
                if binds { words.number(price) } else { NONE.to_owned() }
            },
        );
        prices.row(std::iter::once(limit.path.clone()).chain(worths));
    }
    let body = html! {
        p { (words.text("limits-years-note")) }
        (chart.markup(words))
        (used.folded(words))
        (prices.folded(words))
    };
    Some(Section { id: "limits", title: words.text("limits"), body, charts: vec![chart] })
}
