//! A point in time as one number, so that stores, queues and native code compare and add it without a library.

use std::fmt;

use chrono::format::ParseErrorKind;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. Whatever is finer is rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Instant {
    /// What does not come: a due instant of `NEVER` means "nothing is due". It sorts after every instant, adding to it or
    /// taking from it leaves it `NEVER`, and a sum too large to be counted becomes it.
    pub const NEVER: Instant = Instant(i64::MAX);
    /// Before every instant; a difference too far back to be counted becomes it.
    pub const MIN: Instant = Instant(i64::MIN);

    /// So many milliseconds later; see [`NEVER`](Self::NEVER) for what is out of range.
    #[must_use]
    pub const fn add_ms(self, ms: i64) -> Instant {
        if self.is_never() { self } else { Instant(self.0.saturating_add(ms)) }
    }

    /// So many milliseconds earlier; what is out of range is [`MIN`](Self::MIN).
    #[must_use]
    pub const fn sub_ms(self, ms: i64) -> Instant {
        if self.is_never() { self } else { Instant(self.0.saturating_sub(ms)) }
    }

    /// Elapsed time from `earlier` to this instant; negative if `earlier` is the later one.
    pub const fn ms_since(self, earlier: Instant) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whether it is [`NEVER`](Self::NEVER).
    pub const fn is_never(self) -> bool {
        self.0 == Instant::NEVER.0
    }

    /// None for [`Instant::NEVER`] and for instants beyond chrono's calendar (some 262,000 years).
    pub fn to_utc(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.0)
    }

    /// Reads RFC 3339: `2026-03-02T09:30:00Z`, with an offset such as `+01:00`, and with up to nine digits of fraction.
    pub fn parse(text: &str) -> Result<Instant, InstantError> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(InstantError::TooLong { bytes: text.len() });
        }
        let strict = || DateTime::parse_from_rfc3339(text).map(Instant::from);
        strict().or_else(|error| {
            let usual = in_rfc3339(text).and_then(|usual| DateTime::parse_from_rfc3339(&usual).ok());
            usual.map(Instant::from).ok_or_else(|| InstantError::new(text, error.kind()))
        })
    }
}

/// The other forms of ISO 8601 that senders use, as RFC 3339 has them: an offset without its colon (`+0000`) or without minutes
/// (`+01`), and a time without seconds (`10:00Z`).
fn in_rfc3339(text: &str) -> Option<String> {
    let (date, time) = text.split_at_checked(10)?;
    let (separator, time) = time.split_at_checked(1)?;
    let at = time.find(['Z', 'z', '+', '-'])?;
    let (clock, offset) = time.split_at_checked(at)?;
    let seconds = if clock.len() == 5 { ":00" } else { "" };
    let offset = match (offset.len(), offset.split_at_checked(3)) {
        (5, Some((hours, minutes))) => format!("{hours}:{minutes}"),
        (3, _) => format!("{offset}:00"),
        _ => offset.to_owned(),
    };
    Some(format!("{date}{separator}{clock}{seconds}{offset}"))
}

/// RFC 3339 with nine digits and an offset takes 35 bytes. The rest is room for a sender's whim, and the bound keeps a hostile
/// text out of messages and logs.
const MAX_TEXT_BYTES: usize = 64;

impl<Z: chrono::TimeZone> From<DateTime<Z>> for Instant {
    fn from(moment: DateTime<Z>) -> Instant {
        Instant(moment.timestamp_millis())
    }
}

/// RFC 3339 in UTC, with milliseconds where there are some; `never` for [`Instant::NEVER`].
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_utc() {
            Some(moment) => f.write_str(&moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            None if self.is_never() => f.write_str("never"),
            None => write!(f, "{} ms from 1970", self.0),
        }
    }
}

/// Why a text is not an instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the variants say what is wrong, and their fields are what the message repeats")]
pub enum InstantError {
    /// An instant, but for its zone.
    #[error("`{text}` does not say which time zone it is in: end it with `Z` or an offset such as `+02:00`")]
    NoOffset { text: String },
    /// The shape of an instant, with a day or an hour that there is not.
    #[error("`{text}` does not exist: check its day and its hour")]
    DoesNotExist { text: String },
    /// Another shape.
    #[error("`{text}` is not a moment in time: write it like `2026-03-02T09:30:00Z`")]
    NotAMoment { text: String },
    /// Not looked at, because of its length.
    #[error("a text of {bytes} bytes is not a moment in time: write it like `2026-03-02T09:30:00Z`")]
    TooLong { bytes: usize },
}

