//! What is decided besides flows: capacity that is built, routes, operators, and the money that they cost over time.
//!
//! Sizes whose cost is no straight line through the origin are written piece by piece: of each piece the size `y` and
//! whether it is taken, `b`, with `from · b ≤ y ≤ to · b` and `Σ b ≤ 1`; the cost is `Σ intercept · b + slope · y`. Where
//! the cost per size grows the pieces follow one another by themselves, and no `b` is needed.

use super::{Decision, Driver, Functionals, Linear, functional::At};
use crate::{
    curve::{CostCurve, ScaleLaw, Segment},
    finance,
    flowsheet::{
        Build, BuildCost, BuildId, ChoiceId, Content, ContractPrice, Flowsheet, Kind, Money,
        Operation, OperationId, Period, PeriodId, Port, Stockpile, Values,
    },
    index::{Id, IdVec},
    lp::RowSense,
};

/// Largest relative error of the pieces of a cost by scale, if none is said.
const SCALE_ERROR: f64 = 0.01;

/// Time of depreciation if none is said, yr.
const DEPRECIATION: f64 = 10.0;

/// What is written of the size of one addition.
pub(crate) enum Shape {
    /// Cost per t/yr; no least size.
    Linear(f64),
    /// Pieces of which one is taken, with the relative error of the cost.
    Pieces(Vec<Segment>, f64),
    /// Pieces that follow one another, as the cost per size grows.
    Growing(Vec<Segment>),
    /// Size of a train, t/yr, and its cost.
    Train(f64, f64),
}

/// The shape of what may be built, at given values of the figures.
pub(crate) fn shape(build: &Build, values: &Values) -> Shape {
    match &build.cost {
        BuildCost::Linear(cost) => {
            let cost = values[*cost];
            match (build.min, build.max) {
                (Some(min), Some(max)) => Shape::Pieces(
                    vec![Segment {
                        from: values[min],
                        to: values[max],
                        intercept: 0.0,
                        slope: cost,
                    }],
                    0.0,
                ),
                _ => Shape::Linear(cost),
            }
        }
        BuildCost::Scale { capacity, cost, exponent, error } => {
            let law = ScaleLaw {
                capacity: values[*capacity],
                cost: values[*cost],
                exponent: values[*exponent],
            };
            let (least, most) = (build.min, build.max);
            let (Some(least), Some(most)) = (least, most) else { return Shape::Linear(0.0) };
            let (least, most) = (values[least], values[most]);
            if most <= least {
                let cost = law.at(least);
                let only = Segment { from: least, to: least, intercept: cost, slope: 0.0 };
                return Shape::Pieces(vec![only], 0.0);
            }
            let error = error.map_or(SCALE_ERROR, |id| values[id]);
            let found = law.piecewise(least, most, error);
            Shape::Pieces(found.curve.segments(), found.error)
        }
        BuildCost::Curve(points) => {
            let points = points.iter().map(|&(size, cost)| (values[size], values[cost])).collect();
            // What is wrong with a curve was reported when it was read.
            let Ok(curve) = CostCurve::new(points) else { return Shape::Linear(0.0) };
            let from_nothing = curve.points().first() == Some(&(0.0, 0.0));
            if from_nothing && curve.is_convex() && build.min.is_none() && !build.counted {
                Shape::Growing(within(&curve.segments(), 0.0, build.max.map(|id| values[id])))
            } else {
                let least = build.min.map_or(0.0, |id| values[id]);
                Shape::Pieces(within(&curve.segments(), least, build.max.map(|id| values[id])), 0.0)
            }
        }
        BuildCost::Train { capacity, cost, .. } => Shape::Train(values[*capacity], values[*cost]),
    }
}

/// The pieces of a curve between two sizes.
fn within(segments: &[Segment], least: f64, most: Option<f64>) -> Vec<Segment> {
    let most = most.unwrap_or(f64::INFINITY);
    let cut =
        segments.iter().map(|it| Segment { from: it.from.max(least), to: it.to.min(most), ..*it });
    cut.filter(|it| it.to > it.from).collect()
}

impl Shape {
    /// Number of pieces.
    fn pieces(&self) -> &[Segment] {
        match self {
            Self::Pieces(pieces, _) | Self::Growing(pieces) => pieces,
            Self::Linear(_) | Self::Train(..) => &[],
        }
    }

