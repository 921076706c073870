//! Shadow prices are derivatives: every limit is moved, and the optimum with it.
#![expect(clippy::print_stderr, reason = "figures for people")]

use reeflow::{
    flowsheet::{Flowsheet, LimitId, LimitKind, PeriodId, Port},
    index::Id,
    lp::Options,
    model::{Form, Model, Row, Solution},
};

use super::{
    assemble,
    generate::{Style, generate},
    of_file, of_text, optimum, shipped,
};

/// The figure is moved by this share of itself, both ways.
const STEP: f64 = 1e-5;

/// How many limits were compared, and how.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    /// Both one-sided derivatives agree with the shadow price.
    regular: usize,
    /// They differ, and the shadow price is one of them or lies between.
    degenerate: usize,
}

/// The whole flow at a port, t/yr.
fn flow(flowsheet: &Flowsheet, model: &Model, plan: &Solution, port: Port) -> f64 {
    let streams = match port {
        Port::Stream(stream) => vec![stream],
        Port::Inlet(id) => flowsheet.operations[id].inlets.clone(),
        Port::Blend(id) => flowsheet.operations[id].outlets.clone(),
        Port::Mix(_) | Port::Ingredient(..) | Port::Stock(_) => panic!("no share is of {port:?}"),
    };
    let species = || flowsheet.species.ids();
    let of = |stream| species().map(move |id| (stream, id));
    let nodes = streams.into_iter().flat_map(of);
    nodes.map(|(at, id)| plan.flow(model, flowsheet, at, id, PeriodId::new(0))).sum()
}

/// The change of the objective when a figure grows by a share of itself, ÷ that share.
fn moved(flowsheet: &Flowsheet, limit: LimitId, share: f64, before: f64) -> Option<f64> {
    let mut values = flowsheet.values();
    values[flowsheet.limits[limit].figure] *= 1.0 + share;
    let mut model = assemble(flowsheet, &values);
    let plan = model.solve(flowsheet, &Options::default(), Form::Condensed).ok()?;
    Some((plan.objective - before) / share)
}

/// Compares the shadow price of every limit with what happens when the limit is moved.
fn compare(flowsheet: &Flowsheet) -> Tally {
    let values = flowsheet.values();
    let model = assemble(flowsheet, &values);
    let plan = optimum(flowsheet, &model, Form::Condensed);
    let mut tally = Tally::default();
    for (id, limit) in flowsheet.limits.iter_ids() {
        // The shares of a complete recipe sum to 1: one alone cannot be moved. A figure of 0 has no shares.
        if limit.kind == LimitKind::Recipe || values[limit.figure] == 0.0 {
            continue;
        }
        let row = model.full_row(Row::Limit(id, PeriodId::new(0))).expect("a row");
        let available = limit.availability.map_or(1.0, |figure| values[figure]);
        let of = limit.share_of.map_or(1.0, |port| flow(flowsheet, &model, &plan, port));
        // ∂objective/∂figure × figure: all in units of the objective.
        let price = plan.shadow_price(flowsheet, row) * available * of * values[limit.figure];
        let path = &flowsheet.figures[limit.figure].path;
        let sides: Vec<f64> = [STEP, -STEP]
            .iter()
            .filter_map(|&share| moved(flowsheet, id, share, plan.objective))
            .collect();
        assert!(!sides.is_empty(), "{path}: nothing is left when it moves either way");
        let tolerance = 1e-5 * price.abs() + 1e-8 * plan.objective.abs() + 1e-8;
        let mean = sides.iter().sum::<f64>() / sides.len() as f64;
        let (low, high) = sides.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |found, &side| {
            (found.0.min(side), found.1.max(side))
        });
        let curved = 1e-3 * high.abs().max(low.abs());
        if sides.len() == 2 && high - low <= curved + tolerance {
            assert!((price - mean).abs() <= tolerance, "{path}: {price}, but {sides:?}");
            tally.regular += 1;
        } else {
            let between = price >= low - curved - tolerance && price <= high + curved + tolerance;
            assert!(between, "{path}: {price}, but {sides:?}");
            tally.degenerate += 1;
        }
    }
    tally
}

/// How many shadow prices of a flowsheet are derivatives, and how many lie between two of them; all are one of these.
pub(super) fn compared(flowsheet: &Flowsheet) -> (usize, usize) {
    let tally = compare(flowsheet);
    (tally.regular, tally.degenerate)
}

#[test]
fn shadow_prices_of_shipped_flowsheets_are_derivatives() {
    let mut sum = Tally::default();
    for path in shipped() {
        let found = compare(&of_file(&path, &[]));
        eprintln!("{}: {found:?}", path.display());
        sum.regular += found.regular;
        sum.degenerate += found.degenerate;
    }
    assert!(sum.regular >= 15 && sum.degenerate * 4 <= sum.regular, "{sum:?}");
}

#[test]
fn shadow_prices_of_random_flowsheets_are_derivatives() {
    let mut sum = Tally::default();
    for seed in 0..24 {
        let found = compare(&of_text(&generate(seed * 104_729, 6, Style::PLAIN)));
        sum.regular += found.regular;
        sum.degenerate += found.degenerate;
    }
    eprintln!("random: {sum:?}");
    assert!(sum.regular >= 60 && sum.degenerate * 4 <= sum.regular, "{sum:?}");
}
