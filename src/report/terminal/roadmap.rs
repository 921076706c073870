//! A plan over the years: goals by period, what is built, routes, limits, cash flow, what it is worth.

use super::page::{Money, NONE, Page, Sheet, amount, number, percent};
use crate::{
    analysis::{GoalCourse, GoalPoint, Outcome, PeriodOutcome, Roadmap},
    measure::{format_mass_rate, format_number},
};

/// Columns that the first column of a table by periods takes, and each of the others.
const FIRST: usize = 30;
const EACH: usize = 9;

/// Most limits that are told.
const MOST_LIMITS: usize = 12;

/// The name of a period, with its length if that is not a year.
fn head_of(period: &PeriodOutcome) -> String {
    if period.years == 1.0 {
        format!("#{}", period.name)
    } else {
        format!("#{}\n{} yr", period.name, format_number(period.years))
    }
}

/// A table with one column per period, cut into blocks that fit the page.
fn by_period(page: &mut Page, roadmap: &Roadmap, head: &str, rows: &[(String, Vec<String>)]) {
    if rows.is_empty() {
        return;
    }
    let count = roadmap.periods.len();
    let fits = page.width().saturating_sub(FIRST).checked_div(EACH).unwrap_or(0).max(2);
    let blocks = count.div_ceil(fits);
    let size = count.div_ceil(blocks.max(1));
    let mut from = 0;
    while from < count {
        let to = (from + size).min(count);
        let names = roadmap.periods[from..to].iter().map(head_of);
        let columns: Vec<String> = std::iter::once(head.to_owned()).chain(names).collect();
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let mut sheet = Sheet::new(&columns);
        for (name, values) in rows {
            let mut cells = vec![name.clone()];
            cells.extend(values[from..to].iter().cloned());
            sheet.cells(cells);
        }
        page.table(&sheet);
        from = to;
        if from < count {
            page.line("");
        }
    }
}

/// Goals and flows by period, and the routes that are taken.
pub(super) fn write_roadmap(page: &mut Page, outcome: &Outcome) {
    let Some(roadmap) = &outcome.roadmap else { return };
    page.heading("Roadmap");
    write_routes(page, roadmap);
    let routed = !roadmap.routes.is_empty();
    let flows: Vec<(String, Vec<String>)> = roadmap
        .flows
        .iter()
        .filter(|course| course.values.iter().any(|&value| value > 0.0))
        .map(|course| {
            let largest = course.values.iter().copied().fold(0.0, f64::max);
            let values = course.values.iter().map(|&value| number(value, largest, 1.0));
            (format!("{} ({})", course.name, course.kind), values.collect())
        })
        .collect();
    if routed {
        page.line("");
    }
    by_period(page, roadmap, "t/yr", &flows);
    let stocks: Vec<(String, Vec<String>)> = roadmap
        .stocks
        .iter()
        .map(|course| {
            let largest = course.values.iter().copied().fold(0.0, f64::max);
            let values = course.values.iter().map(|&value| number(value, largest, 1.0));
            (course.name.clone(), values.collect())
        })
        .collect();
    if !stocks.is_empty() {
        page.line("");
        by_period(page, roadmap, "stock at the end, t", &stocks);
    }
    if !roadmap.operators.is_empty() {
        let values = roadmap.operators.iter().map(|&value| format_number(value)).collect();
        page.line("");
        by_period(page, roadmap, "", &[("operators".to_owned(), values)]);
    }
    write_alternatives(page, outcome, roadmap);
    if !roadmap.goals.is_empty() {
        page.heading("Goals by period");
        write_goals(page, outcome);
    }
}

fn write_routes(page: &mut Page, roadmap: &Roadmap) {
    for route in &roadmap.routes {
        let name = |taken: &Option<String>| taken.clone().unwrap_or_else(|| "none".to_owned());
        let first = route.taken.first().map(name).unwrap_or_default();
        if route.taken.iter().all(|taken| name(taken) == first) {
            page.line(&format!("Route, {}: {first}.", route.choice));
            continue;
        }
        let periods = roadmap.periods.iter().zip(&route.taken);
        let each: Vec<String> =
            periods.map(|(period, taken)| format!("{} {}", period.name, name(taken))).collect();
        page.line(&format!("Route, {}: {}.", route.choice, each.join(", ")));
    }
}

