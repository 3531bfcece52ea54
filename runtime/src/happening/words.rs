//! A happening in words for people: short, behind its word and whom it is about.

use super::{Happening, JourneyName, Message};
use crate::time::{Instant, Zone, civil};
use flow_ir::units::{DAY_MS, HOUR_MS, MINUTE_MS};

impl Happening {
    /// Whom it is about, by the key that is searched for: of a message, which begins with its journey's; of a journey; of a contact.
    pub fn about(&self) -> Option<String> {
        match self {
            Happening::InDoubt { message, .. }
            | Happening::PutOff { message, .. }
            | Happening::Undelivered { message, .. }
            | Happening::HeldTooLong { message, .. }
            | Happening::Sent { message, .. }
            | Happening::ChannelDown { message, .. }
            | Happening::ChannelBack { message, .. }
            | Happening::ChannelStopped { message, .. } => Some(message.key.clone()),
            Happening::BrokenOff { journey, .. } => Some(journey.to_string()),
            Happening::RoundsExhausted { contact, .. } => Some(format!("c{contact}")),
            _ => None,
        }
    }

    /// What happened at an instant, by the clocks of a zone.
    pub fn words(&self, at: Instant, zone: Zone) -> String {
        let clock = |then: &Instant| clock(at, *then, zone);
        match self {
            Happening::Started { flow, version, store, store_kind: _, mail, events, zone } => {
                let events = events.as_ref().map(|file| format!(", events from {file}")).unwrap_or_default();
                format!(
                    "serving from {store}, mail to {mail}{events}; flow {flow}, version {version} of the project; times are of {zone}; Ctrl-C stops it"
                )
            }
            Happening::NotClosed { store } => {
                format!(
                    "{store} was not closed: the process before this one was ended; nothing that was committed is lost"
                )
            }
            Happening::Recovered { in_doubt, sent_again, given_up, not_begun } => format!(
                "{} in the hands of the process that was ended: {in_doubt} in doubt ({sent_again} sent again, {given_up} given up), \
                 {not_begun} that had not begun to leave",
                messages(in_doubt + not_begun)
            ),
            Happening::InDoubt { message, attempt, decision, said } => {
                format!("{}, attempt {attempt}, may have left: {decision}{}", step(message), behind(said))
            }
            Happening::PutOff { message, attempt, next_at, said } => {
                format!("{}, attempt {attempt}, next {}{}", step(message), clock(next_at), behind(said))
            }
            Happening::Undelivered { message, attempts, reason, said } => {
                format!("{}, given up after {}: {reason}{}", step(message), attempts_of(*attempts), behind(said))
            }
            Happening::HeldTooLong { message, held_since, attempts } => {
                let (since, tried) = (clock(held_since), attempts_of(*attempts));
                format!(
                    "{}, held since {since}, {tried}: it could not leave for as long as a mail may be held",
                    step(message)
                )
            }
            Happening::Sent { message, attempt, said } => {
                format!("{}, attempt {attempt}{}", step(message), behind(said))
            }
            Happening::ChannelDown { channel, message: _, since, pauses: _, next_at, said } => {
                let (since, next) = from_to(at, (*since, *next_at), zone);
                format!("{channel} takes no mail since {since}, nothing leaves before {next}{}", behind(said))
            }
            Happening::ChannelBack { channel, message: _, down_ms } => match down_ms {
                Some(ms) => format!("{channel} answers again, after {}", length(*ms)),
                None => format!("{channel} answers again; it did not when the process before this one ended"),
            },
            Happening::ChannelStopped { channel, message: _, said } => {
                format!("no mail leaves by {channel} until this is mended{}", behind(said))
            }
            Happening::RoundsExhausted { contact: _, journeys } => {
                format!("workflows set each other going without end, and are not followed any further: {journeys}")
            }
            Happening::BrokenOff { journey: JourneyName { workflow, .. }, problem } => {
                format!("a fault in Flow itself in `{workflow}`: {problem}")
            }
            Happening::ContactsTaken { file, new, updated, known } => {
                format!("{file}: {new} new, {updated} updated, {known} known already")
            }
            Happening::ShutOut { people, by } => format!("shut out of marketing: {people} {by}"),
            Happening::NotUnderstood { says, .. }
            | Happening::MostlyShutOut { says, .. }
            | Happening::ShutOutStill { says }
            | Happening::ProjectChanged { says }
            | Happening::ContactsInDoubt { says }
            | Happening::UnknownPeople { says, .. }
            | Happening::ListUnwritable { says } => says.clone(),
            Happening::Unreadable { file, reason } => {
                format!(
                    "{file} cannot be read: {reason}; nothing arrives, no refusal either, and after a minute Flow ends"
                )
            }
            Happening::Readable { file, after_ms } => format!("{file} can be read again, after {}", length(*after_ms)),
            Happening::EventsTaken { events } => format!("{events} so far"),
            Happening::LinesNotTaken { lines, list } => {
                let list = list.as_ref().map(|list| format!(", listed in {list}")).unwrap_or_default();
                format!("{lines} {} so far{list}", if *lines == 1 { "remark" } else { "remarks" })
            }
            Happening::ClockSetBack { by_ms } => {
                format!("the clock is {} behind what was done already: nothing is due until then", length(*by_ms))
            }
            Happening::Signal { signal, in_hand: 0 } => format!("{signal}: stopping"),
            Happening::Signal { signal, in_hand } => format!(
                "{signal}: stopping; {} in hand, whose answer comes first: a second signal does not wait",
                messages(*in_hand)
            ),
            Happening::Failed { says, help } => format!("{says}; {help}"),
            Happening::Ended { events, mails } => {
                let (event, mail) = (plural(*events, "event"), plural(*mails, "mail"));
                format!("a clean end, the store is closed: {events} {event} taken, {mails} {mail} sent")
            }
            Happening::Repeated { repeats, count, since } => {
                format!("{count} more `{repeats}` since {}", clock(since))
            }
        }
    }
}

