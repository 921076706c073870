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
        "Two operations of different kinds have the same name, or a stage is listed twice. A stream leads to an operation by its name alone, so it would not be clear which is meant. \
         Rename one of them: `[separator.magnet]` and `[product.magnets]` can stand together.";
    EmptyFlowsheet, "empty-flowsheet", Error,
        "There is nothing to balance: a flowsheet needs at least one `[feed.NAME]` and one `[product.NAME]` or `[waste.NAME]`.";
    BadQuantity, "bad-quantity", Error,
        "The text is not a quantity: a number, a space, a unit of measure and perhaps a basis. Masses are t, kg, g, kt, Mt, lb; times yr, d, h, shift; fractions %, ppm, g/t; energies `kWh`, `MWh`, `GJ`; money is the flowsheet's currency. Examples: `\"570 kt/yr\"`, `\"69 USD/kg NdPr\"`, `\"25 kWh/t\"`.";
    WrongDimension, "wrong-dimension", Error,
        "The quantity is of another kind than the key takes, for example a mass where a mass per time is needed. A bare number is a pure number: quantities with a unit are strings.";
    OutOfRange, "out-of-range", Error,
        "The value makes no sense here: a negative flow or price, a capacity of zero, a share above 100 %, a number that is not finite, above 1e15 or, but for 0, below 1e-12 in size. To close a route, remove it or limit its supply to 0.";
    ImplausibleFigure, "implausible-figure", Warning,
        "The value is possible but far from what such figures usually are; the message gives the usual range. Mostly the unit is wrong: t for kg, ppm for %, h for yr.";
    BadRange, "bad-range", Error,
        "The range of a figure is not two values with the figure between them: `range = [\"10 USD/t\", \"45 USD/t\"]`, the low one first, in units of the same kind and on the same basis as the figure.";
    UnknownFigure, "unknown-figure", Error,
        "A sweep varies a figure that the flowsheet does not have. Figures are named by their paths, as `--set` takes them: `feed.ore.cost`, `product.magnets.price`. \
         `reeflow sensitivity FILE` lists those that matter.";
    BadDistribution, "bad-distribution", Error,
        "An input of a sweep has not just one distribution, or its values make none: `{ uniform = [LEAST, GREATEST] }`, `{ triangular = [LEAST, LIKELIEST, GREATEST] }`, `{ normal = [MEAN, DEVIATION] }`, `{ lognormal = [MEDIAN, FACTOR] }`, `{ list = […] }`, `{ grid = [FIRST, LAST], points = 5 }`, or `\"range\"` for a figure with a `range`. \
         Values are in units of the same kind and on the same basis as the figure; with `relative = true` they are factors on it.";
    BadSweep, "bad-sweep", Error,
        "A sweep cannot be sampled as it stands: nothing varies, a figure varies twice or cannot vary, a grid has an input that is no list, correlations are of lists, of inputs that there are not, or cannot hold together. A grid and `indices` take no correlations, as both need independent inputs.";
    ImpossibleValues, "impossible-values", Warning,
        "A distribution without ends, `normal` or `lognormal`, reaches far to where its figure may not be: a share above 100 %, a negative capacity. Samples there are refused and counted, never clipped, so that the others stand for a narrower distribution than is written. Take `triangular` or `uniform`, or a smaller deviation.";
    UnknownSource, "unknown-source", Error,
        "A figure cites a source that no `[source.ID]` table defines. Define it with at least a `title`, or include a file that does.";
    UnsourcedFigure, "unsourced-figure", Warning,
        "Figures of this table say neither where they come from (`source = \"ID\"`) nor why they are assumed (`assumed = \"why\"`). Say it for the table, or for each figure: `{ value = \"…\", assumed = \"why\" }`.";
    BadFormula, "bad-formula", Error,
        "The text is not a chemical formula or reaction equation. Formulas are written like `Nd2(C2O4)3·10H2O`, equations like `2 Nd2O3 + 3 C -> 4 Nd + 3 CO2`.";
    UnknownSpecies, "unknown-species", Error,
        "The name is neither a chemical formula, nor declared as `[species.NAME]`, nor a `[group]`. Lumps without a formula, such as gangue, must be declared, so that a typing error does not become a new species.";
    UnknownBasis, "unknown-basis", Error,
        "A price or content names a basis that the flowsheet does not know. A basis is a species, a group or an element: `USD/kg Nd2O3`, `USD/t REO`, `USD/kg Nd`. Oxide and metal differ by up to 27 %, so the tool never guesses.";
    WrongBasis, "wrong-basis", Error,
        "The basis contradicts what the figure is on: an oxide price on a metal, a limit on one species counted in another. t REO ≠ t REE ≠ t NdPr oxide: give the figure on the basis of its table, or convert it and say so.";
    OverlappingPrice, "overlapping-price", Error,
        "Two prices of one list count the same species, which would be paid twice. Price the whole stream, or each contained species once.";
    UnknownStage, "unknown-stage", Error,
        "The operation names a stage that the list `stages` of `[flowsheet]` does not hold.";
    UnknownOperation, "unknown-operation", Error,
        "A stream goes to, or the command names, an operation that does not exist. Every outlet goes somewhere named: nothing vanishes. Define the operation, a `[product.NAME]` or a `[waste.NAME]`.";
    FeedWithInlet, "feed-with-inlet", Error,
        "A stream goes into a feed. Feeds are where material comes from; to mix, send the stream to the operation that the feed goes to.";
    UnknownOutlet, "unknown-outlet", Error,
        "A recovery, fraction or rate names an outlet that the operation's `to` does not have.";
    UnknownConsumable, "unknown-consumable", Error,
        "An operation consumes something that has no `[consumable.NAME]` table with its price.";
    UnknownExtractant, "unknown-extractant", Error,
        "A cascade names an extractant that no `[extractant.NAME]` table defines. Define it with its separation factors, or include a library that does.";
    SeparationFactor, "separation-factor", Error,
        "A separation factor is not above 1, its key is no pair of elements, factors contradict each other, or an element has none that joins it to the others. \
         Write the more extractable element first, `\"Nd/Pr\" = 1.4`: the distribution ratio of the first over that of the second. Adjacent pairs are enough; the others are their products.";
    UnverifiedFactor, "unverified-factor", Error,
        "A cascade rests on separation factors from general knowledge that nobody looked up (`confidence = \"unverified\"`). Numbers of stages follow 1/ln β, reagents 1/(β − 1), so they decide the plant. \
         Measure them or find a source; if you stand for them, list the pairs in the cascade's `confirmed`.";
    CascadeProduct, "cascade-product", Error,
        "The products of a cascade make no sense: one has no outlet or an outlet no product, a species is in two of them, nothing comes of which one could be made, or a purity is not above that of the feed. \
         Each outlet but one has a product, `product.OUTLET = { of = \"NdPr\", purity = \"99.5 %\" }`; purities are shares by mass of what is extracted.";
    CascadeComposition, "cascade-composition", Error,
        "A cascade is designed for one composition, but what comes depends on decisions, on what the cascade itself sends back, or on the period. \
         Give each way a cascade of its own, or say what it is designed for: `feed = { Nd2O3 = 75, Pr6O11 = 25 }`, in parts by mass. Its recoveries then hold for whatever comes.";
    CascadeImpossible, "cascade-impossible", Error,
        "No cascade does what is asked: the extraction amount is at or below its minimum, where infinitely many stages would not do (the message says the minimum), purities and recoveries contradict each other, or extraction and scrubbing order the elements differently.";
    UnknownGoal, "unknown-goal", Error,
        "The command names a goal that the flowsheet does not have. Goals are the tables `[goal.NAME]`; `reeflow check` lists them with what they reach.";
    UnknownLimit, "unknown-limit", Error,
        "The command names a limit that the flowsheet does not have, or one that is a share or fixed exactly and so cannot grow in t/yr. Limits are named by the path of their figure, such as `feed.ore.supply`, or by their operation.";
    SeveralOutlets, "several-outlets", Error,
        "A feed supplies one stream and a blender makes one mixture: each has one outlet. Put a splitter or a separator behind it.";
    UnusedInput, "unused-input", Warning,
        "Something was written that changes nothing, for example the recovery of a species that never enters. Mostly a name is misspelt, or a species is lost further up.";
    LimitsCrossed, "limits-crossed", Error,
        "A limit's `min` is above its `max`, or `exactly` stands beside another limit: no flow can meet both.";
    SplitMissing, "split-missing", Error,
        "An assay gives the grade of a group without saying how it divides among the group's species: add `assay.split.GROUP`, in parts by mass that sum to 100 or to 1.";
    SplitNotWhole, "split-not-whole", Error,
        "The parts of a split sum neither to 100 nor to 1: one is misread or missing, or they were rounded where they were published. \
         Mend them, or have them divided by their sum, `assay.normalise = [\"REO\"]`; the report then tells the sum. Parts that a scenario, `--set` or a sweep moves need not sum: the others keep their proportions.";
    AssayNotOne, "assay-not-one", Error,
        "The mass fractions of a feed do not sum to 1. Above 1 a grade is wrong; below 1 name the species that takes the rest: `assay.rest = \"gangue\"`.";
    DuplicateRecovery, "duplicate-recovery", Error,
        "Two groups give the same species a recovery to the same outlet. Give the species a recovery of its own; that one counts.";
    RecoveryMissing, "recovery-missing", Error,
        "A species can enter the operation, but no recovery says where it goes. Give the species or its group a recovery, write `default`, or leave one outlet without recoveries: it takes the rest. Nothing is filled in silently.";
    RecoveryNotOne, "recovery-not-one", Error,
        "The recoveries of a species to all outlets do not sum to 1, or the fractions of a splitter do not: mass would vanish or be created.";
    ReactionUnbalanced, "reaction-unbalanced", Error,
        "The equation does not conserve an element; the message gives the atoms on both sides and what is made (+) or lost (−). Mass would vanish or be created.";
    KeyNotReactant, "key-not-reactant", Error,
        "The key species, whose conversion is given, must stand on the left of the equation.";
    ReactantMissing, "reactant-missing", Error,
        "A reaction needs a reactant that nothing brings and that is not dosed. Add `reagent.NAME = { price = … }` to dose it, or let a stream bring it.";
    RecipeNotOne, "recipe-not-one", Error,
        "The shares of a recipe sum to more than the whole. Lower them until they sum to at most 100 %; below 100 %, what is missing is free.";
    RecipeUnmet, "recipe-unmet", Error,
        "A recipe needs something that no inlet brings and that is not bought. Add `buy.NAME = { price = … }`, or let a stream bring it.";
    UnreachableOperation, "unreachable-operation", Error,
        "Nothing ever flows into the operation: no stream goes there, or none that starts at a feed. Connect it or remove it.";
    LoopWithoutPurge, "loop-without-purge", Error,
        "A species that enters a loop never leaves it, so that its flow would grow for ever. Let a part of it leave: lower a recovery, or bleed a stream.";
    PooledSplit, "pooled-split", Error,
        "A splitter with free fractions stands on a stream whose composition depends on other decisions (the pooling problem). A linear program would give each species its own split and so separate them at no cost. Give the fractions, or divide each stream before they mix.";
    SpecificationUnmeetable, "specification-unmeetable", Error,
        "No way of running the flowsheet gives the product that grade: even the best of the streams that reach it is off. Purify further up, or relax the specification.";
    BadPeriod, "bad-period", Error,
        "The periods do not follow one another: one is empty, two overlap or leave a gap between them, a stretch ends before it begins, or they reach further than 200 years. \
         Periods are written in their order with their lengths: `[period]`, then `2025 = \"1 yr\"` or `late = { from = 2030, length = \"5 yr\" }`.";
    UnknownPeriod, "unknown-period", Error,
        "A period is named that `[period]` does not have. Values that change are written by the names of periods, each from that period on until the next one named: `by-period = { 2028 = \"500 kt/yr\" }`.";
    BadBuild, "bad-build", Error,
        "What may be built has no sense: its cost is said in no way or in several, a cost curve falls, it comes when all periods are over, or the shares of spending do not sum to the whole. \
         Write one of `cost`, `reference`, `curve` and `train` in `[KIND.NAME.build]`.";
    BadChoice, "bad-choice", Error,
        "A choice has fewer than two alternatives, names one twice, or one whose size has no end: closed means a size of 0, so there must be a `capacity` or a `build` with a largest size.";
    SeveralPeriods, "several-periods", Error,
        "The command answers for flowsheets of one period without anything to build or choose. Solve the plan with `reeflow solve`.";
    BadMeasure, "bad-measure", Error,
        "The text of a goal or objective is no measure. Measures are sums of `flow(X)`, `flow(X, BASIS)`, `inlet(X)`, `contracted(PRODUCT)`, `value(X)`, `cost(X)`, `in-situ(FEED)`, `consumption(X)`, `emission()` and `profit()`, with number multiples and parentheses. All terms must share one unit.";
    GoalMissed, "goal-missed", Error,
        "The optimum does not reach the goal. The message gives the value reached, the best attainable one, and what holds it back.";
    Infeasible, "infeasible", Error,
        "No plan satisfies all limits and enforced goals together.

