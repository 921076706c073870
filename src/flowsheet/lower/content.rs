//! Species, groups and bases: what names in figures stand for.

use std::collections::HashSet;

use super::{Lowering, did_you_mean, formula, keys};
use crate::{
    chem::{Element, Equation, Formula},
    diagnostic::{Code, Diagnostic, Span, nearest},
    document::Name,
    flowsheet::{Content, Group, Species, SpeciesId},
};

/// Words that may follow a basis: `69 USD/kg NdPr oxide`.
const SUFFIXES: [&str; 3] = ["oxide", "metal", "contained"];

/// Deepest nesting of groups in groups; nobody nests as deep but by going round.
const DEEPEST: usize = 64;

impl Lowering<'_> {
    /// Makes the species table: declared species, members of groups, then what feeds, reactions and blenders bring.
    pub(super) fn lower_species(&mut self) {
        let document = self.document;
        for (name, table) in &document.species {
            let parsed = table.formula.as_ref().and_then(|text| {
                Formula::parse(text)
                    .map_err(|error| {
                        let span = text.span.part(text, error.range);
                        let mut diagnostic =
                            Diagnostic::new(Code::BadFormula, error.message).at(span, "");
                        if let Some(help) = error.help {
                            diagnostic = diagnostic.help(help);
                        }
                        self.report(diagnostic);
                    })
                    .ok()
            });
            // A name that is a formula is one, declared or not; another formula would contradict every equation.
            let own = formula(name);
            if let (Some(own), Some(_)) =
                (own.as_ref().filter(|own| parsed.as_ref() != Some(own)), &parsed)
            {
                let message =
                    format!("`{name}` is a formula, but is declared as another substance");
                self.report(
                    Diagnostic::new(Code::BadFormula, message)
                        .at(name.span, format!("this is {own}"))
                        .help(
                            "give the species a name that is no formula, or drop the declaration",
                        ),
                );
            }
            let formula = parsed.or(own);
            let species = Species { name: name.value.clone(), formula, span: name.span };
            let id = self.species.push(species);
            self.species_names.insert(name.value.clone(), id);
        }
        for (name, written) in &document.group {
            if written.is_empty() {
                let message = format!("group `{name}` has no species");
                self.report(
                    Diagnostic::new(Code::MissingKey, message)
                        .at(name.span, "")
                        .help(format!("name its species: `{name} = [\"Nd2O3\", \"Pr6O11\"]`")),
                );
            }
            let mut members = Vec::new();
            let mut seen = HashSet::from([name.as_str()]);
            self.expand_group(written, &mut vec![name.as_str()], &mut seen, &mut members);
            self.groups.push(Group { name: name.value.clone(), members });
        }
        for table in document.feed.values() {
            for key in
                table.assay.grade.keys().filter(|key| !document.group.contains_key(key.as_str()))
            {
                self.intern(key);
            }
            for split in table.assay.split.values() {
                for key in split.keys() {
                    self.intern(key);
                }
            }
            if let Some(rest) = &table.assay.rest {
                self.intern(rest);
            }
        }
        for table in document.blender.values() {
            for key in table.recipe.keys().filter(|key| !document.group.contains_key(key.as_str()))
            {
                self.intern(key);
            }
            for key in table.buy.keys() {
                self.intern(key);
            }
        }
        for table in document.reactor.values() {
            for reaction in &table.reaction {
                if let Ok(equation) = Equation::parse(&reaction.equation) {
                    for term in equation.left().iter().chain(equation.right()) {
                        self.intern(&Name::new(term.species.clone(), reaction.equation.span));
                    }
                }
            }
        }
    }

    /// Adds the species of a group, and of the groups in it.
    fn expand_group<'d>(
        &mut self,
        written: &'d [Name],
        within: &mut Vec<&'d str>,
        seen: &mut HashSet<&'d str>,
        members: &mut Vec<SpeciesId>,
    ) where
        Self: 'd,
    {
        let document = self.document;
        for member in written {
            if within.contains(&member.as_str()) || within.len() > DEEPEST {
                let message = format!("group `{member}` is a part of itself");
                let diagnostic = Diagnostic::new(Code::UnknownSpecies, message)
                    .at(member.span, "")
                    .help("name species here, or other groups that do not lead back");
                self.report_name(member, diagnostic);
                // From each group of the circle it would be found again.
                let circle = within.iter().map(|name| (Code::UnknownSpecies, (*name).to_owned()));
                self.told.extend(circle);
            } else if let Some((name, inner)) = document.group.get_key_value(member.as_str()) {
                if seen.insert(name) {
                    within.push(name);
                    self.expand_group(inner, within, seen, members);
                    within.pop();
                }
            } else if let Some(id) = self.intern(member)
                && !members.contains(&id)
            {
                members.push(id);
            }
        }
    }

    /// The species of that name, made if the name is a formula.
    pub(super) fn intern(&mut self, name: &Name) -> Option<SpeciesId> {
        if let Some(&id) = self.species_names.get(name.as_str()) {
            return Some(id);
        }
        if let Some(formula) = formula(name) {
            let species =
                Species { name: name.value.clone(), formula: Some(formula), span: name.span };
            let id = self.species.push(species);
            self.species_names.insert(name.value.clone(), id);
            return Some(id);
        }
        self.report_unknown_species(name, name.span);
        None
    }

    fn report_unknown_species(&mut self, name: &str, span: Span) {
        let document = self.document;
        let known = self.species.iter().map(|species| species.name.as_str());
        let near = nearest(name, known.chain(keys(&document.group))).map(str::to_owned);
        let help = did_you_mean(
            near,
            &format!("write a formula such as `Nd2O3`, or declare `[species.{name}]`"),
        );
        let message = format!("`{name}` is neither a species nor a group");
        let diagnostic = Diagnostic::new(Code::UnknownSpecies, message).at(span, "").help(help);
        self.report_name(name, diagnostic);
    }

    /// The species, or the members of the group, of that name.
    pub(super) fn members(&mut self, name: &Name) -> Option<Vec<SpeciesId>> {
        if let Some(group) = self.groups.iter().find(|group| group.name == name.value) {
            // That a group is empty was reported where it is defined.
            return (!group.members.is_empty()).then(|| group.members.clone());
        }
        if let Some(&id) = self.species_names.get(name.as_str()) {
            return Some(vec![id]);
        }
        // An equation that cannot be read may well have brought the species.
        let unread = self.findings.iter().any(|finding| finding.code == Code::BadFormula);
        if !(unread && formula(name).is_some()) {
            self.report_unknown_species(name, name.span);
        }
        None
    }

    /// Whether all that a group names is known.
    pub(super) fn is_group_known(&self, name: &str) -> bool {
        let members = self.document.group.get(name).into_iter().flatten();
        let unknown = |member: &Name| (Code::UnknownSpecies, member.value.clone());
        members.into_iter().all(|member| !self.told.contains(&unknown(member)))
    }

    /// What a basis counts: a group or a species by its whole mass, an element by what each species holds of it.
    pub(super) fn content(&mut self, name: &str, span: Span) -> Option<Content> {
        self.find_content(name)
            .map_err(|diagnostic| self.report_name(name, diagnostic.at(span, "")))
            .ok()
    }

    /// What a basis counts, or what is wrong with it, without a place.
    pub(super) fn find_content(&self, name: &str) -> Result<Content, Diagnostic> {
        let words: Vec<&str> = name.split_whitespace().collect();
        let (bare, suffix) = match words.split_last() {
            Some((last, head)) if !head.is_empty() && SUFFIXES.contains(last) => {
                (head.join(" "), Some(*last))
            }
            _ => (name.trim().to_owned(), None),
        };
        let Some(content) = self.plain_content(&bare) else {
            let document = self.document;
            let known = self.species.iter().map(|species| species.name.as_str());
            let near = nearest(&bare, known.chain(keys(&document.group))).map(str::to_owned);
            let help = did_you_mean(
                near,
                "a basis is a species, a `[group]`, or an element that some species contains",
            );
            let message = format!("basis `{bare}` is neither a species, a group nor an element");
            return Err(Diagnostic::new(Code::UnknownBasis, message).help(help));
        };
        if let Some(suffix @ ("oxide" | "metal")) = suffix {
            let wanted = suffix == "oxide";
            let weights = content.weights.iter().flatten();
            let wrong = weights.map(|&(id, _)| &self.species[id]).find(|species| {
                species.formula.as_ref().is_some_and(|formula| {
                    formula.counts().iter().any(|&(element, _)| element.symbol() == "O") != wanted
                })
            });
            if let Some(species) = wrong {
                let message =
                    format!("basis `{name}` counts `{}`, which is no {suffix}", species.name);
                return Err(Diagnostic::new(Code::WrongBasis, message).help(format!(
                    "write `{bare}`, or make a group of the {suffix}s that are meant"
                )));
            }
        }
        Ok(content)
    }

    fn plain_content(&self, name: &str) -> Option<Content> {
        if let Some(group) = self.groups.iter().find(|group| group.name == name) {
            let mut weights: Vec<(SpeciesId, f64)> =
                group.members.iter().map(|&id| (id, 1.0)).collect();
            weights.sort_by_key(|&(id, _)| id);
            weights.dedup_by_key(|&mut (id, _)| id);
            return Some(Content { name: name.to_owned(), weights: Some(weights) });
        }
        if let Some(element) = Element::from_symbol(name) {
            let weights: Vec<(SpeciesId, f64)> = self
                .species
                .iter_ids()
                .filter_map(|(id, species)| {
                    let share = species.formula.as_ref()?.mass_fraction(element);
                    (share > 0.0).then_some((id, share))
                })
                .collect();
            if !weights.is_empty() {
                return Some(Content { name: name.to_owned(), weights: Some(weights) });
            }
        }
        let &id = self.species_names.get(name)?;
        Some(Content { name: name.to_owned(), weights: Some(vec![(id, 1.0)]) })
    }
}