/// Two times; by the second where their minute is the same.
fn from_to(at: Instant, (since, next): (Instant, Instant), zone: Zone) -> (String, String) {
    let is_one = civil::minute(since, zone) == civil::minute(next, zone);
    let written = if is_one { civil::second } else { civil::minute };
    (clock_by(written, at, since, zone), clock_by(written, at, next, zone))
}

/// A time of today by its minute, any other with its day.
fn clock(at: Instant, then: Instant, zone: Zone) -> String {
    clock_by(civil::minute, at, then, zone)
}

fn clock_by(written: fn(Instant, Zone) -> Option<String>, at: Instant, then: Instant, zone: Zone) -> String {
    let words = written(then, zone).unwrap_or_else(|| then.to_string());
    let today = civil::day(at, zone).unwrap_or_default();
    match words.strip_prefix(&today).map(str::trim_start).filter(|time| !time.is_empty() && !today.is_empty()) {
        Some(time) => time.to_owned(),
        None => words,
    }
}

fn step(message: &Message) -> String {
    format!("`{}`", message.step)
}

/// What somebody has said, behind what it is about.
fn behind(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

fn messages(count: u64) -> String {
    format!("{count} {}", plural(count, "message"))
}

fn attempts_of(count: u32) -> String {
    format!("{count} {}", plural(u64::from(count), "attempt"))
}

fn plural(count: u64, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// `3 s`, `12 min 3 s`, `2 h 5 min`, `3 days 4 h`: the two greatest parts.
fn length(ms: u64) -> String {
    const SECOND_MS: i64 = 1_000;
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    let days = ms / DAY_MS;
    let day = if days == 1 { "day" } else { "days" };
    let of_day = [(ms % DAY_MS / HOUR_MS, "h"), (ms % HOUR_MS / MINUTE_MS, "min"), (ms % MINUTE_MS / SECOND_MS, "s")];
    let parts = std::iter::once((days, day)).chain(of_day).skip_while(|(number, _)| *number == 0).take(2);
    let words: Vec<String> =
        parts.filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number} {unit}")).collect();
    if words.is_empty() { "less than a second".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Zones;

    #[test]
    fn two_times_of_one_minute_are_told_apart() {
        // 2026-03-02 21:48:05 in UTC.
        let since = Instant(1_772_488_085_000);
        let told = |ms: i64| from_to(since, (since, since.add_ms(ms)), Zones::utc());
        assert_eq!(told(5_000), ("21:48:05".to_owned(), "21:48:10".to_owned()));
        assert_eq!(told(MINUTE_MS), ("21:48".to_owned(), "21:49".to_owned()));
        assert_eq!(told(DAY_MS), ("21:48".to_owned(), "2026-03-03 21:48".to_owned()));
    }
}
