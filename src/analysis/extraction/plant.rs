//! A designed plant at its size.

use super::{
    CascadeFlows, CascadeOutcome, Destination, ElementShare, ExtractionPlant, FactorSensitivity,
    FillCost, Leak, LinkedBound, Minimised, Phase, PlantFeed, PlantReagents, PlantTotals,
    ProductOutcome, RankedSequence, ReagentNeed, Sections, Size,
    checks::{first_product, legacy_check, verify},
    moles,
};
use crate::{
    chem::extraction::{self, Aim, Branch, FeedPhase, Node, Products, Task},
    flowsheet::{Cascade, CascadeDesign, Flowsheet, Values},
    measure::hours_per_year,
};

/// What a plant is told from.
pub(super) struct Told<'a> {
    pub(super) flowsheet: &'a Flowsheet,
    pub(super) values: &'a Values,
    pub(super) cascade: &'a Cascade,
    pub(super) design: &'a CascadeDesign,
    pub(super) size: &'a Size,
}

impl Told<'_> {
    pub(super) fn tell(
        &self,
        operation: String,
        sensitivity: Option<FactorSensitivity>,
    ) -> ExtractionPlant {
        let plant = &self.design.plant;
        let names = self.names();
        let best = plant.ranking.first().map_or(plant.cost, |&(_, cost)| cost);
        let ranking = plant.ranking.iter().map(|(sequence, cost)| RankedSequence {
            sequence: sequence.text(&names),
            // Amounts that are given cost nothing, whatever the sequence.
            relative: if best > 0.0 { cost / best } else { 1.0 },
        });
        let branches = plant.sequence.branches();
        let cascades: Vec<CascadeOutcome> =
            (0..plant.cascades.len()).map(|at| self.cascade(at, &branches, &names)).collect();
        let products = self.products();
        let totals = self.totals(&cascades, &products);
        ExtractionPlant {
            operation,
            feed: self.feed(),
            margin: self.cascade.extraction.is_none().then_some(self.design.task.margin),
            minimised: match self.design.aim {
                Aim::Organic => Minimised::Organic,
                Aim::Extraction => Minimised::Extraction,
                Aim::Cost(_) => Minimised::Cost,
            },
            sequence: plant.sequence.text(&names),
            ranking: ranking.collect(),
            cascades,
            products,
            totals,
            sensitivity,
        }
    }

    fn names(&self) -> Vec<String> {
        self.cascade.products.iter().map(|product| product.name.clone()).collect()
    }

    fn symbol(&self, element: usize) -> String {
        self.design.elements[element].symbol().to_owned()
    }

    fn feed(&self) -> PlantFeed {
        let Size { rate, availability, from, period } = self.size.clone();
        let shares = self.design.task.feed.iter().enumerate();
        PlantFeed {
            from,
            period,
            rate,
            moles: moles(self.design, self.size),
            availability,
            hours: availability * hours_per_year(),
            composition: shares
                .map(|(at, &share)| ElementShare { element: self.symbol(at), share })
                .collect(),
        }
    }

    fn cascade(&self, at: usize, branches: &[&Branch], names: &[String]) -> CascadeOutcome {
        let Self { design, .. } = *self;
        let (circuit, own) = (&design.circuit, &design.plant.cascades[at]);
        let moles = moles(design, self.size);
        let tonnes = self.tonnes(&own.feed);
        // t held per mol held: as what is fed.
        let mean = tonnes / own.flow;
        let set = |products: Products| -> Vec<String> {
            let members = (0..names.len()).filter(|it| products & (1 << it) != 0);
            members.map(|it| names[it].clone()).collect()
        };
        let amounts = &own.amounts;
        let (extraction_ratio, scrub_ratio) = own.extraction_ratios();
        let (extraction_reflux, washing_reflux) = own.reflux_ratios();
        let rating = &own.design.rating;
        let sum = |parts: &[f64]| parts.iter().sum::<f64>();
        let factors = &design.task.extractants[own.extractant];
        let (heavy, light) = keys(&design.task, branches[at]);
        let split = (
            factors.extraction[heavy] / factors.extraction[light],
            factors.scrub[heavy] / factors.scrub[light],
        );
        // L per mol/min of what is fed to this cascade, to m³.
        let size = moles * own.flow * 1e-3;
        let held = own.rare_earths_held(circuit);
        let [extraction, scrub, strip, washing, saponification] =
            circuit.tank_volumes(&own.volumes);
        let of = |tanks: usize, volume: f64| if tanks > 0 { volume * size } else { 0.0 };
        let tanks = own.tanks;
        CascadeOutcome {
            number: at + 1,
            extractant: self.cascade.extractants[own.extractant].name.clone(),
            phase: match amounts.phase {
                FeedPhase::Aqueous => Phase::Aqueous,
                FeedPhase::Organic => Phase::Organic,
            },
            lower: set(own.lower),
            upper: set(own.upper),
            raffinate_to: destination(&branches[at].lower, at, branches, names),
            organic_to: destination(&branches[at].upper, at, branches, names),
            keys: [self.symbol(heavy), self.symbol(light)],
            factor: split.0,
            scrub_factor: split.1,
            feed: self.size.rate * tonnes / design.tonnes_per_mol(),
            moles: moles * own.flow,
            minimum: own.minimum,
            extraction: amounts.extraction,
            margin: amounts.extraction / own.minimum,
            washing: amounts.washing,
            extraction_stages: own.design.extraction_stages,
            scrub_stages: own.design.scrub_stages,
            feed_stage: own.design.extraction_stages
                + usize::from(amounts.phase == FeedPhase::Organic),
            extraction_ratio,
            scrub_ratio,
            extraction_reflux,
            washing_reflux,
            inventory: amounts.extraction * own.design.total() as f64,
            light_leak: Leak {
                allowed: own.duty.light_leak,
                achieved: sum(&rating.organic[own.duty.cut..]),
            },
            heavy_leak: Leak {
                allowed: own.duty.heavy_leak,
                achieved: sum(&rating.raffinate[..own.duty.cut]),
            },
            tanks: Sections {
                extraction: tanks.extraction,
                scrub: tanks.scrub,
                strip: tanks.strip,
                washing: tanks.washing,
                saponification: tanks.saponification,
            },
            tank_volumes: Sections {
                extraction: of(tanks.extraction, extraction),
                scrub: of(tanks.scrub, scrub),
                strip: of(tanks.strip, strip),
                washing: of(tanks.washing, washing),
                saponification: of(tanks.saponification, saponification),
            },
            volume: own.volume(circuit) * moles * 1e-3,
            organic_held: own.organic_held(circuit) * moles * 1e-3,
            held_in_organic: held.0 * moles * mean,
            held_in_aqueous: held.1 * moles * mean,
            flows: CascadeFlows {
                organic: own.volumes.organic * size * 60.0,
                feed: own.volumes.feed * size * 60.0,
                scrub: own.volumes.scrub * size * 60.0,
                strip: own.volumes.strip * size * 60.0,
                base: own.volumes.base * size * 60.0,
            },
            legacy: legacy_check(own, split),
            verified: verify(own),
        }
    }

    /// t of compounds in amounts of metals, mol each.
    fn tonnes(&self, amounts: &[f64]) -> f64 {
        let parts = amounts.iter().zip(&self.design.task.masses);
        parts.map(|(amount, mass)| amount * mass).sum::<f64>() * 1e-6
    }

    fn products(&self) -> Vec<ProductOutcome> {
        let (task, plant) = (&self.design.task, &self.design.plant);
        let per_mol = self.size.rate / self.design.tonnes_per_mol();
        let told = self.cascade.products.iter().zip(&task.products).enumerate();
        told.map(|(at, (named, product))| {
            let amounts: Vec<f64> =
                task.feed.iter().zip(&plant.shares).map(|(part, to)| part * to[at]).collect();
            let (purity, recovery) = (plant.purities[at], plant.recoveries[at]);
            let used = excess(product, purity, recovery);
            ProductOutcome {
                name: named.name.clone(),
                elements: product.elements.iter().map(|&it| self.symbol(it)).collect(),
                rate: self.tonnes(&amounts) * per_mol,
                purity_asked: product.purity,
                purity,
                recovery_asked: product.recovery,
                recovery,
                reserve: 1.0 - used,
            }
        })
        .collect()
    }

    fn totals(&self, cascades: &[CascadeOutcome], products: &[ProductOutcome]) -> PlantTotals {
        let sum = |of: fn(&CascadeOutcome) -> f64| cascades.iter().map(of).sum::<f64>();
        let count = |of: fn(&CascadeOutcome) -> usize| cascades.iter().map(of).sum::<usize>();
        let plant = &self.design.plant;
        let moles = moles(self.design, self.size);
        let held: f64 = plant
            .cascades
            .iter()
            .map(|it| it.rare_earths_held(&self.design.circuit))
            .map(|(organic, aqueous)| organic + aqueous)
            .sum();
        let organic_held = sum(|it| it.organic_held);
        let (first, minutes) = first_product(self.design);
        let margin = cascades.iter().min_by(|a, b| a.margin.total_cmp(&b.margin));
        let reserve = products.iter().min_by(|a, b| a.reserve.total_cmp(&b.reserve));
        PlantTotals {
            cascades: cascades.len(),
            stages: count(|it| it.extraction_stages + it.scrub_stages),
            tanks: count(|it| it.tanks.all().iter().sum()),
            volume: sum(|it| it.volume),
            existing_volume: self.cascade.volume.map(|id| self.values[id]),
            organic_held,
            held_in_organic: sum(|it| it.held_in_organic),
            held_in_aqueous: sum(|it| it.held_in_aqueous),
            // Held per mol/min is minutes of feed.
            days_held: held / (24.0 * 60.0),
            first_product: self.cascade.products[first].name.clone(),
            first_product_days: minutes / (24.0 * 60.0),
            fill: self.fill(moles, organic_held),
            capital: self.capital(cascades),
            extraction: plant.extraction(),
            reagents: self.reagents(),
            linked: self.linked(),
            tightest: margin.map_or(0, |it| it.number),
            least_margin: margin.map_or(f64::INFINITY, |it| it.margin),
            least_reserve: reserve.map_or_else(String::new, |it| it.name.clone()),
            reserve: reserve.map_or(1.0, |it| it.reserve),
        }
    }

    /// What is held is worth, with the composition of what each cascade is fed.
    fn fill(&self, moles: f64, organic: f64) -> FillCost {
        let Self { flowsheet, values, cascade, design, .. } = *self;
        let price = |element: usize| -> Option<f64> {
            let of = |species: &crate::flowsheet::SpeciesId| {
                let formula = flowsheet.species[*species].formula.as_ref();
                let terms = flowsheet.market.iter().filter(|it| it.content.weight(*species) > 0.0);
                let price: Vec<f64> =
                    terms.map(|it| it.content.weight(*species) * values[it.figure]).collect();
                (cascade.metal(formula) == Some(design.elements[element]) && !price.is_empty())
                    .then(|| price.iter().sum())
            };
            cascade.species.iter().find_map(of)
        };
        let prices: Vec<Option<f64>> = (0..design.elements.len()).map(price).collect();
        let worth = |it: &extraction::Cascade| -> f64 {
            let (organic, aqueous) = it.rare_earths_held(&design.circuit);
            let parts = it.feed.iter().zip(&design.task.masses).zip(&prices);
            let value: f64 =
                parts.map(|((part, mass), price)| part * mass * 1e-6 * price.unwrap_or(0.0)).sum();
            (organic + aqueous) * moles * value / it.flow
        };
        let unpriced = prices.iter().enumerate().filter(|(_, price)| price.is_none());
        FillCost {
            metals: prices
                .iter()
                .any(Option::is_some)
                .then(|| design.plant.cascades.iter().map(worth).sum()),
            without_price: unpriced.map(|(at, _)| self.symbol(at)).collect(),
            organic: cascade.unit_cost.map(|cost| values[cost.organic] * organic),
        }
    }

    fn capital(&self, cascades: &[CascadeOutcome]) -> Option<f64> {
        let capital = self.cascade.capital.as_ref()?;
        let values = self.values;
        let installed = capital.installation.map_or(1.0, |id| values[id]);
        let one = |volume: f64| {
            values[capital.coefficient] * volume.powf(values[capital.exponent]) * installed
        };
        let of = |it: &CascadeOutcome| -> f64 {
            let sections = it.tanks.all().into_iter().zip(it.tank_volumes.all());
            sections
                .filter(|&(tanks, _)| tanks > 0)
                .map(|(tanks, volume)| tanks as f64 * one(volume))
                .sum()
        };
        Some(cascades.iter().map(of).sum())
    }

    fn reagents(&self) -> PlantReagents {
        let design = self.design;
        let per_tonne = 1.0 / design.tonnes_per_mol();
        let (base, acid) = (design.base(), design.acid());
        let named = self.cascade.reagents.as_ref();
        let need = |name: String, moles: f64, mass: f64| ReagentNeed {
            name,
            per_tonne: moles * mass * 1e-6 * per_tonne,
        };
        let consumable = |id| self.flowsheet.consumables[id].name.clone();
        PlantReagents {
            base_moles: base,
            acid_moles: acid,
            base: named.map(|it| need(consumable(it.base.0), base, it.base.1)),
            acid: named.map(|it| need(consumable(it.acid.0), acid, it.acid.1)),
            // All base ends as salt: of what the organic takes up, and of the acid in the feed.
            salt: named
                .and_then(|it| it.salt.as_ref())
                .map(|(name, mass)| need(name.clone(), base, *mass)),
            water: design.water() * 1e-3 * per_tonne,
        }
    }

    /// By the extractant of the least bound, of those that can make all cuts.
    fn linked(&self) -> Option<LinkedBound> {
        let task = &self.design.task;
        let able = (0..task.extractants.len()).filter(|&it| makes_all_cuts(task, it));
        let bounds = able.filter_map(|it| {
            let found = task.linked_minimum(it, &|cut| cut.duty.minimum()).ok()?;
            Some((it, found))
        });
        let (at, bound) = bounds.min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(LinkedBound {
            extractant: self.cascade.extractants[at].name.clone(),
            extraction: bound,
            ratio: self.design.plant.extraction() / bound,
        })
    }
}

