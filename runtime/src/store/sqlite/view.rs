//! Views for people: the packed rows in the schema's words, readable from any SQLite shell.
//!
//! What is packed of a contact is taken apart in plain SQL ([`decode`](super::decode)): a shell knows none of our functions.
//!
//! Beside every contact's number stand their user id and their address, and numbers of the program are shown by what people call them,
//! which a table keeps ([`Word`]). Frames change with programs, so all of it is made anew at every open.

use super::codes::Coded;
use super::decode::{self, every_byte, little_endian};
use super::fault::Trouble;
use super::open::OpenOptions;
use super::tail::record;
use crate::store::kept::short::field;
use crate::store::kept::{self, HEAD_BYTES, flag};
use crate::store::{About, Blank, DecisionCode, JourneyStatus, OutboxKind, OutboxState, REFUSED_BY};
use flow_ir::limits::TRACE_BITS;
use flow_ir::{Answer, NUMBER_SCALE, SlotKind};
use rusqlite::{Connection, params};

/// Bytes of a word of a trace, of which the lower [`TRACE_BITS`] bits say which arms ran.
const TRACE_WORD_BYTES: usize = size_of::<i64>();

/// A slot of the frame that people may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewColumn {
    /// The schema's name.
    pub name: String,
    /// Bytes from the start of the frame.
    pub offset: u32,
    /// The bit, from the start of the frame, that says whether the value is known; `None` where it always is.
    pub presence: Option<u32>,
    /// Its width, and how its bytes are read.
    pub kind: SlotKind,
    /// What the integer stands for.
    pub shows: Shows,
}

/// How a slot's integer is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shows {
    /// A decimal number in a [`SlotKind::Int`]; as it is in a narrower slot.
    Number,
    /// `2026-03-02`
    Date,
    /// `2026-03-02T10:00:00.000Z`; nothing for never.
    Instant,
    /// `yes`, `no`
    YesNo,
    /// The name at the place of the value, where the first has the value `first`; nothing for a value beside them.
    Choice {
        /// In the order of their values, without a gap.
        names: Vec<String>,
        /// 1 for a choice, where 0 is missing; 0 for a stage.
        first: i64,
    },
}

/// What the views call something that the store knows by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What it is.
    pub kind: WordKind,
    /// The workflow of a step, an exit, an arm or what was asked before it; the code of the decision of a reason; else 0.
    pub of: u32,
    /// The number that rows keep.
    pub number: u32,
    /// What people call it.
    pub words: String,
}

/// What a number stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum WordKind {
    /// Its name.
    Workflow = 0,
    /// As it is written.
    Step = 1,
    /// The condition of an `exit when`.
    Exit = 2,
    /// An arm of an `if`, as it is written.
    Arm = 3,
    /// Its name.
    Email = 4,
    /// Its name.
    Field = 5,
    /// Why something was decided.
    Reason = 6,
    /// What a step says behind `because`.
    Because = 7,
    /// Its name.
    Stage = 8,
    /// The condition by which something was decided, as it is written: of its workflow, under [`condition_number`].
    Condition = 10,
    /// The conditions of an `if` that were asked before an arm of it ran, and whether each held.
    Asked = 9,
}

/// The number of the condition by which a version of a workflow decides something for a reason. None for more versions than anybody has.
pub(crate) fn condition_number(version: u32, decision: DecisionCode, reason: u32) -> Option<u32> {
    let reason = u8::try_from(reason).ok()?;
    u16::try_from(version)
        .ok()
        .map(|version| u32::from_be_bytes([0, 0, code(decision), reason]) | u32::from(version) << 16)
}

/// The same in SQL.
const CONDITION_NUMBER: &str = "((version << 16) | (code << 8) | reason)";

