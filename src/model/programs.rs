//! The two programs of a model: rows, objective, and both reductions of them to columns.

use super::{
    Column, Decision, Driver, DriverId, Functionals, Linear, NodeId, Row,
    compose::{Composition, TransferRow},
    planning::{Horizon, RuleRow, is_whole, upper_bound},
    system::{Definition, Nodes},
};
use crate::{
    flowsheet::{
        Content, Flowsheet, Kind, Measure, Objective, Operation, OperationId, PeriodId, Port,
        Sense, SpeciesId,
    },
    index::{Id, IdVec},
    lp::{ColumnId, LinearProgram, RowId, RowSense},
};

/// A negative entry of T smaller than this share of its row is rounding.
const ROUNDING: f64 = 1e-12;
/// A sum smaller than this share of its terms is rounding.
const CANCELLED: f64 = 1e-13;

/// A row of the full program after the definitions.
pub(super) struct WrittenRow {
    key: Row,
    sense: RowSense,
    rhs: f64,
    left: Linear,
}

const fn row_sense(sense: Sense) -> RowSense {
    match sense {
        Sense::AtMost => RowSense::AtMost,
        Sense::AtLeast => RowSense::AtLeast,
        Sense::Exactly => RowSense::Equal,
    }
}

/// All rows after the definitions: free splitters, complete recipes, limits, enforced goals.
pub(super) fn write_rows(
    horizon: Horizon<'_>,
    functionals: &Functionals,
    composed: &[(PeriodId, OperationId, Composition)],
) -> Vec<WrittenRow> {
    let flowsheet = horizon.flowsheet;
    let mut rows = Vec::new();
    for (period, operation, _) in composed {
        if !matches!(flowsheet.operations[*operation].kind, Kind::Splitter(_)) {
            continue;
        }
        let at = horizon.at(*period);
        let mut left = Linear::zero();
        for &outlet in &flowsheet.operations[*operation].outlets {
            let driver = functionals.driver(*period, Decision::Split(outlet));
            left.drivers.extend(driver.map(|driver| (driver, 1.0)));
        }
        let inlet = Port::Inlet(*operation);
        left.add(-1.0, &functionals.flow(at, inlet, &Content::whole()));
        let key = Row::Split(*operation, *period);
        rows.push(WrittenRow { key, sense: RowSense::Equal, rhs: 0.0, left });
    }
    for period in flowsheet.periods.ids() {
        let at = horizon.at(period);
        for (id, operation) in flowsheet.operations.iter_ids() {
            for species in foreign_species(flowsheet, operation) {
                let inlet = Port::Inlet(id);
                let left = functionals.flow(at, inlet, &flowsheet.content_of(species));
                let key = Row::Foreign(id, species, period);
                rows.push(WrittenRow { key, sense: RowSense::Equal, rhs: 0.0, left });
            }
        }
        for (id, limit) in flowsheet.limits.iter_ids() {
            let (left, rhs) = functionals.limit(at, limit);
            let key = Row::Limit(id, period);
            rows.push(WrittenRow { key, sense: row_sense(limit.sense), rhs, left });
        }
    }
    for (id, goal) in flowsheet.goals.iter_ids().filter(|(_, goal)| goal.enforced) {
        for (index, bound) in goal.bounds.iter().enumerate() {
            for period in flowsheet.periods.ids().filter(|&period| goal.holds_in(period)) {
                let (left, rhs) = functionals.goal(horizon.at(period), goal, index);
                let key = Row::Goal(id, index, period);
                rows.push(WrittenRow { key, sense: row_sense(bound.sense), rhs, left });
            }
        }
    }
    for RuleRow { rule, period, sense, rhs, left } in functionals.rules(horizon) {
        rows.push(WrittenRow { key: Row::Rule(rule, period), sense, rhs, left });
    }
    rows
}

