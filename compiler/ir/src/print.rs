//! A program as text, for snapshots and reviews.
//!
//! ```text
//! workflow guide_nurture
//!   body
//!     b0:
//!       v0 = load frame.score
//!       v1 = int 600_000                   ; 60
//!       v2 = v0 >= v1
//!       branch v2, b1, b2
//! ```
//!
//! It says what runs, not where it was written: no places in source texts, no HTML.

mod function;
#[cfg(test)]
mod tests;

use super::{
    AFTER, Appointment, BEFORE, CivilSpan, CountedSince, Email, EmailId, EmailKind, Engagement, Entry, EventCount,
    Fact, Field, FieldId, FieldType, IdMap, Layout, Pattern, PatternEvent, Predicate, PredicateId, Program,
    PropertyTest, Reenter, Required, Segment, SendWindow, TextTemplate, TextTest, Trait, Wait, Workflow, WorkflowDebug,
    WorkflowId, Written,
};
use super::{Consent, DaySpan, HolidayCalendar, Over, Piece, SlotId, Turn};
use crate::units::{DAY_MS, HOUR_MS, MINUTE_MS};
use function::print_function;
use std::fmt::{self, Display, Formatter, Write};

impl Display for Program {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "program {} ({})", self.debug.name, self.timezone)?;
        if !self.stages.is_empty() {
            writeln!(f, "stages {}", self.stages.join(" < "))?;
        }
        print_layout(f, "frame", &self.frame)?;
        if !self.company.slots.is_empty() {
            print_layout(f, "company", &self.company)?;
        }
        for event in self.events.values().filter(|event| !event.layout.slots.is_empty()) {
            print_layout(f, &format!("{} event", event.name), &event.layout)?;
        }
        print_schema(f, self)?;
        print_facts(f, self)?;
        for (id, predicate) in self.predicates.iter() {
            print_predicate(f, self, id, predicate)?;
        }
        print_mail(f, self)?;
        print_policy(f, self)?;
        print_calendars(f, &self.calendars)?;
        let required = self.required();
        self.workflows
            .iter()
            .zip(required.values())
            .try_for_each(|((id, workflow), required)| print_workflow(f, self, id, workflow, required))
    }
}

/// `frame: 48 bytes`, then a line for each slot.
fn print_layout(f: &mut Formatter<'_>, name: &str, layout: &Layout) -> fmt::Result {
    writeln!(f, "\n{name}: {} bytes", layout.size)?;
    for slot in layout.slots.values() {
        let kind = format!("{:?}", slot.kind).to_lowercase();
        write!(f, "  {:>4} {kind:<6} {}", slot.offset, slot.name)?;
        if let Some(bit) = slot.presence {
            write!(f, "? (bit {bit})")?;
        }
        if slot.initial != 0 {
            write!(f, " = {}", number(slot.initial))?;
        }
        writeln!(f)?;
    }
    Ok(())
}

fn print_schema(f: &mut Formatter<'_>, program: &Program) -> fmt::Result {
    if !program.fields.is_empty() {
        writeln!(f, "\nfields")?;
        for field in program.fields.values() {
            writeln!(f, "  {}", field_line(program, field))?;
        }
    }
    if !program.events.is_empty() {
        writeln!(f, "\nevents")?;
        for (id, event) in program.events.iter() {
            let properties = event.properties.iter().map(|property| {
                format!("{} {}{}", property.name, type_name(&property.ty), if property.optional { "?" } else { "" })
            });
            writeln!(f, "  {id} {}({})", event.name, properties.collect::<Vec<_>>().join(", "))?;
        }
    }
    Ok(())
}

fn field_line(program: &Program, field: &Field) -> String {
    let mut line = format!("{} {}", field.name, type_name(&field.ty));
    if field.optional {
        line.push('?');
    }
    if let Some(slot) = field.slot {
        line += &format!(" in frame.{}", slot_name(&program.frame, slot));
    }
    if let Some(text) = field.text {
        line += &format!(" beside it as {text}");
    }
    if !field.literals.is_empty() {
        line += &format!(", compared with {}", quoted(&field.literals));
    }
    line
}

