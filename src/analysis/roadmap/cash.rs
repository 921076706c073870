//! The cash flow of a plan, line by line, and what follows from it.

use std::collections::BTreeMap;

use super::{CashFlow, CashLine, Finance, Levelised, Years};
use crate::{
    analysis::flows::account_lines,
    document::Role,
    finance::{self, Irr},
    flowsheet::{FigureId, Kind, Money, OperationId, Period, PeriodId, Port},
    index::Id,
    model::Decision,
    years,
};

/// A price is looked for up to so many times the present one.
const FARTHEST: f64 = 1e3;

/// Nominal money by calendar year.
type Yearly = BTreeMap<i64, f64>;

/// The cash flow by calendar year, line by line.
#[derive(Default)]
struct Ledger {
    base: f64,
    rate: f64,
    lines: Vec<(&'static str, Yearly)>,
}

impl Ledger {
    fn add(&mut self, name: &'static str, year: i64, amount: f64) {
        let at = self.lines.iter().position(|(line, _)| *line == name).unwrap_or_else(|| {
            self.lines.push((name, Yearly::new()));
            self.lines.len() - 1
        });
        if amount != 0.0 {
            *self.lines[at].1.entry(year).or_default() += amount;
        }
    }

    /// All lines, as years from the base year and money.
    fn flows(&self) -> Vec<(f64, f64)> {
        let mut sum = Yearly::new();
        for (_, line) in &self.lines {
            for (&year, amount) in line {
                *sum.entry(year).or_default() += amount;
            }
        }
        sum.into_iter().map(|(year, amount)| (year as f64 - self.base, amount)).collect()
    }

