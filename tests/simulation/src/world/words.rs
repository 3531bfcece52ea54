//! A program as `.flow` text.

use std::fmt::Write as _;

use super::program::{
    Appointment, Cond, Did, EVENTS, Entry, MAILS, Period, Plan, Reenter, SEGMENTS, STAGES, Span, Step, Test, Window,
    Workflow,
};
use super::wider::Rules;

/// What every program begins with: a declaration an entry, so that their order can be changed.
pub fn head(wider: Option<&Rules>) -> Vec<String> {
    let [ana, bo, hours] = wider.map(Rules::of_team).unwrap_or_default();
    let mut parts = vec![
        "contact {\n  seats number?\n}".to_owned(),
        "event paid {\n  order text?\n}".to_owned(),
        "tags vip, beta".to_owned(),
        format!(
            "team sales {{\n  member \"ana@acme.example\" covers region in (\"EMEA\"){ana}\n  member \"bo@acme.example\"{bo}\n  \
             member \"cy@acme.example\"\n  backup \"lead@acme.example\"\n  assign round robin{hours}\n}}"
        ),
        "team far {\n  member \"ann@acme.example\" covers region in (\"APAC\")\n  backup \"lead@acme.example\"\n  assign round robin\n}".to_owned(),
        "team lost {\n  member \"ann@acme.example\" covers region in (\"APAC\")\n  assign round robin\n}".to_owned(),
    ];
    for (place, mail) in MAILS.iter().enumerate() {
        let kind = if place + 1 == MAILS.len() { "  kind transactional\n" } else { "" };
        let topic =
            wider.and_then(|_| Rules::topic(place)).map(|topic| format!("  topic {topic}\n")).unwrap_or_default();
        parts.push(format!(
            "email {mail} {{\n  subject \"{mail}\"\n  template \"emails/linked.html\"\n  link \"go\" to \"https://acme.example/{mail}\"\n{kind}{topic}}}"
        ));
    }
    parts.extend(wider.map(Rules::declarations).unwrap_or_default());
    parts.extend(SEGMENTS.iter().map(|(name, condition)| format!("segment {name} = {condition}")));
    parts
}

/// The template of the mail by which people confirm.
pub const CONFIRM: &str = "<html><body><p><a href=\"{{ confirm_url }}\">Yes, write to me</a></p></body></html>\n";

/// The template of every other mail.
pub const TEMPLATE: &str = "<html><body><p>Hello {{ first_name or \"there\" }}</p><p><a href=\"{{ link('go') }}\">Go</a></p>\
                            <p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> {{ sender_address }}</p></body></html>\n";

impl Plan {
    /// Each declaration, without `use`.
    pub fn declarations(&self) -> Vec<String> {
        let wider = self.wider.as_ref();
        head(wider)
            .into_iter()
            .chain(self.policy.text(wider))
            .chain(self.workflows.iter().map(Workflow::text))
            .collect()
    }

    /// The whole program, in one file.
    pub fn text(&self) -> String {
        format!("use std.b2b\n\n{}\n", self.declarations().join("\n\n"))
    }
}

