//! Outbox rows to messages: the engine's composer over a program's prepared emails.

use super::{ADDRESS_FIELD, Composer, ContactValues, Occasion, printable};
use crate::engine::{self, Composed, ContactView, Notice};
use crate::mail::{self, Address, Mail, Mailbox, Purpose};
use crate::open::StoreName;
use crate::store::{OutboxKind, OutboxRecord};
use crate::time::Instant;
use flow_ir::{EmailId, FieldId, PredicateId, TriggerValue, WorkflowId};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

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
            // An address that no mail can go to is none to answer to.
            reply_to: notice.reply_to.and_then(|address| Address::parse(&address).ok()).map(Mailbox::from),
            subject,
            html: html_of(&text).into(),
            plain: Some(text),
            preview: None,
            list: None,
            unsubscribe: None,
            sent_at,
            purpose: Purpose::Notice,
        })
    }
}

/// A text as it reads in a mail client: its paragraphs and lines.
fn html_of(text: &str) -> String {
    let escaped = html_escape::encode_text(text);
    let paragraphs: Vec<String> =
        escaped.split("\n\n").map(|lines| format!("<p>{}</p>", lines.replace('\n', "<br>\n"))).collect();
    format!("<!doctype html>\n<html><body>\n{}\n</body></html>\n", paragraphs.join("\n"))
}

impl engine::Composer for OutboxComposer {
    fn compose(&self, row: &OutboxRecord, contact: &ContactView<'_>) -> Result<Composed, String> {
        if row.kind == OutboxKind::Notice {
            return Ok(Composed { mail: self.notice(row)?, payload: row.payload.clone() });
        }
        // With the store's name: contacts of two stores are numbered alike, and a link in an old mail must name nobody else. The number is that
        // of the key, whoever they proved to be since: a message is the same however often it is written (E9).
        let name = self.store.key(&row.written_for().0.to_string());
        let key = self.store.key(&row.key);
        let send = Occasion { email: EmailId(row.email), key: &key, sent_at: Instant(row.queued_at), contact: &name };
        let values = Fixed::new(contact, row)?;
        let mail = self.emails.compose(&send, &values, |predicate| values.holds(predicate, row.queued_at));
        Ok(Composed { mail: mail.map_err(|fault| fault.to_string())?, payload: values.into_payload() })
    }
}

/// What a mail says, fixed when its step runs: the values that it asked for then, and no others.
struct Fixed<'c> {
    contact: &'c ContactView<'c>,
    /// The workflow that sends it.
    workflow: WorkflowId,
    said: RefCell<Said>,
    subjects_asked: Cell<usize>,
}

/// The values of a mail by the names of their fields, so that they outlive the program's numbers.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case")]
struct Said {
    values: BTreeMap<String, Option<String>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    truths: BTreeMap<String, bool>,
    /// What the conditions of its subjects came to, in their order, up to the one that holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subjects: Vec<bool>,
}

impl<'c> Fixed<'c> {
    /// Of a mail that is written for the first time, the payload is empty.
    fn new(contact: &'c ContactView<'c>, row: &OutboxRecord) -> Result<Fixed<'c>, String> {
        let said = match row.payload.as_str() {
            "" => Said::default(),
            payload => serde_json::from_str(payload).map_err(|error| format!("what it says is damaged: {error}"))?,
        };
        let workflow = WorkflowId(row.workflow);
        Ok(Fixed { contact, workflow, said: RefCell::new(said), subjects_asked: Cell::new(0) })
    }

    fn holds(&self, predicate: PredicateId, at: i64) -> bool {
        let place = self.subjects_asked.replace(self.subjects_asked.get() + 1);
        let subjects = &mut self.said.borrow_mut().subjects;
        if place == subjects.len() {
            subjects.push(self.contact.holds(predicate, at));
        }
        subjects.get(place).copied().unwrap_or_default()
    }

    /// Plain texts: writing them as JSON cannot fail.
    fn into_payload(self) -> String {
        serde_json::to_string(&self.said.into_inner()).unwrap_or_default()
    }

    fn name(&self, field: FieldId) -> String {
        self.contact.program().fields.get(field).map(|field| field.written().into_owned()).unwrap_or_default()
    }

    /// The field that is meant: a mail that several workflows send says what the trigger of the one said which sends it.
    fn meant(&self, field: FieldId) -> Option<FieldId> {
        let program = self.contact.program();
        let Some(said) = program.fields.get(field).and_then(|found| found.trigger.as_ref()) else { return Some(field) };
        let workflow = &program.workflows.get(self.workflow)?.name;
        program.fields.find(|other| {
            let is_own = |own: &TriggerValue| own.workflow == *workflow && own.kept == said.kept;
            other.trigger.as_ref().is_some_and(|own| is_own(own) && own.property == said.property)
        })
    }
}

impl ContactValues for Fixed<'_> {
    fn value(&self, field: FieldId) -> Option<String> {
        let now = || self.contact.value(self.meant(field)?);
        // Where they are reached is theirs to change: a later attempt goes to the address that they have by then, by the consent of it.
        if self.name(field) == ADDRESS_FIELD {
            return now();
        }
        self.said.borrow_mut().values.entry(self.name(field)).or_insert_with(now).clone()
    }

    fn truth(&self, field: FieldId) -> bool {
        let now = || self.meant(field).is_some_and(|field| self.contact.truth(field));
        *self.said.borrow_mut().truths.entry(self.name(field)).or_insert_with(now)
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
