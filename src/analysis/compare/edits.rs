//! What differs between two flowsheets: figures, and tables that are new, gone, or say something else.

use std::collections::{HashMap, HashSet};

use crate::{
    document::{Entry, Skeleton},
    flowsheet::{FigureId, Flowsheet, Provenance, Values},
};

/// A figure by its path, and which of the figures of that path it is (lists).
type Place = (String, usize);

/// One edit.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    /// The path of what was edited.
    pub(super) path: String,
    /// `changed`, `added` or `removed`.
    pub(super) change: &'static str,
    /// As it was written before; the keys that are gone, of a table.
    pub(super) before: String,
    /// As it is written after; the keys that are new, of a table.
    pub(super) after: String,
    /// The table that is taken from the second flowsheet; none for a figure.
    pub(super) entry: Option<Entry>,
    /// Whether no plan can depend on it: goals that are not enforced.
    pub(super) idle: bool,
}

/// All edits, and the values of the figures that both flowsheets have.
pub(super) struct Edits {
    pub(super) list: Vec<Edit>,
    /// Value before, value after and the edit of each figure that both have and that means the same in both.
    shared: HashMap<Place, (f64, f64, Option<usize>)>,
}

/// Figures by their places.
fn places(flowsheet: &Flowsheet) -> Vec<(Place, FigureId)> {
    let mut count: HashMap<&str, usize> = HashMap::new();
    let list = flowsheet.figures.iter_ids().map(|(id, figure)| {
        let at = count.entry(&figure.path).or_default();
        *at += 1;
        ((figure.path.clone(), *at - 1), id)
    });
    list.collect()
}

impl Edits {
    /// Lists the edits between two flowsheets; those of goals that are not enforced are idle, but for `multiplier`.
    pub(super) fn between(before: &Flowsheet, after: &Flowsheet, multiplier: Option<&str>) -> Self {
        let (tables, foreign) = table_edits(before, after);
        let mut list = tables;
        let idle = |path: &str| {
            let name =
                path.strip_prefix("goal.").map(|rest| rest.split('.').next().unwrap_or(rest));
            name.is_some_and(|name| {
                let enforced = |flowsheet: &Flowsheet| {
                    flowsheet.goals.iter().any(|goal| goal.name == name && goal.enforced)
                };
                Some(name) != multiplier && !enforced(before) && !enforced(after)
            })
        };
        for edit in &mut list {
            edit.idle = idle(&edit.path);
        }
        let others: HashMap<Place, FigureId> = places(after).into_iter().collect();
        let mut shared = HashMap::new();
        for (place, id) in places(before) {
            let Some(&other) = others.get(&place) else { continue };
            // What now counts something else goes with its table.
            if foreign.iter().any(|key| is_below(&place.0, key)) {
                continue;
            }
            let (old, new) = (&before.figures[id], &after.figures[other]);
            if new.provenance == Provenance::Computed {
                // It follows from the others.
                continue;
            }
            let edit = (old.value != new.value).then_some(list.len());
            if edit.is_some() {
                list.push(Edit {
                    path: place.0.clone(),
                    change: "changed",
                    before: old.text.clone(),
                    after: new.text.clone(),
                    entry: None,
                    // The bound of a goal that is not enforced is no part of any plan, nor of its ratio.
                    idle: place.0.starts_with("goal.")
                        && (idle(&place.0) || !enforces(before, after, &place.0)),
                });
            }
            shared.insert(place, (old.value, new.value, edit));
        }
        Self { list, shared }
    }

    /// A flowsheet with some of the tables of the second one, and where the figures of both are in it.
    pub(super) fn between_them(&self, flowsheet: Flowsheet) -> Between {
        let figures = places(&flowsheet).into_iter().filter_map(|(place, id)| {
            let &(before, after, edit) = self.shared.get(&place)?;
            Some((id, before, after, edit))
        });
        Between { figures: figures.collect(), flowsheet }
    }
}

/// A flowsheet that lies between the two.
pub(super) struct Between {
    pub(super) flowsheet: Flowsheet,
    /// Figures that both have: value before, value after, and the edit.
    figures: Vec<(FigureId, f64, f64, Option<usize>)>,
}

impl Between {
    /// The values of all figures with some of the edits made.
    pub(super) fn values(&self, made: &dyn Fn(usize) -> bool) -> Values {
        let mut values = self.flowsheet.values();
        for &(id, before, after, edit) in &self.figures {
            values[id] = if edit.is_some_and(made) { after } else { before };
        }
        values
    }
}

/// Whether the goal of a path is enforced in either flowsheet.
fn enforces(before: &Flowsheet, after: &Flowsheet, path: &str) -> bool {
    let goals = before.goals.iter().chain(&after.goals);
    goals.filter(|goal| goal.enforced).any(|goal| is_below(path, &format!("goal.{}", goal.name)))
}

/// Whether a path is that of a key, or of something in it.
fn is_below(path: &str, key: &str) -> bool {
    path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Tables that are new, gone or changed, and the paths of keys that changed.
fn table_edits(before: &Flowsheet, after: &Flowsheet) -> (Vec<Edit>, Vec<String>) {
    let (old, new) = (before.document.skeletons(), after.document.skeletons());
    let find = |list: &[(Entry, Skeleton)], wanted: &Entry| {
        list.iter().find(|(entry, _)| entry == wanted).map(|(_, skeleton)| skeleton.clone())
    };
    let known: HashSet<&Entry> = old.iter().map(|(entry, _)| entry).collect();
    let entries = old.iter().chain(new.iter().filter(|(entry, _)| !known.contains(entry)));
    let (mut edits, mut foreign) = (Vec::new(), Vec::new());
    for (entry, _) in entries {
        let path = entry.path();
        let edit = |change, before: &str, after: &str| Edit {
            path: path.clone(),
            change,
            before: before.to_owned(),
            after: after.to_owned(),
            entry: Some(entry.clone()),
            idle: false,
        };
        match (find(&old, entry), find(&new, entry)) {
            (Some(one), Some(other)) => {
                let pairs = one.iter().zip(&other);
                let differ: Vec<_> = pairs.filter(|((_, one), (_, other))| one != other).collect();
                if differ.is_empty() {
                    continue;
                }
                let mut written = [Vec::new(), Vec::new()];
                for ((key, one), (_, other)) in differ {
                    let below = if key.is_empty() { path.clone() } else { format!("{path}.{key}") };
                    let key = if key.is_empty() { entry.kind } else { key };
                    for (side, (flowsheet, there)) in written
                        .iter_mut()
                        .zip([(before, !one.is_empty()), (after, !other.is_empty())])
                    {
                        if there {
                            side.push(show(flowsheet, &below, key));
                        }
                    }
                    foreign.push(below);
                }
                edits.push(edit("changed", &written[0].join(", "), &written[1].join(", ")));
            }
            (Some(_), None) => edits.push(edit("removed", "there", "")),
            (None, Some(_)) => edits.push(edit("added", "", "there")),
            (None, None) => {}
        }
    }
    (edits, foreign)
}

/// A key with its figure, if that is one.
fn show(flowsheet: &Flowsheet, path: &str, key: &str) -> String {
    let mut figures = flowsheet.figures.iter().filter(|figure| is_below(&figure.path, path));
    match (figures.next(), figures.next()) {
        (Some(figure), None) => format!("{key} {}", figure.text),
        _ => key.to_owned(),
    }
}
