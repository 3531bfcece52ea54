//! What a run tells at its end, and `flow report` of a store, for people.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use flow_ir::debug::{WorkflowDebug, Written};
use flow_ir::effect::Effect;
use flow_ir::{Id, Program, Split, Workflow, WorkflowId};
use flow_runtime::inbound::{Reason, Tally};
use flow_runtime::report::{NOBODY, Period, RunReport, StepReport, Totals, WorkflowReport};

use super::backend::Compiled;
use super::report::{Finished, Rate, Sort, Standing, left_out, rejected, set_aside, subjects};
use super::strangers::Strangers;
use super::table::{Line, Table, print};
use super::words::{
    SEND_AS_UNSUBSCRIBED, as_named, if_any, ignored_words, many, nobody_words, suppressed_words, withheld_words, words,
};
use crate::ink::{self, Ink};
use crate::output::{counted, thousands};

const BOLD: Ink = Ink::Bold;
const DIM: Ink = Ink::Dim;
const SHOWN_EXAMPLES: usize = 5;

/// Said before the work begins. How long the compiler took and what it made is for those who ask.
pub(crate) fn compiled(program: &Program, compiled: &Compiled, verbose: bool) -> io::Result<()> {
    let mut out = ink::stdout();
    writeln!(out, "{}", heading(program))?;
    for part in compiled.parts.iter().filter(|_| verbose) {
        if let Some(workflow) = &part.workflow {
            let size = part.code_bytes as f64 / 1024.0;
            writeln!(out, "  compiled {workflow:<24} {:>6.2} ms  {size:>5.1} KiB of machine code", part.milliseconds)?;
        }
    }
    if let Some(why) = compiled.fallback.as_ref().filter(|_| verbose) {
        writeln!(out, "  no machine code on this machine ({why}): the interpreter runs the steps")?;
    } else if verbose && compiled.parts.is_empty() {
        writeln!(out, "  the interpreter runs the steps")?;
    }
    writeln!(out)
}

/// What the project is called, and how much there is of it.
fn heading(program: &Program) -> String {
    let parts = [
        counted(program.workflows.len(), "workflow"),
        counted(program.emails.len(), "email"),
        counted(program.teams.len(), "team"),
    ];
    format!("{BOLD}{}{BOLD:#}  {}", program.debug.name, parts.join(", "))
}

/// Said at the end.
pub(crate) fn finished(finished: &Finished, verbose: bool) -> io::Result<()> {
    let standing = &finished.standing;
    let heard = refusals_without_effect(&refusals_heard(finished));
    let mut text = heard + &period(&standing.report) + &opening(finished);
    print(&mut text, &tables(data(finished), standing));
    mail_trouble(&mut text, finished);
    not_taken(&mut text, finished);
    let _ = writeln!(text, "{}", ending(finished, verbose));
    ink::stdout().write_all(text.as_bytes())
}

/// What is told of a store to whoever asks, beside what it has come to.
pub(crate) struct Asked {
    /// As of when it is, and who works on it.
    pub(crate) as_of: String,
    /// When the next mail that waits is due.
    pub(crate) next_mail: Option<String>,
    /// Why the newest mail that waits and was tried did not leave.
    pub(crate) trouble: Option<String>,
    /// Where its events and contacts have nobody in common.
    pub(crate) strangers: Option<Strangers>,
}

/// The same of a store that somebody asks about, below the words that say as of when.
pub(crate) fn standing(standing: &Standing, asked: &Asked) -> io::Result<()> {
    let heard = refusals_without_effect(&standing.report.events.unknown_refusals);
    let mut text = format!("{}\n\n{}\n\n{heard}{}", heading(&standing.program), asked.as_of, period(&standing.report));
    let mut data = Table::new("Data");
    events(&mut data, &standing.report);
    not_understood(&mut data, &standing.report.events.unknown_refusals);
    strangers(&mut data, asked.strangers.as_ref());
    people(&mut data, &standing.report);
    let mut tables = tables(data, standing);
    tables.iter_mut().for_each(|table| waits(table, asked));
    print(&mut text, &tables);
    // The last table ends with an empty line, which parts it from nothing here.
    ink::stdout().write_all(text.trim_end_matches('\n').as_bytes())?;
    writeln!(ink::stdout())
}

