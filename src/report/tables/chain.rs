//! Value along the chain: stages, multipliers, the account.

use super::{
    Sum, Table, of, plain, row,
    summary::{holders, money},
};
use crate::analysis::{MultiplierOutcome, Outcome, StageOutcome};

pub(super) fn stages(outcome: &Outcome) -> Table {
    let columns = vec![
        plain("stage"),
        money("value in", outcome),
        money("feed cost", outcome),
        money("value out", outcome),
        money("sold", outcome),
        money("value added", outcome),
        money("own cost", outcome),
        money("net value added", outcome),
        plain("multiplier"),
        money("value out, imputed", outcome),
        plain("counted at imputed value"),
    ];
    let row = |stage: &StageOutcome| {
        row![
            &stage.name,
            stage.value_in,
            stage.feed_cost,
            stage.value_out,
            stage.sold,
            stage.value_added,
            stage.cost,
            stage.net_value_added,
            stage.multiplier,
            stage.imputed_out,
            stage.imputed.join(", "),
        ]
    };
    Table::new("stages", "Value chain by stage", columns)
        .with(outcome.stages.iter().map(row))
        .summed(&["feed cost", "sold", "value added", "own cost", "net value added"])
}

pub(super) fn multipliers(outcome: &Outcome) -> Table {
    let columns = vec![
        plain("sales"),
        plain("base"),
        money("value of sales", outcome),
        money("value of base", outcome),
        plain("multiplier"),
        plain("why none"),
        plain("best of any plan"),
        plain("why no best"),
        plain("best held by"),
        plain("best with this much of the base"),
        plain("that held by"),
    ];
    let row = |item: &MultiplierOutcome| {
        let best = item.best.as_ref();
        let kept = best.and_then(|best| best.kept.as_ref());
        row![
            &item.numerator,
            &item.denominator,
            item.value,
            item.base,
            item.multiplier,
            &item.why_not,
            best.and_then(|best| best.value),
            best.and_then(|best| best.why_not.clone()),
            best.map(|best| holders(&best.held_by)),
            kept.map(|kept| kept.value),
            kept.map(|kept| holders(&kept.held_by)),
        ]
    };
    let rows = outcome.multipliers.iter().map(row);
    Table::new("multipliers", "Value multiplier on every basis: sales ÷ base", columns).with(rows)
}

pub(super) fn account(outcome: &Outcome) -> Table {
    let columns = vec![plain("line"), of("value", &format!("{}/yr", outcome.currency))];
    let title = match &outcome.period {
        Some(period) => format!("Account in {period}, costs negative"),
        None => "Account, costs negative".to_owned(),
    };
    let rows = outcome.account.iter().map(|line| row![&line.name, line.value]);
    let mut table = Table::new("account", title, columns).with(rows);
    let profit = outcome.account.iter().position(|line| line.name == "profit");
    if let Some(at) = profit.filter(|at| at + 1 == table.rows.len()) {
        table.totals = 1;
        table.sums.push(Sum { at: [at, 1], terms: (0..at).map(|row| [row, 1]).collect() });
    }
    table
}