fn type_name(ty: &FieldType) -> String {
    match ty {
        FieldType::Text => "text".to_owned(),
        FieldType::Number => "number".to_owned(),
        FieldType::Money => "money".to_owned(),
        FieldType::YesNo => "yes/no".to_owned(),
        FieldType::Date => "date".to_owned(),
        FieldType::Moment => "moment".to_owned(),
        FieldType::Email => "email".to_owned(),
        FieldType::Url => "url".to_owned(),
        FieldType::Timezone => "timezone".to_owned(),
        FieldType::Country => "country".to_owned(),
        FieldType::OneOf(choices) => format!("one of {}", choices.join(" | ")),
        FieldType::Stage => "stage".to_owned(),
    }
}

fn print_facts(f: &mut Formatter<'_>, program: &Program) -> fmt::Result {
    print_list(f, "patterns", &program.patterns, |_, pattern| pattern_line(program, pattern))?;
    print_list(f, "facts", &program.facts, |_, fact| fact_line(program, fact))?;
    print_list(f, "text tests", &program.text_tests, |_, test| text_test_line(program, test))?;
    print_list(f, "segments", &program.segments, |_, segment| segment_line(program, segment))?;
    if !program.derived.is_empty() {
        writeln!(f, "\nderived")?;
    }
    for derived in &program.derived {
        let name = program.fields.get(derived.field).map_or("?", |field| field.name.as_str());
        let values: Vec<String> = derived.values.iter().map(ToString::to_string).collect();
        writeln!(f, "  {name}: {}", values.join(" | "))?;
    }
    print_list(f, "splits", &program.splits, |_, split| {
        format!("{} in frame.{}", split.name, slot_name(&program.frame, split.slot))
    })
}

fn print_list<I: super::Id + Display, T>(
    f: &mut Formatter<'_>,
    title: &str,
    list: &IdMap<I, T>,
    line: impl Fn(I, &T) -> String,
) -> fmt::Result {
    if !list.is_empty() {
        writeln!(f, "\n{title}")?;
    }
    list.iter().try_for_each(|(id, item)| writeln!(f, "  {id} {}", line(id, item)))
}

fn pattern_line(program: &Program, pattern: &Pattern) -> String {
    let mut line = format!("`{}`: ", pattern.text);
    let properties = match pattern.event {
        event @ (PatternEvent::AnyActivity
        | PatternEvent::Engaged(_)
        | PatternEvent::Mailed
        | PatternEvent::Marketed) => {
            line += event.words().unwrap_or_default();
            &[][..]
        }
        PatternEvent::MarketedAbout(topic) => {
            let name = program.fields.get(topic).map_or("?", |field| field.name.as_str());
            line += &format!("sent any marketing email about {name}");
            &[][..]
        }
        PatternEvent::Changed(field) => {
            let name = program.fields.get(field).map_or("?", |field| field.name.as_str());
            line += &format!("{name} changing");
            &[][..]
        }
        PatternEvent::Entered(segment) | PatternEvent::Left(segment) => {
            let verb = if matches!(pattern.event, PatternEvent::Entered(_)) { "entering" } else { "leaving" };
            let name = program.segments.get(segment).map_or("?", |segment| segment.name.as_str());
            line += &format!("{verb} {name}");
            &[][..]
        }
        PatternEvent::Declared(event) => {
            let event = program.events.get(event);
            line += event.map_or("?", |event| event.name.as_str());
            event.map_or(&[][..], |event| event.properties.as_slice())
        }
    };
    for test in &pattern.tests {
        let name = match (pattern.event, test.property) {
            (PatternEvent::Changed(_), BEFORE) => "before",
            (PatternEvent::Changed(_), AFTER) => "after",
            (_, place) => properties.get(place as usize).map_or("?", |property| property.name.as_str()),
        };
        line += &format!(", {}", property_test(name, test));
    }
    line
}

fn segment_line(program: &Program, segment: &Segment) -> String {
    let Segment { name, watched, afresh, holds, .. } = segment;
    let afresh = if afresh == watched { String::new() } else { format!(", afresh {afresh}") };
    format!("{name}: {watched}{afresh} in frame.{}", slot_name(&program.frame, *holds))
}

fn property_test(name: &str, test: &PropertyTest) -> String {
    let asked = match &test.test {
        Trait::TextIn(texts) => format!("in {}", quoted(texts)),
        Trait::TextHolds(kind, texts) => match texts.as_slice() {
            [text] => format!("{} {text:?}", kind.words()),
            texts => format!("{} any of {}", kind.words(), quoted(texts)),
        },
        Trait::NumberIn(low, high) => format!("in {}..={}", number(*low), number(*high)),
        Trait::Truth(truth) => format!("is {truth}"),
        Trait::Known => "is known".to_owned(),
        Trait::OfJourney => "is that of the journey".to_owned(),
    };
    let not = if test.negated { "not " } else { "" };
    format!("{not}{name} {asked}")
}

