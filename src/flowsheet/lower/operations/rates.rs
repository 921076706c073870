//! Rates per throughput, and capacities.

use super::super::{Lowering, did_you_mean, figures::Expect, limits::LimitOn};
use super::Place;
use crate::{
    diagnostic::{Code, Diagnostic, nearest},
    document::{Many, Name, Rate as RateTable},
    flowsheet::{
        ConsumableId, Consumption, Content, FigureId, Limit, LimitId, LimitKind, Port, Provenance,
        Rate, Sense, StreamId,
    },
    measure::Dimension,
};

impl<'d> Lowering<'d> {
    pub(super) fn lower_opex(&mut self, place: &Place<'d>, outlets: &[StreamId]) -> Vec<Rate> {
        let path = format!("{}.opex", place.path);
        let expect = Expect::not_negative(Dimension::MONEY_PER_MASS).usual_price().per();
        self.lower_rates(place.common.opex, &path, place, outlets, &expect)
    }

    pub(super) fn lower_incentive(&mut self, place: &Place<'d>, outlets: &[StreamId]) -> Vec<Rate> {
        let path = format!("{}.incentive", place.path);
        let expect = Expect::not_negative(Dimension::MONEY_PER_MASS).per();
        self.lower_rates(place.common.incentive, &path, place, outlets, &expect)
    }

    /// Figures per t of throughput, one or a list of them.
    fn lower_rates(
        &mut self,
        rates: &Many<RateTable>,
        path: &str,
        place: &Place<'_>,
        outlets: &[StreamId],
        expect: &Expect,
    ) -> Vec<Rate> {
        let items = rates.0.iter().enumerate();
        items
            .filter_map(|(at, rate)| {
                let path = Self::item_path(path, at, rates.0.len());
                self.lower_rate(rate, &path, place, outlets, expect)
            })
            .collect()
    }

    pub(super) fn lower_consumption(
        &mut self,
        place: &Place<'d>,
        outlets: &[StreamId],
    ) -> Vec<Consumption> {
        let mut list = Vec::new();
        for (name, rate) in place.common.consumes {
            let path = format!("{}.consumes.{name}", place.path);
            let Some(consumable) = self.find_consumable(name, place) else { continue };
            let dimension = match self.consumables[consumable].unit {
                "kWh" => Dimension::ENERGY_PER_MASS,
                "m3" => Dimension::VOLUME_PER_MASS,
                _ => Dimension::FRACTION,
            };
            let expect = Expect::not_negative(dimension)
                .usual(1e-9, 1e6, "up to 1,000,000 per t")
                .of()
                .per();
            if let Some(rate) = self.lower_rate(rate, &path, place, outlets, &expect) {
                list.push(Consumption { consumable, rate });
            }
        }
        list
    }

    /// The consumable of that name.
    pub(super) fn find_consumable(
        &mut self,
        name: &Name,
        place: &Place<'_>,
    ) -> Option<ConsumableId> {
        let found = self.consumables.ids().find(|&id| self.consumables[id].name == name.value);
        // If its price cannot be read, that was reported.
        if found.is_none() && !self.document.consumable.contains_key(name.as_str()) {
            let known = self.consumables.iter().map(|item| item.name.as_str());
            let near = nearest(name, known).map(str::to_owned);
            let help = did_you_mean(near, &format!("define `[consumable.{name}]` with a `price`"));
            let message = format!("`{}` consumes `{name}`, which is no consumable", place.name);
            self.report_name(
                name,
                Diagnostic::new(Code::UnknownConsumable, message).at(name.span, "").help(help),
            );
        }
        found
    }

