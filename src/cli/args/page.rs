//! How a page is written.

use clap::{Args, builder::PossibleValuesParser};

use crate::report::html::Language;

/// How a page is written.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct PageArgs {
    /// The language of a page [default: en]
    #[arg(long, value_name = "LANGUAGE",
        value_parser = PossibleValuesParser::new(Language::ALL.iter().map(|it| it.code())))]
    lang: Option<String>,
}

impl PageArgs {
    /// Whether a language was asked for.
    pub(in crate::cli) const fn is_asked(&self) -> bool {
        self.lang.is_some()
    }

    pub(in crate::cli) fn language(&self) -> Language {
        let code = self.lang.as_deref().unwrap_or("en");
        Language::from_code(code).expect("clap knows the codes")
    }
}
