//! What leaves when: quiet hours, the blackout and the two caps.

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

/// So many mails in any such time.
struct Cap {
    most: usize,
    per: Ms,
}

const DELAYS: Cap = Cap { most: 2, per: 7 * DAY };
const DROPS: Cap = Cap { most: 5, per: 30 * DAY };

/// What becomes of a mail that could leave otherwise.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Leaves {
    Now,
    /// Not before then.
    From(Ms),
    Never(&'static str),
}

/// Of a mail that came to its step at `came`, of somebody to whom others have left at `left`.
pub(super) fn leaves(now: Ms, came: Ms, left: &[Ms], zone: &TimeZone) -> Leaves {
    let last = came + HELD_AT_MOST;
    let opens = next_opening(now, zone);
    if opens > now {
        return if now >= last { Leaves::Never("held_too_long") } else { Leaves::From(opens.min(last)) };
    }
    if free_at(now, &DROPS, left) > now {
        return Leaves::Never("dropped_by_cap");
    }
    let free = free_at(now, &DELAYS, left);
    if free <= now {
        return Leaves::Now;
    }
    if now >= last { Leaves::Never("capped") } else { Leaves::From(next_opening(free, zone).min(last)) }
}

/// Now, or when so many of those that have left are older.
fn free_at(now: Ms, cap: &Cap, left: &[Ms]) -> Ms {
    let mut within: Vec<Ms> = left.iter().copied().filter(|left| *left > now - cap.per).collect();
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
