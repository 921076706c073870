//! What was written: a flowsheet file as typed tables, every value with its span.
//!
//! This module knows TOML and nothing of chemistry. It reads a file and the files it includes, applies a scenario
//! and `--set` patches to the tree of nodes, checks keys and types against the schema of the format (all findings in
//! one run) and only then makes a [`Document`] of it.

mod change;
mod check;
mod figure;
mod guard;
mod include;
mod load;
mod names;
mod outlet;
mod patch;
mod planning;
mod schema;
mod skeleton;
mod spanned;
mod tables;
mod text;
mod tree;

pub use change::{Change, Part, Patch};
pub use figure::{
    Confidence, Course, Figure, Limit, Many, Period, Point, Provenance, Range, Rate, Scalar,
    SourceIds,
};
pub use include::{Files, Read};
pub use load::{Loaded, Prepared, Request, load};
pub use outlet::{Objective, Outlet, Outlets, Payable, Wanted};
pub use patch::{is_toml, split_setting};
pub use planning::{
    BuildTable, ChoiceSpan, ChoiceTable, ContractTable, CurveTable, LifetimeTable, MoneyTable,
    OverheadTable, ReferenceTable, TrainTable,
};
pub use skeleton::{Entry, Skeleton};
pub use spanned::{Name, Spanned};
pub use tables::{
    AssayTable, BlenderTable, CascadeAim, CascadeCapitalTable, CascadeCostTable, CascadePhase,
    CascadeProductTable, CascadeReagentTable, CascadeReagentsTable, CascadeTable, CircuitTable,
    Common, ConsumableTable, CorrelationTable, Document, ExtractantTable, FeedTable, GoalTable,
    HeaderTable, IngredientTable, Named, Origin, ProductTable, RatioTable, ReactionMode,
    ReactionTable, ReactorTable, ReagentTable, Role, ScenarioTable, SeparatorTable, SourceTable,
    SpeciesTable, SplitterTable, StockpileTable, SweepInput, SweepInputTable, SweepMethod,
    SweepTable, SweepValues, UseTable, WasteTable,
};
pub use text::MAX_BYTES;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_forms_keep_their_spans() {
        let text = r#"
            [flowsheet]
            title = "t"
            [feed.ore]
            to = "mill"
            supply = { max = "5 t/yr", source = ["A", "B"] }
            cost = { value = "27 USD/t", assumed = "why" }
            assay.grade = { REO = "1.75 %" }
            assay.split.REO = { La2O3 = 39.7 }
            [separator.mill]
            to = { out = { to = "sales", price = ["1 USD/t", "2 USD/t REO"] }, rest = "dam" }
            recovery.out = { REO = "50 %", default = "4 %" }
        "#;
        let document: Document = toml::from_str(text).expect("valid");
        let ore = &document.feed["ore"];
        let cost = ore.cost.as_ref().expect("written");
        assert_eq!(&text[cost.span.start as usize..cost.span.end as usize], "\"27 USD/t\"");
        assert_eq!(
            ore.supply
                .as_ref()
                .and_then(|limit| limit.max.as_ref())
                .map(|max| max.provenance.source.len()),
            Some(2)
        );
        assert_eq!(ore.assay.split["REO"]["La2O3"].value, Scalar::Number(39.7));
        let Outlets::Named(outlets) = &document.separator["mill"].to else { panic!("named") };
        assert_eq!(outlets["out"].price.0.len(), 2);
        let (name, _) = document.feed.first().expect("one");
        assert_eq!(&text[name.span.start as usize..name.span.end as usize], "ore");
        let schema = serde_json::to_string(&schemars::schema_for!(Document)).expect("json");
        assert!(schema.contains("FeedTable"));
    }
}
