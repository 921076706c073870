//! The flowsheet as a linear program, composition inference and condensation.
#![doc = include_str!("model/formulation.md")]

mod assemble;
mod compose;
mod condense;
mod contract;
mod family;
mod functional;
mod linear;
mod planning;
mod programs;
mod ratio;
mod solution;
mod specification;
mod system;

pub(crate) use contract::{MovedDefinitions, leads_to_composition};
pub(crate) use family::{AGREES, Difference, Family};
pub(crate) use functional::At;
pub use functional::Functionals;
pub use linear::Linear;
pub use planning::Rule;
pub(crate) use planning::{Horizon, Shape, shape};
pub use ratio::RatioProof;
pub use solution::{Failure, Form, RatioFailure, Sensitivity, Solution};

use std::sync::Arc;

use crate::{
    diagnostic::{Diagnostics, Span},
    flowsheet::{
        BuildId, Flowsheet, GoalId, LimitId, OperationId, PeriodId, SpeciesId, StreamId, Values,
    },
    index::IdVec,
    lp::{LinearProgram, RowId},
    typed_id,
};

typed_id! {
    /// The flow of one species in one stream in one period, t/yr.
    pub struct NodeId
}
typed_id! {
    /// A scalar that decides, t/yr.
    pub struct DriverId
}

/// The flow of one species in one stream in one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// The stream.
    pub stream: StreamId,
    /// The species.
    pub species: SpeciesId,
    /// The period.
    pub period: PeriodId,
}

/// What a driver decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// What a feed supplies.
    Supply(OperationId),
    /// What goes to one outlet of a splitter whose shares are free.
    Split(StreamId),
    /// What a blender makes.
    Blend(OperationId),
    /// What a blender buys of an ingredient.
    Ingredient(OperationId, SpeciesId),
    /// What is drawn from a stockpile.
    Draw(OperationId),
    /// What is in a stockpile at the end of the period, t.
    Stock(OperationId),
    /// 1: what was sold before the first period.
    Past(OperationId),
    /// What is sold by a contract of a product.
    Contract(OperationId, usize),
    /// What is paid for and not taken of a feed.
    Unused(OperationId),
    /// Capacity that is added, t/yr.
    Addition(BuildId),
    /// Size within one piece of a cost curve, t/yr.
    Piece(BuildId, usize),
    /// Whether that piece is taken, 0 or 1.
    Pick(BuildId, usize),
    /// How many trains are built.
    Trains(BuildId),
    /// Whether an alternative is there, 0 or 1.
    Open(OperationId),
    /// Operators of the whole flowsheet, whole.
    Operators,
    /// 1: what is there whatever is decided.
    Standing,
    /// What is taxed, money over the period.
    Taxable,
    /// Loss that is carried to the next period, money.
    Loss,
}

/// A scalar that decides, t/yr, ≥ 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Driver {
    /// What it decides.
    pub decision: Decision,
    /// When.
    pub period: PeriodId,
}

/// Key of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// A flow of a species in a stream; only in the full program.
    Flow(NodeId),
    /// A driver.
    Driver(DriverId),
}

/// Key of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// A node is what its operation makes of its inlets; only in the full program.
    Definition(NodeId),
    /// The outlets of a free splitter sum to its inlet.
    Split(OperationId, PeriodId),
    /// What a blender of complete recipe cannot take.
    Foreign(OperationId, SpeciesId, PeriodId),
    /// A limit of the flowsheet.
    Limit(LimitId, PeriodId),
    /// A bound of an enforced goal.
    Goal(GoalId, usize, PeriodId),
    /// What decisions of planning obey.
    Rule(Rule, PeriodId),
    /// A flow that could become negative, because a reaction consumes it; only in the condensed program.
    NotNegative(NodeId),
}

/// A flowsheet as a linear program, whole and condensed.
#[derive(Clone, Debug)]
pub struct Model {
    nodes: Arc<system::Nodes>,
    drivers: IdVec<DriverId, Driver>,
    /// First driver of each operation, per period.
    first_driver: Vec<usize>,
    definitions: Vec<system::Definition>,
    transfer: Vec<compose::TransferRow>,
    steps: Vec<condense::Step>,
    /// Every node and driver a column.
    full: LinearProgram<Column, Row>,
    /// Only drivers are columns.
    condensed: LinearProgram<Column, Row>,
    /// The full program's row of each condensed row; none for [`Row::NotNegative`].
    full_rows: Vec<Option<RowId>>,
    /// The functional of each row of the full program after the definitions, and of the objective.
    functionals: Functionals,
    /// Numerator and denominator of an objective that is a ratio.
    ratio: Option<(Linear, Linear)>,
    /// The values of all figures in each period.
    values: IdVec<PeriodId, Values>,
}

