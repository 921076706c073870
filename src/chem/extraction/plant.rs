//! A separation plant: the cascades of the best sequence, with what they really do.
//!
//! The sequence is found with sharp splits ([`Task::best_sequences`]); then each cascade is designed for what reaches it,
//! impurities and all, in whole stages, and rated. The shares of the elements in the products follow from the ratings, and
//! a product that misses its purity or recovery gets smaller leaks until it meets it.

mod work;

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use rayon::prelude::*;

use work::{Fed, Found, Work, members};

use super::{
    Aim, Amounts, Branch, Circuit, Cut, Design, Duty, ExtractionError, FeedPhase, Node, Products,
    Sequence, Tanks, Task, Volumes,
};

/// What a cut is known by: extractant, raffinate, organic, phase of the feed.
type CutKey = (usize, Products, Products, FeedPhase);

/// Rounds of smaller leaks.
const ROUNDS: usize = 8;

/// What a plant is designed by.
#[derive(Clone, Copy, Debug)]
pub struct Brief<'a> {
    /// What is to be separated, and with what.
    pub task: &'a Task,
    /// Concentrations, times, auxiliary stages.
    pub circuit: &'a Circuit,
    /// What is made as small as can be.
    pub aim: &'a Aim,
    /// How many of the best sequences are designed in full.
    pub sequences: usize,
}

/// A designed plant; flows per mol of its feed, volumes per mol/min of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Plant {
    /// The sequence.
    pub sequence: Node,
    /// Its cascades, each before those it feeds, raffinate side first.
    pub cascades: Vec<Cascade>,
    /// Share of each element (row) that reports to each product.
    pub shares: Vec<Vec<f64>>,
    /// Share of each product's own elements in it, by [`Task::masses`].
    pub purities: Vec<f64>,
    /// Share of each product's own elements that reports to it.
    pub recoveries: Vec<f64>,
    /// What was made small.
    pub cost: f64,
    /// All sequences that were designed, this one first, by what was made small.
    pub ranking: Vec<(Node, f64)>,
}

/// A cascade of a plant.
#[derive(Clone, Debug, PartialEq)]
pub struct Cascade {
    /// The extractant, by its position.
    pub extractant: usize,
    /// What stays in the raffinate.
    pub lower: Products,
    /// What is extracted.
    pub upper: Products,
    /// Each element in the feed, mol per mol of the plant's feed.
    pub feed: Vec<f64>,
    /// Each element in the loaded organic.
    pub organic: Vec<f64>,
    /// Each element in the raffinate.
    pub raffinate: Vec<f64>,
    /// The whole feed.
    pub flow: f64,
    /// What it has to do, and for which elements.
    pub duty: Duty,
    /// The elements of `duty`, the most extractable one first.
    pub elements: Vec<usize>,
    /// Least extraction amount, with stages without number, mol/mol of its feed.
    pub minimum: f64,
    /// The design, in equilibrium stages.
    pub design: Design,
    /// Amounts it is sized by.
    pub amounts: Amounts,
    /// Flows, L per mol of its feed.
    pub volumes: Volumes,
    /// Its tanks.
    pub tanks: Tanks,
}

impl Cascade {
    /// Mixed extraction ratios of the extraction and of the scrub section: organic over aqueous, mol/mol.
    #[must_use]
    pub fn extraction_ratios(&self) -> (f64, f64) {
        let Amounts { extraction, washing, phase, .. } = self.amounts;
        match phase {
            FeedPhase::Aqueous => (extraction / (washing + 1.0), extraction / washing),
            FeedPhase::Organic => (extraction / washing, (extraction + 1.0) / washing),
        }
    }

    /// Reflux ratios: extraction amount over raffinate product, washing amount over organic product.
    #[must_use]
    pub fn reflux_ratios(&self) -> (f64, f64) {
        let Amounts { extraction, washing, product, .. } = self.amounts;
        (extraction / (1.0 - product), washing / product)
    }

    /// Volume of all tanks, L per mol/min of the plant's feed.
    #[must_use]
    pub fn volume(&self, circuit: &Circuit) -> f64 {
        self.flow * circuit.total_volume(&self.volumes, &self.tanks)
    }

    /// Organic held, L per mol/min of the plant's feed.
    #[must_use]
    pub fn organic_held(&self, circuit: &Circuit) -> f64 {
        self.flow * circuit.organic_held(&self.volumes, &self.tanks)
    }

