//! Rigorous simulation of a cascade, stage by stage: any number of components, side draws, two sections.
//!
//! Unknown is `t_j = Σ βᵢ x_ij` of every stage. For given `t` each component obeys a linear tridiagonal system, whose matrix
//! is solved without a subtraction ([`network`]), so a component that leaks 1e-30 is as accurate as one that does not leak;
//! that the mole fractions sum to 1 on every stage is solved by Newton's method in `ln t` ([`newton`]).
//!
//! The equations are those of a distillation column with constant relative volatility (Naphtali and Sandholm 1971; Wang
//! and Henke 1966), which a cascade of constant separation factors and flows is.

mod balances;
mod network;
mod newton;
mod start;

use super::{ExtractionError, FeedPhase, minimum::check_order};
use network::Network;
use newton::Solution;

/// Below this, a flow of a component is beyond the smallest numbers with full digits and its closure means nothing.
const VANISHED: f64 = 1e-290;

/// Cascades that do not converge are not tried with fewer stages than these.
const FEWEST: usize = 8;

/// A cascade: stages 1 … N from the raffinate to the organic product. Flows are molar, in any one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Equilibrium stages `N`, ≥ 2.
    pub stages: usize,
    /// Extraction stages `n`, 1 ≤ n < N: an aqueous feed enters stage n, an organic one stage n + 1.
    pub extraction_stages: usize,
    /// Feed per component, mol, ≥ 0.
    pub feed: Vec<f64>,
    /// Aqueous share of the feed `q`, 0 … 1; both phases have its composition.
    pub aqueous_fraction: f64,
    /// Extraction amount `S`, mol in the time of the feed, > 0.
    pub extraction: f64,
    /// Organic product `f′_A`, mol in the time of the feed, > 0.
    pub organic_product: f64,
    /// Extractabilities in the extraction section, any base, > 0.
    pub beta_extraction: Vec<f64>,
    /// Extractabilities in the scrub section, any base, > 0, in the order of the extraction section.
    pub beta_scrub: Vec<f64>,
    /// Side draws.
    pub draws: Vec<Draw>,
}

/// A side draw: part of a phase that leaves a stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draw {
    /// Stage, from 1 at the raffinate.
    pub stage: usize,
    /// The phase that is drawn.
    pub phase: FeedPhase,
    /// Flow, mol in the time of the feed, > 0.
    pub flow: f64,
}

/// A simulated cascade; vectors over stages start at the raffinate, those over components are in the order of the layout.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Mole fractions of the aqueous phase that leaves each stage, mol/mol, sum 1.
    pub aqueous: Vec<Vec<f64>>,
    /// Mole fractions of the organic phase that leaves each stage, mol/mol, sum 1.
    pub organic: Vec<Vec<f64>>,
    /// Aqueous flow that each stage sends down, mol, > 0; that of the first is the raffinate.
    pub aqueous_flows: Vec<f64>,
    /// Organic flow that each stage sends up, mol, > 0; that of the last is the organic product.
    pub organic_flows: Vec<f64>,
    /// Organic product per component, mol, ≥ 0: exact also for traces.
    pub organic_product: Vec<f64>,
    /// Raffinate per component, mol, ≥ 0: exact also for traces.
    pub raffinate: Vec<f64>,
    /// What each side draw takes per component, mol, ≥ 0.
    pub draws: Vec<Vec<f64>>,
    /// Newton steps of the start that led to it.
    pub steps: usize,
    /// What was simulated.
    layout: Layout,
    /// `ln t` per stage.
    logs: Vec<f64>,
}

impl Layout {
    /// Washing amount `W`, mol in the time of the feed: `S + (1 − q) F − f′_A`, less organic draws.
    #[must_use]
    pub fn washing(&self) -> f64 {
        let organic_feed = (1.0 - self.aqueous_fraction) * self.feed.iter().sum::<f64>();
        self.extraction + organic_feed - self.organic_product - self.drawn(FeedPhase::Organic)
    }

    /// Raffinate `f′_B`, mol in the time of the feed: what the other outlets leave.
    #[must_use]
    pub fn raffinate(&self) -> f64 {
        let drawn: f64 = self.draws.iter().map(|draw| draw.flow).sum();
        self.feed.iter().sum::<f64>() - self.organic_product - drawn
    }

    /// The same cascade with two thirds of the stages in each section; an error where too few are left.
    fn shortened(&self) -> Result<Self, ExtractionError> {
        let fewer = |stages: usize| (2 * stages).div_ceil(3);
        let (n, m) = (self.extraction_stages, self.stages - self.extraction_stages);
        let (shorter, rest) = (fewer(n), fewer(m));
        if shorter + rest < FEWEST {
            return Err(ExtractionError::NotConverged { residual: f64::INFINITY });
        }
        let mut layout = self.clone();
        (layout.stages, layout.extraction_stages) = (shorter + rest, shorter);
        for draw in &mut layout.draws {
            draw.stage = match draw.stage.checked_sub(n) {
                None | Some(0) => fewer(draw.stage),
                Some(above) => shorter + fewer(above),
            };
        }
        Ok(layout)
    }