impl Workflow {
    /// Its declaration.
    pub fn text(&self) -> String {
        let mut out = format!("workflow {} {{\n", self.name);
        if let Some(goal) = &self.goal {
            let goes_on = if goal.goes_on { " and continue" } else { "" };
            let _ = writeln!(out, "  goal \"goal\" when {} within {} days{goes_on}", goal.when.text(), goal.within);
        }
        if let Some(group) = self.group {
            let _ = writeln!(out, "  group {group}");
        }
        if !self.lines.is_empty() {
            out.push_str("  owner \"ops@acme.example\"\n");
        }
        let _ = writeln!(out, "  enter {}", self.entry.text());
        let _ = match self.reenter {
            Reenter::After(days) => writeln!(out, "  reenter after {days} days"),
            Reenter::Never => writeln!(out, "  reenter never"),
            Reenter::Always => writeln!(out, "  reenter always"),
            Reenter::Per(again) => {
                let of = match &self.entry {
                    Entry::Event(test, _) => EVENTS[test.event],
                    Entry::Becomes(..) | Entry::Crossed(..) | Entry::Hand => ("", None),
                };
                let property = of.1.map_or("", |(property, _)| property);
                let again = again.map(|days| format!(" again after {days} days")).unwrap_or_default();
                writeln!(out, "  reenter per {}.{property}{again}", of.0)
            }
        };
        for exit in &self.exits {
            let _ = writeln!(out, "  exit when {}", exit.text());
        }
        if let Some(skip) = &self.skip {
            let _ = writeln!(out, "  skip when {}", skip.text());
        }
        if let Some(window) = self.window {
            let _ = writeln!(out, "  {}", window.text());
        }
        if let Some((count, by_day)) = self.rate {
            let _ = writeln!(out, "  rate {count} {}", if by_day { "a day" } else { "an hour" });
        }
        self.lines.iter().for_each(|line| line.write(&mut out));
        write_steps(&mut out, &self.steps, 1);
        out + "}"
    }
}

impl Window {
    fn text(self) -> String {
        let days = if self.weekdays { "weekdays" } else { "every day" };
        format!("send on {days} from {:02}:00 to {:02}:00 in contact timezone", self.from, self.to)
    }
}

impl Entry {
    fn text(&self) -> String {
        match self {
            Entry::Event(test, None) => format!("when {}", test.text()),
            Entry::Event(test, Some(condition)) => format!("when {} and {}", test.text(), condition.text()),
            Entry::Becomes(Cond::Inactive(days), false) => format!("when inactive for {days} days"),
            Entry::Becomes(condition, existing) => {
                format!("when {} {}", condition.text(), if *existing { "including existing" } else { "new only" })
            }
            Entry::Crossed(entered, segment) => {
                format!("when {} {}", if *entered { "entered" } else { "left" }, SEGMENTS[*segment].0)
            }
            Entry::Hand => "by hand".to_owned(),
        }
    }
}

impl Test {
    fn text(&self) -> String {
        let (name, property) = EVENTS[self.event];
        match (property, self.value) {
            (Some((property, values)), Some(value)) => format!("{name}({property} is \"{}\")", values[value]),
            _ => name.to_owned(),
        }
    }
}

impl Cond {
    /// As it is written.
    pub fn text(&self) -> String {
        let joined = |parts: &[Cond], word: &str| {
            let parts: Vec<String> = parts.iter().map(Cond::text).collect();
            format!("({})", parts.join(word))
        };
        match self {
            Cond::Is(field) => (*field).to_owned(),
            Cond::IsNot(field) => format!("not {field}"),
            Cond::StageAtLeast(stage) => format!("stage >= {}", STAGES[*stage]),
            Cond::ScoreAtLeast(score) => format!("score >= {score}"),
            Cond::SeatsAtLeast(seats) => format!("seats >= {seats}"),
            Cond::Industry => "industry in (\"saas\", \"fintech\")".to_owned(),
            Cond::Happened(test, count, period) => {
                let count = if *count > 1 { format!(" at least {count} times") } else { String::new() };
                let period = match period {
                    Period::Days(days) => format!(" in the last {days} days"),
                    Period::Ever => " ever".to_owned(),
                    Period::Bare => " since entry".to_owned(),
                    Period::FromNow => " from now".to_owned(),
                };
                format!("{}{count}{period}", test.text())
            }
            Cond::None(test, days) => format!("no {} in the last {days} days", test.text()),
            Cond::Inactive(days) => format!("inactive for {days} days"),
            Cond::Mail(did, mail) => {
                let did = match did {
                    Did::Opened => "opened",
                    Did::Clicked => "clicked",
                    Did::Replied => "replied",
                };
                format!("{did} {}", MAILS[*mail])
            }
            Cond::Sent(mail) => format!("sent {}", MAILS[*mail]),
            Cond::NotSent(mail) => format!("not sent {}", MAILS[*mail]),
            Cond::TimedOut => "timed out".to_owned(),
            Cond::Tagged => "tagged vip".to_owned(),
            Cond::Segment(segment) => SEGMENTS[*segment].0.to_owned(),
            Cond::Wider(asked) => asked.text(),
            Cond::And(parts) => joined(parts, " and "),
            Cond::Or(parts) => joined(parts, " or "),
        }
    }
}

