//! `reeflow example`: the flowsheets that come with the tool.

use std::path::{Path, PathBuf};

use include_dir::{Dir, File, include_dir};

use super::{
    End, Stop,
    args::ExampleCommand,
    console::{Console, write_new},
    render::entry,
};
use crate::diagnostic::nearest;

static FLOWSHEETS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/flowsheets");

/// Where files stand that others include.
const LIBRARY: &str = "library";

pub(super) fn example(command: &ExampleCommand, console: &mut Console) -> Result<End, Stop> {
    match command {
        ExampleCommand::List => {
            for file in examples() {
                let width = console.list_width();
                console.print(&entry(&format!("{:<28}", name(file)), title(file), width))?;
            }
        }
        ExampleCommand::Show { name } => {
            let bytes = find(name)?.contents();
            console.print_bytes(bytes)?;
        }
        ExampleCommand::Extract { name: first, directory, all } => {
            let (files, folder) = if *all {
                if directory.is_some() {
                    return Err(Stop::Tool("`--all` takes one folder and no name".to_owned()));
                }
                (every(&FLOWSHEETS), first.as_ref().map(PathBuf::from))
            } else {
                let file = find(first.as_deref().unwrap_or_default())?;
                (with_includes(file), directory.clone())
            };
            extract(&files, *all, &folder.unwrap_or_else(|| PathBuf::from(".")), console)?;
        }
    }
    Ok(End::Well)
}

/// All files of a folder and those below it.
fn every(folder: &'static Dir<'static>) -> Vec<&'static File<'static>> {
    let mut files: Vec<&File<'_>> = folder.files().collect();
    for inner in folder.dirs() {
        files.extend(every(inner));
    }
    files.sort_by_key(|file| file.path());
    files
}

/// All flowsheets that can be solved.
fn examples() -> impl Iterator<Item = &'static File<'static>> {
    let files = every(&FLOWSHEETS).into_iter();
    files.filter(|file| {
        file.path().extension().is_some_and(|extension| extension == "toml")
            && !file.path().starts_with(LIBRARY)
    })
}

/// What an example is called.
fn name(file: &File<'_>) -> String {
    file.path().file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The title of an example, as its comment tells it.
fn title(file: &File<'_>) -> &'static str {
    let text = text(file);
    let comment = text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default();
    comment.trim_end_matches('.')
}

fn text(file: &File<'_>) -> &'static str {
    FLOWSHEETS.get_file(file.path()).and_then(File::contents_utf8).unwrap_or_default()
}

/// The text of a file that comes with the tool; its path is known to be one.
pub(super) fn shipped(path: &str) -> &'static str {
    let file = FLOWSHEETS.get_file(path).and_then(File::contents_utf8);
    file.expect("the file comes with the tool")
}

fn find(wanted: &str) -> Result<&'static File<'static>, Stop> {
    let bare = wanted.strip_suffix(".toml").unwrap_or(wanted);
    let path = |file: &File<'_>| file.path().with_extension("").display().to_string();
    if let Some(file) = examples().find(|file| name(file) == bare || path(file) == bare) {
        return Ok(file);
    }
    let names: Vec<String> = examples().map(name).collect();
    let hint = match nearest(bare, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`reeflow example list` lists all".to_owned(),
    };
    Err(Stop::Tool(format!("there is no example `{bare}`; {hint}")))
}

/// An example and the whole library if it includes something of it.
fn with_includes(file: &'static File<'static>) -> Vec<&'static File<'static>> {
    let includes = text(file).lines().any(|line| line.trim_start().starts_with("include"));
    let library = FLOWSHEETS.get_dir(LIBRARY).filter(|_| includes);
    let library = library.map(every).unwrap_or_default();
    library.into_iter().chain([file]).collect()
}

/// Writes files below a folder; with their own folders if `whole`, else the example stands at the top.
fn extract(
    files: &[&'static File<'static>],
    whole: bool,
    folder: &Path,
    console: &mut Console,
) -> Result<(), Stop> {
    for file in files {
        // Paths of includes hold only if the example stands where it stood.
        let keep = whole || files.len() > 1;
        let path = if keep { Some(file.path()) } else { file.path().file_name().map(Path::new) };
        let Some(path) = path else { continue };
        let target = folder.join(path);
        write_new(&target, file.contents())?;
        console.print(&format!("{}\n", target.display()))?;
    }
    Ok(())
}
