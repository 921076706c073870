//! The text of a new flowsheet: what was asked for, put together of pieces of TOML and of the library.

use std::collections::BTreeSet;

use super::{Answers, From, To};
use crate::cli::quote::{in_shell, in_toml};
use crate::{
    cli::example::shipped,
    measure::{Units, format_digits, split_number},
};

/// What a figure cites that the user gave.
const OWN: &str = "source = \"own\"";

const OWN_SOURCE: &str = "\n[source.own]\ntitle = \"Own figures, as given to `reeflow new`: say here where they are from\"\n";

/// The text; `file` is what commands in it call the flowsheet.
pub(super) fn write(answers: &Answers, file: &str) -> String {
    let Answers { from, to, .. } = *answers;
    let mut body = String::new();
    for piece in pieces(from, to) {
        body.push_str(piece);
    }
    body.push_str(&goal(answers));
    body.push_str(include_str!("scenario.toml"));
    let prices = prices(from);
    let head = include_str!("head.toml").to_owned();
    let mut text = format!("{head}{}{body}", consumables(&body));
    text = text.replace("{{prices}}", &prices);
    let supply = answers.supply.as_deref().unwrap_or(from.usual_supply());
    let values = [
        // Those that hold others come first.
        ("split", include_str!("split.toml").to_owned()),
        ("note", note(answers)),
        ("after-concentrate", next(to, To::Concentrate, "leaching")),
        ("after-oxide", next(to, To::Oxide, "electrolysis")),
        ("after-metal", next(to, To::Metal, "alloying")),
        ("after-powder", next(to, To::Powder, "pressing-sintering")),
        ("swarf", if from == From::Scrap { "magnet-leach" } else { "swarf" }.to_owned()),
        ("reactor", reactor(from).to_owned()),
        ("feed", from.name().to_owned()),
        ("supply", figure(answers.supply.as_deref(), from.usual_supply(), "assumed", GUESS)),
        ("grade", grade(answers)),
        ("concentrate-cost", concentrate_cost(answers)),
        ("twice", twice(supply)),
        ("groups", groups(from).to_owned()),
        ("species", species(from).to_owned()),
        ("stages", stages(from, to)),
        ("product", to.product().to_owned()),
        ("currency", answers.currency.clone()),
    ];
    let own = [
        ("title", quoted(&answers.title)),
        ("heading", answers.title.clone()),
        ("file", in_shell(file)),
    ];
    let put = |text: String, (name, value): (&str, String)| {
        text.replace(&format!("{{{{{name}}}}}"), &value)
    };
    text = values.into_iter().fold(text, put);
    if answers.currency != "USD" {
        text = converted(&text, &answers.currency, answers.rate.unwrap_or(1.0));
    }
    // What the user says stays as it is.
    text = own.into_iter().fold(text, put);
    format!("{}\n", format!("{text}{}", sources(&text)).trim_end())
}

/// REO in the concentrate of Mountain Pass (PF13).
const CONCENTRATE_GRADE: &str = "65.6 %";

const GUESS: &str = "a guess; what comes in is what sizes all else";

/// The pieces of a chain, in its order.
fn pieces(from: From, to: To) -> Vec<&'static str> {
    let mut pieces = Vec::new();
    match from {
        From::Ore => pieces.push(include_str!("ore.toml")),
        From::Concentrate => pieces.push(include_str!("concentrate.toml")),
        From::Scrap => pieces.push(include_str!("scrap.toml")),
    }
    if to == To::Concentrate {
        pieces.push(include_str!("concentrate-sales.toml"));
        return pieces;
    }
    if from != From::Scrap {
        pieces.push(include_str!("refinery.toml"));
    }
    let steps = [
        (To::Metal, include_str!("metal.toml")),
        (To::Powder, include_str!("powder.toml")),
        (To::Magnet, include_str!("magnet.toml")),
    ];
    pieces.extend(steps.into_iter().filter(|(step, _)| *step <= to).map(|(_, piece)| piece));
    match to {
        To::Oxide => pieces.push(include_str!("oxide-sales.toml")),
        To::Metal => pieces.push(include_str!("metal-sales.toml")),
        To::Powder => pieces.push(include_str!("powder-sales.toml")),
        To::Concentrate | To::Magnet => {}
    }
    if from != From::Scrap && to >= To::Powder {
        pieces.push(include_str!("swarf.toml"));
    }
    pieces
}

