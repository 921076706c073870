//! The language of measures: `flow(magnets) - 0.5 * flow(oxide, Nd)`.

use super::{Lowering, did_you_mean};
use crate::{
    diagnostic::{Code, Diagnostic, nearest},
    document::{Name, Origin, Role},
    flowsheet::{
        Content, CostOf, Kind, Measure, MeasureUnit, OperationId, Port, StreamId, Term, ValueOf,
    },
};

/// The functions, for suggestions.
const FUNCTIONS: [&str; 9] = [
    "flow",
    "inlet",
    "contracted",
    "value",
    "cost",
    "in-situ",
    "consumption",
    "emission",
    "profit",
];

/// Largest factor.
const LARGEST: f64 = 1e15;

/// Deepest nesting of parentheses.
const DEEPEST: usize = 64;

/// A part of an expression that cannot be read.
struct Fault {
    start: usize,
    end: usize,
    message: String,
    help: Option<String>,
    code: Code,
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

type Terms = Vec<(f64, Term, MeasureUnit)>;

impl Lowering<'_> {
    /// Reads a measure; its terms must share one unit.
    pub(super) fn measure(&mut self, text: &Name) -> Option<Measure> {
        let mut parser = Parser { text, at: 0, depth: 0 };
        let parsed = self.parse_sum(&mut parser).and_then(|terms| {
            parser.skip_space();
            if parser.at < text.len() {
                return Err(parser.fault("expected `+`, `-` or the end"));
            }
            Ok(terms)
        });
        let terms = match parsed {
            Ok(terms) => terms,
            Err(fault) => {
                let span = text.span.part(text, fault.start..fault.end);
                let mut diagnostic = Diagnostic::new(fault.code, fault.message).at(span, "");
                if let Some(help) = fault.help {
                    diagnostic = diagnostic.help(help);
                }
                self.report(diagnostic);
                return None;
            }
        };
        if terms.is_empty() {
            let message = format!("`{text}` measures nothing: the flowsheet has no such thing");
            let help = "feeds say their `origin`, products their `role`";
            self.report(Diagnostic::new(Code::BadMeasure, message).at(text.span, "").help(help));
            return None;
        }
        let unit = terms[0].2;
        if let Some(other) = terms.iter().find(|term| term.2 != unit) {
            let currency = &self.units.currency;
            let message =
                format!("the measure adds {} and {}", unit.text(currency), other.2.text(currency));
            let help =
                "only terms of one unit can be added; make a `ratio` of two measures, or two goals";
            self.report(Diagnostic::new(Code::BadMeasure, message).at(text.span, "").help(help));
            return None;
        }
        let terms = terms.into_iter().map(|(factor, term, _)| (factor, term)).collect();
        Some(Measure { text: text.value.clone(), terms, unit })
    }

    fn parse_sum(&mut self, parser: &mut Parser<'_>) -> Result<Terms, Fault> {
        parser.depth += 1;
        if parser.depth > DEEPEST {
            return Err(parser.fault("parentheses nest too deep"));
        }
        let mut sum = Vec::new();
        let mut sign = if parser.take('-') { -1.0 } else { 1.0 };
        loop {
            let product = self.parse_product(parser)?;
            sum.extend(product.into_iter().map(|(factor, term, unit)| (sign * factor, term, unit)));
            if parser.take('+') {
                sign = 1.0;
            } else if parser.take('-') {
                sign = -1.0;
            } else {
                break;
            }
        }
        parser.depth -= 1;
        Ok(sum)
    }

    fn parse_product(&mut self, parser: &mut Parser<'_>) -> Result<Terms, Fault> {
        parser.skip_space();
        let mut factor = 1.0;
        if let Some(number) = parser.number()? {
            factor = number;
            if !parser.take('*') {
                return Err(parser.fault(
                    "expected `*` after a number; a measure is a sum of flows, not a number",
                ));
            }
        }
        let terms = if parser.take('(') {
            let inner = self.parse_sum(parser)?;
            parser.expect(')')?;
            inner
        } else {
            self.parse_call(parser)?
        };
        Ok(terms.into_iter().map(|(inner, term, unit)| (factor * inner, term, unit)).collect())
    }

