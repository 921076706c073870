//! `reeflow new`: a flowsheet to start from, by a few questions or flags.

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};

use super::{
    End, Stop,
    args::PatchArgs,
    console::{Console, write_new},
    run::Sheet,
};
use crate::{
    document::Read,
    flowsheet::{Figure, Provenance},
    measure::{Dimension, Units},
};

mod questions;
mod text;

#[derive(Clone, Debug, Args)]
pub(super) struct NewArgs {
    /// The file to write, or `-` for standard output [default: named by what it is, such as `ore-to-magnet.toml`]
    file: Option<PathBuf>,
    /// What comes in
    #[arg(long, value_enum, value_name = "WHAT")]
    from: Option<From>,
    /// What is made of it
    #[arg(long, value_enum, value_name = "WHAT")]
    to: Option<To>,
    /// How much comes in: `570 kt/yr`
    #[arg(long, value_name = "RATE")]
    supply: Option<String>,
    /// Rare-earth oxides in the ore or concentrate: `1.75 %`
    #[arg(long, value_name = "SHARE")]
    grade: Option<String>,
    /// How much is to be made: `500 t/yr`
    #[arg(long, value_name = "RATE")]
    goal: Option<String>,
    /// What the flowsheet is called
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// The currency of all prices, a code of three letters [default: USD]
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// What one USD costs in that currency; the library's prices are in USD
    #[arg(long, value_name = "NUMBER")]
    rate: Option<String>,
}

/// What comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum From {
    /// Ore of a mine, to be concentrated by flotation
    Ore,
    /// Concentrate that is bought, to be leached
    Concentrate,
    /// Spent magnets, to be leached
    Scrap,
}

/// What is made, in the order of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum To {
    /// Concentrate (from ore)
    Concentrate,
    /// Separated oxides, `NdPr` and the others
    Oxide,
    /// `NdPr` metal
    Metal,
    /// Powder of magnet alloy
    Powder,
    /// Sintered magnets
    Magnet,
}

impl From {
    const ALL: [Self; 3] = [Self::Ore, Self::Concentrate, Self::Scrap];

    const fn name(self) -> &'static str {
        match self {
            Self::Ore => "ore",
            Self::Concentrate => "concentrate",
            Self::Scrap => "scrap",
        }
    }

    /// What is taken where the user says nothing.
    const fn usual_supply(self) -> &'static str {
        match self {
            Self::Ore => "500 kt/yr",
            Self::Concentrate => "20 kt/yr",
            Self::Scrap => "1000 t/yr",
        }
    }

    /// What can be made of it.
    fn ends(self) -> Vec<To> {
        let all = [To::Concentrate, To::Oxide, To::Metal, To::Powder, To::Magnet];
        all.into_iter().filter(|to| self == Self::Ore || *to > To::Concentrate).collect()
    }
}

impl To {
    const fn name(self) -> &'static str {
        match self {
            Self::Concentrate => "concentrate",
            Self::Oxide => "oxide",
            Self::Metal => "metal",
            Self::Powder => "powder",
            Self::Magnet => "magnet",
        }
    }

    /// The product at the end of the chain.
    const fn product(self) -> &'static str {
        match self {
            Self::Concentrate => "concentrate",
            Self::Oxide => "ndpr-oxide",
            Self::Metal => "metal",
            Self::Powder => "powder",
            Self::Magnet => "magnets",
        }
    }
}

/// What a flowsheet is made of, all of it sound.
#[derive(Clone, Debug)]
struct Answers {
    from: From,
    to: To,
    supply: Option<String>,
    grade: Option<String>,
    goal: Option<String>,
    title: String,
    currency: String,
    /// None if the currency is that of the library.
    rate: Option<f64>,
}

pub(super) fn new(args: &NewArgs, console: &mut Console) -> Result<End, Stop> {
    if let Some(file) = args.file.as_deref() {
        absent(file).map_err(Stop::Tool)?;
    }
    let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let (answers, file) = match (args.from, args.to) {
        (Some(from), Some(to)) => (given(args, from, to).map_err(Stop::Tool)?, args.file.clone()),
        _ if terminal => questions::ask(args)?,
        _ => {
            let message = "standard input is no terminal, so nothing can be asked; say `--from ore|concentrate|scrap` and \
                           `--to concentrate|oxide|metal|powder|magnet`";
            return Err(Stop::Tool(message.to_owned()));
        }
    };
    let file = file.unwrap_or_else(|| usual_file(&answers));
    write(&answers, &file, console)
}

/// The answers of flags.
fn given(args: &NewArgs, from: From, to: To) -> Result<Answers, String> {
    let flag = |name: &'static str| move |why: String| format!("`--{name}`: {why}");
    ends_well(from, to).map_err(flag("to"))?;
    for (name, value) in [("supply", &args.supply), ("goal", &args.goal)] {
        value.as_deref().map_or(Ok(()), rate_of_mass).map_err(flag(name))?;
    }
    if let Some(grade) = args.grade.as_deref() {
        has_grade(from).and_then(|()| share(grade)).map_err(flag("grade"))?;
    }
    let currency = args.currency.clone().unwrap_or_else(|| "USD".to_owned());
    code(&currency).map_err(flag("currency"))?;
    let rate = match (currency.as_str(), args.rate.as_deref()) {
        ("USD", None) => None,
        ("USD", Some(_)) => {
            return Err(
                "`--rate` says what one USD costs in another `--currency`; name one".to_owned()
            );
        }
        (_, Some(rate)) => Some(positive(rate).map_err(flag("rate"))?),
        (code, None) => {
            return Err(format!(
                "the prices of the library are in USD; say with `--rate` what one USD costs in {code}"
            ));
        }
    };
    let title = args.title.clone().unwrap_or_else(|| usual_title(from, to));
    words(&title).map_err(flag("title"))?;
    let (supply, grade, goal) = (args.supply.clone(), args.grade.clone(), args.goal.clone());
    Ok(Answers { from, to, supply, grade, goal, title, currency, rate })
}

