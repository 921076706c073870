//! The best routes, one after another.

use super::Alternative;
use crate::{
    analysis::{check_ratio, failure},
    diagnostic::{Code, Diagnostic, Diagnostics},
    flowsheet::Flowsheet,
    index::Id,
    lp::{self, ColumnId, Options},
    model::{Decision, Form, Model},
};

/// The `count` best routes: combinations of alternatives, each with the best that can be made of it, best first. Fewer
/// where there are no more.
///
/// # Errors
/// Findings, if the model is wrong, has nothing to choose, or has no plan.
pub fn best_routes(
    flowsheet: &Flowsheet,
    count: usize,
    options: &Options,
) -> Result<Vec<Alternative>, Diagnostics> {
    if flowsheet.choices.is_empty() {
        let message = "there are no routes to rank: the flowsheet has no `[choice.NAME]`";
        return Err(Diagnostic::new(Code::BadChoice, message)
            .at(flowsheet.document.flowsheet.title.span, "")
            .help("write `[choice.NAME]` with `one-of = [\"OPERATION\", \"OPERATION\"]`")
            .into());
    }
    let values = flowsheet.values();
    let model = Model::assemble(flowsheet, &values)?;
    check_ratio(flowsheet, &model)?;
    let choice: Vec<(ColumnId, String)> = model
        .drivers()
        .iter_ids()
        .filter_map(|(id, driver)| match driver.decision {
            Decision::Open(operation) => {
                let name = flowsheet.name_of_alternative(operation, driver.period);
                Some((ColumnId::new(id.index()), name))
            }
            _ => None,
        })
        .collect();
    let columns: Vec<ColumnId> = choice.iter().map(|&(column, _)| column).collect();
    let found = lp::best_points(model.condensed(), &columns, count, options);
    let found = found.map_err(|failure| {
        let failure = model.explain(failure, Form::Condensed);
        failure::explain(flowsheet, &values, &model, options, &failure)
    })?;
    let sign = -flowsheet.objective.sign();
    let best = found.first().map_or(0.0, |first| first.objective);
    let alternatives = found.iter().map(|solution| Alternative {
        routes: choice
            .iter()
            .filter(|(column, _)| solution.value(*column) > 0.5)
            .map(|(_, name)| name.clone())
            .collect(),
        objective: sign * solution.objective + 0.0,
        behind: (solution.objective - best).abs(),
        gap: solution.gap.as_ref().map_or(0.0, |gap| gap.relative),
        complete: solution.gap.as_ref().is_none_or(|gap| gap.complete),
    });
    Ok(alternatives.collect())
}
