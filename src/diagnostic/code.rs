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
    NotText, "not-text", Error,
        "The file is not UTF-8 text, so it cannot be a TOML flowsheet: it is binary, in UTF-16, or from an editor that writes an older encoding. \
         The place named is the first byte that does not fit. Save the file as UTF-8.";
    TooLarge, "too-large", Error,
        "The file is larger than the tool reads, because the tree made of it would not fit the memory of an ordinary machine. \
         Split it with `include`, or write quantities that repeat as groups: `recovery.concentrate = { REO = \"72 %\" }` instead of a line per oxide.";
    SyntaxError, "syntax-error", Error,
        "The text is not valid TOML 1.1, so nothing can be made of it. All mistakes of a file are told at once, the first of each line. \
         The most frequent one is a quantity without quotes: write `supply = \"570 kt/yr\"`, not `supply = 570 kt/yr`.";
    IncludeNotFound, "include-not-found", Error,
        "A file named by `include` cannot be read. Its prices or operations would be missing, so the tool does not go on without it. \
         Paths are relative to the file that includes: in `flowsheets/a.toml`, `include = [\"library/prices.toml\"]` is `flowsheets/library/prices.toml`.";
    IncludeCycle, "include-cycle", Error,
        "A file includes itself, directly or through others, so there is no order in which one overrides the other. \
         Move what both files need into a third one that includes neither.";
    UnknownScenario, "unknown-scenario", Error,
        "The flowsheet has no scenario of the name that was asked for. Running the base case instead would give figures under the wrong name. \
         Scenarios are tables of the flowsheet: `[scenario.low-price]` is chosen by `--scenario low-price`.";
    UnknownPatchTarget, "unknown-patch-target", Error,
        "A scenario or `--set` changes something that is not in the flowsheet, or goes into a value that is not a table. A change of nothing would pass for a result. \
         Name what is there (`\"product.magnets.price\" = \"22 USD/kg\"`), replace a short value as a whole (`\"product.magnets.demand\" = { min = \"10 t/yr\" }`), \
         or add a new operation as a whole table (`[scenario.x.waste.dam]`).";
    UnknownKey, "unknown-key", Error,
        "The table has no such key. Unknown keys are refused, because a misspelt key would silently lose its value. \
         Correct the spelling (`recovry` → `recovery`), or put remarks in a `note` or a comment.";
    WrongType, "wrong-type", Error,
        "The value is not of a type that the key takes. A quantity with a unit is a text in quotes (`\"94 %\"`, `\"570 kt/yr\"`), a pure number is bare (`10`), \
         and keys that take a choice take one of the words listed.";
    NotFinite, "not-finite", Error,
        "A number is `inf` or `nan`, or too large to be held. The solver computes with finite figures only, and an infinite limit is no limit. \
         Leave the key out where nothing limits: `supply = inf` is the same as no `supply`.";
    MissingKey, "missing-key", Error,
        "The table needs this key. Nothing is filled in silently: a product without `price` or a separator without `recovery` has no meaning. \
         Add the key to the table that is shown.";
    BadName, "bad-name", Error,
        "Names of operations and outlets are made of ASCII letters, digits, `-` and `_`, and begin with a letter or digit, so that they can be written without quotes in paths and measures. \
         Write `[separator.solvent-extraction]`, not `[separator.\"solvent extraction\"]`, and keep the words for `title`.";
    DuplicateName, "duplicate-name", Error,
        "Two operations of different kinds have the same name. A stream leads to an operation by its name alone, so it would not be clear which is meant. \
         Rename one of them: `[separator.magnet]` and `[product.magnets]` can stand together.";
    EmptyFlowsheet, "empty-flowsheet", Error,
        "There is nothing to balance: a flowsheet needs at least one `[feed.NAME]` and one `[product.NAME]` or `[waste.NAME]`.";
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
