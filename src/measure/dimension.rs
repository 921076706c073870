//! Dimensions: exponents of mass, time, money, energy, volume and amount of substance.

use std::fmt;

/// Exponents of the six base dimensions; all zero for fractions and pure numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dimension {
    /// Exponent of mass (t).
    pub mass: i8,
    /// Exponent of time (yr).
    pub time: i8,
    /// Exponent of money (the flowsheet's currency).
    pub money: i8,
    /// Exponent of energy (kWh).
    pub energy: i8,
    /// Exponent of volume (m³).
    pub volume: i8,
    /// Exponent of amount of substance (mol).
    pub substance: i8,
}

macro_rules! named {
    ($($(#[$meta:meta])* $name:ident = { $($field:ident: $exponent:expr),* } $words:literal $example:literal;)*) => {
        impl Dimension {
            $($(#[$meta])* pub const $name: Self = Self { $($field: $exponent,)* ..Self::NONE };)*
        }

        /// Dimension, name with article, example of an internal-unit-free way to write it.
        const NAMED: &[(Dimension, &str, &str)] = &[$((Dimension::$name, $words, $example)),*];
    };
}

named! {
    /// Fraction or pure number.
    FRACTION = {} "a fraction or pure number" "94 %";
    /// t.
    MASS = { mass: 1 } "a mass" "600 t";
    /// t/yr.
    MASS_RATE = { mass: 1, time: -1 } "a mass rate" "570 kt/yr";
    /// yr.
    TIME = { time: 1 } "a time" "20 yr";
    /// 1/yr.
    PER_TIME = { time: -1 } "a rate per time" "8 %/yr";
    /// Currency.
    MONEY = { money: 1 } "an amount of money" "25 MUSD";
    /// Currency/yr.
    MONEY_RATE = { money: 1, time: -1 } "an amount of money per time" "3 MUSD/yr";
    /// Currency/t.
    MONEY_PER_MASS = { money: 1, mass: -1 } "a price per mass" "69 USD/kg";
    /// Currency/(t/yr): capital cost of one unit of annual capacity.
    MONEY_PER_MASS_RATE = { money: 1, mass: -1, time: 1 } "a cost per capacity" "1200 USD/(t/yr)";
    /// Currency/kWh.
    MONEY_PER_ENERGY = { money: 1, energy: -1 } "a price per energy" "0.09 USD/kWh";
    /// Currency/m³.
    MONEY_PER_VOLUME = { money: 1, volume: -1 } "a price per volume" "1.2 USD/m3";
    /// t per unit of currency.
    MASS_PER_MONEY = { mass: 1, money: -1 } "a mass per money" "2 t/kUSD";
    /// kWh.
    ENERGY = { energy: 1 } "an energy" "40 GWh";
    /// kWh/yr; power.
    ENERGY_RATE = { energy: 1, time: -1 } "a power or energy rate" "12 GWh/yr";
    /// kWh/t.
    ENERGY_PER_MASS = { energy: 1, mass: -1 } "an energy per mass" "25 kWh/t";
    /// t/kWh.
    MASS_PER_ENERGY = { mass: 1, energy: -1 } "a mass per energy" "0.4 kg CO2/kWh";
    /// m³.
    VOLUME = { volume: 1 } "a volume" "300 m3";
    /// m³/yr.
    VOLUME_RATE = { volume: 1, time: -1 } "a volume rate" "40 m3/h";
    /// m³/t.
    VOLUME_PER_MASS = { volume: 1, mass: -1 } "a volume per mass" "3 m3/t";
    /// t/m³.
    MASS_PER_VOLUME = { mass: 1, volume: -1 } "a mass per volume" "1.2 g/L";
    /// mol/m³.
    CONCENTRATION = { substance: 1, volume: -1 } "a concentration" "1.5 mol/L";
}

impl Dimension {
    const NONE: Self = Self { mass: 0, time: 0, money: 0, energy: 0, volume: 0, substance: 0 };

    /// What it is called, with an article, such as `a mass rate`; the units where it has no name.
    #[must_use]
    pub fn describe(self) -> String {
        match NAMED.iter().find(|(dimension, ..)| *dimension == self) {
            Some((_, words, _)) => (*words).to_owned(),
            None => format!("a quantity in {self}"),
        }
    }

    /// How one is written, such as `570 kt/yr`, if it has a name.
    #[must_use]
    pub fn example(self) -> Option<&'static str> {
        NAMED.iter().find(|(dimension, ..)| *dimension == self).map(|(.., example)| *example)
    }

    /// The product with another dimension raised to `exponent`; `None` where an exponent leaves −9..=9.
    #[must_use]
    pub fn times(self, other: Self, exponent: i8) -> Option<Self> {
        let add = |a: i8, b: i8| {
            b.checked_mul(exponent)
                .and_then(|b| a.checked_add(b))
                .filter(|sum| (-9..=9).contains(sum))
        };
        Some(Self {
            mass: add(self.mass, other.mass)?,
            time: add(self.time, other.time)?,
            money: add(self.money, other.money)?,
            energy: add(self.energy, other.energy)?,
            volume: add(self.volume, other.volume)?,
            substance: add(self.substance, other.substance)?,
        })
    }
}

impl fmt::Display for Dimension {
    /// In internal units: `t/yr`, `money/t`, `money/(t/yr)` as `money·yr/t`, `1` for fractions.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.money, "money"),
            (self.energy, "kWh"),
            (self.volume, "m³"),
            (self.substance, "mol"),
            (self.mass, "t"),
            (self.time, "yr"),
        ];
        let power = |(exponent, unit): &(i8, &str)| match exponent.unsigned_abs() {
            1 => (*unit).to_owned(),
            n => format!("{unit}^{n}"),
        };
        let above: Vec<_> = parts.iter().filter(|part| part.0 > 0).map(power).collect();
        f.write_str(&if above.is_empty() { "1".to_owned() } else { above.join("·") })?;
        parts.iter().filter(|part| part.0 < 0).try_for_each(|part| write!(f, "/{}", power(part)))
    }
}

/// A quantity of one kind where another was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What was expected.
    pub expected: Dimension,
    /// What was found.
    pub found: Dimension,
}

impl Mismatch {
    /// How to write what was probably meant, where there is a usual slip.
    #[must_use]
    pub fn help(self) -> Option<String> {
        let per_capacity = Dimension::MONEY_PER_MASS_RATE;
        if self.expected == per_capacity && self.found == (Dimension { time: -1, ..per_capacity }) {
            return Some("`a/b/c` divides by both; write `USD/(t/yr)`".to_owned());
        }
        let also_per_time = self.found.times(Dimension::PER_TIME, 1) == Some(self.expected);
        (also_per_time && self.expected.time == -1).then(|| "write it per year, `/yr`".to_owned())
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected.describe())?;
        if let Some(example) = self.expected.example() {
            write!(f, " such as `{example}`")?;
        }
        write!(f, ", found {}", self.found.describe())
    }
}

impl std::error::Error for Mismatch {}
