//! Capacity that may be built, and what is there whatever passes.

use super::{
    super::{Lowering, figures::Expect},
    Place,
};
use crate::{
    diagnostic::{Code, Diagnostic},
    document::{BuildTable, Figure, Name, Provenance, Rate},
    flowsheet::{
        self, Build, BuildCost, FigureId, Limit, LimitId, LimitKind, Period, PeriodId, Sense,
        StreamId,
    },
    measure::Dimension,
};

/// Least error of the pieces that stand for a law of scale: each piece is a decision.
const LEAST_ERROR: f64 = 1e-4;

impl<'d> Lowering<'d> {
    /// Costs and operators of an operation while it is there.
    pub(super) fn lower_standing(
        &mut self,
        place: &Place<'d>,
    ) -> (Option<FigureId>, Option<FigureId>) {
        let cost = place.common.fixed_cost.and_then(|figure| {
            let path = format!("{}.fixed-cost", place.path);
            let expect = Expect::not_negative(Dimension::MONEY_RATE);
            Some(self.figure(figure, &path, &place.inherit, &expect)?.id)
        });
        let operators = place.common.operators.and_then(|figure| {
            let path = format!("{}.operators", place.path);
            let expect = Expect::not_negative(Dimension::FRACTION).usual(0.0, 1e4, "up to 10,000");
            let found = self.figure(figure, &path, &place.inherit, &expect)?;
            if self.document.money.as_ref().is_none_or(|money| money.wage.is_none()) {
                let message =
                    format!("`{}` has operators, but nothing says what they cost", place.name);
                let finding = Diagnostic::new(Code::MissingKey, message).at(found.span, "");
                self.report(finding.help(format!(
                    "add `[money]` with `wage = \"80 k{}/yr\"`",
                    self.units.currency
                )));
            }
            Some(found.id)
        });
        (cost, operators)
    }

    /// What is paid while something is there needs to be told from what is not: a size that may be anything is never just
    /// not there.
    pub(super) fn check_standing(&mut self, place: &Place<'d>, standing: Option<FigureId>) {
        let Some(figure) = standing else { return };
        let open = self.builds.iter().find(|build| {
            let nothing = self.figures[self.limits[build.limit].figure].value == 0.0;
            let any = matches!(build.cost, BuildCost::Linear(_)) && build.min.is_none();
            build.operation == place.id && nothing && any
        });
        if open.is_some() {
            let message = format!(
                "`{}` costs something while it is there, but may be built in any size",
                place.name
            );
            let finding = Diagnostic::new(Code::BadBuild, message)
                .at(self.figures[figure].span, "paid whether anything is built or not")
                .at(place.name.span, "");
            self.report(
                finding.help("give the `build` a `min` and a `max`, so that it is there or not"),
            );
        }
    }

    /// What may be built of an operation.
    pub(super) fn lower_build(
        &mut self,
        place: &Place<'d>,
        outlets: &[StreamId],
        availability: Option<FigureId>,
    ) {
        let Some(table) = place.common.build else { return };
        let own = Provenance::said(&table.source, table.assumed.as_ref(), table.confidence);
        let inherit = own.or(&place.inherit);
        let Some(cost) = self.build_cost(table, place, &inherit) else { return };
        let Some(limit) = self.extended(table, place, outlets, availability) else { return };
        self.check_build_basis(table, place, limit);
        let mut read = |figure: Option<&Figure>, key: &str, expect: Expect| {
            let path = format!("{}.build.{key}", place.path);
            Some(self.figure(figure?, &path, &inherit, &expect)?.id)
        };
        let size = Expect::positive(Dimension::MASS_RATE).of().constant();
        let min = read(table.min.as_ref(), "min", size);
        let max = read(table.max.as_ref(), "max", size);
        let lead =
            read(table.lead.as_ref(), "lead", Expect::not_negative(Dimension::TIME).constant());
        let life = read(table.life.as_ref(), "life", Expect::positive(Dimension::TIME).constant());
        let ramp = table.ramp.iter().enumerate();
        let ramp: Vec<FigureId> = ramp
            .filter_map(|(at, figure)| {
                read(Some(figure), &format!("ramp.{at}"), Expect::share().constant())
            })
            .collect();
        if let (Some(least), Some(most)) = (min, max)
            && self.figures[least].value > self.figures[most].value
        {
            let message = format!(
                "at least {} of `{}` must be built at once, and at most {}",
                self.figures[least].text, place.name, self.figures[most].text
            );
            let finding = Diagnostic::new(Code::LimitsCrossed, message)
                .at(self.figures[least].span, "at least this")
                .at(self.figures[most].span, "at most this");
            self.report(finding.help("exchange them, or check their units"));
        }
        let Some((first, last)) = self.stretch(table.from.as_ref(), table.until.as_ref()) else {
            return;
        };
        let decided: Vec<PeriodId> =
            self.periods.ids().filter(|&id| first <= id && id <= last).collect();
        let build = Build {
            operation: place.id,
            limit,
            cost,
            min,
            max,
            decided,
            lead,
            life,
            ramp,
            counted: place.common.fixed_cost.is_some() || place.common.operators.is_some(),
            span: place.name.span,
        };
        let build = self.without_time(build, table, place);
        self.check_build_time(&build, table, place);
        self.check_build_size(&build, table, place);
        let id = self.builds.push(build);
        self.limits[limit].build = Some(id);
    }

