//! The codes of a row as numbers (kept) and as words (in the views for people).
//!
//! The words are those of the report: a mail is *sent* when the channel took it, and *undelivered* when it did not or nobody knows.
//!
//! One list an enum. The `match` that the macro makes is exhaustive, so a variant that is missing from its list does not compile.

use crate::store::{DecisionCode, JourneyStatus, OutboxKind, OutboxState};
use rusqlite::Row;
use rusqlite::types::{FromSqlError, Type};

pub(super) trait Coded: Copy + 'static {
    const ALL: &'static [Self];
    fn code(self) -> u8;
    fn word(self) -> &'static str;
}

macro_rules! coded {
    ($name:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl Coded for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            fn code(self) -> u8 {
                self as u8
            }
            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

coded!(JourneyStatus {
    Waiting => "waiting",
    Awaiting => "awaiting",
    Held => "held",
    Ended => "ended",
    Sending => "sending",
    Paused => "paused by its condition",
    PausedByOther => "paused by another workflow",
});

coded!(OutboxKind { Mail => "mail", Notice => "notice" });

coded!(OutboxState {
    Queued => "waiting",
    Claimed => "on its way",
    Delivered => "sent",
    Withheld => "withheld",
    // Why, and whether it may have left all the same, is told beside.
    Failed => "undelivered",
    Unknown => "undelivered",
    Promised => "on its way",
});

coded!(DecisionCode {
    Entered => "entered",
    Ignored => "not taken in",
    Stepped => "stepped",
    Sent => "sent",
    Withheld => "withheld",
    Held => "held",
    TimedOut => "timed out",
    HandedOff => "handed off",
    Converted => "converted",
    Attributed => "goal met after the end",
    ExitedWhen => "exited when",
    Exited => "exited",
    Finished => "finished",
    Delivered => "notice sent",
    Undelivered => "undelivered",
    Suppressed => "suppressed",
    Stopped => "stopped",
    Lacked => "lacked",
    Consented => "consented",
    Opened => "opened",
    Clicked => "clicked",
    Replied => "replied",
    GoalMet => "goal met",
    Ran => "ran",
    GaveWay => "gave way",
    InDoubt => "may have left",
    Notified => "notified",
    HeldOut => "held out",
    Paused => "paused",
    Resumed => "goes on",
    UnsubscribedFrom => "unsubscribed from",
    SubscribedTo => "subscribed to",
    Answered => "answered",
    AskedToConfirm => "asked to confirm",
    PassedOn => "passed_on",
});

/// The code in a column. A number that Flow never writes is damage.
pub(super) fn coded<T: Coded>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let number: i64 = row.get(column)?;
    let known = T::ALL.iter().find(|code| i64::from(code.code()) == number).copied();
    known.ok_or_else(|| damaged(column, Type::Integer))
}

/// A value that Flow never writes.
pub(super) fn damaged(column: usize, ty: Type) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, ty, Box::new(FromSqlError::InvalidType))
}

/// The id in a column.
pub(super) fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| damaged(column, Type::Integer))
}

/// An id as SQLite keeps it; those out of range were refused before (`check_rows`).
pub(super) fn sql_id(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}
