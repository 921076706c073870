//! A separation plant: the cascades of the best sequence, with what they really do.
//!
//! The sequence is found with sharp splits ([`Task::best_sequences`]); then each cascade is designed for what reaches it,
//! impurities and all, in whole stages, and rated. The shares of the elements in the products follow from the ratings, and
//! a product that misses its purity or recovery gets smaller leaks until it meets it.

use rayon::prelude::*;

use super::{
    Aim, Amounts, Branch, Circuit, Cut, Design, Duty, ExtractionError, FeedPhase, Node, Products,
    Rating, Sequence, Tanks, Task, Volumes, minimum_extraction, minimum_extraction_of,
};

/// Less than this of a cascade's feed goes where its neighbours go, whole.
const NOTHING: f64 = 1e-15;

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
    /// What [`Duty::rate`] finds.
    pub fn performance(&self, brief: &Brief<'_>) -> Result<(Vec<f64>, Vec<f64>), ExtractionError> {
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
        // At other factors the elements may cross.
        let factors = &brief.task.extractants[branch.cut.extractant];
        for factors in [&factors.extraction, &factors.scrub] {
            let of = |set: Products| members(brief.task, set).map(|it| factors[it]);
            let least = of(branch.cut.upper).fold(f64::INFINITY, f64::min);
            let greatest = of(branch.cut.lower).fold(0.0, f64::max);
            if least <= greatest {
                return Err(ExtractionError::SeparationFactor { value: least / greatest });
            }
        }
        let fed = Fed::new(brief.task, &branch.cut, feed, leaks);
        fed.duty.check()?;
        let design = &as_built.design;
        let stages = (design.extraction_stages, design.scrub_stages);
        let rating = fed.duty.rate(design.extraction, stages, None)?;
        let (organic, raffinate) = fed.outlets(&rating);
        self.rate(brief, &branch.lower, raffinate, next, found)?;
        self.rate(brief, &branch.upper, organic, next, found)
    }
}

/// What reaches a cascade.
struct Fed {
    feed: Vec<f64>,
    flow: f64,
    elements: Vec<usize>,
    /// Whether each element, were there any, is to be extracted.
    extracted: Vec<bool>,
    duty: Duty,
}

impl Fed {
    /// `leaks` per mol of this feed.
    fn new(task: &Task, cut: &Cut, feed: Vec<f64>, leaks: (f64, f64)) -> Self {
        let factors = &task.extractants[cut.extractant];
        let flow: f64 = feed.iter().sum();
        let mut elements: Vec<usize> =
            (0..feed.len()).filter(|&it| feed[it] > NOTHING * flow).collect();
        elements.sort_by(|&a, &b| {
            factors.extraction[b].total_cmp(&factors.extraction[a]).then(a.cmp(&b))
        });
        let least = members(task, cut.upper).map(|it| factors.extraction[it]);
        let least = least.fold(f64::INFINITY, f64::min);
        let extracted: Vec<bool> = factors.extraction.iter().map(|&it| it >= least).collect();
        let heavies = elements.iter().take_while(|&&it| extracted[it]).count();
        let pick = |from: &[f64]| elements.iter().map(|&it| from[it]).collect();
        let duty = Duty {
            extraction: pick(&factors.extraction),
            scrub: pick(&factors.scrub),
            feed: elements.iter().map(|&it| feed[it] / flow).collect(),
            cut: heavies,
            phase: cut.duty.phase,
            light_leak: leaks.0,
            heavy_leak: leaks.1,
        };
        Self { feed, flow, elements, extracted, duty }
    }

    /// Organic and raffinate, mol per mol of the plant's feed; they sum to the feed.
    fn outlets(&self, rating: &Rating) -> (Vec<f64>, Vec<f64>) {
        let (mut organic, mut raffinate) = (vec![0.0; self.feed.len()], vec![0.0; self.feed.len()]);
        for (at, &element) in self.elements.iter().enumerate() {
            organic[element] = rating.organic[at] * self.flow;
            raffinate[element] = rating.raffinate[at] * self.flow;
        }
        for element in (0..self.feed.len()).filter(|it| !self.elements.contains(it)) {
            let outlet = if self.extracted[element] { &mut organic } else { &mut raffinate };
            outlet[element] = self.feed[element];
        }
        (organic, raffinate)
    }
}

