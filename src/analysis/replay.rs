//! The decisions of a solved plan, for the balance to compute its flows a second time.

use std::collections::BTreeMap;

use crate::{
    balance::Decisions,
    flowsheet::{Flowsheet, OperationId, PeriodId},
    index::Id,
    model::{Decision, Model, Solution},
};

/// What a plan decides in the first period: supplies, fractions of free splitters, what blenders buy.
///
/// Where nothing comes to a free splitter, all of it goes to the first outlet.
#[must_use]
pub fn decisions(model: &Model, solution: &Solution, flowsheet: &Flowsheet) -> Decisions {
    let period = PeriodId::new(0);
    let drivers = || model.drivers().iter_ids().filter(move |(_, driver)| driver.period == period);
    let mut sums: BTreeMap<OperationId, f64> = BTreeMap::new();
    for (id, driver) in drivers() {
        if let Decision::Split(stream) = driver.decision {
            *sums.entry(flowsheet.streams[stream].from).or_default() += solution.driver(id);
        }
    }
    let mut decisions = Decisions::default();
    for (id, driver) in drivers() {
        let value = solution.driver(id);
        match driver.decision {
            Decision::Supply(feed) => {
                decisions.supply.insert(feed, value);
            }
            Decision::Split(stream) => {
                let splitter = flowsheet.streams[stream].from;
                let sum = sums[&splitter];
                let first = flowsheet.operations[splitter].outlets.first() == Some(&stream);
                let idle = if first { 1.0 } else { 0.0 };
                decisions.fractions.insert(stream, if sum > 0.0 { value / sum } else { idle });
            }
            Decision::Ingredient(blender, species) => {
                decisions.ingredients.insert((blender, species), value);
            }
            // What a blender makes is what it is given; what is built lets flow and does not make it.
            _ => {}
        }
    }
    decisions
}
