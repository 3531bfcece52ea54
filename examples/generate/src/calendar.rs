//! Instants, and the clock on the wall of a contact's office.
//!
//! Mail leaves on weekdays from 09:00 to 17:00 in the contact's own zone, so a believable reply needs zones and summer time. The dozen
//! and a half zones of the data follow three rules, which are written out here: the committed files then depend on nobody's zone data.

/// Milliseconds since 1970 in UTC.
pub(crate) type Ms = i64;

pub(crate) const SECOND: Ms = 1000;
pub(crate) const MINUTE: Ms = 60 * SECOND;
pub(crate) const HOUR: Ms = 60 * MINUTE;
pub(crate) const DAY: Ms = 24 * HOUR;

/// 2026-03-02T00:00Z, a Monday: the first instant of every plan.
pub(crate) const START: Ms = 20_514 * DAY;

const WINDOW_OPENS: Ms = 9 * HOUR;
const WINDOW_CLOSES: Ms = 17 * HOUR;

/// When a zone's clocks go forward and back.
#[derive(Clone, Copy)]
enum Summer {
    Never,
    /// Last Sunday of March to last Sunday of October, at 01:00 UTC everywhere.
    Europe,
    /// Second Sunday of March to first Sunday of November, at 02:00 on the wall.
    NorthAmerica,
}

pub(crate) struct Zone {
    pub(crate) name: &'static str,
    standard: Ms,
    summer: Summer,
}

const fn zone(name: &'static str, standard_minutes: i64, summer: Summer) -> Zone {
    Zone { name, standard: standard_minutes * MINUTE, summer }
}

pub(crate) static BERLIN: Zone = zone("Europe/Berlin", 60, Summer::Europe);
pub(crate) static LONDON: Zone = zone("Europe/London", 0, Summer::Europe);
pub(crate) static PARIS: Zone = zone("Europe/Paris", 60, Summer::Europe);
pub(crate) static MADRID: Zone = zone("Europe/Madrid", 60, Summer::Europe);
pub(crate) static WARSAW: Zone = zone("Europe/Warsaw", 60, Summer::Europe);
pub(crate) static STOCKHOLM: Zone = zone("Europe/Stockholm", 60, Summer::Europe);
pub(crate) static ATHENS: Zone = zone("Europe/Athens", 120, Summer::Europe);
pub(crate) static KYIV: Zone = zone("Europe/Kyiv", 120, Summer::Europe);
pub(crate) static SOFIA: Zone = zone("Europe/Sofia", 120, Summer::Europe);
pub(crate) static NEW_YORK: Zone = zone("America/New_York", -300, Summer::NorthAmerica);
pub(crate) static CHICAGO: Zone = zone("America/Chicago", -360, Summer::NorthAmerica);
pub(crate) static LOS_ANGELES: Zone = zone("America/Los_Angeles", -480, Summer::NorthAmerica);
pub(crate) static SAO_PAULO: Zone = zone("America/Sao_Paulo", -180, Summer::Never);
pub(crate) static DUBAI: Zone = zone("Asia/Dubai", 240, Summer::Never);
pub(crate) static KOLKATA: Zone = zone("Asia/Kolkata", 330, Summer::Never);
pub(crate) static SHANGHAI: Zone = zone("Asia/Shanghai", 480, Summer::Never);
pub(crate) static SEOUL: Zone = zone("Asia/Seoul", 540, Summer::Never);
pub(crate) static TOKYO: Zone = zone("Asia/Tokyo", 540, Summer::Never);

impl Zone {
    /// How far the wall clock is ahead of UTC at this instant.
    pub(crate) fn offset(&self, at: Ms) -> Ms {
        let (year, ..) = civil(at.div_euclid(DAY));
        let (from, until) = match self.summer {
            Summer::Never => return self.standard,
            Summer::Europe => (
                (days_from_civil(year, 4, 1) - days_since_sunday(days_from_civil(year, 4, 1) - 1) - 1) * DAY + HOUR,
                (days_from_civil(year, 11, 1) - days_since_sunday(days_from_civil(year, 11, 1) - 1) - 1) * DAY + HOUR,
            ),
            Summer::NorthAmerica => (
                first_sunday(year, 3) * DAY + 7 * DAY + 2 * HOUR - self.standard,
                first_sunday(year, 11) * DAY + HOUR - self.standard,
            ),
        };
        if (from..until).contains(&at) { self.standard + HOUR } else { self.standard }
    }