/// The data, the funnels and the mail.
fn tables(mut data: Table, standing: &Standing) -> Vec<Table> {
    if let Some(said) = replayed(standing) {
        data.closing = said;
    }
    let mut tables = vec![data];
    tables.extend(standing.program.workflows.iter().filter_map(|(id, workflow)| {
        let report = standing.report.workflows.get(&workflow.name)?;
        Some(funnel(&standing.program, id, workflow, report))
    }));
    if let Some(last) = tables.last_mut() {
        last.closing = [opened_by_click(&standing.report), in_several(&standing.report)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n");
    }
    tables.push(mail(standing));
    tables
}

/// What the numbers below are about.
fn period(report: &RunReport) -> String {
    let Some(Period { first_day, last_day, days, zone }) = &report.period else { return String::new() };
    if first_day == last_day {
        return format!("{BOLD}{first_day}{BOLD:#} ({zone})\n\n");
    }
    format!("{BOLD}{first_day} to {last_day}{BOLD:#}, {} ({zone})\n\n", many(*days, "day"))
}

/// Opens and clicks come with the events: in a rehearsal they are those of another time, whatever the workflow does now.
fn replayed(standing: &Standing) -> Option<String> {
    let workflows = || standing.report.workflows.values();
    let any = workflows().any(|report| report.opened.len() + report.clicked.len() + report.replied.len() > 0);
    let file = standing.events_file.as_ref().filter(|_| any && !standing.is_live)?;
    Some(format!(
        "Opens, clicks and replies are those in {file}, played again: they do not follow a change of the workflow."
    ))
}

/// Fewer would else have opened a mail than followed a link in it.
fn opened_by_click(report: &RunReport) -> Option<String> {
    let mut steps = report.workflows.values().flat_map(|report| &report.steps);
    steps.any(|step| step.opened_by_click > 0).then(|| {
        "Who followed a link counts as having opened the mail: an open is told by a picture, and many mail programs load none.".to_owned()
    })
}

/// Each workflow counts its own goal, so one demo may stand in several.
fn in_several(report: &RunReport) -> Option<String> {
    let met = report.workflows.values().filter(|report| report.goal_met + report.attributed > 0).count();
    (met > 1)
        .then(|| "One person may meet the goals of several workflows: the numbers above count journeys.".to_owned())
}

/// Says that the data held nothing new, where that is so: the numbers below are then those of before.
fn opening(finished: &Finished) -> String {
    let taken_now = finished.contacts.tally.taken().saturating_sub(finished.contacts.imported.known);
    if finished.rate.events + taken_now > 0 || finished.standing.report.people.known == 0 {
        return String::new();
    }
    let fresh = "The project has changed since: `flow run --fresh` rehearses it from the beginning (the old store is set aside).\n";
    let fresh = if finished.is_of_another { fresh } else { "" };
    format!("Nothing new came in: the contacts and events are known from an earlier run and change nothing.\n{fresh}\n")
}

fn data(finished: &Finished) -> Table {
    let report = &finished.standing.report;
    let mut table = Table::new("Data");
    let tally = &finished.contacts.tally;
    let joined = if_any(finished.contacts.imported.aliases, |many| format!("{many} about somebody of an earlier row"));
    // Where none is rejected, all of them are taken.
    if tally.rejected() == 0 {
        table.line("contact rows", tally.taken(), joined);
    } else {
        table.line("contact rows", tally.taken() + tally.rejected(), "in the file");
        table.line("  taken", tally.taken(), joined);
    }
    faults(&mut table, tally);
    for (shut_out, by) in finished.contacts.shut_out.told() {
        table.line("  shut out of marketing", shut_out, by);
    }
    let unused = &finished.contacts.ignored_columns;
    table.line_if_any("  columns not used", unused.len() as u64, unused.join(", "));
    let absent = &finished.contacts.absent_fields;
    let needed = format!("{}: workflows ask for it, and events may bring it", absent.join(", "));
    table.line_if_any("  fields without a column", absent.len() as u64, needed);
    events(&mut table, report);
    faults(&mut table, &finished.events);
    strangers(&mut table, finished.strangers.as_ref());
    people(&mut table, report);
    table
}

/// What a store holds of what people did.
fn events(table: &mut Table, report: &RunReport) {
    let undeclared = if_any(report.events.undeclared, |many| format!("{many} of a name the project does not declare"));
    table.line("events", report.events.kept, undeclared);
    let before = "they occurred before the store began: they fill what conditions ask for, and let nobody in";
    table.line_if_any("  history", report.events.history, before);
    let nothing_new = "about nobody who was handed over, or said before: no effect";
    table.line_if_any("  answers of teams", report.events.answers_to_no_handoff, nothing_new);
    table.line_if_any("  repeated", report.events.repeated, "a message id known by then: no effect");
}

/// Whom a store knows, and the clicks that are nobody's.
fn people(table: &mut Table, report: &RunReport) {
    table.line("people", report.people.known, words(&report.people.suppressed, suppressed_words));
    table.line_if_any(
        "  gave consent again",
        report.people.consented,
        "after they had taken it back or paused it, or a workflow had suppressed them",
    );
    let back = "a workflow had suppressed them, and the policy lets them come back";
    table.line_if_any("  came back", report.people.came_back, back);
    let wants = "they want marketing mail, and had not said so before";
    table.line_if_any("  gave consent", report.people.granted, wants);
    let asked = "they asked for mail, and were to confirm it: each topic for itself, and all mail";
    table.line_if_any("  asked to confirm", report.people.asked_to_confirm, asked);
    let another = "no effect: for an address that was not theirs by then; tell whose it is before";
    table.line_if_any("  consent not theirs", report.people.yes_for_another_address, another);
    let topics =
        [("  left topics", &report.people.unsubscribed_from), ("  chose topics", &report.people.subscribed_to)];
    for (title, by_topic) in topics {
        table.line_if_any(title, by_topic.values().sum(), words(by_topic, as_named));
    }
    table.line_if_any(
        "  known twice before",
        report.people.same_person,
        "a user id brought a device or an address along",
    );
    let anothers = "they came with the user id of somebody else, and an address has one person";
    table.line_if_any("  addresses left out", report.people.addresses_left_out, anothers);
    table.line_if_any("  unknown time zone", report.people.unknown_zones, "they live in the project's");
    let clicks = &report.clicks;
    let by = Totals::from([
        ("by machines".to_owned(), clicks.machine),
        ("on mail that no journey had sent".to_owned(), clicks.without_send),
        ("naming no email of the project".to_owned(), clicks.unknown_email),
    ]);
    table.line_if_any("clicks not counted", by.values().sum(), words(&by, as_named));
}

fn faults(table: &mut Table, tally: &Tally) {
    table.line_if_any("  rejected", tally.rejected(), words(&rejected(tally), as_named));
    let aside = set_aside(tally);
    table.line_if_any("  values set aside", aside.values().sum(), words(&aside, as_named));
    let left_out = left_out(tally);
    table.line_if_any("  values left out", left_out.values().sum(), words(&left_out, as_named));
    not_understood(table, &subjects(tally, Reason::UnknownConsent));
    let unseen = tally.of(Reason::UnseenCharacters);
    table.line_if_any("  unseen characters", unseen, "taken out of addresses and ids");
}

fn not_understood(table: &mut Table, sound: &Totals) {
    let sounding = format!("no effect, though it sounds like a refusal: {}", words(sound, as_named));
    table.line_if_any("  not understood", sound.values().sum(), sounding);
}

/// What sounds like a refusal and has no effect: the events of the store by their names, and what else this process has read.
fn refusals_heard(finished: &Finished) -> Totals {
    let mut names = finished.standing.report.events.unknown_refusals.clone();
    for (name, count) in subjects(&finished.events, Reason::UnknownConsent) {
        names.entry(name).or_insert(count);
    }
    names
}

/// Said above everything else: whoever meant a refusal goes on getting mail until somebody looks.
fn refusals_without_effect(names: &Totals) -> String {
    if names.is_empty() {
        return String::new();
    }
    let is_one = names.values().sum::<u64>() == 1;
    let (sound, shut) = if is_one { ("event sounds", "shuts") } else { ("events sound", "shut") };
    format!(
        "{BOLD}warning: {} {sound} like a refusal and {shut} nobody out{BOLD:#}: {}\n\
         Flow knows nothing of such a name: {SEND_AS_UNSUBSCRIBED}.\n\n",
        thousands(names.values().sum()),
        words(names, as_named)
    )
}

/// Rows and events that are about nobody in common: most likely their ids are of two kinds.
fn strangers(table: &mut Table, strangers: Option<&Strangers>) {
    let Some(strangers) = strangers else { return };
    table.line("  of unknown people", strangers.events, strangers.words());
}

/// The title of a workflow; with its name where another has the same title, as after a change of the name.
fn heading_of(program: &Program, id: WorkflowId, workflow: &Workflow, report: &WorkflowReport) -> String {
    let alike = program.workflows.ids().filter(|other| program.title(*other) == report.title).count();
    match (alike, program.lineage.gone.contains(&id.0)) {
        (0 | 1, _) => report.title.clone(),
        (_, false) => format!("{} ({})", report.title, workflow.name),
        (_, true) => format!("{} ({}, no longer in the project)", report.title, workflow.name),
    }
}

fn funnel(program: &Program, id: WorkflowId, workflow: &Workflow, report: &WorkflowReport) -> Table {
    let mut table = Table::new(&heading_of(program, id, workflow, report));
    goal(&mut table, workflow, report);
    if let Some(without) = report.without_mail {
        let share = format!(
            "of {}, {}: the shares of those who entered count them, too",
            thousands(report.entered),
            percent(without, report.entered)
        );
        table.line_if_any("got no mail so far", without, share);
    }
    table.line("entered", report.entered, "");
    table.line_if_any(
        "  not taken in",
        report.ignored.values().sum(),
        words(&report.ignored, |reason| ignored_words(reason, report)),
    );
    held_out(&mut table, workflow, report);
    if let Some(waiting) = &report.waiting {
        table.line("wait for their turn", waiting.people, format!("the last on {}", waiting.last_turn));
    }
    table.lines.extend(steps(workflow, program.told(id), report));
    ends(&mut table, program, workflow, report);
    table.line_if_any("mails withheld", report.withheld.values().sum(), words(&report.withheld, withheld_words));
    table
}

/// Where those are who entered, each once.
fn ends(table: &mut Table, program: &Program, workflow: &Workflow, report: &WorkflowReport) {
    let of_entered = |many: u64, more: String| if_any(many, |_| share(many, report.entered, &more));
    table.line_if_any("ended as converted", report.converted, of_entered(report.converted, String::new()));
    if let Some(teams) = teams(program, workflow) {
        let mut taken = report.handed_off.clone();
        let nobody = taken.remove(NOBODY).unwrap_or_default();
        // Whom nobody took in time was handed to two people, and over once.
        let passed_on: u64 = report.steps.iter().map(|step| step.passed_on).sum();
        let all = taken.values().sum::<u64>().saturating_sub(passed_on);
        let members = words(&taken, as_named);
        let to = if_any(passed_on, |many| format!("; {many} passed on to the backup"));
        table.line(format!("handed to {teams}"), all, of_entered(all, format!("{members}{to}")));
        let kept = all.saturating_sub(report.handed_over);
        table.line_if_any("  kept in the workflow", kept, "handed off, and counted under the end that they come to");
        table.line_if_any("taken by nobody", nobody, words(&report.taken_by_nobody, nobody_words));
    }
    let mut exits: Totals = report.exited_when.iter().map(|(when, many)| (format!("by {when}"), *many)).collect();
    exits.insert("at an exit step".to_owned(), report.exited_by_step);
    let all = exits.values().sum();
    table.line_if_any("exited", all, of_entered(all, words(&exits, as_named)));
    let stopped: Totals = report.stopped.iter().map(|(by, many)| (format!("by {by}"), *many)).collect();
    let all = stopped.values().sum();
    table.line_if_any("stopped", all, of_entered(all, words(&stopped, as_named)));
    table.line_if_any("finished", report.finished, of_entered(report.finished, "after the last step".to_owned()));
    table.line_if_any("gave way", report.gave_way, "they proved to be somebody who was in it already");
    table.line("still in", report.live, of_entered(report.live, String::new()));
    table.line_if_any("  paused", report.paused, "they stand still at this moment");
}

/// `19.9 %`, and what there is to say besides.
fn share(part: u64, whole: u64, more: &str) -> String {
    let separator = if more.is_empty() { "" } else { ": " };
    format!("{}{separator}{more}", percent(part, whole))
}

/// The one number that a workflow is there for. `exit as converted` needs no goal.
fn goal(table: &mut Table, workflow: &Workflow, report: &WorkflowReport) {
    let met = report.goal_met + report.attributed;
    if workflow.goal.is_none() && met == 0 {
        return;
    }
    let rate = if_any(report.entered, |entered| format!("of {entered}, {}", percent(met, report.entered)));
    let when = [(report.goal_met, "on the way"), (report.attributed, "in time after the end")];
    let when: Vec<String> =
        when.iter().filter(|(many, _)| *many > 0).map(|(many, when)| format!("{} {when}", thousands(*many))).collect();
    let separator = if when.is_empty() { "" } else { ": " };
    table.line("goal met by", met, format!("{rate}{separator}{}", when.join(", ")));
}

/// How many of those for whom nothing is done met the goal, beside how many of the others: what the workflow brings about is the difference.
fn held_out(table: &mut Table, workflow: &Workflow, report: &WorkflowReport) {
    let others = report.entered.saturating_sub(report.held_out);
    let met = (report.goal_met + report.attributed).saturating_sub(report.held_out_met);
    let of = |met: u64, all: u64| format!("{} of {} ({})", thousands(met), thousands(all), percent(met, all));
    if workflow.goal.is_none() {
        return table.line_if_any("  held out", report.held_out, "");
    }
    let both =
        format!("goal met by {}, by {} of the others", of(report.held_out_met, report.held_out), of(met, others));
    table.line_if_any("  held out", report.held_out, both);
}

/// `15.7 %`: of journeys, to the nearest tenth.
fn percent(part: u64, whole: u64) -> String {
    format!("{:.1} %", part as f64 * 100.0 / whole.max(1) as f64)
}

/// Each step and each further arm of an `if`, in the order of the text; behind them those that an earlier version had and people have come to.
fn steps(workflow: &Workflow, told: Option<&WorkflowDebug>, report: &WorkflowReport) -> Vec<Line> {
    // What the text does not have any more has no place in it.
    let at = |written: Option<&Written>| {
        let place = written.map(|written| &written.at).filter(|at| **at != Default::default());
        place.map(|at| at.span.start)
    };
    let mut lines = Vec::new();
    for (id, step) in workflow.steps.ids().zip(&report.steps) {
        let written = told.and_then(|told| told.steps.get(id));
        if let Some(line) = self::step(step) {
            lines.push((at(written), line));
        }
    }
    for (number, arm) in workflow.arms.iter().enumerate() {
        let nth = workflow.arms.iter().take(number).filter(|other| *other == arm).count();
        let Some(step) = report.steps.get(arm.index()) else { continue };
        // One without a name only fills a place between two versions.
        let Some(arm) = step.arms.get(nth).filter(|arm| !arm.name.is_empty()) else { continue };
        let written = told.and_then(|told| told.arms.get(number));
        if arm.name == HELD_OUT {
            // A step that changes a field is told of those alone for whom it did not.
            let line = || Line::new(format!("  {}", step.name), arm.taken, HELD_OUT);
            lines.extend((arm.taken > 0).then(|| (at(written), line())));
            continue;
        }
        let taken = match came_to(step) {
            _ if arm.taken == 0 => "nobody so far".to_owned(),
            Some(came) => format!("took this way ({})", percent(arm.taken, came)),
            None => "took this way".to_owned(),
        };
        lines.push((at(written), Line::new(format!("  {}", arm.name), arm.taken, taken)));
    }
    lines.sort_by_key(|(at, _)| *at);
    let (mut now, mut before): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(at, _)| at.is_some());
    before.retain(|(_, line)| line.number > 0);
    if told.is_none() {
        return before.into_iter().map(|(_, line)| line).collect();
    }
    for (_, line) in &mut before {
        line.remarks = if line.remarks.is_empty() { BEFORE.to_owned() } else { format!("{BEFORE}: {}", line.remarks) };
    }
    now.append(&mut before);
    now.into_iter().map(|(_, line)| line).collect()
}