impl Model {
    /// Writes the flowsheet as a linear program at given values of its figures.
    ///
    /// An objective that is a ratio is written by [`Model::solve`], which has to find it first; until then there is
    /// nothing to minimise.
    ///
    /// # Errors
    /// Loops without purge, splitters on streams whose composition depends on decisions, specifications that no
    /// mixture can meet.
    pub fn assemble(flowsheet: &Flowsheet, values: &Values) -> Result<Self, Diagnostics> {
        assemble::assemble(flowsheet, values)
    }

    /// The program with one column per flow of a species and per driver.
    #[must_use]
    pub const fn full(&self) -> &LinearProgram<Column, Row> {
        &self.full
    }

    /// The program in the drivers alone.
    #[must_use]
    pub const fn condensed(&self) -> &LinearProgram<Column, Row> {
        &self.condensed
    }

    /// What functionals are written at: the flowsheet, and the values of its figures in one period.
    pub(crate) fn at<'a>(&'a self, flowsheet: &'a Flowsheet, period: PeriodId) -> At<'a> {
        At { flowsheet, values: &self.values[period], period }
    }

    /// The same for all periods.
    pub(crate) const fn horizon<'a>(&'a self, flowsheet: &'a Flowsheet) -> Horizon<'a> {
        Horizon { flowsheet, values: &self.values }
    }

    /// Asks no whole values of the condensed program any more: what no plan of it reaches, none reaches.
    pub(crate) fn relax(&mut self) {
        self.condensed.relax();
    }

    /// The objective in the flowsheet's own sense: a functional, or the two of a ratio.
    pub(crate) fn objective(&self, flowsheet: &Flowsheet) -> (Linear, Option<Linear>) {
        let written = programs::write_objective(self.horizon(flowsheet), &self.functionals);
        match written {
            (_, Some((of, to))) => (of, Some(to)),
            (least, None) => (Linear::sum(&[(-flowsheet.objective.sign(), least)]), None),
        }
    }

    /// Functionals of the flows: measures, values, costs, limits.
    #[must_use]
    pub const fn functionals(&self) -> &Functionals {
        &self.functionals
    }

    /// All nodes.
    #[must_use]
    pub fn nodes(&self) -> &IdVec<NodeId, Node> {
        &self.nodes.items
    }

    /// All drivers.
    #[must_use]
    pub const fn drivers(&self) -> &IdVec<DriverId, Driver> {
        &self.drivers
    }

    /// The node of a species in a stream, if it can be there.
    #[must_use]
    pub fn node(
        &self,
        flowsheet: &Flowsheet,
        stream: StreamId,
        species: SpeciesId,
        period: PeriodId,
    ) -> Option<NodeId> {
        self.nodes.find(flowsheet, stream, species, period)
    }

    /// What a driver decides on, for people, and where it was written.
    pub(crate) fn place_of(&self, flowsheet: &Flowsheet, driver: DriverId) -> (String, Span) {
        assemble::place_of(flowsheet, &self.drivers, driver)
    }

