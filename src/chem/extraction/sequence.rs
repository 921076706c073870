//! Which cascades, in which order: the best sequences of splits.
//!
//! With sharp splits the feed of a split is the products it still holds together, whatever was split off before; so what a
//! split costs does not depend on the way to it, and dynamic programming over sets of products is exact. A set is split
//! where an extractant's order of the elements allows it. With one extractant the sets are intervals of its order, with
//! several any set that prefixes and suffixes of their orders lead to. The upper (more extractable) part may be fed to its
//! next cascade as loaded organic, without being stripped.
//!
//! Splits are not quite sharp: each product's allowance of impurities, and of losses, is divided once and for all among the
//! cuts at its lower and its upper side in each extractant's order. A product is cut off at each of these sides at most
//! once, so all allowances are kept in any sequence, and leaks do not depend on the way either.
//!
//! The cost of a split is asked for only where a lower bound of it does not rule it out, so that thousands of possible
//! splits need hundreds of designs.

mod graph;

use rayon::prelude::*;

use graph::Way;

use super::{Duty, ExtractionError, FeedPhase};

/// Products at most: they are bits of a mask.
pub const MOST_PRODUCTS: usize = 20;

/// A set of products, as bits.
pub type Products = u32;

/// Separation factors of an extractant.
#[derive(Clone, Debug, PartialEq)]
pub struct Extractant {
    /// Of each element in the extraction section against any common base, > 0.
    pub extraction: Vec<f64>,
    /// The same in the scrub section.
    pub scrub: Vec<f64>,
}

/// What a product must be.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    /// Its elements, by their positions.
    pub elements: Vec<usize>,
    /// Least share of them in it, by [`Task::masses`], 0–1, both excluded.
    pub purity: f64,
    /// Least share of them in the feed that reports to it, if that is asked for.
    pub recovery: Option<f64>,
}

/// What is to be separated, and with what.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Composition of the feed, mol/mol, each > 0, sum 1.
    pub feed: Vec<f64>,
    /// Mass of each element's compound that purities count, per mol, > 0; all 1 for purities in mol/mol.
    pub masses: Vec<f64>,
    /// The phase that brings it; loaded organic is of the first extractant.
    pub phase: FeedPhase,
    /// Two products at least, every element in one.
    pub products: Vec<Product>,
    /// One at least.
    pub extractants: Vec<Extractant>,
    /// Whether loaded organic may be fed to the next cascade.
    pub organic_feed: bool,
    /// Worth of each element, money per mol, ≥ 0; counts where money is made small.
    pub worths: Vec<f64>,
    /// Least ratio of an extraction amount to its minimum that is chosen, > 1.
    pub margin: f64,
    /// The extraction amount, if it is given, mol/mol of feed; for two products only.
    pub extraction: Option<f64>,
}

/// One cut of a set of products.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// The extractant, by its position.
    pub extractant: usize,
    /// What stays in the raffinate.
    pub lower: Products,
    /// What is extracted.
    pub upper: Products,
    /// The products at the cut: the most extractable one of `lower`, the least extractable one of `upper`.
    pub keys: (usize, usize),
    /// Elements in the order of `duty`: the most extractable one first.
    pub elements: Vec<usize>,
    /// What has to be done.
    pub duty: Duty,
    /// Feed, mol per mol of the whole feed.
    pub flow: f64,
}

/// A sequence of splits.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// Sum of the costs of its splits.
    pub cost: f64,
    /// The first split, or the only product.
    pub root: Node,
}

/// A part of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A product, by its position.
    Product(usize),
    /// A split and what follows.
    Cut(Box<Branch>),
}

/// A split and what follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// The split.
    pub cut: Cut,
    /// What it costs.
    pub cost: f64,
    /// What becomes of the raffinate.
    pub lower: Node,
    /// What becomes of the loaded organic.
    pub upper: Node,
}

impl Node {
    /// The sequence in brackets, with the names of the products: `(La | (Ce | Nd))`, raffinate first; `»` stands before
    /// what is fed as loaded organic.
    #[must_use]
    pub fn text(&self, names: &[String]) -> String {
        match self {
            Self::Product(at) => names[*at].clone(),
            Self::Cut(branch) => {
                let mark = match &branch.upper {
                    Self::Cut(next) if next.cut.duty.phase == FeedPhase::Organic => "» ",
                    _ => "",
                };
                let (lower, upper) = (branch.lower.text(names), branch.upper.text(names));
                format!("({lower} | {mark}{upper})")
            }
        }
    }

    /// All splits, the first one first.
    #[must_use]
    pub fn branches(&self) -> Vec<&Branch> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(node) = open.pop() {
            if let Self::Cut(branch) = node {
                found.push(&**branch);
                open.extend([&branch.upper, &branch.lower]);
            }
        }
        found
    }
}