    /// The largest size that may be built at once, t/yr; none without an end.
    pub(crate) fn largest(&self, build: &Build, values: &Values) -> Option<f64> {
        match (self, &build.cost) {
            (Self::Train(size, _), BuildCost::Train { max, .. }) => max.map(|max| max * size),
            (Self::Pieces(pieces, _) | Self::Growing(pieces), _) => pieces.last().map(|it| it.to),
            _ => build.max.map(|id| values[id]),
        }
    }
}

/// All decisions of planning, in a fixed order.
pub(super) fn list_drivers(
    flowsheet: &Flowsheet,
    values: &IdVec<PeriodId, Values>,
    drivers: &mut IdVec<super::DriverId, Driver>,
) {
    let first = PeriodId::new(0);
    let mut add = |decision, period| {
        drivers.push(Driver { decision, period });
    };
    for (id, build) in flowsheet.builds.iter_ids() {
        for &period in &build.decided {
            match shape(build, &values[period]) {
                Shape::Linear(_) => add(Decision::Addition(id), period),
                Shape::Train(..) => add(Decision::Trains(id), period),
                Shape::Growing(pieces) => {
                    (0..pieces.len()).for_each(|at| add(Decision::Piece(id, at), period));
                }
                Shape::Pieces(pieces, _) => {
                    for at in 0..pieces.len() {
                        add(Decision::Piece(id, at), period);
                        add(Decision::Pick(id, at), period);
                    }
                }
            }
        }
    }
    for choice in &flowsheet.choices {
        let periods: Vec<PeriodId> =
            if choice.per_period { flowsheet.periods.ids().collect() } else { vec![first] };
        for period in periods {
            choice.operations.iter().for_each(|&id| add(Decision::Open(id), period));
        }
    }
    let staffed = flowsheet.operations.iter().any(|it| it.operators.is_some());
    let stands = |it: &Operation| {
        let held = |it: &Stockpile| it.opening.is_some() && it.holding.is_some();
        it.fixed_cost.is_some() || matches!(&it.kind, Kind::Stockpile(stock) if held(stock))
    };
    let standing = staffed || flowsheet.operations.iter().any(stands);
    if standing {
        add(Decision::Standing, first);
    }
    for period in flowsheet.periods.ids() {
        let Some(money) = &flowsheet.money else { continue };
        if staffed && money.whole_operators {
            add(Decision::Operators, period);
        }
        if money.tax.is_some() {
            add(Decision::Taxable, period);
            add(Decision::Loss, period);
        }
    }
}

/// A rule that decisions of planning obey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// What is in a stockpile is what was there, and what came, less what was drawn and lost.
    Stock(OperationId),
    /// What was sold before the first period counts once.
    Past(OperationId),
    /// By contracts no more is sold than there is.
    Contracts(OperationId),
    /// What is paid for and not taken is at least what is missing.
    TakeOrPay(OperationId),
    /// A piece is not larger than its end.
    PieceEnd(BuildId, usize),
    /// A piece is at least as large as its beginning.
    PieceStart(BuildId, usize),
    /// At most one piece is taken; of a closed alternative, none.
    OnePiece(BuildId),
    /// What is built at once has an end; of a closed alternative, nothing is built.
    Largest(BuildId),
    /// One of the alternatives is there.
    Choice(ChoiceId),
    /// What is closed passes nothing.
    Closed(OperationId),
    /// What is there whatever is decided counts once.
    Standing,
    /// There are as many operators as are needed.
    Operators,
    /// What is spent on what is built is within the budget.
    Budget,
    /// What is taxed is what was earned, less depreciation and losses.
    Taxable,
}

/// A rule as a row.
pub(super) struct RuleRow {
    pub(super) rule: Rule,
    pub(super) period: PeriodId,
    pub(super) sense: RowSense,
    pub(super) rhs: f64,
    pub(super) left: Linear,
}

/// What planning needs at hand: the flowsheet, and the values of its figures in all periods.
#[derive(Clone, Copy)]
pub(crate) struct Horizon<'a> {
    pub(crate) flowsheet: &'a Flowsheet,
    pub(crate) values: &'a IdVec<PeriodId, Values>,
}

impl<'a> Horizon<'a> {
    pub(crate) fn at(self, period: PeriodId) -> At<'a> {
        At { flowsheet: self.flowsheet, values: &self.values[period], period }
    }

    fn last(self) -> &'a Period {
        let periods = &self.flowsheet.periods;
        &periods[PeriodId::new(periods.len() - 1)]
    }
}

