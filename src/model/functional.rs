//! Functionals: limits, measures, prices and costs as linear expressions in nodes and drivers.

use std::{collections::HashMap, sync::Arc};

use super::{Decision, Driver, DriverId, Linear, NodeId, system::Nodes};
use crate::{
    flowsheet::{
        Content, CostOf, Flowsheet, Goal, Kind, Limit, LimitKind, Measure, OperationId, PeriodId,
        Port, Price, Rate, ReactorMap, Sense, SpeciesId, StreamId, Term, ValueOf, Values,
    },
    index::IdVec,
};

/// Everything needed to write functionals of a model's flows.
#[derive(Clone, Debug)]
pub struct Functionals {
    nodes: Arc<Nodes>,
    drivers: HashMap<(PeriodId, Decision), DriverId>,
}

/// The figures at hand: the flowsheet, the values of its figures, the period.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) flowsheet: &'a Flowsheet,
    pub(crate) values: &'a Values,
    pub(crate) period: PeriodId,
}

impl Functionals {
    pub(super) fn new(nodes: Arc<Nodes>, drivers: &IdVec<DriverId, Driver>) -> Self {
        let key = |(id, driver): (DriverId, &Driver)| ((driver.period, driver.decision), id);
        let drivers = drivers.iter_ids().map(key).collect();
        Self { nodes, drivers }
    }

    /// Flow of a content at a port, t/yr.
    pub(crate) fn flow(&self, at: At<'_>, port: Port, content: &Content) -> Linear {
        let mut flow = Linear::zero();
        match port {
            Port::Stream(stream) => self.add_stream(at, stream, content, &mut flow),
            Port::Inlet(operation) => {
                let data = &at.flowsheet.operations[operation];
                if let Kind::Feed(feed) = &data.kind {
                    // By the driver: what a feed costs and what limits it is no part of the worth of its stream.
                    let fractions = feed.assay.fractions(at.values);
                    let parts = fractions.iter().map(|&(id, share)| content.weight(id) * share);
                    let weight = if content.is_whole() { 1.0 } else { parts.sum() };
                    self.add_driver(at, Decision::Supply(operation), weight, &mut flow);
                } else {
                    // What enters; of products in service, what comes back.
                    let streams = match &data.kind {
                        Kind::Use(_) => &data.outlets,
                        _ => &data.inlets,
                    };
                    for &stream in streams {
                        self.add_stream(at, stream, content, &mut flow);
                    }
                }
            }
            Port::Blend(operation) => {
                self.add_driver(at, Decision::Blend(operation), 1.0, &mut flow);
            }
            Port::Mix(operation) => {
                let data = &at.flowsheet.operations[operation];
                for &stream in &data.inlets {
                    self.add_stream(at, stream, content, &mut flow);
                }
                if let Kind::Blender(blender) = &data.kind {
                    for ingredient in &blender.ingredients {
                        let weight = content.weight(ingredient.species);
                        self.add_driver(
                            at,
                            Decision::Ingredient(operation, ingredient.species),
                            weight,
                            &mut flow,
                        );
                    }
                }
            }
            Port::Contract(operation, contract) => {
                self.add_driver(at, Decision::Contract(operation, contract), 1.0, &mut flow);
            }
            Port::Stock(operation) => {
                self.add_driver(at, Decision::Stock(operation), 1.0, &mut flow);
            }
            Port::Ingredient(operation, species) => {
                let key = Decision::Ingredient(operation, species);
                self.add_driver(at, key, content.weight(species), &mut flow);
            }
        }
        flow
    }

    fn add_stream(&self, at: At<'_>, stream: StreamId, content: &Content, flow: &mut Linear) {
        for (node, species) in self.nodes.of(at.flowsheet, stream, at.period) {
            let weight = content.weight(species);
            if weight != 0.0 {
                flow.nodes.push((node, weight));
            }
        }
    }

    /// The driver of a decision; none if it is not to be taken.
    pub(crate) fn driver(&self, period: PeriodId, decision: Decision) -> Option<DriverId> {
        self.drivers.get(&(period, decision)).copied()
    }

