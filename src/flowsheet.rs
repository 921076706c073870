//! What a flowsheet means: typed identifiers, one internal unit system, checked.
//!
//! A [`Flowsheet`] is structure plus a table of [`Figure`]s. Every number that the user wrote is one figure; the
//! structure refers to figures by identifier and never copies their values. So a number can be changed (a sweep, a
//! derivative, a finite difference) without reading the file again: pass other [`Values`] to the model.
//!
//! Internal units: tonnes, years, the flowsheet's currency, kWh, m³, fractions. Conversion happens once, in
//! [`Flowsheet::lower`].

mod cascade;
pub(crate) mod closed;
mod figure;
mod goal;
mod limit;
mod lower;
mod measure;
mod operation;
mod planning;
mod price;
mod reactor_map;
mod species;
mod sweep;
mod topology;
mod validate;

pub use cascade::{
    Capital, Cascade, CascadeDesign, CascadeProduct, CascadeReagents, CircuitFigures,
    ComputedFigures, Extractant, UnitCost,
};
pub use figure::{Figure, FigureId, Provenance, Range, SourceRecord, Values};
pub use goal::{Goal, GoalBound, GoalId, Objective, Ratio};
pub use limit::{Limit, LimitId, LimitKind, Port, Sense};
pub use measure::{
    CostOf, Measure, MeasureUnit, Term, ValueOf, goal_dimension, ratio_text, ratio_unit,
};
pub use operation::{
    Assay, Blender, Consumption, Contract, ContractPrice, Feed, Grade, Ingredient, Kind, Operation,
    OperationId, Product, Rate, Reaction, Reactor, Reagent, RecipeEntry, Recovery, Separation,
    Separator, ServiceLife, Splitter, Stockpile, Use, Vessel, Waste,
};
pub use planning::{Build, BuildCost, BuildId, Choice, ChoiceId, Money, Period, Series};
pub use price::{Price, PriceTerm};
pub use reactor_map::ReactorMap;
pub use species::{Content, Group, Species, SpeciesId};
pub use sweep::{Sweep, SweepInput};

use std::sync::Arc;

use crate::{
    diagnostic::{Diagnostics, Span},
    document::Document,
    index::IdVec,
    measure::Units,
    typed_id,
};

typed_id! {
    /// A stream of a flowsheet.
    pub struct StreamId
}
typed_id! {
    /// A stage of the value chain.
    pub struct StageId
}
typed_id! {
    /// A consumable of a flowsheet.
    pub struct ConsumableId
}
typed_id! {
    /// A period of time; the static model has one.
    pub struct PeriodId
}

/// A directed edge between two operations.
#[derive(Clone, Debug)]
pub struct Stream {
    /// `operation` or `operation.outlet`.
    pub name: String,
    /// The operation it leaves.
    pub from: OperationId,
    /// The operation it enters.
    pub to: OperationId,
    /// Where the destination was written.
    pub span: Span,
    /// Its market value at this point.
    pub price: Option<Price>,
    /// The species that can be in it, in ascending order.
    pub species: Vec<SpeciesId>,
}

/// Something that operations consume but that is not followed as a stream.
#[derive(Clone, Debug)]
pub struct Consumable {
    /// Its name.
    pub name: String,
    /// Price per unit: per t, kWh or m³.
    pub price: FigureId,
    /// t CO2 equivalent per unit.
    pub emission: Option<FigureId>,
    /// The unit in which it is counted: `t`, `kWh` or `m3`.
    pub unit: &'static str,
}

/// A checked flowsheet.
#[derive(Clone, Debug)]
pub struct Flowsheet {
    /// One line that says what is modelled.
    pub title: String,
    /// What the reader must know.
    pub note: Option<String>,
    /// Code of the currency of all prices.
    pub currency: String,
    /// What it was made of.
    pub document: Arc<Document>,
    /// How quantities were read.
    pub units: Units,
    /// Every number that was written.
    pub figures: IdVec<FigureId, Figure>,
    /// All species that can occur.
    pub species: IdVec<SpeciesId, Species>,
    /// Named sets of species, in the order of the file.
    pub groups: Vec<Group>,
    /// Stages in the order of the chain.
    pub stages: IdVec<StageId, String>,
    /// Operations in the order of the file.
    pub operations: IdVec<OperationId, Operation>,
    /// Streams in the order of the operations that they leave.
    pub streams: IdVec<StreamId, Stream>,
    /// Consumables in the order of the file.
    pub consumables: IdVec<ConsumableId, Consumable>,
    /// Market prices of contained species, per species at most one.
    pub market: Vec<PriceTerm>,
    /// Limits in the order of the operations that they belong to.
    pub limits: IdVec<LimitId, Limit>,
    /// Goals in the order of the file.
    pub goals: IdVec<GoalId, Goal>,
    /// What is optimised.
    pub objective: Objective,
    /// Periods in order; one for the static model.
    pub periods: IdVec<PeriodId, Period>,
    /// Figures that change over the periods.
    pub series: Vec<Series>,
    /// What may be built, in the order of the operations.
    pub builds: IdVec<BuildId, Build>,
    /// Routes, in the order of the file.
    pub choices: IdVec<ChoiceId, Choice>,
    /// How money counts over time, if that is said.
    pub money: Option<Money>,
    /// Studies of what is uncertain, in the order of the file.
    pub sweeps: Vec<Sweep>,
    /// The sources that figures cite.
    pub sources: Vec<SourceRecord>,
}

