//! The contrast of what `style.css` names, as WCAG 2.2 measures it.

use super::page::STYLE;

/// Names and colours.
type Colours<'a> = Vec<(&'a str, [f64; 3])>;

/// Colours of a block of custom properties.
fn colours(block: &str) -> Colours<'_> {
    let parts = block.split(';').filter_map(|part| part.trim().strip_prefix("--"));
    let parts = parts.filter_map(|part| part.split_once(": #"));
    let channel = |digits: &str, at: usize| {
        let byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).expect("two digits");
        f64::from(byte) / 255.0
    };
    parts.map(|(name, digits)| (name, [0, 1, 2].map(|at| channel(digits, at)))).collect()
}

/// The blocks of light and of dark.
fn blocks() -> [(&'static str, Colours<'static>); 2] {
    let block = |from: &str| {
        let (_, rest) = STYLE.split_once(from).expect("it is there");
        rest.split_once('}').expect("it ends").0
    };
    [
        ("light", colours(block("color-scheme: light dark;"))),
        ("dark", colours(block(":root:not(.printed) {"))),
    ]
}

fn luminance(colour: [f64; 3]) -> f64 {
    let [red, green, blue] = colour.map(|value| {
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    (one / other).max(other / one)
}

/// A colour that covers a share of another one.
fn over(top: [f64; 3], share: f64, below: [f64; 3]) -> [f64; 3] {
    [0, 1, 2].map(|at| share * top[at] + (1.0 - share) * below[at])
}

#[test]
fn black_on_white_has_a_contrast_of_21() {
    assert!((contrast([0.0; 3], [1.0; 3]) - 21.0).abs() < 1e-12);
    // The lightest grey that passes on white, by WCAG's own examples.
    let grey = f64::from(0x76_u8) / 255.0;
    assert!((contrast([grey; 3], [1.0; 3]) - 4.54).abs() < 0.01);
}

#[test]
fn texts_and_series_can_be_told_from_their_ground() {
    for (scheme, colours) in blocks() {
        let find = |name: &str| {
            let found = colours.iter().find(|(known, _)| *known == name);
            found.unwrap_or_else(|| panic!("{scheme}: --{name}")).1
        };
        let mut low = Vec::new();
        let mut check = |what: String, found: f64, wanted: f64| {
            if found < wanted {
                low.push(format!("{what}: {found:.2}, not {wanted}"));
            }
        };
        for ground in ["page", "panel"] {
            for text in ["text", "faint", "accent"] {
                check(format!("{text} on {ground}"), contrast(find(text), find(ground)), 4.5);
            }
        }
        // Verdicts are words in these colours.
        for text in ["gain", "loss"] {
            check(format!("{text} on page"), contrast(find(text), find("page")), 4.5);
        }
        let named = ["gain", "loss", "total", "other", "recycled"].map(str::to_owned);
        let series = (1..=10).map(|at| format!("series-{at}"));
        for name in named.into_iter().chain(series) {
            check(format!("{name} on page"), contrast(find(&name), find("page")), 3.0);
            // Names of operations stand on flows, which are drawn in four tenths of the colour.
            let flow = over(find(&name), 0.4, find("page"));
            check(format!("text on a flow of {name}"), contrast(find("text"), flow), 4.5);
        }
        assert!(low.is_empty(), "{scheme}: {low:#?}");
    }
}
