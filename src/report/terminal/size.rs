//! The capacities that reach the targets: the list of equipment, with what each is sized by.

use std::fmt::Write as _;

use super::{
    Style,
    page::{NONE, Page, Sheet, amount, held, percent},
};
use crate::{
    analysis::size::{Least, Reason, SizedBy, SizedOperation, Sizing},
    measure::{format_mass_rate, format_money, format_money_rate, format_number},
};

/// Most targets and limits that are named of one size.
const NAMED: usize = 3;

/// Most operations without a cost that are named.
const WITHOUT: usize = 4;

/// The plant as text.
#[must_use]
pub fn render(told: &Sizing, style: &Style) -> String {
    let mut page = Page::new(*style);
    page.heading(&told.title);
    for target in &told.targets {
        let show = |value: f64| amount(value, &target.unit, &told.currency);
        let sign = match target.sense {
            "at least" => "≥",
            "at most" => "≤",
            _ => "=",
        };
        let value = target.value.map_or_else(|| NONE.to_owned(), show);
        let bound = show(target.bound);
        page.item(&format!("✓ {} {sign} {bound}: {value} in the plan below.", target.name));
    }
    page.item(&what_is_least(told));
    page.heading("Capacities");
    write_operations(&mut page, told);
    notes(&mut page, told);
    page.heading("What else the plan needs");
    let mut sheet = Sheet::new(&["feed", "origin", "#at hand", "#needed", ""]);
    for feed in &told.feeds {
        let more = feed.existing.filter(|&there| feed.needed > there * (1.0 + 1e-9));
        sheet.row([
            feed.feed.clone(),
            feed.origin.to_owned(),
            feed.existing.map_or_else(|| NONE.to_owned(), format_mass_rate),
            format_mass_rate(feed.needed),
            match (feed.freed, more) {
                (true, Some(there)) => {
                    format!("set free: {} more", format_mass_rate(feed.needed - there))
                }
                (true, None) => "set free".to_owned(),
                _ => String::new(),
            },
        ]);
    }
    page.table(&sheet);
    page.heading("In all");
    if let Some(capital) = told.capital {
        let mut text = format!("Capital {}", format_money(capital, &told.currency));
        if told.capital_factor != 1.0 {
            let factor = format_number(told.capital_factor);
            let _ = write!(text, ", which is the equipment times {factor}");
        }
        let what = if told.greenfield { "of everything" } else { "of what is added" };
        let _ = write!(text, ", {what}");
        if !told.without_cost.is_empty() {
            text.push_str(" that has a cost");
        }
        page.item(&format!("{text}."));
    }
    page.item(&format!(
        "Profit of this plan: {}, before capital and tax.",
        format_money_rate(told.profit, &told.currency)
    ));
    page.item(&proof(told));
    page.finish()
}

fn what_is_least(told: &Sizing) -> String {
    match told.least {
        Least::Capital => {
            let counted = if told.greenfield { "from nothing" } else { "beyond what is there" };
            format!(
                "Cheapest: the capital of what is built {counted} is least, then the supply of primary feeds, then the sizes."
            )
        }
        Least::Supply => {
            let names: Vec<String> =
                told.without_cost.iter().take(WITHOUT).map(|name| format!("`{name}`")).collect();
            let more = if told.without_cost.len() > WITHOUT { " …" } else { "" };
            let why = if names.is_empty() {
                "no capacity has a cost".to_owned()
            } else {
                format!("no cost is said of {}{more}", names.join(", "))
            };
            format!(
                "Smallest: the supply of primary feeds is least, then the sum of the sizes, each as a share of its own ({why}; with a `build` or an `expansion` for each, the capital is least)."
            )
        }
    }
}

