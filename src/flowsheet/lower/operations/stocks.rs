//! Stockpiles, and products in service.

use super::{
    super::{Lowering, did_you_mean, figures::Expect},
    Place,
};
use crate::{
    diagnostic::{Code, Diagnostic, nearest},
    document::{LifetimeTable, StockpileTable, UseTable},
    flowsheet::{Content, LimitKind, Port, Sense, ServiceLife, Stockpile, StreamId, Use},
    measure::Dimension,
};

impl<'d> Lowering<'d> {
    pub(super) fn lower_stockpile(
        &mut self,
        table: &'d StockpileTable,
        place: &Place<'d>,
        outlets: &[StreamId],
    ) -> Stockpile {
        self.check_one_outlet(place, outlets, "a stockpile holds one stock");
        let path = |key: &str| format!("{}.{key}", place.path);
        let mut read = |figure: Option<&crate::document::Figure>, key: &str, expect: Expect| {
            Some(self.figure(figure?, &path(key), &place.inherit, &expect)?.id)
        };
        let opening =
            read(table.opening.as_ref(), "opening", Expect::not_negative(Dimension::MASS));
        let loss = read(table.loss.as_ref(), "loss", Expect::yearly_share());
        let holding = read(
            table.holding_cost.as_ref(),
            "holding-cost",
            Expect::not_negative(Dimension::MONEY_PER_MASS),
        );
        if let Some(loss) = loss {
            self.narrow(loss, 0.0, 1.0_f64.next_down());
        }
        if let Some(loss) = loss.filter(|&loss| self.figures[loss].value >= 1.0) {
            let message = format!("`{}.loss` must be below 100 % per year", place.path);
            let span = self.figures[loss].span;
            self.report(
                Diagnostic::new(Code::OutOfRange, message).at(span, "").help(
                    "what does not keep at all cannot be stocked: send it to a `[waste.NAME]`",
                ),
            );
        }
        if let Some(stock) = &table.stock {
            let on = super::LimitOn {
                port: Port::Stock(place.id),
                content: Content::whole(),
                ..Self::limit_on(place, LimitKind::Stock)
            };
            self.lower_limit(stock, Sense::AtMost, &path("stock"), &place.inherit, &on);
        }
        Stockpile { opening, loss, holding }
    }

    pub(super) fn lower_use(&mut self, table: &'d UseTable, place: &Place<'d>) -> Option<Use> {
        let product = self.document.product.contains_key(table.of.as_str());
        let of = self.names.get(table.of.as_str()).copied().filter(|_| product);
        if of.is_none() {
            let known = self.document.product.keys().map(|name| name.as_str());
            let near = nearest(&table.of, known).map(str::to_owned);
            let message =
                format!("`{}` is the use of `{}`, which is no product", place.name, table.of);
            let help = did_you_mean(near, "name a `[product.NAME]`");
            self.report_name(
                &table.of,
                Diagnostic::new(Code::UnknownOperation, message).at(table.of.span, "").help(help),
            );
        }
        let path = |key: &str| format!("{}.{key}", place.path);
        let share = table.share.as_ref().and_then(|figure| {
            Some(
                self.figure(figure, &path("share"), &place.inherit, &Expect::share().constant())?
                    .id,
            )
        });
        let collection =
            self.figure(&table.collection, &path("collection"), &place.inherit, &Expect::share());
        let life = self.service_life(&table.lifetime, place);
        let start = self.periods.iter().next().map_or(0.0, |period| period.from);
        let mut past = Vec::new();
        for (name, figure) in &table.past {
            let path = format!("{}.past.{name}", place.path);
            let expect = Expect::not_negative(Dimension::MASS_RATE);
            let found = self.figure(figure, &path, &place.inherit, &expect);
            let year = name.parse::<u32>().ok().map(f64::from).filter(|&year| year < start);
            let Some(year) = year else {
                let message = format!("`{path}` is of no year before the first period ({start})");
                let finding = Diagnostic::new(Code::BadPeriod, message).at(name.span, "");
                self.report(finding.help("write calendar years: `past = { 2015 = \"120 t/yr\" }`"));
                continue;
            };
            past.extend(found.map(|found| (year, found.id)));
        }
        let assay = table.assay.as_ref().map(|assay| self.lower_assay(assay, place));
        if let (Some((name, _)), None) = (table.past.first(), &assay) {
            let message = format!("`{}` does not say what was sold in the past", place.path);
            let finding = Diagnostic::new(Code::MissingKey, message).at(name.span, "");
            self.report(finding.help("add `assay.grade`, the composition of what comes back"));
        }
        Some(Use { of: of?, share, life: life?, collection: collection?.id, past, assay })
    }

    fn service_life(&mut self, table: &LifetimeTable, place: &Place<'d>) -> Option<ServiceLife> {
        let path = |key: &str| format!("{}.lifetime.{key}", place.path);
        let time = Expect::positive(Dimension::TIME).constant();
        let found = match (&table.fixed, &table.normal, &table.weibull) {
            (Some(years), None, None) => {
                ServiceLife::Fixed(self.figure(years, &path("fixed"), &place.inherit, &time)?.id)
            }
            (None, Some(normal), None) => {
                let mean = self.figure(&normal.mean, &path("normal.mean"), &place.inherit, &time);
                let deviation = self.figure(
                    &normal.deviation,
                    &path("normal.deviation"),
                    &place.inherit,
                    &time,
                );
                ServiceLife::Normal(mean?.id, deviation?.id)
            }
            (None, None, Some(weibull)) => {
                let scale =
                    self.figure(&weibull.scale, &path("weibull.scale"), &place.inherit, &time);
                let expect =
                    Expect::positive(Dimension::FRACTION).usual(0.5, 20.0, "0.5–20").constant();
                let shape =
                    self.figure(&weibull.shape, &path("weibull.shape"), &place.inherit, &expect);
                ServiceLife::Weibull(scale?.id, shape?.id)
            }
            _ => {
                let message = format!("`{}.lifetime` needs one distribution", place.path);
                let finding = Diagnostic::new(Code::MissingKey, message).at(place.name.span, "");
                self.report(finding.help(
                    "write `lifetime.fixed = \"15 yr\"`, `lifetime.normal = { mean, deviation }` or `lifetime.weibull = { scale, shape }`",
                ));
                return None;
            }
        };
        Some(found)
    }

    fn check_one_outlet(&mut self, place: &Place<'d>, outlets: &[StreamId], why: &str) {
        if outlets.len() > 1 {
            let message = format!("{} has several outlets", place.path);
            let finding =
                Diagnostic::new(Code::SeveralOutlets, message).at(place.name.span, why.to_owned());
            self.report(finding.help("put a splitter behind it"));
        }
    }
}
