//! Products and wastes: where material leaves.

use super::super::{Lowering, figures::Expect, limits::LimitOn};
use super::Place;
use crate::{
    diagnostic::{Code, Diagnostic},
    document::{ProductTable, Provenance, WasteTable},
    flowsheet::{
        Content, Contract, ContractPrice, LimitKind, Port, Price, PriceTerm, Product, Sense, Waste,
    },
    measure::Dimension,
};

impl<'d> Lowering<'d> {
    pub(super) fn lower_product(
        &mut self,
        table: &'d ProductTable,
        place: &Place<'d>,
    ) -> Option<Product> {
        if let Some(demand) = &table.demand {
            let on = Self::limit_on(place, LimitKind::Demand);
            let path = format!("{}.demand", place.path);
            self.lower_limit(demand, Sense::AtMost, &path, &place.inherit, &on);
        }
        for (name, limit) in &table.specification {
            let Some(content) = self.content(name, name.span) else { continue };
            let on = LimitOn {
                kind: LimitKind::Specification,
                operation: place.id,
                port: Port::Inlet(place.id),
                content,
                share_of: Some(Port::Inlet(place.id)),
                grows: false,
                span: name.span,
            };
            let path = format!("{}.specification.{name}", place.path);
            self.lower_limit(limit, Sense::AtLeast, &path, &place.inherit, &on);
        }
        let path = format!("{}.price", place.path);
        let price = self.lower_price(&table.price, table.payable.as_ref(), &path, &place.inherit);
        let Some(price) = price else {
            let message = format!("product `{}` has no price", place.name);
            self.report(
                Diagnostic::new(Code::MissingKey, message)
                    .at(place.name.span, "")
                    .help("write `price = \"0 USD/t\"` for what is given away"),
            );
            return None;
        };
        let contracts = self.lower_contracts(table, place, &price);
        Some(Product { price, contracts, role: table.role.unwrap_or_default() })
    }

    fn lower_contracts(
        &mut self,
        table: &'d ProductTable,
        place: &Place<'d>,
        price: &Price,
    ) -> Vec<Contract> {
        let mut contracts = Vec::new();
        let whole = price.terms.iter().all(|term| term.content.is_whole());
        for (at, (name, contract)) in table.contract.iter().enumerate() {
            let path = format!("{}.contract.{name}", place.path);
            let own =
                Provenance::said(&contract.source, contract.assumed.as_ref(), contract.confidence);
            let inherit = own.or(&place.inherit);
            if !whole {
                let message = format!(
                    "`{}` is priced by what it contains, so its contract `{name}` has no price per t",
                    place.name
                );
                let finding = Diagnostic::new(Code::WrongBasis, message).at(name.span, "");
                self.report(finding.help("give the product a price per t of the whole stream"));
            }
            let fixed = contract.price.as_ref().and_then(|figure| {
                let expect = Expect::not_negative(Dimension::MONEY_PER_MASS).usual_price();
                Some(self.figure(figure, &format!("{path}.price"), &inherit, &expect)?.id)
            });
            let premium = contract.premium.as_ref().and_then(|figure| {
                let expect = Expect::any(Dimension::FRACTION);
                Some(self.figure(figure, &format!("{path}.premium"), &inherit, &expect)?.id)
            });
            let price = match (fixed, premium) {
                (Some(price), None) => ContractPrice::Fixed(price),
                (None, Some(premium)) => ContractPrice::Indexed(premium),
                _ => {
                    let message = format!("`{path}` needs either a `price` or a `premium`");
                    let finding = Diagnostic::new(Code::MissingKey, message).at(name.span, "");
                    self.report(finding.help(
                        "a fixed `price`, or a `premium` on the product's own price, such as `\"5 %\"`",
                    ));
                    continue;
                }
            };
            let on = LimitOn {
                kind: LimitKind::Contract,
                operation: place.id,
                port: Port::Contract(place.id, at),
                content: Content::whole(),
                share_of: None,
                grows: false,
                span: name.span,
            };
            if let Some(share) = &contract.share {
                let on = LimitOn { share_of: Some(Port::Inlet(place.id)), ..on.clone() };
                self.lower_limit(share, Sense::AtMost, &format!("{path}.share"), &inherit, &on);
            }
            if let Some(amount) = &contract.amount {
                self.lower_limit(amount, Sense::AtMost, &format!("{path}.amount"), &inherit, &on);
            }
            contracts.push(Contract { name: name.value.clone(), price });
        }
        contracts
    }

    pub(super) fn lower_waste(&mut self, table: &'d WasteTable, place: &Place<'d>) -> Waste {
        let mut cost: Vec<PriceTerm> = Vec::new();
        for (at, figure) in table.cost.0.iter().enumerate() {
            let path = format!("{}.cost", place.path);
            let path = Self::item_path(&path, at, table.cost.0.len());
            let expect = Expect::not_negative(Dimension::MONEY_PER_MASS).usual_price().per();
            let Some(found) = self.figure(figure, &path, &place.inherit, &expect) else { continue };
            let content = match &found.basis.denominator {
                Some(basis) => self.content(basis, found.basis_span(basis)),
                None => Some(Content::whole()),
            };
            if let Some(content) = content {
                cost.push(PriceTerm { figure: found.id, content, payable: None });
            }
        }
        for (name, limit) in &table.limit {
            let content = if name.value == "total" {
                Some(Content::whole())
            } else {
                self.content(name, name.span)
            };
            let Some(content) = content else { continue };
            let on =
                LimitOn { content, span: name.span, ..Self::limit_on(place, LimitKind::Disposal) };
            let path = format!("{}.limit.{name}", place.path);
            self.lower_limit(limit, Sense::AtMost, &path, &place.inherit, &on);
        }
        Waste { cost }
    }
}
