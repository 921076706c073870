//! Solvers that are programs of their own: given MPS, their solution files read.

use std::{
    io::{self, Read as _},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{contender::on_path, machine::peak_memory};

mod parse;

/// What a tool says of a program: values and row duals by `c…` and `r…`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Said {
    /// Whether it claims an optimum.
    pub(super) optimal: bool,
    /// Its words about how it ended.
    pub(super) words: String,
    /// Value of each column.
    pub(super) primal: Vec<f64>,
    /// ∂(minimum)/∂rhs of each row.
    pub(super) duals: Vec<f64>,
}

/// A run of a tool.
pub(super) struct Ran {
    /// What it said.
    pub(super) said: Said,
    /// Its wall-clock time, s.
    pub(super) wall: f64,
    /// What of it it reports as solving, s.
    pub(super) reported: Option<f64>,
    /// Its iterations.
    pub(super) iterations: Option<u64>,
    /// Its version.
    pub(super) version: Option<String>,
    /// Its peak memory, MB.
    pub(super) memory: Option<f64>,
}

/// How to call a tool and read what it writes.
#[derive(Debug)]
pub(super) struct External {
    /// What it is called here.
    pub(super) name: &'static str,
    /// The file on the path.
    pub(super) program: &'static str,
    /// Arguments: `{model}`, `{solution}`, `{values}` and `{seconds}` are filled in; for CBC and CLP those within [`COIN`].
    arguments: &'static [&'static str],
    /// Arguments with which it tells its version.
    version: &'static [&'static str],
    /// How its solution file is laid out.
    layout: parse::Layout,
}

/// All tools that are known.
pub(super) const EXTERNALS: &[External] = &[
    External {
        name: "glpsol",
        program: "glpsol",
        arguments: &["--freemps", "{model}", "--tmlim", "{seconds}", "--write", "{solution}"],
        version: &["--version"],
        layout: parse::Layout::Glpk,
    },
    coin("cbc", "cbc", &["-solve"]),
    coin("clp", "clp", &["-dualSimplex"]),
    coin("clp-barrier", "clp", &["-barrier"]),
    External {
        name: "highs-tool",
        program: "highs",
        arguments: &["--time_limit", "{seconds}", "--solution_file", "{solution}", "{model}"],
        version: &["--version"],
        layout: parse::Layout::Highs,
    },
    External {
        name: "highs-tool-ipm",
        program: "highs",
        arguments: &[
            "--solver",
            "ipm",
            "--time_limit",
            "{seconds}",
            "--solution_file",
            "{solution}",
            "{model}",
        ],
        version: &["--version"],
        layout: parse::Layout::Highs,
    },
];

/// What comes before and after the words by which CBC and CLP solve. Texts hold eight digits, so the values are taken from bytes.
const COIN: [&[&str]; 2] = [
    &["{model}", "-seconds", "{seconds}"],
    &["-saveSolution", "{values}", "-solution", "{solution}"],
];

const fn coin(
    name: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
) -> External {
    External { name, program, arguments, version: &["-quit"], layout: parse::Layout::Coin }
}

/// Why a tool told nothing.
pub(super) enum Silence {
    /// It was still at it.
    TimeLimit,
    /// Anything else.
    Failed(String),
}

impl External {
    /// Lets the tool solve a model file within a time, and reads what it found.
    pub(super) fn run(
        &self,
        folder: &Path,
        columns: usize,
        rows: usize,
        limit: Duration,
    ) -> Result<Ran, Silence> {
        let failed = |what: &str, error: &io::Error| {
            Silence::Failed(format!("cannot {what} `{}`: {error}", self.program))
        };
        let program = on_path(self.program)
            .ok_or_else(|| Silence::Failed(format!("there is no `{}`", self.program)))?;
        let file = |name: &str| folder.join(name);
        let (model, solution, values) =
            (file("model.mps"), file("solution.txt"), file("solution.bin"));
        // Whole seconds are all that some take; the limit proper is held below.
        let seconds = limit.as_secs().max(1).to_string();
        let [before, after] = if self.layout == parse::Layout::Coin { COIN } else { [&[][..]; 2] };
        let arguments = [before, self.arguments, after].concat();
        let arguments = arguments.into_iter().map(|argument| match argument {
            "{model}" => model.clone().into_os_string(),
            "{solution}" => solution.clone().into_os_string(),
            "{values}" => values.clone().into_os_string(),
            "{seconds}" => seconds.clone().into(),
            fixed => fixed.into(),
        });
        let version = self.tell_version(&program);
        let began = Instant::now();
        let mut child = Command::new(&program)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed("start", &error))?;
        let out = child.stdout.take();
        let log = thread::spawn(move || {
            let mut text = String::new();
            out.map(|mut out| out.read_to_string(&mut text)).map(|_| text).unwrap_or_default()
        });
        let watched =
            watch(&mut child, began, limit).map_err(|error| failed("wait for", &error))?;
        let log = log.join().unwrap_or_default();
        let Some(Watched { success, wall, memory }) = watched else {
            return Err(Silence::TimeLimit);
        };
        let text = String::from_utf8(read_bytes(&solution)).unwrap_or_default();
        let said = parse::solution(self.layout, &text, &read_bytes(&values), columns, rows);
        if !said.optimal && wall >= limit.as_secs_f64() {
            return Err(Silence::TimeLimit);
        }
        if !success && !said.optimal {
            let last = log.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
            return Err(Silence::Failed(format!("`{}` failed: {last}", self.program)));
        }
        let (iterations, reported) = parse::log(self.layout, &log);
        Ok(Ran { said, wall, reported, iterations, version, memory })
    }

    /// The first word of what the tool tells of its version that has a dot between digits.
    fn tell_version(&self, program: &Path) -> Option<String> {
        let told = Command::new(program).args(self.version).stdin(Stdio::null()).output().ok()?;
        parse::version(&String::from_utf8_lossy(&told.stdout))
    }
}

/// A child that ended by itself.
struct Watched {
    success: bool,
    wall: f64,
    memory: Option<f64>,
}

/// Waits for a child and looks at its memory meanwhile; none if it had to be stopped at the limit.
fn watch(child: &mut Child, began: Instant, limit: Duration) -> io::Result<Option<Watched>> {
    let mut memory: Option<f64> = None;
    loop {
        memory = peak_memory(Some(child.id())).into_iter().chain(memory).reduce(f64::max);
        if let Some(status) = child.try_wait()? {
            let wall = began.elapsed().as_secs_f64();
            return Ok(Some(Watched { success: status.success(), wall, memory }));
        }
        // A second of grace, so that it can say that its time is over.
        if began.elapsed() > limit + Duration::from_secs(1) {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause(began.elapsed()));
    }
}

/// How long not to look: short against what has passed, so that short runs are timed well.
pub(super) fn pause(passed: Duration) -> Duration {
    (passed / 100).clamp(Duration::from_micros(200), Duration::from_millis(20))
}

/// The bytes of a file; none if it is not there.
fn read_bytes(path: &Path) -> Vec<u8> {
    #[expect(clippy::disallowed_methods, reason = "`cli` reads files")]
    std::fs::read(path).unwrap_or_default()
}