/// Of a step that the text does not have any more.
const BEFORE: &str = "before a change";

/// Who came to a step that parts people; none where those who take no way leave no number.
fn came_to(step: &StepReport) -> Option<u64> {
    let takes_all = step.arms.last().is_some_and(|arm| arm.name == "else");
    step.came.or_else(|| takes_all.then(|| step.arms.iter().map(|arm| arm.taken).sum()))
}

/// Those a workflow hands to, in the order of their names; none where it hands nobody over.
fn teams(program: &Program, workflow: &Workflow) -> Option<String> {
    let teams: BTreeSet<&str> = (workflow.effects.values())
        .filter_map(|effect| match effect {
            Effect::Handoff(handoff) => Some(program.teams.at(handoff.team).name.as_str()),
            _ => None,
        })
        .collect();
    let teams: Vec<&str> = teams.into_iter().collect();
    (!teams.is_empty()).then(|| teams.join(" and "))
}

/// The number that a step is there for, and what else happened at it. None where nothing is kept of it.
fn step(step: &StepReport) -> Option<Line> {
    let name = format!("  {}", step.name);
    let came = step.came?;
    if came == 0 {
        return Some(Line::new(name, 0, "nobody came here so far"));
    }
    let did = step.sent
        + step.withheld
        + step.held_out
        + step.handed_off
        + step.taken_by_nobody
        + step.exited
        + step.suppressed
        + step.notified
        + step.notified_nobody;
    let mut parts = vec![
        (if did == 0 { came } else { 0 }, "came"),
        (step.sent, "sent"),
        (step.handed_off, "handed off"),
        (step.taken_by_nobody, "taken by nobody"),
        (step.passed_on, "passed on to the backup"),
        (step.answers.taken, "taken"),
        (step.answers.refused, "refused"),
        (step.answers.done, "done"),
        (step.suppressed, "suppressed"),
        (step.notified, "notified"),
        (step.notified_nobody, "nobody to notify"),
        (step.went_on.saturating_sub(step.timed_out), WENT_ON),
        (step.timed_out, TIMED_OUT),
        (step.withheld, WITHHELD),
        (step.held_out, HELD_OUT),
        (step.undelivered, "undelivered"),
        (step.exited + step.left, "left here"),
        (step.here, "here now"),
    ];
    parts.retain(|(number, _)| *number > 0);
    let mut parts = parts.into_iter();
    let (number, first) = parts.next()?;
    let more = parts.map(|(number, words)| match words {
        WENT_ON | TIMED_OUT | WITHHELD | HELD_OUT => {
            format!(", {} {words} ({})", thousands(number), percent(number, came))
        }
        _ => format!(", {} {words}", thousands(number)),
    });
    let more: String = more.collect();
    let engaged = engaged(step);
    let more = if engaged.is_empty() { more } else { format!(", {engaged}{more}") };
    // No outcome of its own: whoever is held is sent to later, withheld or still here.
    let held = if_any(step.held, |held| format!("; {held} of them were held first"));
    Some(Line::new(name, number, format!("{first}{more}{held}")))
}