impl Functionals {
    fn one(&self, period: PeriodId, decision: Decision, factor: f64) -> Linear {
        let mut linear = Linear::zero();
        if let Some(driver) = self.driver(period, decision) {
            linear.drivers.push((driver, factor));
        }
        linear
    }

    /// Size that is decided in a period, t/yr.
    pub(crate) fn added(&self, at: At<'_>, build: BuildId, decided: PeriodId) -> Linear {
        let mut size = self.one(decided, Decision::Addition(build), 1.0);
        if let BuildCost::Train { capacity, .. } = at.flowsheet.builds[build].cost {
            size.add(1.0, &self.one(decided, Decision::Trains(build), at.values[capacity]));
        }
        for piece in 0.. {
            let Some(driver) = self.driver(decided, Decision::Piece(build, piece)) else { break };
            size.drivers.push((driver, 1.0));
        }
        size
    }

    /// How many plants are built: 0 or 1, or the number of trains; none if it is not counted.
    pub(crate) fn count(&self, build: BuildId, decided: PeriodId) -> Option<Linear> {
        let mut count = self.one(decided, Decision::Trains(build), 1.0);
        for piece in 0.. {
            let Some(driver) = self.driver(decided, Decision::Pick(build, piece)) else { break };
            count.drivers.push((driver, 1.0));
        }
        (!count.drivers.is_empty()).then_some(count)
    }

    /// Capacity in a period that was built, t/yr.
    pub(crate) fn built(&self, at: At<'_>, build: BuildId) -> Linear {
        let data = &at.flowsheet.builds[build];
        let periods = &at.flowsheet.periods;
        let mut capacity = Linear::zero();
        for &decided in &data.decided {
            let share = data.at_hand(at.values, &periods[decided], &periods[at.period]);
            if share > 0.0 {
                capacity.add(share, &self.added(at, build, decided));
            }
        }
        capacity
    }

    /// Cost of the equipment that is decided in a period, at the prices of the base year; `at` is that period.
    pub(crate) fn equipment(&self, at: At<'_>, build: BuildId) -> Linear {
        let data = &at.flowsheet.builds[build];
        let mut cost = Linear::zero();
        match shape(data, at.values) {
            Shape::Linear(slope) => {
                cost.add(slope, &self.one(at.period, Decision::Addition(build), 1.0));
            }
            Shape::Train(_, each) => {
                cost.add(each, &self.one(at.period, Decision::Trains(build), 1.0));
            }
            Shape::Pieces(pieces, _) | Shape::Growing(pieces) => {
                for (piece, segment) in pieces.iter().enumerate() {
                    let size = self.one(at.period, Decision::Piece(build, piece), segment.slope);
                    let taken =
                        self.one(at.period, Decision::Pick(build, piece), segment.intercept);
                    cost.add(1.0, &size);
                    cost.add(1.0, &taken);
                }
            }
        }
        cost
    }

    /// Whether an operation is there, as a functional with value 1 (or the number of its trains) where it is.
    fn presence(&self, at: At<'_>, operation: OperationId) -> Linear {
        let flowsheet = at.flowsheet;
        let built = flowsheet.builds.iter_ids().find(|(_, build)| build.operation == operation);
        if let Some((id, build)) = built
            && at.values[flowsheet.limits[build.limit].figure] == 0.0
            && let Some(first) = build.decided.first()
            && self.count(id, *first).is_some()
        {
            let mut presence = Linear::zero();
            for &decided in &build.decided {
                let periods = &flowsheet.periods;
                let share = build.stands(at.values, &periods[decided], &periods[at.period]);
                if let (Some(count), true) = (self.count(id, decided), share > 0.0) {
                    presence.add(share, &count);
                }
            }
            return presence;
        }
        match self.open(at.period, operation) {
            Some(open) => Linear { nodes: Vec::new(), drivers: vec![(open, 1.0)] },
            None => self.one(PeriodId::new(0), Decision::Standing, 1.0),
        }
    }

    /// The decision on an alternative in a period; none if the operation is no alternative.
    pub(crate) fn open(&self, period: PeriodId, operation: OperationId) -> Option<super::DriverId> {
        let decision = Decision::Open(operation);
        self.driver(period, decision).or_else(|| self.driver(PeriodId::new(0), decision))
    }

