//! A cascade beside what textbooks and simulations say.

use super::LegacyCheck;
use crate::{
    chem::extraction::{self, Layout, Node, SeparationFactors, Split, legacy, simulate},
    flowsheet::CascadeDesign,
};

/// Textbook formulas for the split as it is, as if all that is extracted were one component and the rest the other.
pub(super) fn legacy_check(
    own: &extraction::Cascade,
    (factor, scrub_factor): (f64, f64),
) -> LegacyCheck {
    let (cut, rating) = (own.duty.cut, &own.design.rating);
    let sum = |parts: &[f64]| parts.iter().sum::<f64>();
    let heavy = sum(&own.duty.feed[..cut]);
    let lost = sum(&rating.raffinate[..cut]) / heavy;
    let carried = sum(&rating.organic[cut..]) / (1.0 - heavy);
    let factors = SeparationFactors { extraction: factor, scrub: scrub_factor };
    let phase = own.amounts.phase;
    let split = Split::from_losses(heavy, lost, carried).ok();
    let stages = split.and_then(|split| {
        let flows = split.flows(phase, own.amounts.extraction).ok()?;
        legacy::stages(&split, factors, &flows)
    });
    LegacyCheck {
        extraction_stages: stages.map(|it| it.extraction),
        scrub_stages: stages.map(|it| it.scrub),
        minimum: legacy::pseudo_binary_minimum(factor, own.amounts.product, phase).ok(),
        square_root: split
            .and_then(|split| legacy::square_root_extraction(&split, factors, phase).ok())
            .map(|(extraction, _)| extraction)
            .filter(|&extraction| extraction > 0.0),
    }
}

/// The product that can be had first, and after how many minutes: when the cascades on its way are filled by what reaches
/// each, one after the other.
pub(super) fn first_product(design: &CascadeDesign) -> (usize, f64) {
    fn walk(
        design: &CascadeDesign,
        node: &Node,
        next: &mut usize,
        after: f64,
        best: &mut (usize, f64),
    ) {
        match node {
            Node::Product(product) if after < best.1 => *best = (*product, after),
            Node::Product(_) => {}
            Node::Cut(branch) => {
                let cascade = &design.plant.cascades[*next];
                *next += 1;
                let (organic, aqueous) = cascade.rare_earths_held(&design.circuit);
                let after = after + (organic + aqueous) / cascade.flow;
                walk(design, &branch.lower, next, after, best);
                walk(design, &branch.upper, next, after, best);
            }
        }
    }
    let mut best = (0, f64::INFINITY);
    walk(design, &design.plant.sequence, &mut 0, 0.0, &mut best);
    best
}

/// Largest difference between the rating of a cascade and a simulation of all its stages: of what leaves of each element
/// by each outlet, relative, what is below 1e-9 of the feed absolutely; none where the simulation does not converge.
pub(super) fn verify(own: &extraction::Cascade) -> Option<f64> {
    let (duty, rating) = (&own.duty, &own.design.rating);
    let profile = simulate(&Layout {
        stages: own.design.total(),
        extraction_stages: own.design.extraction_stages,
        feed: duty.feed.clone(),
        aqueous_fraction: duty.phase.aqueous_fraction(),
        extraction: own.design.extraction,
        organic_product: rating.organic.iter().sum(),
        beta_extraction: duty.extraction.clone(),
        beta_scrub: duty.scrub.clone(),
        draws: Vec::new(),
    })
    .ok()?;
    let organic = rating.organic.iter().zip(&profile.organic_product);
    let pairs = organic.chain(rating.raffinate.iter().zip(&profile.raffinate));
    Some(pairs.map(|(one, other)| (one - other).abs() / one.max(1e-9)).fold(0.0, f64::max))
}
