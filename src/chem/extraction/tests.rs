//! The numbers V1 to V10 are the cases with known answers of the design note; each names its source.

mod binary;
mod layouts;
mod minimum;
mod plant;
mod simulation;
mod single;

use super::*;

const PHASES: [FeedPhase; 2] = [FeedPhase::Aqueous, FeedPhase::Organic];

/// Feeds, purities and separation factors as the plants have them.
fn pure(feed: f64, organic: f64, aqueous: f64) -> Split {
    Split::from_purities(feed, organic, aqueous).expect("a split")
}
