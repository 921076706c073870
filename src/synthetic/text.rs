//! A generated flowsheet as TOML.

use std::fmt::Write as _;

use super::{
    Shape,
    plant::{Duty, Kind, Operation, Plant, WHOLE},
    species::{OXIDES, Oxide, gangue},
};

/// The first period.
const FIRST_YEAR: usize = 2026;
/// Share of the operations that could have a capacity that do.
const LIMITED: f64 = 0.7;
/// Share of the capacities that can be added to, where there are several periods.
const EXPANDABLE: f64 = 0.3;
/// Share of the products that have a least amount to be sold.
const COMMITTED: f64 = 0.15;

/// What a string takes cannot fail.
macro_rules! line {
    ($text:expr, $($rest:tt)*) => { writeln!($text, $($rest)*).expect("a string takes all") };
}

/// Names of the species, oxides first, and which of them are lumps.
fn names(plant: &Plant) -> Vec<(String, bool)> {
    let oxides = OXIDES[..plant.oxides].iter().map(|oxide| (oxide.formula.to_owned(), false));
    oxides.chain((0..plant.species - plant.oxides).map(gangue)).collect()
}

/// Writes a plant whose nominal flows are settled.
pub(super) fn write(shape: &Shape, plant: &mut Plant) -> String {
    let names = names(plant);
    let mut text = header(shape, plant, &names);
    let mut power = 0.0;
    for at in plant.order() {
        let operation = plant.operations[at].clone();
        text.push('\n');
        power += write_operation(&mut text, shape, plant, &names, &operation);
    }
    // One limit on all of them together, without which refineries that share no ore hardly know of each other.
    let most = rounded(power * plant.between(0.6, 0.95));
    line!(
        text,
        "\n[goal.power]\nmeasure = \"consumption(electricity)\"\nat-most = \"{most} kWh/yr\"\nenforce = true"
    );
    text
}

fn header(shape: &Shape, plant: &mut Plant, names: &[(String, bool)]) -> String {
    let Shape { operations, species, periods, products, recycles, free_splits, stockpiles, seed } =
        shape;
    let mut text = String::from("# Generated; none of this exists.\n");
    line!(
        text,
        "# operations {operations}, species {species}, periods {periods}, products {products}, recycles {recycles}, \
         free splits {free_splits}, stockpiles {stockpiles}, seed {seed}\n\n\
         [flowsheet]\ntitle = \"Generated from seed {seed}\"\nassumed = \"generated\"\n"
    );
    if *periods > 1 {
        line!(text, "[period]");
        for at in 0..*periods {
            line!(text, "{} = \"1 yr\"", FIRST_YEAR + at);
        }
        line!(text, "\n[money]\ndiscount = \"8 %\"\n");
    }
    let oxides: Vec<String> =
        names[..plant.oxides].iter().map(|(name, _)| format!("\"{name}\"")).collect();
    line!(text, "[group]\nREO = [{}]", oxides.join(", "));
    for (name, _) in names.iter().filter(|(_, lump)| *lump) {
        line!(text, "\n[species.{name}]");
    }
    let (power, acid) = (plant.between(0.05, 0.12), plant.between(0.1, 0.25));
    line!(
        text,
        "\n[consumable.electricity]\nprice = \"{power:.3} USD/kWh\"\n\n[consumable.acid]\nprice = \"{acid:.3} USD/kg\""
    );
    text
}

/// Writes an operation; the power it takes at its nominal flow, kWh/yr.
fn write_operation(
    text: &mut String,
    shape: &Shape,
    plant: &mut Plant,
    names: &[(String, bool)],
    operation: &Operation,
) -> f64 {
    let name = &operation.name;
    let flow: f64 = operation.inlet.iter().sum();
    match &operation.kind {
        Kind::Feed { grades, supply, cost } => {
            line!(text, "[feed.{name}]\nto = {}", destinations(plant, operation));
            line!(text, "supply = \"{supply:.0} t/yr\"\ncost = \"{cost:.2} USD/t\"");
            let last = names.len() - 1;
            let grades: Vec<String> = (0..last)
                .map(|i| format!("{} = \"{:.4} %\"", names[i].0, 100.0 * grades[i]))
                .collect();
            line!(
                text,
                "assay = {{ grade = {{ {} }}, rest = \"{}\" }}",
                grades.join(", "),
                names[last].0
            );
        }
        Kind::Separator(duty) => {
            line!(text, "[separator.{name}]\nto = {}", destinations(plant, operation));
            let (_, named) = operation.outlets.split_last().expect("a separator has outlets");
            for outlet in named {
                line!(text, "recovery.{} = {}", outlet.name, recoveries(names, &outlet.share));
            }
            return write_duty(text, shape, plant, operation, *duty);
        }
        Kind::Splitter => {
            line!(text, "[splitter.{name}]\nto = {}", destinations(plant, operation));
        }
        Kind::Stockpile => {
            line!(text, "[stockpile.{name}]\nto = {}", destinations(plant, operation));
            let (stock, holding) = (flow * plant.between(0.2, 1.0), plant.between(0.5, 3.0));
            line!(text, "stock = \"{} t\"\nholding-cost = \"{holding:.2} USD/t\"", rounded(stock));
        }
        Kind::Product(sold) => {
            line!(text, "[product.{name}]");
            write_market(text, shape, plant, sold, flow);
        }
        Kind::Waste(cost) => line!(text, "[waste.{name}]\ncost = \"{cost:.2} USD/t\""),
    }
    0.0
}

