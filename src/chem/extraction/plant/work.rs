//! The cascades of a sequence in the making: what reaches each, and what the products get.

use super::super::{Amounts, Cut, Duty, ExtractionError, FeedPhase, Node, Products, Rating, Task};
use super::{Brief, Cascade};

/// Less than this of a cascade's feed goes where its neighbours go, whole.
const NOTHING: f64 = 1e-15;

/// What reaches a cascade.
pub(super) struct Fed {
    feed: Vec<f64>,
    flow: f64,
    elements: Vec<usize>,
    /// Whether each element, were there any, is to be extracted.
    extracted: Vec<bool>,
    pub(super) duty: Duty,
}

impl Fed {
    /// `leaks` per mol of this feed.
    pub(super) fn new(task: &Task, cut: &Cut, feed: Vec<f64>, leaks: (f64, f64)) -> Self {
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
    pub(super) fn outlets(&self, rating: &Rating) -> (Vec<f64>, Vec<f64>) {
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

pub(super) fn members(task: &Task, set: Products) -> impl Iterator<Item = usize> + '_ {
    let products = (0..task.products.len()).filter(move |it| set & (1 << it) != 0);
    products.flat_map(|product| task.products[product].elements.iter().copied())
}

/// What the products get, mol per mol of the plant's feed.
pub(super) struct Found(Vec<Vec<f64>>);

impl Found {
    pub(super) fn new(task: &Task) -> Self {
        Self(vec![Vec::new(); task.products.len()])
    }

    pub(super) fn put(&mut self, product: usize, feed: &[f64]) {
        self.0[product] = feed.to_vec();
    }

    fn own(&self, task: &Task, product: usize, weight: impl Fn(usize) -> f64) -> f64 {
        let own = task.products[product].elements.iter();
        own.map(|&it| self.0[product][it] * weight(it)).sum()
    }

    pub(super) fn purities(&self, task: &Task) -> Vec<f64> {
        let mass = |element: usize| task.masses[element];
        let whole = |product: usize| -> f64 {
            let all = self.0[product].iter().zip(&task.masses);
            all.map(|(amount, mass)| amount * mass).sum()
        };
        (0..self.0.len()).map(|product| self.own(task, product, mass) / whole(product)).collect()
    }

    pub(super) fn recoveries(&self, task: &Task) -> Vec<f64> {
        let fed = |product: usize| -> f64 {
            task.products[product].elements.iter().map(|&it| task.feed[it]).sum()
        };
        (0..self.0.len()).map(|product| self.own(task, product, |_| 1.0) / fed(product)).collect()
    }

    pub(super) fn shares(&self, task: &Task) -> Vec<Vec<f64>> {
        let of = |element: usize| {
            let sum: f64 = self.0.iter().map(|product| product[element]).sum();
            self.0.iter().map(|product| product[element] / sum).collect()
        };
        (0..task.feed.len()).map(of).collect()
    }
}

/// The cascades of a sequence in the making.
pub(super) struct Work<'a> {
    pub(super) brief: &'a Brief<'a>,
    pub(super) shares: &'a [(f64, f64)],
    pub(super) tightness: &'a [f64],
    pub(super) next: usize,
    pub(super) cascades: Vec<Cascade>,
    pub(super) found: Found,
}

impl Work<'_> {
    /// Designs the cascade of a node for what reaches it, then those that it feeds. `carrier` is the organic that carries
    /// an organic feed, L per mol of the plant's feed.
    pub(super) fn design(
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
        let minimum = fed.duty.minimum()?;
        let extraction = match brief.task.extraction {
            Some(given) => given,
            None => brief.optimum(cut, &fed.duty, minimum)?.0,
        };
        let design =
            fed.duty.design(extraction, None).map_err(|error| match fed.duty.minimum() {
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
