//! `reeflow serve`.

mod guard;
mod served;
mod site;

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
};

use clap::Args;

use super::{
    End, Stop,
    args::{PageArgs, PatchArgs, SolverArgs},
    console::Console,
    quote::{in_address, in_shell},
    run::{Sheet, open},
};
use guard::Guard;
use served::{How, Served};

/// The port where none is named, and how many after it are tried if it is busy.
const PORT: u16 = 8765;
const TRIED: u16 = 20;

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The flowsheet
    file: PathBuf,
    /// Begin with a scenario of the flowsheet
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    #[command(flatten)]
    patch: PatchArgs,
    #[command(flatten)]
    solver: SolverArgs,
    /// Of a flowsheet with periods, the one that is told in full [default: the last]
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    #[command(flatten)]
    page: PageArgs,
    /// The port; 0 is any that is free [default: 8765, or the next that is free]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// The address that is listened at; one that other machines reach lets all of them ask
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// A name by which the page may be asked for, beside addresses and `localhost`; may be repeated
    #[arg(long, value_name = "NAME")]
    allow: Vec<String>,
    /// Open the page in a browser
    #[arg(long)]
    open: bool,
}

pub(super) fn serve(args: &ServeArgs, console: &mut Console) -> Result<End, Stop> {
    if args.file.as_os_str() == "-" {
        let message =
            "what is served is read again when it is edited; standard input cannot be: name a file";
        return Err(Stop::Tool(message.to_owned()));
    }
    let sheet = Sheet::of(&open(&args.file)?, args.scenario.as_deref(), &args.patch);
    console.draw(&sheet.findings, &sheet.sources);
    if sheet.flowsheet.is_none() {
        return Err(Stop::Model);
    }
    let listener = listen(args)?;
    let failed = |error: std::io::Error| Stop::Tool(format!("cannot serve: {error}"));
    let address = listener.local_addr().map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let mut flags = args.solver.flags();
    if let Some(period) = &args.period {
        flags.extend(["--period".to_owned(), in_shell(period)]);
    }
    let how = How {
        settings: args.patch.changes(),
        options: args.solver.options(),
        period: args.period.clone(),
        flags,
        language: args.page.language(),
    };
    let served = Served::new(args.file.clone(), how);
    let served = Arc::new(served.map_err(Stop::Tool)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(failed)?;

    let page = page_of(address, args.scenario.as_deref());
    console.print(&format!("{page}\n"))?;
    console.flush()?;
    if !address.ip().is_loopback() {
        console.note("other machines can reach this page; nothing asks them who they are");
    }
    console.note("Ctrl-C ends it");
    if args.open && open::that_detached(&page).is_err() {
        console.note("no browser could be opened: open the address above in one");
    }
    let ended = runtime.block_on(site::run(listener, served, Guard::new(args.allow.clone())));
    // What is still being solved is not waited for any more.
    runtime.shutdown_background();
    ended.map_err(failed)?;
    console.note("ended");
    Ok(End::Well)
}

/// The address of the page.
fn page_of(address: SocketAddr, scenario: Option<&str>) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let page = format!("http://{}/", SocketAddr::new(ip, address.port()));
    match scenario {
        None => page,
        Some(name) => format!("{page}#scenario={}", in_address(name, b"-_.")),
    }
}

/// Listens at the port that is named, or at the first free one of those that are usual.
fn listen(args: &ServeArgs) -> Result<TcpListener, Stop> {
    let at = |port: u16| TcpListener::bind((args.host, port));
    let failed = |port: u16, error: &std::io::Error| {
        let reason = match error.kind() {
            std::io::ErrorKind::AddrInUse => format!(
                "port {port} is busy; name another one with `--port`, or 0 for any that is free"
            ),
            std::io::ErrorKind::PermissionDenied => {
                format!("port {port} is not for you; name one above 1023 with `--port`")
            }
            std::io::ErrorKind::AddrNotAvailable => {
                format!("this machine has no address {}", args.host)
            }
            _ => format!("cannot listen at {}: {error}", SocketAddr::new(args.host, port)),
        };
        Stop::Tool(reason)
    };
    if let Some(port) = args.port {
        return at(port).map_err(|error| failed(port, &error));
    }
    for port in PORT..PORT + TRIED {
        match at(port) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(failed(port, &error)),
        }
    }
    let last = PORT + TRIED - 1;
    Err(Stop::Tool(format!(
        "the ports {PORT} to {last} are busy; name another one with `--port`, or 0 for any that is free"
    )))
}
