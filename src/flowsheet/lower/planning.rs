//! Periods, how money counts, routes, and how figures change over time.

use super::{Lowering, did_you_mean, figures::Expect};
use crate::{
    diagnostic::{Code, Diagnostic, nearest},
    document::{self, ChoiceSpan, Name, Provenance},
    flowsheet::{
        Choice, FigureId, LimitKind, Money, OperationId, Period, PeriodId, Port, Sense, Series,
    },
    measure::{Dimension, format_number},
};

/// No plan looks so far ahead or back, yr.
const FAR: f64 = 200.0;
/// Calendar years have four digits.
const LAST_YEAR: f64 = 9999.0;

/// Periods meet if they are not further apart than this, yr.
const MEET: f64 = 1e-9;

impl Lowering<'_> {
    /// The periods in their order; one year if the file has none.
    pub(super) fn lower_periods(&mut self) {
        let document = self.document;
        let (mut end, mut before): (Option<f64>, Option<&Name>) = (None, None);
        for (name, table) in &document.period {
            let path = format!("period.{name}");
            let wish = Provenance {
                assumed: Some(Name::new("a choice".to_owned(), name.span)),
                ..Provenance::default()
            };
            let expect = Expect::any(Dimension::TIME);
            let Some(length) = self.figure(&table.length, &path, &wish, &expect) else { continue };
            self.figures[length.id].provenance = crate::flowsheet::Provenance::Wanted;
            let years = self.figures[length.id].value;
            if years <= 0.0 {
                let message = format!("period `{name}` is empty: its length is {years} yr");
                let finding = Diagnostic::new(Code::BadPeriod, message).at(length.span, "");
                self.report(finding.help("give it a length above 0, or leave it out"));
                continue;
            }
            let named = name.parse::<u32>().ok().filter(|_| name.len() == 4).map(f64::from);
            let said = table.from.as_ref().map(|from| from.value).or(named);
            let from = said.or(end).unwrap_or(0.0);
            let begins = table.from.as_ref().map_or(name.span, |from| from.span);
            if !(0.0..=LAST_YEAR).contains(&from) {
                let message = format!("period `{name}` begins in no calendar year");
                let finding = Diagnostic::new(Code::BadPeriod, message).at(begins, "");
                self.report(finding.help("write a year of four digits, such as 2030"));
                continue;
            }
            let first = self.periods.iter().next().map_or(from, |period| period.from);
            let far = from + years - first > FAR;
            if let (Some(end), Some(before)) = (end, before)
                && (from - end).abs() > MEET
            {
                let (how, help) = if from < end {
                    ("overlap", "shorten the first, or let the second begin later")
                } else if first == 0.0 {
                    ("leave a gap", "say in which year the first period begins: `from = …`")
                } else {
                    ("leave a gap", "lengthen the first, or write the time between as a period")
                };
                let message = format!(
                    "periods `{before}` and `{name}` {how}: one ends at {end}, the other begins at {from}"
                );
                let finding = Diagnostic::new(Code::BadPeriod, message).at(begins, "begins here");
                self.report(finding.at(before.span, "the one before").help(help));
            } else if far {
                let span = format_number(from + years - first);
                let message = format!("period `{name}` ends {span} yr after the first begins");
                let finding = Diagnostic::new(Code::BadPeriod, message).at(length.span, "");
                self.report(finding.help(format!("periods reach over {FAR} yr at most")));
            }
            if far {
                continue;
            }
            end = Some(from + years);
            before = Some(name);
            self.periods.push(Period { name: name.value.clone(), from, years, span: name.span });
        }
        if document.period.is_empty() {
            let span = document.flowsheet.title.span;
            let name = "year".to_owned();
            self.periods.push(Period { name, from: 0.0, years: 1.0, span });
        }
    }

    /// A period by its name, or by a calendar year in it.
    pub(super) fn period(&mut self, name: &Name) -> Option<PeriodId> {
        if let Some(id) = self.periods.ids().find(|&id| self.periods[id].name == name.value) {
            return Some(id);
        }
        let known: Vec<&str> = self.periods.iter().map(|period| period.name.as_str()).collect();
        let help = if self.document.period.is_empty() {
            "the flowsheet has no periods: add `[period]`, such as `2030 = \"1 yr\"`".to_owned()
        } else {
            let near = nearest(name, known.iter().copied()).map(str::to_owned);
            did_you_mean(near, &format!("the periods are `{}`", known.join("`, `")))
        };
        let message = format!("there is no period `{name}`");
        self.report_name(
            name,
            Diagnostic::new(Code::UnknownPeriod, message).at(name.span, "").help(help),
        );
        None
    }

    /// The first and the last period of a stretch; all periods if neither is said.
    pub(super) fn stretch(
        &mut self,
        from: Option<&Name>,
        until: Option<&Name>,
    ) -> Option<(PeriodId, PeriodId)> {
        let all = (self.periods.ids().next(), self.periods.ids().next_back());
        let first = from.map_or(all.0, |name| self.period(name));
        let last = until.map_or(all.1, |name| self.period(name));
        let (first, last) = (first?, last?);
        if let (Some(from), true) = (from.or(until), first > last) {
            let message = "the first period comes after the last".to_owned();
            let finding = Diagnostic::new(Code::BadPeriod, message).at(from.span, "");
            self.report(finding.help("exchange `from` and `until`"));
            return None;
        }
        Some((first, last))
    }

    /// How a figure changes over the periods; `own` is what was read of its value.
    pub(super) fn lower_course(
        &mut self,
        figure: &document::Figure,
        path: &str,
        inherit: &Provenance,
        expect: &Expect,
        own: FigureId,
    ) {
        let course = &figure.course;
        if course.is_empty() {
            return;
        }
        if expect.is_constant() {
            let message = format!("`{path}` is one for all periods, and cannot change over them");
            let finding = Diagnostic::new(Code::BadPeriod, message).at(figure.span, "");
            self.report(finding.help("leave out `by-period` and `growth`"));
            return;
        }
        let of = if figure.provenance.is_empty() { inherit } else { &figure.provenance };
        let mut points: Vec<(PeriodId, FigureId)> = Vec::new();
        for (name, point) in &course.by_period {
            let period = self.period(name);
            let path = format!("{path}.by-period.{name}");
            let point: document::Figure = point.clone().into();
            let found = self.figure(&point, &path, of, expect);
            let (Some(period), Some(found)) = (period, found) else { continue };
            if let Some(basis) = self.basis_differs(figure, &point) {
                let message = format!("`{path}` is not on the basis of the value before, {basis}");
                let finding = Diagnostic::new(Code::WrongBasis, message).at(point.span, "");
                self.report(finding.help("give all values of a figure on one basis"));
            }
            points.push((period, found.id));
        }
        points.sort_by_key(|&(period, _)| period);
        let growth = course.growth.as_ref().and_then(|growth| {
            let path = format!("{path}.growth");
            let growth: document::Figure = growth.clone().into();
            let found = self.figure(&growth, &path, of, &Expect::yearly().constant())?;
            if self.figures[found.id].value <= -1.0 {
                let message = format!("`{path}` must be above -100 % per year");
                self.report(Diagnostic::new(Code::OutOfRange, message).at(found.span, ""));
                return None;
            }
            self.narrow(found.id, (-1.0_f64).next_up(), f64::MAX);
            Some(found.id)
        });
        self.series.push(Series { figure: own, points, growth });
    }

    /// The basis that a figure names, if another one does not name the same.
    fn basis_differs(&self, one: &document::Figure, other: &document::Figure) -> Option<String> {
        let basis = |figure: &document::Figure| match &figure.value {
            document::Scalar::Number(_) => None,
            document::Scalar::Text(text) => Some(self.units.parse(text).ok()?.basis),
        };
        let (one, other) = (basis(one)?, basis(other)?);
        (one != other).then(|| {
            let parts = [one.numerator, one.denominator].into_iter().flatten();
            let parts: Vec<String> = parts.collect();
            if parts.is_empty() { "that of the whole".to_owned() } else { parts.join(" per ") }
        })
    }

    /// How money counts over time.
    pub(super) fn lower_money(&mut self) -> Option<Money> {
        let document = self.document;
        let table = document.money.as_ref()?;
        let own = Provenance::said(&table.source, table.assumed.as_ref(), table.confidence);
        let inherit = own.or(&self.provenance);
        let mut read = |figure: Option<&document::Figure>, key: &str, expect: Expect| {
            Some(self.figure(figure?, &format!("money.{key}"), &inherit, &expect)?.id)
        };
        let (share, yearly) = (Expect::share().constant(), Expect::yearly().constant());
        let overhead = table.overhead.clone().unwrap_or_default();
        let factor = Expect::not_negative(Dimension::FRACTION);
        let money = Money {
            discount: read(table.discount.as_ref(), "discount", Expect::yearly_share().constant()),
            base_year: 0.0,
            escalation: read(table.escalation.as_ref(), "escalation", yearly),
            capital_escalation: read(
                table.capital_escalation.as_ref(),
                "capital-escalation",
                yearly,
            ),
            installation: read(
                table.installation.as_ref(),
                "installation",
                Expect::positive(Dimension::FRACTION),
            ),
            owner_cost: read(table.owner_cost.as_ref(), "owner-cost", factor),
            spending: Vec::new(),
            budget: read(
                table.budget.as_ref(),
                "budget",
                Expect::not_negative(Dimension::MONEY_RATE),
            ),
            wage: read(table.wage.as_ref(), "wage", Expect::not_negative(Dimension::MONEY_RATE)),
            whole_operators: table.whole_operators,
            on_labour: read(overhead.labour.as_ref(), "overhead.labour", factor),
            on_plant: read(overhead.plant.as_ref(), "overhead.plant", factor),
            on_revenue: read(overhead.revenue.as_ref(), "overhead.revenue", share),
            on_operating: read(overhead.operating.as_ref(), "overhead.operating", factor),
            royalty: read(table.royalty.as_ref(), "royalty", share),
            tax: read(table.tax.as_ref(), "tax", share),
            depreciation: read(
                table.depreciation.as_ref(),
                "depreciation",
                Expect::positive(Dimension::TIME).constant(),
            ),
            closure: read(table.closure.as_ref(), "closure", factor.constant()),
        };
        let shares = table.spending.iter().enumerate();
        let spending: Vec<FigureId> = shares
            .filter_map(|(at, figure)| {
                let path = format!("money.spending.{at}");
                Some(self.figure(figure, &path, &inherit, &share)?.id)
            })
            .collect();
        let sum: f64 = spending.iter().map(|&id| self.figures[id].value).sum();
        if let (Some(first), true) = (table.spending.first(), (sum - 1.0).abs() > MEET) {
            let message = format!("the shares of `money.spending` sum to {:.6} %", 100.0 * sum);
            let finding = Diagnostic::new(Code::BadBuild, message).at(first.span, "the first");
            self.report(finding.help("they must sum to 100 %"));
        }
        let first = self.periods.iter().next().map_or(0.0, |period| period.from);
        let base_year = table.base_year.as_ref().map_or(first, |year| year.value);
        if let (Some(year), true) = (&table.base_year, (base_year - first).abs() > FAR) {
            let message = format!(
                "the base year {base_year} is far from the first period, which begins in {first}"
            );
            let finding = Diagnostic::new(Code::BadPeriod, message).at(year.span, "");
            self.report(finding.help("name the periods by their calendar years, or say `from`"));
        }
        Some(Money { base_year, spending, ..money })
    }

    /// Routes: operations of which just one is there.
    pub(super) fn lower_choices(&mut self) {
        let document = self.document;
        for (name, table) in &document.choice {
            let mut operations: Vec<OperationId> = Vec::new();
            for one in &table.one_of {
                let Some(&id) = self.names.get(one.as_str()) else {
                    let near = nearest(one, self.names.keys().map(String::as_str));
                    let near = near.map(str::to_owned);
                    let message = format!("choice `{name}` names `{one}`, which is no operation");
                    let help = did_you_mean(near, "name operations of this flowsheet");
                    self.report_name(
                        one,
                        Diagnostic::new(Code::UnknownOperation, message)
                            .at(one.span, "")
                            .help(help),
                    );
                    continue;
                };
                let other = self.choices.iter().any(|choice| choice.operations.contains(&id));
                if other || operations.contains(&id) {
                    let message = format!("`{one}` is an alternative twice");
                    let finding = Diagnostic::new(Code::BadChoice, message).at(one.span, "");
                    self.report(finding.help("name each operation once, in one choice"));
                    continue;
                }
                operations.push(id);
            }
            if table.one_of.len() < 2 {
                let message = format!("choice `{name}` has fewer than two alternatives");
                let finding = Diagnostic::new(Code::BadChoice, message).at(name.span, "");
                self.report(finding.help("name at least two operations in `one-of`"));
            }
            self.choices.push(Choice {
                name: name.value.clone(),
                title: table.title.clone(),
                operations,
                per_period: table.per.unwrap_or_default() == ChoiceSpan::Period,
                optional: table.optional,
                span: name.span,
            });
        }
    }

    /// What is an alternative, or has costs while it is there, must have an end to its size: closed is then a size of 0.
    pub(super) fn check_choices(&mut self) {
        let mut findings = Vec::new();
        for choice in &self.choices {
            for &id in &choice.operations {
                let operation = &self.operations[id];
                let mine = || {
                    self.limits.iter().filter(|limit| {
                        matches!(limit.kind, LimitKind::Capacity | LimitKind::Supply)
                            && limit.operation == id
                            && limit.sense == Sense::AtMost
                    })
                };
                // What counts a part only lets the rest pass when it is closed.
                let whole = mine()
                    .any(|limit| limit.content.is_whole() && matches!(limit.port, Port::Inlet(_)));
                let ends = mine()
                    .all(|limit| limit.build.is_none_or(|build| self.builds[build].has_end()));
                if whole && ends {
                    continue;
                }
                let message = format!(
                    "`{}` is an alternative of `{}`, but nothing says how much enters it at most",
                    operation.name, choice.name
                );
                findings.push(
                    Diagnostic::new(Code::BadChoice, message)
                        .at(operation.span, "")
                        .at(choice.span, "this choice")
                        .help("give it a `capacity` of its whole inlet, or a `build` with a `max`, a `curve` or a `train` with a `max`"),
                );
            }
        }
        for finding in findings {
            self.report(finding);
        }
    }
}
