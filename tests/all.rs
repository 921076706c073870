//! Integration tests: one binary, linked once.
#![expect(
    clippy::disallowed_methods,
    reason = "tests read fixtures and write to temporary folders"
)]

#[path = "all/assumptions.rs"]
mod assumptions;
#[path = "all/book.rs"]
mod book;
#[cfg(all(feature = "html", unix))]
#[path = "all/browser.rs"]
mod browser;
#[path = "all/cascades.rs"]
mod cascades;
#[path = "all/claims.rs"]
mod claims;
#[path = "all/command_line.rs"]
mod command_line;
#[path = "all/compare.rs"]
mod compare;
#[path = "all/conflicts.rs"]
mod conflicts;
#[path = "all/debottleneck.rs"]
mod debottleneck;
#[path = "all/exact.rs"]
mod exact;
#[path = "all/extraction.rs"]
mod extraction;
#[path = "all/fixtures.rs"]
mod fixtures;
#[path = "all/goldens.rs"]
mod goldens;
#[path = "all/layers.rs"]
mod layers;
#[path = "all/markdown.rs"]
mod markdown;
#[path = "all/measure.rs"]
mod measure;
#[path = "all/mutants.rs"]
mod mutants;
#[path = "all/oracle.rs"]
mod oracle;
#[cfg(feature = "html")]
#[path = "all/page.rs"]
mod page;
#[cfg(feature = "html")]
#[path = "all/paths.rs"]
mod paths;
#[path = "all/planning.rs"]
mod planning;
#[path = "all/ranges.rs"]
mod ranges;
#[path = "all/ratios.rs"]
mod ratios;
#[path = "all/readme.rs"]
mod readme;
#[path = "all/robust.rs"]
mod robust;
#[path = "all/sampling.rs"]
mod sampling;
#[path = "all/schema.rs"]
mod schema;
#[path = "all/sensitivity.rs"]
mod sensitivity;
#[path = "all/serve.rs"]
mod serve;
#[path = "all/shipped.rs"]
mod shipped;
#[path = "all/size.rs"]
mod size;
#[path = "all/splits.rs"]
mod splits;
#[path = "all/sweep.rs"]
mod sweep;
#[path = "all/sweep_tables.rs"]
mod sweep_tables;
#[path = "all/synthetic.rs"]
mod synthetic;
#[path = "all/tables.rs"]
mod tables;
#[path = "all/together.rs"]
mod together;
#[cfg(unix)]
#[path = "all/workbook.rs"]
mod workbook;
