//! Pictures: a browser without a window draws the page's chart.

use std::{
    fs::File,
    io::{Read as _, Seek as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::{Stop, quote::in_address};

/// Names of browsers that draw without a window, as they are found on the path.
const NAMES: [&str; 9] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
    "brave-browser",
];

/// Where they stand on systems that have no path for them.
const PLACES: [&str; 5] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
];

/// How long a browser may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// What else gives a picture.
const ELSE: &str =
    "or write a page, `-o FILE.html`, whose buttons below the flows save the same picture";

/// The picture that a page makes of itself in the browser that is named, or in one that is found.
pub(super) fn draw(page: &str, near: &Path, named: Option<&Path>) -> Result<Vec<u8>, Stop> {
    let browser = browser(named)?;
    // A browser in a box of its own (Snap, Flatpak) may not see the system's folder for such files.
    let parent = near.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let fail = |what: &str, why: &dyn std::fmt::Display| {
        Stop::Tool(format!("cannot draw `{}`: {what}: {why}", near.display()))
    };
    let folder = parent
        .canonicalize()
        .and_then(|parent| tempfile::Builder::new().prefix("reeflow-picture-").tempdir_in(parent));
    let folder = folder.map_err(|error| fail("no folder for the page", &error))?;
    let file = folder.path().join("page.html");
    super::console::write_bytes(&file, page.as_bytes())?;
    let mut said = String::new();
    // Where it must not shut itself in, as in a container, it may run without: the page is ours, and loads nothing.
    for more in [None, Some("--no-sandbox")] {
        let (dom, error) = run(&browser, more, folder.path(), &file)
            .map_err(|error| fail(&format!("`{}`", browser.display()), &error))?;
        match picture(&dom) {
            Some(bytes) => return Ok(bytes),
            None if said.is_empty() => said = error,
            None => {}
        }
    }
    let said = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    let message = format!("`{}` made no picture ({})", browser.display(), said.trim());
    Err(Stop::Tool(format!("{message}; name another browser with `--browser`, {ELSE}")))
}

/// The browser that is named, or the first that is found.
fn browser(named: Option<&Path>) -> Result<PathBuf, Stop> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = |name: &Path| {
        let folders = std::env::split_paths(&path);
        let files = folders.flat_map(|folder| {
            [folder.join(name), folder.join(name).with_extension(std::env::consts::EXE_EXTENSION)]
        });
        files.into_iter().find(|file| file.is_file())
    };
    let of_environment = std::env::var_os("REEFLOW_BROWSER").filter(|name| !name.is_empty());
    let of_environment = of_environment.map(PathBuf::from);
    if let Some(named) = named.or(of_environment.as_deref()) {
        let found = if named.is_file() { Some(named.to_owned()) } else { on_path(named) };
        return found.ok_or_else(|| {
            let named = named.display();
            Stop::Tool(format!("there is no browser `{named}`; name one by its path, {ELSE}"))
        });
    }
    let found = NAMES.iter().find_map(|name| on_path(Path::new(name)));
    let place = || PLACES.iter().map(PathBuf::from).find(|file| file.is_file());
    found.or_else(place).ok_or_else(|| {
        Stop::Tool(format!(
            "a picture is drawn by a browser, and none was found: install Chromium, Chrome or Edge, or name one with `--browser` or `REEFLOW_BROWSER`; {ELSE}"
        ))
    })
}

/// What becomes of the page, and what the browser says on standard error.
fn run(
    browser: &Path,
    more: Option<&str>,
    folder: &Path,
    page: &Path,
) -> std::io::Result<(String, String)> {
    let (out, error) = (tempfile::tempfile()?, tempfile::tempfile()?);
    let mut child = Command::new(browser)
        .args(["--headless", "--disable-gpu", "--no-first-run", "--disable-extensions"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--dump-dom", "--virtual-time-budget=30000"])
        .args(more)
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(address(page))
        .stdin(Stdio::null())
        .stdout(out.try_clone()?)
        .stderr(error.try_clone()?)
        .spawn()?;
    wait(&mut child)?;
    Ok((read(out)?, read(error)?))
}

/// The address of a file.
fn address(file: &Path) -> String {
    let text = file.to_string_lossy();
    // `//?/C:/…`, or `C:/…`.
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    let text = text.strip_prefix("//?/").unwrap_or(&text);
    let root = if text.starts_with('/') { "" } else { "/" };
    format!("file://{root}{}", in_address(text, b"/:.-_"))
}

fn wait(child: &mut Child) -> std::io::Result<()> {
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            let message = format!("it took longer than {} s", PATIENCE.as_secs());
            return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, message));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn read(mut file: File) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The bytes that the body of a page is in hexadecimal digits.
fn picture(dom: &str) -> Option<Vec<u8>> {
    let (_, body) = dom.split_once("<body>")?;
    let digits = body.split_once("</body>")?.0.trim();
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if digits.is_empty() || !digits.len().is_multiple_of(2) || !is_hex {
        return None;
    }
    let bytes = (0..digits.len()).step_by(2);
    bytes.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_read_from_a_body_of_digits_alone() {
        let page = |body: &str| format!("<html><head></head><body>{body}</body></html>");
        assert_eq!(picture(&page("3c7376\n")), Some(b"<sv".to_vec()));
        for wrong in ["", "3c7", "<p>text</p>", "+1", "zz"] {
            assert_eq!(picture(&page(wrong)), None, "{wrong}");
        }
        assert_eq!(picture("3c"), None);
    }

    #[test]
    fn a_path_is_an_address() {
        assert_eq!(address(Path::new("/tmp/a b/ü#.html")), "file:///tmp/a%20b/%C3%BC%23.html");
        assert_eq!(address(Path::new("//?/C:/a.html")), "file:///C:/a.html");
    }
}
