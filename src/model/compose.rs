//! Composition inference: is a stream's composition known before the flows are?
//!
//! Every node is a combination of drivers, `x = T z`. A set of nodes has a fixed composition exactly when its columns
//! of T are proportional to one vector (formulation §4).

use std::collections::BTreeMap;

use super::{DriverId, NodeId, system::Terms};
use crate::flowsheet::SpeciesId;

/// Two columns agree when they differ by less than this share of their size.
const TOLERANCE: f64 = 1e-9;

/// A row of T: what a node takes of each driver, ascending by driver.
pub(super) type TransferRow = Terms<DriverId>;

/// Mass fractions of species, ascending; they sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Composition(pub(super) Vec<(SpeciesId, f64)>);

impl Composition {
    pub(super) fn share(&self, species: SpeciesId) -> f64 {
        self.0.binary_search_by_key(&species, |&(id, _)| id).map_or(0.0, |at| self.0[at].1)
    }
}

impl Composition {
    /// Whether it is the same but for rounding.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        let close = |species| (self.share(species) - other.share(species)).abs() <= TOLERANCE;
        self.0.iter().chain(&other.0).all(|&(species, _)| close(species))
    }
}

/// What is known of a composition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Inferred {
    /// Nothing flows here.
    Empty,
    /// The same whatever is decided.
    Fixed(Composition),
    /// It depends on how much comes by these two drivers.
    Free(DriverId, DriverId),
}

/// The columns of T over some nodes, each as mass per species.
pub(super) type Columns = BTreeMap<DriverId, BTreeMap<SpeciesId, f64>>;

/// Gathers the columns of T over nodes, adding up nodes of one species.
pub(super) fn columns(
    nodes: impl IntoIterator<Item = (NodeId, SpeciesId)>,
    transfer: &[TransferRow],
) -> Columns {
    use crate::index::Id;
    let mut columns = Columns::new();
    for (node, species) in nodes {
        for &(driver, value) in &transfer[node.index()] {
            *columns.entry(driver).or_default().entry(species).or_default() += value;
        }
    }
    columns
}

/// Whether all columns are proportional, and to what.
pub(super) fn infer(columns: &Columns) -> Inferred {
    let total = |column: &BTreeMap<SpeciesId, f64>| column.values().sum::<f64>();
    let Some((&reference, largest)) =
        columns.iter().max_by(|(_, a), (_, b)| total(a).total_cmp(&total(b)))
    else {
        return Inferred::Empty;
    };
    let whole = total(largest);
    if whole <= 0.0 {
        return Inferred::Empty;
    }
    let composition = Composition(
        largest
            .iter()
            .filter(|&(_, &value)| value.abs() > TOLERANCE * TOLERANCE * whole)
            .map(|(&species, &value)| (species, value / whole))
            .collect(),
    );
    for (&driver, column) in columns {
        if !agrees(column, &composition) {
            return Inferred::Free(reference, driver);
        }
    }
    Inferred::Fixed(composition)
}

/// Whether a column is a multiple of a composition.
fn agrees(column: &BTreeMap<SpeciesId, f64>, composition: &Composition) -> bool {
    let whole: f64 = column.values().sum();
    let size = column.values().fold(0.0_f64, |size, value| size.max(value.abs()));
    let close = |species: SpeciesId, value: f64| {
        (value - whole * composition.share(species)).abs() <= TOLERANCE * size
    };
    column.iter().all(|(&species, &value)| close(species, value))
        && composition
            .0
            .iter()
            .all(|&(species, _)| column.contains_key(&species) || close(species, 0.0))
}
