//! What it costs to be there, what is earned over the years, and the taxes and budgets on it.

use super::{Horizon, Rule, RuleRow};
use crate::{
    finance,
    flowsheet::{FigureId, Flowsheet, Measure, MeasureUnit, Money, OperationId, PeriodId},
    index::Id,
    lp::RowSense,
    model::{Decision, Functionals, Linear, functional::At},
    years::Years,
};

/// Time of depreciation if none is said, yr.
const DEPRECIATION: f64 = 10.0;

impl Functionals {
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
        let share = |figure: Option<FigureId>| figure.map_or(0.0, |id| at.values[id]);
        let sum = |needed: bool, of: &dyn Fn(OperationId) -> Linear| {
            let mut sum = Linear::zero();
            for id in at.flowsheet.operations.ids().filter(|_| needed) {
                sum.add(1.0, &of(id));
            }
            sum
        };
        let paid = money.on_revenue.is_some() || money.royalty.is_some();
        let revenue = sum(paid, &|id| self.revenue(at, id));
        let operating = sum(money.on_operating.is_some(), &|id| self.operation_cost(at, id));
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

    /// A measure over all periods, times a factor: money as its present worth, everything else as its sum over time.
    pub(crate) fn summed(&self, horizon: Horizon<'_>, factor: f64, measure: &Measure) -> Linear {
        let (flowsheet, mut sum) = (horizon.flowsheet, Linear::zero());
        for (period, data) in flowsheet.periods.iter_ids() {
            let weight = match &flowsheet.money {
                Some(money) if flowsheet.is_dated() && measure.unit == MeasureUnit::MoneyRate => {
                    money.weight(&horizon.values[period], data)
                }
                _ => data.years,
            };
            sum.add(factor * weight, &self.measure(horizon.at(period), measure));
        }
        sum
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
    pub(super) fn annuities(&self, at: At<'_>) -> Linear {
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
            worth.add(-money.closing_weight(values, horizon.last().end()), &capital);
            if let Some(tax) = money.tax {
                let base = self.one(period, Decision::Taxable, 1.0);
                worth.add(-values[tax] * money.discounted(values, data), &base);
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
                let written = Years { from: begin, length: years };
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

    /// What is spent in each calendar year is within the budget.
    pub(super) fn budget_rules(&self, horizon: Horizon<'_>, rows: &mut Vec<RuleRow>) {
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
            let own = Years { from: year, length: 1.0 };
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
    pub(super) fn tax_rule(&self, horizon: Horizon<'_>, period: PeriodId) -> Option<RuleRow> {
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
fn taxing(flowsheet: &Flowsheet) -> Option<(&Money, FigureId)> {
    let money = flowsheet.money.as_ref()?;
    Some((money, money.tax?))
}
