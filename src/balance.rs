//! Flows of a flowsheet in which every split is fixed: the second, independent computation.
//!
//! With all [`Decisions`] given, every flow `f` of a species in a stream is a combination of others: `f = R f + s`,
//! where `s` is what feeds supply and blenders buy. [`balance`] solves `(I − R) f = s` by LU factors, separately for
//! sets of species that no reaction couples, with one step of refinement. It neither optimises nor looks at limits.
//! It shares no code with [`model`](crate::model): where both know a flow, they must agree.

mod act;
mod decisions;
mod system;

#[cfg(test)]
mod tests;

pub use decisions::Decisions;

use std::collections::BTreeMap;

use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics},
    flowsheet::{Flowsheet, Kind, OperationId, SpeciesId, StreamId, Values},
    index::Id,
};
use act::Actor;
use system::{Fault, System, Unknown};

/// The flows of all species in all streams.
#[derive(Clone, Debug)]
pub struct Flows {
    species: usize,
    /// Per stream, then per species, t/yr.
    masses: Vec<f64>,
    /// What enters an operation other than by streams, t/yr: supply, reagents, ingredients.
    drawn: BTreeMap<(OperationId, SpeciesId), f64>,
}

/// What enters and leaves an operation or the whole flowsheet, of all or of one species or element, t/yr.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Closure {
    /// What streams bring, a feed supplies, a reactor is dosed with, a blender buys.
    pub entering: f64,
    /// What streams take away; of a product or waste, what it takes in.
    pub leaving: f64,
}

impl Closure {
    /// Leaving less entering, t/yr; positive = mass created.
    #[must_use]
    pub fn error(self) -> f64 {
        self.leaving - self.entering
    }

    /// The error as a share of what enters or leaves, whichever is more; 0 where nothing flows.
    #[must_use]
    pub fn relative(self) -> f64 {
        let size = self.entering.abs().max(self.leaving.abs());
        if size == 0.0 { 0.0 } else { self.error() / size }
    }
}

impl Flows {
    /// Flow of a species in a stream, t/yr, ≥ 0.
    #[must_use]
    pub fn flow(&self, stream: StreamId, species: SpeciesId) -> f64 {
        self.masses[stream.index() * self.species + species.index()]
    }

    /// Flow of a whole stream, t/yr, ≥ 0.
    #[must_use]
    pub fn total(&self, stream: StreamId) -> f64 {
        self.of(stream).iter().sum()
    }

    /// Mass fraction of a species in a stream, 0–1; none where nothing flows.
    #[must_use]
    pub fn grade(&self, stream: StreamId, species: SpeciesId) -> Option<f64> {
        let total = self.total(stream);
        (total > 0.0).then(|| self.flow(stream, species) / total)
    }

    /// What enters an operation other than by streams, t/yr: what a feed supplies, a reactor is dosed with, a blender
    /// buys.
    #[must_use]
    pub fn drawn(&self, operation: OperationId, species: SpeciesId) -> f64 {
        self.drawn.get(&(operation, species)).copied().unwrap_or(0.0)
    }

    /// The mass balance of an operation.
    #[must_use]
    pub fn closure(&self, flowsheet: &Flowsheet, operation: OperationId) -> Closure {
        let mut sum = Closure::default();
        for species in flowsheet.species.ids() {
            let part = self.closure_of(flowsheet, operation, species);
            sum.entering += part.entering;
            sum.leaving += part.leaving;
        }
        sum
    }

    /// The balance of one species around an operation; a reactor does not conserve species.
    #[must_use]
    pub fn closure_of(
        &self,
        flowsheet: &Flowsheet,
        operation: OperationId,
        species: SpeciesId,
    ) -> Closure {
        let data = &flowsheet.operations[operation];
        let sum = |streams: &[StreamId]| -> f64 {
            streams.iter().map(|&stream| self.flow(stream, species)).sum()
        };
        let entering = sum(&data.inlets) + self.drawn(operation, species);
        let ends = matches!(data.kind, Kind::Product(_) | Kind::Waste(_));
        Closure { entering, leaving: if ends { entering } else { sum(&data.outlets) } }
    }

