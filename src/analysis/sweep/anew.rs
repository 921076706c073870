//! Samples that move coefficients: each is written, solved from the nearest basis that is at hand, and proven.

use std::collections::VecDeque;

use super::{Batch, Outcome, Proof, Sweep};
use crate::{flowsheet::Values, lp::Start};

/// Bases at hand to start from.
const AT_HAND: usize = 16;

/// Evaluates samples.
pub(super) fn run(sweep: &Sweep<'_>, samples: impl Iterator<Item = Vec<f64>>, batch: &mut Batch) {
    let inputs = &sweep.inputs;
    let mut values: Values = inputs.written().clone();
    let mut at_hand: VecDeque<(Vec<f64>, Start)> = VecDeque::new();
    for sample in samples {
        inputs.set(&sample, &mut values);
        let written = inputs.allowed(&values).then(|| inputs.model_at(&sample));
        let Some((flowsheet, mut model)) = written.flatten() else {
            sweep.push_none(Outcome::Refused, Proof::None, &sample, batch);
            continue;
        };
        let distance = |other: &[f64]| inputs.distance(&sample, other);
        let nearest = at_hand
            .iter()
            .min_by(|left, right| distance(&left.0).total_cmp(&distance(&right.0)))
            .map(|(_, start)| start);
        match model.solve_from(&flowsheet, &sweep.options, nearest) {
            // Time was over before the search was: the plan may not be the best.
            Ok(solution) if solution.raw.gap.is_some_and(|gap| !gap.complete) => {
                sweep.push_none(Outcome::Failed, Proof::None, &sample, batch);
            }
            Ok(solution) => {
                let forms = sweep.outputs.forms(&flowsheet, &model);
                let told: Vec<f64> = forms.iter().map(|form| solution.value(form)).collect();
                let told = (solution.objective, told.as_slice());
                sweep.push_plan(Proof::Certified, &sample, told, &values, batch);
                if let Some(basis) = &solution.raw.basis {
                    at_hand.truncate(AT_HAND - 1);
                    at_hand.push_front((sample.clone(), basis.start()));
                }
            }
            Err((failure, _)) => {
                let outcome = Outcome::of(&failure);
                sweep.push_none(outcome, outcome.proof(), &sample, batch);
            }
        }
    }
}
