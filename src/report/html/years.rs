//! A plan over the years: production, capacity, stocks and money by period.

use maud::html;
use serde_json::{Value, json};

use super::{
    Section, Told,
    chart::{Chart, Variant, all_rounded, axes, colour, plain, wrapped},
    table::Table,
};
use crate::{
    analysis::{CapacityCourse, Course, Roadmap},
    report::terminal::page::{Money, NONE},
};

/// A table with a column for each period.
fn by_period(told: &Told<'_>, roadmap: &Roadmap, caption: String, of: &str) -> Table {
    let periods = roadmap.periods.iter().map(|period| format!("#{}", period.name));
    Table::new(caption, std::iter::once(told.words.text(of)).chain(periods))
}

fn periods(roadmap: &Roadmap) -> Vec<String> {
    roadmap.periods.iter().map(|period| plain(&period.name)).collect()
}

/// The axis of the periods: names, not numbers.
fn over_periods(told: &Told<'_>, unit: &str, more: Value) -> Value {
    let mut layout = axes(&told.words.text("period"), unit, more);
    layout["xaxis"]["type"] = json!("category");
    layout
}

/// A bar by period, stacked on the others.
fn bars(name: &str, at: usize, periods: &[String], values: &[f64], unit: &str) -> Value {
    let name = wrapped(name, 40);
    json!({
        "type": "bar",
        "name": name,
        "x": periods,
        "y": values,
        "hovertemplate": format!("{name}, %{{x}}<br>%{{y:,.4~r}} {}<extra></extra>", plain(unit)),
        "marker": { "color": colour(at) },
    })
}

/// A line by period.
fn line(name: &str, colour: &str, periods: &[String], values: &[f64], unit: &str) -> Value {
    let name = wrapped(name, 40);
    json!({
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": periods,
        "y": values,
        "hovertemplate": format!("{name}, %{{x}}<br>%{{y:,.4~r}} {}<extra></extra>", plain(unit)),
        "line": { "color": colour, "width": 2.5 },
        "marker": { "color": colour, "size": 7 },
    })
}

/// What is made, fed and kept, and which routes are taken.
pub(super) fn production(told: &Told<'_>) -> Option<Section> {
    let Told { outcome, words, .. } = told;
    // Of one year like all others the flows tell it.
    let roadmap = outcome.roadmap.as_ref().filter(|_| outcome.period.is_some())?;
    let is_used = |course: &&Course| course.values.iter().any(|&value| value > 0.0);
    let products: Vec<&Course> =
        roadmap.flows.iter().filter(|it| it.kind == "product").filter(is_used).collect();
    let feeds: Vec<&Course> = roadmap
        .flows
        .iter()
        .filter(|it| matches!(it.kind, "feed" | "returns"))
        .filter(is_used)
        .collect();
    let contracts: Vec<&Course> =
        roadmap.flows.iter().filter(|it| it.kind == "contract").filter(is_used).collect();
    let stocks: Vec<&Course> = roadmap.stocks.iter().filter(is_used).collect();
    let mass = words.unit("t/yr");
    let lists = [
        ("products", products, mass.clone()),
        ("contracts", contracts, mass.clone()),
        ("feeds", feeds, mass),
        ("stocks", stocks, "t".to_owned()),
    ];
    let (mut charts, mut tables) = (Vec::new(), Vec::new());
    for (id, list, unit) in lists.into_iter().filter(|(_, list, _)| !list.is_empty()) {
        charts.push(courses(told, roadmap, id, &list, &unit));
        let caption = format!("{}, {unit}", words.text(id));
        let mut table = by_period(told, roadmap, caption, "what");
        for course in list {
            let values = course.values.iter().map(|&value| words.number(value));
            table.row(std::iter::once(course.name.clone()).chain(values));
        }
        tables.push(table);
    }
    if charts.is_empty() && roadmap.routes.is_empty() {
        return None;
    }
    let mut routes = by_period(told, roadmap, words.text("routes"), "choice");
    for route in &roadmap.routes {
        let taken = route.taken.iter().map(|it| it.clone().unwrap_or_else(|| words.text("none")));
        routes.row(std::iter::once(route.choice.clone()).chain(taken));
    }
    let ids = ["products", "contracts", "feeds", "stocks"];
    let title = |chart: &Chart| {
        let id = ids.into_iter().find(|id| chart.id.ends_with(id)).unwrap_or_default();
        words.text(id)
    };
    let body = html! {
        (routes.markup())
        @for (chart, table) in charts.iter().zip(&tables) {
            h3 { (title(chart)) }
            (chart.markup(words))
            (table.folded(words))
        }
    };
    Some(Section { id: "production", title: words.text("production"), body, charts })
}