    /// The name of a column for exports: `flow(ore,Nd2O3)`, `supply(ore)`; with several periods `supply(ore)@2030`.
    #[must_use]
    pub fn column_name(&self, flowsheet: &Flowsheet, column: Column) -> String {
        let stream = |id: StreamId| &flowsheet.streams[id].name;
        let operation = |id: OperationId| &flowsheet.operations[id].name;
        let species = |id: SpeciesId| &flowsheet.species[id].name;
        let built = |id: BuildId| operation(flowsheet.builds[id].operation);
        let (name, period) = match column {
            Column::Flow(node) => {
                let node = self.nodes.items[node];
                let name = format!("flow({},{})", stream(node.stream), species(node.species));
                (name, node.period)
            }
            Column::Driver(driver) => {
                let name = match self.drivers[driver].decision {
                    Decision::Supply(id) => format!("supply({})", operation(id)),
                    Decision::Split(id) => format!("split({})", stream(id)),
                    Decision::Blend(id) => format!("blend({})", operation(id)),
                    Decision::Ingredient(id, item) => {
                        format!("buy({},{})", operation(id), species(item))
                    }
                    Decision::Draw(id) => format!("draw({})", operation(id)),
                    Decision::Stock(id) => format!("stock({})", operation(id)),
                    Decision::Past(id) => format!("past({})", operation(id)),
                    Decision::Contract(id, at) => format!("contract({},{at})", operation(id)),
                    Decision::Unused(id) => format!("unused({})", operation(id)),
                    Decision::Addition(id) => format!("build({})", built(id)),
                    Decision::Piece(id, at) => format!("build({},{at})", built(id)),
                    Decision::Pick(id, at) => format!("pick({},{at})", built(id)),
                    Decision::Trains(id) => format!("trains({})", built(id)),
                    Decision::Open(id) => format!("open({})", operation(id)),
                    Decision::Operators => "operators".to_owned(),
                    Decision::Standing => "standing".to_owned(),
                    Decision::Taxable => "taxable".to_owned(),
                    Decision::Loss => "loss".to_owned(),
                };
                (name, self.drivers[driver].period)
            }
        };
        dated(flowsheet, name, period)
    }

    /// The name of a row for exports: `capacity(leach)`, `define(leach,Nd2O3)`; with several periods `…@2030`.
    #[must_use]
    pub fn row_name(&self, flowsheet: &Flowsheet, row: Row) -> String {
        let node_name = |id: NodeId| {
            let node = self.nodes.items[id];
            let stream = &flowsheet.streams[node.stream].name;
            (format!("{stream},{}", flowsheet.species[node.species].name), node.period)
        };
        let operation = |id: OperationId| &flowsheet.operations[id].name;
        let built = |id: BuildId| operation(flowsheet.builds[id].operation);
        let (name, period) = match row {
            Row::Definition(node) => {
                let (name, period) = node_name(node);
                (format!("define({name})"), period)
            }
            Row::NotNegative(node) => {
                let (name, period) = node_name(node);
                (format!("not-negative({name})"), period)
            }
            Row::Split(id, period) => (format!("split({})", operation(id)), period),
            Row::Foreign(id, species, period) => {
                let species = &flowsheet.species[species].name;
                (format!("foreign({},{species})", operation(id)), period)
            }
            Row::Limit(id, period) => {
                (flowsheet.figures[flowsheet.limits[id].figure].path.clone(), period)
            }
            Row::Goal(id, at, period) => {
                let goal = &flowsheet.goals[id];
                (flowsheet.figures[goal.bounds[at].figure].path.clone(), period)
            }
            Row::Rule(rule, period) => {
                let name = match rule {
                    Rule::Stock(id) => format!("stock({})", operation(id)),
                    Rule::Contracts(id) => format!("contracts({})", operation(id)),
                    Rule::TakeOrPay(id) => format!("take-or-pay({})", operation(id)),
                    Rule::Past(id) => format!("past({})", operation(id)),
                    Rule::PieceEnd(id, at) => format!("piece-end({},{at})", built(id)),
                    Rule::PieceStart(id, at) => format!("piece-start({},{at})", built(id)),
                    Rule::OnePiece(id) => format!("one-piece({})", built(id)),
                    Rule::Largest(id) => format!("largest({})", built(id)),
                    Rule::Choice(id) => format!("choice({})", flowsheet.choices[id].name),
                    Rule::Closed(id) => format!("closed({})", operation(id)),
                    Rule::Standing => "standing".to_owned(),
                    Rule::Operators => "operators".to_owned(),
                    Rule::Budget => "money.budget".to_owned(),
                    Rule::Taxable => "taxable".to_owned(),
                };
                (name, period)
            }
        };
        dated(flowsheet, name, period)
    }
}

/// A name with its period, if there are several.
fn dated(flowsheet: &Flowsheet, name: String, period: PeriodId) -> String {
    if flowsheet.periods.len() == 1 {
        return name;
    }
    format!("{name}@{}", flowsheet.periods[period].name)
}
