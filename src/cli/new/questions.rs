//! What a terminal is asked for.

use std::path::{Path, PathBuf};

use dialoguer::{Input, Select, console::Term, theme::SimpleTheme};

use super::{
    Answers, From, NewArgs, To, absent, code, ends_well, has_grade, positive, rate_of_mass, share,
    usual_file, usual_title, words,
};
use crate::cli::Stop;

/// How shells tell that a command ended by Ctrl-C.
const INTERRUPTED: i32 = 130;

/// Asks for all that no flag says; what may be left open is answered by Enter.
pub(super) fn ask(args: &NewArgs) -> Result<(Answers, Option<PathBuf>), Stop> {
    // A choice hides the cursor while it is open, also from the shell after Ctrl-C.
    let end = || {
        let _ = Term::stderr().show_cursor();
        #[expect(clippy::disallowed_methods, reason = "a question cannot be ended otherwise")]
        std::process::exit(INTERRUPTED);
    };
    ctrlc::set_handler(end)
        .map_err(|error| Stop::Tool(format!("cannot wait for Ctrl-C: {error}")))?;
    let asked = asked(args).inspect_err(|_| {
        let _ = Term::stderr().show_cursor();
    });
    asked.map_err(|error| match error {
        Failed::Wrong(why) => Stop::Tool(why),
        Failed::Asking(dialoguer::Error::IO(error)) => {
            Stop::Tool(format!("nothing was written: the questions ended early: {error}"))
        }
    })
}

enum Failed {
    Asking(dialoguer::Error),
    Wrong(String),
}

impl std::convert::From<dialoguer::Error> for Failed {
    fn from(error: dialoguer::Error) -> Self {
        Self::Asking(error)
    }
}

fn asked(args: &NewArgs) -> Result<(Answers, Option<PathBuf>), Failed> {
    let from = match args.from {
        Some(from) => from,
        None => choose("What comes in", &From::ALL, |from| match from {
            From::Ore => "ore of a mine",
            From::Concentrate => "concentrate that is bought",
            From::Scrap => "spent magnets",
        })?,
    };
    let to = match args.to {
        Some(to) => to,
        None => choose("What is made of it", &from.ends(), |to| match to {
            To::Concentrate => "concentrate",
            To::Oxide => "separated oxides",
            To::Metal => "NdPr metal",
            To::Powder => "powder of magnet alloy",
            To::Magnet => "sintered magnets",
        })?,
    };
    ends_well(from, to).map_err(Failed::Wrong)?;
    // The flags that are given are as good as answers, or told to be wrong.
    let flags = NewArgs { rate: None, currency: None, ..args.clone() };
    super::given(&flags, from, to).map_err(Failed::Wrong)?;
    let supply =
        open("How much comes in", args.supply.as_ref(), from.usual_supply(), &rate_of_mass)?;
    let grade = match has_grade(from) {
        Ok(()) => open("REO in it", args.grade.as_ref(), "that of Mountain Pass", &share)?,
        Err(_) => None,
    };
    let goal = open("How much is to be made", args.goal.as_ref(), "no goal", &rate_of_mass)?;
    let title = match &args.title {
        Some(title) => title.clone(),
        None => line("What is it called", &usual_title(from, to), &words)?,
    };
    let currency = match &args.currency {
        Some(currency) => code(currency).map(|()| currency.clone()).map_err(Failed::Wrong)?,
        None => line("Currency", "USD", &code)?,
    };
    let rate = match (currency.as_str(), &args.rate) {
        ("USD", None) => None,
        ("USD", Some(_)) => {
            let why =
                "`--rate` is for another currency than USD, in which the library's prices are";
            return Err(Failed::Wrong(why.to_owned()));
        }
        (_, Some(rate)) => Some(positive(rate).map_err(Failed::Wrong)?),
        (code, None) => {
            let prompt =
                format!("What one USD costs in {code}, as the library's prices are in USD");
            let check = |text: &str| positive(text).map(|_| ());
            positive(&line(&prompt, "", &check)?).ok()
        }
    };
    let answers = Answers { from, to, supply, grade, goal, title, currency, rate };
    let file = if let Some(file) = &args.file {
        file.clone()
    } else {
        let usual = usual_file(&answers).display().to_string();
        PathBuf::from(line("File", &usual, &|file: &str| absent(Path::new(file)))?)
    };
    Ok((answers, Some(file)))
}

fn choose<T: Copy>(
    prompt: &str,
    all: &[T],
    words: impl Fn(T) -> &'static str,
) -> Result<T, Failed> {
    let words: Vec<&str> = all.iter().map(|one| words(*one)).collect();
    let chosen = Select::with_theme(&SimpleTheme).with_prompt(prompt).items(&words).default(0);
    Ok(all[chosen.interact()?])
}

/// A figure that may be left open; `usual` says what stands then.
fn open(
    prompt: &str,
    given: Option<&String>,
    usual: &str,
    check: &dyn Fn(&str) -> Result<(), String>,
) -> Result<Option<String>, Failed> {
    if given.is_some() {
        return Ok(given.cloned());
    }
    let prompt = format!("{prompt} (Enter: {usual})");
    let empty = |text: &str| if text.trim().is_empty() { Ok(()) } else { check(text) };
    let input = Input::<String>::with_theme(&SimpleTheme).with_prompt(prompt).allow_empty(true);
    let text = input.validate_with(|text: &String| empty(text)).interact_text()?;
    Ok((!text.trim().is_empty()).then(|| text.trim().to_owned()))
}

fn line(
    prompt: &str,
    usual: &str,
    check: &dyn Fn(&str) -> Result<(), String>,
) -> Result<String, Failed> {
    let input = Input::<String>::with_theme(&SimpleTheme).with_prompt(prompt);
    let input = if usual.is_empty() { input } else { input.default(usual.to_owned()) };
    let text = input.validate_with(|text: &String| check(text.trim())).interact_text()?;
    Ok(text.trim().to_owned())
}
