//! Single units: `kt`, `yr`, `kWh`, `MUSD`, and what to say of those that are not known.

use super::{Dimension, MeasureError, MeasureErrorKind, Units};
use std::ops::Range;
use uom::{
    Conversion,
    si::{amount_of_substance, energy, mass, power, time, volume},
};

/// What a unit measures, as far as a basis is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Mass, volume, energy, power: an amount *of* something.
    Amount,
    /// `%`, `ppm`, `ppb`: a share of something.
    Share,
    /// Time: words after it belong to the amount before it.
    Time,
    /// Money: is not of anything.
    Money,
}

/// A unit: `up / down` internal units of `dimension`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Atom {
    pub(super) kind: Kind,
    pub(super) dimension: Dimension,
    pub(super) up: f64,
    pub(super) down: f64,
    /// The same ratio of two numbers of few decimals: `up / down` may be rounded, these are not.
    pub(super) ratio: (f64, f64),
}

impl Atom {
    /// One of the factors is 1, so that `69 USD/kg` is exactly 69,000 and `1.75 %` the double nearest to 0.0175.
    fn new(kind: Kind, dimension: Dimension, coefficient: f64, internal: f64) -> Self {
        let (up, down) = if coefficient >= internal {
            (coefficient / internal, 1.0)
        } else {
            (1.0, internal / coefficient)
        };
        Self { kind, dimension, up, down, ratio: (coefficient, internal) }
    }
}

/// Coefficient to SI base units, from `uom`.
fn si<U: Conversion<f64, T = f64>>() -> f64 {
    U::coefficient()
}

/// Avoirdupois pound, kg; US gallon and cubic foot, m³: exact by definition (NIST Special Publication 811, 2008, appendix
/// B.8); `uom` rounds them to seven digits.
const POUND: f64 = 0.453_592_37;
const GALLON: f64 = 3.785_411_784e-3;
const CUBIC_FOOT: f64 = 0.028_316_846_592;

/// Names by which units may be written, to suggest one and to recognise one out of place.
const NAMES: &[&str] = &[
    "t", "tonne", "tonnes", "kg", "g", "mg", "kt", "Mt", "lb", "yr", "a", "y", "year", "years",
    "month", "months", "week", "weeks", "d", "day", "days", "h", "hr", "hour", "hours", "min", "s",
    "shift", "shifts", "%", "wt%", "ppm", "ppb", "Wh", "kWh", "MWh", "GWh", "TWh", "J", "kJ", "MJ",
    "GJ", "TJ", "W", "kW", "MW", "GW", "m3", "m³", "m^3", "L", "l", "mL", "gal", "ft3", "ft³",
    "ft^3", "mol", "kmol",
];

/// A unit by its name, money and shifts apart.
fn fixed(name: &str) -> Option<Atom> {
    let mass = |kg| Atom::new(Kind::Amount, Dimension::MASS, kg, si::<mass::ton>());
    let time = |s| Atom::new(Kind::Time, Dimension::TIME, s, si::<time::year>());
    let energy = |j| Atom::new(Kind::Amount, Dimension::ENERGY, j, si::<energy::kilowatt_hour>());
    let power = |w: f64| {
        let in_a_year = w * si::<time::year>();
        let internal = si::<energy::kilowatt_hour>();
        Atom::new(Kind::Amount, Dimension::ENERGY_RATE, in_a_year, internal)
    };
    let volume = |m3| Atom::new(Kind::Amount, Dimension::VOLUME, m3, si::<volume::cubic_meter>());
    let substance = |mol| {
        let internal = si::<amount_of_substance::mole>();
        let dimension = Dimension { substance: 1, ..Dimension::FRACTION };
        Atom::new(Kind::Amount, dimension, mol, internal)
    };
    let share = |of| Atom::new(Kind::Share, Dimension::FRACTION, 1.0, of);
    Some(match name {
        "t" | "tonne" | "tonnes" => mass(si::<mass::ton>()),
        "kg" => mass(si::<mass::kilogram>()),
        "g" => mass(si::<mass::gram>()),
        "mg" => mass(si::<mass::milligram>()),
        "kt" => mass(si::<mass::gigagram>()),
        "Mt" => mass(si::<mass::teragram>()),
        "lb" => mass(POUND),
        "yr" | "a" | "y" | "year" | "years" => time(si::<time::year>()),
        "month" | "months" => time(si::<time::year>() / 12.0),
        "week" | "weeks" => time(si::<time::day>() * 7.0),
        "d" | "day" | "days" => time(si::<time::day>()),
        "h" | "hr" | "hour" | "hours" => time(si::<time::hour>()),
        "min" => time(si::<time::minute>()),
        "s" => time(si::<time::second>()),
        "%" | "wt%" => share(1e2),
        "ppm" => share(1e6),
        "ppb" => share(1e9),
        "Wh" => energy(si::<energy::watt_hour>()),
        "kWh" => energy(si::<energy::kilowatt_hour>()),
        "MWh" => energy(si::<energy::megawatt_hour>()),
        "GWh" => energy(si::<energy::gigawatt_hour>()),
        "TWh" => energy(si::<energy::terawatt_hour>()),
        "J" => energy(si::<energy::joule>()),
        "kJ" => energy(si::<energy::kilojoule>()),
        "MJ" => energy(si::<energy::megajoule>()),
        "GJ" => energy(si::<energy::gigajoule>()),
        "TJ" => energy(si::<energy::terajoule>()),
        "W" => power(si::<power::watt>()),
        "kW" => power(si::<power::kilowatt>()),
        "MW" => power(si::<power::megawatt>()),
        "GW" => power(si::<power::gigawatt>()),
        "m3" | "m³" | "m^3" => volume(si::<volume::cubic_meter>()),
        "L" | "l" => volume(si::<volume::liter>()),
        "mL" => volume(si::<volume::milliliter>()),
        "gal" => volume(GALLON),
        "ft3" | "ft³" | "ft^3" => volume(CUBIC_FOOT),
        "mol" => substance(si::<amount_of_substance::mole>()),
        "kmol" => substance(si::<amount_of_substance::kilomole>()),
        _ => return None,
    })
}