    fn add_driver(&self, at: At<'_>, decision: Decision, weight: f64, flow: &mut Linear) {
        if let (Some(driver), true) = (self.driver(at.period, decision), weight != 0.0) {
            flow.drivers.push((driver, weight));
        }
    }

    /// What a limit measures, less the share it allows: the left side of its row; and the right side.
    pub(crate) fn limit(&self, at: At<'_>, limit: &Limit) -> (Linear, f64) {
        let bound = Self::bound(at, limit);
        let mut left = self.flow(at, limit.port, &limit.content);
        if limit.build.is_some() {
            left.add(-1.0, &self.grown(at, limit));
        } else if let Some(open) = self.closing(at, limit) {
            left.drivers.push((open, -bound));
            return (left, 0.0);
        }
        let Some(whole) = limit.share_of else { return (left, bound) };
        left.add(-bound, &self.flow(at, whole, &Content::whole()));
        (left, 0.0)
    }

    /// The bound of a limit as it was written, without what is built: t/yr, or a share.
    pub(crate) fn bound(at: At<'_>, limit: &Limit) -> f64 {
        at.values[limit.figure] * limit.availability.map_or(1.0, |figure| at.values[figure])
    }

    /// What was built and is at hand of a limit, beyond its bound as it was written, t/yr.
    pub(crate) fn grown(&self, at: At<'_>, limit: &Limit) -> Linear {
        let mut grown = Linear::zero();
        if let Some(build) = limit.build {
            let available = limit.availability.map_or(1.0, |figure| at.values[figure]);
            grown.add(available, &self.built(at, build));
        }
        grown
    }

    /// The decision on an alternative that closes a limit.
    fn closing(&self, at: At<'_>, limit: &Limit) -> Option<DriverId> {
        let closes = matches!(limit.kind, LimitKind::Capacity | LimitKind::Supply);
        let open = || self.open(at.period, limit.operation);
        (closes && limit.sense == Sense::AtMost).then(open).flatten()
    }

    /// What an enforced goal measures, less its bound times the denominator: the left side of its row; and the right
    /// side.
    pub(crate) fn goal(&self, at: At<'_>, goal: &Goal, bound: usize) -> (Linear, f64) {
        let wanted = at.values[goal.bounds[bound].figure];
        let mut left = self.measure(at, &goal.of);
        let Some(to) = &goal.to else { return (left, wanted) };
        left.add(-wanted, &self.measure(at, to));
        (left, 0.0)
    }

    /// Market value of what flows in a stream, money per year.
    pub(crate) fn price(&self, at: At<'_>, port: Port, price: &Price) -> Linear {
        let mut value = Linear::zero();
        for term in &price.terms {
            value.add(term.paid(at.values), &self.flow(at, port, &term.content));
        }
        value
    }

    pub(super) fn rate(&self, at: At<'_>, rate: &Rate) -> Linear {
        let mut amount = Linear::zero();
        amount.add(at.values[rate.figure], &self.flow(at, rate.port, &rate.content));
        amount
    }

    /// What a product earns, money per year; zero for other operations.
    pub(crate) fn revenue(&self, at: At<'_>, operation: OperationId) -> Linear {
        match &at.flowsheet.operations[operation].kind {
            Kind::Product(product) => {
                let mut revenue = self.price(at, Port::Inlet(operation), &product.price);
                revenue.add(1.0, &self.contracts(at, operation));
                revenue
            }
            _ => Linear::zero(),
        }
    }

    /// What a feed costs at the gate, money per year; zero for other operations.
    pub(crate) fn feed_cost(&self, at: At<'_>, operation: OperationId) -> Linear {
        match &at.flowsheet.operations[operation].kind {
            Kind::Feed(feed) => {
                let mut cost = Linear::zero();
                if let Some(figure) = feed.cost {
                    let whole = self.flow(at, Port::Inlet(operation), &Content::whole());
                    cost.add(at.values[figure], &whole);
                    if let Some(driver) = self.driver(at.period, Decision::Unused(operation)) {
                        cost.drivers.push((driver, at.values[figure]));
                    }
                }
                cost
            }
            _ => Linear::zero(),
        }
    }