    fn worth(&self, line: &Yearly) -> f64 {
        let discount = |year: i64| finance::discount_factor(self.rate, year as f64 - self.base);
        line.iter().map(|(&year, amount)| amount * discount(year)).sum()
    }
}

/// The calendar years that a period overlaps, and for how long.
fn calendar(period: &Period) -> Vec<(i64, f64)> {
    let mut years = Vec::new();
    let mut year = period.from.floor();
    while year < period.end() {
        let overlap = years::Years { from: year, length: 1.0 }.overlap(period.time());
        if overlap > 0.0 {
            years.push((whole(year), overlap));
        }
        year += 1.0;
    }
    years
}

/// A calendar year as a whole number.
#[expect(clippy::cast_possible_truncation, reason = "calendar years are small")]
fn whole(year: f64) -> i64 {
    year.round() as i64
}

/// Losses on their way to the periods after.
#[derive(Default)]
struct Taxed {
    loss: f64,
}

impl Taxed {
    /// What is taxed of what was earned in the next period: less what was written off, less the losses before.
    fn base(&mut self, earned: f64, written: f64) -> f64 {
        let taxable = earned - written - self.loss;
        self.loss = (-taxable).max(0.0);
        taxable.max(0.0)
    }
}

/// What each period is made of, evaluated once.
pub(super) struct Books {
    /// Operating lines, money per year at the prices of the base year.
    lines: Vec<Vec<(&'static str, f64)>>,
    /// Their sum.
    profit: Vec<f64>,
    /// What is spent on what is decided, at the prices of the base year.
    capital: Vec<f64>,
    /// Depreciation, nominal money over the period.
    written: Vec<f64>,
    /// What is taxed, likewise.
    taxed: Vec<f64>,
    /// All of it by calendar year.
    ledger: Ledger,
}

impl Books {
    /// The books of a plan.
    pub(super) fn of(plan: &Years<'_>) -> Self {
        let (flowsheet, functionals) = (plan.flowsheet, plan.model.functionals());
        let horizon = plan.model.horizon(flowsheet);
        let each = |of: &dyn Fn(PeriodId) -> f64| flowsheet.periods.ids().map(of).collect();
        let lines: Vec<Vec<(&'static str, f64)>> =
            flowsheet.periods.ids().map(|period| plan.operating_lines(period)).collect();
        let sum = |lines: &Vec<(&'static str, f64)>| lines.iter().map(|(_, amount)| amount).sum();
        let mut books = Self {
            profit: lines.iter().map(sum).collect(),
            lines,
            capital: each(&|period| plan.value(&functionals.capital(horizon, period))),
            written: each(&|period| plan.value(&functionals.depreciation(horizon, period))),
            taxed: Vec::new(),
            ledger: Ledger::default(),
        };
        books.taxed = plan.taxed(&books);
        books.ledger = plan.ledger(&books);
        books
    }
}

impl Years<'_> {
    fn money(&self) -> Money {
        self.flowsheet.money.clone().unwrap_or_default()
    }

    /// Operating lines of a period, money per year at the prices of the base year.
    fn operating_lines(&self, period: PeriodId) -> Vec<(&'static str, f64)> {
        let context = self.in_period(period);
        let functionals = context.functionals();
        let mut lines: Vec<(&'static str, f64)> = account_lines(&context)
            .into_iter()
            .map(|(name, sum)| (name, self.value(&sum)))
            .collect();
        lines.push(("labour", -self.value(&functionals.labour(context.at()))));
        let [overhead, royalty] = functionals.overheads(self.model.horizon(self.flowsheet), period);
        lines.push(("overheads", -self.value(&overhead)));
        lines.push(("royalty", -self.value(&royalty)));
        lines
    }

    /// What is taxed in each period, nominal money over it: earnings less depreciation, less the losses before.
    fn taxed(&self, books: &Books) -> Vec<f64> {
        let (flowsheet, money) = (self.flowsheet, self.money());
        let functionals = self.model.functionals();
        let mut taxed = Taxed::default();
        let periods = flowsheet.periods.iter_ids();
        let bases = periods.map(|(period, data)| {
            if !flowsheet.is_dated() {
                let driver = functionals.driver(period, Decision::Taxable);
                return driver.map_or(0.0, |driver| self.solution.driver(driver));
            }
            let values = self.model.at(flowsheet, period).values;
            let at = period.index();
            let earned = money.escalated(values, data) * data.years * books.profit[at];
            taxed.base(earned, books.written[at])
        });
        bases.collect()
    }

    fn ledger(&self, books: &Books) -> Ledger {
        let (flowsheet, money) = (self.flowsheet, self.money());
        let first = PeriodId::new(0);
        let values = |period| self.model.at(flowsheet, period).values;
        let rate = money.rate(values(first));
        let mut ledger = Ledger { base: money.base_year, rate, lines: Vec::new() };
        for (period, data) in flowsheet.periods.iter_ids() {
            let growth = money.escalation.map_or(0.0, |id| values(period)[id]);
            let lines = &books.lines[period.index()];
            for (year, overlap) in calendar(data) {
                let factor = overlap * (1.0 + growth).powf(year as f64 - money.base_year);
                for &(name, amount) in lines {
                    ledger.add(name, year, amount * factor);
                }
                if let Some(tax) = money.tax {
                    let base = books.taxed[period.index()] / data.years;
                    ledger.add("tax", year, -values(period)[tax] * base * overlap);
                }
            }
            let capital = books.capital[period.index()];
            for (year, _, nominal) in money.spending_of(values(period), data) {
                ledger.add("capital", whole(year), -capital * nominal);
            }
            let last = flowsheet.periods.iter().next_back().map_or(0.0, Period::end);
            if let Some((year, cost)) = money.closing(values(period), last) {
                ledger.add("closure", whole(year), -cost * capital);
            }
        }
        ledger
    }
}

/// The cash flow by period; of the static model the lines of one year, and its annuities.
pub(super) fn flow(plan: &Years<'_>, books: &Books) -> CashFlow {
    let flowsheet = plan.flowsheet;
    let ledger = &books.ledger;
    let mut lines: Vec<CashLine> = Vec::new();
    let mut after = 0.0;
    let count = flowsheet.periods.len();
    let period_of = |year: i64| {
        let year = year as f64;
        flowsheet.periods.iter().position(|it| it.from.floor() <= year && year < it.end())
    };
    // What falls in one calendar year of several periods is told with its own period where it is known.
    let mut sums = vec![0.0; count];
    for (name, yearly) in &ledger.lines {
        let mut values = vec![0.0; count];
        if ["capital", "closure"].contains(name) || !flowsheet.is_dated() {
            for (&year, amount) in yearly {
                match period_of(year) {
                    Some(at) => values[at] += amount,
                    None if flowsheet.is_dated() => after += amount,
                    None => values[0] += amount,
                }
            }
        } else {
            values = by_period(plan, books, name);
        }
        if !flowsheet.is_dated() && *name == "capital" {
            values = vec![annuity(plan, books)];
        }
        sums.iter_mut().zip(&values).for_each(|(sum, value)| *sum += value);
        if values.iter().any(|&value| value != 0.0) {
            lines.push(CashLine { name: (*name).to_owned(), values });
        }
    }
    let mut total = 0.0;
    let cumulative = sums.iter().map(|value| {
        total += value;
        total
    });
    let cumulative: Vec<f64> = cumulative.collect();
    lines.push(CashLine { name: "cash flow".to_owned(), values: sums });
    if flowsheet.is_dated() {
        lines.push(CashLine { name: "cumulative".to_owned(), values: cumulative });
    }
    CashFlow { lines, after }
}

/// What the static plan pays per year for what is built.
fn annuity(plan: &Years<'_>, books: &Books) -> f64 {
    let profit = books.profit[0];
    let worth = plan.value(&plan.model.functionals().worth(plan.model.horizon(plan.flowsheet)));
    let values = plan.model.at(plan.flowsheet, PeriodId::new(0)).values;
    let tax = plan.money().tax.map_or(0.0, |tax| values[tax] * books.taxed[0]);
    worth - profit + tax
}

/// A line that flows evenly through each period, nominal.
fn by_period(plan: &Years<'_>, books: &Books, name: &str) -> Vec<f64> {
    let money = plan.money();
    let periods = plan.flowsheet.periods.iter_ids();
    let values = periods.map(|(period, data)| {
        let values = plan.model.at(plan.flowsheet, period).values;
        if name == "tax" {
            return -money.tax.map_or(0.0, |id: FigureId| values[id]) * books.taxed[period.index()];
        }
        let lines = &books.lines[period.index()];
        let amount = lines.iter().find(|(line, _)| *line == name).map_or(0.0, |it| it.1);
        amount * money.escalated(values, data) * data.years + 0.0
    });
    values.collect()
}

/// What the plan is worth.
pub(super) fn finance(plan: &Years<'_>, books: &Books) -> Finance {
    let flowsheet = plan.flowsheet;
    let ledger = &books.ledger;
    let worth = plan.value(&plan.model.functionals().worth(plan.model.horizon(flowsheet)));
    if !flowsheet.is_dated() {
        return Finance {
            owed: false,
            discount: ledger.rate,
            base_year: ledger.base,
            net_present_value: worth,
            internal_rates: Vec::new(),
            payback: None,
            discounted_payback: None,
            levelised: Vec::new(),
        };
    }
    let flows = ledger.flows();
    let owed = flows.iter().any(|&(_, amount)| amount < 0.0);
    let back = |time: Option<f64>| time.filter(|_| owed);
    // Of another objective than this worth the taxes of the program are not the least.
    let worth = finance::npv(ledger.rate, &flows);
    Finance {
        owed,
        discount: ledger.rate,
        base_year: ledger.base,
        net_present_value: worth,
        internal_rates: match finance::irr(&flows) {
            Irr::Unique(rate) => vec![rate],
            Irr::Several(rates) => rates,
            Irr::None => Vec::new(),
        },
        payback: back(finance::payback(&flows)),
        discounted_payback: back(finance::discounted_payback(ledger.rate, &flows)),
        levelised: levelised(plan, books),
    }
}

/// What each product costs.
fn levelised(plan: &Years<'_>, books: &Books) -> Vec<Levelised> {
    let (flowsheet, ledger) = (plan.flowsheet, &books.ledger);
    let mut list = Vec::new();
    let costs: f64 = ledger
        .lines
        .iter()
        .filter(|(name, _)| *name != "tax" && *name != "revenue")
        .map(|(_, line)| -ledger.worth(line))
        .sum();
    let revenue: f64 = ledger
        .lines
        .iter()
        .filter(|(name, _)| *name == "revenue")
        .map(|(_, line)| ledger.worth(line))
        .sum();
    for (id, operation) in flowsheet.operations.iter_ids() {
        let Kind::Product(product) = &operation.kind else { continue };
        let sold = plan.measured(Port::Inlet(id));
        let (quantity, own) = plan.sold(id, &sold);
        let Some(cost) = finance::levelised_cost(costs - (revenue - own), quantity) else {
            continue;
        };
        list.push(Levelised {
            product: operation.name.clone(),
            is_final: product.role == Role::Final,
            cost,
            price: own / quantity,
            minimum_selling_price: minimum_price(plan, books, &sold, own / quantity),
        });
    }
    list
}

impl Years<'_> {
    /// Present worth of what a product sells, of which so much flows in each period: t and money, both at the growth of
    /// prices.
    fn sold(&self, product: OperationId, flows: &[f64]) -> (f64, f64) {
        let money = self.money();
        let (mut quantity, mut revenue) = (0.0, 0.0);
        for (period, data) in self.flowsheet.periods.iter_ids() {
            let context = self.in_period(period);
            let weight = money.weight(context.values, data);
            quantity += weight * flows[period.index()];
            revenue +=
                weight * context.value(&context.functionals().revenue(context.at(), product));
        }
        (quantity, revenue)
    }

    /// Net present value of this plan if each tonne of a product, of which so much is sold in each period, earned so much
    /// more, taxes paid anew.
    fn worth_at(&self, books: &Books, sold: &[f64], more: f64) -> f64 {
        let (flowsheet, money) = (self.flowsheet, self.money());
        let (mut worth, mut taxed) = (0.0, Taxed::default());
        let end = flowsheet.periods.iter().next_back().map_or(0.0, Period::end);
        for (period, data) in flowsheet.periods.iter_ids() {
            let values = self.model.at(flowsheet, period).values;
            let share = |figure: Option<FigureId>| figure.map_or(0.0, |id| values[id]);
            let kept = 1.0
                - share(money.royalty)
                - share(money.on_revenue) * (1.0 + share(money.on_operating));
            let at = period.index();
            let profit = books.profit[at] + kept * more * sold[at];
            worth += money.weight(values, data) * profit;
            let capital = books.capital[at];
            worth -= money.capital_weight(values, data) * capital;
            worth -= money.closing_weight(values, end) * capital;
            if let Some(tax) = money.tax {
                let base = taxed
                    .base(money.escalated(values, data) * data.years * profit, books.written[at]);
                worth -= values[tax] * base * money.discounted(values, data);
            }
        }
        worth
    }
}

/// The price at which the plan is worth nothing, by bisection.
fn minimum_price(plan: &Years<'_>, books: &Books, sold: &[f64], price: f64) -> Option<f64> {
    let (mut low, mut high) = (-price.abs(), price.abs().max(1.0) * FARTHEST);
    let worth = |more: f64| plan.worth_at(books, sold, more);
    if worth(high) < 0.0 {
        return None;
    }
    while worth(low) > 0.0 {
        if low < -price.abs().max(1.0) * FARTHEST {
            return None;
        }
        low = 2.0 * low - 1.0;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if worth(middle) < 0.0 { low = middle } else { high = middle }
    }
    Some(price + 0.5 * (low + high))
}