/// Powers of ten that a number's scale word or a currency's prefix stands for.
pub(super) fn scale(word: &str) -> Option<f64> {
    Some(match word {
        "k" | "thousand" => 1e3,
        "M" | "million" => 1e6,
        "bn" | "billion" => 1e9,
        _ => return None,
    })
}

/// Codes of ISO 4217 that are likely to be met, to tell a foreign currency from a misspelt unit.
const CURRENCIES: &[&str] = &[
    "AED", "ARS", "AUD", "BRL", "CAD", "CHF", "CLP", "CNY", "CNH", "CZK", "DKK", "EUR", "GBP",
    "HKD", "HUF", "IDR", "ILS", "INR", "JPY", "KRW", "KZT", "MXN", "MYR", "NOK", "NZD", "PHP",
    "PLN", "QAR", "RMB", "RON", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD",
    "VND", "ZAR",
];

const SYMBOLS: &[&str] = &["US$", "A$", "C$", "$", "€", "£", "¥", "₺", "₹", "₽", "TL"];

/// What people write for units that are refused, and what to write instead.
const SLIPS: &[(&[&str], &str)] = &[
    (
        &["ton", "tons", "Ton", "Tons", "TON"],
        "a `ton` may be long, short or metric; write `t` for 1,000 kg",
    ),
    (&["mt", "MT", "mT"], "`mt` may be tonnes or megatonnes; write `t` or `Mt`"),
    (&["tpa", "tpy", "TPA"], "write `t/yr`"),
    (&["ktpa", "ktpy"], "write `kt/yr`"),
    (&["Mtpa", "mtpa", "Mtpy"], "write `Mt/yr`"),
    (&["tpd"], "write `t/d`"),
    (&["tph"], "write `t/h`"),
    (&["m"], "write `m3` for a volume, `month` or `min` for a time, `M` before a currency"),
    (
        &["k", "K", "M", "B", "b", "bn", "thousand", "million", "billion"],
        "scales are written `k`, `M`, `bn` before the currency, or `thousand`, `million`, `billion`",
    ),
    (&["per"], "write `/` instead of `per`"),
];

/// The unit that `word` names, at bytes `range`.
pub(super) fn look_up(
    units: &Units,
    word: &str,
    range: &Range<usize>,
) -> Result<(Atom, i8), MeasureError> {
    if let Some(atom) = money(units, word) {
        return Ok((atom, 1));
    }
    if let Some(atom) = fixed(word) {
        return Ok((atom, 1));
    }
    if matches!(word, "shift" | "shifts") {
        return shift(units, range).map(|atom| (atom, 1));
    }
    if let Some((name, exponent)) = split_exponent(word)
        && let Some(atom) = fixed(name).or_else(|| money(units, name))
    {
        return Ok((atom, exponent));
    }
    Err(unknown(units, word, range.clone()))
}

fn money(units: &Units, word: &str) -> Option<Atom> {
    let prefix =
        word.strip_suffix(units.currency.as_str()).filter(|_| !units.currency.is_empty())?;
    let factor = if prefix.is_empty() { 1.0 } else { scale(prefix)? };
    Some(Atom::new(Kind::Money, Dimension::MONEY, factor, 1.0))
}