/// Flows or stocks over the periods: all of them, or one alone.
fn courses(told: &Told<'_>, roadmap: &Roadmap, id: &str, list: &[&Course], unit: &str) -> Chart {
    let words = &told.words;
    let periods = periods(roadmap);
    let traces = list.iter().enumerate().map(|(at, course)| {
        let values = all_rounded(course.values.iter().copied());
        bars(&course.name, at, &periods, &values, unit)
    });
    let data: Vec<Value> = traces.collect();
    let label = format!("{}, {unit}", words.text(id));
    let layout = over_periods(told, unit, json!({ "barmode": "stack", "showlegend": true }));
    let mut chart = Chart::new(&format!("chart-{id}"), label, 380, json!(data), layout);
    // What is made by the tonne cannot be seen beside what is mined by the thousand.
    let only = |chosen: Option<usize>| {
        let visible =
            (0..list.len()).map(|at| json!({ "visible": chosen.is_none_or(|it| it == at) }));
        Value::Array(visible.collect())
    };
    let variant = |name: String, chosen: Option<usize>| Variant {
        group: String::new(),
        name,
        note: String::new(),
        data: only(chosen),
        layout: json!({}),
    };
    if list.len() < 2 {
        return chart;
    }
    chart.choice = words.text("show");
    chart.variants.push(variant(words.text("everything"), None));
    chart
        .variants
        .extend(list.iter().enumerate().map(|(at, course)| variant(course.name.clone(), Some(at))));
    chart
}

/// Capacities, what was built, and what passes.
pub(super) fn capacity(told: &Told<'_>) -> Option<Section> {
    let Told { outcome, words, .. } = told;
    let roadmap = outcome.roadmap.as_ref().filter(|it| !it.capacities.is_empty())?;
    let periods = periods(roadmap);
    let unit = words.unit("t/yr");
    let traces = |course: &CapacityCourse| {
        let values = |list: &[f64]| all_rounded(list.iter().copied());
        json!([
            bars(&words.text("existing"), 0, &periods, &values(&course.existing), &unit),
            bars(&words.text("built"), 1, &periods, &values(&course.built), &unit),
            line(&words.text("throughput"), "--text", &periods, &values(&course.used), &unit),
        ])
    };
    let name = |course: &CapacityCourse| match course.basis.as_str() {
        "" => course.operation.clone(),
        basis => format!("{}, {basis}", course.operation),
    };
    let first = roadmap.capacities.first()?;
    let more = json!({ "barmode": "stack", "yaxis": { "rangemode": "tozero" } });
    let layout = over_periods(told, &unit, more);
    let label = words.text("capacity-label");
    let mut chart = Chart::new("chart-capacity", label, 380, traces(first), layout);
    chart.choice = words.text("show-capacity-of");
    chart.variants = roadmap
        .capacities
        .iter()
        .map(|course| Variant {
            group: String::new(),
            name: name(course),
            note: String::new(),
            data: traces(course),
            layout: json!({}),
        })
        .collect();
    let caption = words.text("capacity-table");
    let mut table = by_period(told, roadmap, caption, "operation");
    for course in &roadmap.capacities {
        for (what, values) in
            [("existing", &course.existing), ("built", &course.built), ("throughput", &course.used)]
        {
            let cells = values.iter().map(|&value| words.number(value));
            let name = format!("{}: {}", name(course), words.text(what));
            table.row(std::iter::once(name).chain(cells));
        }
    }
    let money = Money::fitting(roadmap.built.iter().map(|it| it.cost), &outcome.currency);
    let money_unit = money.unit.trim_end_matches("/yr").to_owned();
    let columns = [
        words.text("operation"),
        words.text("decided"),
        format!("#{}", words.text("size")),
        format!("#{}", words.text("trains")),
        format!("#{}, {}", words.text("cost"), words.unit(&money_unit)),
    ];
    let mut built = Table::new(words.text("built-table"), columns);
    for it in &roadmap.built {
        let size = words.amount(it.size, "t/yr", &outcome.currency);
        built.row([
            it.operation.clone(),
            it.period.clone(),
            if it.basis.is_empty() { size } else { format!("{size} {}", it.basis) },
            it.trains.map(|trains| words.number(trains)).unwrap_or_default(),
            words.money(&money, it.cost),
        ]);
    }
    let body = html! {
        (chart.markup(words))
        (built.markup())
        (table.folded(words))
    };
    Some(Section { id: "capacity", title: words.text("capacity"), body, charts: vec![chart] })
}

