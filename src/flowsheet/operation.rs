//! Operations: what happens to matter between streams.

use super::{
    Cascade, ConsumableId, Content, FigureId, Port, Price, PriceTerm, SpeciesId, StageId, StreamId,
    Values,
};
use crate::{
    diagnostic::Span,
    document::{Origin, ReactionMode, Role},
    lifetime::Lifetime,
    typed_id,
};

typed_id! {
    /// An operation of a flowsheet.
    pub struct OperationId
}

/// A figure per t of throughput, and where and on what content the throughput is measured.
#[derive(Clone, Debug)]
pub struct Rate {
    /// The figure.
    pub figure: FigureId,
    /// Where the throughput is measured.
    pub port: Port,
    /// What is measured of it.
    pub content: Content,
}

/// What an operation consumes of a consumable.
#[derive(Clone, Debug)]
pub struct Consumption {
    /// What is consumed.
    pub consumable: ConsumableId,
    /// Units per t of throughput.
    pub rate: Rate,
}

/// A node of the flowsheet.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its name.
    pub name: String,
    /// Where the name was written.
    pub span: Span,
    /// Its stage of the value chain.
    pub stage: Option<StageId>,
    /// The streams that enter it.
    pub inlets: Vec<StreamId>,
    /// The streams that leave it.
    pub outlets: Vec<StreamId>,
    /// What it does.
    pub kind: Kind,
    /// Cost without consumables, money per t.
    pub opex: Vec<Rate>,
    /// What the state pays, money per t.
    pub incentive: Vec<Rate>,
    /// What it consumes.
    pub consumes: Vec<Consumption>,
    /// Direct emission, t CO2 equivalent per t.
    pub emission: Option<Rate>,
    /// Cost while it is there, money per year.
    pub fixed_cost: Option<FigureId>,
    /// Operators while it is there.
    pub operators: Option<FigureId>,
    /// What its volume follows from, if that is said.
    pub vessel: Option<Vessel>,
}

/// What the volume of an operation follows from: throughput × residence ÷ density.
#[derive(Clone, Copy, Debug)]
pub struct Vessel {
    /// Time that what passes stays, yr, > 0.
    pub residence: FigureId,
    /// Mass of the inlet per volume of what passes, t/m³, > 0.
    pub density: FigureId,
    /// Share of the year in which the operation runs; all of it if not said.
    pub availability: Option<FigureId>,
}

/// What an operation does.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A source of material.
    Feed(Feed),
    /// Sends each species to the outlets by its recovery.
    Separator(Separator),
    /// Divides a stream without changing its composition.
    Splitter(Splitter),
    /// Reactions with given conversions.
    Reactor(Reactor),
    /// Mixes to a recipe.
    Blender(Blender),
    /// A stock of one composition.
    Stockpile(Stockpile),
    /// Products in service, whose returns it supplies.
    Use(Use),
    /// Material that is sold.
    Product(Product),
    /// Material that is disposed of.
    Waste(Waste),
}

impl Kind {
    /// The solvent extraction of a cascade.
    #[must_use]
    pub fn cascade(&self) -> Option<&Cascade> {
        match self {
            Self::Separator(separator) => separator.cascade.as_deref(),
            _ => None,
        }
    }

    /// The kind's name in the file.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Feed(_) => "feed",
            Self::Separator(separator) if separator.cascade.is_some() => "cascade",
            Self::Separator(_) => "separator",
            Self::Splitter(_) => "splitter",
            Self::Reactor(_) => "reactor",
            Self::Blender(_) => "blender",
            Self::Stockpile(_) => "stockpile",
            Self::Use(_) => "use",
            Self::Product(_) => "product",
            Self::Waste(_) => "waste",
        }
    }
}

/// A stock of one composition, filled in one period and drawn from in another.
#[derive(Clone, Debug)]
pub struct Stockpile {
    /// What is there before the first period, t.
    pub opening: Option<FigureId>,
    /// Share that is lost per year.
    pub loss: Option<FigureId>,
    /// Cost per t of stock and year.
    pub holding: Option<FigureId>,
}

impl Stockpile {
    /// What is left of a t after some years, and what is left at their end of a t/yr that came through all of them.
    #[must_use]
    pub fn kept(&self, values: &Values, years: f64) -> (f64, f64) {
        let loss = self.loss.map_or(0.0, |id| values[id]);
        if loss <= 0.0 {
            return (1.0, years);
        }
        let rate = -(-loss).ln_1p();
        ((-rate * years).exp(), -(-rate * years).exp_m1() / rate)
    }
}

