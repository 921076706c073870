//! Where each figure is used: what must be written again if it alone is moved.

use crate::{
    analysis::context::Context,
    flowsheet::{Feed, FigureId, Flowsheet, Kind, Operation, OperationId, Port, Price, Separation},
    index::IdVec,
    lp::RowId,
    model::{Row, leads_to_composition},
};

/// What uses one figure.
#[derive(Clone, Debug, Default)]
pub(super) struct Uses {
    /// Operations whose flows, earnings, costs, consumption or emission it enters, ascending.
    pub(super) operations: Vec<OperationId>,
    /// Rows of limits that it enters, and of goals that it bounds.
    pub(super) rows: Vec<(RowId, Row)>,
    /// Whether it stands in the definitions: assays, recoveries, fractions, reactions, recipes.
    pub(super) shapes: bool,
}

/// What uses each figure.
pub(super) struct Users {
    uses: IdVec<FigureId, Uses>,
    /// Rows of enforced goals: measures in which any figure may stand.
    pub(super) enforced: Vec<(RowId, Row)>,
    leads: IdVec<OperationId, bool>,
    /// Figures by which cascades are designed, ascending.
    designs: Vec<FigureId>,
}

impl Users {
    /// Looks through a whole flowsheet.
    pub(super) fn new(context: &Context<'_>) -> Self {
        let flowsheet = context.flowsheet;
        let mut uses: IdVec<FigureId, Uses> =
            flowsheet.figures.iter().map(|_| Uses::default()).collect();
        let mut enforced = Vec::new();
        for (id, operation) in flowsheet.operations.iter_ids() {
            let mut add = |figure: FigureId| uses[figure].operations.push(id);
            of_operation(flowsheet, operation, &mut add);
            shaping_of(&operation.kind, &mut |figure: FigureId| {
                uses[figure].operations.push(id);
                uses[figure].shapes = true;
            });
        }
        for entry in &mut uses {
            entry.operations.sort_unstable();
            entry.operations.dedup();
        }
        for (row, key) in context.model.written_rows() {
            match key {
                Row::Limit(id, _) => {
                    let limit = &flowsheet.limits[id];
                    let mut figures: Vec<FigureId> =
                        [Some(limit.figure), limit.availability].into_iter().flatten().collect();
                    for port in [Some(limit.port), limit.share_of].into_iter().flatten() {
                        if let Port::Inlet(operation) = port
                            && let Kind::Feed(feed) = &flowsheet.operations[operation].kind
                        {
                            of_assay(feed, &mut |figure| figures.push(figure));
                        }
                    }
                    figures.sort_unstable();
                    figures.dedup();
                    for figure in figures {
                        uses[figure].rows.push((row, key));
                    }
                }
                Row::Goal(id, at, _) => {
                    enforced.push((row, key));
                    uses[flowsheet.goals[id].bounds[at].figure].rows.push((row, key));
                }
                _ => {}
            }
        }
        let designs = flowsheet.designing_figures();
        Self { uses, enforced, leads: leads_to_composition(flowsheet), designs }
    }

    /// Whether a cascade is designed by a figure.
    pub(super) fn designs(&self, figure: FigureId) -> bool {
        self.designs.binary_search(&figure).is_ok()
    }

    /// What uses a figure.
    pub(super) fn of(&self, figure: FigureId) -> &Uses {
        &self.uses[figure]
    }

    /// The one operation whose definitions alone a figure shapes; none if a composition further down depends on it.
    pub(super) fn alone(&self, figure: FigureId) -> Option<OperationId> {
        match self.uses[figure].operations[..] {
            [operation] if !self.leads[operation] => Some(operation),
            _ => None,
        }
    }
}

/// Figures of an operation's earnings, costs, consumption and emission.
fn of_operation(flowsheet: &Flowsheet, operation: &Operation, add: &mut dyn FnMut(FigureId)) {
    operation.opex.iter().for_each(|rate| add(rate.figure));
    operation.emission.iter().for_each(|rate| add(rate.figure));
    for item in &operation.consumes {
        let consumable = &flowsheet.consumables[item.consumable];
        add(item.rate.figure);
        add(consumable.price);
        consumable.emission.into_iter().for_each(&mut *add);
    }
    for &stream in &operation.outlets {
        flowsheet.streams[stream].price.iter().for_each(|price| of_price(price, add));
    }
    match &operation.kind {
        Kind::Feed(feed) => {
            feed.cost.into_iter().for_each(&mut *add);
            // What is in situ counts at market prices.
            flowsheet.market.iter().for_each(|term| add(term.figure));
        }
        Kind::Reactor(reactor) => reactor.reagents.iter().for_each(|item| add(item.price)),
        Kind::Blender(blender) => blender.ingredients.iter().for_each(|item| add(item.price)),
        Kind::Product(product) => of_price(&product.price, add),
        Kind::Waste(waste) => {
            for term in &waste.cost {
                add(term.figure);
                term.payable.into_iter().for_each(&mut *add);
            }
        }
        Kind::Separator(_) | Kind::Splitter(_) | Kind::Stockpile(_) | Kind::Use(_) => {}
    }
}

fn of_price(price: &Price, add: &mut dyn FnMut(FigureId)) {
    for term in &price.terms {
        add(term.figure);
        term.payable.into_iter().for_each(&mut *add);
    }
}

fn of_assay(feed: &Feed, add: &mut dyn FnMut(FigureId)) {
    for grade in &feed.assay.grades {
        add(grade.figure);
        grade.parts.iter().copied().for_each(&mut *add);
    }
}

/// Figures that stand in the definitions of an operation: assays, recoveries, fractions, reactions, recipes.
fn shaping_of(kind: &Kind, add: &mut dyn FnMut(FigureId)) {
    let of_separation = |separation: &Separation, add: &mut dyn FnMut(FigureId)| {
        for recovery in &separation.recoveries {
            recovery.species.iter().for_each(|&(_, figure)| add(figure));
            recovery.default.into_iter().for_each(&mut *add);
        }
    };
    match kind {
        Kind::Feed(feed) => of_assay(feed, add),
        Kind::Separator(separator) => of_separation(&separator.separation, add),
        Kind::Splitter(splitter) => {
            let fixed = splitter.fixed.iter().flatten();
            fixed.filter_map(|&(_, figure)| figure).for_each(add);
        }
        Kind::Reactor(reactor) => {
            reactor.reactions.iter().for_each(|reaction| add(reaction.conversion));
            reactor.reagents.iter().filter_map(|reagent| reagent.excess).for_each(&mut *add);
            of_separation(&reactor.separation, add);
        }
        Kind::Blender(blender) => {
            blender.recipe.iter().filter_map(|entry| entry.share).for_each(add);
        }
        Kind::Product(_) | Kind::Waste(_) | Kind::Stockpile(_) | Kind::Use(_) => {}
    }
}

/// Whether each figure stands in the definitions.
pub(super) fn shaping(flowsheet: &Flowsheet) -> IdVec<FigureId, bool> {
    let mut shapes: IdVec<FigureId, bool> = flowsheet.figures.iter().map(|_| false).collect();
    for operation in &flowsheet.operations {
        shaping_of(&operation.kind, &mut |figure| shapes[figure] = true);
    }
    shapes
}
