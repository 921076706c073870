//! The command line tool `reeflow`; everything it does is in [`reeflow::cli`].
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let mut sources = reeflow::diagnostic::Sources::new();
    let bytes = std::fs::read(&path).unwrap();
    let sets: Vec<String> = std::env::args().skip(2).collect();
    let request = reeflow::document::Request { scenario: None, set: &sets };
    let loaded = match reeflow::document::load(
        &path,
        &bytes,
        &request,
        &reeflow::cli::files::Disk,
        &mut sources,
    ) {
        Ok(l) => l,
        Err(d) => {
            println!("{}", reeflow::cli::render::render(&d, &sources, false, 120));
            return;
        }
    };
    let (f, w) = match reeflow::flowsheet::Flowsheet::lower(&loaded.document) {
        Ok(l) => l,
        Err(d) => {
            println!("{}", reeflow::cli::render::render(&d, &sources, false, 120));
            return;
        }
    };
    println!("{}", reeflow::cli::render::render(&w, &sources, false, 120));
    let m = match reeflow::model::Model::assemble(&f, &f.values()) {
        Ok(l) => l,
        Err(d) => {
            println!("{}", reeflow::cli::render::render(&d, &sources, false, 120));
            return;
        }
    };
    println!(
        "full {}x{} condensed {}x{}",
        m.full().row_count(),
        m.full().column_count(),
        m.condensed().row_count(),
        m.condensed().column_count()
    );
    for form in [reeflow::model::Form::Condensed, reeflow::model::Form::Full] {
        let t = std::time::Instant::now();
        match m.solve(&f, &Default::default(), form) {
            Ok(s) => {
                println!(
                    "{:?} objective {} {:?} {:?} {:?}",
                    form,
                    s.objective,
                    t.elapsed(),
                    s.certificate,
                    s.raw.backend
                );
                if form == reeflow::model::Form::Condensed {
                    for (d, _) in m.drivers().iter_ids() {
                        println!(
                            "{} {}",
                            m.column_name(&f, reeflow::model::Column::Driver(d)),
                            s.driver(d)
                        );
                    }
                }
            }
            Err(e) => println!("{:?}", e),
        }
    }
}
