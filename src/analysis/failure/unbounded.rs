//! What makes money without limit: what is bought and sold on the way, at which prices, and which limit ends it.

use crate::{
    diagnostic::{Code, Diagnostic, Span},
    flowsheet::{
        Content, FigureId, Flowsheet, Kind, Limit, LimitKind, Objective, OperationId, PeriodId,
        Port, Sense, Values,
    },
    index::Id,
    lp::{self, LinearProgram, Options, RowSense},
    measure::{format_mass, format_price},
    model::{At, Decision, DriverId, Linear, Model},
};

/// A part of the gain below this share of it is not named.
const PART: f64 = 0.05;
/// Most purchases, and most sales, that are named.
const NAMED: usize = 3;
/// A rate below this share of the greatest is none.
const VANISHES: f64 = 1e-9;

/// Names what grows, what each tonne of it buys and sells at which prices, and where a limit is missing.
pub(super) fn explain(
    flowsheet: &Flowsheet,
    values: &Values,
    model: &Model,
    options: &Options,
    ray: &[(DriverId, f64)],
) -> Diagnostic {
    let endless = Endless::new(flowsheet, values, model, ray);
    let mut diagnostic = Diagnostic::new(Code::Unbounded, "the objective grows without limit");
    let mut names: Vec<&str> = Vec::new();
    for &(driver, _) in ray {
        let (name, span, says) = match model.drivers()[driver].decision {
            Decision::Addition(_)
            | Decision::Piece(..)
            | Decision::Pick(..)
            | Decision::Trains(_)
            | Decision::Operators
            | Decision::Standing
            | Decision::Taxable
            | Decision::Loss => continue,
            Decision::Supply(id)
            | Decision::Blend(id)
            | Decision::Open(id)
            | Decision::Draw(id)
            | Decision::Stock(id)
            | Decision::Past(id) => {
                (&flowsheet.operations[id].name, flowsheet.operations[id].span, "this grows")
            }
            // Told where it is bought.
            Decision::Ingredient(id, _) => {
                (&flowsheet.operations[id].name, flowsheet.operations[id].span, "this buys more")
            }
            Decision::Split(id) => {
                (&flowsheet.streams[id].name, flowsheet.streams[id].span, "this grows")
            }
        };
        if !names.contains(&name.as_str()) {
            names.push(name);
            diagnostic = diagnostic.at(span, says);
        }
    }
    if !names.is_empty() {
        diagnostic.message = format!("{}: with `{}`", diagnostic.message, names.join("`, `"));
    }
    // A limit that was written and does not limit.
    for limit in flowsheet.limits.iter().filter(|limit| limit.sense == Sense::AtLeast) {
        if endless.traded.iter().any(|it| it.what.is_limited_by(flowsheet, limit)) {
            let span = flowsheet.figures[limit.figure].span;
            diagnostic = diagnostic.at(span, "this sets no upper limit");
        }
    }
    let mut help = Vec::new();
    if let Some((sentence, places)) = endless.account() {
        help.push(format!("{sentence};"));
        for (figure, says) in places {
            diagnostic = diagnostic.at(flowsheet.figures[figure].span, says);
        }
    }
    help.push(endless.missing(options));
    diagnostic.help(help.join("\n"))
}

/// What a driver decides, by name, and where it stands.
pub(super) fn decision<'f>(
    flowsheet: &'f Flowsheet,
    model: &Model,
    driver: DriverId,
) -> (&'f str, Span) {
    match model.drivers()[driver].decision {
        Decision::Supply(id) | Decision::Blend(id) | Decision::Ingredient(id, _) => {
            (&flowsheet.operations[id].name, flowsheet.operations[id].span)
        }
        Decision::Split(id) => (&flowsheet.streams[id].name, flowsheet.streams[id].span),
        Decision::Addition(id)
        | Decision::Piece(id, _)
        | Decision::Pick(id, _)
        | Decision::Trains(id) => {
            let build = &flowsheet.builds[id];
            (&flowsheet.operations[build.operation].name, build.span)
        }
        Decision::Open(id) | Decision::Draw(id) | Decision::Stock(id) | Decision::Past(id) => {
            (&flowsheet.operations[id].name, flowsheet.operations[id].span)
        }
        Decision::Operators | Decision::Standing | Decision::Taxable | Decision::Loss => {
            ("money", Span::default())
        }
    }
}

/// Something that comes in, goes out or is sold, without end.
struct Traded {
    what: What,
    /// How it grows, t/yr along the ray.
    rate: f64,
    /// What it earns, money per year along the ray; negative if it costs.
    earned: f64,
    /// As a functional of the drivers.
    amount: Vec<f64>,
}

#[derive(Clone, Copy, PartialEq)]
enum What {
    Feed(OperationId),
    /// The position of an ingredient.
    Ingredient(OperationId, usize),
    Product(OperationId),
    Waste(OperationId),
}

impl Traded {
    const fn is_bought(&self) -> bool {
        matches!(self.what, What::Feed(_) | What::Ingredient(..))
    }
}

