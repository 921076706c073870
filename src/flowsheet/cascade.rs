//! Cascades: separators whose recoveries, reagents and volume follow from solvent-extraction physics.
//!
//! A cascade's inputs are figures like all others; what follows from them is written into *computed* figures, so that the
//! rest of the program sees a separator with recoveries, a capacity and consumption like any other. The design depends on
//! the composition of what comes: it is made when a flowsheet is lowered, and made again when figures change by a finite
//! amount ([`Flowsheet::with_values`](super::Flowsheet::with_values)). Derivatives hold it as it is.

mod brief;
mod composition;
mod design;

pub(super) use composition::figures as composing_figures;
pub(super) use design::design;

use std::sync::Arc;

use super::{ConsumableId, FigureId, SpeciesId, StreamId};
use crate::{
    chem::{
        Element,
        extraction::{self, Aim, Brief, Circuit, ExtractionError, FeedPhase, Plant, Task},
    },
    document::CascadeAim,
    measure::hours_per_year,
};

/// Computed shares are whole numbers over this, so that they sum to 1 exactly.
const UNITS: f64 = 1e12;

/// A smaller share of an element counts as none: solvers take no coefficient below 1e-9, and shares are multiplied on.
const NONE: f64 = 1e-7;

/// A separator's solvent extraction.
#[derive(Clone, Debug)]
pub struct Cascade {
    /// Its products, in the order of the file.
    pub products: Vec<CascadeProduct>,
    /// All species of its products, ascending.
    pub species: Vec<SpeciesId>,
    /// The extractants that may be used, in the order of the file.
    pub extractants: Vec<Extractant>,
    /// Composition that it is designed for, parts by mass; empty if it is that of what comes.
    pub feed: Vec<(SpeciesId, FigureId)>,
    /// The phase that brings the feed.
    pub phase: FeedPhase,
    /// Whether loaded organic may be fed to a next cascade.
    pub organic_feed: bool,
    /// What the design makes small.
    pub aim: CascadeAim,
    /// How many sequences are designed in full.
    pub sequences: usize,
    /// Extraction amount that is given, mol/mol of feed.
    pub extraction: Option<FigureId>,
    /// Least ratio of an extraction amount to its minimum.
    pub margin: Option<FigureId>,
    /// Share of the year in which it runs.
    pub availability: Option<FigureId>,
    /// Volume of the tanks that are there, m³.
    pub volume: Option<FigureId>,
    /// Concentrations, times and auxiliary stages.
    pub circuit: CircuitFigures,
    /// Base, acid and water.
    pub reagents: Option<CascadeReagents>,
    /// Unit costs.
    pub unit_cost: Option<UnitCost>,
    /// Capital cost of mixer-settlers.
    pub capital: Option<Capital>,
    /// What the design writes, but for recoveries.
    pub computed: ComputedFigures,
    /// The design; none until it is made.
    pub design: Option<Arc<CascadeDesign>>,
}

/// A product of a cascade.
#[derive(Clone, Debug)]
pub struct CascadeProduct {
    /// Its outlet.
    pub outlet: StreamId,
    /// Its name: that of the outlet.
    pub name: String,
    /// What it is to consist of, ascending.
    pub species: Vec<SpeciesId>,
    /// Least purity, by mass.
    pub purity: FigureId,
    /// Least recovery, if that is asked for.
    pub recovery: Option<FigureId>,
}

/// An extractant that a cascade may use.
#[derive(Clone, Debug)]
pub struct Extractant {
    /// Its name.
    pub name: String,
    /// Separation factors in extraction sections: pairs of elements, the more extractable one first.
    pub extraction: Vec<(Element, Element, FigureId)>,
    /// The same in scrub sections.
    pub scrub: Vec<(Element, Element, FigureId)>,
    /// As monomer, mol/m³.
    pub concentration: FigureId,
    /// Share that is saponified.
    pub saponification: FigureId,
}