    fn parse_call(&mut self, parser: &mut Parser<'_>) -> Result<Terms, Fault> {
        let (function, start) = parser.word()?;
        let end = parser.at;
        parser.expect('(')?;
        let mut arguments: Vec<(String, usize, usize)> = Vec::new();
        parser.skip_space();
        if !parser.take(')') {
            loop {
                let (argument, start) = parser.argument()?;
                let end = start + argument.len();
                arguments.push((argument, start, end));
                if !parser.take(',') {
                    parser.expect(')')?;
                    break;
                }
            }
        }
        self.call(&function, (start, end), &arguments, parser.at)
    }

    /// What a product sells by its contracts.
    fn contracted(&self, argument: &(String, usize, usize)) -> Result<Terms, Fault> {
        let operation = self.find_operation(argument)?;
        let count = match &self.operations[operation].kind {
            Kind::Product(product) => product.contracts.len(),
            _ => 0,
        };
        if count == 0 {
            return Err(Fault {
                start: argument.1,
                end: argument.2,
                message: format!("`{}` has no contracts", argument.0),
                help: Some("add `[product.NAME.contract.NAME]`".to_owned()),
                code: Code::BadMeasure,
            });
        }
        let term = |at| Term::Flow(Port::Contract(operation, at), Content::whole());
        Ok((0..count).map(|at| (1.0, term(at), MeasureUnit::MassRate)).collect())
    }

    fn call(
        &mut self,
        function: &str,
        at: (usize, usize),
        arguments: &[(String, usize, usize)],
        end: usize,
    ) -> Result<Terms, Fault> {
        let counts = match function {
            "flow" | "inlet" => 1..=2,
            "value" | "cost" | "in-situ" | "consumption" | "contracted" => 1..=1,
            "emission" | "profit" => 0..=0,
            _ => {
                let near = nearest(function, FUNCTIONS).map(str::to_owned);
                let help =
                    did_you_mean(near, &format!("the functions are `{}`", FUNCTIONS.join("`, `")));
                let message = format!("`{function}` is no measure");
                return Err(Fault {
                    start: at.0,
                    end: at.1,
                    message,
                    help: Some(help),
                    code: Code::BadMeasure,
                });
            }
        };
        if !counts.contains(&arguments.len()) {
            let message = format!(
                "`{function}` takes {}, found {}",
                match *counts.end() {
                    0 => "no argument",
                    1 => "one argument",
                    _ => "one or two arguments",
                },
                arguments.len()
            );
            let help = match function {
                "emission" | "profit" => {
                    format!("write `{function}()`: it is of the whole flowsheet")
                }
                "flow" | "inlet" => {
                    format!("write `{function}(NAME)` or `{function}(NAME, BASIS)`")
                }
                _ => format!("write `{function}(NAME)`"),
            };
            let help = Some(help);
            return Err(Fault { start: at.0, end, message, help, code: Code::BadMeasure });
        }
        let content = |lowering: &Self| match arguments.get(1) {
            None => Ok(Content::whole()),
            Some((name, start, end)) => lowering.measured_content(name, *start, *end),
        };
        let money = MeasureUnit::MoneyRate;
        Ok(match function {
            "flow" => {
                let port = self.flow_port(&arguments[0])?;
                vec![(1.0, Term::Flow(port, content(self)?), MeasureUnit::MassRate)]
            }
            "inlet" => {
                let operation = self.find_operation(&arguments[0])?;
                let port = Port::Inlet(operation);
                vec![(1.0, Term::Flow(port, content(self)?), MeasureUnit::MassRate)]
            }
            "contracted" => self.contracted(&arguments[0])?,
            "value" => {
                let values = self.values_of(&arguments[0])?;
                values.into_iter().map(|value| (1.0, Term::Value(value), money)).collect()
            }
            "cost" => {
                let costs = self.costs_of(&arguments[0])?;
                costs.into_iter().map(|cost| (1.0, Term::Cost(cost), money)).collect()
            }
            "in-situ" => {
                let feeds = self.feeds_of(&arguments[0])?;
                feeds.into_iter().map(|feed| (1.0, Term::InSitu(feed), money)).collect()
            }
            "consumption" => {
                let (name, ..) = &arguments[0];
                let found = self.consumables.ids().find(|&id| self.consumables[id].name == *name);
                let Some(id) = found else {
                    let known = self.consumables.iter().map(|item| item.name.as_str());
                    let near = nearest(name, known).map(str::to_owned);
                    return Err(unknown(
                        &arguments[0],
                        "consumable",
                        near,
                        self.names_of_consumables(),
                    ));
                };
                let unit = match self.consumables[id].unit {
                    "kWh" => MeasureUnit::EnergyRate,
                    "m3" => MeasureUnit::VolumeRate,
                    _ => MeasureUnit::MassRate,
                };
                vec![(1.0, Term::Consumption(id), unit)]
            }
            "emission" => vec![(1.0, Term::Emission, MeasureUnit::MassRate)],
            _ => vec![(1.0, Term::Profit, money)],
        })
    }

