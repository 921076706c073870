//! What other separation factors do to a plant: as it is built, and designed anew.
//!
//! Separation factors are known to 10 % at best. What is changed is the ratio of neighbouring elements in the order of an
//! extractant; those of distant elements are their products. A ratio that would fall below 1 is held there: its elements no
//! longer part, and a plant that has to part them is refused.

use rayon::prelude::*;

use super::{
    AnewCase, Answered, FactorCase, FactorSensitivity, PairCase, PairHarm, ProductCase, Size,
    moles, plant::excess,
};
use crate::{
    chem::extraction::{self, Brief, ExtractionError, Task},
    flowsheet::{Cascade, CascadeDesign},
};

/// By how much all ratios are changed at once.
const FACTORS: [f64; 2] = [0.9, 1.1];

/// By how much one ratio is lowered alone.
const LOWERED: f64 = 0.9;

pub(super) fn of(cascade: &Cascade, design: &CascadeDesign, size: &Size) -> FactorSensitivity {
    let all = FACTORS.into_par_iter().map(|factor| case(design, size, factor)).collect();
    let used = |extractant: &usize| {
        design.plant.cascades.iter().any(|cascade| cascade.extractant == *extractant)
    };
    let open: Vec<(usize, [usize; 2])> = (0..design.task.extractants.len())
        .filter(used)
        .flat_map(|it| {
            neighbours(&design.task.extractants[it].extraction)
                .into_iter()
                .map(move |pair| (it, pair))
        })
        .collect();
    let mut pairs: Vec<(f64, PairCase)> = open
        .into_par_iter()
        .map(|(extractant, pair)| pair_case(cascade, design, extractant, pair))
        .collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    FactorSensitivity { all, pairs: pairs.into_iter().map(|(_, pair)| pair).collect() }
}

/// All ratios changed at once.
fn case(design: &CascadeDesign, size: &Size, factor: f64) -> FactorCase {
    let task = Task {
        extractants: design
            .task
            .extractants
            .iter()
            .map(|it| extraction::Extractant {
                extraction: changed(&it.extraction, |_| factor),
                scrub: changed(&it.scrub, |_| factor),
            })
            .collect(),
        ..design.task.clone()
    };
    let (as_built, anew) =
        rayon::join(|| as_built(design, &task), || designed_anew(design, size, &task));
    FactorCase { factor, as_built, anew }
}

fn as_built(design: &CascadeDesign, task: &Task) -> Answered<Vec<ProductCase>> {
    let brief = Brief { task, ..design.brief() };
    answered(design.plant.performance(&brief).map(|(purities, recoveries)| {
        let both = purities.into_iter().zip(recoveries);
        both.map(|(purity, recovery)| ProductCase { purity, recovery }).collect()
    }))
}

fn designed_anew(design: &CascadeDesign, size: &Size, task: &Task) -> Answered<AnewCase> {
    let brief = Brief { task, ..design.brief() };
    answered(brief.design().map(|plant| {
        let same_sequence = shape(&plant) == shape(&design.plant);
        let changed = CascadeDesign { plant, task: task.clone(), ..design.clone() };
        let litres: f64 = changed.plant.cascades.iter().map(|it| it.volume(&changed.circuit)).sum();
        AnewCase {
            tanks: changed.plant.cascades.iter().map(|it| it.tanks.total()).sum(),
            volume: litres * 1e-3 * moles(&changed, size),
            extraction: changed.plant.extraction(),
            base_moles: changed.base(),
            acid_moles: changed.acid(),
            same_sequence,
        }
    }))
}

/// What a sequence is, whatever its amounts.
fn shape(plant: &extraction::Plant) -> Vec<(usize, u32, u32, extraction::FeedPhase)> {
    let of = |it: &extraction::Cascade| (it.extractant, it.lower, it.upper, it.amounts.phase);
    plant.cascades.iter().map(of).collect()
}