impl InstantError {
    fn new(text: &str, kind: ParseErrorKind) -> InstantError {
        let text = text.to_owned();
        if DateTime::parse_from_rfc3339(&format!("{text}Z")).is_ok() {
            return InstantError::NoOffset { text };
        }
        match kind {
            ParseErrorKind::OutOfRange | ParseErrorKind::Impossible => InstantError::DoesNotExist { text },
            _ => InstantError::NotAMoment { text },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rfc_3339_is_read_with_every_fraction_and_offset_that_senders_use() {
        let half_past_nine = 1_772_443_800_000;
        for (text, ms) in [
            ("2026-03-02T09:30:00Z", half_past_nine),
            ("2026-03-02T09:30:00.125Z", half_past_nine + 125),
            ("2026-03-02T09:30:00.125999Z", half_past_nine + 125),
            ("2026-03-02T09:30:00.1259999Z", half_past_nine + 125),
            ("2026-03-02T09:30:00.125999999Z", half_past_nine + 125),
            ("2026-03-02T09:30:00+00:00", half_past_nine),
            ("2026-03-02T10:30:00.000+01:00", half_past_nine),
            ("2026-03-02T05:30:00.0000000-04:00", half_past_nine),
            ("2026-03-02T15:00:00.000000+05:30", half_past_nine),
            ("2026-03-02t09:30:00z", half_past_nine),
            ("1969-12-31T23:59:59.9999Z", -1),
        ] {
            assert_eq!(Instant::parse(text), Ok(Instant(ms)), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_instant_says_why() {
        let reason = |text: &str| Instant::parse(text).unwrap_err().to_string();
        let shape = "write it like `2026-03-02T09:30:00Z`";
        for (text, expected) in [
            ("2026-03-02T09:30:00", "does not say which time zone it is in"),
            ("2026-02-30T09:30:00Z", "does not exist"),
            ("2026-03-02T25:30:00Z", "does not exist"),
            ("2026-03-02", shape),
            ("02/03/2026", shape),
            ("1772443800", shape),
            ("", shape),
            (&"9".repeat(MAX_TEXT_BYTES + 1), "a text of 65 bytes"),
        ] {
            assert!(reason(text).contains(expected), "{text}: {}", reason(text));
        }
    }

    #[test]
    fn instants_print_as_rfc_3339() {
        assert_eq!(Instant(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(Instant(-1).to_string(), "1969-12-31T23:59:59.999Z");
        assert_eq!(Instant::NEVER.to_string(), "never");
        assert_eq!(Instant::MIN.to_string(), "-9223372036854775808 ms from 1970");
    }

    #[test]
    fn never_stays_never_and_sums_saturate() {
        assert_eq!(Instant::NEVER.add_ms(-1), Instant::NEVER);
        assert_eq!(Instant::NEVER.sub_ms(1), Instant::NEVER);
        assert_eq!(Instant(i64::MAX - 1).add_ms(2), Instant::NEVER);
        assert_eq!(Instant(0).sub_ms(i64::MIN), Instant::NEVER);
        assert_eq!(Instant::MIN.sub_ms(1), Instant::MIN);
        assert_eq!(Instant::MIN.ms_since(Instant(1)), i64::MIN);
    }

    #[test]
    fn serde_sees_a_plain_number() {
        assert_eq!(serde_json::to_string(&Instant(-5)).unwrap(), "-5");
        assert_eq!(serde_json::from_str::<Instant>("1772443800000").unwrap(), Instant(1_772_443_800_000));
    }

    proptest! {
        #[test]
        fn printing_and_chrono_lead_back(ms in -62_135_596_800_000i64..253_402_300_800_000) {
            let instant = Instant(ms);
            prop_assert_eq!(Instant::parse(&instant.to_string()), Ok(instant));
            prop_assert_eq!(instant.to_utc().map(Instant::from), Some(instant));
        }
    }
}
