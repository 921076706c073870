//! Separations and splits: recoveries and fractions per outlet.

use super::super::{Lowering, figures::Expect, limits::LimitOn};
use super::Place;
use crate::{
    diagnostic::{Code, Diagnostic, Span},
    document::{Figure, Named, SplitterTable},
    flowsheet::{
        Content, LimitKind, Port, Recovery, Sense, Separation, SpeciesId, Splitter, StreamId,
    },
};

impl<'d> Lowering<'d> {
    /// Recoveries per outlet; one outlet may take the rest.
    pub(super) fn lower_separation(
        &mut self,
        recovery: &'d Named<Named<Figure>>,
        place: &Place<'d>,
        outlets: &[StreamId],
    ) -> Option<Separation> {
        let mut recoveries = Vec::new();
        let mut sound = true;
        for (outlet, figures) in recovery {
            let Some(stream) = self.outlet(outlet, place, outlets) else {
                sound = false;
                continue;
            };
            let mut species: Vec<(SpeciesId, crate::flowsheet::FigureId, bool, Span)> = Vec::new();
            let mut default = None;
            for (name, figure) in figures {
                let path = format!("{}.recovery.{outlet}.{name}", place.path);
                let found = self.figure(figure, &path, &place.inherit, &Expect::share());
                if name.value == "default" {
                    default = found.map(|found| found.id);
                    continue;
                }
                let single = !self.groups.iter().any(|group| group.name == name.value);
                let (Some(found), Some(members)) = (found, self.members(name)) else { continue };
                for id in members {
                    match species.iter_mut().find(|(known, ..)| *known == id) {
                        // A species of its own counts before the group that it is in.
                        Some(entry) if single && !entry.2 => {
                            *entry = (id, found.id, true, name.span);
                        }
                        Some(entry) if !single && entry.2 => {}
                        Some(entry) => {
                            let other = entry.3;
                            let message = format!(
                                "`{}` has two recoveries to `{outlet}`",
                                self.species[id].name
                            );
                            self.report(
                                Diagnostic::new(Code::DuplicateRecovery, message)
                                    .at(name.span, "this is for it")
                                    .at(other, "and so is this")
                                    .help("keep one, or give the species a recovery of its own"),
                            );
                            break;
                        }
                        None => species.push((id, found.id, single, name.span)),
                    }
                }
            }
            let mut species: Vec<_> =
                species.into_iter().map(|(id, figure, ..)| (id, figure)).collect();
            species.sort_by_key(|&(id, _)| id);
            recoveries.push(Recovery { outlet: stream, span: outlet.span, species, default });
        }
        let unnamed: Vec<StreamId> = outlets
            .iter()
            .copied()
            .filter(|&stream| recoveries.iter().all(|recovery| recovery.outlet != stream))
            .collect();
        if !sound {
            return None;
        }
        if unnamed.len() > 1 {
            let names: Vec<&str> =
                unnamed.iter().map(|&id| self.streams[id].name.as_str()).collect();
            let message = format!("outlets `{}` have no recovery", names.join("`, `"));
            let mut diagnostic = Diagnostic::new(Code::RecoveryMissing, message);
            for &id in &unnamed {
                diagnostic = diagnostic.at(self.streams[id].span, "");
            }
            self.report(
                diagnostic.help("give `recovery` for all outlets but one; that one takes the rest"),
            );
            return None;
        }
        Some(Separation { recoveries, rest: unnamed.first().copied() })
    }

    pub(super) fn lower_splitter(
        &mut self,
        table: &'d SplitterTable,
        place: &Place<'d>,
        outlets: &[StreamId],
    ) -> Splitter {
        let mut fixed: Vec<(StreamId, Option<crate::flowsheet::FigureId>)> = Vec::new();
        let single = table.fraction.values().all(|limit| {
            limit.value.is_some() != limit.exactly.is_some()
                && limit.min.is_none()
                && limit.max.is_none()
        });
        let all = single && table.fraction.len() + 1 >= outlets.len();
        for (outlet, limit) in &table.fraction {
            let Some(stream) = self.outlet(outlet, place, outlets) else { continue };
            let path = format!("{}.fraction.{outlet}", place.path);
            if all {
                let figure = limit.value.as_ref().or(limit.exactly.as_ref());
                if let Some(found) = figure
                    .and_then(|figure| self.figure(figure, &path, &place.inherit, &Expect::share()))
                {
                    fixed.push((stream, Some(found.id)));
                }
                continue;
            }
            let on = LimitOn {
                kind: LimitKind::Fraction,
                operation: place.id,
                port: Port::Stream(stream),
                content: Content::whole(),
                share_of: Some(Port::Inlet(place.id)),
                grows: false,
                span: outlet.span,
            };
            self.lower_limit(limit, Sense::Exactly, &path, &place.inherit, &on);
        }
        if !all {
            return Splitter { fixed: None };
        }
        for &outlet in outlets {
            if fixed.iter().all(|&(stream, _)| stream != outlet) {
                fixed.push((outlet, None));
            }
        }
        Splitter { fixed: Some(fixed) }
    }
}