/// Makes the views and their words anew.
pub(super) fn create(connection: &Connection, options: &OpenOptions, blank: &Blank) -> Result<(), Trouble> {
    write_words(connection, &options.words)?;
    let place = options.address.as_ref().and_then(|name| options.texts.iter().position(|text| text == name));
    let address = place.map(|place| text("person_text.texts", place));
    let address = address.as_deref();
    let views = [
        ("tail_newest", TAIL_NEWEST.to_owned()),
        ("contact_now", contact_now()),
        ("user_newest", USER_NEWEST.to_owned()),
        ("contact_view", contact_view(&options.view, &options.texts, blank)),
        ("journey_view", journey_view(address)),
        ("decision_view", decision_view(address)),
        ("mail_view", mail_view(address)),
        ("handoff_view", handoff_view(address)),
        ("stage_view", stage_view(address)),
        ("score_view", score_view(address)),
    ];
    for (name, select) in views {
        connection.execute_batch(&format!("DROP VIEW IF EXISTS {name}; CREATE VIEW {name} AS {select};"))?;
    }
    Ok(())
}

/// Words are a table and no `CASE`: a program may have thousands of steps, and each row of a view asks for a few.
fn write_words(connection: &Connection, words: &[Word]) -> Result<(), Trouble> {
    // The conditions of earlier versions are what their decisions were made by.
    connection.execute("DELETE FROM word WHERE kind <> ?1", [WordKind::Condition as u8])?;
    let mut insert =
        connection.prepare("INSERT OR REPLACE INTO word (kind, of, number, words) VALUES (?1, ?2, ?3, ?4)")?;
    for word in words {
        insert.execute(params![word.kind as u8, word.of, word.number, word.words])?;
    }
    Ok(())
}

/// Where the last state of each contact stands in the tail: in which record, the how-manieth. As integers: SQLite makes itself no index, for whoever
/// asks for everybody, of what may be of any kind, and would look through all of it for each.
const TAIL_NEWEST: &str = "SELECT CAST(entry.value AS INTEGER) AS id, max(contact_tail.place) AS place, entry.key AS nth \
     FROM contact_tail, json_each(contact_tail.people) AS entry GROUP BY 1";

/// Everybody as they are by now: by the table, and by the tail where that knows more ([`record`]). What is looked for in the tail is looked for
/// once; only what is shown of it is decoded.
fn contact_now() -> String {
    let byte = |offset: u32, place: u32| {
        let at = format!("newest.nth * {} + {}", record::HEAD_BYTES, offset + place + 1);
        format!("(instr(every.byte, substr(tail.bytes, {at}, 1)) - 1)")
    };
    let field = |at: u32, width: u32| format!("({})", little_endian(width, |place| byte(at, place)));
    let (layout, body) = (field(record::at::LAYOUT, 4), field(record::at::BODY, 4));
    let (frame_bytes, kept_bytes) = (field(record::at::FRAME_BYTES, 4), field(record::at::KEPT_BYTES, 4));
    let is_due = record::IS_DUE;
    let columns = [
        ("next_at", format!("CASE WHEN {layout} & {is_due} THEN {} END", field(record::at::NEXT_AT, 8))),
        ("layout", format!("{layout} & {}", !is_due)),
        ("newest", field(record::at::NEWEST, 8)),
        ("frame", format!("substr(tail.bytes, {body} + 1, {frame_bytes})")),
        ("kept", format!("substr(tail.bytes, {body} + {frame_bytes} + 1, {kept_bytes})")),
    ];
    let columns = columns.map(|(name, in_tail)| {
        format!("CASE WHEN newest.place IS NULL THEN contact.{name} ELSE {in_tail} END AS {name}")
    });
    format!(
        "SELECT contact.id AS id, {} FROM (SELECT {} AS byte) AS every CROSS JOIN contact \
         LEFT JOIN tail_newest AS newest ON newest.id = contact.id LEFT JOIN contact_tail AS tail ON tail.place = newest.place",
        columns.join(", "),
        every_byte()
    )
}

