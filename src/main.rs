//! The command line tool `reeflow`; everything it does is in [`reeflow::cli`].
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let mut sources = reeflow::diagnostic::Sources::new();
    let bytes = std::fs::read(&path).unwrap();
    let sets: Vec<String> = std::env::args().skip(2).filter(|a| a.contains('=')).collect();
    let scen = std::env::args().skip(2).find(|a| !a.contains('='));
    let request = reeflow::document::Request { scenario: scen.as_deref(), set: &sets };
    let t = std::time::Instant::now();
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
    eprintln!("load {:?}", t.elapsed());
    let (f, w) = match reeflow::flowsheet::Flowsheet::lower(&loaded.document) {
        Ok(l) => l,
        Err(d) => {
            println!("{}", reeflow::cli::render::render(&d, &sources, false, 120));
            return;
        }
    };
    println!("{}", reeflow::cli::render::render(&w, &sources, false, 120));
    eprintln!("lower {:?}", t.elapsed());
    match reeflow::analysis::analyse(&f, &Default::default(), reeflow::model::Form::Condensed) {
        Ok(p) => {
            eprintln!("analyse {:?}", t.elapsed());
            println!("{}", reeflow::cli::render::render(&p.findings, &sources, false, 120));
            println!("{}", serde_json::to_string_pretty(&p.outcome).unwrap());
        }
        Err(d) => println!("{}", reeflow::cli::render::render(&d, &sources, false, 120)),
    }
}
