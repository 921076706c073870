//! Products and wastes: where material leaves.

use super::super::{Lowering, figures::Expect, limits::LimitOn};
use super::Place;
use crate::{
    diagnostic::{Code, Diagnostic},
    document::{ProductTable, WasteTable},
    flowsheet::{Content, LimitKind, Port, PriceTerm, Product, Sense, Waste},
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
        Some(Product { price, role: table.role.unwrap_or_default() })
    }

    pub(super) fn lower_waste(&mut self, table: &'d WasteTable, place: &Place<'d>) -> Waste {
        let mut cost: Vec<PriceTerm> = Vec::new();
        for figure in &table.cost.0 {
            let path = format!("{}.cost", place.path);
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