/// The user ids that the table of keys does not know yet. What is no user id is passed over by how it begins, and what is nobody's by how it ends, since to
/// read JSON costs more.
const USER_NEWEST: &str = "SELECT CAST(json_extract(entry.value, '$[1]') AS INTEGER) AS contact, max(substr(json_extract(entry.value, '$[0]'), 6)) AS user_id \
     FROM key_tail, json_each(key_tail.keys) AS entry \
     WHERE substr(entry.value, 1, 7) = '[\"user:' AND substr(entry.value, -5) <> 'null]' GROUP BY 1";

/// The contact's number and user id, the frame's fields, the texts, and the instant at which something may happen by itself. Who proved to
/// be somebody else is not there any more.
fn contact_view(columns: &[ViewColumn], texts: &[String], blank: &Blank) -> String {
    let names: Vec<&str> =
        columns.iter().map(|column| column.name.as_str()).chain(texts.iter().map(String::as_str)).collect();
    let mut shown = vec![
        format!("id AS {}", quote(&free_name("contact", &names))),
        format!("user_id AS {}", quote(&free_name("user_id", &names))),
    ];
    let mut raw = vec!["contact.id AS id".to_owned(), format!("{USER_ID} AS user_id"), "next_at".to_owned()];
    for (place, column) in columns.iter().enumerate() {
        raw.push(format!("{} AS raw_{place}", known_value(column, blank)));
        shown.push(format!("{} AS {}", show(column, &format!("raw_{place}")), quote(&column.name)));
    }
    for (place, name) in texts.iter().enumerate() {
        raw.push(format!("{} AS text_{place}", text("contact_text.texts", place)));
        shown.push(format!("text_{place} AS {}", quote(name)));
    }
    shown.push(format!("{} AS {}", instant("next_at"), quote(&free_name("next_at", &names))));
    let bytes = every_byte();
    let (shown, raw) = (shown.join(", "), raw.join(", "));
    format!(
        "SELECT {shown} FROM (SELECT {raw} FROM (SELECT id, next_at, frame, byte, {} FROM contact_now, (SELECT {bytes} AS byte)) AS contact \
         LEFT JOIN contact_text ON contact_text.id = contact.id {} WHERE NOT EXISTS (SELECT 1 FROM joined WHERE joined.contact = contact.id))",
        decode::frame_columns(),
        user_of("contact.id")
    )
}

/// A text of the JSON array in a column.
fn text(column: &str, place: usize) -> String {
    format!("json_extract({column}, '$[{place}]')")
}

/// A name of ours that gives way to the schema's.
fn free_name(name: &str, taken: &[&str]) -> String {
    let mut name = name.to_owned();
    while taken.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
        name.push('_');
    }
    name
}

fn known_value(column: &ViewColumn, blank: &Blank) -> String {
    let value = integer(column.offset, column.kind, blank);
    match column.presence {
        Some(bit) => {
            format!("CASE WHEN {} & {} THEN {value} END", decode::of_frame(bit / 8, 1, blank), 1 << (bit % 8))
        }
        None => value,
    }
}

fn integer(offset: u32, kind: SlotKind, blank: &Blank) -> String {
    let joined = decode::of_frame(offset, kind.width(), blank);
    match kind {
        // Four bytes with a sign: shift it up and back down.
        SlotKind::Days => format!("(({joined} << 32) >> 32)"),
        _ => joined,
    }
}

fn show(column: &ViewColumn, raw: &str) -> String {
    match &column.shows {
        Shows::Number if column.kind == SlotKind::Int => format!("{raw} / {NUMBER_SCALE}.0"),
        Shows::Number => raw.to_owned(),
        Shows::Date => format!("date({raw} * 86400, 'unixepoch')"),
        Shows::Instant => instant(raw),
        Shows::YesNo => format!("CASE {raw} WHEN 0 THEN 'no' WHEN 1 THEN 'yes' END"),
        Shows::Choice { names, first } => {
            let cases = names.iter().zip(*first..).map(|(name, value)| (value, name.as_str()));
            words(raw, cases, "NULL")
        }
    }
}