/// What is known of the cost of a split.
pub type Cost<'a> = dyn Fn(&Cut) -> Result<f64, ExtractionError> + Sync + 'a;

/// A product in an extractant's order, with its least and greatest separation factor.
type Placed = (usize, f64, f64);

impl Task {
    /// The best sequences, at most `count`, best first; equal ones in the order in which they are found.
    ///
    /// `bound` must never exceed `cost`; both ≥ 0.
    ///
    /// # Errors
    /// The task is not sound, there are more than 100,000 possible splits, or no sequence separates all products: then why
    /// one of the splits could not be had.
    pub fn best_sequences(
        &self,
        count: usize,
        bound: &Cost<'_>,
        cost: &Cost<'_>,
    ) -> Result<Vec<Sequence>, ExtractionError> {
        self.check()?;
        let graph = self.graph()?;
        let bounds: Vec<Vec<f64>> = graph
            .options
            .par_iter()
            .map(|options| {
                let bounds = options.iter().map(|it| bound(&it.cut).unwrap_or(f64::INFINITY));
                bounds.collect()
            })
            .collect();
        let mut costs = bounds;
        let mut known: Vec<Vec<bool>> =
            graph.options.iter().map(|options| vec![false; options.len()]).collect();
        let mut failure = None;
        loop {
            let ways = graph.ways(&costs, count);
            let mut wanted = Vec::new();
            for rank in 0..ways[graph.root].len() {
                graph.visit(&ways, graph.root, rank, &mut |state, way: &Way| {
                    if !known[state][way.option] {
                        wanted.push((state, way.option));
                    }
                });
            }
            if wanted.is_empty() {
                let found = ways[graph.root].iter().enumerate();
                let sequences: Vec<Sequence> = found
                    .map(|(rank, way)| Sequence {
                        cost: way.cost,
                        root: graph.node(&ways, &costs, graph.root, rank),
                    })
                    .collect();
                return if sequences.is_empty() {
                    Err(failure.unwrap_or(ExtractionError::Layout {
                        reason: "no extractant orders the elements so that all products part",
                    }))
                } else {
                    Ok(sequences)
                };
            }
            wanted.sort_unstable();
            wanted.dedup();
            let found: Vec<Result<f64, ExtractionError>> = wanted
                .par_iter()
                .map(|&(state, option)| cost(&graph.options[state][option].cut))
                .collect();
            for ((state, option), found) in wanted.into_iter().zip(found) {
                known[state][option] = true;
                costs[state][option] = found.unwrap_or_else(|error| {
                    failure.get_or_insert(error);
                    f64::INFINITY
                });
            }
        }
    }

    /// The least extraction amount of fully linked cascades, mol/mol of feed: the largest of the minima of all cuts of the
    /// whole feed.
    ///
    /// # Errors
    /// As `minimum`, which gives that of one cut.
    pub fn linked_minimum(
        &self,
        extractant: usize,
        minimum: &Cost<'_>,
    ) -> Result<f64, ExtractionError> {
        let all = self.all();
        self.cuts(all, extractant)
            .into_iter()
            .map(|(lower, upper)| minimum(&self.cut(extractant, lower, upper, self.phase)))
            .try_fold(0.0_f64, |most, found| Ok(most.max(found?)))
    }

    fn check(&self) -> Result<(), ExtractionError> {
        let products = self.products.len();
        if !(2..=MOST_PRODUCTS).contains(&products) {
            return Err(ExtractionError::Layout {
                reason: "a sequence separates 2 to 20 products",
            });
        }
        if self.extraction.is_some() && products > 2 {
            return Err(ExtractionError::Layout {
                reason: "an extraction amount is given for one cascade, of two products",
            });
        }
        Ok(())
    }

    fn all(&self) -> Products {
        (1 << self.products.len()) - 1
    }

    /// Products of a set in the order of an extractant, with their least and greatest separation factors.
    fn order(&self, set: Products, extractant: usize) -> Vec<Placed> {
        let factors = &self.extractants[extractant].extraction;
        let mut order: Vec<Placed> = (0..self.products.len())
            .filter(|product| set & (1 << product) != 0)
            .map(|product| {
                let of = self.products[product].elements.iter().map(|&element| factors[element]);
                let least = of.clone().fold(f64::INFINITY, f64::min);
                (product, least, of.fold(0.0, f64::max))
            })
            .collect();
        order.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        order
    }

    /// All cuts of a set that an extractant allows: what stays, what is extracted.
    fn cuts(&self, set: Products, extractant: usize) -> Vec<(Products, Products)> {
        let order = self.order(set, extractant);
        let mut cuts = Vec::new();
        let (mut lower, mut greatest) = (0, 0.0_f64);
        for pair in order.windows(2) {
            let ((product, _, most), (_, least, _)) = (pair[0], pair[1]);
            lower |= 1 << product;
            greatest = greatest.max(most);
            if least > greatest {
                cuts.push((lower, set & !lower));
            }
        }
        cuts
    }