/// The best routes, one after another.
fn write_alternatives(page: &mut Page, outcome: &Outcome, roadmap: &Roadmap) {
    if roadmap.alternatives.is_empty() {
        return;
    }
    page.heading("Routes, best first");
    let unit = &outcome.objective.unit;
    let head = [
        format!("#{}, {unit}", outcome.objective.name),
        format!("#behind, {unit}"),
        "#behind, %".to_owned(),
    ];
    let columns: Vec<&str> =
        std::iter::once("#").chain(["route"]).chain(head.iter().map(String::as_str)).collect();
    let mut sheet = Sheet::new(&columns);
    let best = roadmap.alternatives[0].objective.abs().max(f64::MIN_POSITIVE);
    for (at, it) in roadmap.alternatives.iter().enumerate() {
        sheet.row([
            (at + 1).to_string(),
            it.routes.join(", "),
            format_number(it.objective),
            number(it.behind, best, 1.0),
            percent(it.behind / best),
        ]);
    }
    page.table(&sheet);
    let gap = roadmap.alternatives.iter().map(|it| it.gap).fold(0.0, f64::max);
    if roadmap.alternatives.iter().any(|it| !it.complete) {
        page.line("The time limit ended the search: there may be other routes, and better ones.");
    } else if gap > 1e-9 {
        page.line(&format!("Each is proven to {} % at worst.", format_number(100.0 * gap)));
    } else {
        page.line("Each is proven to be the best of its route, and no other route is better than the last.");
    }
}

/// Goals by period alone.
pub(super) fn write_goals(page: &mut Page, outcome: &Outcome) {
    let Some(roadmap) = &outcome.roadmap else { return };
    let show = |point: &GoalPoint| {
        let value = point.value.map_or_else(|| NONE.to_owned(), format_number);
        match (point.wanted, point.met) {
            (true, true) => format!("{value} ✓"),
            (true, false) => format!("{value} ✗"),
            (false, _) => value,
        }
    };
    let rows: Vec<(String, Vec<String>)> = roadmap
        .goals
        .iter()
        .map(|goal| {
            let mark = if goal.met { "✓" } else { "✗" };
            (
                format!("{mark} {} {}", goal.name, bound_of(goal)),
                goal.points.iter().map(show).collect(),
            )
        })
        .collect();
    by_period(page, roadmap, "", &rows);
    for goal in roadmap.goals.iter().filter(|goal| !goal.met) {
        let periods = roadmap.periods.iter().zip(&goal.points).rev();
        let Some((period, point)) = periods.into_iter().find(|(_, it)| it.best.is_some()) else {
            continue;
        };
        let best = point.best.map(|best| amount(best, &goal.unit, &outcome.currency));
        let held = if point.held_by.is_empty() {
            "no limit holds it there, only grades, recoveries, recipes and prices".to_owned()
        } else {
            format!("held by {}", point.held_by.join(", "))
        };
        let kept =
            if roadmap.search.is_some() { " with these routes, trains and pieces" } else { "" };
        page.item(&format!(
            "✗ {}: at best {} in {}{kept}; {held}.",
            goal.name,
            best.unwrap_or_default(),
            period.name
        ));
    }
}

/// `≥ 2500 t/yr`; a bound that changes is told by its ends.
fn bound_of(goal: &GoalCourse) -> String {
    let sign = if goal.sense == "at most" { "≤" } else { "≥" };
    let wanted: Vec<f64> =
        goal.points.iter().filter(|point| point.wanted).map(|point| point.bound).collect();
    let (Some(first), Some(last)) = (wanted.first(), wanted.last()) else { return String::new() };
    let unit = if goal.unit.is_empty() { String::new() } else { format!(" {}", goal.unit) };
    if first == last {
        format!("{sign} {}{unit}", format_number(*first))
    } else {
        format!("{sign} {} to {}{unit}", format_number(*first), format_number(*last))
    }
}

/// What is built, and how capacities are used.
pub(super) fn write_built(page: &mut Page, outcome: &Outcome) {
    let Some(roadmap) = &outcome.roadmap else { return };
    if !roadmap.built.is_empty() {
        page.heading("Built");
        let costs = roadmap.built.iter().map(|it| it.cost);
        let money = Money::fitting(costs, &outcome.currency);
        let unit = money.unit.trim_end_matches("/yr").to_owned();
        let mut sheet =
            Sheet::new(&["operation", "decided", "#size", "#trains", &format!("#cost, {unit}")]);
        for it in &roadmap.built {
            let basis = if it.basis.is_empty() { String::new() } else { format!(" {}", it.basis) };
            sheet.row([
                it.operation.clone(),
                it.period.clone(),
                format!("{}{basis}", format_mass_rate(it.size)),
                it.trains.map(format_number).unwrap_or_default(),
                money.show(it.cost),
            ]);
        }
        page.table(&sheet);
        let worst = roadmap.built.iter().map(|it| it.error).fold(0.0, f64::max);
        if worst > 0.0 {
            page.line(&format!(
                "Costs by scale follow their curve to {} %.",
                format_number(100.0 * worst)
            ));
        }
    }
    let rows: Vec<(String, Vec<String>)> = roadmap
        .capacities
        .iter()
        .map(|course| {
            let used = course.used.iter().zip(&course.existing).zip(&course.built);
            let cells = used.map(|((&used, &existing), &built)| {
                let whole = existing + built;
                if whole > 0.0 { percent(used / whole) } else { NONE.to_owned() }
            });
            (course.operation.clone(), cells.collect())
        })
        .collect();
    if !rows.is_empty() {
        page.heading("Use of capacity, %");
        by_period(page, roadmap, "", &rows);
    }
}

