//! The layers of ARCHITECTURE.md, held: a module imports only from lower layers.

use std::{fs, path::Path};

/// Every top-level module and its layer.
const LAYERS: [(&str, u8); 20] = [
    ("diagnostic", 0),
    ("index", 0),
    ("lp", 0),
    ("measure", 0),
    ("sampling", 0),
    ("statistics", 0),
    ("synthetic", 0),
    ("years", 0),
    ("chem", 1),
    ("curve", 1),
    ("finance", 1),
    ("lifetime", 1),
    ("document", 2),
    ("flowsheet", 3),
    ("balance", 4),
    ("exact", 4),
    ("model", 4),
    ("analysis", 5),
    ("report", 6),
    ("cli", 7),
];

/// Crates that some modules alone may name, beside their files.
const OWNED: [(&str, &[&str]); 19] = [
    ("good_lp", &["lp/"]),
    ("libloading", &["lp/highs/library.rs"]),
    ("clap", &["cli"]),
    ("toml", &["document"]),
    ("annotate_snippets", &["cli"]),
    ("dialoguer", &["cli/new"]),
    ("notify", &["cli/watch.rs"]),
    ("axum", &["cli/serve"]),
    ("governor", &["cli/serve"]),
    ("tokio", &["cli/serve"]),
    ("dashu_ratio", &["exact"]),
    ("libm", &["lifetime", "sampling"]),
    ("statrs", &["lifetime", "sampling"]),
    ("sobol", &["sampling"]),
    ("parquet", &["report/table"]),
    ("maud", &["report/html"]),
    ("fluent_bundle", &["report/html/words"]),
    ("unic_langid", &["report/html/words"]),
    ("rust_xlsxwriter", &["report/workbook"]),
];

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the source folder is readable") {
        let path = entry.expect("an entry is readable").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source is text");
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
            let name = path.strip_prefix(root).expect("inside src").to_string_lossy().into_owned();
            found.push((name, text));
        }
    }
}

fn all_sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found.sort();
    found
}

fn module_of(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or(file)
}

fn layer(module: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer)
}

/// Modules that a text names by `crate::`, also inside braces; comments and test modules do not count.
fn imports(text: &str) -> Vec<String> {
    // An inline test module stands at the end; a `mod tests;` line may stand anywhere.
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.collect::<Vec<_>>().join(" ");
    let mut modules = Vec::new();
    for after in code.split("crate::").skip(1) {
        if let Some(list) = after.strip_prefix('{') {
            let mut depth = 0_usize;
            let mut word = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => modules.push(std::mem::take(&mut word)),
                    _ if depth == 0 => word.push(c),
                    _ => {}
                }
            }
            modules.push(word);
        } else {
            modules.push(after.to_owned());
        }
    }
    let name = |text: String| {
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        text.trim().split(|c| !is_name(c)).next().unwrap_or_default().to_owned()
    };
    modules.into_iter().map(name).filter(|name| !name.is_empty()).collect()
}

#[test]
fn modules_import_only_from_lower_layers() {
    let mut wrong = Vec::new();
    for (file, text) in all_sources() {
        let module = module_of(&file).to_owned();
        let Some(own) = layer(&module) else {
            assert!(matches!(module.as_str(), "lib" | "main"), "`{file}` is in no layer");
            continue;
        };
        for import in imports(&text) {
            let Some(other) = layer(&import) else { continue };
            // `index` is below all: vectors with typed positions.
            if import != module && import != "index" && other >= own {
                wrong.push(format!("{file} (layer {own}) imports {import} (layer {other})"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn foreign_crates_stay_in_their_modules() {
    for (file, text) in all_sources() {
        for (name, owners) in OWNED {
            let named = [format!("use {name}::"), format!(" {name}::"), format!("({name}::")];
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let found = code.clone().any(|line| named.iter().any(|pattern| line.contains(pattern)));
            assert!(
                !found || owners.iter().any(|owner| file.starts_with(owner)),
                "`{file}` names `{name}`, which is for {owners:?}"
            );
        }
    }
}

#[test]
fn one_file_alone_is_unsafe_and_says_why() {
    const AUDITED: &str = "lp/highs/library.rs";
    // `unsafe_code` is the name of the lint, which another file could switch off.
    let words = |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        code.split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| matches!(word, "unsafe" | "unsafe_code"))
    };
    for (file, text) in all_sources() {
        let found = text.lines().any(words);
        assert_eq!(found, file == AUDITED, "`{file}`: unsafe code is for `{AUDITED}`");
        if !found {
            continue;
        }
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let block = line.contains("unsafe {") || line.contains("unsafe impl");
            let before = &lines[at.saturating_sub(6)..at];
            assert!(
                !block || before.iter().any(|line| line.contains("SAFETY:")),
                "`{file}`, line {}: an unsafe block without its reason",
                at + 1
            );
        }
    }
}

#[test]
fn the_check_of_imports_sees_what_it_should() {
    let text = "use crate::{\n    diagnostic::{Code, Span},\n    lp,\n};\n// use crate::cli;\nfn f() { crate::chem::x() }";
    assert_eq!(imports(text), ["diagnostic", "lp", "chem"]);
}