/// ISO text of an instant in milliseconds; nothing for those outside the years 0 to 9999.
fn instant(column: &str) -> String {
    format!("strftime('%Y-%m-%dT%H:%M:%fZ', {column} / 1000.0, 'unixepoch')")
}

/// Of a row of the key table that [`user_of`] has found.
const USER_ID: &str = "coalesce(known.user_id, new_key.user_id)";

/// The key that is the user id of a contact.
fn user_of(contact: &str) -> String {
    format!(
        "LEFT JOIN contact_key AS known ON known.contact = {contact} AND known.user_id IS NOT NULL \
         LEFT JOIN user_newest AS new_key ON new_key.contact = {contact}"
    )
}

/// The rows of a table, each with its person. Those of a log keep the number of a contact who proved to be somebody else (`joined`).
struct People<'o> {
    /// What stands behind `FROM`, with its alias.
    table: String,
    /// Who the person is.
    contact: String,
    /// Their address, as SQL finds it in `person_text`.
    address: Option<&'o str>,
}

impl<'o> People<'o> {
    fn of_log(table: &'static str, address: Option<&'o str>) -> Self {
        let own = format!("{table}.contact");
        let contact = format!("coalesce((SELECT \"into\" FROM joined WHERE joined.contact = {own}), {own})");
        Self { table: table.to_owned(), contact, address }
    }

    /// The person's number, user id and address, for the list behind `SELECT`.
    fn columns(&self) -> String {
        let Self { contact, .. } = self;
        format!("{contact} AS contact, {USER_ID} AS user_id, {} AS address", self.address())
    }

    fn address(&self) -> &str {
        self.address.unwrap_or("NULL")
    }

    /// What stands behind `FROM`.
    fn rows(&self) -> String {
        let Self { table, contact, .. } = self;
        format!("{table} LEFT JOIN contact_text AS person_text ON person_text.id = {contact} {}", user_of(contact))
    }
}

/// Every journey: those that are kept with their contact, and those that nobody asks for any more. Two reads and not one over both, so that
/// whoever asks for a person finds them by number or user id; and in this order, since places are worth looking at for a contact alone. A journey that went on under another contact is shown there alone.
fn journey_view(address: Option<&str>) -> String {
    let kept = format!(
        "SELECT contact.id AS contact, {} FROM (SELECT {} AS byte) AS bytes CROSS JOIN contact_now AS contact CROSS JOIN place ON place < ({})",
        journey_columns(),
        every_byte(),
        decode::journeys()
    );
    let ended = format!(
        "SELECT journey_ended.contact AS contact, {} FROM (SELECT {} AS byte) AS bytes, journey_ended",
        ended_columns(),
        every_byte()
    );
    [kept, ended].map(|rows| journeys_in(&rows, address)).join(" UNION ALL ")
}

fn journeys_in(rows: &str, address: Option<&str>) -> String {
    let people = People { table: format!("({rows}) AS journey"), contact: "journey.contact".to_owned(), address };
    let (who, rows) = (people.columns(), people.rows());
    let (workflow, step) = (workflow_name("journey.workflow"), step_words("journey.workflow", "journey.step"));
    let status = code_word::<JourneyStatus>("status");
    let (entered_at, due_at, ended_at, until) =
        (instant("entered_at"), instant("due_at"), instant("ended_at"), instant("goal_until"));
    format!(
        "SELECT {who}, {workflow} AS workflow, run, version, {status} AS status, {step} AS step, \
         {entered_at} AS entered_at, {due_at} AS due_at, {ended_at} AS ended_at, \
         CASE goal_met WHEN 0 THEN 'no' ELSE 'yes' END AS goal_met, {until} AS goal_counts_until, \
         {} AS value FROM {rows} \
         WHERE NOT EXISTS (SELECT 1 FROM joined WHERE joined.contact = journey.contact)",
        value_of("journey")
    )
}