    /// Rare earths held, mol per mol/min of the plant's feed: organic and aqueous.
    #[must_use]
    pub fn rare_earths_held(&self, circuit: &Circuit) -> (f64, f64) {
        let (organic, aqueous) = circuit.rare_earths_held(&self.amounts, &self.tanks);
        (self.flow * organic, self.flow * aqueous)
    }
}

impl Plant {
    /// Extraction amounts of all cascades, mol/mol of feed: a third of the base.
    #[must_use]
    pub fn extraction(&self) -> f64 {
        self.cascades.iter().map(|cascade| cascade.flow * cascade.amounts.extraction).sum()
    }

    /// What the cascades do at other separation factors, with stages, extraction amounts and the ratio of leaks as they
    /// are: the purity of each product and the share of its elements that it gets.
    ///
    /// # Errors
    /// [`ExtractionError::SeparationFactor`] where the products of a cascade are no longer in the order in which it cuts
    /// them; what [`Duty::rate`] finds.
    pub fn performance(&self, brief: &Brief<'_>) -> Result<(Vec<f64>, Vec<f64>), ExtractionError> {
        for cascade in &self.cascades {
            // A rating takes its cut from the factors, so that it would answer for another one.
            let factors = &brief.task.extractants[cascade.extractant];
            for factors in [&factors.extraction, &factors.scrub] {
                let of = |set: Products| members(brief.task, set).map(|it| factors[it]);
                let least = of(cascade.upper).fold(f64::INFINITY, f64::min);
                let greatest = of(cascade.lower).fold(0.0, f64::max);
                if least <= greatest {
                    return Err(ExtractionError::SeparationFactor { value: least / greatest });
                }
            }
        }
        let mut found = Found::new(brief.task);
        let mut next = 0;
        self.rate(brief, &self.sequence, brief.task.feed.clone(), &mut next, &mut found)?;
        Ok((found.purities(brief.task), found.recoveries(brief.task)))
    }

    fn rate(
        &self,
        brief: &Brief<'_>,
        node: &Node,
        feed: Vec<f64>,
        next: &mut usize,
        found: &mut Found,
    ) -> Result<(), ExtractionError> {
        let branch = match node {
            Node::Product(product) => {
                found.put(*product, &feed);
                return Ok(());
            }
            Node::Cut(branch) => branch,
        };
        let as_built = &self.cascades[*next];
        *next += 1;
        let leaks = (as_built.duty.light_leak, as_built.duty.heavy_leak);
        let fed = Fed::new(brief.task, &branch.cut, feed, leaks);
        fed.duty.check()?;
        let design = &as_built.design;
        let stages = (design.extraction_stages, design.scrub_stages);
        let near = &design.rating.shares;
        let near = (near.len() == fed.duty.feed.len()).then_some(near.as_slice());
        let rating = fed.duty.rate(design.extraction, stages, near)?;
        let (organic, raffinate) = fed.outlets(&rating);
        self.rate(brief, &branch.lower, raffinate, next, found)?;
        self.rate(brief, &branch.upper, organic, next, found)
    }
}