fn fact_line(program: &Program, fact: &Fact) -> String {
    let slot = program.layouts(None)[fact.area].map_or("?", |layout| slot_name(layout, fact.first));
    format!("last {} of {} from {}.{slot}", fact.depth, fact.pattern, fact.area.word())
}

fn text_test_line(program: &Program, test: &TextTest) -> String {
    let field = program.fields.get(test.field).map_or("?", |field| field.name.as_str());
    format!("{field} {} {:?}", test.kind.words(), test.needle)
}

fn print_predicate(f: &mut Formatter<'_>, program: &Program, id: PredicateId, predicate: &Predicate) -> fmt::Result {
    let owner = predicate.workflow.and_then(|owner| program.workflows.get(owner));
    write!(f, "\n{id} `{}`", predicate.name)?;
    if let Some(owner) = owner {
        write!(f, " of {}", owner.name)?;
    }
    writeln!(f)?;
    print_function(f, "  ", program, predicate.workflow, &predicate.function)
}

fn print_mail(f: &mut Formatter<'_>, program: &Program) -> fmt::Result {
    print_list(f, "emails", &program.emails, |id, email| email_line(program, id, email))?;
    print_list(f, "teams", &program.teams, |_, team| {
        let members = team.members.iter().map(|member| {
            let covers = member.covers.iter().map(|covers| format!(" where {covers}"));
            let open = member.capacity.open.iter().map(|most| format!(" up to {most} open"));
            let a_day = member.capacity.a_day.iter().map(|most| format!(" up to {most} a day"));
            let away = member.away.iter().map(|days| format!(" not on {} to {}", days.first_day, days.last_day));
            let home = member.home.iter().map(|home| format!(" in {home}"));
            let more: String = home.chain(covers).chain(open).chain(a_day).chain(away).collect();
            format!("{}{more}", member.address)
        });
        let backup = team.backup.iter().map(|backup| format!("else {backup}"));
        let hours = team.hours.iter().map(|(from, to)| format!("from minute {from} to {to}"));
        format!("{}: {}", team.name, members.chain(backup).chain(hours).collect::<Vec<_>>().join(", "))
    })
}

fn email_line(program: &Program, id: EmailId, email: &Email) -> String {
    let kind = match email.kind {
        EmailKind::Marketing => "marketing",
        EmailKind::Transactional => "transactional",
    };
    let topic = email.topic.and_then(|topic| program.fields.get(topic)).map(|field| format!(", {}", field.name));
    let confirms = if email.confirms { ", asks to confirm" } else { "" };
    let mut line = format!("{} ({kind}{}{confirms})", email.name, topic.unwrap_or_default());
    let Some(content) = program.content(id) else { return line };
    for subject in &content.subjects {
        line += &format!("\n    subject {}", template(program, &subject.text));
        if let Some(when) = subject.when {
            line += &format!(" where {when}");
        }
    }
    for link in &content.links {
        line += &format!("\n    link {} {}", link.alias, link.url);
    }
    line
}

pub(crate) fn template(program: &Program, text: &TextTemplate) -> String {
    let name = |field| program.fields.get(field).map_or("?", |field| field.name.as_str());
    let pieces = text.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Field { field, fallback: None } => format!("{{{}}}", name(*field)),
        Piece::Field { field, fallback: Some(fallback) } => format!("{{{} or '{fallback}'}}", name(*field)),
    });
    format!("{:?}", pieces.collect::<String>())
}

fn print_policy(f: &mut Formatter<'_>, program: &Program) -> fmt::Result {
    if program.policy.is_empty() {
        return Ok(());
    }
    writeln!(f, "\npolicy")?;
    policy_lines(program).into_iter().try_for_each(|line| writeln!(f, "  {line}"))
}

