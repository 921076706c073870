//! From text to [`Quantity`]: the number, then the unit expression.

use super::{
    Basis, Dimension, MeasureError,
    MeasureErrorKind::{self, Range as OutOfRange},
    Quantity, Units, Written,
    atom::{self, Atom, Kind},
    number::{self, Number},
};
use std::ops::Range;

/// A unit in its place: above (`sign` 1) or below (−1) the line, with its exponent and what it is of.
struct Placed {
    atom: Atom,
    exponent: i8,
    basis: Option<(String, Range<usize>)>,
}

/// Position in the unit expression.
struct Parser<'a> {
    units: &'a Units,
    text: &'a str,
    at: usize,
    placed: Vec<Placed>,
}

pub(super) fn parse(units: &Units, text: &str) -> Result<Quantity, MeasureError> {
    let (number, scale, placed, range) = read(units, text)?;
    combine(number.value * scale, &placed, range)
}

/// The quantity as a decimal number times a ratio of numbers, none of them rounded.
pub(super) fn parse_written(units: &Units, text: &str) -> Result<Written, MeasureError> {
    let (number, scale, placed, _) = read(units, text)?;
    let (mut above, mut below) = (vec![scale], Vec::new());
    for Placed { atom, exponent, .. } in &placed {
        let (over, under) = if *exponent > 0 { atom.ratio } else { (atom.ratio.1, atom.ratio.0) };
        for _ in 0..exponent.unsigned_abs() {
            above.push(over);
            below.push(under);
        }
    }
    Ok(Written { decimal: number.decimal, above, below })
}

/// What is written: the number, its scale word, the units, and where.
type Parts = (Number, f64, Vec<Placed>, Range<usize>);