/// Where streams go: the name of the one, or a table of outlets.
fn destinations(plant: &Plant, operation: &Operation) -> String {
    let to = |at: usize| &plant.operations[at].name;
    match &operation.outlets[..] {
        [one] => format!("\"{}\"", to(one.to)),
        all => {
            let outlets: Vec<String> = all
                .iter()
                .map(|outlet| format!("{} = \"{}\"", outlet.name, to(outlet.to)))
                .collect();
            format!("{{ {} }}", outlets.join(", "))
        }
    }
}

/// Recoveries, those that many species share as the default.
fn recoveries(names: &[(String, bool)], share: &[u32]) -> String {
    let percent =
        |share: u32| format!("\"{}.{:02} %\"", share.div_euclid(100), share.rem_euclid(100));
    let common = share.last().copied().unwrap_or(0);
    let mut parts: Vec<String> = share
        .iter()
        .zip(names)
        .filter(|(share, _)| **share != common)
        .map(|(share, (name, _))| format!("{name} = {}", percent(*share)))
        .collect();
    parts.push(format!("default = {}", percent(common)));
    format!("{{ {} }}", parts.join(", "))
}

/// Capacity, cost and consumption of a separator; the power it takes at its nominal flow, kWh/yr.
fn write_duty(
    text: &mut String,
    shape: &Shape,
    plant: &mut Plant,
    operation: &Operation,
    duty: Duty,
) -> f64 {
    let rare: f64 = operation.inlet[..plant.oxides].iter().sum();
    let flow: f64 = operation.inlet.iter().sum();
    let (nominal, basis) = if duty == Duty::Dressing { (flow, "") } else { (rare, " REO") };
    if plant.happens(LIMITED) && nominal > 0.0 {
        let capacity = rounded(nominal * plant.between(0.55, 1.3));
        line!(text, "capacity = \"{capacity} t/yr{basis}\"");
        if shape.periods > 1 && plant.happens(EXPANDABLE) {
            let cost = match duty {
                Duty::Dressing => plant.between(5.0, 40.0),
                Duty::Leaching => plant.between(2_000.0, 9_000.0),
                Duty::Extraction => plant.between(1_000.0, 6_000.0),
                Duty::Finishing => plant.between(1_500.0, 5_000.0),
            };
            line!(text, "build = {{ cost = \"{cost:.1} USD/(t/yr{basis})\", lead = \"1 yr\" }}");
        }
    }
    let opex = match duty {
        Duty::Dressing => plant.between(0.3, 1.5),
        Duty::Leaching => plant.between(150.0, 500.0),
        Duty::Extraction => plant.between(20.0, 120.0),
        Duty::Finishing => plant.between(200.0, 600.0),
    };
    line!(text, "opex = \"{opex:.2} USD/t{basis}\"");
    let (power, acid) = match duty {
        Duty::Dressing => (plant.between(1.0, 8.0), 0.0),
        Duty::Leaching => (plant.between(20.0, 60.0), plant.between(50.0, 200.0)),
        Duty::Extraction => (plant.between(10.0, 40.0), plant.between(100.0, 400.0)),
        Duty::Finishing => (plant.between(200.0, 600.0), 0.0),
    };
    if acid > 0.0 {
        line!(
            text,
            "consumes = {{ electricity = \"{power:.1} kWh/t\", acid = \"{acid:.1} kg/t\" }}"
        );
    } else {
        line!(text, "consumes = {{ electricity = \"{power:.1} kWh/t\" }}");
    }
    power * flow
}

/// Price and demand of a product, which change over the periods.
fn write_market(text: &mut String, shape: &Shape, plant: &mut Plant, sold: &[usize], flow: f64) {
    let prices: Vec<String> = sold
        .iter()
        .map(|&oxide| {
            let Oxide { formula, price, .. } = &OXIDES[oxide];
            let level = price * plant.between(0.8, 1.1);
            let value = |factor: f64| format!("\"{:.3} USD/kg {formula}\"", level * factor);
            let first = value(1.0);
            let course = course(shape, plant, 2, (0.7, 1.4), value);
            format!("{{ value = {first}{course} }}")
        })
        .collect();
    match &prices[..] {
        [price] => line!(text, "price = {price}"),
        all => line!(text, "price = [{}]", all.join(", ")),
    }
    if flow <= 0.0 {
        return;
    }
    let demand = flow * plant.between(0.35, 1.1);
    let value = |factor: f64| format!("\"{} t/yr\"", rounded(demand * factor));
    let first = value(1.0);
    let course = course(shape, plant, 3, (1.0, 1.6), value);
    let most = format!("max = {{ value = {first}{course} }}");
    if plant.happens(COMMITTED) {
        let least = rounded(flow * plant.between(0.01, 0.08));
        line!(text, "demand = {{ min = \"{least} t/yr\", {most} }}");
    } else {
        line!(text, "demand = {{ {most} }}");
    }
}

/// Other values in every so many periods, by factors between two.
fn course(
    shape: &Shape,
    plant: &mut Plant,
    every: usize,
    (low, high): (f64, f64),
    value: impl Fn(f64) -> String,
) -> String {
    let points: Vec<String> = (1..shape.periods)
        .filter(|period| period % every == 0 || *period == 1)
        .map(|period| format!("{} = {}", FIRST_YEAR + period, value(plant.between(low, high))))
        .collect();
    if points.is_empty() {
        String::new()
    } else {
        format!(", by-period = {{ {} }}", points.join(", "))
    }
}

/// Four significant digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

const _: () = assert!(WHOLE == 100 * 100, "recoveries are written in hundredths of a percent");
