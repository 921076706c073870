//! Numbers as people write them: `2,500`, `1_000`, `1.5e3`, `−2`.

use super::{MeasureError, MeasureErrorKind};

/// A number as it was read.
pub(super) struct Number {
    /// The double next to it.
    pub(super) value: f64,
    /// Its digits, with sign, point and exponent but without what separates thousands.
    pub(super) decimal: String,
    /// The bytes it takes.
    pub(super) length: usize,
}

/// Reads a number at the start of `text`, which itself starts at byte `at` of the quantity.
pub(super) fn read(text: &str, at: usize) -> Result<Number, MeasureError> {
    let bytes = text.as_bytes();
    let mut plain = String::new();
    let mut end = 0;
    for (sign, kept) in [("-", "-"), ("\u{2212}", "-"), ("+", "")] {
        if text.starts_with(sign) {
            plain.push_str(kept);
            end = sign.len();
            break;
        }
    }
    let whole = end;
    end = digits(bytes, end, true, &mut plain);
    if end == whole {
        return Err(missing(text, at));
    }
    check_groups(&text[whole..end], at + whole)?;
    if bytes.get(end) == Some(&b'.') {
        plain.push('.');
        let start = end + 1;
        end = digits(bytes, start, false, &mut plain);
        if end == start {
            return Err(MeasureError::new(
                MeasureErrorKind::Number,
                at..at + end,
                "a decimal point without a digit after it",
            )
            .help("write `1` or `1.0`"));
        }
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let start = end + 1 + signed;
        if bytes.get(start).is_some_and(u8::is_ascii_digit) {
            plain.push_str(&text[end..start]);
            end = digits(bytes, start, false, &mut plain);
        }
    }
    if matches!(bytes.get(end), Some(b'.' | b',' | b'_')) {
        let range = at..at + end + 1;
        return Err(MeasureError::new(MeasureErrorKind::Number, range, "this is not a number")
            .help("write `.` before decimals and `,` between thousands: `2,500.5`"));
    }
    let value: f64 = plain.parse().map_err(|_| missing(text, at))?;
    if !value.is_finite() {
        return Err(MeasureError::new(
            MeasureErrorKind::Number,
            at..at + end,
            "the number is too large",
        ));
    }
    let zero_as_written =
        plain.bytes().take_while(|b| !matches!(b, b'e' | b'E')).all(|b| !matches!(b, b'1'..=b'9'));
    if value == 0.0 && !zero_as_written {
        return Err(MeasureError::new(
            MeasureErrorKind::Number,
            at..at + end,
            "the number is too small",
        ));
    }
    Ok(Number { value, decimal: plain, length: end })
}

/// Copies digits from `start` on, skipping `_` (and `,` if `commas`) between digits; returns where they end.
fn digits(bytes: &[u8], start: usize, commas: bool, plain: &mut String) -> usize {
    let mut end = start;
    while let Some(&byte) = bytes.get(end) {
        let between = || end > start && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        match byte {
            b'0'..=b'9' => plain.push(char::from(byte)),
            b'_' if between() => {}
            b',' if commas && between() => {}
            _ => break,
        }
        end += 1;
    }
    end
}

/// A comma separates thousands and nothing else: `2,5` is probably a decimal comma.
fn check_groups(whole: &str, at: usize) -> Result<(), MeasureError> {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let mut groups = groups.peekable();
    if groups.peek().is_none() || (first.len() <= 3 && groups.all(|group| group.len() == 3)) {
        return Ok(());
    }
    let error = MeasureError::new(
        MeasureErrorKind::Number,
        at..at + whole.len(),
        format!("`{whole}` has a comma that does not separate thousands"),
    );
    Err(error.help(format!("for a decimal comma write `{}`", whole.replacen(',', ".", 1))))
}

fn missing(text: &str, at: usize) -> MeasureError {
    let word = text.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
    let range = at..at + word.len();
    let lower = word.to_lowercase();
    let lower = lower.trim_start_matches(['-', '+', '\u{2212}']);
    if lower.starts_with("nan") || lower.starts_with("inf") {
        let error = MeasureError::new(
            MeasureErrorKind::Number,
            range,
            format!("`{word}` is not a finite number"),
        );
        return error.help("leave the key out where there is no limit");
    }
    if lower.starts_with(['$', '\u{20ac}', '\u{a3}', '\u{a5}', '\u{20ba}']) {
        let error =
            MeasureError::new(MeasureErrorKind::Number, range, "a quantity starts with its number");
        return error.help("write the currency code after the number: `69 USD/kg`");
    }
    if word.is_empty() {
        return MeasureError::new(MeasureErrorKind::Number, range, "expected a number")
            .help("write a quantity such as `570 kt/yr`");
    }
    let error = MeasureError::new(
        MeasureErrorKind::Number,
        range,
        format!("expected a number, found `{word}`"),
    );
    if lower.starts_with('.') {
        return error.help(format!("write `0{lower}`"));
    }
    error.help("a quantity starts with its number: `570 kt/yr`")
}