/// The columns of the journey at a place of what is kept of a contact.
fn journey_columns() -> String {
    let field = |field: usize, width: u32| decode::of_journey("place", field, width);
    let [status, flags] = [0, 1].map(|place| decode::byte_of_journey("place", field::STATE, place));
    let optional = |at: usize, flag: u8| format!("CASE WHEN {flags} & {flag} THEN {} END", field(at, 8));
    let columns = [
        ("workflow", field(field::WORKFLOW, 4)),
        ("run", field(field::RUN, 4)),
        ("version", field(field::VERSION, 4)),
        ("step", field(field::STEP, 4)),
        ("status", status),
        ("goal_met", format!("{flags} & {}", flag::GOAL_MET)),
        ("entered_at", field(field::ENTERED_AT, 8)),
        ("due_at", optional(field::DUE_AT, flag::DUE)),
        ("ended_at", optional(field::ENDED_AT, flag::ENDED)),
        ("goal_until", optional(field::GOAL_UNTIL, flag::GOAL_UNTIL)),
    ];
    columns.map(|(name, value)| format!("{value} AS {name}")).join(", ")
}

/// The columns of a journey that nobody asks for any more.
fn ended_columns() -> String {
    let field = |at: u32, width: u32| {
        let byte = |place: u32| decode::byte("kept", &(HEAD_BYTES + at + place + 1).to_string());
        format!("({})", little_endian(width, byte))
    };
    let flags = field(kept::at::FLAGS, 1);
    let optional = |at: u32, flag: u8| format!("CASE WHEN {flags} & {flag} THEN {} END", field(at, 8));
    let columns = [
        ("workflow", field(kept::at::WORKFLOW, 4)),
        ("run", field(kept::at::RUN, 4)),
        ("version", field(kept::at::VERSION, 4)),
        ("step", field(kept::at::STEP, 4)),
        ("status", field(kept::at::STATUS, 1)),
        ("goal_met", format!("{flags} & {}", flag::GOAL_MET)),
        ("entered_at", field(kept::at::ENTERED_AT, 8)),
        ("due_at", optional(kept::at::DUE_AT, flag::DUE)),
        ("ended_at", optional(kept::at::ENDED_AT, flag::ENDED)),
        ("goal_until", optional(kept::at::GOAL_UNTIL, flag::GOAL_UNTIL)),
    ];
    columns.map(|(name, value)| format!("{value} AS {name}")).join(", ")
}

fn decision_view(address: Option<&str>) -> String {
    let people = People::of_log("decision", address);
    let (who, rows) = (people.columns(), people.rows());
    let (code, at) = (code_word::<DecisionCode>("code"), instant("at"));
    let (workflow, step) = (workflow_name("decision.workflow"), step_words("decision.workflow", "decision.step"));
    format!(
        "SELECT decision.id AS id, {at} AS at, {who}, {workflow} AS workflow, run, version, {code} AS decision, \
         {step} AS step, {} AS reason, {} AS took, {} AS asked, \
         (SELECT sent.key FROM outbox AS sent WHERE sent.id = decision.send) AS mail, {} AS value FROM {rows}",
        decided_because(),
        of_arms_that_ran(WordKind::Arm),
        of_arms_that_ran(WordKind::Asked),
        value_of("decision")
    )
}

/// For which value the journey is that a row is about, where its workflow has several.
fn value_of(table: &str) -> String {
    format!(
        "(SELECT own.value FROM journey_value AS own WHERE own.contact = {table}.contact \
         AND own.workflow = {table}.workflow AND own.run = {table}.run)"
    )
}