/// Figures of a circuit; concentrations in mol/m³, times in yr.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "as in the table `circuit`")]
pub struct CircuitFigures {
    pub feed_concentration: FigureId,
    pub scrub_acid: FigureId,
    pub strip_acid: FigureId,
    pub strip_excess: Option<FigureId>,
    pub base: FigureId,
    pub free_acid: Option<FigureId>,
    pub mixing: FigureId,
    pub settling: FigureId,
    pub fill: Option<FigureId>,
    pub stage_efficiency: Option<FigureId>,
    pub strip_stages: Option<FigureId>,
    pub washing_stages: Option<FigureId>,
    pub saponification_stages: Option<FigureId>,
}

/// Base, acid and water.
#[derive(Clone, Debug)]
pub struct CascadeReagents {
    /// The base, its mass in g per mol of what it neutralises.
    pub base: (ConsumableId, f64),
    /// The acid, the same.
    pub acid: (ConsumableId, f64),
    /// Price of the base and of the acid, money per t.
    pub prices: (FigureId, FigureId),
    /// Water.
    pub water: Option<ConsumableId>,
    /// The salt that they leave, its name and mass in g per mol of base.
    pub salt: Option<(String, f64)>,
}

/// Unit costs of a design.
#[derive(Clone, Copy, Debug)]
pub struct UnitCost {
    /// Mixer-settlers, money per m³.
    pub tanks: FigureId,
    /// Organic, money per m³.
    pub organic: FigureId,
    /// Charge on investment, 1/yr.
    pub capital_charge: FigureId,
}

/// A correlation of capital cost: coefficient × (volume / 1 m³) ^ exponent × installation.
#[derive(Clone, Copy, Debug)]
pub struct Capital {
    /// Money.
    pub coefficient: FigureId,
    /// A pure number.
    pub exponent: FigureId,
    /// A pure number; 1 if not said.
    pub installation: Option<FigureId>,
}

/// Figures that a design writes.
#[derive(Clone, Copy, Debug)]
pub struct ComputedFigures {
    /// Throughput of the tanks that are there, t/yr of the products' species.
    pub capacity: Option<FigureId>,
    /// t of base per t of them.
    pub base: Option<FigureId>,
    /// t of acid per t of them.
    pub acid: Option<FigureId>,
    /// m³ of water per t of them.
    pub water: Option<FigureId>,
}

/// A designed cascade, or sequence of cascades.
#[derive(Clone, Debug, PartialEq)]
pub struct CascadeDesign {
    /// The elements, in the order of the task.
    pub elements: Vec<Element>,
    /// What is separated.
    pub task: Task,
    /// Concentrations, times, stages; mol/L and min.
    pub circuit: Circuit,
    /// What was made small.
    pub aim: Aim,
    /// How many sequences were designed in full.
    pub sequences: usize,
    /// The plant.
    pub plant: Plant,
}

/// Why a cascade has no design.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NoDesign {
    /// An element has no separation factor in an extractant that orders others.
    NoFactor(Element, String),
    /// Separation factors of one extractant contradict each other.
    Contradiction(String, FigureId),
    /// A product gets nothing.
    Empty(usize),
    /// A purity is not above that of the feed.
    Purity(usize, f64),
    /// The physics.
    Physics(ExtractionError),
}

/// What comes to a cascade: mass of each species, in any unit.
pub(super) type Composition = Vec<(SpeciesId, f64)>;

