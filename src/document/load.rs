//! From the bytes of a file to a checked [`Document`].

use std::sync::Arc;

use self_cell::self_cell;
use serde::Deserialize;

use super::{
    Change, Document, change, check,
    include::{Files, Reader},
    names, patch,
    tree::{Shelf, Tree},
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Sources, Span};

/// How a file is to be read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// The scenario to apply.
    pub scenario: Option<&'a str>,
    /// Settings `KEY=VALUE` to apply after it, in their order.
    pub set: &'a [String],
    /// Changes in other words to apply after them, in their order.
    pub changes: &'a [Change],
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What was written; flowsheets share it.
    pub document: Arc<Document>,
    /// Warnings and notes.
    pub findings: Diagnostics,
}

/// Reads a flowsheet: the file, what it includes, a scenario, settings; checks keys, types and names.
///
/// Every text that is read is added to `sources`, whether it is sound or not, and all spans point there.
///
/// # Errors
///
/// All findings of the run, at least one of which is an error.
pub fn load(
    name: &str,
    bytes: &[u8],
    request: &Request<'_>,
    files: &dyn Files,
    sources: &mut Sources,
) -> Result<Loaded, Diagnostics> {
    let shelf = Shelf::default();
    let base = Base::read(&shelf, name, bytes, request.scenario, files, sources)?;
    apply(base, &shelf, request, sources)
}

/// A file with what it includes and a scenario laid over both.
#[derive(Clone)]
struct Base<'t> {
    tree: Tree<'t>,
    first_line: Span,
    findings: Diagnostics,
    /// The places of what the scenario says.
    changed: Vec<Span>,
}

impl<'t> Base<'t> {
    fn read(
        shelf: &'t Shelf,
        name: &str,
        bytes: &[u8],
        scenario: Option<&str>,
        files: &dyn Files,
        sources: &mut Sources,
    ) -> Result<Self, Diagnostics> {
        let mut reader = Reader::new(shelf, files, sources);
        let read = reader.read(name, bytes);
        let mut findings = reader.findings;
        let Some((mut tree, first_line)) = read else { return Err(sorted(findings)) };
        if findings.has_errors() {
            return Err(sorted(findings));
        }
        let mut changed = Vec::new();
        findings.append(patch::apply_scenario(&mut tree, scenario, sources, &mut changed));
        Ok(Self { tree, first_line, findings, changed })
    }
}

/// Makes the changes of a request, and a document of all.
fn apply<'t>(
    base: Base<'t>,
    shelf: &'t Shelf,
    request: &Request<'_>,
    sources: &mut Sources,
) -> Result<Loaded, Diagnostics> {
    let Base { mut tree, first_line, mut findings, mut changed } = base;
    for setting in request.set {
        findings.append(patch::apply_setting(&mut tree, setting, shelf, sources, &mut changed));
    }
    for change in request.changes {
        findings.append(change::apply(&mut tree, change, shelf, sources, &mut changed));
    }
    findings.append(check::check(&tree, first_line));
    findings.append(names::check(&tree));
    let mut findings = sorted(findings);
    if findings.has_errors() {
        return Err(findings);
    }
    match read_document(tree) {
        Ok(document) => {
            Ok(Loaded { document: Arc::new(Document { changed, ..document }), findings })
        }
        Err(found) => {
            findings.push(found);
            Err(findings)
        }
    }
}

self_cell!(
    /// A base beside the texts that it borrows from.
    struct Shelved {
        owner: Shelf,
        #[covariant]
        dependent: Base,
    }
);

/// A flowsheet that was read with what it includes and a scenario, to be loaded again and again with other settings: no
/// text is parsed twice.
pub struct Prepared {
    base: Shelved,
    sources: Sources,
}

impl Prepared {
    /// Reads the file and what it includes, and applies a scenario.
    ///
    /// # Errors
    ///
    /// All findings, and the texts that they point into, if no tree can be made of these.
    pub fn read(
        name: &str,
        bytes: &[u8],
        scenario: Option<&str>,
        files: &dyn Files,
    ) -> Result<Self, (Diagnostics, Sources)> {
        let mut sources = Sources::new();
        let read = Shelved::try_new(Shelf::default(), |shelf| {
            Base::read(shelf, name, bytes, scenario, files, &mut sources)
        });
        match read {
            Ok(base) => Ok(Self { base, sources }),
            Err(findings) => Err((findings, sources)),
        }
    }