/// Products in service.
#[derive(Clone, Debug)]
pub struct Use {
    /// The product.
    pub of: OperationId,
    /// Share of what is sold that is used so.
    pub share: Option<FigureId>,
    /// How long it serves.
    pub life: ServiceLife,
    /// Share of what reaches the end of its life that is collected.
    pub collection: FigureId,
    /// Calendar years before the first period, and what was sold in each, t/yr.
    pub past: Vec<(f64, FigureId)>,
    /// The composition of what was sold then.
    pub assay: Option<Assay>,
}

/// How long products serve.
#[derive(Clone, Copy, Debug)]
pub enum ServiceLife {
    /// Just so long, yr.
    Fixed(FigureId),
    /// Normally distributed: mean and standard deviation, yr.
    Normal(FigureId, FigureId),
    /// Weibull distributed: scale, yr, and shape.
    Weibull(FigureId, FigureId),
}

impl ServiceLife {
    /// The distribution at given values of the figures.
    #[must_use]
    pub fn at(self, values: &Values) -> Lifetime {
        match self {
            Self::Fixed(years) => Lifetime::Fixed { years: values[years] },
            Self::Normal(mean, deviation) => {
                Lifetime::Normal { mean: values[mean], deviation: values[deviation] }
            }
            Self::Weibull(scale, shape) => {
                Lifetime::Weibull { scale: values[scale], shape: values[shape] }
            }
        }
    }
}

/// A source of material of known composition.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Its composition.
    pub assay: Assay,
    /// Cost at the gate, money per t.
    pub cost: Option<FigureId>,
    /// What is paid for even if less is taken, t/yr.
    pub take_or_pay: Option<FigureId>,
    /// Where it comes from.
    pub origin: Origin,
}

/// The composition of a feed.
#[derive(Clone, Debug)]
pub struct Assay {
    /// The grades, in the order of the file.
    pub grades: Vec<Grade>,
    /// The species that takes what the grades leave.
    pub rest: Option<SpeciesId>,
}

/// One grade of an assay.
#[derive(Clone, Debug)]
pub struct Grade {
    /// Mass fraction of the feed, of what `factor` converts to the members.
    pub figure: FigureId,
    /// t of member per t of what the figure counts (1, or oxide per metal).
    pub factor: f64,
    /// What the figure counts of the member, if not the whole: the metal of an oxide.
    pub counted: Option<Content>,
    /// The species, or the members of the group.
    pub members: Vec<SpeciesId>,
    /// Parts by mass of the members; empty for a single species.
    pub parts: Vec<FigureId>,
}

impl Assay {
    /// Mass fractions of the feed per species: grades, then the rest. They sum to 1 if there is a rest.
    #[must_use]
    pub fn fractions(&self, values: &Values) -> Vec<(SpeciesId, f64)> {
        let mut fractions: Vec<(SpeciesId, f64)> = Vec::new();
        let mut add = |species: SpeciesId, fraction: f64| match fractions
            .iter_mut()
            .find(|(id, _)| *id == species)
        {
            Some((_, sum)) => *sum += fraction,
            None => fractions.push((species, fraction)),
        };
        for grade in &self.grades {
            let whole = values[grade.figure] * grade.factor;
            if grade.parts.is_empty() {
                add(grade.members[0], whole);
            } else {
                let sum: f64 = grade.parts.iter().map(|&part| values[part]).sum();
                for (&species, &part) in grade.members.iter().zip(&grade.parts) {
                    add(species, whole * values[part] / sum);
                }
            }
        }
        if let Some(rest) = self.rest {
            let sum: f64 = fractions.iter().map(|&(_, fraction)| fraction).sum();
            match fractions.iter_mut().find(|(id, _)| *id == rest) {
                Some((_, fraction)) => *fraction += 1.0 - sum,
                None => fractions.push((rest, 1.0 - sum)),
            }
        }
        fractions.sort_by_key(|&(species, _)| species);
        fractions
    }
}

/// How the outlets share each species.
#[derive(Clone, Debug)]
pub struct Separation {
    /// The outlets with recoveries.
    pub recoveries: Vec<Recovery>,
    /// The outlet that takes the rest.
    pub rest: Option<StreamId>,
}

/// The recoveries to one outlet.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// The outlet.
    pub outlet: StreamId,
    /// Where its recoveries were written.
    pub span: Span,
    /// Per species, ascending.
    pub species: Vec<(SpeciesId, FigureId)>,
    /// For all other species.
    pub default: Option<FigureId>,
}

impl Recovery {
    /// The figure that holds for a species.
    #[must_use]
    pub fn figure(&self, species: SpeciesId) -> Option<FigureId> {
        self.species
            .binary_search_by_key(&species, |&(id, _)| id)
            .map_or(self.default, |at| Some(self.species[at].1))
    }
}

impl Separation {
    /// All of every species to one outlet.
    #[must_use]
    pub const fn all_to(outlet: StreamId) -> Self {
        Self { recoveries: Vec::new(), rest: Some(outlet) }
    }