/// One ratio lowered alone, by how bad that is.
fn pair_case(
    cascade: &Cascade,
    design: &CascadeDesign,
    extractant: usize,
    pair: [usize; 2],
) -> (f64, PairCase) {
    let mut task = design.task.clone();
    let factors = &mut task.extractants[extractant];
    let by = |other: [usize; 2]| if other == pair { LOWERED } else { 1.0 };
    let factor = factors.extraction[pair[0]] / factors.extraction[pair[1]];
    factors.extraction = changed(&factors.extraction, by);
    factors.scrub = changed(&factors.scrub, by);
    let harm = match as_built(design, &task) {
        Answered::Found(products) => worst(cascade, &task, &products),
        Answered::NotSeparable => Answered::NotSeparable,
        Answered::Failed(reason) => Answered::Failed(reason),
    };
    let rank = match &harm {
        Answered::Found(harm) => harm.excess,
        Answered::NotSeparable | Answered::Failed(_) => f64::INFINITY,
    };
    let name = |element: usize| design.elements[element].symbol().to_owned();
    let extractant = cascade.extractants[extractant].name.clone();
    (rank, PairCase { extractant, pair: pair.map(name), factor, harm })
}

/// The product that has the most of its allowance used up.
fn worst(cascade: &Cascade, task: &Task, products: &[ProductCase]) -> Answered<PairHarm> {
    let of = |at: usize| excess(&task.products[at], products[at].purity, products[at].recovery);
    let at = (0..products.len()).max_by(|&a, &b| of(a).total_cmp(&of(b)));
    let at = at.expect("a plant has products");
    let ProductCase { purity, recovery } = products[at];
    let product = cascade.products[at].name.clone();
    Answered::Found(PairHarm { product, purity, recovery, excess: of(at) })
}

/// Neighbouring elements that an extractant parts, the more extractable one of each pair first.
fn neighbours(factors: &[f64]) -> Vec<[usize; 2]> {
    let order = order(factors);
    let pairs = order.windows(2).map(|pair| [pair[1], pair[0]]);
    pairs.filter(|&[one, other]| factors[one] > factors[other]).collect()
}

/// Elements, the least extractable one first.
fn order(factors: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..factors.len()).collect();
    order.sort_by(|&a, &b| factors[a].total_cmp(&factors[b]).then(a.cmp(&b)));
    order
}

/// Factors of which the ratio of each two neighbours, the more extractable one first, is multiplied; none falls below 1.
fn changed(factors: &[f64], by: impl Fn([usize; 2]) -> f64) -> Vec<f64> {
    let order = order(factors);
    let mut changed = factors.to_vec();
    for pair in order.windows(2) {
        let (below, above) = (pair[0], pair[1]);
        let ratio = factors[above] / factors[below];
        // Elements that do not part are not parted by better figures.
        let ratio = if ratio > 1.0 { (ratio * by([above, below])).max(1.0) } else { 1.0 };
        changed[above] = changed[below] * ratio;
    }
    changed
}

fn answered<T>(found: Result<T, ExtractionError>) -> Answered<T> {
    match found {
        Ok(found) => Answered::Found(found),
        // Of a task that had a plant, only that no order of the elements parts all products.
        Err(
            ExtractionError::SeparationFactor { .. }
            | ExtractionError::Order { .. }
            | ExtractionError::Layout { .. },
        ) => Answered::NotSeparable,
        Err(error) => Answered::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn each_ratio_is_changed_and_none_falls_below_one() {
        let factors = [4.0, 1.0, 2.0, 2.1];
        let lower = changed(&factors, |_| 0.9);
        assert_relative_eq!(lower[2] / lower[1], 1.8, max_relative = 1e-12);
        assert_eq!(lower[3], lower[2], "1.05 times 0.9 is below 1");
        assert_relative_eq!(lower[0] / lower[3], 4.0 / 2.1 * 0.9, max_relative = 1e-12);
        let one = changed(&factors, |pair| if pair == [2, 1] { 0.9 } else { 1.0 });
        assert_relative_eq!(one[0] / one[1], 3.6, max_relative = 1e-12);
        assert_relative_eq!(one[0] / one[2], 2.0, max_relative = 1e-12);
        assert_eq!(neighbours(&factors), [[2, 1], [3, 2], [0, 3]]);
        assert_eq!(changed(&[1.0, 1.0, 3.0], |_| 1.1)[1], 1.0, "what does not part stays so");
    }
}