    /// Cost of an operation while it is there, money per year.
    pub(crate) fn fixed_cost(&self, at: At<'_>, operation: OperationId) -> Linear {
        let mut cost = Linear::zero();
        if let Some(figure) = at.flowsheet.operations[operation].fixed_cost {
            cost.add(at.values[figure], &self.presence(at, operation));
        }
        cost
    }

    /// Operators that are needed.
    pub(crate) fn operators(&self, at: At<'_>) -> Linear {
        let mut sum = Linear::zero();
        for (id, operation) in at.flowsheet.operations.iter_ids() {
            if let Some(figure) = operation.operators {
                sum.add(at.values[figure], &self.presence(at, id));
            }
        }
        sum
    }

    /// Cost of operators, money per year.
    pub(crate) fn labour(&self, at: At<'_>) -> Linear {
        let mut cost = Linear::zero();
        let Some(wage) = at.flowsheet.money.as_ref().and_then(|money| money.wage) else {
            return cost;
        };
        let whole = self.one(at.period, Decision::Operators, 1.0);
        let operators = if whole.is_empty() { self.operators(at) } else { whole };
        cost.add(at.values[wage], &operators);
        cost
    }

    /// Cost of the plant that was built and stands, at the prices of the base year.
    pub(crate) fn plant(&self, horizon: Horizon<'_>, period: PeriodId) -> Linear {
        let (flowsheet, mut value) = (horizon.flowsheet, Linear::zero());
        let Some(money) = &flowsheet.money else { return value };
        let values = &horizon.values[period];
        let (factor, _) = money.plant_and_total(values);
        for (id, build) in flowsheet.builds.iter_ids() {
            for &decided in &build.decided {
                let periods = &flowsheet.periods;
                let share = build.stands(values, &periods[decided], &periods[period]);
                if share > 0.0 {
                    value.add(share * factor, &self.equipment(horizon.at(decided), id));
                }
            }
        }
        value
    }

    /// Costs in proportion to others, and royalty, money per year.
    pub(crate) fn overheads(&self, horizon: Horizon<'_>, period: PeriodId) -> [Linear; 2] {
        let at = horizon.at(period);
        let Some(money) = &at.flowsheet.money else { return [Linear::zero(), Linear::zero()] };
        let share =
            |figure: Option<crate::flowsheet::FigureId>| figure.map_or(0.0, |id| at.values[id]);
        let operations: Vec<OperationId> = at.flowsheet.operations.ids().collect();
        let mut revenue = Linear::zero();
        let mut operating = Linear::zero();
        for &id in &operations {
            revenue.add(1.0, &self.revenue(at, id));
            operating.add(1.0, &self.operation_cost(at, id));
        }
        let labour = self.labour(at);
        let mut own = Linear::zero();
        own.add(share(money.on_labour), &labour);
        if money.on_plant.is_some() {
            own.add(share(money.on_plant), &self.plant(horizon, period));
        }
        own.add(share(money.on_revenue), &revenue);
        let all = share(money.on_operating);
        let mut overhead = own.clone();
        overhead.add(all, &operating);
        overhead.add(all, &labour);
        overhead.add(all, &own);
        let mut royalty = Linear::zero();
        royalty.add(share(money.royalty), &revenue);
        [overhead, royalty]
    }

    /// Revenue less all costs of a period but capital and tax, at the prices of the base year, money per year.
    pub(crate) fn operating_profit(&self, horizon: Horizon<'_>, period: PeriodId) -> Linear {
        let at = horizon.at(period);
        let mut profit = self.profit(at);
        profit.add(-1.0, &self.labour(at));
        for part in self.overheads(horizon, period) {
            profit.add(-1.0, &part);
        }
        profit
    }

    /// What is spent in all on what is decided in a period, at the prices of the base year.
    pub(crate) fn capital(&self, horizon: Horizon<'_>, decided: PeriodId) -> Linear {
        let (flowsheet, mut cost) = (horizon.flowsheet, Linear::zero());
        let at = horizon.at(decided);
        let factor = flowsheet.money.as_ref().map_or(1.0, |it| it.plant_and_total(at.values).1);
        for (id, build) in flowsheet.builds.iter_ids() {
            if build.decided.contains(&decided) {
                cost.add(factor, &self.equipment(at, id));
            }
        }
        cost
    }

