//! What a run tells at its end, for people.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::Style;
use flow_compiler::ir::Program;
use flow_runtime::intake::Tally;
use flow_runtime::report::{StepReport, Totals, WorkflowReport};

use super::backend::Compiled;
use super::report::{Finished, rejected, set_aside};
use crate::output::counted;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// Columns of the words before a number.
const NAME_COLUMNS: usize = 34;
/// Longer names are cut.
const SHOWN_EXAMPLES: usize = 5;

/// Said before the work begins.
pub(super) fn compiled(program: &Program, compiled: &Compiled) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    let parts = [
        counted(program.workflows.len(), "workflow"),
        counted(program.emails.len(), "email"),
        counted(program.teams.len(), "team"),
    ];
    writeln!(out, "{BOLD}{}{BOLD:#}  {}", program.name, parts.join(", "))?;
    for part in &compiled.parts {
        if let Some(workflow) = &part.workflow {
            let size = part.code_bytes as f64 / 1024.0;
            writeln!(out, "  compiled {workflow:<24} {:>6.2} ms  {size:>5.1} KiB of machine code", part.milliseconds)?;
        }
    }
    if let Some(why) = &compiled.fallback {
        writeln!(out, "  no machine code on this machine ({why}): the interpreter runs the steps")?;
    } else if compiled.parts.is_empty() {
        writeln!(out, "  the interpreter runs the steps")?;
    }
    writeln!(out)
}

/// Said at the end.
pub(crate) fn finished(finished: &Finished) -> io::Result<()> {
    let mut text = String::new();
    intake(&mut text, finished);
    for workflow in finished.report.workflows.values() {
        funnel(&mut text, workflow);
    }
    ending(&mut text, finished);
    anstream::stdout().lock().write_all(text.as_bytes())
}

/// A line of a table: words, a number, remarks.
fn line(text: &mut String, name: &str, number: u64, remarks: &str) {
    let shown: String = if name.chars().count() > NAME_COLUMNS {
        name.chars().take(NAME_COLUMNS - 1).chain(['…']).collect()
    } else {
        name.to_owned()
    };
    // A String takes whatever is written.
    let _ = writeln!(text, "  {shown:<NAME_COLUMNS$} {number:>7}  {DIM}{remarks}{DIM:#}");
}

fn heading(text: &mut String, words: &str) {
    let _ = writeln!(text, "{BOLD}{words}{BOLD:#}");
}

fn intake(text: &mut String, finished: &Finished) {
    let report = &finished.report;
    heading(text, "Data");
    let tally = &finished.contacts.tally;
    let joined = format!("{} of them about somebody of an earlier row", report.people.joined);
    line(text, "contact rows", tally.taken(), &joined);
    faults(text, tally);
    line(
        text,
        "events kept",
        report.events.kept,
        &format!("{} of a name the project does not declare", report.events.undeclared),
    );
    line(text, "  arrived before", report.events.repeated, "same message id: no effect");
    faults(text, &finished.events);
    line(text, "people known", report.people.known, &words(&report.people.suppressed));
    let clicks = report.clicks.machine + report.clicks.without_send;
    let remarks =
        format!("{} by machines, {} on mail not sent by then", report.clicks.machine, report.clicks.without_send);
    line(text, "clicks that count for nobody", clicks, &remarks);
    text.push('\n');
}

fn faults(text: &mut String, tally: &Tally) {
    line(text, "  rejected", tally.rejected(), &words(&rejected(tally)));
    let aside = set_aside(tally);
    line(text, "  values set aside", aside.values().sum(), &words(&aside));
}

fn funnel(text: &mut String, workflow: &WorkflowReport) {
    heading(text, &workflow.title);
    line(text, "entered", workflow.entered, "");
    line(text, "  not taken in", workflow.ignored.values().sum(), &words(&workflow.ignored));
    for step in workflow.steps.iter().filter(|step| step.says_something()) {
        self::step(text, step);
    }
    line(text, "converted", workflow.converted, &format!("and {} in time after the end", workflow.attributed));
    line(text, "handed to sales", workflow.handed_off.values().sum(), &words(&workflow.handed_off));
    let exited = workflow.exited_by_step + workflow.exited_when.values().sum::<u64>();
    let mut why = workflow.exited_when.clone();
    if workflow.exited_by_step > 0 {
        why.insert("an exit step".to_owned(), workflow.exited_by_step);
    }
    line(text, "exited", exited, &words(&why));
    line(text, "finished", workflow.finished, "");
    line(text, "still in", workflow.live, "");
    line(text, "mails withheld", workflow.withheld.values().sum(), &words(&workflow.withheld));
    text.push('\n');
}

