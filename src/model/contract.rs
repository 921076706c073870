//! What a figure does to the definitions of its own operation, contracted with multipliers.
//!
//! The derivative of a functional by a figure of the definitions `x = R x + S z` is `y · (∂R/∂θ x + ∂S/∂θ z)`. Only the
//! definitions of one operation hold the figure, unless the composition that a free splitter or a blender further down
//! is given depends on it.

use super::{
    At, Model, NodeId, Sensitivity, Solution,
    system::{Definer, Definition},
};
use crate::{
    flowsheet::{Flowsheet, Kind, OperationId},
    index::{Id, IdVec},
};

/// The definitions of one operation with a figure moved.
#[derive(Clone, Debug)]
pub(crate) struct MovedDefinitions(Vec<(NodeId, Definition)>);

impl Model {
    /// The definitions of an operation at other values of the figures; none if they also rest on a composition that was
    /// inferred.
    pub(crate) fn moved_definitions(
        &self,
        at: At<'_>,
        operation: OperationId,
    ) -> Option<MovedDefinitions> {
        if rests_on_composition(&at.flowsheet.operations[operation].kind) {
            return None;
        }
        let definer = Definer {
            flowsheet: at.flowsheet,
            values: at.values,
            nodes: &self.nodes,
            first_driver: &self.first_driver,
            period: at.period,
        };
        Some(MovedDefinitions(definer.define(operation, None)))
    }

    /// `Σ y (ΔR x + ΔS z)`: what moved definitions do to a functional at the optimum.
    pub(crate) fn contract(
        &self,
        moved: &MovedDefinitions,
        solution: &Solution,
        sensitivity: &Sensitivity,
    ) -> f64 {
        let value = |definition: &Definition| -> f64 {
            let nodes = definition.nodes.iter().map(|&(id, factor)| factor * solution.node(id));
            let drivers =
                definition.drivers.iter().map(|&(id, factor)| factor * solution.driver(id));
            nodes.chain(drivers).sum()
        };
        let parts = moved.0.iter().map(|(node, definition)| {
            let multiplier = sensitivity.node(*node);
            if multiplier == 0.0 {
                return 0.0;
            }
            multiplier * (value(definition) - value(&self.definitions[node.index()]))
        });
        parts.sum()
    }
}

/// Whether the outlets of an operation are given a composition that is inferred from what reaches it.
fn rests_on_composition(kind: &Kind) -> bool {
    match kind {
        Kind::Splitter(splitter) => splitter.fixed.is_none(),
        Kind::Blender(_) => true,
        _ => false,
    }
}

/// Whether what leaves each operation reaches a free splitter or a blender of complete recipe, itself among them.
pub(crate) fn leads_to_composition(flowsheet: &Flowsheet) -> IdVec<OperationId, bool> {
    let mut leads: IdVec<OperationId, bool> = flowsheet.operations.iter().map(|_| false).collect();
    let composed = |kind: &Kind| match kind {
        Kind::Blender(blender) => blender.complete,
        kind => rests_on_composition(kind),
    };
    let mut waiting: Vec<OperationId> = flowsheet
        .operations
        .iter_ids()
        .filter(|(_, operation)| composed(&operation.kind))
        .map(|(id, _)| id)
        .collect();
    while let Some(operation) = waiting.pop() {
        if std::mem::replace(&mut leads[operation], true) {
            continue;
        }
        let inlets = &flowsheet.operations[operation].inlets;
        waiting.extend(inlets.iter().map(|&stream| flowsheet.streams[stream].from));
    }
    leads
}
