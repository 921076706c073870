//! The value multiplier on every basis: in the plan, and at its best over all plans (formulation §7).

use super::{
    BestMultiplier, HeldBy, KeptMultiplier, MultiplierOutcome,
    context::{Context, Scene},
    failure::{reason_of_ratio, remaining},
    goals,
};
use crate::{
    document::{Origin, Role},
    flowsheet::{Kind, OperationId, Port},
    lp::Options,
    model::{Failure, Linear, RatioFailure},
};

/// A denominator: its name, and what it is or why it cannot be told.
pub(super) type Base = (&'static str, Result<Linear, String>);

/// The multipliers of the plan.
pub(super) fn multipliers(context: &Context<'_>) -> Vec<MultiplierOutcome> {
    let bases = bases(context);
    let mut outcomes = Vec::new();
    for (numerator, sales) in numerators(context) {
        let value = context.value(&sales);
        for (denominator, base) in &bases {
            let base = base.as_ref().map(|base| context.value(base));
            let positive = base.as_ref().is_ok_and(|&base| base > 0.0);
            outcomes.push(MultiplierOutcome {
                numerator: numerator.clone(),
                denominator: (*denominator).to_owned(),
                value,
                base: base.as_ref().ok().copied(),
                multiplier: base.as_ref().ok().filter(|_| positive).map(|base| value / base),
                why_not: match &base {
                    Ok(base) if *base > 0.0 => None,
                    Ok(_) => Some("nothing flows there".to_owned()),
                    Err(reason) => Some((*reason).clone()),
                },
                best: None,
            });
        }
    }
    outcomes
}

/// Fills in the best multiplier that any plan reaches, and what holds it there.
pub(super) fn fill_best(
    context: &Context<'_>,
    options: &Options,
    outcomes: &mut [MultiplierOutcome],
) {
    let bases = bases(context);
    let numerators = numerators(context);
    let pairs = numerators.iter().flat_map(|(_, of)| bases.iter().map(move |base| (of, base)));
    for ((of, (name, to)), outcome) in pairs.zip(outcomes) {
        let Ok(to) = to else { continue };
        let (flowsheet, values, model) = (context.flowsheet, context.values, context.model);
        let best = |least: Option<f64>| {
            goals::best_ratio(flowsheet, values, model, (of, to), true, least, options)
        };
        let mut found = match best(None) {
            Ok(best) => found_best(best.value, best.held_by),
            Err(Failure::Ratio(RatioFailure::AnySize(value))) => found_best(value, Vec::new()),
            Err(Failure::Ratio(reason)) => no_best(context, name, &reason),
            Err(_) => BestMultiplier {
                value: None,
                endless: false,
                why_not: Some("was not found".to_owned()),
                held_by: Vec::new(),
                kept: None,
            },
        };
        let kept = goals::present(context, to).and_then(|least| best(Some(least)).ok());
        found.kept = kept.map(|best| KeptMultiplier { value: best.value, held_by: best.held_by });
        outcome.best = Some(found);
    }
}

fn found_best(value: f64, held_by: Vec<HeldBy>) -> BestMultiplier {
    BestMultiplier { value: Some(value), endless: false, why_not: None, held_by, kept: None }
}

fn no_best(context: &Context<'_>, base: &str, reason: &RatioFailure) -> BestMultiplier {
    let mut told = reason_of_ratio(reason, base, "grows", "");
    let mut endless = false;
    if let RatioFailure::Vanishing(drivers) | RatioFailure::Growing(drivers) = reason {
        endless = true;
        let with = remaining(context.flowsheet, context.model, drivers);
        if !with.is_empty() {
            told = format!("{told}, with {with}");
        }
    }
    BestMultiplier { value: None, endless, why_not: Some(told), held_by: Vec::new(), kept: None }
}

/// What is divided: sales of final products, with by-products, all of them; gross, and net of what is purchased.
pub(super) fn numerators(scene: &Scene<'_>) -> Vec<(String, Linear)> {
    let mut purchased = Linear::zero();
    for (id, operation) in scene.flowsheet.operations.iter_ids() {
        purchased.add(1.0, &scene.functionals().consumables(scene.at(), id));
        purchased.add(1.0, &scene.functionals().purchase_cost(scene.at(), id));
        let bought = matches!(&operation.kind, Kind::Feed(feed) if feed.origin != Origin::Primary);
        if bought {
            purchased.add(1.0, &scene.functionals().feed_cost(scene.at(), id));
        }
    }
    let gross: [(&str, &[Role]); 3] = [
        ("final products", &[Role::Final]),
        ("final + by-products", &[Role::Final, Role::ByProduct]),
        ("all sales", &[Role::Final, Role::ByProduct, Role::Intermediate]),
    ];
    let mut list = Vec::new();
    for net in [false, true] {
        for (name, roles) in gross {
            let sales = roles.iter().map(|&role| (1.0, scene.sales(role)));
            let mut sum = Linear::sum(&sales.collect::<Vec<_>>());
            let name = if net {
                sum.add(-1.0, &purchased);
                format!("{name}, net of purchased inputs")
            } else {
                format!("{name}, gross")
            };
            list.push((name, sum));
        }
    }
    list
}

/// By what it is divided.
pub(super) fn bases(scene: &Scene<'_>) -> [Base; 4] {
    [
        ("ore at mining cost", ore_cost(scene)),
        ("ore in situ", in_situ(scene)),
        ("payable concentrate", stage_value(scene, &["concentrate"])),
        ("separated oxides", stage_value(scene, &["oxide", "separation"])),
    ]
}

fn primary_feeds<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = OperationId> + 'a {
    scene.flowsheet.operations.iter_ids().filter_map(|(id, operation)| match &operation.kind {
        Kind::Feed(feed) if feed.origin == Origin::Primary => Some(id),
        _ => None,
    })
}