const WENT_ON: &str = "went on";
const TIMED_OUT: &str = "timed out";
const WITHHELD: &str = "withheld";
const HELD_OUT: &str = Split::HELD_OUT;

/// `opened by 409 (63.2 %), clicked by 40 (6.2 %), 3 unsubscribed (0.5 %)`, of those sent; nothing where nobody did.
fn engaged(step: &StepReport) -> String {
    let share = |many: u64| percent(many, step.sent);
    let by = [(step.opened.unwrap_or_default(), "opened"), (step.clicked.unwrap_or_default(), "clicked")];
    let by = by.map(|(many, did)| (many, format!("{did} by {} ({})", thousands(many), share(many))));
    let lost = [(step.unsubscribed, "unsubscribed"), (step.bounced, "bounced"), (step.complained, "called it spam")];
    let lost = lost.map(|(many, did)| (many, format!("{} {did} ({})", thousands(many), share(many))));
    let parts = by.into_iter().chain(lost).filter(|(many, _)| *many > 0).map(|(_, words)| words);
    parts.collect::<Vec<_>>().join(", ")
}

fn mail(standing: &Standing) -> Table {
    let mail = &standing.report.mail;
    let mut table = Table::new("Mail");
    table.line("sent", mail.sent, format!("to {}", standing.mail));
    table.line_if_any("  notices to teams", mail.notices, "of these");
    table.line_if_any(
        "undelivered",
        mail.undelivered,
        words(&mail.undelivered_because, |reason| reason.replace('_', " ")),
    );
    table.line_if_any("attempts repeated", mail.retries, "");
    table.line_if_any(WAITING, mail.waiting, "");
    table
}