impl Span {
    fn text(self) -> String {
        match self {
            Span::Minutes(count) => format!("{count} minutes"),
            Span::Hours(count) => format!("{count} hours"),
            Span::Days(count) => format!("{count} days"),
        }
    }
}

impl Appointment {
    fn text(self) -> String {
        const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        match self {
            Appointment::Tomorrow(hour) => format!("until tomorrow at {hour:02}:00"),
            Appointment::Weekday(day, hour) => format!("until next {} at {hour:02}:00", WEEKDAYS[day as usize]),
            Appointment::BusinessDays(days) => format!("{days} business days"),
            Appointment::Day(day, hour) => format!("until day {day} at {hour:02}:00"),
        }
    }
}

/// The label of a wait.
pub fn label(wait: u32) -> String {
    format!("wait {wait}")
}

/// Steps, each on a line of its own.
pub fn write_steps(out: &mut String, steps: &[Step], depth: usize) {
    for step in steps {
        let indent = "  ".repeat(depth);
        let block = |out: &mut String, steps: &[Step]| {
            out.push_str(" {\n");
            write_steps(out, steps, depth + 1);
            let _ = write!(out, "{indent}}}");
        };
        out.push_str(&indent);
        match step {
            Step::Send(mail) => _ = write!(out, "send {}", MAILS[*mail]),
            Step::Wait(span) => _ = write!(out, "wait {}", span.text()),
            Step::Meet(appointment) => _ = write!(out, "wait {}", appointment.text()),
            Step::Choose(ways) => {
                out.push_str("choose by industry {");
                for (value, way) in ["\"saas\", \"fintech\"", "unknown", "otherwise"].into_iter().zip(ways) {
                    let _ = write!(out, "\n{indent}{value}");
                    block(out, way);
                }
                let _ = write!(out, "\n{indent}}}");
            }
            Step::Until(wait, condition, span, otherwise) => {
                let _ = write!(out, "step \"{}\": wait until {} up to {}", label(*wait), condition.text(), span.text());
                if !otherwise.is_empty() {
                    out.push_str(", otherwise");
                    block(out, otherwise);
                }
            }
            Step::If(condition, then, otherwise) => {
                let _ = write!(out, "if {}", condition.text());
                block(out, then);
                if !otherwise.is_empty() {
                    out.push_str(" else");
                    block(out, otherwise);
                }
            }
            Step::Score(change) if *change < 0 => _ = write!(out, "score -= {}", -change),
            Step::Score(change) => _ = write!(out, "score += {change}"),
            Step::Seats(seats) => _ = write!(out, "set seats = {seats}"),
            Step::Tag(true) => out.push_str("tag vip"),
            Step::Tag(false) => out.push_str("untag vip"),
            Step::Advance(stage) => _ = write!(out, "advance stage to {}", STAGES[*stage]),
            Step::Handoff(team, stays) => {
                let stays = if *stays { "; keep in workflow" } else { "" };
                let _ = write!(out, "handoff to {team} {{ note \"look\"{stays} }}");
            }
            Step::Start(number) => _ = write!(out, "start w{number}"),
            Step::Stop(what) => _ = write!(out, "stop {what}"),
            Step::Suppress => out.push_str("suppress because \"busy\""),
            Step::Exit(true) => out.push_str("exit as converted"),
            Step::Exit(false) => out.push_str("exit"),
            Step::Wider(further) => out.push_str(&further.text()),
        }
        out.push('\n');
    }
}