    /// One year is like all others: what is built is there in it, whole.
    fn without_time(&mut self, build: Build, table: &BuildTable, place: &Place<'d>) -> Build {
        let written = [table.lead.as_ref(), table.ramp.first()];
        let Some(figure) = written.into_iter().flatten().next() else { return build };
        if !self.document.period.is_empty() {
            return build;
        }
        let message =
            format!("`{}.build` says when it is there, but there are no periods", place.path);
        let finding = Diagnostic::new(Code::UnusedInput, message).at(figure.span, "");
        self.report(finding.help("add `[period]`, or leave out `lead` and `ramp`"));
        Build { lead: None, ramp: Vec::new(), ..build }
    }

    /// The capacity that is added to: the one that the operation has, or one of nothing.
    fn extended(
        &mut self,
        table: &BuildTable,
        place: &Place<'d>,
        outlets: &[StreamId],
        availability: Option<FigureId>,
    ) -> Option<LimitId> {
        let own = self
            .limits
            .iter_ids()
            .skip(place.limits)
            .filter(|(_, limit)| limit.kind == LimitKind::Capacity);
        let own: Vec<LimitId> = own.map(|(id, _)| id).collect();
        if let Some(&second) = own.get(1) {
            let message =
                format!("`{}` has several capacities: it is open what `build` adds to", place.name);
            let span = self.figures[self.limits[second].figure].span;
            let finding = Diagnostic::new(Code::BadBuild, message).at(span, "the second");
            self.report(finding.help("keep the one that is built, or divide the operation"));
            return None;
        }
        if let Some(&one) = own.first() {
            if let Some(of) = &table.of {
                let message = format!("`{}` says twice where its capacity is measured", place.name);
                let finding = Diagnostic::new(Code::BadBuild, message).at(of.span, "");
                self.report(finding.help("leave out `build.of`: what is built adds to `capacity`"));
            }
            return Some(one);
        }
        let plain = Figure::plain(crate::document::Scalar::Number(0.0), place.name.span);
        let port = self.port(&Rate { figure: plain, of: table.of.clone() }, place, outlets)?;
        let content = self.build_content(table)?;
        let figure = self.figures.push(flowsheet::Figure {
            path: format!("{}.capacity", place.path),
            text: "0 t/yr".to_owned(),
            value: 0.0,
            span: place.name.span,
            provenance: flowsheet::Provenance::Wanted,
            range: None,
            allowed: (f64::NEG_INFINITY, f64::INFINITY),
        });
        Some(self.limits.push(Limit {
            kind: LimitKind::Capacity,
            operation: place.id,
            sense: Sense::AtMost,
            figure,
            availability,
            expansion: None,
            build: None,
            port,
            content,
            share_of: None,
        }))
    }

    /// The sizes that a build writes.
    fn sizes(table: &BuildTable) -> Vec<&Figure> {
        let mut sizes: Vec<&Figure> = [&table.min, &table.max].into_iter().flatten().collect();
        sizes.extend(table.reference.iter().map(|it| &it.capacity));
        sizes.extend(table.curve.iter().flat_map(|it| &it.capacity));
        sizes.extend(table.train.iter().map(|it| &it.capacity));
        sizes
    }

    /// The basis that a size, or the cost per size, names.
    fn named_basis(&self, table: &BuildTable) -> Vec<(Name, crate::diagnostic::Span)> {
        let read = |figure: &Figure, numerator: bool| {
            let crate::document::Scalar::Text(text) = &figure.value else { return None };
            let basis = self.units.parse(text).ok()?.basis;
            let name = if numerator { basis.numerator } else { basis.denominator };
            Some((Name::new(name.unwrap_or_default(), figure.span), figure.span))
        };
        let sizes = Self::sizes(table).into_iter().filter_map(|figure| read(figure, true));
        sizes.chain(table.cost.iter().filter_map(|figure| read(figure, false))).collect()
    }

