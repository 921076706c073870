//! Who can solve.

use super::{
    Style,
    page::{Page, Sheet},
};
use crate::analysis::solvers::{Ability, Solver, Solvers};

/// The solvers as text.
#[must_use]
pub fn render(told: &Solvers, style: &Style) -> String {
    let mut page = Page::new(*style);
    page.heading("Solvers");
    let mut sheet = Sheet::new(&["--solver", "there", "version", "chosen"]);
    for it in &told.solvers {
        let version = it.version.unwrap_or("–").to_owned();
        sheet.row([it.name.to_owned(), mark(it.available), version, it.chosen.clone()]);
    }
    page.table(&sheet);
    page.heading("What each can do by itself");
    let names = ["--solver", "integers", "duals", "basis", "warm start", "ranging", "rays"];
    let mut sheet = Sheet::new(&names);
    for it in &told.solvers {
        let [a, b, c, d, e, f] = Ability::ALL.map(|ability| mark(it.abilities.contains(&ability)));
        sheet.row([it.name.to_owned(), a, b, c, d, e, f]);
    }
    page.table(&sheet);
    page.item(
        "Whatever the solver, answers are proven here, and up to 10,000 rows carried to a vertex with basis, duals and \
         ranges; whole numbers are searched here.",
    );
    page.heading("Where from");
    let from = |it: &Solver| it.origin.clone().or_else(|| it.missing.clone()).unwrap_or_default();
    for same in told.solvers.chunk_by(|one, other| from(one) == from(other)) {
        let names: Vec<&str> = same.iter().map(|it| it.name).collect();
        page.item(&format!("{}: {}", names.join(", "), from(&same[0])));
    }
    page.finish()
}

fn mark(yes: bool) -> String {
    if yes { "✓" } else { "✗" }.to_owned()
}
