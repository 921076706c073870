//! Feeds: supply, cost and assay.

use super::super::{Lowering, did_you_mean, figures::Expect, keys};
use super::{Place, table_key};
use crate::{
    chem::normalising_factor,
    diagnostic::{Code, Diagnostic, Span, nearest},
    document::{AssayTable, FeedTable, Name, Outlets},
    flowsheet::{
        Assay, Content, Feed, FigureId, Grade, LimitKind, PeriodId, Sense, SpeciesId, Values,
    },
    measure::Dimension,
};

impl<'d> Lowering<'d> {
    pub(super) fn lower_feed(&mut self, table: &'d FeedTable, place: &Place<'d>) -> Feed {
        if let Outlets::Named(named) = &table.to
            && named.len() > 1
        {
            let message = format!("feed `{}` has several outlets", place.name);
            self.report(
                Diagnostic::new(Code::SeveralOutlets, message)
                    .at(place.name.span, "")
                    .help("a feed supplies one stream; put a splitter behind it"),
            );
        }
        if let Some(supply) = &table.supply {
            let on = Self::limit_on(place, LimitKind::Supply);
            let path = format!("{}.supply", place.path);
            self.lower_limit(supply, Sense::AtMost, &path, &place.inherit, &on);
        }
        let cost = table.cost.as_ref().and_then(|figure| {
            let path = format!("{}.cost", place.path);
            let expect = Expect::not_negative(Dimension::MONEY_PER_MASS).usual_price();
            Some(self.figure(figure, &path, &place.inherit, &expect)?.id)
        });
        let take_or_pay = table.take_or_pay.as_ref().and_then(|figure| {
            let path = format!("{}.take-or-pay", place.path);
            let expect = Expect::not_negative(Dimension::MASS_RATE);
            Some(self.figure(figure, &path, &place.inherit, &expect)?.id)
        });
        if let (Some(figure), None) = (take_or_pay, cost) {
            let message = format!(
                "feed `{}` is paid for whether taken or not, but costs nothing",
                place.name
            );
            let span = self.figures[figure].span;
            self.report(
                Diagnostic::new(Code::UnusedInput, message).at(span, "").help("add `cost`"),
            );
        }
        let assay = self.lower_assay(&table.assay, place);
        Feed { assay, cost, take_or_pay, origin: table.origin.unwrap_or_default() }
    }

    /// A composition, as mass fractions.
    pub(super) fn lower_assay(&mut self, table: &'d AssayTable, place: &Place<'d>) -> Assay {
        let mut grades = Vec::new();
        for (name, figure) in &table.grade {
            let path = format!("{}.assay.grade.{name}", place.path);
            let found = self.figure(figure, &path, &place.inherit, &Expect::share().of());
            let members = self.members(name);
            let (Some(found), Some(members)) = (found, members) else { continue };
            let Some((factor, counted)) = self.grade_factor(&found, name, &members) else {
                continue;
            };
            let Some((members, parts)) = self.lower_split(name, members, table, place) else {
                continue;
            };
            grades.push(Grade { figure: found.id, factor, counted, members, parts });
        }
        for group in table.split.keys() {
            if !table.grade.contains_key(group.as_str()) {
                let message = format!("`{}` splits `{group}`, which has no grade", place.name);
                self.report(
                    Diagnostic::new(Code::UnusedInput, message)
                        .at(group.span, "")
                        .help(format!("add `assay.grade.{group}`, or remove the split")),
                );
            }
        }
        for group in &table.normalise {
            if !table.split.contains_key(group.as_str()) {
                let near = nearest(group, keys(&table.split)).map(str::to_owned);
                let message = format!("`{}` has no split of `{group}` to normalise", place.name);
                let help = did_you_mean(near, "remove it, or add the split");
                self.report(
                    Diagnostic::new(Code::UnusedInput, message).at(group.span, "").help(help),
                );
            }
        }
        let rest = table.rest.as_ref().and_then(|name| self.intern(name));
        Assay { grades, rest }
    }

    /// t of the named species per t of what the grade's basis counts, and what that is if not the whole.
    pub(super) fn grade_factor(
        &mut self,
        found: &super::super::figures::Lowered,
        name: &Name,
        members: &[SpeciesId],
    ) -> Option<(f64, Option<Content>)> {
        let Some(basis) = found.basis.numerator.clone() else { return Some((1.0, None)) };
        if basis == name.value {
            return Some((1.0, None));
        }
        let span = found.basis_span(&basis);
        let content = self.content(&basis, span)?;
        let weight = content.weight(members[0]);
        if members.len() == 1 && weight > 0.0 {
            return Some((1.0 / weight, Some(content)));
        }
        let message = format!("the grade of `{name}` counts `{basis}`");
        self.report(
            Diagnostic::new(Code::WrongBasis, message)
                .at(span, "")
                .help(format!("give it as `{name}`, or for each species by itself")),
        );
        None
    }