    pub(crate) fn local(&self, at: Ms) -> Ms {
        at + self.offset(at)
    }

    fn utc(&self, local: Ms) -> Ms {
        local - self.offset(local - self.standard)
    }

    /// The first instant from `at` on when mail may leave.
    pub(crate) fn next_window(&self, at: Ms) -> Ms {
        let local = self.local(at);
        let (day, time) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        if !is_weekend(day) && (WINDOW_OPENS..WINDOW_CLOSES).contains(&time) {
            return at;
        }
        let mut day = if time < WINDOW_OPENS { day } else { day + 1 };
        while is_weekend(day) {
            day += 1;
        }
        self.utc(day * DAY + WINDOW_OPENS)
    }

    /// The same time on the wall, `days` later.
    pub(crate) fn plus_days(&self, at: Ms, days: i64) -> Ms {
        self.utc(self.local(at) + days * DAY)
    }

    /// A time of day on the `day`-th day of the plan.
    pub(crate) fn on_day(&self, day: i64, time: Ms) -> Ms {
        self.utc(START + day * DAY + time)
    }
}

fn first_sunday(year: i64, month: i64) -> i64 {
    let first = days_from_civil(year, month, 1);
    first + (7 - days_since_sunday(first)) % 7
}

/// 0 on a Sunday, 6 on a Saturday; day 0 was a Thursday.
fn days_since_sunday(day: i64) -> i64 {
    (day + 4).rem_euclid(7)
}

pub(crate) fn is_weekend(day: i64) -> bool {
    matches!(days_since_sunday(day), 0 | 6)
}

/// Howard Hinnant, "chrono-compatible low-level date algorithms": years that start in March have their odd day at the end.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// `2026-03-02`
pub(crate) fn date(at: Ms) -> String {
    let (year, month, day) = civil(at.div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2026-03-02T09:15:00`, without a zone.
pub(crate) fn date_time(at: Ms) -> String {
    let time = at.rem_euclid(DAY);
    format!("{}T{:02}:{:02}:{:02}", date(at), time / HOUR, time / MINUTE % 60, time / SECOND % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(year: i64, month: i64, day: i64, hour: i64, minute: i64) -> Ms {
        days_from_civil(year, month, day) * DAY + hour * HOUR + minute * MINUTE
    }

    #[test]
    fn the_plan_starts_on_the_second_of_march() {
        assert_eq!(date_time(START), "2026-03-02T00:00:00");
        assert_eq!(date(at(2024, 2, 29, 23, 59)), "2024-02-29");
    }

    #[test]
    fn summer_time_starts_and_ends_on_the_right_sunday() {
        assert_eq!(BERLIN.offset(at(2026, 3, 29, 0, 59)), HOUR);
        assert_eq!(BERLIN.offset(at(2026, 3, 29, 1, 0)), 2 * HOUR);
        assert_eq!(BERLIN.offset(at(2026, 10, 25, 0, 59)), 2 * HOUR);
        assert_eq!(BERLIN.offset(at(2026, 10, 25, 1, 0)), HOUR);
        assert_eq!(NEW_YORK.offset(at(2026, 3, 8, 6, 59)), -5 * HOUR);
        assert_eq!(NEW_YORK.offset(at(2026, 3, 8, 7, 0)), -4 * HOUR);
        assert_eq!(NEW_YORK.offset(at(2026, 11, 1, 5, 59)), -4 * HOUR);
        assert_eq!(NEW_YORK.offset(at(2026, 11, 1, 6, 0)), -5 * HOUR);
        assert_eq!(TOKYO.offset(at(2026, 7, 1, 0, 0)), 9 * HOUR);
    }

    #[test]
    fn mail_waits_for_the_next_weekday_morning() {
        let friday_noon = at(2026, 3, 27, 11, 0);
        assert_eq!(BERLIN.next_window(friday_noon), friday_noon);
        // Friday 17:00 is over; Monday 09:00 already lies in summer time.
        assert_eq!(BERLIN.next_window(at(2026, 3, 27, 16, 0)), at(2026, 3, 30, 7, 0));
        assert_eq!(BERLIN.next_window(at(2026, 3, 2, 3, 0)), at(2026, 3, 2, 8, 0));
    }

    #[test]
    fn two_days_keep_the_time_on_the_wall() {
        assert_eq!(BERLIN.plus_days(at(2026, 3, 28, 8, 0), 2), at(2026, 3, 30, 7, 0));
    }
}
