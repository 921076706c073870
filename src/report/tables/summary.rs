//! What the result is: objective, proof, closure, goals.

use super::{Cell, Table, of, plain, row};
use crate::analysis::{GoalOutcome, HeldBy, Outcome};

pub(super) fn summary(outcome: &Outcome) -> Table {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut add = |item: &str, value: Cell, unit: &str| {
        if value != Cell::Empty {
            rows.push(vec![item.into(), value, unit.into()]);
        }
    };
    let (objective, proof) = (&outcome.objective, &outcome.proof);
    add("title", (&outcome.title).into(), "");
    add("note", Cell::from(&outcome.note), "");
    add("currency", (&outcome.currency).into(), "");
    add("period told in full", Cell::from(&outcome.period), "");
    add("objective", format!("{} {}", objective.sense, objective.name).into(), "");
    add("value of the objective", objective.value.into(), &objective.unit);
    add("no other plan reaches it", objective.unique.into(), "");
    add("more limits meet than fix the plan", objective.degenerate.into(), "");
    if let Some(roadmap) = &outcome.roadmap {
        let finance = &roadmap.finance;
        let dated = outcome.period.is_some();
        let money = outcome.currency.as_str();
        if dated {
            add("net present value", finance.net_present_value.into(), money);
            add("discount rate", finance.discount.into(), "1/yr");
            add("money is of", finance.base_year.into(), "year");
            for &rate in &finance.internal_rates {
                add("internal rate of return", rate.into(), "1/yr");
            }
            add("payback", finance.payback.into(), "yr");
            add("discounted payback", finance.discounted_payback.into(), "yr");
            if roadmap.cash.after != 0.0 {
                add("paid after the last period", roadmap.cash.after.into(), money);
            }
        }
        if let Some(search) = roadmap.search {
            add("no plan is better than", search.bound.into(), &objective.unit);
            add("proven gap of whole numbers, relative", search.gap.into(), "");
            add("search ended by itself", search.complete.into(), "");
        }
        let goals = roadmap.goals.iter();
        add("goals met", goals.filter(|goal| goal.met).count().into(), "");
        add("goals", roadmap.goals.len().into(), "");
    } else {
        add("goals met", outcome.goals.iter().filter(|goal| goal.met).count().into(), "");
        add("goals", outcome.goals.len().into(), "");
    }
    let worst = proof.primal.max(proof.dual).max(proof.complementarity).max(proof.gap);
    add("certificate, worst relative error", worst.into(), "");
    add("closure, worst relative error", proof.closure.into(), "");
    add("proven in rational arithmetic", proof.exact.is_some().into(), "");
    add("solver", (&proof.backend).into(), "");
    add("rows of the program solved", proof.condensed.rows.into(), "");
    add("columns of the program solved", proof.condensed.columns.into(), "");
    add("rows of the program proven", proof.uncondensed.rows.into(), "");
    add("columns of the program proven", proof.uncondensed.columns.into(), "");
    add("emission, CO2 equivalent", outcome.emission.into(), "t/yr");
    add("figures with a source", outcome.figures.sourced.into(), "");
    add("figures that are assumed", outcome.figures.assumed.into(), "");
    add("figures that say neither", outcome.figures.unstated.into(), "");
    add("reeflow", env!("CARGO_PKG_VERSION").into(), "");
    Table::new("summary", "Summary", vec![plain("what"), plain("value"), plain("unit")]).with(rows)
}

pub(super) fn goals(outcome: &Outcome) -> Table {
    let title = match &outcome.period {
        Some(period) => format!("Goals in {period}"),
        None => "Goals".to_owned(),
    };
    let columns = vec![
        plain("goal"),
        plain("wanted"),
        plain("measure"),
        plain("value"),
        plain("sense"),
        plain("bound"),
        plain("unit"),
        plain("met"),
        plain("margin"),
        plain("enforced"),
        plain("best of any plan"),
        plain("why no best"),
        plain("held by"),
        plain("least value of optimal plans"),
        plain("greatest value of optimal plans"),
    ];
    let row = |goal: &GoalOutcome| {
        let [least, greatest] = goal.interval.unwrap_or([None, None]);
        row![
            &goal.name,
            &goal.title,
            &goal.measure,
            goal.value,
            goal.sense,
            goal.bound,
            &goal.unit,
            goal.met,
            goal.slack,
            goal.enforced,
            goal.best,
            &goal.why_no_best,
            holders(&goal.held_by),
            least,
            greatest,
        ]
    };
    Table::new("goals", title, columns).with(outcome.goals.iter().map(row))
}

/// The limits that hold something back, in one text.
pub(super) fn holders(list: &[HeldBy]) -> String {
    list.iter().map(|held| held.limit.as_str()).collect::<Vec<_>>().join(", ")
}

/// A column per year of money.
pub(super) fn money(name: &str, outcome: &Outcome) -> super::Column {
    of(name, &format!("{}/yr", outcome.currency))
}