    /// Contained species of a feed at market prices, all paid, money per year.
    pub(crate) fn in_situ(&self, at: At<'_>, operation: OperationId) -> Linear {
        let mut value = Linear::zero();
        for term in &at.flowsheet.market {
            let amount = self.flow(at, Port::Inlet(operation), &term.content);
            value.add(at.values[term.figure], &amount);
        }
        value
    }

    /// Operating cost without consumables, money per year.
    pub(crate) fn opex(&self, at: At<'_>, operation: OperationId) -> Linear {
        let mut cost = Linear::zero();
        for rate in &at.flowsheet.operations[operation].opex {
            cost.add(1.0, &self.rate(at, rate));
        }
        cost
    }

    /// Cost of what an operation consumes, money per year.
    pub(crate) fn consumables(&self, at: At<'_>, operation: OperationId) -> Linear {
        let mut cost = Linear::zero();
        for item in &at.flowsheet.operations[operation].consumes {
            let price = at.values[at.flowsheet.consumables[item.consumable].price];
            cost.add(price, &self.rate(at, &item.rate));
        }
        cost
    }

    /// What an operation consumes of one consumable, units per year.
    pub(crate) fn consumption(
        &self,
        at: At<'_>,
        operation: OperationId,
        consumable: crate::flowsheet::ConsumableId,
    ) -> Linear {
        let mut amount = Linear::zero();
        let data = &at.flowsheet.operations[operation];
        for item in data.consumes.iter().filter(|item| item.consumable == consumable) {
            amount.add(1.0, &self.rate(at, &item.rate));
        }
        amount
    }

