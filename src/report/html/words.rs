//! Words and numbers in the language of the reader.
//!
//! Messages are in `words/*.ftl`, in all languages the same ones. What the user wrote, and sentences that `analysis` finds,
//! stay as they are.

use std::sync::OnceLock;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use crate::{
    measure::{format_money, format_number},
    report::terminal::page::{self, Money},
};

/// The language of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Turkish.
    Turkish,
}

impl Language {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::English, Self::Turkish];

    /// Its code: `en`, `tr`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Turkish => "tr",
        }
    }

    /// The language of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|language| language.code() == code)
    }

    const fn messages(self) -> &'static str {
        match self {
            Self::English => include_str!("words/en.ftl"),
            Self::Turkish => include_str!("words/tr.ftl"),
        }
    }
}

/// Messages and numbers of a language.
pub(super) struct Words {
    language: Language,
    bundle: &'static FluentBundle<FluentResource>,
}

/// The messages of a language, read when they are first asked for.
fn bundle(language: Language) -> &'static FluentBundle<FluentResource> {
    static ENGLISH: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    static TURKISH: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    let kept = match language {
        Language::English => &ENGLISH,
        Language::Turkish => &TURKISH,
    };
    kept.get_or_init(|| {
        let id: LanguageIdentifier = language.code().parse().expect("a language has a code");
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        bundle.set_use_isolating(false);
        let messages = FluentResource::try_new(language.messages().to_owned());
        let messages =
            messages.map_err(|(_, errors)| errors).expect("the messages are well-formed");
        bundle.add_resource(messages).expect("each message is there once");
        bundle
    })
}

impl Words {
    pub(super) fn new(language: Language) -> Self {
        Self { language, bundle: bundle(language) }
    }

    pub(super) const fn language(&self) -> Language {
        self.language
    }

    /// A message.
    pub(super) fn text(&self, id: &str) -> String {
        self.text_with(id, &[])
    }

    /// A message with what is put into it.
    pub(super) fn text_with(&self, id: &str, parts: &[(&str, String)]) -> String {
        self.find(id, parts).unwrap_or_else(|| panic!("there is no message `{id}`"))
    }

    /// What the tool itself names, `final products` among the sales; as it is if there is no other word for it.
    pub(super) fn name(&self, kind: &str, name: &str) -> String {
        self.find_name(kind, name).unwrap_or_else(|| name.to_owned())
    }

    /// The same, if there is another word for it.
    pub(super) fn find_name(&self, kind: &str, name: &str) -> Option<String> {
        let mut id = kind.to_owned();
        for word in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|it| !it.is_empty()) {
            id.extend(["-", word]);
        }
        self.find(&id, &[])
    }

    fn find(&self, id: &str, parts: &[(&str, String)]) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let mut arguments = FluentArgs::new();
        for (name, value) in parts {
            arguments.set(*name, value.as_str());
        }
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&arguments), &mut errors);
        debug_assert!(errors.is_empty(), "`{id}`: {errors:?}");
        Some(text.into_owned())
    }

    /// The point of decimals and that of thousands, as plotly.js wants them.
    pub(super) const fn separators(&self) -> &'static str {
        match self.language {
            Language::English => ".,",
            Language::Turkish => ",.",
        }
    }

    /// A text that begins with a number, as this language writes it.
    pub(super) fn local(&self, text: &str) -> String {
        if self.language == Language::English {
            return text.to_owned();
        }
        let (number, unit) = text.split_at(text.find(' ').unwrap_or(text.len()));
        let number = number.chars().map(|c| match c {
            '.' => ',',
            ',' => '.',
            c => c,
        });
        let number: String = number.collect();
        match unit {
            " %" => format!("%{number}"),
            _ => format!("{number}{}", self.unit(unit)),
        }
    }

    /// A unit.
    pub(super) fn unit(&self, unit: &str) -> String {
        match self.language {
            Language::English => unit.to_owned(),
            Language::Turkish => {
                unit.replace("/yr", "/yıl").replace("bn ", "milyar ").replace("per point", "/ puan")
            }
        }
    }

    /// A value with its unit.
    pub(super) fn amount(&self, value: f64, unit: &str, currency: &str) -> String {
        let text = if unit == currency {
            format_money(value, currency)
        } else {
            page::amount(value, unit, currency)
        };
        self.local(&text)
    }

    /// The same with its sign, also if it is positive.
    pub(super) fn signed(&self, value: f64, unit: &str, currency: &str) -> String {
        let text = self.amount(value, unit, currency);
        if value > 0.0 { format!("+{text}") } else { text }
    }

    /// A number without unit.
    pub(super) fn number(&self, value: f64) -> String {
        self.local(&format_number(value))
    }

    /// A fraction in per cent.
    pub(super) fn percent(&self, fraction: f64) -> String {
        self.local(&format!("{} %", page::percent(fraction)))
    }

    /// A relative error.
    pub(super) fn error(&self, value: f64) -> String {
        if value == 0.0 { "0".to_owned() } else { self.local(&format!("{value:.1e}")) }
    }

    /// Money of a table, without its unit.
    pub(super) fn money(&self, money: &Money, value: f64) -> String {
        self.local(&money.show(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(language: Language) -> Vec<String> {
        let lines = language.messages().lines();
        let ids = lines.filter_map(|line| Some(line.split_once(" =")?.0.to_owned()));
        ids.filter(|id| !id.starts_with(' ') && !id.starts_with('#')).collect()
    }

    #[test]
    fn all_languages_have_the_same_messages() {
        let names = [
            "sales-", "base-", "account-", "cash-", "kind-", "table-", "column-", "cell-",
            "outcome-",
        ];
        let plain = |language: Language| -> Vec<String> {
            let ids = ids(language).into_iter();
            // English needs no other words for what the tool names.
            ids.filter(|id| !names.iter().any(|name| id.starts_with(name))).collect()
        };
        assert_eq!(plain(Language::English), plain(Language::Turkish));
        for &language in Language::ALL {
            let words = Words::new(language);
            for id in ids(language) {
                assert!(words.bundle.has_message(&id), "{id}");
            }
        }
    }

    #[test]
    fn turkish_numbers_have_a_decimal_comma() {
        let words = Words::new(Language::Turkish);
        assert_eq!(words.amount(2512.5, "t/yr", "USD"), "2.512 t/yıl");
        assert_eq!(words.amount(12.345e6, "USD/yr", "USD"), "12,35 MUSD/yıl");
        assert_eq!(words.percent(0.1234), "%12,34");
        assert_eq!(Words::new(Language::English).percent(0.1234), "12.34 %");
    }
}
