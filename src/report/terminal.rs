//! The report that an engineer reads: what flows where, whether it closes, what each stage adds, what holds back.

mod account;
pub mod benchmark;
pub mod claims;
pub mod compare;
pub mod debottleneck;
mod flows;
mod foundation;
mod goals;
mod intervals;
pub(super) mod limits;
pub(super) mod multipliers;
pub(super) mod page;
pub mod pareto;
mod roadmap;
pub mod sensitivity;
mod shortages;
pub mod size;
pub mod solvers;
pub mod sources;
mod stages;
pub mod sweep;
pub mod sx;
pub mod together;

use crate::analysis::{Outcome, StreamOutcome};
use page::Page;

/// How a report is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Longest line, in columns.
    pub width: usize,
    /// Whether tables keep to the width, too; where nothing shows lines at that width their columns stay beside each other.
    pub strict: bool,
    /// Whether headings and marks are drawn with terminal colours.
    pub color: bool,
    /// Whether sources lead to their addresses, in terminals that know OSC 8.
    pub links: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 100, strict: true, color: false, links: false }
    }
}

/// A part of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Goals, flows and routes by period.
    Roadmap,
    /// What is built, and how capacities are used.
    Built,
    /// Which limits bind in which period.
    Limits,
    /// Receipts and payments by period.
    CashFlow,
    /// Net present value, rate of return, payback, levelised cost.
    Worth,
    /// What is wanted, what is reached.
    Goals,
    /// Value by stage of the chain.
    Stages,
    /// The value multiplier on all bases.
    Multipliers,
    /// The best value multiplier of any plan on all bases.
    BestMultipliers,
    /// What to relieve next.
    Bottlenecks,
    /// How far prices may go while the plan stays the same.
    Prices,
    /// What is no fact, because other plans are as good.
    Intervals,
    /// Revenue and costs.
    Account,
    /// The main streams.
    Flows,
    /// Where species end.
    Recoveries,
    /// What is disposed of.
    Residues,
    /// What is consumed.
    Consumption,
    /// What the figures rest on.
    Assumptions,
    /// What the reader must know.
    Notes,
    /// All streams with all species.
    Streams,
    /// All operations.
    Operations,
    /// Balances around the whole, per element and species.
    Closure,
}

impl Section {
    /// All sections in the order of the report; the long ones last.
    pub const ALL: &'static [Self] = &[
        Self::Roadmap,
        Self::Built,
        Self::Limits,
        Self::CashFlow,
        Self::Worth,
        Self::Goals,
        Self::Stages,
        Self::Multipliers,
        Self::BestMultipliers,
        Self::Bottlenecks,
        Self::Prices,
        Self::Intervals,
        Self::Account,
        Self::Flows,
        Self::Recoveries,
        Self::Residues,
        Self::Consumption,
        Self::Assumptions,
        Self::Streams,
        Self::Operations,
        Self::Closure,
        Self::Notes,
    ];

    /// The word by which the user chooses it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Roadmap => "roadmap",
            Self::Built => "built",
            Self::Limits => "limits",
            Self::CashFlow => "cash-flow",
            Self::Worth => "worth",
            Self::Goals => "goals",
            Self::Stages => "stages",
            Self::Multipliers => "multipliers",
            Self::BestMultipliers => "best-multipliers",
            Self::Bottlenecks => "bottlenecks",
            Self::Prices => "prices",
            Self::Intervals => "intervals",
            Self::Account => "account",
            Self::Flows => "flows",
            Self::Recoveries => "recoveries",
            Self::Residues => "residues",
            Self::Consumption => "consumption",
            Self::Assumptions => "assumptions",
            Self::Notes => "notes",
            Self::Streams => "streams",
            Self::Operations => "operations",
            Self::Closure => "closure",
        }
    }

    /// The section of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|section| section.name() == name)
    }

    /// Whether it is about all periods.
    #[must_use]
    pub const fn is_over_years(self) -> bool {
        matches!(self, Self::Roadmap | Self::Built | Self::Limits | Self::CashFlow | Self::Worth)
    }

    /// Whether it is shown if nothing is chosen.
    #[must_use]
    pub const fn is_usual(self) -> bool {
        !matches!(
            self,
            Self::BestMultipliers | Self::Prices | Self::Streams | Self::Operations | Self::Closure
        )
    }
}

