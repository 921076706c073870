//! Internal values as readable text: four significant digits, a sensible prefix, thousands separated by commas.
//!
//! What is written here, [`Units::parse`](super::Units::parse) reads back to within the rounding.

/// A number with at most four significant digits: `2,500`, `0.01235`, `1.235e20`, `0`.
#[must_use]
pub fn format_number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let size = value.abs();
    if !size.is_finite() || !(1e-6..1e15).contains(&size) {
        return format_exponent(value);
    }
    // Rounding first, in text, so that 9,999.6 has five digits before the point.
    let digits = format!("{value:.3e}");
    let rounded: f64 = digits.parse().unwrap_or(value);
    let exponent: i32 = digits.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    let decimals = usize::try_from(3 - exponent).unwrap_or(0);
    let text = format!("{rounded:.decimals$}");
    match text.split_once('.') {
        None => separate_thousands(&text),
        Some((whole, fraction)) => {
            let fraction = fraction.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            format!("{}{point}{fraction}", separate_thousands(whole))
        }
    }
}

/// A number in all its digits, thousands separated: `1,814.25`.
#[must_use]
pub fn format_digits(value: f64) -> String {
    let text = format!("{value}");
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    format!("{}{fraction}", separate_thousands(whole))
}

fn format_exponent(value: f64) -> String {
    let text = format!("{value:.3e}");
    match text.split_once('e') {
        Some((digits, exponent)) if digits.contains('.') => {
            format!("{}e{exponent}", digits.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => text,
    }
}

fn separate_thousands(whole: &str) -> String {
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut text = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The value in the first unit whose threshold it reaches; (threshold, size of the unit, unit), largest first.
fn format_scaled(value: f64, scales: &[(f64, f64, &str)], suffix: &str) -> String {
    // The threshold is met after rounding: 9,999.8 t is 10 kt.
    let size = value.abs() * (1.0 + 5e-5);
    let chosen = scales.iter().find(|(threshold, ..)| size >= *threshold).or(scales.last());
    let (_, unit_size, unit) = chosen.copied().unwrap_or((0.0, 1.0, ""));
    format!("{} {unit}{suffix}", format_number(value / unit_size))
}

const MASSES: &[(f64, f64, &str)] = &[
    (1e7, 1e6, "Mt"),
    (1e4, 1e3, "kt"),
    (1.0, 1.0, "t"),
    (1e-3, 1e-3, "kg"),
    (f64::MIN_POSITIVE, 1e-6, "g"),
    (0.0, 1.0, "t"),
];

const ENERGIES: &[(f64, f64, &str)] =
    &[(1e10, 1e9, "TWh"), (1e7, 1e6, "GWh"), (1e4, 1e3, "MWh"), (0.0, 1.0, "kWh")];

/// Mass, t → `570 kt`, `2,500 t`, `1.5 kg`.
#[must_use]
pub fn format_mass(tonnes: f64) -> String {
    format_scaled(tonnes, MASSES, "")
}

/// Mass rate, t/yr → `570 kt/yr`.
#[must_use]
pub fn format_mass_rate(tonnes_per_year: f64) -> String {
    format_scaled(tonnes_per_year, MASSES, "/yr")
}

fn format_money_per(value: f64, currency: &str, per: &str) -> String {
    let scales = [(1e10, 1e9, "bn"), (1e7, 1e6, "M"), (1e4, 1e3, "k"), (0.0, 1.0, "")];
    format_scaled(value, &scales, &format!("{currency}{per}"))
}

/// Money → `25 MUSD`, `2,500 USD`.
#[must_use]
pub fn format_money(value: f64, currency: &str) -> String {
    format_money_per(value, currency, "")
}

/// Money per year → `3,500 kUSD/yr`.
#[must_use]
pub fn format_money_rate(value: f64, currency: &str) -> String {
    format_money_per(value, currency, "/yr")
}

/// Price, currency/t → `69 USD/kg` from 10,000 per tonne on, `27 USD/t` below.
#[must_use]
pub fn format_price(per_tonne: f64, currency: &str) -> String {
    let (per_kilogram, per_tonne_unit) = (format!("{currency}/kg"), format!("{currency}/t"));
    format_scaled(per_tonne, &[(1e4, 1e3, &per_kilogram), (0.0, 1.0, &per_tonne_unit)], "")
}

/// Power, kWh/yr → `12 GWh/yr`.
#[must_use]
pub fn format_energy_rate(kilowatt_hours_per_year: f64) -> String {
    format_scaled(kilowatt_hours_per_year, ENERGIES, "/yr")
}

/// Specific energy, kWh/t → `25 kWh/t`.
#[must_use]
pub fn format_energy_per_mass(kilowatt_hours_per_tonne: f64) -> String {
    format_scaled(kilowatt_hours_per_tonne, ENERGIES, "/t")
}

/// Fraction → `1.75 %`, `200 ppm`, `3 ppb`.
#[must_use]
pub fn format_fraction(fraction: f64) -> String {
    let scales = [
        (1e-3, 1e-2, "%"),
        (1e-6, 1e-6, "ppm"),
        (f64::MIN_POSITIVE, 1e-9, "ppb"),
        (0.0, 1e-2, "%"),
    ];
    format_scaled(fraction, &scales, "")
}
