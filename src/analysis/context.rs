//! What every question needs at hand: the flowsheet, its figures, the model and the solution.

use std::ops::Deref;

use crate::{
    document::Role,
    flowsheet::{
        Flowsheet, Kind, Limit, OperationId, PeriodId, Port, Price, SpeciesId, StreamId, Values,
    },
    index::Id,
    model::{At, Functionals, Linear, Model, Solution},
};

/// What functionals are written with: the flowsheet, its figures in one period, the model.
pub(super) struct Scene<'a> {
    pub(super) flowsheet: &'a Flowsheet,
    pub(super) values: &'a Values,
    pub(super) model: &'a Model,
    pub(super) period: PeriodId,
}

impl<'a> Scene<'a> {
    /// A period of a model, with the values that figures have in it.
    pub(super) fn new(flowsheet: &'a Flowsheet, model: &'a Model, period: PeriodId) -> Self {
        Self { flowsheet, values: model.at(flowsheet, period).values, model, period }
    }

    pub(super) fn at(&self) -> At<'a> {
        At { flowsheet: self.flowsheet, values: self.values, period: self.period }
    }

    pub(super) fn functionals(&self) -> &'a Functionals {
        self.model.functionals()
    }

    /// The price of a stream: its own, or that of the product that it enters.
    pub(super) fn price(&self, stream: StreamId) -> Option<&'a Price> {
        let data = &self.flowsheet.streams[stream];
        match &self.flowsheet.operations[data.to].kind {
            Kind::Product(product) => Some(&product.price),
            _ => data.price.as_ref(),
        }
    }

    /// Sales of products of one role, money per year.
    pub(super) fn sales(&self, role: Role) -> Linear {
        let mut sales = Linear::zero();
        for (id, operation) in self.flowsheet.operations.iter_ids() {
            if matches!(&operation.kind, Kind::Product(product) if product.role == role) {
                sales.add(1.0, &self.functionals().revenue(self.at(), id));
            }
        }
        sales
    }

    /// Whether an operation is an end of the flowsheet: a product or a waste.
    pub(super) fn is_end(&self, operation: OperationId) -> bool {
        matches!(self.flowsheet.operations[operation].kind, Kind::Product(_) | Kind::Waste(_))
    }
}

/// What every question about a plan needs at hand.
pub(super) struct Context<'a> {
    scene: Scene<'a>,
    pub(super) solution: &'a Solution,
}

impl<'a> Deref for Context<'a> {
    type Target = Scene<'a>;

    fn deref(&self) -> &Scene<'a> {
        &self.scene
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(
        flowsheet: &'a Flowsheet,
        values: &'a Values,
        model: &'a Model,
        solution: &'a Solution,
    ) -> Self {
        let scene = Scene { flowsheet, values, model, period: PeriodId::new(0) };
        Self { scene, solution }
    }

    /// The same for one period of several, with the values that figures have in it.
    pub(super) fn in_period(
        flowsheet: &'a Flowsheet,
        model: &'a Model,
        solution: &'a Solution,
        period: PeriodId,
    ) -> Self {
        Self { scene: Scene::new(flowsheet, model, period), solution }
    }

    pub(super) fn value(&self, functional: &Linear) -> f64 {
        self.solution.value(functional)
    }

    /// Flow of a species in a stream, t/yr.
    pub(super) fn flow(&self, stream: StreamId, species: SpeciesId) -> f64 {
        self.solution.flow(self.model, self.flowsheet, stream, species, self.period)
    }

    /// The bound of a limit with what was built: t/yr, or a share.
    pub(super) fn bound(&self, limit: &Limit) -> f64 {
        let grown = self.functionals().grown(self.at(), limit);
        Functionals::bound(self.at(), limit) + self.value(&grown)
    }

    /// Whole flow of a stream, t/yr.
    pub(super) fn total(&self, stream: StreamId) -> f64 {
        let species = &self.flowsheet.streams[stream].species;
        species.iter().map(|&id| self.flow(stream, id)).sum()
    }

    /// Imputed value of a stream, money per year: the worth of its species, from the duals.
    pub(super) fn imputed(&self, stream: StreamId) -> f64 {
        let species = &self.flowsheet.streams[stream].species;
        species.iter().map(|&id| self.flow(stream, id) * self.worth(stream, id)).sum()
    }

    /// Worth of one more tonne of a species in a stream, per t.
    pub(super) fn worth(&self, stream: StreamId, species: SpeciesId) -> f64 {
        self.model
            .node(self.flowsheet, stream, species, self.period)
            .map_or(0.0, |node| self.solution.worth(self.flowsheet, node))
    }

    /// Market value of a stream, if it has a price of its own or enters a product.
    pub(super) fn market(&self, stream: StreamId) -> Option<f64> {
        let price = self.price(stream)?;
        let functional = self.functionals().price(self.at(), Port::Stream(stream), price);
        Some(self.value(&functional))
    }

    /// What an operation is dosed with or buys: species and t/yr.
    pub(super) fn purchases(&self, operation: OperationId) -> Vec<(SpeciesId, f64)> {
        let list = self.functionals().purchases(self.at(), operation);
        list.into_iter().map(|(species, amount, _)| (species, self.value(&amount))).collect()
    }
}