/// A direction in which the objective grows for ever.
struct Endless<'a> {
    flowsheet: &'a Flowsheet,
    model: &'a Model,
    traded: Vec<Traded>,
    /// Money per year along the ray; none if the objective is no profit.
    gain: Option<f64>,
}

impl<'a> Endless<'a> {
    fn new(
        flowsheet: &'a Flowsheet,
        values: &Values,
        model: &'a Model,
        ray: &[(DriverId, f64)],
    ) -> Self {
        let mut rates = vec![0.0; model.drivers().len()];
        for &(driver, rate) in ray {
            rates[driver.index()] = rate;
        }
        let at = At { flowsheet, values, period: PeriodId::new(0) };
        let functionals = model.functionals();
        let along = |factors: &[f64]| -> f64 {
            factors.iter().zip(&rates).map(|(factor, rate)| factor * rate).sum()
        };
        let mut traded = Vec::new();
        let mut add = |what: What, amount: &Linear, money: &Linear, sign: f64| {
            let amount = model.reduce(amount);
            let (rate, earned) = (along(&amount), sign * along(&model.reduce(money)));
            traded.push(Traded { what, rate, earned, amount });
        };
        for (id, operation) in flowsheet.operations.iter_ids() {
            let whole = || functionals.flow(at, Port::Inlet(id), &Content::whole());
            match &operation.kind {
                Kind::Feed(_) => {
                    add(What::Feed(id), &whole(), &functionals.feed_cost(at, id), -1.0);
                }
                Kind::Product(_) => {
                    add(What::Product(id), &whole(), &functionals.revenue(at, id), 1.0);
                }
                Kind::Waste(_) => {
                    add(What::Waste(id), &whole(), &functionals.disposal(at, id), -1.0);
                }
                Kind::Blender(_) => {
                    let list = functionals.purchases(at, id);
                    for (position, (_, amount, price)) in list.into_iter().enumerate() {
                        let mut cost = Linear::zero();
                        cost.add(price, &amount);
                        add(What::Ingredient(id, position), &amount, &cost, -1.0);
                    }
                }
                _ => {}
            }
        }
        let greatest = traded.iter().fold(0.0_f64, |most, it| most.max(it.rate.abs()));
        traded.retain(|it| it.rate > VANISHES * greatest);
        let is_profit = matches!(flowsheet.objective, Objective::Profit);
        let gain = is_profit.then(|| along(&model.reduce(&functionals.profit(at))));
        Self { flowsheet, model, traded, gain }
    }