    fn build_content(&mut self, table: &BuildTable) -> Option<flowsheet::Content> {
        match self.named_basis(table).into_iter().next() {
            Some((name, span)) if !name.is_empty() => self.content(&name, span),
            _ => Some(flowsheet::Content::whole()),
        }
    }

    /// All sizes must be on the basis of the capacity that they add to.
    fn check_build_basis(&mut self, table: &BuildTable, place: &Place<'d>, limit: LimitId) {
        let content = self.limits[limit].content.clone();
        let wanted = if content.is_whole() { "" } else { content.name.as_str() };
        for (name, span) in self.named_basis(table) {
            if name.as_str() != wanted {
                let counted = |name: &str| {
                    if name.is_empty() { "the whole".to_owned() } else { format!("`{name}`") }
                };
                let message = format!(
                    "the capacity of `{}` counts {}, but what is built counts {}",
                    place.name,
                    counted(wanted),
                    counted(&name)
                );
                let finding = Diagnostic::new(Code::WrongBasis, message).at(span, "");
                self.report(finding.help("give all sizes on one basis"));
                return;
            }
        }
    }

    fn build_cost(
        &mut self,
        table: &BuildTable,
        place: &Place<'d>,
        inherit: &Provenance,
    ) -> Option<BuildCost> {
        let ways = [
            table.cost.is_some(),
            table.reference.is_some(),
            table.curve.is_some(),
            table.train.is_some(),
        ];
        if ways.iter().filter(|&&way| way).count() != 1 {
            let message = format!("`{}.build` must say in one way what it costs", place.path);
            let finding = Diagnostic::new(Code::BadBuild, message).at(place.name.span, "");
            self.report(finding.help(
                "write one of `cost` (per t/yr), `reference` (a known plant and an exponent), `curve` and `train`",
            ));
            return None;
        }
        let path = |key: &str| format!("{}.build.{key}", place.path);
        let size = Expect::positive(Dimension::MASS_RATE).of().constant();
        let money = Expect::not_negative(Dimension::MONEY);
        if let Some(figure) = &table.cost {
            let expect = Expect::not_negative(Dimension::MONEY_PER_MASS_RATE).per();
            return Some(BuildCost::Linear(
                self.figure(figure, &path("cost"), inherit, &expect)?.id,
            ));
        }
        if let Some(known) = &table.reference {
            let capacity =
                self.figure(&known.capacity, &path("reference.capacity"), inherit, &size);
            let cost = self.figure(
                &known.cost,
                &path("reference.cost"),
                inherit,
                &Expect::positive(Dimension::MONEY),
            );
            let expect = Expect::positive_share().usual(0.3, 1.0, "0.4–0.9");
            let exponent =
                self.figure(&known.exponent, &path("reference.exponent"), inherit, &expect);
            let error = known.error.as_ref().and_then(|figure| {
                let path = path("reference.error");
                let expect = Expect::positive_share().constant();
                let found = self.figure(figure, &path, inherit, &expect)?;
                self.narrow(found.id, LEAST_ERROR, 1.0);
                if self.figures[found.id].value < LEAST_ERROR {
                    let message =
                        format!("`{path}` is {}, less than 0.01 %", self.figures[found.id].text);
                    let finding = Diagnostic::new(Code::OutOfRange, message).at(found.span, "");
                    self.report(
                        finding.help(
                            "each piece of the curve is a decision: 1 % is enough for a plan",
                        ),
                    );
                }
                Some(found.id)
            });
            return Some(BuildCost::Scale {
                capacity: capacity?.id,
                cost: cost?.id,
                exponent: exponent?.id,
                error,
            });
        }
        if let Some(curve) = &table.curve {
            return self.build_curve(curve, place, inherit);
        }
        let train = table.train.as_ref()?;
        let capacity = self.figure(&train.capacity, &path("train.capacity"), inherit, &size);
        let cost = self.figure(&train.cost, &path("train.cost"), inherit, &money);
        if let Some(max) = &train.max
            && (max.value < 1.0 || max.value.fract() != 0.0)
        {
            let message = format!("`{}` must be a whole number of trains", path("train.max"));
            self.report(Diagnostic::new(Code::BadBuild, message).at(max.span, ""));
        }
        let max = train.max.as_ref().map(|max| max.value);
        Some(BuildCost::Train { capacity: capacity?.id, cost: cost?.id, max })
    }

