//! Outbox rows to messages: the engine's composer over a program's prepared emails.

use super::{Composer, ContactValues, Send, printable};
use crate::engine::{self, ContactView, Notice};
use crate::mail::{self, Address, Kind, Mail, Mailbox};
use crate::open::StoreName;
use crate::store::{OutboxKind, OutboxRecord};
use crate::time::Instant;
use flow_ir::{EmailId, FieldId};

/// Of the text of a notice. Its note and task are shorter; as HTML it may be five times as long.
const NOTICE_MAX_OCTETS: usize = 64 * 1024;

/// Writes what the engine's outbox holds.
#[derive(Debug)]
pub struct OutboxComposer {
    emails: Composer,
    store: StoreName,
}

impl OutboxComposer {
    /// Mails come from `emails`; notices are written here. The keys of both end in the name of the store.
    pub fn new(emails: Composer, store: StoreName) -> Self {
        Self { emails, store }
    }

    /// A message to a member of a team: plain words, no template, no consent.
    pub(super) fn notice(&self, row: &OutboxRecord) -> Result<Mail, String> {
        let notice: Notice =
            serde_json::from_str(&row.payload).map_err(|error| format!("the notice is damaged: {error}"))?;
        let to = Address::parse(&notice.to).map_err(|error| error.to_string())?;
        let subject = mail::cut_subject(printable(notice.subject));
        let text = mail::cut(printable(notice.text), NOTICE_MAX_OCTETS);
        let sent_at = Instant(row.queued_at).to_utc().ok_or("its instant is outside the calendar")?;
        Ok(Mail {
            key: self.store.key(&row.key),
            from: self.emails.sender().from.clone(),
            to: Mailbox::from(to),
            reply_to: None,
            subject,
            html: format!(
                "<!doctype html>\n<html><body><pre>{}</pre></body></html>\n",
                html_escape::encode_text(&text)
            ),
            text,
            preview: None,
            list: None,
            unsubscribe: None,
            sent_at,
            kind: Kind::Notice,
        })
    }
}

impl engine::Composer for OutboxComposer {
    fn compose(&self, row: &OutboxRecord, contact: &ContactView<'_>) -> Result<Mail, String> {
        if row.kind == OutboxKind::Notice {
            return self.notice(row);
        }
        let name = contact.id().0.to_string();
        let key = self.store.key(&row.key);
        let send = Send { email: EmailId(row.email), key: &key, sent_at: Instant(row.queued_at), contact: &name };
        let mail = self.emails.compose(&send, contact, |predicate| contact.holds(predicate, row.queued_at));
        mail.map_err(|fault| fault.to_string())
    }
}

impl ContactValues for ContactView<'_> {
    fn value(&self, field: FieldId) -> Option<String> {
        ContactView::value(self, field)
    }

    fn truth(&self, field: FieldId) -> bool {
        ContactView::truth(self, field)
    }
}
