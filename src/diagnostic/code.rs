//! The diagnostic codes: one place that names, grades and explains each of them.

use super::Severity;

/// Defines [`Code`]: variant, kebab-case name, severity, explanation.
macro_rules! codes {
    ($($variant:ident, $name:literal, $severity:ident, $text:literal;)*) => {
        /// What kind of finding a diagnostic is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $text] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the pipeline.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in reports and for `reeflow explain`, kebab-case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How grave such a finding is.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// What it means and how to mend it.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

codes! {
    SyntaxError, "syntax-error", Error,
        "The text is not valid TOML. The tool reads TOML 1.0 and 1.1; strings with units need quotes: `supply = \"570 kt/yr\"`.";
    NotText, "not-text", Error,
        "The file is not UTF-8 text, so it cannot be a TOML flowsheet. Save it as UTF-8 without a byte order mark.";
    EmptyFlowsheet, "empty-flowsheet", Error,
        "There is nothing to balance: a flowsheet needs at least one `[feed.NAME]` and one `[product.NAME]` or `[waste.NAME]`.";
    UnknownKey, "unknown-key", Error,
        "The table has no such key. Unknown keys are refused, because a misspelt key would silently lose its value.";
    WrongType, "wrong-type", Error,
        "The value is of another type than the key takes: a quantity with a unit is a string (`\"94 %\"`), a pure number is bare.";
    MissingKey, "missing-key", Error,
        "The table needs this key. Nothing is filled in silently.";
}

impl Code {
    /// The code of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
