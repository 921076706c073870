//! The formula grammar, without recursion: open brackets are kept in a list.

use super::{Formula, FormulaError};
use crate::chem::Element;

/// Deepest nesting of brackets; with [`MAX_COUNT`] it keeps every number of atoms below 1e200.
const MAX_DEPTH: usize = 32;
/// Largest subscript or coefficient.
const MAX_COUNT: f64 = 1e6;

/// Reads a formula that has no spaces around it.
pub(super) fn parse(text: &str) -> Result<Formula, FormulaError> {
    Parser::new(text).run()
}

/// Atoms collected inside one pair of brackets, or of the part outside all.
struct Level {
    open: char,
    at: usize,
    counts: Vec<(Element, f64)>,
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    levels: Vec<Level>,
    coefficient: f64,
    total: Vec<(Element, f64)>,
    canonical: String,
}

fn add(counts: &mut Vec<(Element, f64)>, element: Element, count: f64) {
    match counts.iter_mut().find(|(other, _)| *other == element) {
        Some((_, sum)) => *sum += count,
        None => counts.push((element, count)),
    }
}

fn is_dot(c: char) -> bool {
    matches!(c, '·' | '•' | '∙' | '⋅' | '*' | '.')
}

/// The digit that a character stands for, subscripts included.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '₀'..='₉' => char::from_digit(u32::from(c) - u32::from('₀'), 10),
        _ => None,
    }
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        let levels = vec![Level { open: ' ', at: 0, counts: Vec::new() }];
        Self { text, at: 0, levels, coefficient: 1.0, total: Vec::new(), canonical: String::new() }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn run(mut self) -> Result<Formula, FormulaError> {
        while let Some(c) = self.peek() {
            match c {
                'A'..='Z' => self.read_symbol()?,
                '(' | '[' | '{' => self.open(c)?,
                ')' | ']' | '}' => self.close(c)?,
                _ if is_dot(c)
                    || (c.is_whitespace() && self.rest().trim_start().starts_with(is_dot)) =>
                {
                    self.read_dot()?;
                }
                _ => return Err(self.unexpected(c)),
            }
        }
        self.end_part()?;
        Ok(Formula { counts: self.total, text: self.canonical })
    }

    fn read_symbol(&mut self) -> Result<(), FormulaError> {
        let lower = self.rest()[1..].chars().take_while(char::is_ascii_lowercase).count();
        // `Nd` before `N`, but `CO` is carbon monoxide: only lower-case letters belong to the symbol.
        let symbol = &self.rest()[..=lower];
        let Some(element) = Element::from_symbol(symbol) else {
            return Err(self.unknown_symbol(symbol));
        };
        self.at += symbol.len();
        self.canonical.push_str(symbol);
        let count = self.read_count()?;
        add(&mut self.level().counts, element, count);
        Ok(())
    }

    fn level(&mut self) -> &mut Level {
        self.levels.last_mut().expect("the outermost level stays")
    }

    fn open(&mut self, bracket: char) -> Result<(), FormulaError> {
        if self.levels.len() > MAX_DEPTH {
            let range = self.at..self.at + 1;
            return Err(FormulaError::new(
                range,
                format!("brackets are nested deeper than {MAX_DEPTH}"),
            ));
        }
        self.levels.push(Level { open: bracket, at: self.at, counts: Vec::new() });
        self.at += 1;
        self.canonical.push(bracket);
        Ok(())
    }

    fn close(&mut self, bracket: char) -> Result<(), FormulaError> {
        let range = self.at..self.at + 1;
        let wanted = match bracket {
            ')' => '(',
            ']' => '[',
            _ => '{',
        };
        if self.level().open != wanted {
            return Err(FormulaError::new(range, format!("`{bracket}` closes no `{wanted}`")));
        }
        let level = self.levels.pop().expect("a bracket is open");
        self.at += 1;
        if level.counts.is_empty() {
            return Err(FormulaError::new(level.at..self.at, "brackets with nothing in them"));
        }
        self.canonical.push(bracket);
        let count = self.read_count()?;
        for (element, inner) in level.counts {
            add(&mut self.level().counts, element, inner * count);
        }
        Ok(())
    }

    /// A dot and the coefficient of the part after it.
    fn read_dot(&mut self) -> Result<(), FormulaError> {
        self.end_part()?;
        self.skip_spaces();
        self.at += self.peek().map_or(0, char::len_utf8);
        self.skip_spaces();
        self.canonical.push('·');
        self.coefficient = self.read_number(false)?.unwrap_or(1.0);
        if self.rest().is_empty() {
            return Err(FormulaError::new(self.at..self.at, "expected a formula after the dot"));
        }
        Ok(())
    }

    fn end_part(&mut self) -> Result<(), FormulaError> {
        let coefficient = self.coefficient;
        let level = self.level();
        if level.open != ' ' {
            let range = level.at..level.at + 1;
            return Err(FormulaError::new(range, format!("`{}` is not closed", level.open)));
        }
        let counts = std::mem::take(&mut level.counts);
        if counts.is_empty() {
            return Err(FormulaError::new(self.at..self.text.len(), "expected a formula here"));
        }
        for (element, count) in counts {
            add(&mut self.total, element, count * coefficient);
        }
        Ok(())
    }

    /// The subscript after a symbol or bracket; 1 if there is none.
    fn read_count(&mut self) -> Result<f64, FormulaError> {
        Ok(self.read_number(true)?.unwrap_or(1.0))
    }

    fn read_number(&mut self, is_subscript: bool) -> Result<Option<f64>, FormulaError> {
        let start = self.at;
        let mut plain = String::new();
        self.read_digits(&mut plain);
        if plain.is_empty() {
            return Ok(None);
        }
        let decimals = self
            .rest()
            .strip_prefix('.')
            .filter(|rest| rest.chars().next().and_then(digit).is_some());
        if decimals.is_some() && !(is_subscript && is_hydrate(&plain, self.rest())) {
            self.at += 1;
            plain.push('.');
            self.read_digits(&mut plain);
        }
        let count: f64 = plain.parse().unwrap_or(f64::INFINITY);
        let range = start..self.at;
        if count == 0.0 {
            return Err(FormulaError::new(range, "a count of zero").help("leave the element out"));
        }
        if count > MAX_COUNT {
            return Err(FormulaError::new(range, "the count is too large"));
        }
        self.canonical.push_str(&count.to_string());
        Ok(Some(count))
    }

    fn read_digits(&mut self, plain: &mut String) {
        while let Some((c, digit)) = self.peek().and_then(|c| Some((c, digit(c)?))) {
            plain.push(digit);
            self.at += c.len_utf8();
        }
    }

    fn unknown_symbol(&self, symbol: &str) -> FormulaError {
        let error = FormulaError::new(
            self.at..self.at + symbol.len(),
            format!("`{symbol}` is not an element"),
        );
        error.help(self.help_symbol())
    }

    fn help_symbol(&self) -> String {
        let lump = "a substance without a formula is declared as a lump";
        match self.meant_symbol() {
            Some(meant) => format!("did you mean `{meant}`? ({lump})"),
            None => lump.to_owned(),
        }
    }

    /// The element meant by letters in the wrong case: `nd`, `LA`, or the `D` of `ND`.
    fn meant_symbol(&self) -> Option<Element> {
        let word: String = self.rest().chars().take_while(char::is_ascii_alphabetic).collect();
        if word.chars().filter(char::is_ascii_lowercase).count() > 2 {
            return None;
        }
        let cased = |letters: &str| {
            let (first, others) = letters.split_at_checked(1)?;
            Element::from_symbol(&(first.to_ascii_uppercase() + &others.to_ascii_lowercase()))
        };
        let before =
            self.at.checked_sub(1).and_then(|before| cased(self.text.get(before..=self.at)?));
        before.or_else(|| cased(word.get(..2)?)).or_else(|| cased(word.get(..1)?))
    }

    fn unexpected(&self, c: char) -> FormulaError {
        let range = self.at..self.at + c.len_utf8();
        let message = format!("`{c}` does not belong in a formula");
        let in_bracket =
            self.levels.last().filter(|level| level.at + 1 == self.at && level.open == '(');
        if let (Some(level), Some((state, _))) = (in_bracket, self.rest().split_once(')'))
            && matches!(state, "s" | "l" | "g" | "aq")
        {
            let range = level.at..self.at + state.len() + 1;
            return FormulaError::new(
                range,
                format!("`({state})` is a state, not part of a formula"),
            )
            .help("leave states out");
        }
        let error = FormulaError::new(range, message);
        match c {
            '+' | '-' | '\u{2212}' | '^' | '⁺' | '⁻' | '²' | '³' => error
                .help("species are neutral: leave charges out, or write the salt, such as `NdCl3`"),
            _ if digit(c).is_some() => {
                error.help("a coefficient belongs in an equation, a count after its element")
            }
            _ if c.is_ascii_lowercase() => error.help(self.help_symbol()),
            _ if c.is_whitespace() => error.help("write a formula without spaces"),
            _ => error.help("write a formula such as `Nd2O3` or `Nd2(C2O4)3·10H2O`"),
        }
    }
}

/// Whether `rest`, from a `.` on, is `.10H2O` at the end of its part, after the whole number `before`.
fn is_hydrate(before: &str, rest: &str) -> bool {
    let after = rest[1..].trim_start_matches(|c: char| digit(c).is_some() || c == '.');
    let water = after.strip_prefix("H2O").or_else(|| after.strip_prefix("H₂O"));
    !before.trim_start_matches('0').is_empty()
        && water.is_some_and(|end| {
            end.is_empty() || end.trim_start().starts_with(|c| is_dot(c) || ")]}".contains(c))
        })
}