/// Limits that bind, by period.
pub(super) fn write_limits(page: &mut Page, outcome: &Outcome) {
    let Some(roadmap) = &outcome.roadmap else { return };
    if roadmap.limits.is_empty() {
        return;
    }
    page.heading("What binds: worth of one more t/yr in that period alone");
    let unit = outcome.objective.unit.clone();
    let rows: Vec<(String, Vec<String>)> = roadmap
        .limits
        .iter()
        .take(MOST_LIMITS)
        .map(|course| {
            let largest = course.shadow_price.iter().fold(0.0_f64, |size, it| size.max(it.abs()));
            let values = course.shadow_price.iter().zip(&course.binding);
            let values =
                values.map(
                    |(&price, &binds)| {
                        if binds { number(price, largest, 1.0) } else { NONE.to_owned() }
                    },
                );
            (course.path.clone(), values.collect())
        })
        .collect();
    by_period(page, roadmap, &unit, &rows);
    let more = roadmap.limits.len().saturating_sub(MOST_LIMITS);
    let more = if more > 0 { format!("; {more} more limits bind") } else { String::new() };
    if roadmap.search.is_some() {
        page.line(&format!("Routes, trains and pieces of cost curves are held{more}."));
    } else if !more.is_empty() {
        page.line(&format!("{}.", more.trim_start_matches("; ")));
    }
}

/// The cash flow and what it is worth.
pub(super) fn write_cash(page: &mut Page, outcome: &Outcome) {
    let Some(roadmap) = &outcome.roadmap else { return };
    let values = roadmap.cash.lines.iter().flat_map(|line| line.values.iter().copied());
    let money = Money::fitting(values, &outcome.currency);
    let dated = outcome.period.is_some();
    let unit = money.unit.trim_end_matches("/yr").to_owned();
    page.heading(if dated { "Cash flow, nominal" } else { "Account with capital" });
    let rows: Vec<(String, Vec<String>)> = roadmap
        .cash
        .lines
        .iter()
        .map(|line| {
            (line.name.clone(), line.values.iter().map(|&value| money.show(value)).collect())
        })
        .collect();
    by_period(page, roadmap, if dated { &unit } else { &money.unit }, &rows);
    if roadmap.cash.after != 0.0 {
        page.line(&format!("After the last period: {} {unit}.", money.show(roadmap.cash.after)));
    }
}

/// What the plan is worth.
pub(super) fn write_finance(page: &mut Page, outcome: &Outcome) {
    let Some(roadmap) = &outcome.roadmap else { return };
    if outcome.period.is_none() {
        return;
    }
    let finance = &roadmap.finance;
    page.heading("Worth");
    let currency = &outcome.currency;
    let worth = amount(finance.net_present_value, &format!("{currency}/yr"), currency);
    let mut parts = vec![format!(
        "Net present value {} at {} % of {}",
        worth.trim_end_matches("/yr"),
        format_number(100.0 * finance.discount),
        finance.base_year,
    )];
    match finance.internal_rates.as_slice() {
        [] => parts.push("no internal rate of return".to_owned()),
        rates => {
            // One below 0 beside others comes of what closure costs at the end.
            let sound: Vec<f64> = rates.iter().copied().filter(|&rate| rate >= 0.0).collect();
            let rates = if sound.is_empty() { rates.to_vec() } else { sound };
            let rates: Vec<String> =
                rates.iter().map(|rate| format!("{} %", format_number(100.0 * rate))).collect();
            parts.push(format!("internal rate of return {}", rates.join(" or ")));
        }
    }
    match (finance.payback, finance.discounted_payback) {
        (Some(plain), Some(discounted)) => parts.push(format!(
            "paid back after {} yr, discounted {} yr",
            format_number(plain),
            format_number(discounted)
        )),
        (Some(plain), None) => {
            parts.push(format!("paid back after {} yr, discounted never", format_number(plain)));
        }
        _ if !finance.owed => parts.push("nothing to pay back".to_owned()),
        _ => parts.push("never paid back".to_owned()),
    }
    page.item(&format!("{}.", parts.join("; ")));
    if let Some(search) = roadmap.search {
        let gap = if search.gap <= 1e-9 {
            "proven best among all whole numbers".to_owned()
        } else {
            format!("within {} % of the best, proven", format_number(100.0 * search.gap))
        };
        page.item(&format!("Routes, trains, pieces: {gap}; {} nodes.", search.nodes));
    }
    let head = [
        String::new(),
        format!("#levelised cost, {currency}/kg"),
        format!("#mean price, {currency}/kg"),
        format!("#minimum selling price, {currency}/kg"),
    ];
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let mut sheet = Sheet::new(&head);
    // What is made beside other things has no cost of its own.
    for item in finance.levelised.iter().filter(|item| item.is_final) {
        let kg = |value: f64| format_number(value / 1000.0);
        sheet.row([
            item.product.clone(),
            kg(item.cost),
            kg(item.price),
            item.minimum_selling_price.map_or_else(|| NONE.to_owned(), kg),
        ]);
    }
    page.table(&sheet);
}