/// Least extraction amount of a duty with the leaks that it allows, all of them of the two elements at the cut.
fn least_amount(duty: &Duty) -> Result<f64, ExtractionError> {
    let mut organic: Vec<f64> = duty.feed.clone();
    organic[duty.cut..].fill(0.0);
    organic[duty.cut - 1] = (organic[duty.cut - 1] - duty.heavy_leak).max(0.0);
    organic[duty.cut] = duty.light_leak.min(duty.feed[duty.cut]);
    let aqueous = duty.phase.aqueous_fraction();
    Ok(minimum_extraction_of(&duty.extraction, &duty.feed, &organic, aqueous)?.extraction)
}

fn members(task: &Task, set: Products) -> impl Iterator<Item = usize> + '_ {
    let products = (0..task.products.len()).filter(move |it| set & (1 << it) != 0);
    products.flat_map(|product| task.products[product].elements.iter().copied())
}

/// What the products get, mol per mol of the plant's feed.
struct Found(Vec<Vec<f64>>);

impl Found {
    fn new(task: &Task) -> Self {
        Self(vec![Vec::new(); task.products.len()])
    }

    fn put(&mut self, product: usize, feed: &[f64]) {
        self.0[product] = feed.to_vec();
    }

    fn own(&self, task: &Task, product: usize, weight: impl Fn(usize) -> f64) -> f64 {
        let own = task.products[product].elements.iter();
        own.map(|&it| self.0[product][it] * weight(it)).sum()
    }

    fn purities(&self, task: &Task) -> Vec<f64> {
        let mass = |element: usize| task.masses[element];
        let whole = |product: usize| -> f64 {
            let all = self.0[product].iter().zip(&task.masses);
            all.map(|(amount, mass)| amount * mass).sum()
        };
        (0..self.0.len()).map(|product| self.own(task, product, mass) / whole(product)).collect()
    }

    fn recoveries(&self, task: &Task) -> Vec<f64> {
        let fed = |product: usize| -> f64 {
            task.products[product].elements.iter().map(|&it| task.feed[it]).sum()
        };
        (0..self.0.len()).map(|product| self.own(task, product, |_| 1.0) / fed(product)).collect()
    }

    fn shares(&self, task: &Task) -> Vec<Vec<f64>> {
        let of = |element: usize| {
            let sum: f64 = self.0.iter().map(|product| product[element]).sum();
            self.0.iter().map(|product| product[element] / sum).collect()
        };
        (0..task.feed.len()).map(of).collect()
    }
}