impl CascadeDesign {
    /// The brief that it was designed by.
    #[must_use]
    pub const fn brief(&self) -> Brief<'_> {
        Brief {
            task: &self.task,
            circuit: &self.circuit,
            aim: &self.aim,
            sequences: self.sequences,
        }
    }

    /// t of the metals' compounds per mol of metals fed.
    #[must_use]
    pub fn tonnes_per_mol(&self) -> f64 {
        let parts = self.task.feed.iter().zip(&self.task.masses);
        parts.map(|(part, mass)| part * mass).sum::<f64>() * 1e-6
    }

    /// m³ of tanks per t/yr of the metals' compounds fed in all of a year.
    #[must_use]
    pub fn volume_per_rate(&self) -> f64 {
        let litres: f64 = self.plant.cascades.iter().map(|it| it.volume(&self.circuit)).sum();
        litres * 1e-3 * self.rate_per_tonne()
    }

    /// mol/min for 1 t/yr.
    #[must_use]
    pub fn rate_per_tonne(&self) -> f64 {
        1.0 / self.tonnes_per_mol() / (hours_per_year() * 60.0)
    }

    /// Base, mol per mol of metals fed: what the organic takes up, and what the acid in the feed does.
    #[must_use]
    pub fn base(&self) -> f64 {
        extraction::EQUIVALENTS * self.plant.extraction() + self.circuit.free_acid
    }

    /// Acid, mol per mol of metals fed: for scrubbing and stripping.
    #[must_use]
    pub fn acid(&self) -> f64 {
        let of = |it: &extraction::Cascade| {
            it.flow
                * (it.volumes.scrub * self.circuit.scrub_acid
                    + it.volumes.strip * self.circuit.strip_acid)
        };
        self.plant.cascades.iter().map(of).sum()
    }

    /// Water in scrub acid, strip acid and base, L per mol of metals fed.
    #[must_use]
    pub fn water(&self) -> f64 {
        let of = |it: &extraction::Cascade| {
            it.flow * (it.volumes.scrub + it.volumes.strip + it.volumes.base)
        };
        self.plant.cascades.iter().map(of).sum()
    }

    /// Share of an element that reports to each product; of twelve decimals, which sum to exactly 1, none below 1e-7.
    #[must_use]
    pub fn shares(&self, element: Element) -> Option<Vec<f64>> {
        let at = self.elements.iter().position(|&it| it == element)?;
        let shares = &self.plant.shares[at];
        let mut units: Vec<f64> =
            shares.iter().map(|&it| if it < NONE { 0.0 } else { (it * UNITS).round() }).collect();
        let largest = (0..shares.len()).fold(0, |a, b| if shares[b] > shares[a] { b } else { a });
        units[largest] = 0.0;
        units[largest] = UNITS - units.iter().sum::<f64>();
        Some(units.into_iter().map(|it| it / UNITS).collect())
    }
}

impl Cascade {
    /// The metal of a species: the element of its formula that the extractants order.
    #[must_use]
    pub fn metal(&self, formula: Option<&crate::chem::Formula>) -> Option<Element> {
        let counts = formula?.counts();
        let known = |element: Element| {
            self.extractants
                .iter()
                .flat_map(|it| &it.extraction)
                .any(|&(one, other, _)| one == element || other == element)
        };
        let mut metals = counts.iter().map(|&(element, _)| element).filter(|&it| known(it));
        let metal = metals.next()?;
        metals.next().is_none().then_some(metal)
    }

    /// All figures that the design follows from, but for the composition.
    #[must_use]
    pub fn inputs(&self) -> Vec<FigureId> {
        let mut list: Vec<FigureId> = Vec::new();
        for product in &self.products {
            list.push(product.purity);
            list.extend(product.recovery);
        }
        for extractant in &self.extractants {
            let pairs = extractant.extraction.iter().chain(&extractant.scrub);
            list.extend(pairs.map(|&(.., figure)| figure));
            list.extend([extractant.concentration, extractant.saponification]);
        }
        list.extend(self.feed.iter().map(|&(_, figure)| figure));
        list.extend(self.extraction);
        list.extend(self.margin);
        list.extend(self.volume);
        let circuit = &self.circuit;
        list.extend([
            circuit.feed_concentration,
            circuit.scrub_acid,
            circuit.strip_acid,
            circuit.base,
            circuit.mixing,
            circuit.settling,
        ]);
        let optional = [
            circuit.strip_excess,
            circuit.free_acid,
            circuit.fill,
            circuit.stage_efficiency,
            circuit.strip_stages,
            circuit.washing_stages,
            circuit.saponification_stages,
        ];
        list.extend(optional.into_iter().flatten());
        if let Some(cost) = &self.unit_cost {
            list.extend([cost.tanks, cost.organic, cost.capital_charge]);
        }
        if let Some(capital) = &self.capital {
            list.extend([capital.coefficient, capital.exponent]);
            list.extend(capital.installation);
        }
        list.sort_unstable();
        list.dedup();
        list
    }
}