    /// The cut of a set, with its share of all allowances.
    pub(super) fn cut(
        &self,
        extractant: usize,
        lower: Products,
        upper: Products,
        phase: FeedPhase,
    ) -> Cut {
        let members = |set: Products| {
            let products = (0..self.products.len()).filter(move |it| set & (1 << it) != 0);
            products.flat_map(|product| self.products[product].elements.iter().copied())
        };
        let factors = &self.extractants[extractant];
        let mut elements: Vec<usize> = members(lower).chain(members(upper)).collect();
        elements.sort_by(|&a, &b| {
            factors.extraction[b].total_cmp(&factors.extraction[a]).then(a.cmp(&b))
        });
        let cut = members(upper).count();
        let flow: f64 = elements.iter().map(|&element| self.feed[element]).sum();
        let below = self.order(lower, extractant).last().map_or(0, |&(product, ..)| product);
        let above = self.order(upper, extractant).first().map_or(0, |&(product, ..)| product);
        let shares = (self.share(below, extractant, true), self.share(above, extractant, false));
        let (light, heavy) = self.leaks((below, above), shares, |_| 1.0);
        let pick = |from: &[f64]| elements.iter().map(|&element| from[element]).collect();
        let duty = Duty {
            extraction: pick(&factors.extraction),
            scrub: pick(&factors.scrub),
            feed: elements.iter().map(|&element| self.feed[element] / flow).collect(),
            cut,
            phase,
            light_leak: light / flow,
            heavy_leak: heavy / flow,
        };
        Cut { extractant, lower, upper, keys: (below, above), elements, duty, flow }
    }

    /// What may leak up and down at a cut between two products, mol per mol of the whole feed, for the parts of their
    /// allowances that they have here and how much of those is made use of.
    pub(super) fn leaks(
        &self,
        (below, above): (usize, usize),
        (upper_side, lower_side): (f64, f64),
        used: impl Fn(usize) -> f64,
    ) -> (f64, f64) {
        let (upper_side, lower_side) = (upper_side * used(below), lower_side * used(above));
        let of = |product: usize| self.products[product].elements.iter().copied();
        let amount = |product: usize| of(product).map(|element| self.feed[element]).sum::<f64>();
        // Of `product`, mol of what leaks in from `from`.
        let impurity = |product: usize, side: f64, from: usize| {
            let purity = self.products[product].purity;
            let mass: f64 =
                of(product).map(|element| self.feed[element] * self.masses[element]).sum();
            let heaviest = of(from).map(|element| self.masses[element]).fold(0.0, f64::max);
            side * mass * (1.0 - purity) / purity / heaviest
        };
        let loss = |product: usize, side: f64| {
            let recovery = self.products[product].recovery;
            recovery.map_or(f64::INFINITY, |it| side * amount(product) * (1.0 - it))
        };
        let light = impurity(above, lower_side, below).min(loss(below, upper_side));
        let heavy = impurity(below, upper_side, above).min(loss(above, lower_side));
        // No more than half of what is there, where a recovery or a purity asks for next to nothing.
        (light.min(0.5 * amount(below)), heavy.min(0.5 * amount(above)))
    }

    /// The part of a product's allowances that belongs to its upper or lower side in an extractant's order. A cut of
    /// separation factor β costs stages as 1 / ln β and extraction as 1 / (β − 1), so the harder cut gets more.
    fn share(&self, product: usize, extractant: usize, upper: bool) -> f64 {
        let order = self.order(self.all(), extractant);
        let place = order.iter().position(|&(it, ..)| it == product).unwrap_or(0);
        let weight = |pair: Option<(Placed, Placed)>| {
            let factor = pair.map(|((.., most), (_, least, _))| least / most);
            factor.filter(|&it| it > 1.0).map_or(0.0, |it| 1.0 / ((it - 1.0) * it.ln()))
        };
        let below = place.checked_sub(1).map(|it| (order[it], order[place]));
        let above = order.get(place + 1).map(|&it| (order[place], it));
        let part = match (below, above) {
            (None, _) => f64::from(u8::from(upper)),
            (_, None) => f64::from(u8::from(!upper)),
            _ => {
                let (below, above) = (weight(below), weight(above));
                let part = if upper { above } else { below } / (below + above);
                // Neighbours that do not part in the whole order may be gone in a part of it.
                if part.is_finite() { part.clamp(0.05, 0.95) } else { 0.5 }
            }
        };
        part / self.extractants.len() as f64
    }
}