    /// What capital costs per year in the static model: each build by the annuity of its life.
    fn annuities(&self, at: At<'_>) -> Linear {
        let (flowsheet, mut cost) = (at.flowsheet, Linear::zero());
        let money = flowsheet.money.as_ref();
        let factor = money.map_or(1.0, |it| it.plant_and_total(at.values).1);
        let rate = money.map_or(0.0, |money| money.rate(at.values));
        for (id, build) in flowsheet.builds.iter_ids() {
            let recovery = match build.life {
                Some(life) => finance::capital_recovery_factor(rate, at.values[life]),
                // For ever.
                None => rate,
            };
            cost.add(factor * recovery, &self.equipment(at, id));
        }
        cost
    }

    /// Present worth of everything, or, in the static model, profit less annuities.
    pub(crate) fn worth(&self, horizon: Horizon<'_>) -> Linear {
        let (flowsheet, mut worth) = (horizon.flowsheet, Linear::zero());
        let first = PeriodId::new(0);
        if !flowsheet.is_dated() {
            worth.add(1.0, &self.operating_profit(horizon, first));
            worth.add(-1.0, &self.annuities(horizon.at(first)));
            if let Some((_, tax)) = taxing(flowsheet) {
                let base = self.one(first, Decision::Taxable, 1.0);
                worth.add(-horizon.values[first][tax], &base);
            }
            return worth;
        }
        let plain = Money::default();
        let money = flowsheet.money.as_ref().unwrap_or(&plain);
        for (period, data) in flowsheet.periods.iter_ids() {
            let values = &horizon.values[period];
            let weight = money.weight(values, data);
            worth.add(weight, &self.operating_profit(horizon, period));
            let capital = self.capital(horizon, period);
            worth.add(-money.capital_weight(values, data), &capital);
            if let Some((year, cost)) = money.closing(values, horizon.last().end()) {
                let years = year - money.base_year;
                let discount = finance::discount_factor(money.rate(values), years);
                worth.add(-cost * discount, &capital);
            }
            if let Some(tax) = money.tax {
                let nominal =
                    finance::present_worth(data.time(), money.base_year, 0.0, money.rate(values))
                        / data.years;
                let base = self.one(period, Decision::Taxable, 1.0);
                worth.add(-values[tax] * nominal, &base);
            }
        }
        worth
    }

    /// Depreciation in a period of all that was decided, nominal money over the period.
    pub(crate) fn depreciation(&self, horizon: Horizon<'_>, period: PeriodId) -> Linear {
        let (flowsheet, mut sum) = (horizon.flowsheet, Linear::zero());
        let Some(money) = &flowsheet.money else { return sum };
        let data = &flowsheet.periods[period];
        for (id, build) in flowsheet.builds.iter_ids() {
            for &decided in &build.decided {
                let at = horizon.at(decided);
                let years = money.depreciation.map_or(DEPRECIATION, |id| at.values[id]);
                let begin = flowsheet.periods[decided].from
                    + build.lead.map_or(0.0, |lead| at.values[lead]);
                let written = crate::years::Years { from: begin, length: years };
                let share = written.overlap(data.time()) / years;
                if share > 0.0 {
                    let spent = money.spending_of(at.values, &flowsheet.periods[decided]);
                    let nominal: f64 = spent.iter().map(|&(.., nominal)| nominal).sum();
                    let (_, total) = money.plant_and_total(at.values);
                    sum.add(share * nominal * total, &self.equipment(at, id));
                }
            }
        }
        sum
    }

    /// All rules that decisions of planning obey.
    pub(super) fn rules(&self, horizon: Horizon<'_>) -> Vec<RuleRow> {
        let mut rows = Vec::new();
        for (id, build) in horizon.flowsheet.builds.iter_ids() {
            for &period in &build.decided {
                self.size_rules(horizon.at(period), id, build, &mut rows);
            }
        }
        self.stock_rules(horizon, &mut rows);
        self.choice_rules(horizon, &mut rows);
        self.budget_rules(horizon, &mut rows);
        let first = PeriodId::new(0);
        let standing = self.one(first, Decision::Standing, 1.0);
        if !standing.is_empty() {
            let (rule, sense) = (Rule::Standing, RowSense::Equal);
            rows.push(RuleRow { rule, period: first, sense, rhs: 1.0, left: standing });
        }
        for period in horizon.flowsheet.periods.ids() {
            let mut left = self.one(period, Decision::Operators, 1.0);
            if !left.is_empty() {
                left.add(-1.0, &self.operators(horizon.at(period)));
                let (rule, sense) = (Rule::Operators, RowSense::AtLeast);
                rows.push(RuleRow { rule, period, sense, rhs: 0.0, left });
            }
            rows.extend(self.tax_rule(horizon, period));
        }
        rows
    }