fn policy_lines(program: &Program) -> Vec<String> {
    let policy = &program.policy;
    let mut lines: Vec<String> = Vec::new();
    lines.extend(policy.confirms.then(|| "  people confirm that they want mail".to_owned()));
    lines.extend(policy.consent.map(|consent| match consent {
        Consent::OptIn => "writes to those who have said yes".to_owned(),
        Consent::OptOut => "writes to all who have not said no, but for those who have still to confirm".to_owned(),
    }));
    lines.extend(policy.caps.iter().map(|cap| {
        let then = match cap.then {
            Over::Delay => "holds",
            Over::Drop => "withholds",
        };
        let topic = cap.topic.map(|topic| program.fields.get(topic).map_or("?", |field| field.name.as_str()));
        let about = topic.map(|topic| format!(" about {topic}")).unwrap_or_default();
        format!("at most {} emails{about} in {}, then {then}", cap.emails, elapsed(cap.per_ms))
    }));
    lines.extend(policy.quiet.map(|quiet| format!("quiet from {} to {}", clock(quiet.from_min), clock(quiet.to_min))));
    let days = |ends: &DaySpan| format!("sends nothing from day {} to day {}", ends.first_day, ends.last_day);
    lines.extend(policy.blackouts.iter().map(days));
    lines.extend(policy.hold_ms.map(|ms| format!("holds for {} at most", elapsed(ms))));
    lines.extend(policy.holdout.map(|percent| format!("holds {percent}% out")));
    lines.extend(
        policy.late_by_ms.map(|ms| format!("counts since entry what occurred {} before it at most", elapsed(ms))),
    );
    lines.extend(policy.late.map(|late| format!("late {}", late.words())));
    if !policy.first.is_empty() {
        lines.push(format!("first {}", policy.first.join(", then ")));
    }
    lines
}

fn print_calendars(f: &mut Formatter<'_>, calendars: &[HolidayCalendar]) -> fmt::Result {
    for calendar in calendars {
        let countries = calendar.countries.join(", ");
        let of = if countries.is_empty() { "everybody else" } else { countries.as_str() };
        writeln!(f, "\ncalendar {} of {of}", calendar.name)?;
        let days = |days: &DaySpan| format!("day {} to day {}", days.first_day, days.last_day);
        calendar.days.iter().try_for_each(|span| writeln!(f, "  {}", days(span)))?;
    }
    Ok(())
}

fn print_workflow(
    f: &mut Formatter<'_>,
    program: &Program,
    id: WorkflowId,
    workflow: &Workflow,
    required: &Required,
) -> fmt::Result {
    write!(f, "\nworkflow {}", workflow.name)?;
    let blank = WorkflowDebug::default();
    let told = program.told(id).unwrap_or(&blank);
    if program.title(id) != workflow.name {
        write!(f, " {:?}", program.title(id))?;
    }
    writeln!(f)?;
    for line in rules(program, workflow, told, required) {
        writeln!(f, "  {line}")?;
    }
    print_steps(f, program, workflow, told)?;
    print_layout(f, &format!("{} journey", workflow.name), &workflow.journey)?;
    writeln!(f, "\n{} body", workflow.name)?;
    print_function(f, "  ", program, Some(id), &workflow.body)
}

