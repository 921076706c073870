//! A page worked through as a reader would: files saved, commands run in their order, in a folder with all examples.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use tempfile::TempDir;

use super::{
    output::{differs, renewed},
    updating,
};
use crate::markdown::{Block, blocks};

/// What a page may tell to type besides `reeflow`; such lines are not run.
const NOT_RUN: [&str; 5] = ["cargo ", "mkdir ", "cd ", "pip ", "mdbook "];

/// How a reader gets the flowsheets that come with the tool.
const EXTRACT: &str = "reeflow example extract --all";

/// What was found on a page, and its text with the outputs as they are now.
pub(super) struct Worked {
    pub(super) problems: Vec<String>,
    pub(super) commands: usize,
    pub(super) text: String,
}

/// Works through a page.
pub(super) fn work_through(page: &str) -> Worked {
    let folder = tempfile::tempdir().expect("a folder");
    // The page that tells how to get the examples begins without them.
    if !page.contains(EXTRACT) {
        let (_, code) = shell(folder.path(), EXTRACT);
        assert_eq!(code, Some(0));
    }
    let mut session = Session { folder, problems: Vec::new(), commands: 0 };
    let blocks = blocks(page);
    let mut text = page.to_owned();
    let mut edits = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        match block.language.as_str() {
            "sh" => {
                let printed = session.run(block);
                let next = blocks.get(at + 1).filter(|it| it.language == "text");
                let Some(shown) = next else { continue };
                let varies = shown.says("varies");
                let new = renewed(&shown.text, &printed, varies);
                let told = if updating() { &new } else { &shown.text };
                let problem = differs(told, &printed, varies);
                session.problems.extend(problem.map(|it| format!("{}\n{it}", block.text)));
                edits.push((shown.range.clone(), new));
            }
            "toml" => session.flowsheet(block),
            "diff" => session.edit(block),
            _ => {}
        }
    }
    session.problems.extend(untold_numbers(page, &blocks));
    for (range, new) in edits.into_iter().rev() {
        text.replace_range(range, &format!("{new}\n"));
    }
    Worked { problems: session.problems, commands: session.commands, text }
}

/// Numbers with a point or a comma that the text tells and no block of the page shows: nothing would keep them right.
fn untold_numbers(page: &str, blocks: &[Block]) -> Vec<String> {
    let shown: BTreeSet<String> = blocks.iter().flat_map(|block| numbers(&block.text)).collect();
    let mut prose = page.to_owned();
    for block in blocks.iter().rev() {
        prose.replace_range(block.range.clone(), "");
    }
    // A page that shows nothing is about nothing that could change.
    let runs = blocks.iter().any(|block| block.language == "sh");
    let told = numbers(&prose).into_iter().filter(|it| runs && !shown.contains(it));
    told.map(|it| format!("`{it}` is told, but no block of the page shows it")).collect()
}

/// The numbers of a text that have a point or a comma.
fn numbers(text: &str) -> Vec<String> {
    let words = text.split(|it: char| !(it.is_ascii_digit() || ".,".contains(it)));
    let words = words.map(|word| word.trim_matches(['.', ','].as_slice()));
    words.filter(|word| word.contains(['.', ','])).map(str::to_owned).collect()
}

/// What a command line prints, errors and all, and how it ends.
fn shell(folder: &Path, line: &str) -> (String, Option<i32>) {
    let tool = Path::new(env!("CARGO_BIN_EXE_reeflow")).parent().expect("it is in a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = [tool.to_path_buf()].into_iter().chain(std::env::split_paths(&path));
    let mut command = Command::new("sh");
    command.args(["-c", &format!("exec 2>&1; {line}")]).current_dir(folder);
    command.env("PATH", std::env::join_paths(paths).expect("paths"));
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "REEFLOW_HIGHS"] {
        command.env_remove(name);
    }
    let output = command.output().expect("a shell");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
}

struct Session {
    folder: TempDir,
    problems: Vec<String>,
    commands: usize,
}

impl Session {
    /// Runs the commands of a block.
    fn run(&mut self, block: &Block) -> String {
        let wanted = block.value("exit").map_or(Some(0), |code| code.parse().ok());
        let mut printed = String::new();
        for line in block.text.replace("\\\n", " ").lines() {
            if line.starts_with("reeflow ") {
                let (output, code) = shell(self.folder.path(), line);
                if code != wanted {
                    self.problems.push(format!("{line}\nends with {code:?}:\n{output}"));
                }
                printed.push_str(&output);
                self.commands += 1;
            } else if !NOT_RUN.iter().any(|start| line.starts_with(start)) {
                self.problems.push(format!("`{line}` is not run by the test"));
            }
        }
        printed
    }

    /// Saves, adds to, or tries a flowsheet; any other TOML must at least be TOML.
    fn flowsheet(&mut self, block: &Block) {
        if let Err(error) = block.text.parse::<toml::Table>() {
            self.problems.push(format!("no TOML: {error}\n{}", block.text));
        }
        let text = format!("{}\n", block.text);
        if let Some(name) = block.value("append") {
            let path = self.folder.path().join(name);
            let before = fs::read_to_string(&path).unwrap_or_default();
            if before.is_empty() {
                self.problems.push(format!("there is no `{name}` to add to"));
            }
            fs::write(path, format!("{before}\n{text}")).expect("writable");
        } else if ["[flowsheet]", "[feed."].iter().all(|it| block.text.contains(it)) {
            let name = block.value("file").unwrap_or("tried.toml");
            fs::write(self.folder.path().join(name), text).expect("writable");
            let (output, code) = shell(self.folder.path(), &format!("reeflow -q solve {name}"));
            if code != Some(0) {
                self.problems.push(format!("{}\nends with {code:?}:\n{output}", block.text));
            }
        }
    }

    /// Changes lines of a saved file: those with `-` become those with `+`.
    fn edit(&mut self, block: &Block) {
        let Some(name) = block.value("file") else { return };
        let side = |mark: char, other: char| -> String {
            let lines = block.text.lines().filter(|line| !line.starts_with(other));
            let lines = lines.map(|line| line.strip_prefix([mark, ' ']).unwrap_or(line));
            lines.flat_map(|line| [line, "\n"]).collect()
        };
        let (old, new) = (side('-', '+'), side('+', '-'));
        let path = self.folder.path().join(name);
        let text = fs::read_to_string(&path).unwrap_or_default();
        if text.matches(&old).count() != 1 {
            self.problems.push(format!("`{name}` does not have once:\n{old}"));
        }
        fs::write(path, text.replacen(&old, &new, 1)).expect("writable");
    }
}
