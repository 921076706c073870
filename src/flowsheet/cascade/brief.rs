//! From figures to what the physics asks for: composition, factors, circuit, prices.

use std::sync::{Arc, Mutex, PoisonError};

use super::{
    super::{FigureId, SpeciesId, Values},
    Cascade, CascadeDesign, Composition, Extractant, NoDesign,
};
use crate::{
    chem::{
        Element, Formula,
        extraction::{self, Aim, Brief, Circuit, Prices, Task},
    },
    document::CascadeAim,
    measure::hours_per_year,
};

/// Designs that were made, the last one last: scenarios and what-ifs mostly ask for one of them again.
static DESIGNS: Mutex<Vec<Arc<CascadeDesign>>> = Mutex::new(Vec::new());

/// How many designs are remembered.
const REMEMBERED: usize = 64;

fn recall(wanted: &dyn Fn(&CascadeDesign) -> bool) -> Option<Arc<CascadeDesign>> {
    let designs = DESIGNS.lock().unwrap_or_else(PoisonError::into_inner);
    designs.iter().find(|design| wanted(design)).cloned()
}

fn remember(design: &Arc<CascadeDesign>) {
    let mut designs = DESIGNS.lock().unwrap_or_else(PoisonError::into_inner);
    if designs.len() == REMEMBERED {
        designs.remove(0);
    }
    designs.push(design.clone());
}

impl Cascade {
    /// Designs it for a composition, or keeps the design that it has for it.
    pub(super) fn designed(
        &self,
        values: &Values,
        composition: &Composition,
        formula: impl Fn(SpeciesId) -> Formula,
        price: impl Fn(SpeciesId) -> f64,
    ) -> Result<Arc<CascadeDesign>, NoDesign> {
        let mut elements: Vec<Element> = Vec::new();
        let (mut moles, mut masses): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
        let mut worths: Vec<f64> = Vec::new();
        for &(species, mass) in composition.iter().filter(|&&(_, mass)| mass > 0.0) {
            let formula = formula(species);
            let Some(metal) = self.metal(Some(&formula)) else { continue };
            let atoms = formula.count(metal) / formula.molar_mass() * mass;
            let at = elements.iter().position(|&it| it == metal).unwrap_or_else(|| {
                elements.push(metal);
                moles.push(0.0);
                masses.push(0.0);
                worths.push(0.0);
                elements.len() - 1
            });
            moles[at] += atoms;
            masses[at] += mass;
            worths[at] += price(species) * mass;
        }
        let sum: f64 = moles.iter().sum();
        for at in 0..elements.len() {
            masses[at] /= moles[at];
            // Money per t to money per mol.
            worths[at] *= 1e-6 / moles[at];
        }
        let feed: Vec<f64> = moles.iter().map(|it| it / sum).collect();
        let products = self.products(values, &elements, &feed, &masses, &formula)?;
        let extractants = self
            .extractants
            .iter()
            .map(|it| it.factors(values, &elements))
            .collect::<Result<Vec<_>, _>>()?;
        let task = Task {
            feed,
            masses,
            phase: self.phase,
            products,
            extractants,
            organic_feed: self.organic_feed,
            worths: if self.aim == CascadeAim::Cost { worths } else { vec![0.0; elements.len()] },
            margin: self.margin.map_or(extraction::USUAL_MARGIN, |id| values[id]),
            extraction: self.extraction.map(|id| values[id]),
        };
        let circuit = self.circuit(values);
        let aim = match self.aim {
            CascadeAim::Organic => Aim::Organic,
            CascadeAim::Extraction => Aim::Extraction,
            CascadeAim::Cost => Aim::Cost(self.prices(values)),
        };
        let sequences = self.sequences;
        let same = |it: &CascadeDesign| {
            (&it.elements, &it.task, &it.circuit, it.aim, it.sequences)
                == (&elements, &task, &circuit, aim, sequences)
        };
        if let Some(own) = self.design.as_ref().filter(|own| same(own)) {
            return Ok(own.clone());
        }
        if let Some(known) = recall(&same) {
            return Ok(known);
        }
        let brief = Brief { task: &task, circuit: &circuit, aim: &aim, sequences };
        let plant = brief.design().map_err(NoDesign::Physics)?;
        let design = Arc::new(CascadeDesign { elements, task, circuit, aim, sequences, plant });
        remember(&design);
        Ok(design)
    }