impl Brief<'_> {
    /// The plant of least cost among the best sequences.
    ///
    /// # Errors
    /// What [`Task::best_sequences`] and [`Duty::design`] find.
    pub fn design(&self) -> Result<Plant, ExtractionError> {
        // Cuts that both searches ask for are designed once.
        let known = Mutex::new(BTreeMap::new());
        let mut sequences = self.sequences_of(self.task, &known)?;
        if self.task.organic_feed {
            // An organic feed counts as fully loaded there; those without stand beside.
            let aqueous = Task { organic_feed: false, ..self.task.clone() };
            sequences.extend(self.sequences_of(&aqueous, &known)?);
        }
        let mut roots: Vec<Node> = Vec::new();
        for sequence in sequences {
            if !roots.contains(&sequence.root) {
                roots.push(sequence.root);
            }
        }
        let found: Vec<Result<Plant, ExtractionError>> =
            roots.into_par_iter().map(|root| self.build(&root)).collect();
        let mut failure = None;
        let mut plants = Vec::new();
        for plant in found {
            match plant {
                Ok(plant) => plants.push(plant),
                Err(error) => failure = Some(error),
            }
        }
        plants.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        let ranking = plants.iter().map(|plant| (plant.sequence.clone(), plant.cost)).collect();
        let best = plants.into_iter().next();
        let best = best.ok_or_else(|| failure.unwrap_or(ExtractionError::Unreachable))?;
        Ok(Plant { ranking, ..best })
    }

    fn sequences_of(
        &self,
        task: &Task,
        known: &Mutex<BTreeMap<CutKey, Result<f64, ExtractionError>>>,
    ) -> Result<Vec<Sequence>, ExtractionError> {
        let lock = || known.lock().unwrap_or_else(PoisonError::into_inner);
        task.best_sequences(self.sequences, &|cut| self.bound(cut), &|cut| {
            let key = (cut.extractant, cut.lower, cut.upper, cut.duty.phase);
            if let Some(found) = lock().get(&key) {
                return found.clone();
            }
            let found = self.cut_cost(cut);
            lock().insert(key, found.clone());
            found
        })
    }

    /// What a cut costs at least: the least extraction amount and the fewest stages, which no cascade has together.
    pub(super) fn bound(&self, cut: &Cut) -> Result<f64, ExtractionError> {
        if self.task.extraction.is_some() {
            return Ok(0.0);
        }
        let minimum = cut.duty.minimum()?;
        Ok(cut.flow * self.cost(cut, minimum, cut.duty.fewest_stages()))
    }

    /// What a cut costs at its best extraction amount.
    pub(super) fn cut_cost(&self, cut: &Cut) -> Result<f64, ExtractionError> {
        cut.duty.check()?;
        if self.task.extraction.is_some() {
            return Ok(0.0);
        }
        let minimum = cut.duty.minimum()?;
        Ok(cut.flow * self.optimum(cut, &cut.duty, minimum)?.1)
    }

    /// The plant of one sequence.
    ///
    /// # Errors
    /// What [`Duty::design`] finds.
    pub fn build(&self, root: &Node) -> Result<Plant, ExtractionError> {
        let branches = root.branches();
        let shares = self.used_shares(&branches);
        let mut tightness = vec![1.0; self.task.products.len()];
        let mut last = None;
        for _ in 0..ROUNDS {
            let mut work = Work {
                brief: self,
                shares: &shares,
                tightness: &tightness,
                next: 0,
                cascades: Vec::new(),
                found: Found::new(self.task),
            };
            work.design(root, self.task.feed.clone(), None)?;
            let Work { cascades, found, .. } = work;
            let purities = found.purities(self.task);
            let recoveries = found.recoveries(self.task);
            let mut met = true;
            for (at, product) in self.task.products.iter().enumerate() {
                let impure = (1.0 - purities[at]) / (1.0 - product.purity);
                let lost = product.recovery.map_or(0.0, |it| (1.0 - recoveries[at]) / (1.0 - it));
                let missed = impure.max(lost);
                if missed > 1.0 + 1e-9 {
                    tightness[at] /= 1.05 * missed;
                    met = false;
                }
            }
            let cost = cascades.iter().map(|it| it.flow * self.full_cost(it)).sum();
            let shares = found.shares(self.task);
            let plant = Plant {
                sequence: root.clone(),
                cascades,
                shares,
                purities,
                recoveries,
                cost,
                ranking: Vec::new(),
            };
            if met {
                return Ok(plant);
            }
            last = Some(plant);
        }
        let missed = last.and_then(|plant| {
            let products = self.task.products.iter().enumerate();
            let missed = products.flat_map(|(product, it)| {
                let purity = (it.purity, plant.purities[product]);
                let recovery = it.recovery.map(|asked| (asked, plant.recoveries[product]));
                let both = [Some(purity), recovery].into_iter().flatten();
                both.map(move |(asked, found)| ExtractionError::Missed { product, asked, found })
            });
            let mut missed = missed.filter(
                |it| matches!(it, ExtractionError::Missed { asked, found, .. } if found < asked),
            );
            missed.next()
        });
        Err(missed.unwrap_or(ExtractionError::Unreachable))
    }

    /// The extraction amount of least cost, and that cost per mol of feed.
    fn optimum(&self, cut: &Cut, duty: &Duty, minimum: f64) -> Result<(f64, f64), ExtractionError> {
        duty.optimum(minimum, self.task.margin, &|extraction, stages| {
            self.cost(cut, extraction, stages)
        })
    }

    /// What is made small, of a cut per mol of its feed; grows with the extraction amount and with the stages. Half of the
    /// stages are counted as extraction, and an organic feed as fully loaded.
    fn cost(&self, cut: &Cut, extraction: f64, stages: f64) -> f64 {
        let product = cut.duty.organic_product();
        let amounts = Amounts {
            extractant: cut.extractant,
            phase: cut.duty.phase,
            extraction,
            washing: (extraction + 1.0 - cut.duty.phase.aqueous_fraction() - product).max(0.0),
            product,
            carrier: self.circuit.full_carrier(cut.extractant, cut.duty.phase),
            stripped: true,
        };
        let half = 0.5 * stages / self.circuit.efficiency;
        let parts = cut.elements.iter().zip(&cut.duty.feed);
        let parts: Vec<(f64, f64)> =
            parts.map(|(&element, &part)| (part, self.task.worths[element])).collect();
        self.aim_of(&amounts, &parts, half, half)
    }

    /// The same of a cascade as it is, with its auxiliary tanks if it is money.
    fn full_cost(&self, cascade: &Cascade) -> f64 {
        let tanks = cascade.tanks;
        let Aim::Cost(prices) = self.aim else {
            return self.aim_of(&cascade.amounts, &[], tanks.extraction as f64, tanks.scrub as f64);
        };
        let (circuit, volumes) = (self.circuit, &cascade.volumes);
        let (organic, aqueous) = circuit.rare_earths_held(&cascade.amounts, &tanks);
        let parts = cascade.feed.iter().zip(&self.task.worths);
        let worth = parts.map(|(part, worth)| part * worth).sum::<f64>() / cascade.flow;
        super::EQUIVALENTS * cascade.amounts.extraction * prices.reagents
            + circuit.total_volume(volumes, &tanks) * prices.tanks
            + circuit.organic_held(volumes, &tanks) * prices.organic
            + (organic + aqueous) * worth * prices.charge
    }

    /// What is made small for numbers of tanks; of money what the two sections cost, with `parts` of elements by their worth.
    fn aim_of(&self, amounts: &Amounts, parts: &[(f64, f64)], n: f64, m: f64) -> f64 {
        let volumes = self.circuit.volumes(amounts);
        let organic = n * volumes.organic + m * volumes.scrub_organic;
        match self.aim {
            Aim::Organic => organic,
            Aim::Extraction => amounts.extraction,
            Aim::Cost(prices) => {
                let time = self.circuit.residence();
                let tanks = n * volumes.in_extraction() + m * volumes.in_scrub();
                let aqueous = amounts.phase.aqueous_fraction();
                let held = n * (amounts.extraction + amounts.washing + aqueous)
                    + m * (amounts.extraction + 1.0 - aqueous + amounts.washing);
                let worth: f64 = parts.iter().map(|(part, worth)| part * worth).sum();
                super::EQUIVALENTS * amounts.extraction * prices.reagents
                    + time * tanks / self.circuit.fill * prices.tanks
                    + time * organic * prices.organic
                    + time * held * worth * prices.charge
            }
        }
    }

    /// The part of each product's allowances at each cut of a sequence, raffinate side and organic side: all of it is
    /// used, the harder cuts get more.
    fn used_shares(&self, branches: &[&Branch]) -> Vec<(f64, f64)> {
        let mut weights = Vec::new();
        let mut sums = vec![0.0; self.task.products.len()];
        for branch in branches {
            let cut = &branch.cut;
            let factors = &self.task.extractants[cut.extractant].extraction;
            let (below, above) = cut.keys;
            let of =
                |product: usize| self.task.products[product].elements.iter().map(|&it| factors[it]);
            let factor = of(above).fold(f64::INFINITY, f64::min) / of(below).fold(0.0, f64::max);
            let weight = 1.0 / ((factor - 1.0) * factor.ln());
            sums[below] += weight;
            sums[above] += weight;
            weights.push((weight, below, above));
        }
        let share = |weight: f64, product: usize| (weight / sums[product]).clamp(0.02, 1.0);
        weights
            .into_iter()
            .map(|(weight, below, above)| (share(weight, below), share(weight, above)))
            .collect()
    }
}