    fn measured_content(&self, name: &str, start: usize, end: usize) -> Result<Content, Fault> {
        self.find_content(name).map_err(|found| {
            let (message, help, code) = (found.message, found.help, found.code);
            Fault { start, end, message, help, code }
        })
    }

    fn names_of_consumables(&self) -> String {
        let names: Vec<&str> = self.consumables.iter().map(|item| item.name.as_str()).collect();
        if names.is_empty() {
            "define it: `[consumable.NAME]` with a `price`".to_owned()
        } else {
            format!("the consumables are `{}`", names.join("`, `"))
        }
    }

    fn find_stream(&self, name: &str) -> Option<StreamId> {
        self.streams.ids().find(|&id| self.streams[id].name == name)
    }

    fn find_operation(&self, argument: &(String, usize, usize)) -> Result<OperationId, Fault> {
        self.names.get(&argument.0).copied().ok_or_else(|| {
            let near = nearest(&argument.0, self.names_in_order()).map(str::to_owned);
            unknown(argument, "operation", near, String::new())
        })
    }

    fn names_in_order(&self) -> Vec<&str> {
        self.operations.iter().map(|operation| operation.name.as_str()).collect()
    }

    /// A stream by its name, or what enters an operation that has no stream of its name.
    fn flow_port(&self, argument: &(String, usize, usize)) -> Result<Port, Fault> {
        if let Some(stream) = self.find_stream(&argument.0) {
            return Ok(Port::Stream(stream));
        }
        if let Some(&operation) = self.names.get(&argument.0) {
            return Ok(Port::Inlet(operation));
        }
        let streams = self.streams.iter().map(|stream| stream.name.as_str());
        let near = nearest(&argument.0, streams.chain(self.names_in_order())).map(str::to_owned);
        let help = "streams are named `OPERATION.OUTLET`, or `OPERATION` where it has one outlet without a name";
        Err(unknown(argument, "stream or operation", near, help.to_owned()))
    }

    fn values_of(&self, argument: &(String, usize, usize)) -> Result<Vec<ValueOf>, Fault> {
        let products = |wanted: Option<Role>| {
            let is = |kind: &Kind| matches!(kind, Kind::Product(product) if wanted.is_none_or(|role| product.role == role));
            let found = self.operations.iter_ids().filter(|(_, operation)| is(&operation.kind));
            found.map(|(id, _)| ValueOf::Product(id)).collect()
        };
        match argument.0.as_str() {
            "products" => return Ok(products(None)),
            "final-products" => return Ok(products(Some(Role::Final))),
            "by-products" => return Ok(products(Some(Role::ByProduct))),
            "intermediates" => return Ok(products(Some(Role::Intermediate))),
            _ => {}
        }
        if let Some(stream) = self.find_stream(&argument.0) {
            if self.streams[stream].price.is_some() {
                return Ok(vec![ValueOf::Stream(stream)]);
            }
            return Err(Fault {
                start: argument.1,
                end: argument.2,
                message: format!("stream `{}` has no price", argument.0),
                help: Some(
                    "give its outlet a price: `to = { OUTLET = { to = \"…\", price = \"…\" } }`"
                        .to_owned(),
                ),
                code: Code::BadMeasure,
            });
        }
        let operation = self.find_operation(argument)?;
        match &self.operations[operation].kind {
            Kind::Product(_) => Ok(vec![ValueOf::Product(operation)]),
            _ => Err(Fault {
                start: argument.1,
                end: argument.2,
                message: format!(
                    "`{}` is no product, and no stream of that name has a price",
                    argument.0
                ),
                help: Some(
                    "name a product, a priced stream, or `products`, `final-products`, `by-products` or `intermediates`"
                        .to_owned(),
                ),
                code: Code::BadMeasure,
            }),
        }
    }

