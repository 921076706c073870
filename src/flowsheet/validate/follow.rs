//! One mistake, one finding: what only follows from a mistake further up is not told.

use super::Found;
use crate::{
    diagnostic::{Code, Severity},
    flowsheet::{Flowsheet, OperationId},
    index::Id,
};

/// Most operations with findings for which it is worked out what follows from what.
const MOST: usize = 500;

/// The operations that material from an operation can reach; itself only if it stands in a loop.
pub(super) fn downstream(flowsheet: &Flowsheet, from: OperationId) -> Vec<bool> {
    let mut reached = vec![false; flowsheet.operations.len()];
    let mut waiting = vec![from];
    while let Some(id) = waiting.pop() {
        for &stream in &flowsheet.operations[id].outlets {
            let next = flowsheet.streams[stream].to;
            if !reached[next.index()] {
                reached[next.index()] = true;
                waiting.push(next);
            }
        }
    }
    reached
}

/// Findings that a lack of something further up can bring about.
const fn may_follow(code: Code) -> bool {
    matches!(
        code,
        Code::UnreachableOperation
            | Code::UnusedInput
            | Code::SpecificationUnmeetable
            | Code::ReactantMissing
            | Code::RecipeUnmet
    )
}

/// Findings that keep something from flowing on.
const fn may_cause(code: Code) -> bool {
    matches!(code, Code::AssayNotOne | Code::RecoveryMissing | Code::UnreachableOperation)
}

/// The findings of all operations but those that follow from findings about operations further up.
pub(super) fn without_follow_ups(
    flowsheet: &Flowsheet,
    found: Vec<(OperationId, Vec<Found>)>,
) -> Vec<Found> {
    if found.len() > MOST {
        return found.into_iter().flat_map(|(_, items)| items).collect();
    }
    let reached: Vec<Vec<bool>> = found.iter().map(|&(id, _)| downstream(flowsheet, id)).collect();
    // In a loop each is further up than the other: the first of the file counts.
    let is_above = |one: usize, other: usize| {
        let (id, other_id) = (found[one].0, found[other].0);
        one != other
            && reached[one][other_id.index()]
            && !(reached[other][id.index()] && other < one)
    };
    let follows = |at: usize, item: &Found| {
        may_follow(item.diagnostic.code)
            && found.iter().enumerate().any(|(other, (_, findings))| {
                is_above(other, at)
                    && findings.iter().any(|cause| {
                        let same = cause.diagnostic.code == Code::UnusedInput
                            && item.diagnostic.severity != Severity::Error
                            && cause.about == item.about;
                        may_cause(cause.diagnostic.code) || same
                    })
            })
    };
    let keep: Vec<Vec<bool>> = found
        .iter()
        .enumerate()
        .map(|(at, (_, items))| items.iter().map(|item| !follows(at, item)).collect())
        .collect();
    found
        .into_iter()
        .zip(keep)
        .flat_map(|((_, items), keep)| items.into_iter().zip(keep))
        .filter_map(|(item, keep)| keep.then_some(item))
        .collect()
}
