//! `reeflow explain`.

use super::{End, Stop, args::ExplainArgs, console::Console, render::entry};
use crate::diagnostic::{Code, Severity, nearest};

pub(super) fn explain(args: &ExplainArgs, console: &mut Console) -> Result<End, Stop> {
    let Some(name) = &args.code else {
        let list = Code::ALL.iter();
        let list =
            list.map(|code| (format!("{:<26} {:<8}", code.name(), severity(*code)), first(*code)));
        let width = console.list_width();
        console.print(&list.map(|(name, words)| entry(&name, words, width)).collect::<String>())?;
        return Ok(End::Well);
    };
    // As it is drawn: `error[unknown-key]`.
    let bare = name.rsplit_once('[').map_or(name.as_str(), |(_, code)| code).trim_end_matches(']');
    let Some(code) = Code::from_name(&bare.to_lowercase()) else {
        let near = nearest(bare, Code::ALL.iter().map(|code| code.name()));
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`reeflow explain --list` lists all".to_owned(),
        };
        return Err(Stop::Tool(format!("there is no code `{bare}`; {hint}")));
    };
    console.print(&format!("{} ({})\n\n", code.name(), severity(code)))?;
    let width = console.style(None).width.min(100);
    console.print(&super::render::wrap(code.explanation(), width))?;
    console.print("\n")?;
    Ok(End::Well)
}

const fn severity(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The first sentence of the explanation.
fn first(code: Code) -> &'static str {
    let text = code.explanation();
    let end = text.find(": ").into_iter().chain(text.find(". ")).min();
    text[..end.unwrap_or(text.len())].trim_end_matches('.')
}
