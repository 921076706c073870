//! Limits: everything that can bind, in one form.
//!
//! A limit compares the flow of a content at a port with a figure (t/yr), or with a figure times the whole flow at
//! another port (a share). Supply, capacity, demand, specification, fraction and recipe differ only in their kind.

use super::{BuildId, Content, FigureId, OperationId, SpeciesId, StreamId};
use crate::typed_id;

typed_id! {
    /// A limit of a flowsheet.
    pub struct LimitId
}

/// Where a flow is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Port {
    /// One stream.
    Stream(StreamId),
    /// All inlets of an operation; of a feed, what it supplies.
    Inlet(OperationId),
    /// All inlets of a blender and what it buys.
    Mix(OperationId),
    /// What a blender of complete recipe makes.
    Blend(OperationId),
    /// What a blender buys of one ingredient.
    Ingredient(OperationId, SpeciesId),
    /// What is in a stockpile at the end of the period, t.
    Stock(OperationId),
}

/// The direction of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sense {
    /// At most.
    AtMost,
    /// At least.
    AtLeast,
    /// Exactly.
    Exactly,
}

/// What kind of limit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LimitKind {
    /// What a feed can supply, or must.
    Supply,
    /// What an operation can pass.
    Capacity,
    /// What can be sold, or must be.
    Demand,
    /// Grade of what is sold.
    Specification,
    /// Share of a splitter's outlet.
    Fraction,
    /// Flow of a stream.
    Flow,
    /// What can be disposed of.
    Disposal,
    /// Share of a species or group in a blend.
    Recipe,
    /// What can be bought of an ingredient.
    Ingredient,
    /// What may be in a stockpile.
    Stock,
}

/// Something that can bind.
#[derive(Clone, Debug)]
pub struct Limit {
    /// What kind of limit it is.
    pub kind: LimitKind,
    /// The operation that it belongs to.
    pub operation: OperationId,
    /// Its direction.
    pub sense: Sense,
    /// The bound: t/yr, or a fraction if `share_of` is given.
    pub figure: FigureId,
    /// Share of the year in which the bound is at hand.
    pub availability: Option<FigureId>,
    /// What one more t/yr of the bound costs to build, money per t/yr.
    pub expansion: Option<FigureId>,
    /// What may be built to add to it.
    pub build: Option<BuildId>,
    /// Where the flow is measured.
    pub port: Port,
    /// What is measured of it.
    pub content: Content,
    /// The port whose whole flow the bound is a share of.
    pub share_of: Option<Port>,
}