/// What stands around the body, a line each.
fn rules(program: &Program, workflow: &Workflow, told: &WorkflowDebug, required: &Required) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(workflow.group.iter().map(|group| format!("group {group}")));
    lines.extend(told.owner.iter().map(|owner| format!("owner {owner}")));
    lines.push(entry_line(program, &workflow.entry));
    lines.push(match workflow.reenter {
        Reenter::Never => "reenters never".to_owned(),
        Reenter::After(span) => format!("enters again after {}", span_words(span)),
        Reenter::Always => "enters again always".to_owned(),
        Reenter::Per { again } => {
            let per = workflow.several.as_deref().unwrap_or("?");
            let again = again.map(|span| format!(", again after {}", span_words(span))).unwrap_or_default();
            format!("enters once per {per}{again}")
        }
    });
    lines.extend(workflow.rate.iter().map(|rate| format!("takes in {rate}")));
    lines.extend(workflow.turn.iter().map(|turn| turn_line(program, workflow, "waits until", turn)));
    lines.extend(workflow.again.iter().map(|again| turn_line(program, workflow, "comes again by", again)));
    lines.extend(workflow.goal.iter().map(|goal| {
        let within = goal.within.map(|span| format!(" within {}", span_words(span))).unwrap_or_default();
        let continues = if goal.continues { " and continue" } else { "" };
        let text = told.goal.as_ref().map_or("?", |goal| &goal.text);
        format!("goal `{text}` {}{within}{continues}", goal.when)
    }));
    lines.extend(
        workflow.exits.iter().enumerate().map(|(at, when)| format!("exit when `{}` {when}", text_at(&told.exits, at))),
    );
    lines.extend(workflow.skip.iter().map(|skip| format!("skip {skip}")));
    lines.extend(workflow.window.iter().map(|window| window_line(window, workflow.not_on_holidays)));
    lines.extend(workflow.spacing_ms.map(|ms| format!("leaves {} between its emails", elapsed(ms))));
    lines.extend(workflow.holdout.map(|percent| format!("holds {percent}% out")));
    lines.extend(workflow.pause.iter().map(|pause| format!("pause while {pause}")));
    lines.extend(workflow.pauses.iter().map(|group| format!("pauses {group}")));
    lines.extend(workflow.stops.iter().map(|group| format!("stops {group}")));
    lines.extend(workflow.late.map(|late| format!("late {}", late.words())));
    lines.extend(workflow.closings.goal.map(|block| format!("at its goal goes on at {block}, and ends")));
    lines.extend(workflow.closings.exit.map(|block| format!("at an exit goes on at {block}, and ends")));
    let name = |field: &FieldId| program.fields.get(*field).map_or("?", |field| field.name.as_str());
    if !required.fields.is_empty() {
        lines.push(format!("requires {}", required.fields.iter().map(name).collect::<Vec<_>>().join(", ")));
    }
    let writes: Vec<&str> = workflow.writes.iter().map(|slot| slot_name(&program.frame, *slot)).collect();
    if !writes.is_empty() {
        lines.push(format!("writes {}", writes.join(", ")));
    }
    lines.extend(workflow.engagements.iter().map(|engagement| engagement_line(workflow, engagement)));
    lines.extend(workflow.counts.iter().map(|count| count_line(workflow, count)));
    lines
}

fn entry_line(program: &Program, entry: &Entry) -> String {
    match entry {
        Entry::Event { patterns, when } => {
            let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
            format!("enters at {} while {when}", patterns.join(" or "))
        }
        Entry::Becomes { when, was, existing, .. } => {
            let existing = if *existing { ", those who are already too" } else { "" };
            format!("enters when {when} becomes true (frame.{}){existing}", slot_name(&program.frame, *was))
        }
        Entry::Dated { dates, when, at, .. } => {
            let when = when.map(|when| format!(" while {when}")).unwrap_or_default();
            format!("enters {} (frame.{}){when}", dates.words(program), slot_name(&program.frame, *at))
        }
        Entry::ByHand => "enters by hand".to_owned(),
    }
}

fn turn_line(program: &Program, workflow: &Workflow, what: &str, turn: &Turn) -> String {
    let name = |slot: SlotId| slot_name(&program.frame, slot);
    let counts = turn.counts.iter();
    let counts =
        counts.map(|(count, kept)| format!(", {} in frame.{}", slot_name(&workflow.journey, *count), name(*kept)));
    format!("{what} frame.{}{}", name(turn.at), counts.collect::<String>())
}

const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// `wed at 09:00`, `3 days before frame.renewal_date at 09:00`
fn appointment_words(program: &Program, appointment: &Appointment) -> String {
    let at = |minute: &Option<u16>| minute.map(|minute| format!(" at {}", clock(minute))).unwrap_or_default();
    match appointment {
        Appointment::Weekday { day, minute } => {
            let day = WEEK.get(usize::from(*day)).unwrap_or(&"?");
            format!("{day} at {}", clock(*minute))
        }
        Appointment::BusinessDays(days) => counted(i64::from(*days), "business day"),
        Appointment::BusinessHours(hours) => counted(i64::from(*hours), "business hour"),
        Appointment::OnDay { day, minute } => format!("calendar day {day} at {}", clock(*minute)),
        Appointment::Clock { minute } => clock(*minute),
        Appointment::Tomorrow { minute } => format!("tomorrow at {}", clock(*minute)),
        Appointment::Day { number, minute } => format!("day {number}{}", at(minute)),
        Appointment::Date { slot, distance, before, minute } => {
            let side = if *before { "before" } else { "after" };
            let distance = Some(*distance).filter(|distance| *distance != CivilSpan::default());
            let distance = distance.map(|distance| format!("{} {side} ", span_words(distance))).unwrap_or_default();
            format!("{distance}frame.{}{}", slot_name(&program.frame, *slot), at(minute))
        }
    }
}