/// Why, and about what. A number that has no words is shown as it is; 0 stands for no reason.
fn decided_because() -> String {
    let reason = format!("coalesce({}, nullif(reason, 0))", word(WordKind::Reason, "code", "reason"));
    let because = word(WordKind::Because, "decision.workflow", "decision.step");
    let about = about_words();
    let (column, opt_out) = (refusing_column(), format!("coalesce({because}, {about})"));
    let opt_out =
        format!("CASE WHEN decision.workflow IS NULL THEN coalesce({column}, decision.about) ELSE {opt_out} END");
    let condition = word(WordKind::Condition, "decision.workflow", CONDITION_NUMBER);
    let asked = format!("coalesce({condition}, {about})");
    // The person has not done it, or not here.
    let by_file = format!("decision.workflow IS NULL AND {column} IS NOT NULL");
    let [suppressed, lacked] = [DecisionCode::Suppressed, DecisionCode::Lacked].map(code);
    let both = |first: &str, second: &str| format!("coalesce({first} || ': ' || {second}, {first}, {second})");
    let refused = format!("CASE WHEN {by_file} THEN 'a file says that ' ELSE '' END || {}", both(&reason, &opt_out));
    format!(
        "CASE code WHEN {lacked} THEN {} WHEN {suppressed} THEN {} ELSE {} END",
        both(&about, &reason),
        refused,
        both(&reason, &asked)
    )
}

/// The column of a file by which somebody was shut out, in words.
fn refusing_column() -> String {
    let behind = REFUSED_BY.len() + 1;
    format!(
        "(SELECT substr(stream, {behind}) FROM stream_place WHERE stream GLOB '{REFUSED_BY}*' \
         AND CAST(place AS TEXT) = CAST(decision.about AS TEXT) LIMIT 1)"
    )
}

/// What a decision is about, by its code.
fn about_words() -> String {
    let words = |about: About| match about {
        About::Exit => word(WordKind::Exit, "decision.workflow", "decision.about"),
        About::Arm => word(WordKind::Arm, "decision.workflow", "decision.about"),
        About::Field => word(WordKind::Field, "0", "decision.about"),
        About::Email => word(WordKind::Email, "0", "decision.about"),
        About::Workflow => word(WordKind::Workflow, "0", "decision.about"),
    };
    let cases =
        DecisionCode::ALL.iter().filter_map(|of| Some(format!(" WHEN {} THEN {}", code(*of), words(of.about()?))));
    format!("coalesce(CASE code{} END, decision.about)", cases.collect::<String>())
}

/// When one of these was first done with a mail.
fn first<const N: usize>(engaged: [DecisionCode; N]) -> String {
    // `IN` would not be served by the index, which is of these codes alone.
    let codes = engaged.map(|of| format!("done.code = {}", code(of))).join(" OR ");
    let at = instant("min(done.at)");
    format!("(SELECT {at} FROM decision AS done WHERE done.send = outbox.id AND ({codes}))")
}

/// Of the arms of `if`s that ran, by the bits of the trace, what they are called or what was asked. One that stands for none has no name.
fn of_arms_that_ran(kind: WordKind) -> String {
    let byte = format!(
        "substr(decision.trace, word.number / {TRACE_BITS} * {TRACE_WORD_BYTES} + word.number % {TRACE_BITS} / 8 + 1, 1)"
    );
    let ran = format!("(instr({}, {byte}) - 1) >> (word.number % {TRACE_BITS} % 8) & 1", every_byte());
    let kind = kind as u8;
    format!(
        "CASE WHEN decision.trace <> x'' THEN (SELECT group_concat(nullif(words, ''), ', ') FROM word WHERE word.kind = {kind} \
         AND word.of = decision.workflow AND {ran}) END"
    )
}

/// Every message, to a contact or about one. What is told of its instant depends on how far it is.
fn mail_view(address: Option<&str>) -> String {
    let people = People::of_log("outbox", address);
    let (who, rows) = (people.columns(), people.rows());
    let (workflow, step) = (workflow_name("outbox.workflow"), step_words("outbox.workflow", "outbox.step"));
    let email = format!("coalesce({}, email)", word(WordKind::Email, "0", "email"));
    let notice = OutboxKind::Notice as u8;
    let waits = format!("state IN ({}, {})", OutboxState::Queued as u8, OutboxState::Claimed as u8);
    let (state, queued_at, due_at) = (code_word::<OutboxState>("state"), instant("queued_at"), instant("due_at"));
    format!(
        "SELECT {queued_at} AS at, {who}, {workflow} AS workflow, run, {step} AS step, \
         CASE kind WHEN {notice} THEN 'notice' ELSE {email} END AS email, \
         recipient, \
         {state} AS state, attempts, CASE WHEN {waits} THEN {due_at} END AS next_attempt_at, \
         CASE WHEN NOT {waits} THEN {due_at} END AS settled_at, {} AS opened_at, {} AS clicked_at, \
         detail, outbox.key AS key FROM {rows}",
        // Whoever follows a link has opened the mail, whether or not their mail program tells.
        first([DecisionCode::Opened, DecisionCode::Clicked]),
        first([DecisionCode::Clicked])
    )
}