fn write_operations(page: &mut Page, told: &Sizing) {
    let any = |has: fn(&SizedOperation) -> bool| told.operations.iter().any(has);
    let (trains, volume, cost) =
        (any(|it| it.trains.is_some()), any(|it| it.volume.is_some()), any(|it| it.cost.is_some()));
    let money = told.operations.iter().filter_map(|it| it.cost).fold(0.0, f64::max);
    let (size, prefix) = match money {
        1e10.. => (1e9, "bn "),
        1e7.. => (1e6, "M"),
        1e4.. => (1e3, "k"),
        _ => (1.0, ""),
    };
    let cost_head = format!("#cost\n{prefix}{}", told.currency);
    let mut head = vec!["operation", "basis", "#existing", "#needed", "#addition"];
    if trains {
        head.push("#trains");
    }
    if volume {
        head.push("#volume\nm³");
    }
    if cost {
        head.push(&cost_head);
    }
    head.push("sized by");
    let mut sheet = Sheet::new(&head);
    for it in &told.operations {
        let number = |value: Option<f64>| value.map_or_else(|| NONE.to_owned(), format_number);
        let mut cells = vec![
            it.operation.clone(),
            basis(it),
            number(it.existing),
            number(Some(it.needed)),
            if it.addition > 0.0 { format_number(it.addition) } else { NONE.to_owned() },
        ];
        if trains {
            cells.push(it.trains.map_or_else(String::new, format_number));
        }
        if volume {
            cells.push(it.volume.map_or_else(String::new, format_number));
        }
        if cost {
            cells.push(it.cost.map_or_else(String::new, |cost| format_number(cost / size)));
        }
        cells.push(sized_by(it));
        sheet.cells(cells);
    }
    page.table(&sheet);
}

/// `t/yr`, `t/yr REO`, `t/yr of magnets`.
fn basis(it: &SizedOperation) -> String {
    let mut text = "t/yr".to_owned();
    if !it.basis.is_empty() {
        let _ = write!(text, " {}", it.basis);
    }
    if let Some(outlet) = &it.outlet {
        let _ = write!(text, " of {outlet}");
    }
    text
}

/// `0.6309 × magnets − 0.2 × feed.spent-magnets.supply; last train 23 % idle`.
fn sized_by(it: &SizedOperation) -> String {
    let mut text = String::new();
    let parts: Vec<(&SizedBy, f64)> =
        it.sized_by.iter().filter_map(|by| Some((by, by.factor?))).collect();
    for (by, factor) in parts.iter().take(NAMED) {
        let number = format_number(factor.abs());
        let times = if number == "1" { String::new() } else { held(&format!("{number} ×")) + " " };
        let sign = match (text.is_empty(), *factor < 0.0) {
            (true, false) => "",
            (true, true) => "−",
            (false, false) => " + ",
            (false, true) => " − ",
        };
        let _ = write!(text, "{sign}{times}{}", short(by));
    }
    if parts.len() > NAMED {
        text.push_str(" …");
    }
    let mut notes: Vec<String> = Vec::new();
    if it.kept {
        notes.push("kept".to_owned());
    }
    for by in it.sized_by.iter().filter(|by| by.factor.is_none()) {
        notes.push(match (by.what, it.idle) {
            (Reason::Trains, Some(idle)) if idle > 1e-9 => {
                format!("last train {} % idle", percent(idle))
            }
            (Reason::Trains, _) => "whole trains".to_owned(),
            _ => short(by).to_owned(),
        });
    }
    match (text.is_empty(), it.needed > 0.0, notes.is_empty()) {
        (true, false, _) => "not needed".to_owned(),
        (true, true, true) => "the least that keeps all limits".to_owned(),
        (true, true, false) => notes.join("; "),
        (false, _, true) => text,
        (false, _, false) => format!("{text}; {}", notes.join("; ")),
    }
}

/// Of a path what follows the kind of the operation; no two operations have one name.
fn short(by: &SizedBy) -> &str {
    match by.what {
        Reason::Target => &by.name,
        _ => by.name.split_once('.').map_or(&by.name, |(_, rest)| rest),
    }
}

fn notes(page: &mut Page, told: &Sizing) {
    page.item(
        "Needed is what passes divided by the availability; `a × b` is a t/yr per unit of the target or limit b.",
    );
    let worst = told.operations.iter().map(|it| it.cost_error).fold(0.0, f64::max);
    if worst > 0.0 {
        page.item(&format!(
            "Costs by scale are followed in straight lines to {} %; `--format json` has them by the law itself.",
            percent(worst)
        ));
    }
}

fn proof(told: &Sizing) -> String {
    let proof = &told.proof;
    let worst = proof.primal.max(proof.dual).max(proof.complementarity);
    let whole = match proof.whole {
        0 => String::new(),
        1 => ", 1 of them whole".to_owned(),
        n => format!(", {n} of them whole"),
    };
    let search = proof.search.as_ref().map_or_else(String::new, |search| {
        let nodes = if search.nodes == 1 { "node" } else { "nodes" };
        format!(
            " No plant is cheaper by more than {} %, after {} {nodes}.",
            percent(search.gap),
            search.nodes
        )
    });
    format!(
        "Proven: certificate {worst:.0e}, gap {:.0e}, closure {:.0e}; {}; {} rows, {} columns{whole}.{search}",
        proof.gap, proof.closure, proof.backend, proof.rows, proof.columns
    )
}
