//! What leaves when: quiet hours, the blackout, and the caps on all mail and on two topics.

use jiff::Span;
use jiff::civil::{Date, date, time};
use jiff::tz::TimeZone;

use crate::calendar::{self, DAY, Ms};

/// Quiet from 20:00 to 08:00 at home.
const QUIET_FROM: i8 = 20;
const QUIET_TO: i8 = 8;
/// The first and the last day on which nothing leaves.
const BLACKOUT: (Date, Date) = (date(2026, 4, 3), date(2026, 4, 6));
/// `hold at most`
pub(super) const HELD_AT_MOST: Ms = 3 * DAY;

/// So many mails in any such time, of all or of those about a topic.
struct Cap {
    most: usize,
    per: Ms,
    about: Option<&'static str>,
}

const DELAYS: Cap = Cap { most: 2, per: 7 * DAY, about: None };
const DROPS: Cap = Cap { most: 5, per: 30 * DAY, about: None };
const LETTERS: Cap = Cap { most: 1, per: 10 * DAY, about: Some("letters") };
const OFFERS: Cap = Cap { most: 1, per: 14 * DAY, about: Some("offers") };

/// When a mail left, and what it was about.
pub(super) type Left = (Ms, Option<&'static str>);

/// What becomes of a mail that could leave otherwise.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Leaves {
    Now,
    /// Not before then.
    From(Ms),
    Never(&'static str),
}

/// Of a mail about something that came to its step at `came`, of somebody to whom others have left.
pub(super) fn leaves(now: Ms, came: Ms, about: Option<&str>, left: &[Left], zone: &TimeZone) -> Leaves {
    let last = came + HELD_AT_MOST;
    let opens = next_opening(now, zone);
    if opens > now {
        return if now >= last { Leaves::Never("held_too_long") } else { Leaves::From(opens.min(last)) };
    }
    let free = |cap: &Cap| if cap.about.is_none() || cap.about == about { free_at(now, cap, left) } else { now };
    if free(&OFFERS) > now {
        return Leaves::Never("dropped_by_cap_about_offers");
    }
    if free(&DROPS) > now {
        return Leaves::Never("dropped_by_cap");
    }
    let (of_letters, of_all) = (free(&LETTERS), free(&DELAYS));
    let free = of_letters.max(of_all);
    if free <= now {
        return Leaves::Now;
    }
    let capped = if of_all > of_letters { "capped" } else { "capped_about_letters" };
    if now >= last { Leaves::Never(capped) } else { Leaves::From(next_opening(free, zone).min(last)) }
}

/// Now, or when so many of those that have left are older.
fn free_at(now: Ms, cap: &Cap, left: &[Left]) -> Ms {
    let counted = left.iter().filter(|(_, about)| cap.about.is_none() || cap.about == *about);
    let mut within: Vec<Ms> = counted.map(|(at, _)| *at).filter(|at| *at > now - cap.per).collect();
    within.sort_unstable();
    match within.len().checked_sub(cap.most) {
        Some(surplus) => within[surplus] + cap.per,
        None => now,
    }
}

/// Now, or the first instant at which nothing holds all mail of somebody who lives there.
fn next_opening(at: Ms, zone: &TimeZone) -> Ms {
    let wall = calendar::local(at, zone);
    let is_off = |day: Date| BLACKOUT.0 <= day && day <= BLACKOUT.1;
    if !is_off(wall.date()) && (QUIET_TO..QUIET_FROM).contains(&wall.hour()) {
        return at;
    }
    let mut day = wall.date();
    loop {
        let opens = calendar::instant(day.to_datetime(time(QUIET_TO, 0, 0, 0)), zone);
        if !is_off(day) && opens > at {
            return opens;
        }
        day += Span::new().days(1);
    }
}