/// Whether an extractant orders the elements so that all products part.
fn makes_all_cuts(task: &Task, extractant: usize) -> bool {
    let factors = &task.extractants[extractant].extraction;
    let mut spans: Vec<(f64, f64)> = task
        .products
        .iter()
        .map(|product| {
            let of = product.elements.iter().map(|&it| factors[it]);
            (of.clone().fold(f64::INFINITY, f64::min), of.fold(0.0, f64::max))
        })
        .collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    spans.windows(2).all(|pair| pair[1].0 > pair[0].1)
}

/// The elements at a cut: the least extractable one of what is extracted, the most extractable one of what stays.
fn keys(task: &Task, branch: &Branch) -> (usize, usize) {
    let factors = &task.extractants[branch.cut.extractant].extraction;
    let of = |product: usize| task.products[product].elements.iter().copied();
    let by = |a: &usize, b: &usize| factors[*a].total_cmp(&factors[*b]);
    let (below, above) = branch.cut.keys;
    (
        of(above).min_by(by).expect("a product has an element"),
        of(below).max_by(by).expect("a product has an element"),
    )
}

fn destination(node: &Node, from: usize, branches: &[&Branch], names: &[String]) -> Destination {
    match node {
        Node::Product(product) => Destination::Product(names[*product].clone()),
        Node::Cut(next) => {
            // Two cuts may look alike, but no two of one sequence are of the same products.
            let same =
                |it: &&Branch| (it.cut.lower, it.cut.upper) == (next.cut.lower, next.cut.upper);
            let after = branches[from + 1..].iter().position(same).expect("it is in the sequence");
            Destination::Cascade(from + after + 2)
        }
    }
}

/// What is used of the impurity or loss that a product is allowed, whichever is more.
pub(super) fn excess(product: &extraction::Product, purity: f64, recovery: f64) -> f64 {
    let impure = (1.0 - purity) / (1.0 - product.purity);
    let lost = product.recovery.map_or(0.0, |asked| (1.0 - recovery) / (1.0 - asked));
    impure.max(lost)
}
