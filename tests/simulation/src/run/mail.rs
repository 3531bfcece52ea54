//! What a message of a world says: as little as can be told apart.

use flow_runtime::engine::{Composed, Composer, ContactView};
use flow_runtime::mail::{Html, Mail, Mailbox, Purpose};
use flow_runtime::store::OutboxRecord;
use flow_runtime::time::Instant;
use serde_json::Value;

use crate::world::people::NAMELESS;

/// What a row keeps of a mail that was written.
const WRITTEN: &str = "{}";

/// Writes the mails and notices.
#[derive(Debug)]
pub(super) struct Plain;

impl Composer for Plain {
    fn compose(&self, row: &OutboxRecord, contact: &ContactView<'_>) -> Result<Composed, String> {
        let notice = serde_json::from_str::<Value>(&row.payload).ok();
        let to = notice.as_ref().and_then(|notice| notice["to"].as_str());
        let to = to.or(contact.address()).ok_or("no address")?.to_owned();
        // What was written once says the same again, whatever the contact has become.
        if row.payload.is_empty() && contact.named("first_name").as_deref() == Some(NAMELESS) {
            return Err("nobody can write to the nameless".to_owned());
        }
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let mail = Mail {
            key: row.key.clone(),
            from: Mailbox::parse("us@acme.example").map_err(|error| said(&error))?,
            to: Mailbox::parse(&to).map_err(|error| said(&error))?,
            reply_to: None,
            subject: "Hello".to_owned(),
            html: Html::default(),
            plain: Some(contact.named("first_name").unwrap_or_default()),
            preview: None,
            list: None,
            unsubscribe: None,
            sent_at: Instant(row.queued_at).to_utc().ok_or("a date beyond the calendar")?,
            purpose: Purpose::Transactional,
        };
        let payload = if row.payload.is_empty() { WRITTEN.to_owned() } else { row.payload.clone() };
        Ok(Composed { mail, payload })
    }
}