fn step(text: &mut String, step: &StepReport) {
    let (number, mut remarks) = if step.sent + step.withheld + step.held > 0 {
        (
            step.sent,
            vec![
                "sent".to_owned(),
                format!("{} withheld", step.withheld),
                format!("{} held for the window", step.held),
            ],
        )
    } else if step.handed_off > 0 {
        (step.handed_off, vec!["handed over".to_owned()])
    } else if step.exited > 0 {
        (step.exited, vec!["left here".to_owned()])
    } else if step.timed_out > 0 {
        (step.timed_out, vec!["waited in vain".to_owned()])
    } else {
        (step.here, Vec::new())
    };
    if step.here > 0 {
        remarks.push(format!("{} here now", step.here));
    }
    line(text, &format!("  {}", step.name), number, &remarks.join(", "));
}

fn ending(text: &mut String, finished: &Finished) {
    let (mail, rate) = (&finished.report.mail, &finished.rate);
    heading(text, "Mail");
    line(text, "delivered", mail.delivered, &finished.mail);
    if mail.undelivered > 0 {
        line(text, "not delivered", mail.undelivered, &words(&mail.undelivered_because));
    }
    if mail.retries + mail.waiting > 0 {
        line(text, "waiting for another attempt", mail.waiting, &format!("{} attempts repeated so far", mail.retries));
    }
    if let Some(trouble) = &finished.mail_trouble {
        let _ = writeln!(text, "  the last trouble: {trouble}");
    }
    if mail.undelivered_because.contains_key("out_of_retries") {
        text.push_str(
            "  on a virtual clock two days of attempts pass in a moment: see that the server answers before a run\n",
        );
    }
    if let Some((path, lines)) = &finished.notebook {
        text.push('\n');
        let _ = writeln!(text, "What was not taken: {lines} lines in {}", path.display());
        for example in examples(finished) {
            let _ = writeln!(text, "  {DIM}{example}{DIM:#}");
        }
    }
    text.push('\n');
    if rate.events + rate.steps + rate.mails + finished.contacts.imported.new == 0 {
        // Rates of nothing look like a fault.
        text.push_str("nothing new: the store has seen all of this data before, so nothing was done twice\n");
        return;
    }
    let per_second = |count: u64| (count as f64 / rate.seconds.max(1e-9)).round();
    let _ = writeln!(
        text,
        "{} events, {} wakes and {} mails in {:.1} s: {} events and {} wakes a second",
        rate.events,
        rate.steps,
        rate.mails,
        rate.seconds,
        per_second(rate.events),
        per_second(rate.steps)
    );
}

/// The first finding of each kind, contacts first.
fn examples(finished: &Finished) -> Vec<&str> {
    let mut shown: Vec<&str> = Vec::new();
    for tally in [&finished.contacts.tally, &finished.events] {
        let mut reasons: Vec<_> =
            tally.counts().filter(|(_, subject, _)| subject.is_empty()).map(|(reason, ..)| reason).collect();
        reasons.dedup();
        shown.extend(
            reasons
                .iter()
                .filter_map(|reason| tally.examples(*reason).first())
                .map(String::as_str)
                .take(SHOWN_EXAMPLES),
        );
    }
    shown
}

/// `12 not UTF-8, 3 too long`, largest first.
fn words(totals: &Totals) -> String {
    let mut sorted: Vec<_> = totals.iter().filter(|(_, count)| **count > 0).collect();
    sorted.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), name.as_str()));
    let words: Vec<String> = sorted.iter().map(|(name, count)| format!("{count} {}", name.replace('_', " "))).collect();
    words.join(", ")
}