    /// Whether nothing is wrong with the scenarios.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        !self.base.borrow_dependent().findings.has_errors()
    }

    /// What [`load`] gives with these settings, and the texts that it points into.
    pub fn load(&self, set: &[String]) -> (Result<Loaded, Diagnostics>, Sources) {
        let shelf = Shelf::default();
        let mut sources = self.sources.clone();
        let request = Request { set, ..Request::default() };
        let base: Base<'_> = self.base.borrow_dependent().clone();
        let loaded = apply(base, &shelf, &request, &mut sources);
        (loaded, sources)
    }
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared").finish_non_exhaustive()
    }
}

fn sorted(mut findings: Diagnostics) -> Diagnostics {
    findings.sort();
    findings
}

/// Makes a document of a checked tree.
fn read_document(tree: Tree<'_>) -> Result<Document, Diagnostic> {
    let root = toml::Spanned::new(0..0, tree);
    Document::deserialize(toml::Deserializer::from(root)).map_err(|error| {
        let span = error.span().map_or_else(Span::default, Span::from);
        let found = Diagnostic::new(Code::WrongType, error.message());
        if span == Span::default() { found } else { found.at(span, "") }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{
        super::{Read, Scalar, Spanned},
        *,
    };

    /// Files in memory.
    struct Memory(HashMap<&'static str, &'static str>);

    impl Files for Memory {
        fn read(&self, path: &str, _from: &str) -> Result<Read, String> {
            let text = self.0.get(path).ok_or("no such file")?;
            Ok(Read { name: path.to_owned(), bytes: text.as_bytes().to_vec() })
        }
    }

    const MAIN: &str = r#"
        include = ["prices", "more"]
        [flowsheet]
        title = "t"
        [price]
        Nd2O3 = "3 USD/kg"
        [product.x]
        price = { value = "60 USD/kg", assumed = "why" }
        demand = { min = "1 t/yr", max = "2 t/yr" }
        [reactor.r]
        to = "x"
        reaction = [{ equation = "e", key = "k", conversion = "1 %" }]
        [scenario.low]
        title = "low"
        "product.x.price" = "22 USD/kg"
        product.x.demand.max = "9 t/yr"
        "reactor.r.reaction.0.conversion" = "2 %"
        [scenario.low.waste.dam]
        cost = "1 USD/t"
    "#;

    fn run(request: &Request<'_>) -> (Result<Loaded, Diagnostics>, Sources) {
        let files = Memory(HashMap::from([
            ("prices", "include = ['base']\n[price]\nNd2O3 = '1 USD/kg'\nPr6O11 = '1 USD/kg'\n"),
            ("more", "include = ['base']\n[price]\nPr6O11 = '2 USD/kg'\n"),
            ("base", "[price]\nPr6O11 = '0 USD/kg'\nLa2O3 = '0 USD/kg'\n"),
        ]));
        let mut sources = Sources::new();
        let loaded = load("main", MAIN.as_bytes(), request, &files, &mut sources);
        (loaded, sources)
    }

    #[test]
    fn later_files_override_earlier_ones_and_keep_their_spans() {
        let (loaded, sources) = run(&Request::default());
        let document = loaded.expect("sound").document;
        let written = |name: &str| {
            let figure = &document.price[name];
            let place = sources.place(figure.span).expect("written").source;
            (figure.value.clone(), place.to_owned())
        };
        let expected = |text: &str, file: &str| (Scalar::Text(text.to_owned()), file.to_owned());
        assert_eq!(written("Nd2O3"), expected("3 USD/kg", "main"));
        assert_eq!(written("Pr6O11"), expected("2 USD/kg", "more"));
        // Read a second time on the way to `more`, where it overrides what `prices` brought.
        assert_eq!(written("La2O3"), expected("0 USD/kg", "base"));
        assert_eq!(document.include, ["prices", "more"].map(own));
    }

    fn own(name: &str) -> Spanned<String> {
        Spanned::new(name.to_owned(), Span::default())
    }

    #[test]
    fn scenarios_and_settings_replace_nodes_and_their_spans() {
        let set = [
            "price.Nd2O3=7 USD/kg".to_owned(),
            "waste.dam.note=from the command line".to_owned(),
            "product.x.availability=0.5".to_owned(),
        ];
        let (loaded, sources) =
            run(&Request { scenario: Some("low"), set: &set, ..Request::default() });
        let document = loaded.expect("sound").document;
        let product = &document.product["x"];
        assert_eq!(sources.snippet(product.price.0[0].span), Some("\"22 USD/kg\""));
        assert!(product.price.0[0].provenance.is_empty());
        let demand = product.demand.as_ref().expect("written");
        let span = |figure: &Option<super::super::Figure>| figure.as_ref().map(|it| it.span);
        let text = |span: Option<Span>| span.and_then(|span| sources.snippet(span));
        assert_eq!(text(span(&demand.min)), Some("\"1 t/yr\""));
        assert_eq!(text(span(&demand.max)), Some("\"9 t/yr\""));
        let reaction = &document.reactor["r"].reaction[0];
        assert_eq!(sources.snippet(reaction.conversion.span), Some("\"2 %\""));
        assert_eq!(document.waste["dam"].note.as_deref(), Some("from the command line"));
        assert_eq!(sources.snippet(document.price["Nd2O3"].span), Some("7 USD/kg"));
        let availability = product.availability.as_ref().expect("set");
        assert_eq!(availability.value, Scalar::Number(0.5));
        assert_eq!(sources.place(availability.span).expect("a place").source, "--set");
    }

    #[test]
    fn a_value_set_onto_a_figure_keeps_what_it_is_of_and_drops_where_it_came_from() {
        let text = r#"
            [flowsheet]
            title = "t"
            [separator.press]
            to = { magnets = "m", swarf = "w" }
            recovery.magnets = { default = "90 %" }
            capacity = { value = "2500 t/yr", of = "magnets", assumed = "why", note = "the target" }
            [product.m]
            price = "1 USD/t"
            demand = { value = "7 t/yr", min = "1 t/yr", source = "S", confidence = "low" }
            [source.S]
            title = "a source"
            [scenario.more]
            "separator.press.capacity" = "2600 t/yr"
        "#;
        let set = ["separator.press.capacity=2565 t/yr", "product.m.demand=8"].map(str::to_owned);
        for (scenario, set, expected) in
            [(None, &set[..], "2565 t/yr"), (Some("more"), &[], "2600 t/yr")]
        {
            let mut sources = Sources::new();
            let request = Request { scenario, set, ..Request::default() };
            let files = Memory(HashMap::new());
            let loaded = load("main", text.as_bytes(), &request, &files, &mut sources);
            let document = loaded.expect("sound").document;
            let capacity = &document.separator["press"].capacity.0[0];
            assert_eq!(capacity.figure.value, Scalar::Text(expected.to_owned()));
            assert!(capacity.figure.provenance.is_empty());
            assert_eq!(capacity.of.as_ref().expect("kept").value, "magnets");
            let snippet = sources.snippet(capacity.figure.span).expect("written");
            assert!(snippet.contains(expected));
            let demand = document.product["m"].demand.as_ref().expect("written");
            let least = demand.min.as_ref().expect("kept");
            assert_eq!(least.provenance.is_empty(), scenario.is_none());
        }
    }

    #[test]
    fn files_that_include_each_other_are_found_however_long_the_circle() {
        let files = Memory(HashMap::from([("main", "include = ['main']"), ("a", "")]));
        let mut sources = Sources::new();
        let main = b"include = ['a', 'a', 'main']\n[flowsheet]\ntitle = 't'";
        let found = load("main", main, &Request::default(), &files, &mut sources);
        let found = found.expect_err("a circle");
        let codes: Vec<Code> = found.iter().map(|item| item.code).collect();
        assert_eq!(codes, [Code::IncludeCycle]);
    }

    #[test]
    fn what_is_prepared_loads_as_if_it_were_read_anew() {
        let files = Memory(HashMap::from([
            ("prices", "[price]\nNd2O3 = '1 USD/kg'\nPr6O11 = '1 USD/kg'\n"),
            ("more", "[price]\nPr6O11 = '2 USD/kg'\n"),
        ]));
        let settings =
            ["price.Nd2O3=7 USD/kg", "product.x.price=3", "price.Pr6O11=true", "nothing"];
        for scenario in [None, Some("low"), Some("none")] {
            let prepared = Prepared::read("main", MAIN.as_bytes(), scenario, &files);
            let prepared = prepared.expect("it is TOML");
            assert_eq!(prepared.is_sound(), scenario != Some("none"));
            // In turn, so that one question would be seen in the next.
            for setting in settings.iter().chain(&settings) {
                let set = [(*setting).to_owned()];
                let (loaded, sources) = prepared.load(&set);
                let mut own_sources = Sources::new();
                let request = Request { scenario, set: &set, ..Request::default() };
                let own = load("main", MAIN.as_bytes(), &request, &files, &mut own_sources);
                assert_eq!(format!("{loaded:?}"), format!("{own:?}"));
                let price = |loaded: &Result<Loaded, Diagnostics>, sources: &Sources| {
                    let span = loaded.as_ref().ok()?.document.price["Nd2O3"].span;
                    sources.snippet(span).map(str::to_owned)
                };
                assert_eq!(price(&loaded, &sources), price(&own, &own_sources));
                assert_eq!(format!("{sources:?}"), format!("{own_sources:?}"));
            }
        }
    }
}