fn shift(units: &Units, range: &Range<usize>) -> Result<Atom, MeasureError> {
    match units.shift_hours {
        Some(hours) if hours.is_finite() && hours > 0.0 => {
            let seconds = hours * si::<time::hour>();
            Ok(Atom::new(Kind::Time, Dimension::TIME, seconds, si::<time::year>()))
        }
        _ => Err(MeasureError::new(
            MeasureErrorKind::Shift,
            range.clone(),
            "the length of a `shift` is not known",
        )
        .help("write `shift = \"8 h\"` in [flowsheet]")),
    }
}

/// `t^2`, `yr²` → name and exponent, 1 to 3.
fn split_exponent(word: &str) -> Option<(&str, i8)> {
    const ENDINGS: [(&str, i8); 5] = [("^1", 1), ("^2", 2), ("^3", 3), ("²", 2), ("³", 3)];
    ENDINGS.iter().find_map(|(ending, exponent)| Some((word.strip_suffix(ending)?, *exponent)))
}

/// Whether a word of a basis is rather a unit that lost its `/`, as in `570 kt yr` or `t yr-1`.
///
/// `W` is tungsten there, not watt.
pub(super) fn is_misplaced(units: &Units, word: &str) -> bool {
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit() || "^-−⁻¹²³".contains(c));
    word == "per"
        || [word, name].iter().any(|&name| {
            name != "W" && (NAMES.contains(&name) && name != "%" || money(units, name).is_some())
        })
}

fn unknown(units: &Units, word: &str, range: Range<usize>) -> MeasureError {
    let code = &units.currency;
    if is_currency_symbol(word) {
        let message = format!("`{word}` does not say which currency: prices are in {code}");
        return MeasureError::new(MeasureErrorKind::Currency, range, message).help(format!(
            "write `{code}` if that is meant; else convert to {code}, and cite the rate"
        ));
    }
    if let Some(foreign) = foreign_currency(word) {
        return MeasureError::new(
            MeasureErrorKind::Currency,
            range,
            format!("`{foreign}` is not the flowsheet's currency: prices are in {code}"),
        )
        .help(format!("convert to {code}, and cite the rate"));
    }
    let error = MeasureError::new(MeasureErrorKind::Unit, range, format!("`{word}` is not a unit"));
    if let Some((_, help)) = SLIPS.iter().find(|(words, _)| words.contains(&word)) {
        return error.help(*help);
    }
    if let Some((unit, basis)) = glued_basis(word) {
        return error.help(format!("leave a space before what it is of: `{unit} {basis}`"));
    }
    match near_name(units, word) {
        Some(name) => error.help(format!("did you mean `{name}`?")),
        None => error.help(format!(
            "units are t, kg, g, kt, Mt, lb; yr, d, h; %, ppm; kWh, MWh, GJ; kW, MW; m3, L; mol; {code}"
        )),
    }
}

fn is_currency_symbol(word: &str) -> bool {
    [word, word.trim_start_matches(['k', 'M'])].iter().any(|name| SYMBOLS.contains(name))
}

fn foreign_currency(word: &str) -> Option<&str> {
    let code = word.get(word.len().checked_sub(3)?..)?;
    let prefix = &word[..word.len() - 3];
    let known = CURRENCIES.contains(&code) && (prefix.is_empty() || scale(prefix).is_some());
    known.then_some(code)
}

/// `tCO2`, `kgREO` → unit and basis.
fn glued_basis(word: &str) -> Option<(&str, &str)> {
    ["tonne", "kt", "Mt", "kg", "mg", "t", "g", "%", "ppm", "ppb"].iter().find_map(|unit| {
        let basis = word.strip_prefix(unit)?;
        basis.starts_with(|c: char| c.is_ascii_uppercase()).then_some((*unit, basis))
    })
}

fn near_name(units: &Units, word: &str) -> Option<String> {
    let money = ["", "k", "M", "bn"].map(|prefix| format!("{prefix}{}", units.currency));
    let names = || NAMES.iter().copied().chain(money.iter().map(String::as_str));
    if let Some(name) = names().find(|name| name.to_lowercase() == word.to_lowercase()) {
        return Some(name.to_owned());
    }
    let score = |name: &str| strsim::jaro_winkler(&word.to_lowercase(), &name.to_lowercase());
    names()
        .map(|name| (score(name), name))
        .filter(|(score, _)| *score >= 0.75)
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, name)| name.to_owned())
}