The labels mark statements that contradict each other: no plan satisfies all of them, and leaving out any one lets the others hold. Each says how far it alone would have to give way. Both are proven before they are told. Conflicts that have no statement in common are told one by one.

The help first follows the chain: what the demand needs on its way, against what can be had there; of a share it says what the part can hold at all. Then come changes that each mend it, each tried as `--set PATH=VALUE` would set it, with the objective of the best plan then and what it is more or less than without the statement that demands: goals, demands and specifications; supplies and capacities; process figures, by a factor of 3 at most and within 0-100 %. An assay is told apart, as it is otherwise only if the ore is another, and so is a figure that would have to be another by a power of ten: look whether it was miswritten. Where nothing plausible is left, that is said.

`--format json` has the conflict and the repairs as data.";
    NoRatio, "no-ratio", Error,
        "The objective is a ratio that no plan makes best: its denominator can be negative or is always 0, or plans of any size are equally good. \
         Divide by something that flows and is never negative, such as a flow, a value or a cost, and say with `supply`, `demand` or `capacity` how large the plan is.";
    Unbounded, "unbounded", Error,
        "The objective grows without limit: a feed without `supply`, an ingredient without `supply`, a product without `demand`, or a price that makes money from nothing.

The labels mark what grows and the prices at which it is bought and sold; the help says what each tonne bought costs, earns and gains, and which limits end it, each tried. Write one of them, or look whether a price is in the wrong unit.";
    OptimumNotUnique, "optimum-not-unique", Note,
        "Other plans reach the same optimum. The objective is a fact; single flows may not be.";
    GapLeft, "gap-left", Warning,
        "The search among whole numbers (routes, trains, cost curves) ended before it was complete: at the time limit, or at the gap that was asked for. The plan is feasible and certified; no plan is better by more than the gap that is told, which is proven. \
         Give more time (`--time-limit`), or build with the cargo feature `highs` and choose `--solver highs`.";
    Degenerate, "degenerate", Note,
        "More limits meet at the optimum than are needed to fix it. Shadow prices then hold to one side only.";
    SplitNotFixed, "split-not-fixed", Error,
        "`balance` computes flows from fixed splits, but here a decision is free. Give the splitter its fractions, or use `balance --at-optimum`, which takes the decisions of the optimal plan.";
    ProvenExactly, "proven-exactly", Note,
        "With `--exact`: that the flowsheet has no plan is proven in rational arithmetic, for the numbers as they are written and without any tolerance. \
         The rows named in the result, multiplied and added up, say that something is at most less than nothing. `reeflow verify` checks it again.";
    ProofRefuted, "proof-refuted", Error,
        "`reeflow verify` found that a saved result is not what follows from the flowsheet: a digit of one of them was changed, or the result is of another flowsheet. \
         Solve the flowsheet again with `--exact`.";
    NotProven, "not-proven", Error,
        "A solver returned a point that does not prove optimal when the optimality conditions are recomputed from the model itself. No result is reported. Try another `--solver`, and look for figures many orders of magnitude apart.";
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