impl Brief<'_> {
    /// The plant of least cost among the best sequences.
    ///
    /// # Errors
    /// What [`Task::best_sequences`] and [`Duty::design`] find.
    pub fn design(&self) -> Result<Plant, ExtractionError> {
        let mut sequences = self.sequences_of(self.task)?;
        if self.task.organic_feed {
            // An organic feed counts as fully loaded there; those without stand beside.
            let aqueous = Task { organic_feed: false, ..self.task.clone() };
            sequences.extend(self.sequences_of(&aqueous)?);
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

    fn sequences_of(&self, task: &Task) -> Result<Vec<Sequence>, ExtractionError> {
        task.best_sequences(
            self.sequences,
            &|cut| {
                if self.task.extraction.is_some() {
                    return Ok(0.0);
                }
                let minimum = self.minimum(&cut.duty)?;
                Ok(cut.flow * self.cost(cut, minimum, cut.duty.fewest_stages()))
            },
            &|cut| {
                cut.duty.check()?;
                if self.task.extraction.is_some() {
                    return Ok(0.0);
                }
                let minimum = self.minimum(&cut.duty)?;
                Ok(cut.flow * self.optimum(cut, &cut.duty, minimum)?.1)
            },
        )
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
        let worst = last.and_then(|plant| {
            let products = self.task.products.iter().zip(plant.purities);
            products
                .map(|(product, found)| (product.purity, found))
                .find(|(asked, found)| found < asked)
        });
        Err(worst.map_or(ExtractionError::Unreachable, |(purity, feed)| ExtractionError::Purity {
            purity,
            feed,
        }))
    }

    /// Least extraction amount of a duty with sharp outlets, mol/mol of its feed.
    ///
    /// # Errors
    /// As [`minimum_extraction`].
    pub fn minimum(&self, duty: &Duty) -> Result<f64, ExtractionError> {
        let aqueous = duty.phase.aqueous_fraction();
        Ok(minimum_extraction(&duty.extraction, &duty.feed, duty.cut, aqueous)?.extraction)
    }

    /// The extraction amount of least cost, and that cost per mol of feed.
    fn optimum(&self, cut: &Cut, duty: &Duty, minimum: f64) -> Result<(f64, f64), ExtractionError> {
        duty.optimum(minimum, &|extraction, stages| self.cost(cut, extraction, stages))
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
        self.aim_of(&amounts, half, half)
    }

    /// The same of a cascade as it is.
    fn full_cost(&self, cascade: &Cascade) -> f64 {
        let tanks = cascade.tanks;
        self.aim_of(&cascade.amounts, tanks.extraction as f64, tanks.scrub as f64)
    }

    fn aim_of(&self, amounts: &Amounts, extraction: f64, scrub: f64) -> f64 {
        match self.aim {
            Aim::Organic => {
                let volumes = self.circuit.volumes(amounts);
                extraction * volumes.organic + scrub * volumes.scrub_organic
            }
            Aim::Extraction => amounts.extraction,
            Aim::Cost(prices) => {
                let volumes = self.circuit.volumes(amounts);
                let time = self.circuit.residence();
                let tanks =
                    (extraction * volumes.in_extraction() + scrub * volumes.in_scrub()) * time;
                let organic = (extraction * volumes.organic + scrub * volumes.scrub_organic) * time;
                let held =
                    time * (amounts.extraction + amounts.washing + 1.0) * (extraction + scrub);
                super::EQUIVALENTS * amounts.extraction * prices.reagents
                    + tanks / self.circuit.fill * prices.tanks
                    + organic * prices.organic
                    + held * prices.rare_earths
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

/// The cascades of a sequence in the making.
struct Work<'a> {
    brief: &'a Brief<'a>,
    shares: &'a [(f64, f64)],
    tightness: &'a [f64],
    next: usize,
    cascades: Vec<Cascade>,
    found: Found,
}

impl Work<'_> {
    /// Designs the cascade of a node for what reaches it, then those that it feeds. `carrier` is the organic that carries
    /// an organic feed, L per mol of the plant's feed.
    fn design(
        &mut self,
        node: &Node,
        feed: Vec<f64>,
        carrier: Option<f64>,
    ) -> Result<(), ExtractionError> {
        let branch = match node {
            Node::Product(product) => {
                self.found.put(*product, &feed);
                return Ok(());
            }
            Node::Cut(branch) => branch,
        };
        let (brief, cut) = (self.brief, &branch.cut);
        let own = self.shares[self.next];
        self.next += 1;
        let leaks = brief.task.leaks(cut.keys, own, |product| self.tightness[product]);
        let flow: f64 = feed.iter().sum();
        let fed = Fed::new(brief.task, cut, feed, (leaks.0 / flow, leaks.1 / flow));
        fed.duty.check()?;
        let minimum = brief.minimum(&fed.duty)?;
        let extraction = match brief.task.extraction {
            Some(given) => given,
            None => brief.optimum(cut, &fed.duty, minimum)?.0,
        };
        let design =
            fed.duty.design(extraction, None).map_err(|error| match least_amount(&fed.duty) {
                Ok(minimum) if extraction <= minimum => {
                    ExtractionError::Extraction { given: extraction, minimum }
                }
                _ => error,
            })?;
        let (organic, raffinate) = fed.outlets(&design.rating);
        let next_is_organic =
            matches!(&branch.upper, Node::Cut(next) if next.cut.duty.phase == FeedPhase::Organic);
        let product: f64 = design.rating.organic.iter().sum();
        let aqueous = cut.duty.phase.aqueous_fraction();
        let full = brief.circuit.full_carrier(cut.extractant, cut.duty.phase);
        let amounts = Amounts {
            extractant: cut.extractant,
            phase: cut.duty.phase,
            extraction,
            washing: extraction + 1.0 - aqueous - product,
            product,
            carrier: carrier.map_or(full, |carrier| carrier / fed.flow),
            stripped: !next_is_organic,
        };
        let volumes = brief.circuit.volumes(&amounts);
        let tanks =
            brief.circuit.tanks(design.extraction_stages, design.scrub_stages, amounts.stripped);
        let carried = next_is_organic.then_some(volumes.scrub_organic * fed.flow);
        self.cascades.push(Cascade {
            extractant: cut.extractant,
            lower: cut.lower,
            upper: cut.upper,
            feed: fed.feed,
            organic: organic.clone(),
            raffinate: raffinate.clone(),
            flow: fed.flow,
            duty: fed.duty,
            elements: fed.elements,
            minimum,
            design,
            amounts,
            volumes,
            tanks,
        });
        self.design(&branch.lower, raffinate, None)?;
        self.design(&branch.upper, organic, carried)
    }
}