    /// What is in stockpiles, and what comes back from the past.
    fn stock_rules(&self, horizon: Horizon<'_>, rows: &mut Vec<RuleRow>) {
        let flowsheet = horizon.flowsheet;
        for (id, operation) in flowsheet.operations.iter_ids() {
            for (period, data) in flowsheet.periods.iter_ids() {
                let at = horizon.at(period);
                let past = self.one(period, Decision::Past(id), 1.0);
                if !past.is_empty() {
                    let (rule, sense) = (Rule::Past(id), RowSense::Equal);
                    rows.push(RuleRow { rule, period, sense, rhs: 1.0, left: past });
                }
                self.trade_rules(at, id, &operation.kind, rows);
                let Kind::Stockpile(stockpile) = &operation.kind else { continue };
                let (kept, through) = stockpile.kept(at.values, data.years);
                let mut left = self.one(period, Decision::Stock(id), 1.0);
                let mut rhs = 0.0;
                match period.index().checked_sub(1) {
                    Some(before) => {
                        let before = PeriodId::new(before);
                        left.add(-kept, &self.one(before, Decision::Stock(id), 1.0));
                    }
                    None => rhs = kept * stockpile.opening.map_or(0.0, |id| at.values[id]),
                }
                left.add(-through, &self.flow(at, Port::Inlet(id), &Content::whole()));
                left.add(through, &self.one(period, Decision::Draw(id), 1.0));
                let (rule, sense) = (Rule::Stock(id), RowSense::Equal);
                rows.push(RuleRow { rule, period, sense, rhs, left });
            }
        }
    }

    /// What contracts sell, and what is paid for and not taken.
    fn trade_rules(&self, at: At<'_>, id: OperationId, kind: &Kind, rows: &mut Vec<RuleRow>) {
        let period = at.period;
        let flow = || self.flow(at, Port::Inlet(id), &Content::whole());
        match kind {
            Kind::Product(product) if !product.contracts.is_empty() => {
                let mut left = Linear::zero();
                for contract in 0..product.contracts.len() {
                    left.add(1.0, &self.one(period, Decision::Contract(id, contract), 1.0));
                }
                left.add(-1.0, &flow());
                let (rule, sense) = (Rule::Contracts(id), RowSense::AtMost);
                rows.push(RuleRow { rule, period, sense, rhs: 0.0, left });
            }
            Kind::Feed(feed) => {
                let Some(least) = feed.take_or_pay else { return };
                let mut left = self.one(period, Decision::Unused(id), 1.0);
                left.add(1.0, &flow());
                let (rule, sense) = (Rule::TakeOrPay(id), RowSense::AtLeast);
                rows.push(RuleRow { rule, period, sense, rhs: at.values[least], left });
            }
            _ => {}
        }
    }

    /// What contracts earn beyond the product's own price, money per year.
    pub(crate) fn contracts(&self, at: At<'_>, operation: OperationId) -> Linear {
        let mut earned = Linear::zero();
        let Kind::Product(product) = &at.flowsheet.operations[operation].kind else {
            return earned;
        };
        let spot: f64 = product.price.terms.iter().map(|term| term.paid(at.values)).sum();
        for (index, contract) in product.contracts.iter().enumerate() {
            let more = match contract.price {
                ContractPrice::Fixed(price) => at.values[price] - spot,
                ContractPrice::Indexed(premium) => at.values[premium] * spot,
            };
            earned.add(more, &self.one(at.period, Decision::Contract(operation, index), 1.0));
        }
        earned
    }

    /// What the state pays, money per year.
    pub(crate) fn incentives(&self, at: At<'_>, operation: OperationId) -> Linear {
        let mut paid = Linear::zero();
        for rate in &at.flowsheet.operations[operation].incentive {
            paid.add(1.0, &self.rate(at, rate));
        }
        paid
    }