    /// What a reactor is dosed with, or a blender buys: per item its species, amount (t/yr) and price (money per t).
    pub(crate) fn purchases(
        &self,
        at: At<'_>,
        operation: OperationId,
    ) -> Vec<(SpeciesId, Linear, f64)> {
        let data = &at.flowsheet.operations[operation];
        match &data.kind {
            Kind::Reactor(reactor) => {
                let inlet: Vec<(NodeId, SpeciesId)> = data
                    .inlets
                    .iter()
                    .flat_map(|&stream| self.nodes.of(at.flowsheet, stream, at.period))
                    .collect();
                let mut entering: Vec<SpeciesId> = inlet.iter().map(|&(_, id)| id).collect();
                entering.sort_unstable();
                entering.dedup();
                let map = ReactorMap::new(reactor, at.values, &entering);
                let mut amounts = vec![Linear::zero(); reactor.reagents.len()];
                for &(reagent, from, factor) in &map.doses {
                    let there = inlet.iter().filter(|&&(_, species)| species == from);
                    amounts[reagent].nodes.extend(there.map(|&(node, _)| (node, factor)));
                }
                let items = reactor.reagents.iter().zip(amounts);
                items.map(|(item, amount)| (item.species, amount, at.values[item.price])).collect()
            }
            Kind::Blender(blender) => blender
                .ingredients
                .iter()
                .map(|item| {
                    let port = Port::Ingredient(operation, item.species);
                    let amount = self.flow(at, port, &Content::whole());
                    (item.species, amount, at.values[item.price])
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Cost of reagents and ingredients, money per year.
    pub(crate) fn purchase_cost(&self, at: At<'_>, operation: OperationId) -> Linear {
        let mut cost = Linear::zero();
        for (_, amount, price) in self.purchases(at, operation) {
            cost.add(price, &amount);
        }
        cost
    }

    /// Cost of disposal, money per year; zero for other operations than waste.
    pub(crate) fn disposal(&self, at: At<'_>, operation: OperationId) -> Linear {
        let mut cost = Linear::zero();
        if let Kind::Waste(waste) = &at.flowsheet.operations[operation].kind {
            for term in &waste.cost {
                let amount = self.flow(at, Port::Inlet(operation), &term.content);
                cost.add(at.values[term.figure], &amount);
            }
        }
        cost
    }

    /// All costs of an operation but what a feed costs at the gate, money per year.
    pub(crate) fn operation_cost(&self, at: At<'_>, operation: OperationId) -> Linear {
        let mut cost = self.opex(at, operation);
        cost.add(1.0, &self.consumables(at, operation));
        cost.add(1.0, &self.purchase_cost(at, operation));
        cost.add(1.0, &self.disposal(at, operation));
        cost.add(1.0, &self.fixed_cost(at, operation));
        cost.add(1.0, &self.holding(at, operation));
        cost
    }

    /// Revenue less all costs, money per year.
    pub(crate) fn profit(&self, at: At<'_>) -> Linear {
        let mut profit = Linear::zero();
        for operation in at.flowsheet.operations.ids() {
            profit.add(1.0, &self.earnings(at, operation));
        }
        profit
    }

    /// What an operation earns less what it costs, money per year.
    fn earnings(&self, at: At<'_>, operation: OperationId) -> Linear {
        let mut earnings = self.revenue(at, operation);
        earnings.add(-1.0, &self.feed_cost(at, operation));
        earnings.add(-1.0, &self.operation_cost(at, operation));
        earnings.add(1.0, &self.incentives(at, operation));
        earnings
    }

    /// Direct emission of an operation and that of what it consumes, t CO2 equivalent per year.
    pub(crate) fn emission(&self, at: At<'_>, operation: OperationId) -> Linear {
        let data = &at.flowsheet.operations[operation];
        let mut emission = Linear::zero();
        if let Some(rate) = &data.emission {
            emission.add(1.0, &self.rate(at, rate));
        }
        for item in &data.consumes {
            if let Some(figure) = at.flowsheet.consumables[item.consumable].emission {
                emission.add(at.values[figure], &self.rate(at, &item.rate));
            }
        }
        emission
    }

    /// A measure.
    pub(crate) fn measure(&self, at: At<'_>, measure: &Measure) -> Linear {
        let all: Vec<OperationId> = at.flowsheet.operations.ids().collect();
        self.measure_over(at, measure, &all)
    }

    /// The part of a measure that concerns some operations, in ascending order: what they earn, cost, consume or emit,
    /// and what flows in and out of them.
    pub(crate) fn measure_over(
        &self,
        at: At<'_>,
        measure: &Measure,
        operations: &[OperationId],
    ) -> Linear {
        let concerns = |operation: OperationId| operations.binary_search(&operation).is_ok();
        let sum_of = |part: &dyn Fn(OperationId) -> Linear| {
            let mut sum = Linear::zero();
            for &operation in operations {
                sum.add(1.0, &part(operation));
            }
            sum
        };
        let mut sum = Linear::zero();
        for (factor, term) in &measure.terms {
            let functional = match term {
                Term::Flow(port, content) if concerns(port_operation(at.flowsheet, *port)) => {
                    self.flow(at, *port, content)
                }
                Term::Value(ValueOf::Product(operation)) if concerns(*operation) => {
                    self.revenue(at, *operation)
                }
                Term::Value(ValueOf::Stream(stream))
                    if concerns(at.flowsheet.streams[*stream].from) =>
                {
                    match &at.flowsheet.streams[*stream].price {
                        Some(price) => self.price(at, Port::Stream(*stream), price),
                        None => Linear::zero(),
                    }
                }
                Term::Cost(CostOf::Feed(operation)) if concerns(*operation) => {
                    self.feed_cost(at, *operation)
                }
                Term::Cost(CostOf::Operation(operation)) if concerns(*operation) => {
                    self.operation_cost(at, *operation)
                }
                Term::InSitu(operation) if concerns(*operation) => self.in_situ(at, *operation),
                Term::Flow(..) | Term::Value(_) | Term::Cost(_) | Term::InSitu(_) => continue,
                Term::Consumption(consumable) => {
                    sum_of(&|operation| self.consumption(at, operation, *consumable))
                }
                Term::Emission => sum_of(&|operation| self.emission(at, operation)),
                Term::Profit => sum_of(&|operation| self.earnings(at, operation)),
            };
            sum.add(*factor, &functional);
        }
        sum
    }
}

/// The operation that a port is at.
fn port_operation(flowsheet: &Flowsheet, port: Port) -> OperationId {
    match port {
        Port::Stream(stream) => flowsheet.streams[stream].from,
        Port::Inlet(operation)
        | Port::Mix(operation)
        | Port::Blend(operation)
        | Port::Stock(operation)
        | Port::Contract(operation, _)
        | Port::Ingredient(operation, _) => operation,
    }
}