fn handoff_view(address: Option<&str>) -> String {
    let people = People::of_log("handoff", address);
    let (who, rows, workflow) = (people.columns(), people.rows(), workflow_name("handoff.workflow"));
    let (at, due_at) = (instant("handoff.at"), instant("task_due_at"));
    let answered = |answer: Answer, what: &str| {
        let bit = answer.bit();
        format!("(SELECT {what} FROM handoff_answer AS said WHERE said.key = handoff.key AND said.answer = {bit})")
    };
    let when = |answer| answered(answer, &instant("said.at"));
    format!(
        "SELECT {at} AS at, {who}, {workflow} AS workflow, run, team, member, note, task, {due_at} AS due_at, \
         {} AS taken_at, {} AS refused_at, {} AS refused_because, {} AS done_at FROM {rows}",
        when(Answer::Taken),
        when(Answer::Refused),
        answered(Answer::Refused, "nullif(said.reason, '')"),
        when(Answer::Done)
    )
}

/// What a change of a ledger came from, and whose it is, behind its own columns.
fn ledger_view(table: &'static str, columns: &str, address: Option<&str>) -> String {
    let people = People::of_log(table, address);
    let (who, rows, at) = (people.columns(), people.rows(), instant("at"));
    let workflow = workflow_name(&format!("{table}.workflow"));
    format!("SELECT {at} AS at, {who}, {columns}, {workflow} AS workflow, run FROM {rows}")
}

fn stage_view(address: Option<&str>) -> String {
    let name = |column: &str| format!("coalesce({}, {column})", word(WordKind::Stage, "0", column));
    let columns = format!("{} AS from_stage, {} AS to_stage", name("from_stage"), name("to_stage"));
    ledger_view("stage_change", &columns, address)
}

fn score_view(address: Option<&str>) -> String {
    let columns = format!("change / {NUMBER_SCALE}.0 AS change, score / {NUMBER_SCALE}.0 AS score");
    ledger_view("score_change", &columns, address)
}

/// What a number is called; nothing where nobody says so.
fn word(kind: WordKind, of: &str, number: &str) -> String {
    let kind = kind as u8;
    format!("(SELECT words FROM word WHERE word.kind = {kind} AND word.of = {of} AND word.number = {number})")
}

fn workflow_name(workflow: &str) -> String {
    format!("coalesce({}, {workflow})", word(WordKind::Workflow, "0", workflow))
}

fn step_words(workflow: &str, step: &str) -> String {
    format!("coalesce({}, {step})", word(WordKind::Step, workflow, step))
}

fn code(decision: DecisionCode) -> u8 {
    decision.code()
}

fn code_word<T: Coded>(column: &str) -> String {
    words(column, T::ALL.iter().map(|code| (i64::from(code.code()), code.word())), column)
}

/// The word for a number, or `otherwise`.
fn words<'n>(column: &str, cases: impl Iterator<Item = (i64, &'n str)>, otherwise: &str) -> String {
    let cases: String = cases.map(|(value, word)| format!(" WHEN {value} THEN {}", text_literal(word))).collect();
    if cases.is_empty() { otherwise.to_owned() } else { format!("CASE {column}{cases} ELSE {otherwise} END") }
}

fn text_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as SQL takes it, whatever it holds.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
