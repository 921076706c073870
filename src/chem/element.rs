//! Chemical elements and their standard atomic weights.

use std::fmt;

/// A chemical element; ordered by atomic number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Element(mendeleev::Element);

impl Element {
    /// The element with this symbol, case as usual: `Nd`, not `ND` or `nd`.
    #[must_use]
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        let mut elements = mendeleev::Element::iter();
        elements.find(|element| element.symbol() == symbol).map(Self)
    }

    /// Symbol, one or two letters.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        self.0.symbol()
    }

    /// English name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Atomic number, 1 to 118.
    #[must_use]
    pub fn atomic_number(self) -> u32 {
        self.0.atomic_number()
    }

    /// Standard atomic weight, g/mol, > 0 (IUPAC; the conventional value where the standard is an interval).
    ///
    /// The values of `mendeleev` are those of 2015; to five figures they are the abridged ones of 2021 (Prohaska et al.
    /// 2022), argon apart. For elements without one (polonium, radium …) the mass number of the most stable isotope.
    #[must_use]
    pub fn atomic_weight(self) -> f64 {
        f64::from(self.0.atomic_weight())
    }

    /// Whether it is scandium, yttrium or a lanthanide (IUPAC's rare-earth metals).
    #[must_use]
    pub fn is_rare_earth(self) -> bool {
        matches!(self.atomic_number(), 21 | 39 | 57..=71)
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}