fn usual_title(from: From, to: To) -> String {
    let first = match from {
        From::Ore => "Ore",
        From::Concentrate => "Concentrate",
        From::Scrap => "Spent magnets",
    };
    let last = match to {
        To::Concentrate => "concentrate",
        To::Oxide => "NdPr oxide",
        To::Metal => "NdPr metal",
        To::Powder => "magnet powder",
        To::Magnet => "magnets",
    };
    format!("{first} to {last}")
}

fn usual_file(answers: &Answers) -> PathBuf {
    PathBuf::from(format!("{}-to-{}.toml", answers.from.name(), answers.to.name()))
}

fn absent(file: &Path) -> Result<(), String> {
    if file.as_os_str() != "-" && file.symlink_metadata().is_ok() {
        return Err(format!(
            "`{}` is there already and stays as it is; name another file",
            file.display()
        ));
    }
    Ok(())
}

fn ends_well(from: From, to: To) -> Result<(), String> {
    if from.ends().contains(&to) {
        return Ok(());
    }
    Err(format!("{} is not made of {}", to.name(), from.name()))
}

/// A mass per time above zero.
fn rate_of_mass(text: &str) -> Result<(), String> {
    let quantity = Units::new("USD").parse(text).map_err(|error| error.to_string())?;
    let value = quantity.expect(Dimension::MASS_RATE).map_err(|error| error.to_string())?;
    if value > 0.0 { Ok(()) } else { Err("it must be more than 0".to_owned()) }
}

/// A share between none and all.
fn share(text: &str) -> Result<(), String> {
    let quantity = Units::new("USD").parse(text).map_err(|error| error.to_string())?;
    let value = quantity.expect(Dimension::FRACTION).map_err(|error| error.to_string())?;
    let sound = value > 0.0 && value < 1.0;
    if sound { Ok(()) } else { Err("it must be between 0 and 100 %, such as `1.75 %`".to_owned()) }
}

fn has_grade(from: From) -> Result<(), String> {
    match from {
        From::Scrap => Err("the assay of scrap is one of metals; change it in the file".to_owned()),
        From::Ore | From::Concentrate => Ok(()),
    }
}

fn code(text: &str) -> Result<(), String> {
    let sound = text.len() == 3 && text.bytes().all(|letter| letter.is_ascii_uppercase());
    if sound {
        Ok(())
    } else {
        Err("it must be a code of three capitals, such as `EUR`".to_owned())
    }
}

fn positive(text: &str) -> Result<f64, String> {
    let value = text.trim().parse::<f64>().ok().filter(|value| *value > 0.0 && value.is_finite());
    value.ok_or_else(|| "it must be a number above 0, such as `0.92`".to_owned())
}

fn words(text: &str) -> Result<(), String> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err("it must be words on one line".to_owned());
    }
    Ok(())
}

/// Writes the flowsheet once it is known to be sound, and says what to do with it.
fn write(answers: &Answers, file: &Path, console: &mut Console) -> Result<End, Stop> {
    absent(file).map_err(Stop::Tool)?;
    let to_stdout = file.as_os_str() == "-";
    let usual = usual_file(answers);
    let name = if to_stdout { usual.as_path() } else { file }.display().to_string();
    let short = Path::new(&name).file_name().unwrap_or_default().to_string_lossy();
    let text = text::write(answers, &short);
    let read = Read { name: name.clone(), bytes: text.clone().into_bytes() };
    let sheet = Sheet::of(&read, None, &PatchArgs::default());
    let Some(flowsheet) = &sheet.flowsheet else {
        // What the user gave can be sound by itself and wrong here.
        console.draw(&sheet.findings, &sheet.sources);
        return Err(Stop::Model);
    };
    if to_stdout {
        console.print(&text)?;
        return Ok(End::Well);
    }
    write_new(file, text.as_bytes())?;
    let is_assumed = |it: &&Figure| matches!(it.provenance, Provenance::Assumed { .. });
    let assumed = flowsheet.figures.iter().filter(is_assumed).count();
    console.print(&format!(
        "Wrote {name}: {}; {assumed} of its {} figures are assumed.\n\nNext:\n",
        answers.title,
        flowsheet.figures.len()
    ))?;
    let steps = [
        ("solve", "", "the best plan: flows, value by stage, what limits it"),
        ("sources", "", "which assumed figures weigh most: replace those first"),
        ("check", " --watch", "tells after every save what is wrong and what changed"),
    ];
    let shown = crate::cli::quote::in_shell(&name);
    for (command, flags, what) in steps {
        console.print(&format!("  reeflow {command} {shown}{flags}\n      {what}\n"))?;
    }
    Ok(End::Well)
}