    fn feeds_of(&self, argument: &(String, usize, usize)) -> Result<Vec<OperationId>, Fault> {
        let feeds = |wanted: Origin| {
            let is = |kind: &Kind| matches!(kind, Kind::Feed(feed) if feed.origin == wanted);
            let found = self.operations.iter_ids().filter(|(_, operation)| is(&operation.kind));
            found.map(|(id, _)| id).collect()
        };
        match argument.0.as_str() {
            "primary-feed" => Ok(feeds(Origin::Primary)),
            "secondary-feed" => Ok(feeds(Origin::Secondary)),
            "purchased-feed" => Ok(feeds(Origin::Purchased)),
            _ => {
                let operation = self.find_operation(argument)?;
                if matches!(self.operations[operation].kind, Kind::Feed(_)) {
                    return Ok(vec![operation]);
                }
                Err(Fault {
                    start: argument.1,
                    end: argument.2,
                    message: format!("`{}` is no feed", argument.0),
                    help: Some(
                        "name a feed, or `primary-feed`, `secondary-feed` or `purchased-feed`"
                            .to_owned(),
                    ),
                    code: Code::BadMeasure,
                })
            }
        }
    }

    fn costs_of(&self, argument: &(String, usize, usize)) -> Result<Vec<CostOf>, Fault> {
        match argument.0.as_str() {
            "primary-feed" | "secondary-feed" | "purchased-feed" => {
                Ok(self.feeds_of(argument)?.into_iter().map(CostOf::Feed).collect())
            }
            "all" => {
                let operations = self.operations.iter_ids();
                Ok(operations
                    .flat_map(|(id, operation)| {
                        let feed =
                            matches!(operation.kind, Kind::Feed(_)).then_some(CostOf::Feed(id));
                        feed.into_iter().chain([CostOf::Operation(id)])
                    })
                    .collect())
            }
            _ => {
                let id = self.find_operation(argument)?;
                let feed = matches!(self.operations[id].kind, Kind::Feed(_));
                Ok(if feed { vec![CostOf::Feed(id)] } else { vec![CostOf::Operation(id)] })
            }
        }
    }
}

fn unknown(
    argument: &(String, usize, usize),
    what: &str,
    near: Option<String>,
    otherwise: String,
) -> Fault {
    let otherwise = (!otherwise.is_empty()).then_some(otherwise);
    Fault {
        start: argument.1,
        end: argument.2,
        message: format!("`{}` is no {what}", argument.0),
        help: near.map(|near| format!("did you mean `{near}`?")).or(otherwise),
        code: Code::BadMeasure,
    }
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, wanted: char) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn expect(&mut self, wanted: char) -> Result<(), Fault> {
        if self.take(wanted) { Ok(()) } else { Err(self.fault(&format!("expected `{wanted}`"))) }
    }

    fn fault(&self, message: &str) -> Fault {
        let end = self.at + self.rest().chars().next().map_or(0, char::len_utf8);
        Fault {
            start: self.at,
            end,
            message: message.to_owned(),
            help: Some(
                "a measure is a sum such as `flow(magnets) + 0.5 * flow(powder, Nd)`".to_owned(),
            ),
            code: Code::BadMeasure,
        }
    }

    fn number(&mut self) -> Result<Option<f64>, Fault> {
        self.skip_space();
        let length = self
            .rest()
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(self.rest().len());
        if length == 0 {
            return Ok(None);
        }
        let number: f64 =
            self.rest()[..length].parse().map_err(|_| self.fault("this is no number"))?;
        if number > LARGEST {
            return Err(self.fault("a factor of a measure is at most 1e15"));
        }
        self.at += length;
        Ok(Some(number))
    }

    fn word(&mut self) -> Result<(String, usize), Fault> {
        self.skip_space();
        let start = self.at;
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        let length = self.rest().find(|c: char| !is_word(c)).unwrap_or(self.rest().len());
        if length == 0 {
            return Err(self.fault("expected a function such as `flow(…)`"));
        }
        self.at += length;
        Ok((self.text[start..self.at].to_owned(), start))
    }

    /// What stands between parentheses and commas; a formula may hold parentheses of its own.
    fn argument(&mut self) -> Result<(String, usize), Fault> {
        self.skip_space();
        let start = self.at;
        let mut depth = 0_usize;
        for (offset, c) in self.rest().char_indices() {
            match c {
                '(' => depth += 1,
                ')' if depth > 0 => depth -= 1,
                ')' | ',' => {
                    self.at = start + offset;
                    let argument = self.text[start..self.at].trim_end().to_owned();
                    if argument.is_empty() {
                        return Err(self.fault("expected a name"));
                    }
                    return Ok((argument, start));
                }
                _ => {}
            }
        }
        self.at = self.text.len();
        Err(self.fault("expected `)`"))
    }
}