/// The report as text. Sections come in their own order, each once; those without content are left out. All limits that bind
/// are told `in_full`, else the first.
#[must_use]
pub fn render(outcome: &Outcome, sections: &[Section], in_full: bool, style: &Style) -> String {
    let mut page = Page::new(*style);
    foundation::head(&mut page, outcome);
    for section in Section::ALL.iter().filter(|section| sections.contains(section)) {
        match section {
            Section::Roadmap => roadmap::write_roadmap(&mut page, outcome),
            Section::Built => roadmap::write_built(&mut page, outcome),
            Section::Limits => roadmap::write_limits(&mut page, outcome),
            Section::CashFlow => roadmap::write_cash(&mut page, outcome),
            Section::Worth => roadmap::write_finance(&mut page, outcome),
            Section::Goals => {
                goals::write(&mut page, outcome);
                shortages::write(&mut page, outcome);
            }
            Section::Stages => stages::write_stages(&mut page, outcome),
            Section::Multipliers => multipliers::write(&mut page, outcome),
            Section::BestMultipliers => multipliers::write_best(&mut page, outcome),
            Section::Bottlenecks => limits::write(&mut page, outcome, in_full),
            Section::Prices => intervals::write_prices(&mut page, outcome),
            Section::Intervals => intervals::write(&mut page, outcome),
            Section::Account => account::write_account(&mut page, outcome),
            Section::Flows => flows::write_flows(&mut page, outcome),
            Section::Recoveries => flows::write_recoveries(&mut page, outcome),
            Section::Residues => flows::write_residues(&mut page, outcome),
            Section::Consumption => account::write_consumption(&mut page, outcome),
            Section::Assumptions => foundation::write_assumptions(&mut page, outcome),
            Section::Notes => foundation::write_notes(&mut page, outcome),
            Section::Streams => flows::write_streams(&mut page, outcome),
            Section::Operations => account::write_operations(&mut page, outcome),
            Section::Closure => account::write_closure(&mut page, outcome),
        }
    }
    page.finish()
}

/// The objective of the best plan with its unit.
#[must_use]
pub fn render_objective(outcome: &Outcome) -> String {
    page::amount(outcome.objective.value, &outcome.objective.unit, &outcome.currency)
}

/// The flows of a balance: every stream, how well operations close (relative) and, if it was computed, how far the
/// flows are from those of the best plan (relative).
#[must_use]
pub fn render_flows(
    title: &str,
    streams: &[StreamOutcome],
    closure: f64,
    difference: Option<f64>,
    style: &Style,
) -> String {
    let mut page = Page::new(*style);
    page.heading(title);
    flows::write_table(&mut page, streams, streams.len());
    page.line(&format!("Closure of operations: worst {}.", account::error(closure)));
    if let Some(difference) = difference {
        let difference = account::error(difference);
        page.line(&format!("Largest difference from the best plan: {difference}."));
    }
    page.finish()
}

/// Which goals hold in one case of a flowsheet.
#[derive(Clone, Debug)]
pub struct Case {
    /// The scenario, or the flowsheet as it is.
    pub case: String,
    /// Goals, and whether they are met; none if there is no plan.
    pub goals: Option<Vec<(String, bool)>>,
}

/// All goals against all cases; nothing where there is only one of either.
#[must_use]
pub fn render_verdicts(verdicts: &[Case], style: &Style) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in verdicts.iter().flat_map(|verdict| verdict.goals.iter().flatten()) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    if names.is_empty() || verdicts.len() < 2 {
        return String::new();
    }
    let mut page = Page::new(*style);
    page.heading("Which goals hold in which scenario");
    let columns: Vec<String> = (1..=verdicts.len()).map(|at| at.to_string()).collect();
    let columns: Vec<&str> =
        std::iter::once("goal").chain(columns.iter().map(String::as_str)).collect();
    let mut sheet = page::Sheet::new(&columns);
    for name in names {
        let cells = verdicts.iter().map(|verdict| {
            let Some(goals) = &verdict.goals else { return page::NONE.to_owned() };
            // A goal with two bounds holds if both do.
            let mut mine = goals.iter().filter(|(goal, _)| goal == name).peekable();
            if mine.peek().is_none() {
                return String::new();
            }
            if mine.all(|(_, met)| *met) { "✓" } else { "✗" }.to_owned()
        });
        sheet.cells(std::iter::once(name.to_owned()).chain(cells).collect());
    }
    page.table(&sheet);
    let cases: Vec<String> =
        verdicts.iter().enumerate().map(|(at, it)| format!("{} {}", at + 1, it.case)).collect();
    page.item(&format!("{}. {} where there is no plan.", cases.join("; "), page::NONE));
    page.finish()
}

#[cfg(test)]
mod tests;
