//! Links to files in drawn diagnostics, for terminals that know OSC 8.

use std::path::Path;

use anstyle_hyperlink::Hyperlink;

use crate::diagnostic::Sources;

/// A text with a link to the file at each place: `NAME:LINE` or `NAME:LINE:COLUMN` where a line begins with it, but for what
/// is no letter.
pub(super) fn of_places(text: &str, sources: &Sources) -> String {
    let names: Vec<&str> = sources.iter().map(|source| &*source.name).collect();
    text.split_inclusive('\n').map(|line| of_place(line, &names)).collect()
}

fn of_place(line: &str, names: &[&str]) -> String {
    let linked = names.iter().find_map(|name| {
        let start = line.find(&format!("{name}:"))?;
        // An excerpt of a file that names another, or itself, is none.
        if !is_arrow(&line[..start]) {
            return None;
        }
        let place = &line[start..];
        let rest = &place[name.len()..];
        let end =
            rest.find(|sign: char| sign != ':' && !sign.is_ascii_digit()).unwrap_or(rest.len());
        let path = Path::new(name).canonicalize().ok()?;
        let link = Hyperlink::with_path(&path);
        let (place, after) = place.split_at(name.len() + end);
        Some(format!("{}{link}{place}{link:#}{after}", &line[..start]))
    });
    linked.unwrap_or_else(|| line.to_owned())
}

/// Whether what stands before a place is the renderer's: an arrow, with or without colours.
fn is_arrow(before: &str) -> bool {
    let plain = anstream::adapter::strip_str(before).to_string();
    matches!(plain.trim(), "-->" | ":::")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_to_their_files_and_nothing_else_does() {
        let mut sources = Sources::new();
        sources.add("Cargo.toml", "").expect("small");
        sources.add("--set", "").expect("small");
        let text = "error: Cargo.toml:1 is said\n  \u{1b}[1m--> \u{1b}[0mCargo.toml:3:5\n3 | x = \"Cargo.toml:9\"\n --> --set:1:2\n";
        let linked = of_places(text, &sources);
        let lines: Vec<&str> = linked.lines().collect();
        let path = Path::new("Cargo.toml").canonicalize().expect("it is there");
        let link = Hyperlink::with_path(&path).to_string();
        assert!(link.starts_with("\u{1b}]8;;file://") && link.contains("Cargo.toml"), "{link:?}");
        assert_eq!(
            lines[1],
            format!("  \u{1b}[1m--> \u{1b}[0m{link}Cargo.toml:3:5\u{1b}]8;;\u{1b}\\")
        );
        let plain = [0, 2, 3].map(|at| lines[at]);
        let was: Vec<&str> = text.lines().collect();
        assert_eq!(plain, [was[0], was[2], was[3]]);
    }
}
