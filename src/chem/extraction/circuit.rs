//! From molar flows to tanks and reagents.
//!
//! Per mol/min of rare earths fed to a cascade: organic `S / c` for a loading `c`, scrub acid `3 W / c_acid`, strip acid
//! `3 D (1 + excess) / c_acid`, feed `1 / c_feed`; a tank holds what passes in its time of mixing and settling. Each mol
//! that is extracted takes three of base and three of acid: base and acid are both `3 S`, summed over all cascades.
//! Aqueous feeds are taken to be brought to the concentration of the feed; organic that carries an organic feed adds to
//! the organic of the scrub section.

use super::FeedPhase;

/// Moles of base, and of acid, per mol of a trivalent rare earth.
pub const EQUIVALENTS: f64 = 3.0;

/// Concentrations, times and auxiliary stages of the cascades of a plant.
#[derive(Clone, Debug, PartialEq)]
pub struct Circuit {
    /// Rare earths in the loaded organic of each extractant, mol/L, > 0.
    pub loading: Vec<f64>,
    /// Rare earths in an aqueous feed, mol/L, > 0.
    pub feed_concentration: f64,
    /// Scrub acid, mol/L, > 0.
    pub scrub_acid: f64,
    /// Strip acid, mol/L, > 0.
    pub strip_acid: f64,
    /// Strip acid beyond the need, as a share of it, ≥ 0.
    pub strip_excess: f64,
    /// Base, mol/L, > 0.
    pub base: f64,
    /// Acid in the feed, mol/mol of rare earths, ≥ 0; it takes base.
    pub free_acid: f64,
    /// Mixing time, min, > 0.
    pub mixing: f64,
    /// Settling time, min, ≥ 0.
    pub settling: f64,
    /// Share of a tank's volume that is used, 0–1.
    pub fill: f64,
    /// Stage efficiency, 0–1: an equilibrium stage takes 1 / efficiency tanks.
    pub efficiency: f64,
    /// Stages that strip the loaded organic of a cascade.
    pub strip_stages: usize,
    /// Stages that wash the stripped organic.
    pub washing_stages: usize,
    /// Stages in which the organic takes up base.
    pub saponification_stages: usize,
}

/// Flows of a cascade, L per mol of rare earths fed to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Volumes {
    /// Saponified organic, enters the first stage.
    pub organic: f64,
    /// Organic of the scrub section: with an organic feed, more.
    pub scrub_organic: f64,
    /// Aqueous feed; 0 where it is organic.
    pub feed: f64,
    /// Scrub acid.
    pub scrub: f64,
    /// Strip acid; 0 where the loaded organic is not stripped.
    pub strip: f64,
    /// Base.
    pub base: f64,
}

impl Volumes {
    /// What passes a stage of extraction.
    #[must_use]
    pub fn in_extraction(&self) -> f64 {
        self.organic + self.scrub + self.feed
    }

    /// What passes a stage of scrubbing.
    #[must_use]
    pub fn in_scrub(&self) -> f64 {
        self.scrub_organic + self.scrub
    }
}

/// Tanks: mixer-settlers of each section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tanks {
    /// Extraction.
    pub extraction: usize,
    /// Scrubbing.
    pub scrub: usize,
    /// Stripping.
    pub strip: usize,
    /// Washing of the stripped organic.
    pub washing: usize,
    /// Saponification.
    pub saponification: usize,
}

impl Tanks {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.extraction + self.scrub + self.strip + self.washing + self.saponification
    }
}

/// What a cascade is sized by: amounts in mol per mol of its feed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amounts {
    /// The extractant, by its position.
    pub extractant: usize,
    /// The phase that brings the feed.
    pub phase: FeedPhase,
    /// Extraction amount, > 0.
    pub extraction: f64,
    /// Washing amount, > 0.
    pub washing: f64,
    /// Rare earths that leave with the organic, 0–1.
    pub product: f64,
    /// Organic that carries an organic feed, L per mol of the feed.
    pub carrier: f64,
    /// Whether the loaded organic is stripped here.
    pub stripped: bool,
}

impl Circuit {
    /// Time that what passes a tank stays, min.
    #[must_use]
    pub fn residence(&self) -> f64 {
        self.mixing + self.settling
    }