    fn of(&self, stream: StreamId) -> &[f64] {
        &self.masses[stream.index() * self.species..][..self.species]
    }
}

/// Computes all flows from fixed splits.
///
/// # Errors
/// `loop-without-purge` for a loop that some species never leaves, or leaves so little that it gains more than 10⁹ on
/// what enters; `reactant-missing` for a reaction that takes more of a reactant than there is.
pub fn balance(
    flowsheet: &Flowsheet,
    values: &Values,
    decisions: &Decisions,
) -> Result<Flows, Diagnostics> {
    let actor = Actor { flowsheet, values, decisions };
    let system = System::new(actor);
    let found = system.solve().map_err(|faults| report(flowsheet, &faults))?;
    let species = flowsheet.species.len();
    let mut masses = vec![0.0; species * flowsheet.streams.len()];
    for (&(stream, id), flow) in system.unknowns.iter().zip(found) {
        masses[stream.index() * species + id.index()] = flow;
    }
    let mut flows = Flows { species, masses, drawn: BTreeMap::new() };
    flows.drawn = drawn(actor, &flows);
    Ok(flows)
}

/// What enters operations other than by streams.
fn drawn(actor: Actor<'_>, flows: &Flows) -> BTreeMap<(OperationId, SpeciesId), f64> {
    let mut drawn: BTreeMap<(OperationId, SpeciesId), f64> = BTreeMap::new();
    for (stream, species, flow) in actor.sources() {
        *drawn.entry((actor.flowsheet.streams[stream].from, species)).or_default() += flow;
    }
    for (id, operation) in actor.flowsheet.operations.iter_ids() {
        if !matches!(operation.kind, Kind::Reactor(_)) {
            continue;
        }
        for species in actor.flowsheet.species.ids() {
            let entering: f64 =
                operation.inlets.iter().map(|&stream| flows.flow(stream, species)).sum();
            if entering != 0.0 {
                for (reagent, dose) in actor.act(id, species).dosed {
                    *drawn.entry((id, reagent)).or_default() += dose * entering;
                }
            }
        }
    }
    drawn
}

fn report(flowsheet: &Flowsheet, faults: &[Fault]) -> Diagnostics {
    let mut findings = Diagnostics::new();
    for fault in faults {
        findings.push(match fault {
            Fault::Loop(unknowns) => report_loop(flowsheet, unknowns),
            Fault::Overdrawn((stream, species), lack) => {
                let operation = &flowsheet.operations[flowsheet.streams[*stream].from];
                let name = &flowsheet.species[*species].name;
                let message = format!(
                    "the reactions of `{}` take {lack:.6} t/yr more `{name}` than there is",
                    operation.name
                );
                Diagnostic::new(Code::ReactantMissing, message)
                    .at(operation.span, "")
                    .help(format!("dose it: `reagent.{name} = {{ price = \"…\" }}`"))
            }
        });
    }
    findings
}

fn report_loop(flowsheet: &Flowsheet, unknowns: &[Unknown]) -> Diagnostic {
    let mut streams: Vec<StreamId> = unknowns.iter().map(|&(stream, _)| stream).collect();
    let mut species: Vec<SpeciesId> = unknowns.iter().map(|&(_, species)| species).collect();
    streams.sort_unstable();
    streams.dedup();
    species.sort_unstable();
    species.dedup();
    let names: Vec<&str> = streams.iter().map(|&id| flowsheet.streams[id].name.as_str()).collect();
    let kinds: Vec<&str> = species.iter().map(|&id| flowsheet.species[id].name.as_str()).collect();
    let message = format!(
        "the loop through `{}` has no purge for `{}`",
        names.join("` → `"),
        kinds.join("`, `")
    );
    Diagnostic::new(Code::LoopWithoutPurge, message)
        .at(flowsheet.streams[streams[0]].span, "all of it comes back")
        .help("let a part of each species leave the loop: lower a recovery, or bleed a stream")
}