    /// Share of a species that reports to an outlet, 0–1; a species without recovery counts as not recovered (which
    /// is an error, found before).
    #[must_use]
    pub fn share(&self, outlet: StreamId, species: SpeciesId, values: &Values) -> f64 {
        let of = |recovery: &Recovery| recovery.figure(species).map_or(0.0, |id| values[id]);
        if self.rest == Some(outlet) {
            // Exactly nothing is left where the named outlets take all, whatever the rounding.
            let rest = 1.0 - self.recoveries.iter().map(of).sum::<f64>();
            return if rest.abs() < 1e-12 { 0.0 } else { rest };
        }
        self.recoveries.iter().find(|recovery| recovery.outlet == outlet).map_or(0.0, of)
    }
}

/// Sends each species to the outlets by its recovery.
#[derive(Clone, Debug)]
pub struct Separator {
    /// How the outlets share each species.
    pub separation: Separation,
    /// The solvent extraction that the shares follow from, if they do.
    pub cascade: Option<Box<Cascade>>,
}

/// Divides a stream without changing its composition.
#[derive(Clone, Debug)]
pub struct Splitter {
    /// The share of each outlet if all are fixed; `None` for the one that takes the rest.
    pub fixed: Option<Vec<(StreamId, Option<FigureId>)>>,
}

impl Splitter {
    /// The share of each outlet, if all are fixed.
    #[must_use]
    pub fn shares(&self, values: &Values) -> Option<Vec<(StreamId, f64)>> {
        let fixed = self.fixed.as_ref()?;
        let given: f64 = fixed.iter().filter_map(|&(_, figure)| Some(values[figure?])).sum();
        Some(
            fixed
                .iter()
                .map(|&(outlet, figure)| (outlet, figure.map_or(1.0 - given, |id| values[id])))
                .collect(),
        )
    }
}

/// Reactions with given conversions, then a separation into the outlets.
#[derive(Clone, Debug)]
pub struct Reactor {
    /// The reactions, in the order of the file.
    pub reactions: Vec<Reaction>,
    /// How they act together.
    pub mode: ReactionMode,
    /// What is dosed.
    pub reagents: Vec<Reagent>,
    /// How the outlets share each species after reaction.
    pub separation: Separation,
}

/// A reaction, per unit of extent.
#[derive(Clone, Debug)]
pub struct Reaction {
    /// As it was written.
    pub text: String,
    /// Where the equation was written.
    pub span: Span,
    /// t per unit of extent, negative for reactants; sums to 0.
    pub masses: Vec<(SpeciesId, f64)>,
    /// The reactant whose conversion is given.
    pub key: SpeciesId,
    /// Share of the key reactant that reacts.
    pub conversion: FigureId,
}

/// A reactant that is dosed to the stoichiometric need.
#[derive(Clone, Debug)]
pub struct Reagent {
    /// The species.
    pub species: SpeciesId,
    /// Money per t.
    pub price: FigureId,
    /// What is dosed beyond the need, as a share of it.
    pub excess: Option<FigureId>,
}

/// Mixes its inlets, and what it buys, to a recipe.
#[derive(Clone, Debug)]
pub struct Blender {
    /// The recipe.
    pub recipe: Vec<RecipeEntry>,
    /// What is bought.
    pub ingredients: Vec<Ingredient>,
    /// Whether every entry is fixed, no species is in two, and the entries sum to 1.
    pub complete: bool,
}

/// One line of a recipe; its limits are among the flowsheet's.
#[derive(Clone, Debug)]
pub struct RecipeEntry {
    /// The species or the members of the group.
    pub content: Content,
    /// Its share, if it is fixed.
    pub share: Option<FigureId>,
}

/// What a blender buys.
#[derive(Clone, Debug)]
pub struct Ingredient {
    /// The species.
    pub species: SpeciesId,
    /// Money per t.
    pub price: FigureId,
}

/// Material that is sold.
#[derive(Clone, Debug)]
pub struct Product {
    /// What is paid for it.
    pub price: Price,
    /// What is sold otherwise, in the order of the file.
    pub contracts: Vec<Contract>,
    /// What it is to the chain.
    pub role: Role,
}

/// A part of what is sold, at a price of its own.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Its name.
    pub name: String,
    /// What is paid.
    pub price: ContractPrice,
}

/// What a contract pays.
#[derive(Clone, Copy, Debug)]
pub enum ContractPrice {
    /// Money per t.
    Fixed(FigureId),
    /// A share more than the product's own price.
    Indexed(FigureId),
}

/// Material that is disposed of.
#[derive(Clone, Debug)]
pub struct Waste {
    /// What disposal costs.
    pub cost: Vec<PriceTerm>,
}
