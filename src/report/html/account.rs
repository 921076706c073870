//! The account of one year, what is consumed, and what is disposed of.

use maud::html;

use super::{Section, Told, chain::in_period, table::Table};
use crate::report::terminal::page::Money;

pub(super) fn account(told: &Told<'_>) -> Option<Section> {
    let Told { outcome, words, .. } = told;
    if outcome.account.is_empty() {
        return None;
    }
    let money = Money::fitting(outcome.account.iter().map(|line| line.value), &outcome.currency);
    let unit = words.unit(&money.unit);
    let revenue = outcome.account.iter().find(|line| line.name == "revenue");
    let revenue = revenue.map(|line| line.value).filter(|&value| value > 0.0);
    let columns =
        [words.text("line"), format!("#{unit}"), format!("#{}", words.text("of-revenue"))];
    let mut table = Table::new(words.text("account-table"), columns);
    for line in &outcome.account {
        let share = revenue.map(|revenue| words.percent(line.value / revenue));
        let value = words.money(&money, line.value);
        let open = outcome.is_open("account", &line.name);
        table.row([
            words.name("account", &line.name),
            if open { format!("~{value}") } else { value },
            share.unwrap_or_default(),
        ]);
    }
    let cost = Money::fitting(outcome.consumption.iter().map(|it| it.cost), &outcome.currency);
    let columns = [
        words.text("what"),
        format!("#{}", words.text("amount")),
        format!("#{}, {}", words.text("cost"), words.unit(&cost.unit)),
        words.text("by"),
    ];
    let mut consumption = Table::new(words.text("consumption"), columns);
    for item in &outcome.consumption {
        consumption.row([
            item.name.clone(),
            words.amount(item.amount, &format!("{}/yr", item.unit), &outcome.currency),
            words.money(&cost, item.cost),
            item.by.join(", "),
        ]);
    }
    let columns = [words.text("what"), format!("#{}", words.text("flow"))];
    let mut residues = Table::new(words.text("residues"), columns);
    for item in &outcome.residues {
        let flow = words.amount(item.flow, "t/yr", &outcome.currency);
        residues.row([item.name.clone(), flow]);
    }
    let body = html! {
        (table.markup())
        (consumption.markup())
        (residues.markup())
    };
    let title = in_period(told, "account", "account-in");
    Some(Section { id: "account", title, body, charts: Vec::new() })
}
