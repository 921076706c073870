//! How a page is written.

use clap::{Args, builder::PossibleValuesParser};

use crate::report::html::Language;

/// How a page is written.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct PageArgs {
    /// The language of a page
    #[arg(long, value_name = "LANGUAGE", default_value = "en",
        value_parser = PossibleValuesParser::new(Language::ALL.iter().map(|it| it.code())))]
    lang: String,
}

impl PageArgs {
    pub(in crate::cli) fn language(&self) -> Language {
        Language::from_code(&self.lang).expect("clap knows the codes")
    }
}
