//! Limits, measures, values and costs of a flowsheet as factors of flows and decisions, without rounding.

use dashu_ratio::RBig;

use super::{
    Refusal,
    flows::{Decision, Flows, Linear},
    number,
};
use crate::flowsheet::{
    ConsumableId, Content, CostOf, Kind, Limit, Measure, OperationId, Port, Price, Rate, SpeciesId,
    Term, ValueOf,
};

/// A functional, or why it cannot be told exactly.
type Found = Result<Linear, Refusal>;

impl Flows<'_> {
    /// Adds `factor` times the flow of a content at a port.
    fn add_flow(&self, factor: &RBig, port: Port, content: &Content, sum: &mut Linear) {
        let counted = |species: SpeciesId| factor * self.figures.weight(content, species);
        let mut nodes = |nodes: &mut dyn Iterator<Item = (usize, SpeciesId)>| {
            let terms = nodes.map(|(node, species)| (node, counted(species)));
            sum.nodes.extend(terms.filter(|(_, value)| !value.is_zero()));
        };
        let kind = |operation: OperationId| &self.figures.flowsheet.operations[operation].kind;
        let decided = match port {
            Port::Stream(stream) => {
                nodes(&mut self.of(stream));
                None
            }
            Port::Inlet(operation) => match kind(operation) {
                Kind::Feed(_) if content.is_whole() => {
                    Some((Decision::Supply(operation), factor.clone()))
                }
                Kind::Feed(feed) => {
                    let parts = self.figures.assay(&feed.assay).into_iter();
                    let parts = parts.map(|(species, share)| counted(species) * share);
                    Some((Decision::Supply(operation), number::sum(parts)))
                }
                _ => {
                    nodes(&mut self.inlet(operation).into_iter());
                    None
                }
            },
            Port::Mix(operation) => {
                nodes(&mut self.inlet(operation).into_iter());
                if let Kind::Blender(blender) = kind(operation) {
                    for item in &blender.ingredients {
                        let bought = Decision::Ingredient(operation, item.species);
                        self.add_decision(bought, counted(item.species), sum);
                    }
                }
                None
            }
            // A flowsheet with stocks is refused.
            Port::Stock(_) => None,
            Port::Blend(operation) => Some((Decision::Blend(operation), factor.clone())),
            Port::Ingredient(operation, species) => {
                Some((Decision::Ingredient(operation, species), counted(species)))
            }
        };
        if let Some((decision, value)) = decided {
            self.add_decision(decision, value, sum);
        }
    }

    fn add_decision(&self, decision: Decision, value: RBig, sum: &mut Linear) {
        if let Some(at) = self.decision(decision).filter(|_| !value.is_zero()) {
            sum.decisions.push((at, value));
        }
    }

    /// Flow of a content at a port, t/yr.
    pub(super) fn flow(&self, port: Port, content: &Content) -> Linear {
        let mut sum = Linear::default();
        self.add_flow(&RBig::ONE, port, content, &mut sum);
        sum
    }

    /// The left side of a limit's row, and the right side.
    pub(super) fn limit(&self, limit: &Limit) -> (Linear, RBig) {
        let bound = self.figures.bound(limit.figure, limit.availability);
        let mut left = self.flow(limit.port, &limit.content);
        match limit.share_of {
            None => (left, bound),
            Some(whole) => {
                self.add_flow(&-bound, whole, &Content::whole(), &mut left);
                (left, RBig::ZERO)
            }
        }
    }

    fn add_price(&self, factor: &RBig, port: Port, price: &Price, sum: &mut Linear) {
        for term in &price.terms {
            self.add_flow(&(factor * self.figures.paid(term)), port, &term.content, sum);
        }
    }

    fn add_rate(&self, factor: &RBig, rate: &Rate, sum: &mut Linear) {
        let per_tonne = factor * self.figures.value(rate.figure);
        self.add_flow(&per_tonne, rate.port, &rate.content, sum);
    }

    /// Adds what a product earns.
    fn add_revenue(&self, factor: &RBig, operation: OperationId, sum: &mut Linear) {
        if let Kind::Product(product) = &self.figures.flowsheet.operations[operation].kind {
            self.add_price(factor, Port::Inlet(operation), &product.price, sum);
        }
    }

    /// Adds what a feed costs at the gate.
    fn add_feed_cost(&self, factor: &RBig, operation: OperationId, sum: &mut Linear) {
        if let Kind::Feed(feed) = &self.figures.flowsheet.operations[operation].kind
            && let Some(cost) = feed.cost
        {
            let per_tonne = factor * self.figures.value(cost);
            self.add_flow(&per_tonne, Port::Inlet(operation), &Content::whole(), sum);
        }
    }

    /// Adds operating cost, consumables, reagents, ingredients and disposal.
    fn add_operation_cost(
        &self,
        factor: &RBig,
        operation: OperationId,
        sum: &mut Linear,
    ) -> Result<(), Refusal> {
        let flowsheet = self.figures.flowsheet;
        let data = &flowsheet.operations[operation];
        for rate in &data.opex {
            self.add_rate(factor, rate, sum);
        }
        for item in &data.consumes {
            let price = self.figures.value(flowsheet.consumables[item.consumable].price);
            self.add_rate(&(factor * price), &item.rate, sum);
        }
        match &data.kind {
            Kind::Waste(waste) => {
                for term in &waste.cost {
                    let per_tonne = factor * self.figures.value(term.figure);
                    self.add_flow(&per_tonne, Port::Inlet(operation), &term.content, sum);
                }
            }
            Kind::Blender(blender) => {
                for item in &blender.ingredients {
                    let per_tonne = factor * self.figures.value(item.price);
                    let bought = Decision::Ingredient(operation, item.species);
                    self.add_decision(bought, per_tonne, sum);
                }
            }
            Kind::Reactor(reactor) => {
                let inlet = self.inlet(operation);
                let mut entering: Vec<SpeciesId> = inlet.iter().map(|&(_, id)| id).collect();
                entering.sort_unstable();
                entering.dedup();
                let conversion = self.figures.conversion(reactor, &entering)?;
                for (reagent, dose) in reactor.reagents.iter().zip(&conversion.doses) {
                    let per_tonne = factor * self.figures.value(reagent.price);
                    for &(node, species) in &inlet {
                        if let Some(dosed) = dose.get(&species) {
                            sum.nodes.push((node, &per_tonne * dosed));
                        }
                    }
                }
            }
            Kind::Feed(_)
            | Kind::Separator(_)
            | Kind::Splitter(_)
            | Kind::Product(_)
            | Kind::Stockpile(_)
            | Kind::Use(_) => {}
        }
        Ok(())
    }

    /// Revenue less all costs, money per year.
    pub(super) fn profit(&self) -> Found {
        let mut sum = Linear::default();
        for operation in self.figures.flowsheet.operations.ids() {
            self.add_revenue(&RBig::ONE, operation, &mut sum);
            self.add_feed_cost(&RBig::NEG_ONE, operation, &mut sum);
            self.add_operation_cost(&RBig::NEG_ONE, operation, &mut sum)?;
        }
        Ok(sum)
    }

    fn add_consumption(&self, factor: &RBig, consumable: ConsumableId, sum: &mut Linear) {
        for operation in &self.figures.flowsheet.operations {
            for item in operation.consumes.iter().filter(|item| item.consumable == consumable) {
                self.add_rate(factor, &item.rate, sum);
            }
        }
    }

    fn add_emission(&self, factor: &RBig, sum: &mut Linear) {
        let flowsheet = self.figures.flowsheet;
        for operation in &flowsheet.operations {
            if let Some(rate) = &operation.emission {
                self.add_rate(factor, rate, sum);
            }
            for item in &operation.consumes {
                if let Some(figure) = flowsheet.consumables[item.consumable].emission {
                    self.add_rate(&(factor * self.figures.value(figure)), &item.rate, sum);
                }
            }
        }
    }

    /// A measure.
    pub(super) fn measure(&self, measure: &Measure) -> Found {
        let flowsheet = self.figures.flowsheet;
        let mut sum = Linear::default();
        for (factor, term) in &measure.terms {
            let factor = &number::of(*factor);
            match term {
                Term::Flow(port, content) => self.add_flow(factor, *port, content, &mut sum),
                Term::Value(ValueOf::Product(id)) => self.add_revenue(factor, *id, &mut sum),
                Term::Value(ValueOf::Stream(id)) => {
                    if let Some(price) = &flowsheet.streams[*id].price {
                        self.add_price(factor, Port::Stream(*id), price, &mut sum);
                    }
                }
                Term::Cost(CostOf::Feed(id)) => self.add_feed_cost(factor, *id, &mut sum),
                Term::Cost(CostOf::Operation(id)) => {
                    self.add_operation_cost(factor, *id, &mut sum)?;
                }
                Term::InSitu(id) => {
                    for term in &flowsheet.market {
                        let per_tonne = factor * self.figures.value(term.figure);
                        self.add_flow(&per_tonne, Port::Inlet(*id), &term.content, &mut sum);
                    }
                }
                Term::Consumption(id) => self.add_consumption(factor, *id, &mut sum),
                Term::Emission => self.add_emission(factor, &mut sum),
                Term::Profit => sum.add(factor, &self.profit()?),
            }
        }
        Ok(sum)
    }
}