/// What comes to a blender of complete recipe and fits none of its entries.
fn foreign_species(flowsheet: &Flowsheet, operation: &Operation) -> Vec<SpeciesId> {
    let Kind::Blender(blender) = &operation.kind else { return Vec::new() };
    if !blender.complete {
        return Vec::new();
    }
    let inlets = operation.inlets.iter();
    let mut species: Vec<SpeciesId> = inlets
        .flat_map(|&stream| flowsheet.streams[stream].species.iter().copied())
        .filter(|&id| blender.recipe.iter().all(|entry| entry.content.weight(id) == 0.0))
        .collect();
    species.sort_unstable();
    species.dedup();
    species
}

/// The objective as a minimisation; of a ratio both parts, and nothing yet to minimise.
///
/// Profit is the present worth of all periods; so is a measure that is money. Other measures are summed over time.
pub(super) fn write_objective(
    horizon: Horizon<'_>,
    functionals: &Functionals,
) -> (Linear, Option<(Linear, Linear)>) {
    let flowsheet = horizon.flowsheet;
    let sum = |factor: f64, measure: &Measure| functionals.summed(horizon, factor, measure);
    let objective = &flowsheet.objective;
    match objective.ratio() {
        Some(ratio) => (Linear::zero(), Some((sum(1.0, &ratio.of), sum(1.0, &ratio.to)))),
        None if matches!(objective, Objective::Profit) && flowsheet.is_planned() => {
            let mut worth = Linear::zero();
            worth.add(-1.0, &functionals.worth(horizon));
            (worth, None)
        }
        None => (sum(-objective.sign(), &objective.of()), None),
    }
}

/// Reduces functionals to drivers, one after the other.
pub(super) struct Reducer<'a> {
    transfer: &'a [TransferRow],
    /// What has come together of each driver, and the size of it.
    sums: Vec<(f64, f64)>,
    touched: Vec<DriverId>,
}

impl<'a> Reducer<'a> {
    pub(super) fn new(transfer: &'a [TransferRow], drivers: usize) -> Self {
        Self { transfer, sums: vec![(0.0, 0.0); drivers], touched: Vec::new() }
    }

    /// A functional in the drivers, ascending. What is left of terms that cancel is nothing.
    pub(super) fn reduce(&mut self, linear: &Linear) -> Vec<(DriverId, f64)> {
        for &(node, factor) in &linear.nodes {
            for &(driver, value) in &self.transfer[node.index()] {
                self.add(driver, factor * value);
            }
        }
        for &(driver, factor) in &linear.drivers {
            self.add(driver, factor);
        }
        self.touched.sort_unstable();
        let sums = &mut self.sums;
        let terms = self
            .touched
            .drain(..)
            .map(|driver| (driver, std::mem::take(&mut sums[driver.index()])));
        let kept = terms.filter(|&(_, (sum, size))| sum.is_nan() || sum.abs() > CANCELLED * size);
        kept.map(|(driver, (sum, _))| (driver, sum)).collect()
    }

    fn add(&mut self, driver: DriverId, value: f64) {
        let (sum, size) = &mut self.sums[driver.index()];
        if *size == 0.0 && value != 0.0 {
            self.touched.push(driver);
        }
        *sum += value;
        *size += value.abs();
    }
}

/// A functional reduced to the drivers, one factor for each.
pub(super) fn reduce(linear: &Linear, transfer: &[TransferRow], drivers: usize) -> Vec<f64> {
    let mut dense = vec![0.0; drivers];
    for (driver, value) in Reducer::new(transfer, drivers).reduce(linear) {
        dense[driver.index()] = value;
    }
    dense
}

/// What both programs are made of.
pub(super) struct Programs<'a> {
    pub(super) definitions: &'a [Definition],
    pub(super) transfer: &'a [TransferRow],
    pub(super) drivers: &'a IdVec<DriverId, Driver>,
}