    /// Organic that carries a mol at full loading, L/mol.
    #[must_use]
    pub fn full_carrier(&self, extractant: usize, phase: FeedPhase) -> f64 {
        match phase {
            FeedPhase::Aqueous => 0.0,
            FeedPhase::Organic => 1.0 / self.loading[extractant],
        }
    }

    /// Flows of a cascade.
    #[must_use]
    pub fn volumes(&self, amounts: &Amounts) -> Volumes {
        let organic = amounts.extraction / self.loading[amounts.extractant];
        let strip = if amounts.stripped {
            EQUIVALENTS * amounts.product * (1.0 + self.strip_excess) / self.strip_acid
        } else {
            0.0
        };
        Volumes {
            organic,
            scrub_organic: organic + amounts.carrier,
            feed: match amounts.phase {
                FeedPhase::Aqueous => 1.0 / self.feed_concentration,
                FeedPhase::Organic => 0.0,
            },
            scrub: EQUIVALENTS * amounts.washing / self.scrub_acid,
            strip,
            base: EQUIVALENTS * amounts.extraction / self.base,
        }
    }

    /// Tanks for numbers of equilibrium stages.
    #[must_use]
    pub fn tanks(&self, extraction: usize, scrub: usize, stripped: bool) -> Tanks {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of tanks"
        )]
        let tanks = |stages: usize| (stages as f64 / self.efficiency - 1e-9).ceil() as usize;
        Tanks {
            extraction: tanks(extraction),
            scrub: tanks(scrub),
            strip: if stripped { self.strip_stages } else { 0 },
            washing: if stripped { self.washing_stages } else { 0 },
            saponification: self.saponification_stages,
        }
    }

    /// Volume of one tank of each section, L per mol/min fed: extraction, scrub, strip, washing, saponification.
    #[must_use]
    pub fn tank_volumes(&self, volumes: &Volumes) -> [f64; 5] {
        let time = self.residence() / self.fill;
        [
            volumes.in_extraction() * time,
            volumes.in_scrub() * time,
            (volumes.scrub_organic + volumes.strip) * time,
            volumes.scrub_organic * time,
            (volumes.organic + volumes.base) * time,
        ]
    }

    /// Volume of all tanks, L per mol/min fed.
    #[must_use]
    pub fn total_volume(&self, volumes: &Volumes, tanks: &Tanks) -> f64 {
        let [extraction, scrub, strip, washing, saponification] = self.tank_volumes(volumes);
        tanks.extraction as f64 * extraction
            + tanks.scrub as f64 * scrub
            + tanks.strip as f64 * strip
            + tanks.washing as f64 * washing
            + tanks.saponification as f64 * saponification
    }

    /// Organic in all tanks, L per mol/min fed; phases are held up as they flow.
    #[must_use]
    pub fn organic_held(&self, volumes: &Volumes, tanks: &Tanks) -> f64 {
        let auxiliary = (tanks.strip + tanks.washing) as f64 * volumes.scrub_organic
            + tanks.saponification as f64 * volumes.organic;
        self.residence()
            * (tanks.extraction as f64 * volumes.organic
                + tanks.scrub as f64 * volumes.scrub_organic
                + auxiliary)
    }

    /// Rare earths held in extraction and scrubbing, mol per mol/min fed: organic and aqueous.
    #[must_use]
    pub fn rare_earths_held(&self, amounts: &Amounts, tanks: &Tanks) -> (f64, f64) {
        let (n, m) = (tanks.extraction as f64, tanks.scrub as f64);
        let feed = match amounts.phase {
            FeedPhase::Aqueous => (0.0, 1.0),
            FeedPhase::Organic => (1.0, 0.0),
        };
        let organic = amounts.extraction * n + (amounts.extraction + feed.0) * m;
        let aqueous = (amounts.washing + feed.1) * n + amounts.washing * m;
        (organic * self.residence(), aqueous * self.residence())
    }
}

/// What is made as small as can be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aim {
    /// The organic that all stages hold, L per mol and residence time; for an aqueous feed `S × stages` over the loading, the
    /// usual indicator of capital.
    Organic,
    /// `S`, which the reagents follow.
    Extraction,
    /// Money per mol of feed.
    Cost(Prices),
}

/// What the parts of a plant cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// Base and acid together, money per mol of each.
    pub reagents: f64,
    /// Tanks, money per L and min of operation.
    pub tanks: f64,
    /// Organic held, money per L and min.
    pub organic: f64,
    /// On the worth of the rare earths held, 1/min.
    pub charge: f64,
}