fn window_line(window: &SendWindow, not_on_holidays: u8) -> String {
    let hours = format!("sends {} {} to {}", week(window.days), clock(window.from_min), clock(window.to_min));
    if not_on_holidays == 0 { hours } else { format!("{hours}, not on a holiday that is {}", week(not_on_holidays)) }
}

/// `mon tue`
fn week(days: u8) -> String {
    let named = WEEK.iter().zip(0..).filter(|(_, day)| days >> day & 1 == 1);
    named.map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
}

fn engagement_line(workflow: &Workflow, engagement: &Engagement) -> String {
    let kind = format!("{:?}", engagement.kind).to_lowercase();
    let link = engagement.link.iter().map(|link| format!(" link {link:?}")).collect::<String>();
    format!("{kind} {}{link} in journey.{}", engagement.email, slot_name(&workflow.journey, engagement.slot))
}

fn count_line(workflow: &Workflow, count: &EventCount) -> String {
    let since = match count.since {
        CountedSince::Entry => "entry".to_owned(),
        CountedSince::Wait => "the wait began".to_owned(),
        CountedSince::Round => "the round began".to_owned(),
        CountedSince::Sent(email) => format!("{email} left"),
    };
    let enough = count.enough;
    format!(
        "counts {} up to {enough} since {since} in journey.{}",
        count.pattern,
        slot_name(&workflow.journey, count.slot)
    )
}

fn print_steps(f: &mut Formatter<'_>, program: &Program, workflow: &Workflow, told: &WorkflowDebug) -> fmt::Result {
    for (id, key) in workflow.steps.iter() {
        let text = told.steps.get(id).map_or("?", |step| &step.text);
        writeln!(f, "  {id} {} {key}: {text}", key.kind)?;
    }
    for (id, wait) in workflow.waits.iter() {
        match wait {
            Wait::For(span) => writeln!(f, "  {id} for {}", span_words(*span))?,
            Wait::Until { when, up_to } => writeln!(f, "  {id} until {when}, at most {}", span_words(*up_to))?,
            Wait::On(appointment) => writeln!(f, "  {id} until {}", appointment_words(program, appointment))?,
            Wait::Round { every, until } => {
                let until = until.map(|until| format!(", or until {until}")).unwrap_or_default();
                writeln!(f, "  {id} until {} after the round began{until}", span_words(*every))?;
            }
        }
    }
    for (bit, arm) in workflow.arms.iter().enumerate() {
        writeln!(f, "  arm {bit} of {arm}: {}", text_at(&told.arms, bit))?;
    }
    Ok(())
}

fn text_at(texts: &[Written], at: usize) -> &str {
    texts.get(at).map_or("?", |written| &written.text)
}

fn slot_name(layout: &Layout, slot: SlotId) -> &str {
    layout.slots.get(slot).map_or("?", |slot| slot.name.as_str())
}

fn quoted(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
    format!("({})", texts.join(", "))
}

/// `1 month 2 days 36 hours`; nothing at all is `no time`.
pub(crate) fn span_words(span: CivilSpan) -> String {
    let units = [(span.months.into(), "month"), (span.days.into(), "day")];
    let mut words: Vec<String> =
        units.into_iter().filter(|(count, _)| *count != 0).map(|(count, unit)| counted(count, unit)).collect();
    if span.ms != 0 {
        words.push(elapsed(span.ms));
    }
    if words.is_empty() { "no time".to_owned() } else { words.join(" ") }
}

/// Milliseconds in the largest unit that divides them.
fn elapsed(ms: i64) -> String {
    let units = [(DAY_MS, "day"), (HOUR_MS, "hour"), (MINUTE_MS, "minute"), (1_000, "second")];
    let unit = units.into_iter().find(|(length, _)| ms % length == 0);
    unit.map_or_else(|| counted(ms, "millisecond"), |(length, name)| counted(ms / length, name))
}

fn counted(count: i64, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// `600_000`, `never`, `forever`.
fn number(value: i64) -> String {
    match value {
        super::NEVER => return "never".to_owned(),
        super::FOREVER => return "forever".to_owned(),
        _ => {}
    }
    let digits = value.unsigned_abs().to_string();
    let mut text = if value < 0 { "-".to_owned() } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// An op's line with a remark behind it, in one column where it fits.
fn remarked(line: String, remark: Option<String>) -> String {
    let mut text = line;
    if let Some(remark) = remark {
        // Writing to a string cannot fail.
        let padded = std::mem::take(&mut text);
        let _ = write!(text, "{padded:<36} ; {remark}");
    }
    text
}
