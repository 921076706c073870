//! The value multiplier on every basis: in the plan, and at its best.

use super::{
    intervals::marked,
    page::{Money, NONE, Page, Sheet, held, stacked},
};
use crate::{
    analysis::{HeldBy, MultiplierOutcome, Outcome},
    measure::{format_money_rate, format_number},
};

/// A ratio without limit.
const ENDLESS: &str = "∞";

pub(super) fn write(page: &mut Page, outcome: &Outcome) {
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
        let value = marked(value, outcome.is_open("base", base));
        head.push(format!("#{}\n{value}", stacked(base)));
    }
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let mut sheet = Sheet::new(&head);
    for numerator in distinct(list, |item| &item.numerator) {
        let value = list.iter().find(|item| item.numerator == numerator).map(|item| item.value);
        let mut cells = vec![
            numerator.split(", ").map(held).collect::<Vec<_>>().join(", "),
            value.map_or_else(String::new, |value| {
                marked(money.show(value), outcome.is_open("sales", numerator))
            }),
        ];
        for base in &bases {
            let multiplier = find(numerator, base).and_then(|item| item.multiplier);
            let open = outcome.is_open("multiplier", &format!("{numerator} ÷ {base}"));
            cells.push(multiplier.map_or_else(
                || NONE.to_owned(),
                |multiplier| marked(format_number(multiplier), open),
            ));
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
pub(in crate::report) fn distinct<'a>(
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

/// The best multipliers, where they were asked for, and what holds them there.
pub(super) fn write_best(page: &mut Page, outcome: &Outcome) {
    let list = &outcome.multipliers;
    if list.iter().all(|item| item.best.is_none()) {
        return;
    }
    page.heading("Best attainable multiplier, each by a plan of its own: row ÷ column");
    write_table(page, list, best);
    write_reasons(page, list, reason);
    let kept = |item: &MultiplierOutcome| item.best.as_ref()?.kept.clone();
    if list.iter().any(|item| kept(item).is_some()) {
        page.heading("The same, with at least as much of the column as in this plan");
        write_table(page, list, |item| {
            kept(item).map_or_else(|| NONE.to_owned(), |kept| format_number(kept.value))
        });
        write_reasons(page, list, |item| Some(holders(&kept(item)?.held_by)));
    }
}

fn write_table(
    page: &mut Page,
    list: &[MultiplierOutcome],
    cell: impl Fn(&MultiplierOutcome) -> String,
) {
    let bases = distinct(list, |item| &item.denominator);
    let mut head = vec!["sales".to_owned()];
    head.extend(bases.iter().map(|base| format!("#{}", stacked(base))));
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let mut sheet = Sheet::new(&head);
    for numerator in distinct(list, |item| &item.numerator) {
        let mut cells = vec![numerator.split(", ").map(held).collect::<Vec<_>>().join(", ")];
        for base in &bases {
            let mut items = list.iter();
            let item = items.find(|item| item.numerator == numerator && item.denominator == *base);
            cells.push(item.map_or_else(|| NONE.to_owned(), &cell));
        }
        sheet.cells(cells);
    }
    page.table(&sheet);
}

/// Each reason once, with all that it is of.
fn write_reasons(
    page: &mut Page,
    list: &[MultiplierOutcome],
    reason: impl Fn(&MultiplierOutcome) -> Option<String>,
) {
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for base in distinct(list, |item| &item.denominator) {
        let items = || list.iter().filter(|item| item.denominator == base);
        let first = items().next().and_then(&reason);
        let same = items().all(|item| reason(item) == first);
        for item in items() {
            let Some(reason) = reason(item) else { continue };
            let of =
                if same { format!("÷ {base}") } else { format!("{} ÷ {base}", item.numerator) };
            match told.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, names)) if names.contains(&of) => {}
                Some((_, names)) => names.push(of),
                None => told.push((reason, vec![of])),
            }
        }
    }
    for (reason, of) in told {
        page.item(&format!("{}: {reason}.", of.join("; ")));
    }
}

fn best(item: &MultiplierOutcome) -> String {
    match &item.best {
        Some(best) if best.endless => ENDLESS.to_owned(),
        Some(best) => best.value.map_or_else(|| NONE.to_owned(), format_number),
        None => NONE.to_owned(),
    }
}

/// What holds a best multiplier where it is, or why there is none.
fn reason(item: &MultiplierOutcome) -> Option<String> {
    let Some(best) = &item.best else { return item.why_not.clone() };
    if best.value.is_none() { best.why_not.clone() } else { Some(holders(&best.held_by)) }
}

fn holders(list: &[HeldBy]) -> String {
    if list.is_empty() {
        return "held by no limit, only by grades, recoveries, recipes and prices".to_owned();
    }
    // By name, so that what is held by the same limits is told together; how strongly is in the JSON.
    let mut names: Vec<&str> = list.iter().map(|held| held.limit.as_str()).collect();
    names.sort_unstable();
    format!("held by {}", names.join(", "))
}
