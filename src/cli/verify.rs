//! `reeflow verify`.

use std::{path::PathBuf, time::Instant};

use clap::Args;

use super::{
    End, Stop,
    args::PatchArgs,
    console::{Console, write_output},
    run::{Sheet, is_json, open, open_any},
};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics},
    exact::{Proof, Refusal, recheck},
    report::json::Saved,
};

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The result, as `reeflow solve --exact --format json` wrote it
    result: PathBuf,
    /// The flowsheet it is of; the scenario and the settings are those of the result
    flowsheet: PathBuf,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", value_parser = super::args::seconds, default_value = "600")]
    time_limit: std::time::Duration,
}

pub(super) fn verify(args: &VerifyArgs, console: &mut Console) -> Result<End, Stop> {
    let cannot =
        |why: String| Stop::Tool(format!("cannot verify `{}`: {why}", args.result.display()));
    let text = open_any(&args.result)?;
    if !is_json(&text) {
        let why = "it is no JSON; name the result first, then its flowsheet: `reeflow verify RESULT.json FLOWSHEET.toml`";
        return Err(cannot(why.to_owned()));
    }
    let text =
        String::from_utf8(text.bytes).map_err(|error| cannot(format!("it is no text: {error}")))?;
    let saved = Saved::read(&text).map_err(cannot)?;
    let Some(proof) = &saved.proof else {
        let why = "it proves nothing exactly; write it with `reeflow solve --exact --format json`, of a flowsheet with a plan or a contradiction";
        return Err(cannot(why.to_owned()));
    };
    let patch = PatchArgs { set: saved.request.set.clone(), ..PatchArgs::default() };
    let mut sheet = Sheet::of(&open(&args.flowsheet)?, saved.request.scenario.as_deref(), &patch);
    if let Some(other) = saved.other_flowsheet(&sheet.sources) {
        let findings = Diagnostics::from(not_of(args, other));
        console.draw(&findings, &sheet.sources);
        return Err(Stop::Model);
    }
    let mut refuted = saved.changes(&sheet.sources);
    refuted.extend(saved.contradictions());
    if let Some(flowsheet) = &sheet.flowsheet {
        let deadline = Instant::now().checked_add(args.time_limit);
        let busy = console.busy("deriving everything again");
        let checked = recheck(flowsheet, &sheet.sources, proof, deadline);
        drop(busy);
        match checked {
            Ok(()) => {}
            Err(Refusal::Unable(reason)) if refuted.is_empty() => return Err(cannot(reason)),
            Err(Refusal::Wrong(reason) | Refusal::Unable(reason)) => refuted.push(reason),
            Err(Refusal::TimeLimit) => {
                return Err(cannot("the time limit passed; raise `--time-limit`".to_owned()));
            }
        }
    }
    for reason in &refuted {
        sheet.findings.push(Diagnostic::new(Code::ProofRefuted, reason.clone()));
    }
    console.draw(&sheet.findings, &sheet.sources);
    if !refuted.is_empty() || sheet.flowsheet.is_none() {
        return Err(Stop::Model);
    }
    write_output(console, None, &told(proof, sheet.sources.iter().count()))?;
    Ok(End::Well)
}

/// The result is not of the flowsheet that was named.
fn not_of(args: &VerifyArgs, other: &str) -> Diagnostic {
    let (result, named) = (args.result.display(), args.flowsheet.display());
    let message = format!("`{result}` is a result of `{other}`, not of `{named}`");
    let anew = format!("reeflow solve {named} --exact --format json -o RESULT.json");
    Diagnostic::new(Code::ProofRefuted, message)
        .help(format!("name the flowsheet that was solved, or prove this one: `{anew}`"))
}

/// What was found to hold.
fn told(proof: &Proof, texts: usize) -> String {
    let texts = if texts == 1 { "1 text".to_owned() } else { format!("{texts} texts") };
    let unchanged = format!("unchanged   the result, and the {texts} of the flowsheet");
    match proof {
        Proof::Optimal { objective, basis, decisions, flows, shadow_prices } => format!(
            "Proven in rational arithmetic: the plan is optimal.\n\
             objective   {}, as a fraction of {} digits\n\
             basis       {} of {} variables\n\
             derived     {} decisions, {} flows and their worths, {} shadow prices: all the same\n\
             {unchanged}\n",
            objective.rounded,
            objective.exact.bytes().filter(u8::is_ascii_digit).count(),
            basis.len(),
            decisions.len() + shadow_prices.len(),
            decisions.len(),
            flows.len(),
            shadow_prices.len(),
        ),
        Proof::Infeasible { multipliers } => format!(
            "Proven in rational arithmetic: there is no plan.\n\
             contradiction   {} rows add up to less than nothing\n\
             {unchanged}\n",
            multipliers.len()
        ),
    }
}