fn read(units: &Units, text: &str) -> Result<Parts, MeasureError> {
    let start = text.len() - text.trim_start().len();
    let number = number::read(&text[start..], start)?;
    let text_end = text.trim_end().len();
    let at = start + number.length;
    let mut parser = Parser { units, text: &text[..text_end], at, placed: Vec::new() };
    let scale = parser.read_scale();
    parser.skip_spaces();
    if parser.at < text_end {
        parser.read_expression(1, false)?;
    }
    Ok((number, scale, parser.placed, start..text_end))
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// `million` before any unit; `k`, `M`, `bn` only before the currency.
    fn read_scale(&mut self) -> f64 {
        self.skip_spaces();
        let mut words = self.rest().split_whitespace();
        let (Some(word), Some(next)) = (words.next(), words.next()) else { return 1.0 };
        let before_money = next.split('/').next() == Some(self.units.currency.as_str());
        match atom::scale(word) {
            Some(factor) if word.len() > 2 || before_money => {
                self.at += word.len();
                factor
            }
            _ => 1.0,
        }
    }

    fn read_expression(&mut self, sign: i8, in_brackets: bool) -> Result<(), MeasureError> {
        self.read_unit(sign, in_brackets)?;
        while self.rest().starts_with('/') {
            self.at += 1;
            self.skip_spaces();
            if self.rest().starts_with('(') && !in_brackets {
                self.read_brackets(-sign)?;
            } else {
                self.read_unit(-sign, in_brackets)?;
            }
        }
        Ok(())
    }

    fn read_brackets(&mut self, sign: i8) -> Result<(), MeasureError> {
        let open = self.at;
        self.at += 1;
        self.skip_spaces();
        self.read_expression(sign, true)?;
        if !self.rest().starts_with(')') {
            let range = open..self.text.len();
            return Err(MeasureError::new(
                MeasureErrorKind::Unit,
                range,
                "a bracket is not closed",
            ));
        }
        self.at += 1;
        self.read_basis(false)
    }

    /// A unit and the words after it.
    fn read_unit(&mut self, sign: i8, in_brackets: bool) -> Result<(), MeasureError> {
        let ends = |c: char| c.is_whitespace() || c == '/' || (in_brackets && c == ')');
        let length = self.rest().find(ends).unwrap_or(self.rest().len());
        let range = self.at..self.at + length;
        if length == 0 {
            return Err(self.missing_unit());
        }
        let word = &self.text[range.clone()];
        let found = atom::look_up(self.units, word, &range);
        let (atom, exponent) = found.map_err(|error| self.mention_slash(error))?;
        self.at = range.end;
        self.placed.push(Placed { atom, exponent: sign * exponent, basis: None });
        self.read_basis(in_brackets)
    }

    fn missing_unit(&self) -> MeasureError {
        let before = &self.text[..self.at];
        let start = before.char_indices().next_back().map_or(0, |(at, _)| at);
        MeasureError::new(MeasureErrorKind::Unit, start..self.at, "expected a unit here")
            .help("write a quantity such as `570 kt/yr`")
    }

    /// An unknown unit after a basis may be part of that basis: `kg Nd/Pr oxide`.
    fn mention_slash(&self, error: MeasureError) -> MeasureError {
        let after_basis = self.placed.last().is_some_and(|placed| placed.basis.is_some());
        if after_basis && error.kind == MeasureErrorKind::Unit {
            let help = error.help.clone().unwrap_or_default();
            error.help(format!("{help} (what a quantity is of cannot contain `/`)"))
        } else {
            error
        }
    }

    /// The words up to the next `/` (or closing bracket) that say of what the last unit is.
    fn read_basis(&mut self, in_brackets: bool) -> Result<(), MeasureError> {
        self.skip_spaces();
        let length = self.basis_length(in_brackets);
        let words = self.rest()[..length].trim_end();
        if words.is_empty() {
            self.at += length;
            return Ok(());
        }
        let range = self.at..self.at + words.len();
        let words = words.to_owned();
        let error =
            |message: String| MeasureError::new(MeasureErrorKind::Basis, range.clone(), message);
        if let Some(place) = self.misplaced_unit(&range) {
            let word = &self.text[place.clone()];
            let help = match word {
                "per" => "write `/` instead of `per`".to_owned(),
                unit => format!("write `/{unit}`"),
            };
            let message = format!("`{word}` stands where the words after a unit say of what it is");
            return Err(MeasureError::new(MeasureErrorKind::Basis, place, message).help(help));
        }
        let amount = |placed: &&mut Placed| matches!(placed.atom.kind, Kind::Amount | Kind::Share);
        let last_is_money =
            self.placed.last().is_some_and(|placed| placed.atom.kind == Kind::Money);
        match self.placed.iter_mut().rev().find(amount).filter(|_| !last_is_money) {
            None => {
                return Err(error(format!("`{words}` follows a unit that is not of anything"))
                    .help("say of what after a mass, volume or energy: `69 USD/kg NdPr oxide`"));
            }
            Some(Placed { basis: Some((other, _)), .. }) => {
                return Err(error(format!("this is said to be of `{other}` and of `{words}`"))
                    .help("say of what once"));
            }
            Some(placed) => placed.basis = Some((words, range)),
        }
        self.at += length;
        Ok(())
    }

    /// A unit as the first or last word of a basis, or `per` anywhere in it.
    fn misplaced_unit(&self, basis: &Range<usize>) -> Option<Range<usize>> {
        let words = &self.text[basis.clone()];
        let mut at = basis.start;
        for word in words.split(char::is_whitespace) {
            let place = at..at + word.len();
            at = place.end + self.text[place.end..].chars().next().map_or(0, char::len_utf8);
            let at_an_end = place.start == basis.start || place.end == basis.end;
            if word == "per" || (at_an_end && atom::is_misplaced(self.units, word)) {
                return Some(place);
            }
        }
        None
    }

    fn basis_length(&self, in_brackets: bool) -> usize {
        let mut depth = 0_usize;
        for (at, c) in self.rest().char_indices() {
            match c {
                '/' => return at,
                ')' if in_brackets && depth == 0 => return at,
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        self.rest().len()
    }
}

fn combine(number: f64, placed: &[Placed], range: Range<usize>) -> Result<Quantity, MeasureError> {
    let mut dimension = Dimension::FRACTION;
    let (mut up, mut down) = (1.0, 1.0);
    let mut basis = Basis::default();
    for Placed { atom, exponent, basis: of } in placed {
        dimension = dimension.times(atom.dimension, *exponent).ok_or_else(|| {
            MeasureError::new(
                MeasureErrorKind::Unit,
                range.clone(),
                "a unit is raised to too high a power",
            )
        })?;
        let power = i32::from(exponent.abs());
        let (above, below) =
            if *exponent > 0 { (atom.up, atom.down) } else { (atom.down, atom.up) };
        up *= above.powi(power);
        down *= below.powi(power);
        if let Some((words, range)) = of {
            let side = if *exponent > 0 { &mut basis.numerator } else { &mut basis.denominator };
            if let Some(other) = side {
                let message = format!("`{other}` and `{words}` stand on the same side of the line");
                return Err(MeasureError::new(MeasureErrorKind::Basis, range.clone(), message)
                    .help("say of what once above and once below the line"));
            }
            *side = Some(words.clone());
        }
    }
    let value = number * up / down;
    if !value.is_finite() || (value == 0.0 && number != 0.0) {
        let size = if value == 0.0 { "small" } else { "large" };
        return Err(MeasureError::new(OutOfRange, range, format!("the quantity is too {size}")));
    }
    let percent_like = placed.first().is_some_and(|first| first.atom.kind == Kind::Share);
    Ok(Quantity { value, dimension, basis, percent_like })
}