    fn drawn(&self, phase: FeedPhase) -> f64 {
        self.draws.iter().filter(|draw| draw.phase == phase).map(|draw| draw.flow).sum()
    }

    fn check(&self) -> Result<(), ExtractionError> {
        let wrong = |reason| Err(ExtractionError::Layout { reason });
        let components = self.feed.len();
        if self.beta_extraction.len() != components || self.beta_scrub.len() != components {
            return wrong("each component needs a separation factor in each section");
        }
        if self.extraction_stages == 0 || self.extraction_stages >= self.stages {
            return wrong("each section needs a stage");
        }
        if !(0.0..=1.0).contains(&self.aqueous_fraction) {
            return Err(ExtractionError::Fraction { value: self.aqueous_fraction });
        }
        if !self.feed.iter().all(|flow| *flow >= 0.0 && flow.is_finite()) {
            return wrong("the feed of a component is a flow of at least 0");
        }
        if !(self.extraction > 0.0 && self.extraction.is_finite()) {
            return Err(ExtractionError::Extraction { given: self.extraction, minimum: 0.0 });
        }
        for draw in &self.draws {
            if !(1..=self.stages).contains(&draw.stage) {
                return wrong("a side draw is at a stage that is not there");
            }
            if !(draw.flow > 0.0 && draw.flow.is_finite()) {
                return wrong("a side draw takes a flow above 0");
            }
        }
        self.check_factors()?;
        let feed: f64 = self.feed.iter().sum();
        if !(self.organic_product > 0.0 && self.raffinate() > 0.0) {
            return Err(ExtractionError::ProductFlow { given: self.organic_product, feed });
        }
        let washing = self.washing();
        if washing > 0.0 { Ok(()) } else { Err(ExtractionError::NoWash { washing }) }
    }

    /// Extractabilities are above 0, and a component that is the more extractable in one section is it in the other.
    fn check_factors(&self) -> Result<(), ExtractionError> {
        let mut order: Vec<usize> =
            (0..self.feed.len()).filter(|&component| self.feed[component] > 0.0).collect();
        order.sort_by(|&a, &b| {
            let extraction = self.beta_extraction[b].total_cmp(&self.beta_extraction[a]);
            extraction.then(self.beta_scrub[b].total_cmp(&self.beta_scrub[a]))
        });
        let sorted = |betas: &[f64]| order.iter().map(|&i| betas[i]).collect::<Vec<_>>();
        let extraction = sorted(&self.beta_extraction);
        let scrub = sorted(&self.beta_scrub);
        for betas in [&extraction, &scrub] {
            check_order(betas).map_err(|error| match error {
                ExtractionError::Order { component } => {
                    ExtractionError::Order { component: order[component] }
                }
                other => other,
            })?;
        }
        match (extraction.first(), extraction.last()) {
            (Some(first), Some(last)) if first > last => Ok(()),
            _ => Err(ExtractionError::SeparationFactor { value: 1.0 }),
        }
    }
}

/// Simulates a cascade from nothing.
///
/// # Errors
///
/// A layout that is no cascade, and [`ExtractionError::NotConverged`]: never a profile that does not close.
pub fn simulate(layout: &Layout) -> Result<Profile, ExtractionError> {
    layout.check()?;
    let network = Network::new(layout)?;
    profile(layout, &network, solve(layout, &network)?)
}

/// Simulates a cascade from the profile of one like it: other amounts, factors, a few stages more or less.
///
/// Saves most of the work; what it finds is the same. Falls back on [`simulate`].
///
/// # Errors
///
/// As [`simulate`].
pub fn simulate_from(layout: &Layout, near: &Profile) -> Result<Profile, ExtractionError> {
    layout.check()?;
    let network = Network::new(layout)?;
    let start = stretched(&near.logs, &near.layout, layout);
    let solution = newton::descend(&network, start).or_else(|_| solve(layout, &network))?;
    profile(layout, &network, solution)
}

/// From nothing; at last from the same cascade with fewer stages, which is easier the less overdesigned it is.
fn solve(layout: &Layout, network: &Network) -> Result<Solution, ExtractionError> {
    newton::solve(network)
        .or_else(|_| lengthened(layout, network))
        .or_else(|_| newton::follow_to(network))
}