const WAITING: &str = "waiting to leave";

/// When the next mail that waits is due, and why what was tried did not leave.
fn waits(table: &mut Table, asked: &Asked) {
    let Some(line) = table.lines.iter_mut().find(|line| line.name == WAITING) else { return };
    line.remarks = asked.next_mail.as_ref().map(|at| format!("the next is due {at}")).unwrap_or_default();
    table.closing =
        asked.trouble.as_ref().map(|trouble| format!("The last trouble with mail: {trouble}")).unwrap_or_default();
}

/// Why mail waits or was lost, and what to do about it.
fn mail_trouble(text: &mut String, finished: &Finished) {
    if let Some(trouble) = &finished.mail_trouble {
        let _ = writeln!(text, "The last trouble with mail: {trouble}");
    }
}

fn not_taken(text: &mut String, finished: &Finished) {
    let Some((path, lines)) = &finished.notebook else { return };
    let _ = writeln!(text, "What was not taken as it came: {} in {}", many(*lines, "line"), path.display());
    let tallies = [&finished.contacts.tally, &finished.events];
    for sort in Sort::ALL {
        let number = tallies.iter().map(|tally| sort.of(tally)).sum();
        if number > 0 {
            let _ = writeln!(text, "  {} {}", thousands(number), sort.words(number));
        }
    }
    for example in examples(finished) {
        let _ = writeln!(text, "  {DIM}{example}{DIM:#}");
    }
    text.push('\n');
}

