//! One run, alone in its process: from the bytes of a flowsheet to a certified plan.

use std::{
    fmt,
    io::Read as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use clap::{Args, ValueEnum};

use super::{
    super::{
        End, Stop,
        args::{PatchArgs, seconds},
        console::{Console, write_output},
        run::{Sheet, open},
    },
    contender::Contender,
    external::{External, Silence},
    machine::peak_memory,
};
use crate::{
    analysis::benchmark::{Measurement, Status},
    diagnostic::{Diagnostics, Severity},
    flowsheet::Flowsheet,
    lp::{self, Backend, Certificate, LinearProgram, Options, write},
    model::{self, Column, Form, Model, Row},
};

/// Which program is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FormName {
    /// With a column for each species in each stream
    Uncondensed,
    /// In the decisions alone
    Condensed,
}

impl FormName {
    pub(super) const ALL: [Self; 2] = [Self::Uncondensed, Self::Condensed];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Uncondensed => "uncondensed",
            Self::Condensed => "condensed",
        }
    }

    const fn form(self) -> Form {
        match self {
            Self::Uncondensed => Form::Full,
            Self::Condensed => Form::Condensed,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct MeasureArgs {
    file: PathBuf,
    #[arg(long, value_enum)]
    form: FormName,
    #[arg(long, value_parser = contender)]
    solver: Contender,
    #[arg(long, value_parser = seconds)]
    time_limit: Duration,
    /// Where files for other tools may be put.
    #[arg(long)]
    folder: PathBuf,
}

fn contender(name: &str) -> Result<Contender, String> {
    Contender::named(name).ok_or_else(|| "there is no such solver".to_owned())
}

pub(super) fn measure(args: &MeasureArgs, console: &mut Console) -> Result<End, Stop> {
    end_with_parent();
    let mut run = Run::new(args);
    let ended = run.make(args);
    let total = run.began.elapsed().as_secs_f64();
    run.told.total = total;
    if let Err(ended) = ended {
        (run.told.status, run.told.message) = (ended.0, Some(ended.1));
    }
    run.told.memory = peak_memory(None).into_iter().chain(run.told.memory).reduce(f64::max);
    let line = serde_json::to_string(&run.told).expect("figures and texts can be written");
    write_output(console, None, &format!("{line}\n"))?;
    Ok(End::Well)
}

/// Ends this process when the one that started it does: its end of standard input is then closed.
fn end_with_parent() {
    std::thread::spawn(|| {
        let mut byte = [0];
        while std::io::stdin().read(&mut byte).is_ok_and(|read| read > 0) {}
        #[expect(clippy::disallowed_methods, reason = "no one is left to tell")]
        std::process::exit(1);
    });
}

/// How a run ended early, and why.
type Ended = (Status, String);

struct Run {
    began: Instant,
    /// When the last phase ended.
    lap: Instant,
    told: Measurement,
}

impl Run {
    fn new(args: &MeasureArgs) -> Self {
        let now = Instant::now();
        let mut told = Measurement::ended(Status::Failed, "", 0.0);
        told.message = None;
        if let Contender::Backend(_) = args.solver {
            told.version = Some(env!("CARGO_PKG_VERSION").to_owned());
        }
        Self { began: now, lap: now, told }
    }

    /// Seconds since the last phase ended, which ends one now.
    fn lap(&mut self) -> f64 {
        let before = std::mem::replace(&mut self.lap, Instant::now());
        (self.lap - before).as_secs_f64()
    }

    fn make(&mut self, args: &MeasureArgs) -> Result<(), Ended> {
        let read = open(&args.file).map_err(|stop| (Status::Failed, format!("{stop:?}")))?;
        let mut sheet = Sheet::parse(&read, None, &PatchArgs::default(), &[]);
        self.told.read = Some(self.lap());
        sheet.lower();
        self.told.lower = Some(self.lap());
        let Some(flowsheet) = sheet.flowsheet else {
            return Err((Status::Failed, first_error(&sheet.findings)));
        };
        let mut model = Model::assemble(&flowsheet, &flowsheet.values())
            .map_err(|findings| (Status::Failed, first_error(&findings)))?;
        self.told.build = Some(self.lap());
        let form = args.form.form();
        let program = program(&model, form);
        self.told.rows = Some(program.row_count());
        self.told.columns = Some(program.column_count());
        self.told.terms = Some(program.term_count());
        self.told.uncondensed_columns = Some(model.full().column_count());
        let left = args.time_limit.saturating_sub(self.began.elapsed());
        if left.is_zero() {
            return Err((Status::TimeLimit, "it was over before the solve".to_owned()));
        }
        let linear = flowsheet.objective.ratio().is_none() && !program.has_integers();
        match args.solver {
            Contender::Backend(backend) => {
                let options = Options { backend, time_limit: Some(left), ..Options::default() };
                if linear {
                    self.solve(&flowsheet, &model, form, &options)
                } else {
                    self.search(&flowsheet, &mut model, form, &options)
                }
            }
            Contender::External(external) if linear => {
                self.hand_over(&flowsheet, &model, form, external, &args.folder, left)
            }
            Contender::External(_) => Err((
                Status::Unsupported,
                "whole numbers and ratios are not handed to other tools".to_owned(),
            )),
        }
    }

    /// A linear program by a backend of our own.
    fn solve(
        &mut self,
        flowsheet: &Flowsheet,
        model: &Model,
        form: Form,
        options: &Options,
    ) -> Result<(), Ended> {
        let program = program(model, form);
        if options.backend == Backend::Simplex && program.row_count() > lp::BASIS_ROWS {
            let message = format!("it takes up to {} rows", lp::BASIS_ROWS);
            return Err((Status::Unsupported, message));
        }
        self.lap();
        let solved = lp::solve(program, options);
        self.told.solve = Some(self.lap());
        let solution = solved.map_err(|failure| ended(&failure))?;
        // Those of other backends are not known, only what the own simplex added to them.
        let own = solution.backend == Backend::Simplex;
        self.told.iterations = u64::try_from(solution.pivots).ok().filter(|_| own);
        let certificate = model.certify(form, &solution.primal, &solution.duals);
        self.told.certify = Some(self.lap());
        self.certified(certificate, -flowsheet.objective.sign() * solution.objective)
    }

    /// A program with whole numbers, or a ratio.
    fn search(
        &mut self,
        flowsheet: &Flowsheet,
        model: &mut Model,
        form: Form,
        options: &Options,
    ) -> Result<(), Ended> {
        self.lap();
        let solved = model.solve(flowsheet, options, form);
        self.told.solve = Some(self.lap());
        let solution = solved.map_err(|failure| match failure {
            model::Failure::Infeasible(_) => (Status::NoPlan, "infeasible".to_owned()),
            model::Failure::Unbounded(_) => (Status::NoPlan, "unbounded".to_owned()),
            model::Failure::TimeLimit => (Status::TimeLimit, "it was over in the solve".to_owned()),
            model::Failure::Uncertified(certificate) => uncertified(&certificate),
            other => (Status::Failed, format!("{other:?}")),
        })?;
        if let Some(gap) = solution.raw.gap.filter(|gap| !gap.complete) {
            let message = format!("it was over with a gap of {:.1e}", gap.relative);
            return Err((Status::TimeLimit, message));
        }
        self.certified(solution.certificate, solution.objective)
    }

    /// A linear program by another tool.
    fn hand_over(
        &mut self,
        flowsheet: &Flowsheet,
        model: &Model,
        form: Form,
        external: &External,
        folder: &Path,
        left: Duration,
    ) -> Result<(), Ended> {
        let program = program(model, form);
        let text = mps(program).map_err(|_| (Status::Failed, "no room for MPS".to_owned()))?;
        save(&folder.join("model.mps"), &text)
            .map_err(|error| (Status::Failed, format!("cannot write MPS: {error}")))?;
        drop(text);
        let mps = self.lap();
        self.told.build = self.told.build.map(|build| build + mps);
        let (columns, rows) = (program.column_count(), program.row_count());
        let ran = external.run(folder, columns, rows, left);
        self.told.solve = Some(self.lap());
        let ran = ran.map_err(|silence| match silence {
            Silence::TimeLimit => (Status::TimeLimit, "it was over in the solve".to_owned()),
            Silence::Failed(message) => (Status::Failed, message),
        })?;
        // What it took to start the tool for its version does not count.
        self.told.solve = Some(ran.wall);
        self.told.reported = ran.reported;
        self.told.iterations = ran.iterations;
        self.told.version = ran.version;
        self.told.memory = ran.memory;
        if !ran.said.optimal {
            return Err((Status::Uncertified, format!("it says: {}", ran.said.words)));
        }
        let certificate = model.certify(form, &ran.said.primal, &ran.said.duals);
        self.told.certify = Some(self.lap());
        let objective = program.objective_at(&ran.said.primal);
        self.certified(certificate, -flowsheet.objective.sign() * objective)
    }

    fn certified(&mut self, certificate: Certificate, objective: f64) -> Result<(), Ended> {
        self.told.violation = Some(certificate.worst().1);
        self.told.gap = Some(certificate.gap);
        self.told.objective = Some(objective);
        if !certificate.passes() {
            return Err(uncertified(&certificate));
        }
        self.told.status = Status::Certified;
        Ok(())
    }
}

const fn program(model: &Model, form: Form) -> &LinearProgram<Column, Row> {
    match form {
        Form::Full => model.full(),
        Form::Condensed => model.condensed(),
    }
}

/// A program as MPS under short names, by which solutions are read.
fn mps(program: &LinearProgram<Column, Row>) -> Result<String, fmt::Error> {
    let (mut columns, mut rows) = (0_usize.., 0_usize..);
    let named = program.with_keys(
        |_| format!("c{}", columns.next().unwrap_or_default()),
        |_| format!("r{}", rows.next().unwrap_or_default()),
    );
    let mut text = String::new();
    write::mps(&named, &mut text)?;
    Ok(text)
}

fn save(path: &Path, text: &str) -> std::io::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "`cli` writes files")]
    std::fs::write(path, text)
}

fn first_error(findings: &Diagnostics) -> String {
    let error = findings.into_iter().find(|finding| finding.severity == Severity::Error);
    error.map_or_else(|| "nothing was found".to_owned(), |error| error.message.clone())
}

fn uncertified(certificate: &Certificate) -> Ended {
    let (what, size) = certificate.worst();
    (Status::Uncertified, format!("its certificate fails: {what} {size:.0e}"))
}

fn ended(failure: &lp::Failure) -> Ended {
    match failure {
        lp::Failure::Infeasible { .. } => (Status::NoPlan, "infeasible".to_owned()),
        lp::Failure::Unbounded { .. } => (Status::NoPlan, "unbounded".to_owned()),
        lp::Failure::Uncertified { certificate, .. } => uncertified(certificate),
        lp::Failure::TimeLimit => (Status::TimeLimit, "it was over in the solve".to_owned()),
        lp::Failure::Backend(message) => (Status::Failed, message.clone()),
        lp::Failure::Refused(defects) => {
            (Status::Failed, defects.first().map_or_else(String::new, ToString::to_string))
        }
    }
}