    fn build_curve(
        &mut self,
        curve: &crate::document::CurveTable,
        place: &Place<'d>,
        inherit: &Provenance,
    ) -> Option<BuildCost> {
        let path = |key: &str, at: usize| format!("{}.build.curve.{key}.{at}", place.path);
        let refuse = |lowering: &mut Self, message: String, span, help: &str| {
            let finding = Diagnostic::new(Code::BadBuild, message).at(span, "");
            lowering.report(finding.help(help));
        };
        if curve.capacity.len() != curve.cost.len() || curve.capacity.len() < 2 {
            let message = format!(
                "the cost curve of `{}` has {} sizes and {} costs",
                place.name,
                curve.capacity.len(),
                curve.cost.len()
            );
            refuse(self, message, place.name.span, "give as many costs as sizes, at least two");
            return None;
        }
        let mut points: Vec<(FigureId, FigureId)> = Vec::new();
        for (at, (size, cost)) in curve.capacity.iter().zip(&curve.cost).enumerate() {
            let expect = Expect::not_negative(Dimension::MASS_RATE).of().constant();
            let capacity = self.figure(size, &path("capacity", at), inherit, &expect);
            let expect = Expect::not_negative(Dimension::MONEY);
            let cost = self.figure(cost, &path("cost", at), inherit, &expect);
            points.push((capacity?.id, cost?.id));
        }
        for at in 1..points.len() {
            let value = |id: FigureId| self.figures[id].value;
            let (before, here) = (points[at - 1], points[at]);
            if value(here.0) <= value(before.0) {
                let message =
                    format!("the sizes of the cost curve of `{}` do not grow", place.name);
                refuse(self, message, curve.capacity[at].span, "write them from the smallest");
                return None;
            }
            if value(here.1) < value(before.1) {
                let message = format!(
                    "the cost curve of `{}` falls: {} costs less than {}",
                    place.name, self.figures[here.0].text, self.figures[before.0].text
                );
                let help = "a larger plant must not cost less: check the figures, or leave the smaller size out";
                refuse(self, message, curve.cost[at].span, help);
                return None;
            }
        }
        Some(BuildCost::Curve(points))
    }

    /// What is decided must be there before the last period ends.
    fn check_build_time(&mut self, build: &Build, table: &BuildTable, place: &Place<'d>) {
        let Some(lead) = build.lead else { return };
        let end = self.periods.iter().next_back().map_or(1.0, Period::end);
        let first = build.decided.first().map_or(0.0, |&id| self.periods[id].from);
        let there = first + self.figures[lead].value;
        if there >= end {
            let message = format!(
                "what is built of `{}` is there in {there} at the earliest, when all periods are over ({end})",
                place.name
            );
            let span = table.lead.as_ref().map_or(place.name.span, |figure| figure.span);
            let finding = Diagnostic::new(Code::BadBuild, message).at(span, "");
            self.report(finding.help("shorten `lead`, decide earlier, or add periods"));
        }
    }

    /// A cost that depends on the size needs the sizes that there may be.
    fn check_build_size(&mut self, build: &Build, table: &BuildTable, place: &Place<'d>) {
        let scaled = matches!(build.cost, BuildCost::Scale { .. });
        if scaled && (build.min.is_none() || build.max.is_none()) {
            let message = format!("`{}.build` does not say from which to which size", place.path);
            let span = table.reference.as_ref().map_or(place.name.span, |it| it.capacity.span);
            let finding = Diagnostic::new(Code::MissingKey, message).at(span, "");
            self.report(finding.help(
                "add `min` and `max`: between them the cost is followed to the stated error",
            ));
        }
        if let (BuildCost::Train { .. }, Some(figure)) = (&build.cost, build.min.or(build.max)) {
            let message = format!("`{}.build` says twice how much of it may be built", place.path);
            let finding =
                Diagnostic::new(Code::BadBuild, message).at(self.figures[figure].span, "");
            self.report(finding.help("of trains say `train.max`, a number"));
        }
        if let BuildCost::Curve(points) = &build.cost {
            let value = |id: FigureId| self.figures[id].value;
            let end = points.last().map_or(0.0, |&(size, _)| value(size));
            let beyond = [build.min, build.max].into_iter().flatten().find(|&id| value(id) > end);
            if let Some(figure) = beyond {
                let message =
                    format!("`{}` is beyond the end of the cost curve", self.figures[figure].path);
                let finding =
                    Diagnostic::new(Code::BadBuild, message).at(self.figures[figure].span, "");
                self.report(finding.help("lengthen the curve: no cost is made up beyond its end"));
            }
        }
        if matches!(build.cost, BuildCost::Linear(_)) && build.min.is_some() && build.max.is_none()
        {
            let message = format!("`{}.build` has a `min` and no `max`", place.path);
            let finding = Diagnostic::new(Code::MissingKey, message).at(place.name.span, "");
            self.report(finding.help("add `max`, the most that may be built at once"));
        }
    }
}