impl Flowsheet {
    /// Makes a flowsheet of a document.
    ///
    /// # Errors
    /// All findings, if one of them is an error. Warnings come with the flowsheet.
    pub fn lower(document: &Arc<Document>) -> Result<(Self, Diagnostics), Diagnostics> {
        let (flowsheet, mut findings) = lower::lower(document).map_err(|mut findings| {
            findings.sort();
            findings
        })?;
        let mut flowsheet = flowsheet;
        cascade::design(&mut flowsheet, &mut findings);
        if !findings.has_errors() {
            flowsheet.validate(&mut findings);
        }
        findings.sort();
        if findings.has_errors() { Err(findings) } else { Ok((flowsheet, findings)) }
    }

    /// The values of all figures as they were written.
    #[must_use]
    pub fn values(&self) -> Values {
        self.figures.iter().map(|figure| figure.value).collect()
    }

    /// The values of all figures in one period.
    #[must_use]
    pub fn in_period(&self, values: &Values, period: PeriodId) -> Values {
        let mut own = values.clone();
        for series in &self.series {
            own[series.figure] = series.value(values, &self.periods, period);
        }
        own
    }

    /// The value of a figure in one period.
    #[must_use]
    pub fn value_in(&self, values: &Values, figure: FigureId, period: PeriodId) -> f64 {
        let series = self.series.iter().find(|series| series.figure == figure);
        series.map_or(values[figure], |series| series.value(values, &self.periods, period))
    }

    /// Whether the file says when its periods are, so that money is worth less the later it comes; otherwise it is about
    /// one year like all others.
    #[must_use]
    pub fn is_dated(&self) -> bool {
        !self.document.period.is_empty()
    }

    /// Whether more is said than what flows where in a year: periods, what is built, routes, how money counts.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        let standing = |it: &Operation| {
            let lasting = match &it.kind {
                Kind::Stockpile(_) | Kind::Use(_) => true,
                Kind::Product(product) => !product.contracts.is_empty(),
                Kind::Feed(feed) => feed.take_or_pay.is_some(),
                _ => false,
            };
            lasting || !it.incentive.is_empty() || it.operators.is_some() || it.fixed_cost.is_some()
        };
        self.is_dated()
            || !self.builds.is_empty()
            || !self.choices.is_empty()
            || self.money.is_some()
            || self.operations.iter().any(standing)
    }

    /// The same flowsheet with other values of its figures, checked anew: a share of exactly 0 or 1 that moves opens or
    /// closes streams to species.
    ///
    /// # Errors
    /// All findings, if the changed flowsheet is wrong.
    pub fn with_values(&self, values: &Values) -> Result<Self, Diagnostics> {
        let mut changed = self.clone();
        for (id, figure) in self.figures.ids().zip(changed.figures.iter_mut()) {
            figure.value = values[id];
        }
        topology::find_species(&mut changed);
        let mut findings = Diagnostics::new();
        // What no figure by which a cascade is designed has changed is designed already.
        let designs = self.designing_figures();
        if designs.iter().any(|&id| values[id] != self.figures[id].value) {
            cascade::design(&mut changed, &mut findings);
        }
        if findings.has_errors() {
            return Err(findings);
        }
        changed.validate(&mut findings);
        if findings.has_errors() { Err(findings) } else { Ok(changed) }
    }

    /// Checks the values of all periods; what is wrong in several is told once.
    fn validate(&self, findings: &mut Diagnostics) {
        let values = self.values();
        validate::validate(self, &values, findings);
        if self.series.is_empty() {
            return;
        }
        for period in self.periods.ids() {
            let mut found = Diagnostics::new();
            validate::validate(self, &self.in_period(&values, period), &mut found);
            for finding in &found {
                if !findings.iter().any(|other| other.message == finding.message) {
                    findings.push(finding.clone());
                }
            }
        }
    }

    /// All figures by which cascades are designed, ascending: their own, and those further up that compose what comes.
    #[must_use]
    pub fn designing_figures(&self) -> Vec<FigureId> {
        let mut list = Vec::new();
        for (id, operation) in self.operations.iter_ids() {
            let Some(cascade) = operation.kind.cascade() else { continue };
            list.extend(cascade.inputs());
            if cascade.feed.is_empty() {
                list.extend(cascade::composing_figures(self, id, &cascade.species));
            }
        }
        list.sort_unstable();
        list.dedup();
        list
    }

    /// One species by its whole mass.
    #[must_use]
    pub fn content_of(&self, species: SpeciesId) -> Content {
        let name = self.species[species].name.clone();
        Content { name, weights: Some(vec![(species, 1.0)]) }
    }

    /// An alternative by its name, and by its period where another one may be taken in each.
    #[must_use]
    pub fn name_of_alternative(&self, operation: OperationId, period: PeriodId) -> String {
        let name = &self.operations[operation].name;
        let mut choices = self.choices.iter();
        if choices.any(|it| it.per_period && it.operations.contains(&operation)) {
            format!("{name} in {}", self.periods[period].name)
        } else {
            name.clone()
        }
    }

    /// The operation of that name.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<OperationId> {
        self.operations.ids().find(|&id| self.operations[id].name == name)
    }

    /// The stream of that name.
    #[must_use]
    pub fn stream(&self, name: &str) -> Option<StreamId> {
        self.streams.ids().find(|&id| self.streams[id].name == name)
    }
}