    /// What is in a stockpile, mean over a period, t: half of what is there at its beginning and half of what at its end.
    pub(crate) fn mean_stock(&self, at: At<'_>, operation: OperationId) -> Linear {
        let mut stock = self.one(at.period, Decision::Stock(operation), 0.5);
        if let Some(before) = at.period.index().checked_sub(1) {
            stock.add(0.5, &self.one(PeriodId::new(before), Decision::Stock(operation), 1.0));
        } else if let Kind::Stockpile(stockpile) = &at.flowsheet.operations[operation].kind
            && let Some(opening) = stockpile.opening
        {
            stock.add(0.5 * at.values[opening], &self.one(at.period, Decision::Standing, 1.0));
        }
        stock
    }

    /// Cost of holding a stock, money per year.
    pub(crate) fn holding(&self, at: At<'_>, operation: OperationId) -> Linear {
        let mut cost = Linear::zero();
        if let Kind::Stockpile(stockpile) = &at.flowsheet.operations[operation].kind
            && let Some(figure) = stockpile.holding
        {
            cost.add(at.values[figure], &self.mean_stock(at, operation));
        }
        cost
    }

    /// How large what is decided in a period may be.
    fn size_rules(&self, at: At<'_>, id: BuildId, build: &Build, rows: &mut Vec<RuleRow>) {
        let period = at.period;
        let shape = shape(build, at.values);
        let picked = matches!(shape, Shape::Pieces(..));
        for (piece, segment) in shape.pieces().iter().enumerate() {
            let size = self.one(period, Decision::Piece(id, piece), 1.0);
            let taken = self.one(period, Decision::Pick(id, piece), 1.0);
            let mut left = size.clone();
            left.add(-segment.to, &taken);
            let rhs = if picked { 0.0 } else { segment.to - segment.from };
            let (rule, sense) = (Rule::PieceEnd(id, piece), RowSense::AtMost);
            rows.push(RuleRow { rule, period, sense, rhs, left });
            if picked && segment.from > 0.0 {
                let mut left = size;
                left.add(-segment.from, &taken);
                let (rule, sense) = (Rule::PieceStart(id, piece), RowSense::AtLeast);
                rows.push(RuleRow { rule, period, sense, rhs: 0.0, left });
            }
        }
        // An alternative that is closed for ever is not built.
        let decision = Decision::Open(build.operation);
        let per_life = at
            .flowsheet
            .choices
            .iter()
            .any(|choice| !choice.per_period && choice.operations.contains(&build.operation));
        let open = self.one(PeriodId::new(0), decision, 1.0);
        let open = (per_life && !open.is_empty()).then_some(open);
        if let (true, Some(mut left)) = (picked, self.count(id, period)) {
            let mut rhs = 1.0;
            if let Some(open) = &open {
                left.add(-1.0, open);
                rhs = 0.0;
            }
            let (rule, sense) = (Rule::OnePiece(id), RowSense::AtMost);
            rows.push(RuleRow { rule, period, sense, rhs, left });
        } else if let Some(largest) = shape.largest(build, at.values) {
            let mut left = self.added(at, id, period);
            let mut rhs = largest;
            if let Some(open) = &open {
                left.add(-largest, open);
                rhs = 0.0;
            }
            let (rule, sense) = (Rule::Largest(id), RowSense::AtMost);
            rows.push(RuleRow { rule, period, sense, rhs, left });
        }
    }

    /// One of the alternatives is there, and what is closed passes nothing.
    fn choice_rules(&self, horizon: Horizon<'_>, rows: &mut Vec<RuleRow>) {
        let flowsheet = horizon.flowsheet;
        for (id, choice) in flowsheet.choices.iter_ids() {
            for period in flowsheet.periods.ids() {
                let mut left = Linear::zero();
                for &operation in &choice.operations {
                    left.add(1.0, &self.one(period, Decision::Open(operation), 1.0));
                }
                if left.is_empty() {
                    continue;
                }
                let sense = if choice.optional { RowSense::AtMost } else { RowSense::Equal };
                rows.push(RuleRow { rule: Rule::Choice(id), period, sense, rhs: 1.0, left });
            }
        }
        for (_, limit) in flowsheet.limits.iter_ids() {
            let Some(build) = limit.build else { continue };
            let data = &flowsheet.builds[build];
            for period in flowsheet.periods.ids() {
                let Some(open) = self.open(period, limit.operation) else { continue };
                let at = horizon.at(period);
                let mut most = Self::bound(at, limit);
                for &decided in &data.decided {
                    let periods = &flowsheet.periods;
                    let share = data.at_hand(at.values, &periods[decided], &periods[period]);
                    let values = &horizon.values[decided];
                    most += share * shape(data, values).largest(data, values).unwrap_or(0.0);
                }
                let mut left = self.flow(at, limit.port, &limit.content);
                left.drivers.push((open, -most));
                let rule = Rule::Closed(limit.operation);
                rows.push(RuleRow { rule, period, sense: RowSense::AtMost, rhs: 0.0, left });
            }
        }
    }

