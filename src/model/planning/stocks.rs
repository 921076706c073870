//! Stockpiles, returns from the past, contracts, and what is paid for and not taken.

use super::{Horizon, Rule, RuleRow};
use crate::{
    flowsheet::{Content, ContractPrice, Kind, OperationId, PeriodId, Port},
    index::Id,
    lp::RowSense,
    model::{Decision, Functionals, Linear, functional::At},
};

impl Functionals {
    /// What is in stockpiles, and what comes back from the past.
    pub(super) fn stock_rules(&self, horizon: Horizon<'_>, rows: &mut Vec<RuleRow>) {
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
    pub(super) fn trade_rules(
        &self,
        at: At<'_>,
        id: OperationId,
        kind: &Kind,
        rows: &mut Vec<RuleRow>,
    ) {
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
}