    /// The products as the physics sees them.
    fn products(
        &self,
        values: &Values,
        elements: &[Element],
        feed: &[f64],
        masses: &[f64],
        formula: &impl Fn(SpeciesId) -> Formula,
    ) -> Result<Vec<extraction::Product>, NoDesign> {
        let whole: f64 = feed.iter().zip(masses).map(|(part, mass)| part * mass).sum();
        let mut products = Vec::new();
        for (at, product) in self.products.iter().enumerate() {
            let mut own: Vec<usize> = product
                .species
                .iter()
                .filter_map(|&species| {
                    let metal = self.metal(Some(&formula(species)))?;
                    elements.iter().position(|&it| it == metal)
                })
                .collect();
            own.sort_unstable();
            own.dedup();
            if own.is_empty() {
                return Err(NoDesign::Empty(at));
            }
            let purity = values[product.purity];
            let fed: f64 = own.iter().map(|&it| feed[it] * masses[it]).sum::<f64>() / whole;
            if purity <= fed || purity >= 1.0 {
                return Err(NoDesign::Purity(at, fed));
            }
            products.push(extraction::Product {
                elements: own,
                purity,
                recovery: product.recovery.map(|id| values[id]),
            });
        }
        Ok(products)
    }

    fn circuit(&self, values: &Values) -> Circuit {
        let figures = &self.circuit;
        // mol/m³ to mol/L, yr to min.
        let concentration = |id: FigureId| values[id] * 1e-3;
        let minutes = |id: FigureId| values[id] * hours_per_year() * 60.0;
        let or = |id: Option<FigureId>, otherwise: f64| id.map_or(otherwise, |id| values[id]);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be a small whole number"
        )]
        let stages = |id: Option<FigureId>| or(id, 0.0).round() as usize;
        let feed_concentration = concentration(figures.feed_concentration);
        Circuit {
            loading: self
                .extractants
                .iter()
                .map(|it| {
                    concentration(it.concentration) * values[it.saponification]
                        / extraction::EQUIVALENTS
                })
                .collect(),
            feed_concentration,
            scrub_acid: concentration(figures.scrub_acid),
            strip_acid: concentration(figures.strip_acid),
            strip_excess: or(figures.strip_excess, 0.0),
            base: concentration(figures.base),
            free_acid: figures.free_acid.map_or(0.0, concentration) / feed_concentration,
            mixing: minutes(figures.mixing),
            settling: minutes(figures.settling),
            fill: or(figures.fill, 1.0),
            efficiency: or(figures.stage_efficiency, 1.0),
            strip_stages: stages(figures.strip_stages),
            washing_stages: stages(figures.washing_stages),
            saponification_stages: stages(figures.saponification_stages),
        }
    }

    /// Prices per mol, L and min of operation.
    fn prices(&self, values: &Values) -> Prices {
        let reagents = self.reagents.as_ref().map_or(0.0, |it| {
            let (base, acid) = it.prices;
            (values[base] * it.base.1 + values[acid] * it.acid.1) * 1e-6
        });
        let Some(cost) = self.unit_cost else {
            return Prices { reagents, tanks: 0.0, organic: 0.0, charge: 0.0 };
        };
        let running = self.availability.map_or(1.0, |id| values[id]);
        let charge = values[cost.capital_charge] / (hours_per_year() * 60.0) / running;
        Prices {
            reagents,
            tanks: values[cost.tanks] * 1e-3 * charge,
            organic: values[cost.organic] * 1e-3 * charge,
            charge,
        }
    }
}

impl Extractant {
    /// Separation factors of elements against a common base, from the pairs that join them.
    fn factors(
        &self,
        values: &Values,
        elements: &[Element],
    ) -> Result<extraction::Extractant, NoDesign> {
        let all = |pairs: &[(Element, Element, FigureId)]| {
            let found = join(pairs, values)
                .map_err(|figure| NoDesign::Contradiction(self.name.clone(), figure))?;
            elements
                .iter()
                .map(|element| {
                    let factor = found.iter().find(|(it, _)| it == element);
                    let factor = factor.map(|&(_, logarithm)| logarithm.exp());
                    factor.ok_or_else(|| NoDesign::NoFactor(*element, self.name.clone()))
                })
                .collect::<Result<Vec<f64>, NoDesign>>()
        };
        Ok(extraction::Extractant { extraction: all(&self.extraction)?, scrub: all(&self.scrub)? })
    }
}

/// ln of the distribution ratio of each element against the first one that pairs join to it; elements that hang together
/// with it only. The figure of a pair that contradicts the others is the error.
fn join(
    pairs: &[(Element, Element, FigureId)],
    values: &Values,
) -> Result<Vec<(Element, f64)>, FigureId> {
    let mut found: Vec<(Element, f64)> =
        pairs.first().map(|&(_, other, _)| (other, 0.0)).into_iter().collect();
    loop {
        let before = found.len();
        for &(one, other, figure) in pairs {
            let of = |element: Element| found.iter().find(|(it, _)| *it == element).map(|it| it.1);
            let factor = values[figure].ln();
            match (of(one), of(other)) {
                (None, Some(base)) => found.push((one, base + factor)),
                (Some(base), None) => found.push((other, base - factor)),
                (Some(a), Some(b)) if (a - b - factor).abs() > 1e-6 => return Err(figure),
                _ => {}
            }
        }
        if found.len() == before {
            return Ok(found);
        }
    }
}