    /// What is spent in each calendar year is within the budget.
    fn budget_rules(&self, horizon: Horizon<'_>, rows: &mut Vec<RuleRow>) {
        let flowsheet = horizon.flowsheet;
        let Some((money, budget)) =
            flowsheet.money.as_ref().and_then(|money| Some((money, money.budget?)))
        else {
            return;
        };
        let (rule, sense) = (Rule::Budget, RowSense::AtMost);
        let first = PeriodId::new(0);
        if !flowsheet.is_dated() {
            let (rhs, left) = (horizon.values[first][budget], self.capital(horizon, first));
            rows.push(RuleRow { rule, period: first, sense, rhs, left });
            return;
        }
        let mut year = flowsheet.periods[first].from.floor();
        while year < horizon.last().end() {
            let own = crate::years::Years { from: year, length: 1.0 };
            let mut row: Option<RuleRow> = None;
            for (period, data) in flowsheet.periods.iter_ids() {
                let overlap = own.overlap(data.time());
                if overlap > 0.0 {
                    let rhs = overlap * horizon.values[period][budget];
                    let left = Linear::zero();
                    row.get_or_insert(RuleRow { rule, period, sense, rhs: 0.0, left }).rhs += rhs;
                }
            }
            if let Some(mut row) = row {
                for (decided, data) in flowsheet.periods.iter_ids() {
                    let spent = money.spending_of(&horizon.values[decided], data).into_iter();
                    let share: f64 =
                        spent.filter(|it| it.0 == year).map(|(_, share, _)| share).sum();
                    row.left.add(share, &self.capital(horizon, decided));
                }
                if !row.left.is_empty() {
                    rows.push(row);
                }
            }
            year += 1.0;
        }
    }

    /// What is taxed, over the period: earnings less depreciation less losses of the periods before.
    fn tax_rule(&self, horizon: Horizon<'_>, period: PeriodId) -> Option<RuleRow> {
        let flowsheet = horizon.flowsheet;
        let (money, _) = taxing(flowsheet)?;
        let data = &flowsheet.periods[period];
        let mut left = self.one(period, Decision::Taxable, 1.0);
        left.add(-1.0, &self.one(period, Decision::Loss, 1.0));
        if let Some(before) = period.index().checked_sub(1) {
            left.add(1.0, &self.one(PeriodId::new(before), Decision::Loss, 1.0));
        }
        let values = &horizon.values[period];
        let dated = flowsheet.is_dated();
        let escalated = if dated { money.escalated(values, data) * data.years } else { 1.0 };
        left.add(-escalated, &self.operating_profit(horizon, period));
        if dated {
            left.add(1.0, &self.depreciation(horizon, period));
        } else {
            left.add(1.0, &self.annuities(horizon.at(period)));
        }
        let (rule, sense) = (Rule::Taxable, RowSense::Equal);
        Some(RuleRow { rule, period, sense, rhs: 0.0, left })
    }
}

/// How money counts, and the tax, if there is one.
fn taxing(flowsheet: &Flowsheet) -> Option<(&Money, crate::flowsheet::FigureId)> {
    let money = flowsheet.money.as_ref()?;
    Some((money, money.tax?))
}

/// The largest value of a decision.
pub(super) const fn upper_bound(decision: Decision) -> f64 {
    match decision {
        Decision::Pick(..) | Decision::Open(_) => 1.0,
        _ => f64::INFINITY,
    }
}

/// Whether a decision takes whole values only.
pub(super) const fn is_whole(decision: Decision) -> bool {
    matches!(
        decision,
        Decision::Pick(..) | Decision::Trains(_) | Decision::Open(_) | Decision::Operators
    )
}
