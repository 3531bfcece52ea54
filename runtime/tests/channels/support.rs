//! A message to send and words for fates.

use chrono::{TimeZone, Utc};
use flow_runtime::{
    dispatch::channels::{Fate, RefusedKind},
    mail::{Address, Mail, Mailbox, Purpose},
};

pub(crate) fn mail(key: &str) -> Mail {
    Mail {
        key: key.to_owned(),
        from: Mailbox::parse("Anna from Acme <anna@acme.example>").unwrap(),
        to: Address::parse("bo@example.com").unwrap().into(),
        reply_to: None,
        subject: "Grüße".to_owned(),
        html: "<p>Hallo Bo</p>\n.\n<p>..</p>".to_owned().into(),
        plain: Some("Hallo Bo\n.\n.. \n".to_owned()),
        preview: None,
        list: None,
        unsubscribe: None,
        sent_at: Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap(),
        purpose: Purpose::Transactional,
    }
}

#[track_caller]
pub(crate) fn receipt(fate: Fate) -> String {
    match fate {
        Fate::Delivered { receipt } => receipt,
        other => panic!("not delivered: {other:?}"),
    }
}

/// Why a message has to wait, whether for its next attempt or for somebody to mend the machine.
#[track_caller]
pub(crate) fn retry_reason(fate: Fate) -> String {
    match fate {
        Fate::RetryLater { reason } | Fate::Down { reason } | Fate::Stop { reason } => reason,
        other => panic!("not to be retried: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn refusal(fate: Fate) -> (RefusedKind, String) {
    match fate {
        Fate::Refused { reason, kind } => (kind, reason),
        other => panic!("not refused: {other:?}"),
    }
}