impl Programs<'_> {
    /// Every node and driver a column, at no cost yet.
    pub(super) fn write_full(&self, rows: &[WrittenRow]) -> LinearProgram<Column, Row> {
        let nodes = self.definitions.len();
        let columns = nodes + self.drivers.len();
        let column = |at: usize| ColumnId::new(at);
        let mut program = LinearProgram::new();
        let defined = self.definitions.iter().map(|it| 1 + it.nodes.len() + it.drivers.len());
        let written = rows.iter().map(|row| row.left.nodes.len() + row.left.drivers.len());
        program.reserve(columns, nodes + rows.len(), defined.chain(written).sum());
        for at in 0..columns {
            let key = if at < nodes {
                Column::Flow(NodeId::new(at))
            } else {
                Column::Driver(DriverId::new(at - nodes))
            };
            let decision = match key {
                Column::Driver(driver) => Some(self.drivers[driver].decision),
                Column::Flow(_) => None,
            };
            let upper = decision.map_or(f64::INFINITY, upper_bound);
            let added = program.add_column(key, 0.0, 0.0, upper);
            if decision.is_some_and(is_whole) {
                program.set_integer(added);
            }
        }
        let of_driver = |driver: DriverId| column(nodes + driver.index());
        for (at, definition) in self.definitions.iter().enumerate() {
            let own = std::iter::once((column(at), 1.0));
            let from = definition.nodes.iter().map(|&(from, value)| (column(from.index()), -value));
            let driven = definition.drivers.iter().map(|&(id, value)| (of_driver(id), -value));
            let key = Row::Definition(NodeId::new(at));
            program.add_row(key, RowSense::Equal, 0.0, own.chain(from).chain(driven));
        }
        for row in rows {
            let from = row.left.nodes.iter().map(|&(node, value)| (column(node.index()), value));
            let driven = row.left.drivers.iter().map(|&(id, value)| (of_driver(id), value));
            program.add_row(row.key, row.sense, row.rhs, from.chain(driven));
        }
        program
    }

    /// Gives the columns of the full program their costs.
    pub(super) fn price_full(&self, full: &mut LinearProgram<Column, Row>, objective: &Linear) {
        let nodes = self.definitions.len();
        let of_nodes = objective.nodes.iter().map(|&(node, value)| (node.index(), value));
        let drivers = objective.drivers.iter();
        let of_drivers = drivers.map(|&(driver, value)| (nodes + driver.index(), value));
        for (at, value) in of_nodes.chain(of_drivers) {
            let column = ColumnId::new(at);
            full.set_cost(column, full.column(column).cost + value);
        }
    }

    /// Only drivers are columns; with the full program's row of each row.
    pub(super) fn write_condensed(
        &self,
        flowsheet: &Flowsheet,
        nodes: &Nodes,
        rows: &[WrittenRow],
        objective: &Linear,
    ) -> (LinearProgram<Column, Row>, Vec<Option<RowId>>) {
        let mut reducer = Reducer::new(self.transfer, self.drivers.len());
        let mut program = LinearProgram::new();
        let mut costs = vec![0.0; self.drivers.len()];
        for (driver, cost) in reducer.reduce(objective) {
            costs[driver.index()] = cost;
        }
        for (driver, cost) in self.drivers.ids().zip(costs) {
            let decision = self.drivers[driver].decision;
            let added =
                program.add_column(Column::Driver(driver), cost, 0.0, upper_bound(decision));
            if is_whole(decision) {
                program.set_integer(added);
            }
        }
        let mut full_rows = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let terms = reducer.reduce(&row.left).into_iter();
            let terms = terms.map(|(driver, value)| (ColumnId::new(driver.index()), value));
            program.add_row(row.key, row.sense, row.rhs, terms);
            full_rows.push(Some(RowId::new(self.definitions.len() + at)));
        }
        for (node, data) in nodes.items.iter_ids() {
            let from = flowsheet.streams[data.stream].from;
            if !matches!(flowsheet.operations[from].kind, Kind::Reactor(_)) {
                continue;
            }
            let row = &self.transfer[node.index()];
            let size = row.iter().fold(0.0_f64, |size, &(_, value)| size.max(value.abs()));
            if row.iter().any(|&(_, value)| value < -ROUNDING * size) {
                let terms = row.iter().map(|&(id, value)| (ColumnId::new(id.index()), value));
                program.add_row(Row::NotNegative(node), RowSense::AtLeast, 0.0, terms);
                full_rows.push(None);
            }
        }
        (program, full_rows)
    }
}
