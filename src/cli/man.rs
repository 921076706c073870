//! `reeflow man`: manual pages of what `--help` tells.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_mangen::Man;

use super::{
    End, Stop,
    args::Cli,
    console::{Console, write_in_folder},
};

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The folder to write them to, made if there is none [default: print the page of the tool]
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

pub(super) fn man(args: &ManArgs, console: &mut Console) -> Result<End, Stop> {
    // What all commands share stands in the page of each.
    let mut tool = Cli::command().disable_help_subcommand(true);
    tool.build();
    let Some(folder) = &args.output else {
        console.print_bytes(&page(tool))?;
        return Ok(End::Well);
    };
    let mut written = Vec::new();
    write(tool, folder, &mut written)?;
    let (first, last) = (written.first(), written.last());
    if let (Some(first), Some(last)) = (first, last) {
        let count = written.len();
        console.print(&format!("{count} pages in {}: {first} to {last}\n", folder.display()))?;
    }
    Ok(End::Well)
}

/// The page of a command and of those below it.
fn write(command: clap::Command, folder: &PathBuf, written: &mut Vec<String>) -> Result<(), Stop> {
    let below: Vec<clap::Command> = command.get_subcommands().cloned().collect();
    let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let file = format!("{name}.1");
    write_in_folder(folder, &file, &page(command))?;
    written.push(file);
    for command in below.into_iter().filter(|command| !command.is_hide_set()) {
        write(command, folder, written)?;
    }
    Ok(())
}

fn page(command: clap::Command) -> Vec<u8> {
    let mut page = Vec::new();
    let version = concat!("reeflow ", env!("CARGO_PKG_VERSION"));
    Man::new(command)
        .manual("reeflow")
        .source(version)
        .render(&mut page)
        .expect("a vector takes all");
    page
}