    /// A figure per t of throughput.
    pub(super) fn lower_rate(
        &mut self,
        rate: &RateTable,
        path: &str,
        place: &Place<'_>,
        outlets: &[StreamId],
        expect: &Expect,
    ) -> Option<Rate> {
        let found = self.figure(&rate.figure, path, &place.inherit, expect)?;
        let content = match &found.basis.denominator {
            Some(basis) => self.content(basis, found.basis_span(basis))?,
            None => Content::whole(),
        };
        let port = self.port(rate, place, outlets)?;
        Some(Rate { figure: found.id, port, content })
    }

    pub(super) fn port(
        &mut self,
        rate: &RateTable,
        place: &Place<'_>,
        outlets: &[StreamId],
    ) -> Option<Port> {
        match &rate.of {
            Some(outlet) => Some(Port::Stream(self.outlet(outlet, place, outlets)?)),
            None => Some(Port::Inlet(place.id)),
        }
    }

    /// What can pass; the figure of the share of the year in which it can.
    pub(super) fn lower_capacity(
        &mut self,
        place: &Place<'d>,
        outlets: &[StreamId],
    ) -> Option<FigureId> {
        let availability = place.common.availability.and_then(|figure| {
            let path = format!("{}.availability", place.path);
            let expect = Expect::share().usual(0.3, 1.0, "30–100 %");
            Some(self.figure(figure, &path, &place.inherit, &expect)?.id)
        });
        let rates = &place.common.capacity.0;
        for (at, rate) in rates.iter().enumerate() {
            let Some(port) = self.port(rate, place, outlets) else { continue };
            let before = self.limits.len();
            let on = LimitOn {
                kind: LimitKind::Capacity,
                operation: place.id,
                port,
                content: Content::whole(),
                share_of: None,
                grows: place.common.build.is_some(),
                span: place.name.span,
            };
            let path = format!("{}.capacity", place.path);
            let path = Self::item_path(&path, at, rates.len());
            let limit = rate.figure.clone().into();
            self.lower_limit(&limit, Sense::AtMost, &path, &place.inherit, &on);
            if let Some(id) = self.limits.ids().nth(before) {
                self.limits[id].availability = availability;
            }
        }
        let mut by_volume = false;
        for limit in self.limits.iter_mut().skip(place.limits) {
            if self.figures[limit.figure].provenance == Provenance::Computed {
                limit.availability = availability;
                by_volume = true;
            }
        }
        let sized = by_volume
            || !place.common.capacity.0.is_empty()
            || place.common.build.is_some()
            || place.common.residence.is_some();
        if availability.is_some() && !sized {
            let message = format!("`{}` has an availability but no capacity", place.name);
            let span = place.common.availability.map_or(place.name.span, |figure| figure.span);
            self.report(Diagnostic::new(Code::UnusedInput, message).at(span, "").help(
                "add `capacity`; availability is the share of the year in which it is at hand",
            ));
        }
        availability
    }

    /// What more of the limits that the operation itself sets costs.
    pub(super) fn lower_expansion(&mut self, place: &Place<'d>) {
        let Some(figure) = place.common.expansion else { return };
        let path = format!("{}.expansion", place.path);
        let expect = Expect::positive(Dimension::MONEY_PER_MASS_RATE);
        let Some(found) = self.figure(figure, &path, &place.inherit, &expect) else { return };
        let grows = |limit: &Limit| {
            let own = matches!(
                limit.kind,
                LimitKind::Capacity | LimitKind::Supply | LimitKind::Demand | LimitKind::Disposal
            );
            own && limit.sense == Sense::AtMost
        };
        let own = self.limits.iter_ids().skip(place.limits);
        let limits: Vec<LimitId> =
            own.filter(|(_, limit)| grows(limit)).map(|(id, _)| id).collect();
        for &id in &limits {
            self.limits[id].expansion = Some(found.id);
        }
        if limits.is_empty() {
            let message = format!("`{}` says what expansion costs, but has no limit", place.name);
            self.report(
                Diagnostic::new(Code::UnusedInput, message)
                    .at(figure.span, "")
                    .help("add the `capacity`, `supply` or `demand` that can grow"),
            );
        }
    }
}
