//! What a document says besides its figures: what there is, how it is joined, on which basis things are counted.
//!
//! Two documents whose skeletons are the same differ in the values of figures alone. Where they differ, one table can
//! be taken from the other ([`Document::adopt`]). Titles, notes, sources and reasons are no part of a skeleton: no plan
//! depends on them.

use std::fmt::Debug;

use super::{Common, Document, Figure, Limit, Many, Name, Named, Outlets, Payable, Rate, Scalar};
use crate::{diagnostic::Span, measure::Units};

/// A table of a document that can be taken from another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// `flowsheet`, `group`, `species`, `price`, `consumable`, an operation's kind, or `goal`.
    pub kind: &'static str,
    /// Its name; empty for `flowsheet`.
    pub name: String,
}

impl Entry {
    fn new(kind: &'static str, name: &Name) -> Self {
        Self { kind, name: name.value.clone() }
    }

    /// The path of what is written in it begins so: `separator.mill`.
    #[must_use]
    pub fn path(&self) -> String {
        match self.name.as_str() {
            "" => self.kind.to_owned(),
            name => format!("{}.{name}", self.kind),
        }
    }
}

/// The keys of a table, each with what its value is apart from figures; empty if it is not written.
pub type Skeleton = Vec<(&'static str, String)>;

/// Runs over the kinds of named tables of a document.
macro_rules! each_kind {
    ($run:ident) => {
        $run!(
            group, species, price, consumable, extractant, feed, separator, cascade, splitter,
            reactor, blender, product, waste, goal
        )
    };
}

impl Document {
    /// All tables that plans depend on, with their skeletons.
    #[must_use]
    pub fn skeletons(&self) -> Vec<(Entry, Skeleton)> {
        let currency = self.flowsheet.currency.as_ref().map_or("USD", |name| name.as_str());
        // Whatever the length of a shift, a rate per shift is a rate.
        let units = Units { shift_hours: Some(1.0), ..Units::new(currency) };
        let draw = Draw { units };
        let mut list = self.common_skeletons(&draw);
        self.add_operations(&draw, &mut list);
        self.add_ends(&draw, &mut list);
        for (name, table) in &self.goal {
            let ratio = table.ratio.as_ref().map(|ratio| (&ratio.of, &ratio.to));
            let enforced = table.enforce.as_ref().is_some_and(|enforce| enforce.value);
            let keys = vec![
                ("measure", debug(&table.measure)),
                ("ratio", debug(&ratio)),
                ("at-least", draw.optional(table.at_least.as_ref())),
                ("at-most", draw.optional(table.at_most.as_ref())),
                ("enforce", debug(&enforced)),
            ];
            list.push((Entry::new("goal", name), keys));
        }
        list
    }

    /// The header, groups, species, prices and consumables.
    fn common_skeletons(&self, draw: &Draw) -> Vec<(Entry, Skeleton)> {
        let mut list = vec![(
            Entry { kind: "flowsheet", name: String::new() },
            vec![("objective", debug(&self.flowsheet.objective))],
        )];
        let mut add = |kind, name: &Name, skeleton| list.push((Entry::new(kind, name), skeleton));
        for (name, members) in &self.group {
            add("group", name, vec![("", debug(members))]);
        }
        for (name, table) in &self.species {
            add("species", name, vec![("formula", debug(&table.formula))]);
        }
        for (name, figure) in &self.price {
            add("price", name, vec![("", draw.figure(figure))]);
        }
        for (name, table) in &self.consumable {
            let emission = draw.optional(table.emission.as_ref());
            add(
                "consumable",
                name,
                vec![("price", draw.figure(&table.price)), ("emission", emission)],
            );
        }
        list
    }

    /// Operations between feeds and ends.
    fn add_operations(&self, draw: &Draw, list: &mut Vec<(Entry, Skeleton)>) {
        for (name, table) in &self.feed {
            let grade = draw.figures(&table.assay.grade);
            let split = draw.nested(&table.assay.split);
            let mut keys = draw.common(&table.common());
            keys.extend([
                ("to", draw.outlets(&table.to)),
                ("supply", draw.limit(table.supply.as_ref())),
                ("cost", draw.optional(table.cost.as_ref())),
                ("take-or-pay", draw.optional(table.take_or_pay.as_ref())),
                ("assay", format!("{grade}; {split}; {:?}", table.assay.rest)),
                ("origin", debug(&table.origin)),
            ]);
            list.push((Entry::new("feed", name), keys));
        }
        for (name, table) in &self.separator {
            let mut keys = draw.common(&table.common());
            keys.extend([
                ("to", draw.outlets(&table.to)),
                ("recovery", draw.nested(&table.recovery)),
            ]);
            list.push((Entry::new("separator", name), keys));
        }
        self.add_cascades(draw, list);
        for (name, table) in &self.splitter {
            let mut keys = draw.common(&table.common());
            keys.extend([
                ("to", draw.outlets(&table.to)),
                ("fraction", draw.limits(&table.fraction)),
            ]);
            list.push((Entry::new("splitter", name), keys));
        }
        for (name, table) in &self.reactor {
            let reactions: Vec<String> =
                table.reaction.iter().map(|it| format!("{} {}", it.equation, it.key)).collect();
            let reagents = sorted(&table.reagent, |item| {
                format!("{} {}", draw.figure(&item.price), draw.optional(item.excess.as_ref()))
            });
            let mut keys = draw.common(&table.common());
            keys.extend([
                ("to", draw.outlets(&table.to)),
                ("reaction", reactions.join("; ")),
                ("mode", debug(&table.mode)),
                ("reagent", reagents),
                ("recovery", draw.nested(&table.recovery)),
            ]);
            list.push((Entry::new("reactor", name), keys));
        }
        for (name, table) in &self.blender {
            let bought = sorted(&table.buy, |item| {
                format!("{} {}", draw.figure(&item.price), draw.limit(item.supply.as_ref()))
            });
            let mut keys = draw.common(&table.common());
            keys.extend([
                ("to", draw.outlets(&table.to)),
                ("recipe", draw.limits(&table.recipe)),
                ("buy", bought),
            ]);
            list.push((Entry::new("blender", name), keys));
        }
    }

    /// Extractants and cascades.
    fn add_cascades(&self, draw: &Draw, list: &mut Vec<(Entry, Skeleton)>) {
        for (name, table) in &self.extractant {
            let keys = vec![
                ("separation-factor", draw.figures(&table.separation_factor)),
                ("scrub", debug(&table.scrub)),
                ("concentration", draw.optional(table.concentration.as_ref())),
                ("saponification", draw.optional(table.saponification.as_ref())),
            ];
            list.push((Entry::new("extractant", name), keys));
        }
        for (name, table) in &self.cascade {
            let product = sorted(&table.product, |it| {
                format!("{} {}", it.of, draw.optional(it.recovery.as_ref()))
            });
            let circuit = &table.circuit;
            let stages = [
                &circuit.free_acid,
                &circuit.strip_excess,
                &circuit.fill,
                &circuit.stage_efficiency,
                &circuit.strip_stages,
                &circuit.washing_stages,
                &circuit.saponification_stages,
            ];
            let reagents = table.reagents.as_ref().map(|it| {
                let of =
                    |it: &super::CascadeReagentTable| format!("{} {}", it.consumable, it.formula);
                format!("{} {} {:?} {:?}", of(&it.base), of(&it.acid), it.water, it.salt)
            });
            let organic_feed = table.organic_feed.as_ref().is_none_or(|it| it.value);
            let mut keys = draw.common(&table.common());
            keys.extend([
                ("to", draw.outlets(&table.to)),
                ("product", product),
                ("extractants", debug(&table.extractants)),
                ("feed", draw.figures(&table.feed)),
                ("feed-phase", debug(&table.feed_phase)),
                ("organic-feed", debug(&organic_feed)),
                ("minimise", debug(&table.minimise)),
                ("sequences", debug(&table.sequences.as_ref().map(|it| it.value))),
                ("volume", draw.optional(table.volume.as_ref())),
                ("circuit", debug(&stages.map(|it| draw.optional(it.as_ref())).to_vec())),
                ("reagents", reagents.unwrap_or_default()),
                ("unit-cost", debug(&table.unit_cost.is_some())),
                ("capital", debug(&table.capital.is_some())),
            ]);
            list.push((Entry::new("cascade", name), keys));
        }
    }

    /// Products and wastes.
    fn add_ends(&self, draw: &Draw, list: &mut Vec<(Entry, Skeleton)>) {
        for (name, table) in &self.product {
            let mut keys = draw.common(&table.common());
            keys.extend([
                ("price", draw.many(&table.price)),
                ("payable", draw.payable(table.payable.as_ref())),
                ("demand", draw.limit(table.demand.as_ref())),
                ("specification", draw.limits(&table.specification)),
                ("contract", sorted(&table.contract, |it| format!("{it:?}"))),
                ("role", debug(&table.role)),
            ]);
            list.push((Entry::new("product", name), keys));
        }
        for (name, table) in &self.waste {
            let mut keys = draw.common(&table.common());
            keys.extend([("cost", draw.many(&table.cost)), ("limit", draw.limits(&table.limit))]);
            list.push((Entry::new("waste", name), keys));
        }
    }

    /// Takes one table from another document, or removes it if the other has none.
    pub fn adopt(&mut self, entry: &Entry, from: &Self) {
        macro_rules! adopt {
            ($($kind:ident),*) => {
                match entry.kind {
                    $(stringify!($kind) => take(&mut self.$kind, &from.$kind, &entry.name),)*
                    _ => self.flowsheet.objective.clone_from(&from.flowsheet.objective),
                }
            };
        }
        each_kind!(adopt);
        // What was changed in it is still no mistake of the file.
        let changed = from.changed.iter().filter(|place| !self.changed.contains(place));
        let changed: Vec<Span> = changed.copied().collect();
        self.changed.extend(changed);
    }
}

fn take<T: Clone>(own: &mut Named<T>, other: &Named<T>, name: &str) {
    match other.get_key_value(name) {
        Some((key, table)) => {
            own.insert(key.clone(), table.clone());
        }
        None => {
            own.shift_remove(name);
        }
    }
}

/// What is written for a value without figures; nothing for one that is not there.
fn debug<T: Debug + Default + PartialEq>(value: &T) -> String {
    if *value == T::default() { String::new() } else { format!("{value:?}") }
}

/// Named things in the order of their names.
fn sorted<T>(named: &Named<T>, show: impl Fn(&T) -> String) -> String {
    let mut list: Vec<String> =
        named.iter().map(|(name, item)| format!("{name}: {}", show(item))).collect();
    list.sort();
    list.join(", ")
}

/// Draws what is left of values without the numbers in them.
struct Draw {
    units: Units,
}

impl Draw {
    /// What kind of quantity it is, and on what basis.
    fn figure(&self, figure: &Figure) -> String {
        match &figure.value {
            Scalar::Number(_) => "number".to_owned(),
            Scalar::Text(text) => match self.units.parse(text) {
                Ok(read) => format!("{:?} {:?}", read.dimension, read.basis),
                Err(_) => text.clone(),
            },
        }
    }

    fn optional(&self, figure: Option<&Figure>) -> String {
        figure.map_or_else(String::new, |figure| self.figure(figure))
    }

    fn figures(&self, figures: &Named<Figure>) -> String {
        sorted(figures, |figure| self.figure(figure))
    }

    fn nested(&self, figures: &Named<Named<Figure>>) -> String {
        sorted(figures, |figures| format!("({})", self.figures(figures)))
    }

    fn many(&self, figures: &Many<Figure>) -> String {
        figures.0.iter().map(|figure| self.figure(figure)).collect::<Vec<_>>().join(", ")
    }

    fn rate(&self, rate: &Rate) -> String {
        format!("{} {:?}", self.figure(&rate.figure), rate.of)
    }

    fn rates(&self, rates: &Many<Rate>) -> String {
        rates.0.iter().map(|rate| self.rate(rate)).collect::<Vec<_>>().join(", ")
    }

    fn limit(&self, limit: Option<&Limit>) -> String {
        let Some(limit) = limit else { return String::new() };
        let parts = [
            ("", &limit.value),
            ("min ", &limit.min),
            ("max ", &limit.max),
            ("exactly ", &limit.exactly),
        ];
        let parts = parts
            .into_iter()
            .filter_map(|(word, figure)| Some(format!("{word}{}", self.figure(figure.as_ref()?))));
        parts.collect::<Vec<_>>().join(", ")
    }

    fn limits(&self, limits: &Named<Limit>) -> String {
        sorted(limits, |limit| self.limit(Some(limit)))
    }

    fn payable(&self, payable: Option<&Payable>) -> String {
        match payable {
            None => String::new(),
            Some(Payable::All(figure)) => self.figure(figure),
            Some(Payable::Each(figures)) => self.figures(figures),
        }
    }

    fn outlets(&self, outlets: &Outlets) -> String {
        match outlets {
            Outlets::One(name) => name.value.clone(),
            Outlets::Named(outlets) => sorted(outlets, |outlet| {
                format!(
                    "{} [{}] [{}] [{}]",
                    outlet.to,
                    self.many(&outlet.price),
                    self.payable(outlet.payable.as_ref()),
                    self.limit(outlet.limit.as_ref())
                )
            }),
        }
    }

    /// The keys that all operations share.
    fn common(&self, common: &Common<'_>) -> Skeleton {
        vec![
            ("stage", common.stage.map_or_else(String::new, |stage| stage.value.clone())),
            ("capacity", self.rates(common.capacity)),
            ("availability", self.optional(common.availability)),
            ("expansion", self.optional(common.expansion)),
            ("opex", self.rates(common.opex)),
            ("incentive", self.rates(common.incentive)),
            ("consumes", sorted(common.consumes, |rate| self.rate(rate))),
            ("emission", common.emission.map_or_else(String::new, |rate| self.rate(rate))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Document {
        toml::from_str(text).expect("valid")
    }

    const PLAIN: &str = r#"
        [flowsheet]
        title = "t"
        [feed.ore]
        to = "sales"
        cost = "27 USD/t"
        assay.grade = { CaF2 = "100 %" }
        [product.sales]
        price = "1 USD/t CaF2"
    "#;

    #[test]
    fn figures_and_words_are_no_part_of_a_skeleton() {
        let other = PLAIN.replace("\"t\"", "\"u\"").replace("27 USD/t", "0.03 USD/kg");
        assert_eq!(parse(PLAIN).skeletons(), parse(&other).skeletons());
    }

    #[test]
    fn a_basis_a_limit_and_a_table_are() {
        let plain = parse(PLAIN);
        let keys = |text: &str| -> Vec<String> {
            let (one, other) = (plain.skeletons(), parse(text).skeletons());
            let differ = one.iter().zip(&other).flat_map(|((entry, one), (_, other))| {
                let keys = one.iter().zip(other).filter(|(one, other)| one != other);
                keys.map(|((key, _), _)| format!("{}.{key}", entry.path()))
            });
            differ.collect()
        };
        assert_eq!(keys(&PLAIN.replace("USD/t CaF2", "USD/t")), ["product.sales.price"]);
        let limited = PLAIN.replace("cost", "supply = \"9 t/yr\"\ncost");
        assert_eq!(keys(&limited), ["feed.ore.supply"]);
        let mut changed = plain.clone();
        let more = parse(&format!("{limited}\n[waste.dam]\n"));
        for (entry, _) in more.skeletons() {
            changed.adopt(&entry, &more);
        }
        assert_eq!(changed.skeletons(), more.skeletons());
        for (entry, _) in more.skeletons() {
            changed.adopt(&entry, &plain);
        }
        assert_eq!(changed.skeletons(), plain.skeletons());
    }
}
