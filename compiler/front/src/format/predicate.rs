//! Predicates: on one line where that is wide enough, else broken before each `and` and `or`. What has words of its own has a file in
//! `predicate/`.
//!
//! ```text
//! if visited(page is "/pricing") at least 3 times in the last 7 days
//!     and not customer {
//!   send pricing_help
//! }
//! ```
//!
//! Four spaces, so that a condition's lines are not taken for those of the block.

use super::printer::Printer;
use super::value::{duration, literal, literals, sum};
use crate::syntax::ast::{Count, Name, Order, Period, Predicate, Property, Relation};
use crate::syntax::constructs;

macro_rules! modules {
    ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => { $(mod $module;)* };
}
constructs::predicates!(modules);

const BROKEN_INDENT: usize = 4;

/// A line that holds a condition, with what comes before and behind it.
pub(super) fn condition(printer: &Printer<'_>, before: &str, predicate: &Predicate, behind: &str) -> Vec<String> {
    let line = format!("{before}{}{behind}", flat(printer, predicate));
    if printer.fits(&line) {
        return vec![line];
    }
    let mut broken = Broken { printer, lines: Vec::new(), line: before.to_owned() };
    broken.put(predicate, 1);
    broken.line.push_str(behind);
    broken.lines.push(broken.line);
    broken.lines
}

/// A predicate on one line.
pub(super) fn flat(printer: &Printer<'_>, predicate: &Predicate) -> String {
    macro_rules! dispatch {
        ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => {
    match predicate {
        Predicate::And(..) | Predicate::Or(..) | Predicate::Mixed { .. } => {
            joined(predicate).map(|(word, part)| format!("{word}{}", flat(printer, part))).collect::<Vec<_>>().join(" ")
        }
        Predicate::Not(inner, _) => format!("not {}", flat(printer, inner)),
        Predicate::Group(inner, _) => format!("({})", flat(printer, inner)),
        Predicate::Event { none, event, properties, count, period, .. } => {
            let no = if *none { "no " } else { "" };
            let tail = event_tail(printer, count.as_ref(), period.as_ref());
            format!("{no}{}{}{tail}", event.text, self::properties(printer, event, properties))
        }
        Predicate::Compare { left, relation, .. } => match relation {
            Some(relation) => format!("{} {}", sum(printer, left), self::relation(printer, relation)),
            None => sum(printer, left),
        },
$(Predicate::$variant(node, span) => $module::format(printer, node, *span),)*
    }
        };
    }
    constructs::predicates!(dispatch)
}

/// The parts of a predicate, each with the word before it.
fn joined(predicate: &Predicate) -> impl Iterator<Item = (&'static str, &Predicate)> {
    predicate.children().iter().enumerate().map(move |(nth, part)| {
        let or = match predicate {
            Predicate::Mixed { ors, .. } => nth.checked_sub(1).and_then(|before| ors.get(before)).copied(),
            _ => Some(matches!(predicate, Predicate::Or(..))),
        };
        (
            if nth == 0 {
                ""
            } else if or == Some(true) {
                "or "
            } else {
                "and "
            },
            part,
        )
    })
}

fn event_tail(printer: &Printer<'_>, count: Option<&Count>, period: Option<&Period>) -> String {
    let count = count.map(|count| format!(" {}", printer.words(count.span))).unwrap_or_default();
    let period = match period {
        Some(Period::InTheLast(time)) => format!(" in the last {}", duration(printer, time)),
        Some(Period::In(time)) => format!(" in {}", duration(printer, time)),
        Some(Period::Ever) => " ever".to_owned(),
        Some(Period::SinceEntry) => " since entry".to_owned(),
        Some(Period::SinceSent(email)) => format!(" since {}", email.text),
        Some(Period::FromNow) => " from now".to_owned(),
        Some(Period::ThisWeek) => " this week".to_owned(),
        Some(Period::ThisMonth) => " this month".to_owned(),
        None => String::new(),
    };
    count + &period
}

fn properties(printer: &Printer<'_>, event: &Name, properties: &[Property]) -> String {
    // Empty parentheses make an event of a bare name.
    if properties.is_empty() && !printer.is_next(event.span.end, '(') {
        return String::new();
    }
    let properties: Vec<String> = properties
        .iter()
        .map(|property| match &property.relation {
            Relation::Any => format!("any {}", property.name.text),
            asked => format!("{} {}", property.name.text, relation(printer, asked)),
        })
        .collect();
    format!("({})", properties.join(", "))
}

fn relation(printer: &Printer<'_>, relation: &Relation) -> String {
    match relation {
        Relation::Any => String::new(),
        Relation::IsKnown => "is known".to_owned(),
        Relation::IsUnknown => "is unknown".to_owned(),
        Relation::Is(value) => format!("is {}", literal(printer, value)),
        Relation::IsNot(value) => format!("is not {}", literal(printer, value)),
        Relation::In(list) => format!("in ({})", literals(printer, list)),
        Relation::NotIn(list) => format!("not in ({})", literals(printer, list)),
        Relation::Text(relation, texts) => format!("{} {}", relation.words(), literals(printer, texts)),
        Relation::Between(low, high) => format!("between {} and {}", sum(printer, low), sum(printer, high)),
        Relation::Order(order, value) => format!("{} {}", sign(*order), sum(printer, value)),
    }
}

fn sign(order: Order) -> &'static str {
    match order {
        Order::AtLeast => ">=",
        Order::AtMost => "<=",
        Order::Over => ">",
        Order::Under => "<",
    }
}

/// A condition that is too long for one line.
struct Broken<'p, 's> {
    printer: &'p Printer<'s>,
    lines: Vec<String>,
    /// The one being written.
    line: String,
}

impl Broken<'_, '_> {
    fn put(&mut self, predicate: &Predicate, depth: usize) {
        match predicate {
            Predicate::And(..) | Predicate::Or(..) | Predicate::Mixed { .. } => {
                for (word, part) in joined(predicate) {
                    if !word.is_empty() {
                        let next = format!("{:width$}{word}", "", width = depth * BROKEN_INDENT);
                        self.lines.push(std::mem::replace(&mut self.line, next));
                    }
                    self.put(part, depth);
                }
            }
            Predicate::Not(inner, _) => {
                self.line.push_str("not ");
                self.put(inner, depth);
            }
            Predicate::Group(inner, _) if !self.printer.fits(&(self.line.clone() + &flat(self.printer, predicate))) => {
                self.line.push('(');
                self.put(inner, depth + 1);
                self.line.push(')');
            }
            _ => self.line.push_str(&flat(self.printer, predicate)),
        }
    }
}
