//! Value along the chain, by stage.

use super::{
    intervals::marked,
    limits::is_money,
    page::{Money, NONE, Page, Sheet},
};
use crate::{analysis::Outcome, measure::format_number};

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
        let (entering, leaving) =
            (outcome.is_open("stage-in", &stage.name), outcome.is_open("stage-out", &stage.name));
        sheet.row([
            format!("{}{mark}", stage.name),
            marked(money.show(stage.value_in + stage.feed_cost), entering),
            marked(money.show(stage.value_out), leaving),
            money.show(stage.sold),
            marked(money.show(stage.value_added), entering || leaving),
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