/// Where a step sends what it makes: to its product if the chain ends there, else on.
fn next(to: To, step: To, on: &str) -> String {
    if to == step { to.product() } else { on }.to_owned()
}

const fn reactor(from: From) -> &'static str {
    match from {
        From::Scrap => {
            "The balance of carbon and oxygen says how much of the anodes goes into CO2."
        }
        From::Ore | From::Concentrate => {
            "A reactor turns species into others by balanced equations: `key` is what the conversion counts, a reagent is\n\
             # bought as the equation asks."
        }
    }
}

const fn groups(from: From) -> &'static str {
    match from {
        From::Scrap => {
            "NdPr = [\"Nd2O3\", \"Pr6O11\"]   # oxides\nTRE  = [\"Nd\", \"Pr\", \"Dy\"]  # metals\n"
        }
        From::Ore | From::Concentrate => {
            "REO  = [\"La2O3\", \"CeO2\", \"Pr6O11\", \"Nd2O3\", \"Sm2O3\", \"Eu2O3\", \"Gd2O3\", \"Y2O3\"]\n\
             LaCe = [\"La2O3\", \"CeO2\"]\n\
             NdPr = [\"Nd2O3\", \"Pr6O11\"]  # oxides\n\
             SEG  = [\"Sm2O3\", \"Eu2O3\", \"Gd2O3\", \"Y2O3\"]\n\
             TRE  = [\"Nd\", \"Pr\"]         # metals\n"
        }
    }
}

const fn species(from: From) -> &'static str {
    match from {
        From::Scrap => "other-metals = { title = \"Cu, Al, Nb and plating metals\" }\n",
        From::Ore | From::Concentrate => "gangue = { title = \"all that is not named\" }\n",
    }
}

fn stages(from: From, to: To) -> String {
    let first = match from {
        From::Ore => &["ore", "concentrate"][..],
        From::Concentrate => &["concentrate"],
        From::Scrap => &["scrap"],
    };
    let mut stages = first.to_vec();
    if to > To::Concentrate {
        if from != From::Scrap {
            stages.push("separation");
        }
        let steps = [To::Oxide, To::Metal, To::Powder, To::Magnet];
        stages.extend(steps.into_iter().filter(|step| *step <= to).map(To::name));
    }
    let stages: Vec<String> = stages.into_iter().map(|stage| format!("\"{stage}\"")).collect();
    stages.join(", ")
}

fn note(answers: &Answers) -> String {
    match answers.rate {
        Some(rate) if answers.currency != "USD" => format!(
            "note     = \"Money of the library is in USD; here times {} {} per USD, to four digits.\"\n",
            format_digits(rate),
            answers.currency
        ),
        _ => String::new(),
    }
}

/// A figure as the user gave it, or the usual one with what it rests on.
fn figure(given: Option<&str>, usual: &str, footing: &str, why: &str) -> String {
    match given {
        Some(given) => format!("{{ value = \"{}\", {OWN} }}", quoted(given)),
        None => format!("{{ value = \"{usual}\", {footing} = \"{why}\" }}"),
    }
}

fn grade(answers: &Answers) -> String {
    let usual = if answers.from == From::Ore { "7.7 %" } else { CONCENTRATE_GRADE };
    figure(answers.grade.as_deref(), usual, "source", "PF13")
}

/// What a tonne of concentrate costs, USD, by what is in it.
fn concentrate_cost(answers: &Answers) -> String {
    let grade = answers.grade.as_deref().unwrap_or(CONCENTRATE_GRADE);
    let grade = Units::new("USD").parse(grade).map_or(0.0, |grade| grade.value);
    four_digits(4710.0 * grade)
}

fn twice(supply: &str) -> String {
    let (number, unit) = split_number(supply).unwrap_or((0.0, ""));
    quoted(&format!("{}{unit}", format_digits(2.0 * number)))
}

