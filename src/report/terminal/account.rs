//! Money and matter in sum: the account, consumption, operations, closure.

use super::{
    intervals::marked,
    page::{Money, Page, Sheet, held, number, percent},
};
use crate::{
    analysis::Outcome,
    measure::{format_energy_rate, format_mass_rate, format_number},
};

pub(super) fn write_account(page: &mut Page, outcome: &Outcome) {
    if outcome.account.is_empty() {
        return;
    }
    let money = Money::fitting(outcome.account.iter().map(|line| line.value), &outcome.currency);
    page.heading("Account");
    let revenue = outcome.account.iter().find(|line| line.name == "revenue");
    let revenue = revenue.map(|line| line.value).filter(|&value| value > 0.0);
    let mut sheet = Sheet::new(&["", &format!("#{}", money.unit), "#% of revenue"]);
    for line in &outcome.account {
        let share = revenue.map(|revenue| percent(line.value / revenue)).unwrap_or_default();
        let value = marked(money.show(line.value), outcome.is_open("account", &line.name));
        sheet.row([line.name.clone(), value, share]);
    }
    page.table(&sheet);
}

pub(super) fn write_consumption(page: &mut Page, outcome: &Outcome) {
    if outcome.consumption.is_empty() {
        return;
    }
    page.heading("Consumption");
    let money = Money::fitting(outcome.consumption.iter().map(|item| item.cost), &outcome.currency);
    let cost = format!("#{}", money.unit);
    let mut sheet = Sheet::new(&["", "kind", "#amount", &cost, "by"]);
    for item in &outcome.consumption {
        let amount = match item.unit {
            "t" => format_mass_rate(item.amount),
            "kWh" => format_energy_rate(item.amount),
            unit => format!("{} {unit}/yr", format_number(item.amount)),
        };
        let kind = item.kind.to_owned();
        let amount = marked(amount, outcome.is_open("consumption", &item.name));
        sheet.row([item.name.clone(), kind, amount, money.show(item.cost), item.by.join(", ")]);
    }
    page.table(&sheet);
    if outcome.emission != 0.0 {
        let emission = format_mass_rate(outcome.emission);
        let emission = marked(emission, outcome.is_open("emission", "all operations"));
        page.line(&format!("Emission of all operations: {emission} CO2 equivalent."));
    }
}

pub(super) fn write_operations(page: &mut Page, outcome: &Outcome) {
    if outcome.operations.is_empty() {
        return;
    }
    page.heading("Operations");
    let money = Money::fitting(outcome.operations.iter().map(|item| item.cost), &outcome.currency);
    let largest = outcome.operations.iter().map(|item| item.throughput).fold(0.0, f64::max);
    let cost = format!("#cost\n{}", money.unit);
    let mut sheet = Sheet::new(&[
        "operation",
        "kind",
        "stage",
        "#in\nt/yr",
        "#bought\nt/yr",
        "#out\nt/yr",
        &cost,
        "#closure",
        "yields",
    ]);
    for item in &outcome.operations {
        let yields =
            item.yields.iter().map(|to| held(&format!("{} {} %", to.to, percent(to.share))));
        let yields: Vec<String> = yields.collect();
        sheet.row([
            item.name.clone(),
            item.kind.to_owned(),
            item.stage.clone().unwrap_or_default(),
            marked(number(item.throughput, largest, 1.0), outcome.is_open("operation", &item.name)),
            number(item.purchased, largest, 1.0),
            number(item.leaving, largest, 1.0),
            money.show(item.cost),
            error(item.closure),
            yields.join("\n"),
        ]);
    }
    page.table(&sheet);
}

pub(super) fn write_closure(page: &mut Page, outcome: &Outcome) {
    if outcome.closure.is_empty() {
        return;
    }
    page.heading("Closure around the whole flowsheet, t/yr");
    let mut sheet = Sheet::new(&["", "#entering", "#leaving", "#error", "#relative"]);
    for item in &outcome.closure {
        sheet.row([
            item.name.clone(),
            format_number(item.entering),
            format_number(item.leaving),
            error(item.error),
            error(item.relative),
        ]);
    }
    page.table(&sheet);
}

/// A rounding error: its order of size is what matters.
pub(super) fn error(value: f64) -> String {
    if value == 0.0 { "0".to_owned() } else { format!("{value:.0e}") }
}