/// What this run did, and how fast.
fn ending(finished: &Finished, verbose: bool) -> String {
    let Rate { seconds, events, steps, mails } = finished.rate;
    if events + steps + mails == 0 && !finished.standing.is_live {
        return format!("Nothing was due: read and compared in {seconds:.1} s");
    }
    let did = format!("{} and {}", many(events, "event"), many(mails, "mail"));
    if finished.standing.is_live {
        return format!("{did} in {seconds:.0} s");
    }
    if !verbose {
        return format!("{did} in {seconds:.1} s");
    }
    let did = format!("{}, {} and {}", many(events, "event"), many(steps, "wake"), many(mails, "mail"));
    let each = |count: u64| thousands((count as f64 / seconds.max(1e-9)).round() as u64);
    format!("{did} in {seconds:.1} s: {} events and {} wakes a second", each(events), each(steps))
}

/// The first finding of each kind, contacts first; what costs most before what costs nothing.
fn examples(finished: &Finished) -> Vec<&str> {
    let mut shown: Vec<&str> = Vec::new();
    for tally in [&finished.contacts.tally, &finished.events] {
        let mut reasons: Vec<_> =
            tally.counts().map(|(reason, subject, _)| (Sort::of_finding(reason, subject), reason)).collect();
        reasons.sort_unstable();
        let mut reasons: Vec<_> = reasons.into_iter().map(|(_, reason)| reason).collect();
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