/// The cash flow, and what it adds up to.
pub(super) fn cash(told: &Told<'_>) -> Option<Section> {
    let Told { outcome, words, .. } = told;
    let roadmap = outcome.roadmap.as_ref().filter(|it| !it.cash.lines.is_empty())?;
    let names = periods(roadmap);
    let dated = outcome.period.is_some();
    let lengths: Vec<f64> =
        roadmap.periods.iter().map(|it| it.years.max(f64::MIN_POSITIVE)).collect();
    let yearly = |values: &[f64]| -> Vec<f64> {
        values.iter().zip(&lengths).map(|(value, years)| value / years).collect()
    };
    let is_sum = |name: &str| matches!(name, "cash flow" | "cumulative");
    let parts = roadmap.cash.lines.iter().filter(|line| !is_sum(&line.name));
    let money = Money::fitting(
        roadmap
            .cash
            .lines
            .iter()
            .filter(|line| line.name != "cumulative")
            .flat_map(|line| yearly(&line.values)),
        &outcome.currency,
    );
    let unit = words.unit(&money.unit);
    let scaled = |values: Vec<f64>, size: f64| all_rounded(values.iter().map(|value| value / size));
    let mut traces: Vec<Value> = parts
        .enumerate()
        .map(|(at, line)| {
            let values = scaled(yearly(&line.values), money.size);
            bars(&words.name("cash", &line.name), at, &names, &values, &unit)
        })
        .collect();
    if let Some(sum) = roadmap.cash.lines.iter().find(|line| line.name == "cash flow") {
        let values = scaled(yearly(&sum.values), money.size);
        traces.push(line(&words.name("cash", "cash flow"), "--text", &names, &values, &unit));
    }
    let layout = over_periods(told, &unit, json!({ "barmode": "relative" }));
    let label = words.text("cash-label");
    let mut charts = vec![Chart::new("chart-cash", label, 440, json!(traces), layout)];
    if let Some(sum) = roadmap.cash.lines.iter().find(|it| dated && it.name == "cumulative") {
        let money = Money::fitting(sum.values.iter().copied(), &outcome.currency);
        let unit = words.unit(money.unit.trim_end_matches("/yr"));
        let name = words.name("cash", "cumulative");
        let values = scaled(sum.values.clone(), money.size);
        let trace = line(&name, "--series-1", &names, &values, &unit);
        let layout = over_periods(told, &unit, json!({ "showlegend": false }));
        charts.push(Chart::new("chart-cumulative", name, 320, json!([trace]), layout));
    }
    let values = roadmap.cash.lines.iter().flat_map(|line| line.values.iter().copied());
    let total = Money::fitting(values, &outcome.currency);
    let total_unit = if dated { total.unit.trim_end_matches("/yr") } else { &total.unit };
    let caption = words.text_with("cash-table", &[("unit", words.unit(total_unit))]);
    let mut table = by_period(told, roadmap, caption, "line");
    for line in &roadmap.cash.lines {
        let cells = line.values.iter().map(|&value| words.money(&total, value));
        table.row(std::iter::once(words.name("cash", &line.name)).chain(cells));
    }
    let body = html! {
        @if dated {
            p { (words.text("cash-note")) }
        }
        @for (at, chart) in charts.iter().enumerate() {
            @if at > 0 {
                h3 { (words.name("cash", "cumulative")) }
            }
            (chart.markup(words))
        }
        (table.folded(words))
        (finance(told, roadmap))
    };
    Some(Section { id: "cash-flow", title: words.text("cash-flow"), body, charts })
}

/// What the plan is worth.
fn finance(told: &Told<'_>, roadmap: &Roadmap) -> maud::Markup {
    let Told { outcome, words, .. } = told;
    if outcome.period.is_none() {
        return html! {};
    }
    let finance = &roadmap.finance;
    let years = |value: Option<f64>| {
        value.map_or_else(
            || words.text("never"),
            |it| words.text_with("years", &[("count", words.number(it))]),
        )
    };
    let money = Money::fitting([finance.net_present_value], &outcome.currency);
    let value = words.money(&money, finance.net_present_value);
    let unit = words.unit(money.unit.trim_end_matches("/yr"));
    // One below 0 beside others comes of what closure costs at the end.
    let is_sound = |rate: &&f64| **rate >= 0.0 || finance.internal_rates.iter().all(|it| *it < 0.0);
    let rates = finance.internal_rates.iter().filter(is_sound);
    let rates: Vec<String> = rates.map(|&rate| words.percent(rate)).collect();
    let mut rows = vec![
        (words.text("net-present-value"), format!("{value} {unit}")),
        (words.text("discount"), words.percent(finance.discount)),
        (
            words.text("internal-rate"),
            if rates.is_empty() { words.text("none") } else { rates.join("; ") },
        ),
    ];
    if finance.owed {
        rows.push((words.text("payback"), years(finance.payback)));
        rows.push((words.text("discounted-payback"), years(finance.discounted_payback)));
    }
    let mut table =
        Table::new(words.text("worth"), [words.text("what"), format!("#{}", words.text("value"))]);
    for (name, value) in rows {
        table.row([name, value]);
    }
    let per_kilogram = format!("{}/kg", outcome.currency);
    let columns = ["levelised-cost", "mean-price", "minimum-price"];
    let columns = columns.map(|id| format!("#{}, {per_kilogram}", words.text(id)));
    let columns = std::iter::once(words.text("product")).chain(columns);
    let mut levelised = Table::new(words.text("levelised-table"), columns);
    for item in finance.levelised.iter().filter(|item| item.is_final) {
        let least = item.minimum_selling_price;
        levelised.row([
            item.product.clone(),
            words.number(item.cost / 1e3),
            words.number(item.price / 1e3),
            least.map_or_else(|| NONE.to_owned(), |it| words.number(it / 1e3)),
        ]);
    }
    html! { (table.markup()) (levelised.markup()) }
}