fn goal(answers: &Answers) -> String {
    let product = answers.to.product();
    let (mark, wanted, why) = match &answers.goal {
        Some(goal) => ("", quoted(goal), OWN.to_owned()),
        None => ("# ", "1000 t/yr".to_owned(), "assumed = \"for example\"".to_owned()),
    };
    format!(
        "{}{mark}[goal.{product}]\n{mark}measure  = \"flow({product})\"\n{mark}at-least = {{ value = \"{wanted}\", {why} }}\n\n",
        include_str!("goal.toml")
    )
}

/// The market prices of what is in the feed, as the library has them.
fn prices(from: From) -> String {
    let oxides = match from {
        From::Scrap => &["Pr6O11", "Nd2O3", "Dy2O3"][..],
        _ => &["La2O3", "CeO2", "Pr6O11", "Nd2O3", "Sm2O3", "Eu2O3", "Gd2O3", "Y2O3"],
    };
    let texts = [shipped("library/prices-2025.toml"), shipped("mountain-pass.toml")];
    let line = |oxide: &&str| {
        let of =
            |text: &'static str| section(text, "price")?.lines().find(|line| starts(line, oxide));
        texts.into_iter().find_map(of).expect("the library has a price of each oxide")
    };
    let lines = oxides.iter().map(line).filter_map(|line| line.split_once('='));
    let lines = lines.map(|(oxide, price)| format!("{:<6} ={price}\n", oxide.trim_end()));
    lines.collect::<Vec<_>>().concat()
}

fn starts(line: &str, key: &str) -> bool {
    line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
}

/// The consumables that a text names, as the library has them.
fn consumables(text: &str) -> String {
    let library = shipped("library/prices-2025.toml");
    let names =
        library.lines().filter_map(|line| line.strip_prefix("[consumable.")?.strip_suffix(']'));
    let used = names.filter(|name| {
        text.lines().any(|line| starts(line, name))
            || text.contains(&format!("{{ {name} ="))
            || text.contains(&format!("{name}.value"))
    });
    let tables = used.filter_map(|name| section(library, &format!("consumable.{name}")));
    tables.flat_map(|table| [table, "\n\n"]).collect()
}

/// The sources that a text cites, as the library has them.
fn sources(text: &str) -> String {
    let library = shipped("library/sources.toml");
    let after = text.lines().filter_map(|line| line.split_once("source")).map(|(_, rest)| rest);
    let ids: BTreeSet<&str> = after
        .flat_map(|rest| rest.split(['"', ',', '[', ']', ' ']))
        .filter(|word| library.contains(&format!("[source.{word}]\n")))
        .collect();
    let tables = ids.iter().filter_map(|id| section(library, &format!("source.{id}")));
    let tables: String = tables.flat_map(|table| ["\n", table, "\n"]).collect();
    let own = if text.contains(OWN) { OWN_SOURCE } else { "" };
    let dashes = "─".repeat(96);
    format!("# ── Sources {dashes}\n{own}{tables}")
}

/// A table of a text, up to the next blank line or table.
fn section(text: &'static str, name: &str) -> Option<&'static str> {
    let head = format!("[{name}]\n");
    let start = if text.starts_with(&head) { 0 } else { text.find(&format!("\n{head}"))? + 1 };
    let table = &text[start..];
    Some(table.split_once("\n\n").map_or(table, |(table, _)| table).trim_end())
}

/// The text with all money in another currency.
fn converted(text: &str, currency: &str, rate: f64) -> String {
    let mut parts = text.split('"');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        whole.push('"');
        match part
            .split_once(" USD/")
            .and_then(|(number, rest)| Some((number.parse::<f64>().ok()?, rest)))
        {
            Some((number, rest)) => {
                whole.extend([&four_digits(number * rate), " ", currency, "/", rest]);
            }
            None => whole.push_str(part),
        }
    }
    whole
}

/// A number of four digits, without anything between thousands.
fn four_digits(value: f64) -> String {
    format!("{value:.3e}").parse::<f64>().map_or_else(|_| value.to_string(), |it| it.to_string())
}

/// A text within quotes of TOML.
fn quoted(text: &str) -> String {
    let whole = in_toml(text);
    whole[1..whole.len() - 1].to_owned()
}