    /// What each tonne that is bought costs, what it is sold for, and the prices; none if nothing is bought.
    fn account(&self) -> Option<(String, Vec<(FigureId, &'static str)>)> {
        let gain = self.gain?;
        let total: f64 = self.traded.iter().filter(|it| it.is_bought()).map(|it| it.rate).sum();
        if total <= 0.0 {
            return None;
        }
        let price = |value: f64| format_price(value / total, &self.flowsheet.currency);
        let mut bought: Vec<&Traded> = self.traded.iter().filter(|it| it.is_bought()).collect();
        bought.sort_by(|a, b| b.rate.total_cmp(&a.rate));
        let many = bought.len() > 1;
        let mut places = Vec::new();
        let purchases = bought.iter().take(NAMED).map(|it| {
            let share =
                if many { format!("{} ", format_mass(it.rate / total)) } else { String::new() };
            let says = self.price_of(it).map_or_else(
                || "for nothing".to_owned(),
                |figure| {
                    let paid = it.earned > 0.0;
                    let says = if paid {
                        "one is paid to take this"
                    } else {
                        "bought at this, without end"
                    };
                    places.push((figure, says));
                    let text = &self.flowsheet.figures[figure].text;
                    if paid { format!("which pays {text}") } else { format!("at {text}") }
                },
            );
            format!("{share}{} {says}", self.name(it.what))
        });
        let purchases: Vec<String> = purchases.collect();
        let mut sold: Vec<&Traded> =
            self.traded.iter().filter(|it| !it.is_bought() && it.earned > PART * gain).collect();
        sold.sort_by(|a, b| b.earned.total_cmp(&a.earned));
        let sales: Vec<String> = sold
            .iter()
            .take(NAMED)
            .map(|it| format!("{} as {}", price(it.earned), self.name(it.what)))
            .collect();
        for it in sold.iter().take(NAMED) {
            let What::Product(id) = it.what else { continue };
            let Kind::Product(product) = &self.flowsheet.operations[id].kind else { continue };
            let terms = product.price.terms.iter();
            places.extend(terms.map(|term| (term.figure, "sold at this, without end")));
        }
        let costs = sold.iter().map(|it| it.earned).sum::<f64>() - gain;
        let what = purchases.join(" and ");
        let sentence = format!(
            "each t bought ({what}) earns {} and costs {} in all: a gain of {} without limit",
            sales.join(", "),
            price(costs),
            price(gain)
        );
        Some((sentence, places))
    }

    fn name(&self, what: What) -> String {
        match what {
            What::Feed(id) | What::Product(id) | What::Waste(id) => {
                format!("`{}`", self.flowsheet.operations[id].name)
            }
            What::Ingredient(id, position) => {
                let operation = &self.flowsheet.operations[id];
                let Kind::Blender(blender) = &operation.kind else { return String::new() };
                let species = blender.ingredients[position].species;
                format!("{} for `{}`", self.flowsheet.species[species].name, operation.name)
            }
        }
    }

    /// The figure that prices what is bought.
    fn price_of(&self, traded: &Traded) -> Option<FigureId> {
        match (traded.what, traded.what.operation(self.flowsheet)) {
            (What::Feed(_), Kind::Feed(feed)) => feed.cost,
            (What::Ingredient(_, position), Kind::Blender(blender)) => {
                Some(blender.ingredients[position].price)
            }
            _ => None,
        }
    }

    /// The key that limits it.
    fn key(&self, what: What) -> String {
        match what {
            What::Feed(id) => format!("`feed.{}.supply`", self.flowsheet.operations[id].name),
            What::Product(id) => format!("`product.{}.demand`", self.flowsheet.operations[id].name),
            What::Waste(id) => {
                format!("`waste.{}.limit.total`", self.flowsheet.operations[id].name)
            }
            What::Ingredient(id, position) => {
                let operation = &self.flowsheet.operations[id];
                let Kind::Blender(blender) = &operation.kind else { return String::new() };
                let species = &self.flowsheet.species[blender.ingredients[position].species].name;
                format!("`blender.{}.buy.{species}.supply`", operation.name)
            }
        }
    }

    /// Which limit ends it: each was tried.
    fn missing(&self, options: &Options) -> String {
        let ends = |limited: &[&Traded]| ends(self.model, limited, options);
        let alone: Vec<&Traded> = self.traded.iter().filter(|it| ends(&[it])).collect();
        let keys = |list: &[&Traded]| -> Vec<String> {
            list.iter().take(NAMED).map(|it| self.key(it.what)).collect()
        };
        match alone.as_slice() {
            [] => {
                let all: Vec<&Traded> = self.traded.iter().collect();
                if all.is_empty() || !ends(&all) {
                    return "limit what grows: `supply` of the feeds, `demand` of the products, or a `capacity` on the way".to_owned();
                }
                let keys: Vec<String> = all.iter().map(|it| self.key(it.what)).collect();
                format!(
                    "no single limit ends it: write an upper limit at each of {}",
                    keys.join(", ")
                )
            }
            [one] => format!("an upper limit ends it: write {}", keys(&[one]).join("")),
            several => format!(
                "an upper limit ends it: write one of {}, or a `capacity` on the way",
                keys(several).join(", ")
            ),
        }
    }
}

impl What {
    fn operation(self, flowsheet: &Flowsheet) -> &Kind {
        &flowsheet.operations[self.at()].kind
    }

    const fn at(self) -> OperationId {
        let (Self::Feed(id) | Self::Product(id) | Self::Waste(id) | Self::Ingredient(id, _)) = self;
        id
    }

    /// Whether a limit is on it.
    fn is_limited_by(self, flowsheet: &Flowsheet, limit: &Limit) -> bool {
        let kind = match self {
            Self::Feed(_) => LimitKind::Supply,
            Self::Product(_) => LimitKind::Demand,
            Self::Waste(_) => LimitKind::Disposal,
            Self::Ingredient(..) => LimitKind::Ingredient,
        };
        let same = match (self, limit.port) {
            (Self::Ingredient(_, position), Port::Ingredient(operation, species)) => {
                match &flowsheet.operations[operation].kind {
                    Kind::Blender(blender) => blender.ingredients[position].species == species,
                    _ => false,
                }
            }
            _ => true,
        };
        same && limit.kind == kind && limit.operation == self.at()
    }
}

/// Whether nothing grows for ever once some flows do not: no direction that all rows allow, in which these stay, earns.
fn ends(model: &Model, limited: &[&Traded], options: &Options) -> bool {
    let condensed = model.condensed();
    let mut program: LinearProgram<(), ()> = LinearProgram::new();
    for (_, column) in condensed.columns() {
        let lower = if column.lower.is_finite() { 0.0 } else { -1.0 };
        let upper = if column.upper.is_finite() { 0.0 } else { 1.0 };
        program.add_column((), column.cost, lower, upper);
    }
    for (id, row) in condensed.rows() {
        program.add_row((), row.sense, 0.0, condensed.row_terms(id));
    }
    for traded in limited {
        let terms = program.columns().map(|(id, _)| id).zip(traded.amount.iter().copied());
        let terms: Vec<_> = terms.filter(|&(_, factor)| factor != 0.0).collect();
        program.add_row((), RowSense::AtMost, 0.0, terms);
    }
    let largest = condensed.columns().fold(0.0_f64, |most, (_, it)| most.max(it.cost.abs()));
    lp::solve(&program, options).is_ok_and(|found| found.objective >= -1e-9 * largest)
}
