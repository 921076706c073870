//! Which repairs are plausible, and in which order they are told.
//!
//! First what can be decided (goals, demands, specifications), then what can be built or bought (capacities, supplies),
//! then process figures, moved by a factor of 3 at most and within 0–100 %. An assay is what it is: it comes after
//! them. Last comes what only a slip of the pen explains: a figure that is another by a power of ten, or 0.

use super::repair::{Change, Repair};
use crate::{
    diagnostic::RepairKind,
    flowsheet::{FigureId, Flowsheet, Kind, LimitKind},
};

/// A figure moved by more than this factor is another figure.
const FACTOR: f64 = 3.0;
/// Parts of a group sum to no more than this, of 100.
const WHOLE: f64 = 101.0;
/// Most repairs that are told of what can be decided, built or bought.
const LIMITS: usize = 5;
/// Most repairs that are told of each kind that is no limit.
const FIGURES: usize = 2;

/// The plausible repairs in the order in which they are told, each with its kind.
pub(super) fn choose(flowsheet: &Flowsheet, repairs: Vec<Repair>) -> Vec<(RepairKind, Repair)> {
    let mut list: Vec<(RepairKind, Repair)> =
        repairs.into_iter().filter_map(|it| Some((kind(flowsheet, &it)?, it))).collect();
    list.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.size().total_cmp(&b.1.size())));
    let mut chosen: Vec<(RepairKind, Repair)> = Vec::new();
    for (kind, repair) in list {
        let same = |it: &&(RepairKind, Repair)| it.0 == kind || is_limit(it.0) && is_limit(kind);
        let count = chosen.iter().filter(same).count();
        let most = if is_limit(kind) { LIMITS } else { FIGURES };
        if count < most && !chosen.iter().any(|(_, other)| other.is_like(&repair)) {
            chosen.push((kind, repair));
        }
    }
    chosen
}

/// Whether a repair is by limits and goals alone.
pub(super) fn is_limit(kind: RepairKind) -> bool {
    matches!(kind, RepairKind::Decision | RepairKind::Limit)
}

/// Whether nothing but the ore or a slip of the pen would have to be otherwise.
pub(super) fn is_plausible(kind: RepairKind) -> bool {
    is_limit(kind) || kind == RepairKind::Process
}

/// The least plausible of its changes; none if one of them is not plausible at all.
fn kind(flowsheet: &Flowsheet, repair: &Repair) -> Option<RepairKind> {
    let kinds: Option<Vec<RepairKind>> =
        repair.changes.iter().map(|change| kind_of(flowsheet, change)).collect();
    kinds?.into_iter().max()
}

fn kind_of(flowsheet: &Flowsheet, change: &Change) -> Option<RepairKind> {
    let figure = change.figure;
    let limit = flowsheet.limits.iter().find(|limit| limit.figure == figure);
    match limit.map(|limit| limit.kind) {
        Some(LimitKind::Demand | LimitKind::Specification | LimitKind::Fraction) => {
            return Some(RepairKind::Decision);
        }
        Some(LimitKind::Recipe) => return process(change, RepairKind::Process),
        Some(_) => return Some(RepairKind::Limit),
        None => {}
    }
    let mut bounds = flowsheet.goals.iter().flat_map(|goal| &goal.bounds);
    if bounds.any(|bound| bound.figure == figure) {
        return Some(RepairKind::Decision);
    }
    if flowsheet.limits.iter().any(|limit| limit.availability == Some(figure)) {
        return Some(RepairKind::Limit);
    }
    match assay(flowsheet, figure) {
        // Parts are of a whole: one that was miswritten leaves it short.
        Some(Stands::Part(sum)) if within(change) || sum + 9.0 * change.from > WHOLE => {
            within(change).then_some(RepairKind::Assay)
        }
        Some(Stands::Part(_)) if change.to > 10.0 * change.from || change.to < change.from => None,
        Some(_) => process(change, RepairKind::Assay),
        None => process(change, RepairKind::Process),
    }
}

/// Where a figure stands in an assay.
enum Stands {
    Grade,
    /// A part of a group, whose parts have this sum.
    Part(f64),
}

fn assay(flowsheet: &Flowsheet, figure: FigureId) -> Option<Stands> {
    let feeds = flowsheet.operations.iter().filter_map(|operation| match &operation.kind {
        Kind::Feed(feed) => Some(feed),
        _ => None,
    });
    feeds.flat_map(|feed| &feed.assay.grades).find_map(|grade| {
        if grade.parts.contains(&figure) {
            let parts = grade.parts.iter().map(|&part| flowsheet.figures[part].value);
            return Some(Stands::Part(parts.sum()));
        }
        (grade.figure == figure).then_some(Stands::Grade)
    })
}

/// The kind of a figure within the plausible range; beyond it, whether it was miswritten.
fn process(change: &Change, kind: RepairKind) -> Option<RepairKind> {
    if within(change) { Some(kind) } else { is_slip(change).then_some(RepairKind::Miswritten) }
}

fn within(change: &Change) -> bool {
    let factor = change.to / change.from;
    (1.0 / FACTOR..=FACTOR).contains(&factor)
}

/// Whether a power of ten times what was written would do, or anything but nothing.
fn is_slip(&Change { from, to, .. }: &Change) -> bool {
    if from == 0.0 {
        return to < 1.0;
    }
    [10.0, 100.0, 1000.0].iter().any(|&tens| {
        let up = to > from;
        let meant = if up { from * tens } else { from / tens };
        let reaches = if up { meant >= to } else { meant <= to };
        reaches && (from > 1.0 || meant <= 1.0)
    })
}
