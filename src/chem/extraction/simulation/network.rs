//! The stages as a network of flows.

use super::{ExtractionError, FeedPhase, Layout};

/// Components are padded with empty ones to whole groups, for the sake of vector instructions.
pub(super) const LANES: usize = 4;

/// Flows and factors of a cascade.
#[derive(Clone)]
pub(super) struct Network {
    pub(super) stages: usize,
    /// Stages of the extraction section, `n`.
    pub(super) extraction_stages: usize,
    /// Components that the feed has, padded.
    pub(super) width: usize,
    /// Positions of the components in the layout.
    pub(super) components: Vec<usize>,
    /// Organic flow up from each stage, `V`.
    pub(super) organic: Vec<f64>,
    /// Aqueous flow down from each stage, `L`.
    pub(super) aqueous: Vec<f64>,
    /// Organic draw of each stage, `V′`.
    pub(super) organic_draw: Vec<f64>,
    /// Aqueous draw of each stage, `L′`.
    pub(super) aqueous_draw: Vec<f64>,
    /// Aqueous share of the feed, `q`.
    aqueous_fraction: f64,
    /// Feed per component.
    pub(super) feed: Vec<f64>,
    /// `ln β` per component in the two sections.
    pub(super) log_betas: [Vec<f64>; 2],
    /// 1 where a component is meant for the organic product, else 0.
    pub(super) heavy: Vec<f64>,
    /// Organic product less the feed of those.
    pub(super) excess: f64,
}

impl Network {
    pub(super) fn new(layout: &Layout) -> Result<Self, ExtractionError> {
        let n = layout.stages;
        let components: Vec<usize> =
            (0..layout.feed.len()).filter(|&i| layout.feed[i] > 0.0).collect();
        let width = components.len().next_multiple_of(LANES);
        let padded = |values: &[f64], empty: f64| {
            let mut padded: Vec<f64> = components.iter().map(|&i| values[i]).collect();
            padded.resize(width, empty);
            padded
        };
        // The largest is 1, so that no flow overflows.
        let logs = |betas: &[f64]| -> Vec<f64> {
            let largest = components.iter().map(|&i| betas[i]).fold(0.0, f64::max);
            padded(betas, largest).into_iter().map(|beta| (beta / largest).ln()).collect()
        };
        let (mut organic_draw, mut aqueous_draw) = (vec![0.0; n], vec![0.0; n]);
        for draw in &layout.draws {
            match draw.phase {
                FeedPhase::Aqueous => aqueous_draw[draw.stage - 1] += draw.flow,
                FeedPhase::Organic => organic_draw[draw.stage - 1] += draw.flow,
            }
        }
        let feed = padded(&layout.feed, 0.0);
        let log_betas = [logs(&layout.beta_extraction), logs(&layout.beta_scrub)];
        let (heavy, excess) = cut(&feed, &log_betas[0], layout.organic_product);
        let mut network = Self {
            stages: n,
            extraction_stages: layout.extraction_stages,
            width,
            organic: Vec::with_capacity(n),
            aqueous: Vec::with_capacity(n),
            organic_draw,
            aqueous_draw,
            aqueous_fraction: layout.aqueous_fraction,
            feed,
            log_betas,
            heavy,
            excess,
            components,
        };
        network.set_flows(layout)?;
        Ok(network)
    }

    /// The flows from total balances: constant extraction amount, less organic draws, plus an organic feed.
    ///
    /// The aqueous flows are counted from the nearer end, so that the small flows of a small cascade beside a large feed
    /// still add up.
    fn set_flows(&mut self, layout: &Layout) -> Result<(), ExtractionError> {
        let total: f64 = layout.feed.iter().sum();
        let mut up = layout.extraction;
        for j in 0..self.stages {
            if j == self.extraction_stages {
                up += self.feed_share(j) * total;
            }
            up -= self.organic_draw[j];
            self.organic.push(up);
        }
        let last = self.stages - 1;
        self.organic[last] = layout.organic_product;
        let drawn = |j: usize| self.organic_draw[j] + self.aqueous_draw[j];
        let mut left = self.raffinate();
        self.aqueous.push(left);
        for j in 1..self.extraction_stages {
            left += drawn(j - 1);
            self.aqueous.push(self.organic[j - 1] + left);
        }
        let mut left = layout.organic_product;
        let mut scrub = Vec::with_capacity(self.stages);
        for j in (self.extraction_stages..self.stages).rev() {
            left += drawn(j) - self.feed_share(j) * total;
            scrub.push(self.organic[j - 1] - left);
        }
        self.aqueous.extend(scrub.iter().rev());
        if !self.organic.iter().all(|flow| *flow > 0.0) {
            let reason = "the side draws take more organic than there is";
            return Err(ExtractionError::Layout { reason });
        }
        match self.aqueous.iter().find(|flow| flow.is_nan() || **flow <= 0.0) {
            Some(&washing) => Err(ExtractionError::NoWash { washing }),
            None => Ok(()),
        }
    }

    /// What the other outlets leave, from the lights alone: beside a large organic product, their digits count.
    fn raffinate(&self) -> f64 {
        let lights: f64 =
            self.feed.iter().zip(&self.heavy).map(|(feed, heavy)| feed * (1.0 - heavy)).sum();
        let drawn: f64 = self.organic_draw.iter().chain(&self.aqueous_draw).sum();
        lights - self.excess - drawn
    }

    /// Share of the feed that enters stage `j`, from 0: the aqueous part below the organic one.
    pub(super) fn feed_share(&self, j: usize) -> f64 {
        match (j + 1).checked_sub(self.extraction_stages) {
            Some(0) => self.aqueous_fraction,
            Some(1) => 1.0 - self.aqueous_fraction,
            _ => 0.0,
        }
    }
}

/// 1 for the components, from the most extractable on, whose feed comes nearest to the product; and the product less it.
fn cut(feed: &[f64], logs: &[f64], product: f64) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..feed.len()).collect();
    order.sort_by(|&a, &b| logs[b].total_cmp(&logs[a]));
    let (mut heavy, mut excess) = (vec![0.0; feed.len()], product);
    for i in order {
        if (excess - feed[i]).abs() > excess.abs() {
            break;
        }
        heavy[i] = 1.0;
        excess -= feed[i];
    }
    (heavy, excess)
}
