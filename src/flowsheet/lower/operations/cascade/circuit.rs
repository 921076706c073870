//! A cascade's circuit, reagents and costs.

use super::{
    super::super::{Lowering, figures::Expect},
    Place,
};
use crate::{
    chem::Formula,
    diagnostic::{Code, Diagnostic},
    document::{
        CascadeAim, CascadeReagentTable, CascadeReagentsTable, CascadeTable, CircuitTable, Name,
    },
    flowsheet::{Capital, CascadeReagents, CircuitFigures, ConsumableId, UnitCost},
    measure::Dimension,
};

impl<'d> Lowering<'d> {
    pub(super) fn lower_circuit(
        &mut self,
        table: &'d CircuitTable,
        place: &Place<'d>,
    ) -> Option<CircuitFigures> {
        let mut read = |figure: &'d crate::document::Figure, key: &str, expect: Expect| {
            let path = format!("{}.circuit.{key}", place.path);
            Some(self.figure(figure, &path, &place.inherit, &expect.constant())?.id)
        };
        let concentration =
            || Expect::positive(Dimension::CONCENTRATION).usual(1.0, 2e4, "0.001–20 mol/L");
        let time = || Expect::positive(Dimension::TIME).usual(1e-6, 5e-3, "0.5 min–2 d");
        let not_negative = || Expect::not_negative(Dimension::FRACTION);
        let feed_concentration =
            read(&table.feed_concentration, "feed-concentration", concentration());
        let scrub_acid = read(&table.scrub_acid, "scrub-acid", concentration());
        let strip_acid = read(&table.strip_acid, "strip-acid", concentration());
        let base = read(&table.base, "base", concentration());
        let mixing = read(&table.mixing, "mixing", time());
        let settling = read(&table.settling, "settling", time());
        let mut optional = |figure: &'d Option<crate::document::Figure>, key: &str, expect| {
            figure.as_ref().and_then(|figure| read(figure, key, expect))
        };
        let strip_excess = optional(&table.strip_excess, "strip-excess", not_negative());
        let free_acid =
            optional(&table.free_acid, "free-acid", Expect::not_negative(Dimension::CONCENTRATION));
        let part = || Expect::share().usual(0.3, 1.0, "30–100 %");
        let fill = optional(&table.fill, "fill", part());
        let stage_efficiency = optional(&table.stage_efficiency, "stage-efficiency", part());
        let strip_stages = optional(&table.strip_stages, "strip-stages", not_negative());
        let washing_stages = optional(&table.washing_stages, "washing-stages", not_negative());
        let saponification_stages =
            optional(&table.saponification_stages, "saponification-stages", not_negative());
        for (figure, key) in [(fill, "fill"), (stage_efficiency, "stage-efficiency")] {
            if let Some(id) = figure.filter(|&id| self.figures[id].value <= 0.0) {
                let message = format!("`{}.circuit.{key}` must be greater than 0", place.path);
                let span = self.figures[id].span;
                self.report(Diagnostic::new(Code::OutOfRange, message).at(span, ""));
            }
        }
        let stages = [strip_stages, washing_stages, saponification_stages];
        for id in stages.into_iter().flatten() {
            let figure = &self.figures[id];
            if figure.value.fract() != 0.0 || figure.value > 1000.0 {
                let message = format!("`{}` must be a whole number up to 1000", figure.path);
                let span = figure.span;
                self.report(Diagnostic::new(Code::OutOfRange, message).at(span, ""));
            }
        }
        Some(CircuitFigures {
            feed_concentration: feed_concentration?,
            scrub_acid: scrub_acid?,
            strip_acid: strip_acid?,
            strip_excess,
            base: base?,
            free_acid,
            mixing: mixing?,
            settling: settling?,
            fill,
            stage_efficiency,
            strip_stages,
            washing_stages,
            saponification_stages,
        })
    }

    pub(super) fn lower_reagents(
        &mut self,
        table: &'d CascadeReagentsTable,
        place: &Place<'d>,
    ) -> Option<CascadeReagents> {
        let base = self.lower_cascade_reagent(&table.base, place);
        let acid = self.lower_cascade_reagent(&table.acid, place);
        let water = match &table.water {
            Some(name) => Some(self.consumable(name, "m3", place)?),
            None => None,
        };
        // NaCl of one and one, Na2SO4 and CaCl2 of two and one, CaSO4 of two and two.
        let equivalents = [&table.base, &table.acid]
            .map(|it| it.equivalents.as_ref().map_or(1, |it| it.value))
            .into_iter()
            .fold(1, u8::max);
        let salt = match &table.salt {
            Some(name) => {
                Some((name.value.clone(), self.molar_mass(name)? / f64::from(equivalents)))
            }
            None => None,
        };
        let (base, acid) = (base?, acid?);
        let prices = (self.consumables[base.0].price, self.consumables[acid.0].price);
        Some(CascadeReagents { base, acid, prices, water, salt })
    }

    fn lower_cascade_reagent(
        &mut self,
        table: &'d CascadeReagentTable,
        place: &Place<'d>,
    ) -> Option<(ConsumableId, f64)> {
        let consumable = self.consumable(&table.consumable, "t", place);
        let mass = self.molar_mass(&table.formula);
        let equivalents = table.equivalents.as_ref().map_or(1, |it| it.value);
        if let Some(written) = table.equivalents.as_ref().filter(|it| !(1..=4).contains(&it.value))
        {
            let message =
                format!("`{}` cannot count for {} of acid or base", table.formula, written.value);
            self.report(
                Diagnostic::new(Code::OutOfRange, message)
                    .at(written.span, "")
                    .help("write how many protons it gives or takes: 1 for HCl and NaOH, 2 for H2SO4 and Ca(OH)2"),
            );
            return None;
        }
        Some((consumable?, mass? / f64::from(equivalents)))
    }

    fn molar_mass(&mut self, name: &Name) -> Option<f64> {
        match Formula::parse(name) {
            Ok(formula) => Some(formula.molar_mass()),
            Err(error) => {
                let span = name.span.part(name, error.range);
                let found = Diagnostic::new(Code::BadFormula, error.message).at(span, "");
                self.report(match error.help {
                    Some(help) => found.help(help),
                    None => found,
                });
                None
            }
        }
    }

    /// The consumable of that name, counted in that unit.
    fn consumable(&mut self, name: &Name, unit: &str, place: &Place<'d>) -> Option<ConsumableId> {
        let id = self.find_consumable(name, place)?;
        if self.consumables[id].unit != unit {
            let message = format!(
                "`{name}` has a price per {}, but `{}` consumes it in {unit}",
                self.consumables[id].unit, place.name
            );
            self.report(
                Diagnostic::new(Code::WrongDimension, message)
                    .at(name.span, "")
                    .help(format!("give its price per {unit}, or name another consumable")),
            );
            return None;
        }
        Some(id)
    }

    pub(super) fn lower_unit_cost(
        &mut self,
        table: &'d CascadeTable,
        place: &Place<'d>,
    ) -> Option<UnitCost> {
        let Some(cost) = &table.unit_cost else {
            if table.minimise == Some(CascadeAim::Cost) {
                let message =
                    format!("cascade `{}` minimises cost, but has no `unit-cost`", place.name);
                self.report(
                    Diagnostic::new(Code::MissingKey, message).at(place.name.span, "").help(
                        format!(
                            "add `[{}.unit-cost]` with `tanks`, `organic` and `capital-charge`",
                            place.path
                        ),
                    ),
                );
            }
            return None;
        };
        let path = |key: &str| format!("{}.unit-cost.{key}", place.path);
        let expect = Expect::not_negative(Dimension::MONEY_PER_VOLUME).constant();
        let tanks = self.figure(&cost.tanks, &path("tanks"), &place.inherit, &expect);
        let organic = self.figure(&cost.organic, &path("organic"), &place.inherit, &expect);
        let expect = Expect::yearly_share().constant();
        let charge =
            self.figure(&cost.capital_charge, &path("capital-charge"), &place.inherit, &expect);
        Some(UnitCost { tanks: tanks?.id, organic: organic?.id, capital_charge: charge?.id })
    }

    pub(super) fn lower_capital(
        &mut self,
        table: &'d CascadeTable,
        place: &Place<'d>,
    ) -> Option<Capital> {
        let capital = table.capital.as_ref()?;
        let path = |key: &str| format!("{}.capital.{key}", place.path);
        let money = Expect::positive(Dimension::MONEY).constant();
        let number = Expect::positive(Dimension::FRACTION).constant();
        let coefficient =
            self.figure(&capital.coefficient, &path("coefficient"), &place.inherit, &money);
        let exponent = self.figure(&capital.exponent, &path("exponent"), &place.inherit, &number);
        let installation = capital.installation.as_ref().and_then(|figure| {
            Some(self.figure(figure, &path("installation"), &place.inherit, &number)?.id)
        });
        Some(Capital { coefficient: coefficient?.id, exponent: exponent?.id, installation })
    }
}
