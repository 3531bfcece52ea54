//! A composer for benches that do not measure what mails say.

use flow_runtime::engine::{Composed, Composer, ContactView};
use flow_runtime::mail::{Html, Mail, Mailbox, Purpose};
use flow_runtime::store::OutboxRecord;
use flow_runtime::time::Instant;

/// What a mail says is no part of what is measured.
pub(crate) struct Plain {
    from: Mailbox,
}

impl Plain {
    /// From an address that is read once, as a project's is.
    pub(crate) fn new() -> Result<Plain, String> {
        Ok(Plain { from: Mailbox::parse("hello@acme.example").map_err(|error| error.to_string())? })
    }
}

impl Composer for Plain {
    fn compose(&self, row: &OutboxRecord, contact: &ContactView<'_>) -> Result<Composed, String> {
        let to = contact.address().ok_or("nobody has no address")?;
        let mail = Mail {
            key: row.key.clone(),
            to: Mailbox::parse(to).map_err(|error| error.to_string())?,
            from: self.from.clone(),
            reply_to: None,
            subject: "Hello".to_owned(),
            html: Html::default(),
            plain: None,
            preview: None,
            list: None,
            unsubscribe: None,
            sent_at: Instant(row.queued_at).to_utc().ok_or("outside the calendar")?,
            purpose: Purpose::Notice,
        };
        Ok(Composed { mail, payload: row.payload.clone() })
    }
}