/// From shorter and shorter cascades, and back.
fn lengthened(layout: &Layout, network: &Network) -> Result<Solution, ExtractionError> {
    let shorter = layout.shortened()?;
    let near = Network::new(&shorter)?;
    let solution =
        newton::descend(&near, near.total_reflux()).or_else(|_| lengthened(&shorter, &near))?;
    let start = stretched(&solution.logs, &shorter, layout);
    let found = newton::descend(network, start)?;
    Ok(Solution { steps: found.steps + solution.steps, ..found })
}

fn profile(
    layout: &Layout,
    network: &Network,
    solution: Solution,
) -> Result<Profile, ExtractionError> {
    let Solution { logs, balances, steps } = solution;
    let (aqueous, organic) = network.fractions(&balances, &logs, layout.feed.len());
    let times = |fractions: &[f64], flow: f64| fractions.iter().map(|x| x * flow).collect();
    let draws = layout.draws.iter().map(|draw| {
        let phase = if draw.phase == FeedPhase::Aqueous { &aqueous } else { &organic };
        times(&phase[draw.stage - 1], draw.flow)
    });
    let last = layout.stages - 1;
    let found = Profile {
        draws: draws.collect(),
        organic_product: times(&organic[last], network.organic[last]),
        raffinate: times(&aqueous[0], network.aqueous[0]),
        aqueous,
        organic,
        aqueous_flows: network.aqueous.clone(),
        organic_flows: network.organic.clone(),
        steps,
        layout: layout.clone(),
        logs,
    };
    let closure = found.closure();
    if closure <= newton::CLOSED {
        Ok(found)
    } else {
        Err(ExtractionError::NotConverged { residual: closure })
    }
}

impl Profile {
    /// Worst relative imbalance, dimensionless, ≤ 1e-10: of each component on each stage and overall, and of the sums of the
    /// mole fractions.
    ///
    /// Flows below 1e-290 are not counted.
    #[must_use]
    pub fn closure(&self) -> f64 {
        let layout = &self.layout;
        let n = layout.stages;
        let mut drawn = vec![(0.0, 0.0); n];
        for draw in &layout.draws {
            match draw.phase {
                FeedPhase::Aqueous => drawn[draw.stage - 1].0 += draw.flow,
                FeedPhase::Organic => drawn[draw.stage - 1].1 += draw.flow,
            }
        }
        let mut worst: f64 = 0.0;
        for (j, drawn) in drawn.iter().enumerate() {
            for phase in [&self.aqueous[j], &self.organic[j]] {
                worst = worst.max((phase.iter().sum::<f64>() - 1.0).abs());
            }
            for (i, &feed) in layout.feed.iter().enumerate() {
                let share = match (j + 1).checked_sub(layout.extraction_stages) {
                    Some(0) => layout.aqueous_fraction,
                    Some(1) => 1.0 - layout.aqueous_fraction,
                    _ => 0.0,
                };
                let mut entering = share * feed;
                if j > 0 {
                    entering += self.organic_flows[j - 1] * self.organic[j - 1][i];
                }
                if j + 1 < n {
                    entering += self.aqueous_flows[j + 1] * self.aqueous[j + 1][i];
                }
                let leaving = (self.aqueous_flows[j] + drawn.0) * self.aqueous[j][i]
                    + (self.organic_flows[j] + drawn.1) * self.organic[j][i];
                worst = worst.max(imbalance(entering, leaving));
            }
        }
        for (i, &feed) in layout.feed.iter().enumerate() {
            let draws: f64 = self.draws.iter().map(|draw| draw[i]).sum();
            worst = worst.max(imbalance(feed, self.organic_product[i] + self.raffinate[i] + draws));
        }
        worst
    }
}

/// `ln t` of the stages of one layout, interpolated in each section to those of another.
fn stretched(logs: &[f64], from: &Layout, to: &Layout) -> Vec<f64> {
    let (extraction, scrub) = logs.split_at(from.extraction_stages);
    let mut stretched = interpolated(extraction, to.extraction_stages);
    stretched.extend(interpolated(scrub, to.stages - to.extraction_stages));
    stretched
}

/// `values` spread evenly over `count` places; both are not empty.
fn interpolated(values: &[f64], count: usize) -> Vec<f64> {
    if values.len() == count {
        return values.to_vec();
    }
    let scale = (values.len() - 1) as f64 / (count.max(2) - 1) as f64;
    let place = |k: usize| {
        let (mut left, mut position) = (0, scale * k as f64);
        while position >= 1.0 && left + 2 < values.len() {
            (left, position) = (left + 1, position - 1.0);
        }
        let right = (left + 1).min(values.len() - 1);
        values[left] + (values[right] - values[left]) * position
    };
    (0..count).map(place).collect()
}

fn imbalance(entering: f64, leaving: f64) -> f64 {
    let larger = entering.max(leaving);
    if larger < VANISHED { 0.0 } else { (entering - leaving).abs() / larger }
}
