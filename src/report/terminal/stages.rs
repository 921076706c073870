//! Value along the chain: by stage, and as multiplier on every basis.

use super::{
    limits::is_money,
    page::{Money, NONE, Page, Sheet, held, stacked},
};
use crate::{
    analysis::{MultiplierOutcome, Outcome},
    measure::{format_money_rate, format_number},
};

pub(super) fn write_stages(page: &mut Page, outcome: &Outcome) {
    if outcome.stages.is_empty() {
        return;
    }
    let chain = &outcome.chain;
    let values = outcome.stages.iter().flat_map(|stage| {
        [stage.value_in + stage.feed_cost, stage.value_out, stage.cost, stage.net_value_added]
    });
    let money = Money::fitting(values, &outcome.currency);
    page.heading(&format!("Value chain by stage, {}", money.unit));
    let mut sheet = Sheet::new(&[
        "stage",
        "#in",
        "#out",
        "#sold",
        "#value\nadded",
        "#own\ncost",
        "#net",
        "#multiplier",
        "#out,\nimputed",
    ]);
    // Without money in the objective the duals are no prices.
    let priced = is_money(outcome);
    for stage in &outcome.stages {
        let mark = if stage.imputed.is_empty() { "" } else { " *" };
        sheet.row([
            format!("{}{mark}", stage.name),
            money.show(stage.value_in + stage.feed_cost),
            money.show(stage.value_out),
            money.show(stage.sold),
            money.show(stage.value_added),
            money.show(stage.cost),
            money.show(stage.net_value_added),
            stage.multiplier.map_or_else(|| NONE.to_owned(), format_number),
            if priced { money.show(stage.imputed_out) } else { NONE.to_owned() },
        ]);
    }
    page.table(&sheet);
    let sales = chain.final_products + chain.by_products + chain.intermediates;
    page.item(&format!(
        "Values added {} + outside all stages {} = sales {} − feed {}; off by {}.",
        money.show(chain.value_added),
        money.show(chain.leakage),
        money.show(sales),
        money.show(chain.feed_cost),
        money.show(chain.residual),
    ));
    page.item(&format!(
        "Sales: final products {}, by-products {}, intermediates {}.",
        money.show(chain.final_products),
        money.show(chain.by_products),
        money.show(chain.intermediates),
    ));
    let mut imputed: Vec<&str> = Vec::new();
    for name in outcome.stages.iter().flat_map(|stage| &stage.imputed) {
        if !imputed.contains(&name.as_str()) {
            imputed.push(name);
        }
    }
    if !imputed.is_empty() {
        page.item(&format!("* without a price, at imputed value: {}.", imputed.join(", ")));
    }
}

pub(super) fn write_multipliers(page: &mut Page, outcome: &Outcome) {
    let list = &outcome.multipliers;
    if list.is_empty() {
        return;
    }
    page.heading("Value multiplier on every basis: row ÷ column");
    let bases = distinct(list, |item| &item.denominator);
    let find = |numerator: &str, base: &str| {
        list.iter().find(|item| item.numerator == numerator && item.denominator == base)
    };
    let currency = &outcome.currency;
    let money = Money::fitting(list.iter().map(|item| item.value), currency);
    let mut head = vec!["sales".to_owned(), format!("#value\n{}", money.unit)];
    for base in &bases {
        let value = list.iter().filter(|item| item.denominator == *base).find_map(|item| item.base);
        let value =
            value.map_or_else(|| NONE.to_owned(), |value| format_money_rate(value, currency));
        head.push(format!("#{}\n{value}", stacked(base)));
    }
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let mut sheet = Sheet::new(&head);
    for numerator in distinct(list, |item| &item.numerator) {
        let value = list.iter().find(|item| item.numerator == numerator).map(|item| item.value);
        let mut cells = vec![
            numerator.split(", ").map(held).collect::<Vec<_>>().join(", "),
            value.map_or_else(String::new, |value| money.show(value)),
        ];
        for base in &bases {
            let multiplier = find(numerator, base).and_then(|item| item.multiplier);
            cells.push(multiplier.map_or_else(|| NONE.to_owned(), format_number));
        }
        sheet.cells(cells);
    }
    page.table(&sheet);
    let mut told: Vec<(&str, &str)> = Vec::new();
    for item in list {
        let Some(reason) = &item.why_not else { continue };
        if !told.contains(&(&item.denominator, reason)) {
            told.push((&item.denominator, reason));
            page.item(&format!("{NONE} {}: {reason}", item.denominator));
        }
    }
}

/// What the items say, each once, in order.
fn distinct<'a>(
    items: &'a [MultiplierOutcome],
    of: impl Fn(&'a MultiplierOutcome) -> &'a String,
) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for name in items.iter().map(of) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}