    pub(super) fn lower_split(
        &mut self,
        name: &Name,
        members: Vec<SpeciesId>,
        table: &'d AssayTable,
        place: &Place<'d>,
    ) -> Option<(Vec<SpeciesId>, Vec<FigureId>)> {
        let is_group = self.groups.iter().any(|group| group.name == name.value);
        let Some(split) = table.split.get(name.as_str()) else {
            if is_group && members.len() > 1 {
                let message = format!(
                    "grade `{name}` of feed `{}` has no split among its species",
                    place.name
                );
                self.report(Diagnostic::new(Code::SplitMissing, message).at(name.span, "").help(
                    format!(
                        "add `assay.split.{name} = {{ {} }}`, in parts by mass that sum to 100",
                        self.list_parts(&members)
                    ),
                ));
                return None;
            }
            return Some((members, Vec::new()));
        };
        let mut chosen = Vec::new();
        let mut parts = Vec::new();
        let mut sound = true;
        for (species, figure) in split {
            let path = format!("{}.assay.split.{name}.{species}", place.path);
            let expect = Expect::not_negative(Dimension::FRACTION);
            let found = self.figure(figure, &path, &place.inherit, &expect);
            let Some(id) = self.intern(species) else {
                sound = false;
                continue;
            };
            sound &= found.is_some();
            if !members.contains(&id) && !self.is_group_known(name) {
                // The species is probably meant by the name in the group that is not known.
                sound = false;
                continue;
            }
            if !members.contains(&id) {
                let known: Vec<String> =
                    members.iter().map(|&id| self.species[id].name.clone()).collect();
                let near = nearest(species, known.iter().map(String::as_str)).map(str::to_owned);
                let message = format!("`{species}` is not in group `{name}`");
                let mut diagnostic =
                    Diagnostic::new(Code::UnknownSpecies, message).at(species.span, "");
                if let Some((group, _)) = self.document.group.get_key_value(name.as_str()) {
                    diagnostic = diagnostic.at(group.span, "this group");
                }
                self.report(diagnostic.help(did_you_mean(
                    near,
                    "add it to the group, or give it a grade of its own",
                )));
                sound = false;
                continue;
            }
            if let Some(found) = found {
                chosen.push(id);
                parts.push(found.id);
            }
        }
        let sum: f64 = parts.iter().map(|&id| self.figures[id].value).sum();
        if !sound {
            return None;
        }
        if sum <= 0.0 {
            let message = format!("the split of `{name}` in feed `{}` sums to 0", place.name);
            let key = table_key(&table.split, name);
            self.report(
                Diagnostic::new(Code::AssayNotOne, message)
                    .at(key, "")
                    .help("give the parts by mass, so that they sum to 100"),
            );
            return None;
        }
        if !table.normalise.contains(name) {
            let what = format!("the split of `{name}` in `{}`", place.path);
            let help = format!(
                "mend the parts, or have them divided by their sum: `assay.normalise = [\"{name}\"]`"
            );
            self.check_whole(&parts, &what, table_key(&table.split, name), &help);
        }
        Some((chosen, parts))
    }

    /// Checks that parts sum to 1 or to 100 in all periods, unless a change to the flowsheet moved only some of them.
    pub(super) fn check_whole(&mut self, parts: &[FigureId], what: &str, at: Span, help: &str) {
        let spans: Vec<Span> = parts.iter().map(|&id| self.figures[id].span).collect();
        let mut at = at;
        let covered = |span: &Span| self.document.changed.iter().any(|place| place.contains(*span));
        let changed: Vec<Span> = spans.iter().copied().filter(covered).collect();
        match changed.last() {
            None => {}
            // All of them were changed: the last change is at fault.
            Some(&last) if changed.len() == spans.len() => {
                let place = self.document.changed.iter().find(|place| place.contains(last));
                at = place.copied().unwrap_or(at);
            }
            Some(_) => return,
        }
        let sum_in = |period: PeriodId| -> f64 {
            let value = |part: &FigureId| {
                let series = self.series.iter().find(|series| series.figure == *part);
                let own = self.figures[*part].value;
                series.map_or(own, |it| {
                    let values: Values = self.figures.iter().map(|figure| figure.value).collect();
                    it.value(&values, &self.periods, period)
                })
            };
            parts.iter().map(value).sum()
        };
        let found = self.periods.ids().find_map(|period| {
            let sum = sum_in(period);
            if sum <= 0.0 {
                return Some((period, 0.0, 1.0));
            }
            let factor = normalising_factor(sum, parts.len())?;
            Some((period, sum, sum * factor))
        });
        let Some((period, sum, whole)) = found else { return };
        let percent = parts.iter().all(|&id| self.figures[id].text.ends_with('%'));
        let (scale, unit) = if percent { (100.0, " %") } else { (1.0, "") };
        let when = if self.periods.len() > 1 {
            format!(" in {}", self.periods[period].name)
        } else {
            String::new()
        };
        let message = format!(
            "{what} sums to {}{unit}{when}, not to {}{unit}",
            digits(sum * scale),
            digits(whole * scale)
        );
        self.report(Diagnostic::new(Code::SplitNotWhole, message).at(at, "").help(help));
    }

    /// The first species of a group as parts of a split, to be filled in.
    pub(super) fn list_parts(&self, members: &[SpeciesId]) -> String {
        let mut parts: Vec<String> =
            members.iter().take(2).map(|&id| format!("{} = 1", self.species[id].name)).collect();
        if members.len() > 2 {
            parts.push("…".to_owned());
        }
        parts.join(", ")
    }
}

/// A number with the digits that were written, without the noise of its sum.
fn digits(sum: f64) -> f64 {
    format!("{sum:.11e}").parse().unwrap_or(sum)
}