fn ore_cost(scene: &Scene<'_>) -> Result<Linear, String> {
    let mut cost = Linear::zero();
    let mut any = false;
    for id in primary_feeds(scene) {
        cost.add(1.0, &scene.functionals().feed_cost(scene.at(), id));
        let kind = &scene.flowsheet.operations[id].kind;
        any |= matches!(kind, Kind::Feed(feed) if feed.cost.is_some());
    }
    if any { Ok(cost) } else { Err("no primary feed has a cost".to_owned()) }
}

fn in_situ(scene: &Scene<'_>) -> Result<Linear, String> {
    if scene.flowsheet.market.is_empty() {
        return Err("there are no market prices in `[price]`".to_owned());
    }
    let mut value = Linear::zero();
    for id in primary_feeds(scene) {
        value.add(1.0, &scene.functionals().in_situ(scene.at(), id));
    }
    Ok(value)
}

/// Market value of what leaves a stage: priced streams to other stages, and sales other than by-products.
fn stage_value(scene: &Scene<'_>, names: &[&str]) -> Result<Linear, String> {
    let flowsheet = scene.flowsheet;
    let found = names
        .iter()
        .find_map(|name| flowsheet.stages.ids().find(|&id| flowsheet.stages[id] == *name));
    let Some(stage) = found else { return Err(format!("there is no stage `{}`", names[0])) };
    let inside =
        |id: OperationId| !scene.is_end(id) && flowsheet.operations[id].stage == Some(stage);
    let mut sum = Linear::zero();
    let mut any = false;
    for (id, stream) in flowsheet.streams.iter_ids() {
        if !inside(stream.from) || inside(stream.to) {
            continue;
        }
        let by_product = matches!(&flowsheet.operations[stream.to].kind,
            Kind::Product(product) if product.role == Role::ByProduct);
        if let (Some(price), false) = (scene.price(id), by_product) {
            sum.add(1.0, &scene.functionals().price(scene.at(), Port::Stream(id), price));
            any = true;
        }
    }
    if any {
        Ok(sum)
    } else {
        Err(format!("no stream that leaves stage `{}` has a price", flowsheet.stages[stage]))
    }
}
