//! One mail for one contact: a program's email, filled in.
//!
//! In: a checked program, the sender, and for each mail the contact's values as texts. Out: a [`Mail`]. May not know: frames and
//! stores (values come through [`ContactValues`]), clocks (the instant comes in), whether the mail may leave.
//!
//! The same inputs give the same mail (rule E2). The checker proved that every text can be filled in for anybody; should a value be
//! missing nevertheless, the mail is a [`ComposeFault`] and not a mail with a gap in it.

mod body;
mod fault;
mod outbox;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use flow_front::templates::{FieldShape, Template, TemplateScope};
use flow_ir::limits::MAX_TEXT_BYTES;
use flow_ir::{
    Email, EmailContent, EmailId, EmailKind, Field, FieldId, FieldType, Id, IdMap, PredicateId, Program, TextTemplate,
};

use crate::mail::unsubscribe::{self, Keys};
use crate::mail::{self, Address, Mail, Mailbox, Purpose, Unsubscribe};
use crate::settings::Sender;
use crate::time::Instant;

use body::{Body, Read};
pub use fault::ComposeFault;
pub use outbox::OutboxComposer;
use text::Filled;
pub(crate) use text::{one_line, render_text};

/// The built-in field that mail is addressed to.
const ADDRESS_FIELD: &str = "email";
/// What a person unsubscribes from by a mail that is about no topic: all marketing mail.
const LIST: &str = "marketing";

/// A contact's values, in the words that a mail shall have.
pub trait ContactValues {
    /// A field that can stand in a sentence; none where it is missing.
    fn value(&self, field: FieldId) -> Option<String>;
    /// A field that is asked for: the yes/no itself.
    fn truth(&self, field: FieldId) -> bool;
}

/// What makes one mail differ from the next, beside the contact's values.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'s> {
    /// Which of the program's emails.
    pub email: EmailId,
    /// The key under which it leaves once (E9).
    pub key: &'s str,
    /// When the step wrote the send.
    pub sent_at: Instant,
    /// The contact as unsubscribe links name them: for ever the same, of one store alone, and no address.
    pub contact: &'s str,
}

/// A program's emails, made ready once.
#[derive(Debug)]
pub struct Composer {
    program: Arc<Program>,
    address_field: FieldId,
    prepared: IdMap<EmailId, Prepared>,
    sender: Sender,
    keys: Keys,
}

/// What is computed once for an email.
#[derive(Debug)]
struct Prepared {
    from: Mailbox,
    reply_to: Option<Mailbox>,
    body: Arc<Body>,
}

impl Composer {
    /// Prepares every email of the program. Fails where one cannot be sent to anybody: a bad sender, a template that is none.
    pub fn new(program: Arc<Program>, sender: Sender, keys: Keys) -> Result<Composer, ComposeFault> {
        let address_field =
            program.fields.find(|field| field.name == ADDRESS_FIELD).ok_or(ComposeFault::NoAddressField)?;
        let prepared = program.emails.iter().map(|(id, email)| {
            let content = program.content(id).ok_or(ComposeFault::UnknownEmail { email: id.index() })?;
            prepare(&program, email, content, &sender)
        });
        let prepared = prepared.collect::<Result<Vec<Prepared>, ComposeFault>>()?.into_iter().collect();
        Ok(Composer { program, address_field, prepared, sender, keys })
    }

    /// Who the mail is from.
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// Fills in one mail, whose HTML is put together by whoever asks for it first. `holds` answers the conditions of subjects for the same contact.
    pub fn compose(
        &self,
        send: &Occasion<'_>,
        contact: &dyn ContactValues,
        mut holds: impl FnMut(PredicateId) -> bool,
    ) -> Result<Mail, ComposeFault> {
        let found =
            (self.program.emails.get(send.email), self.program.content(send.email), self.prepared.get(send.email));
        let (Some(email), Some(content), Some(prepared)) = found else {
            return Err(ComposeFault::UnknownEmail { email: send.email.index() });
        };
        let url = self.unsubscribe_url(send.contact, email)?;
        let confirm_url = self.confirm_url(send.contact, email)?;
        let preview = content.preview.as_ref().map(|preview| self.line(email, preview, contact)).transpose()?;
        Ok(Mail {
            key: send.key.to_owned(),
            from: prepared.from.clone(),
            to: self.recipient(contact)?,
            reply_to: prepared.reply_to.clone(),
            subject: self.subject(email, content, contact, &mut holds)?,
            html: body::html(&prepared.body, contact, (url.clone(), confirm_url))?,
            plain: None,
            preview: preview.map(|preview| preview.within(|text| text.len() <= MAX_TEXT_BYTES)),
            list: None,
            unsubscribe: (email.kind == EmailKind::Marketing).then_some(Unsubscribe { url }),
            sent_at: send.sent_at.to_utc().ok_or(ComposeFault::NoDate { at: send.sent_at })?,
            purpose: match email.kind {
                EmailKind::Marketing => Purpose::Marketing,
                EmailKind::Transactional => Purpose::Transactional,
            },
        })
    }

    fn recipient(&self, contact: &dyn ContactValues) -> Result<Mailbox, ComposeFault> {
        let address = present(contact.value(self.address_field)).ok_or(ComposeFault::NoAddress)?;
        Address::parse(&address).map(Mailbox::from).map_err(ComposeFault::BadAddress)
    }

    /// Of a mail about a topic the link is one out of that alone (E7).
    fn unsubscribe_url(&self, contact: &str, email: &Email) -> Result<String, ComposeFault> {
        let topic = email.topic.and_then(|of| self.program.ever_topics().find(|(field, _)| *field == of));
        let token = self.keys.make(contact, topic.map_or(LIST, |(_, name)| name)).map_err(ComposeFault::Token)?;
        Ok(unsubscribe::url(&self.sender.unsubscribe_url, &token))
    }

    /// Where they confirm that they want mail; nothing in a mail that does not ask for that.
    fn confirm_url(&self, contact: &str, email: &Email) -> Result<String, ComposeFault> {
        let Some(page) = self.sender.confirm_url.as_ref().filter(|_| email.confirms) else { return Ok(String::new()) };
        let token = self.keys.make_to_confirm(contact, LIST).map_err(ComposeFault::Token)?;
        Ok(unsubscribe::url(page, &token))
    }

    fn subject(
        &self,
        email: &Email,
        content: &EmailContent,
        contact: &dyn ContactValues,
        holds: &mut dyn FnMut(PredicateId) -> bool,
    ) -> Result<String, ComposeFault> {
        let chosen = content.subjects.iter().find(|subject| subject.when.is_none_or(&mut *holds));
        let chosen = chosen.ok_or_else(|| ComposeFault::NoSubject { email: email.name.clone() })?;
        Ok(self.line(email, &chosen.text, contact)?.within(mail::is_subject_short))
    }

    /// A text to the contact: it has no gaps.
    fn line(&self, email: &Email, text: &TextTemplate, contact: &dyn ContactValues) -> Result<Filled, ComposeFault> {
        text::fill(text, contact).map_err(|field| ComposeFault::MissingValue {
            email: email.name.clone(),
            field: self.program.fields.get(field).map(|field| field.written().into_owned()).unwrap_or_default(),
        })
    }
}

fn prepare(
    program: &Program,
    email: &Email,
    content: &EmailContent,
    sender: &Sender,
) -> Result<Prepared, ComposeFault> {
    let mailbox = |written: &String| {
        Mailbox::parse(written).map_err(|error| ComposeFault::BadSender { email: email.name.clone(), error })
    };
    if program.policy.confirms && email.confirms && sender.confirm_url.is_none() {
        return Err(ComposeFault::NoConfirmUrl { email: email.name.clone() });
    }
    let from = content.from.as_ref().map_or_else(|| Ok(sender.from.clone()), mailbox)?;
    let reply_to = content.reply_to.as_ref().map(mailbox).transpose()?;
    let template = Template::from_html(&content.html, &scope(program, email, content))
        .map_err(|fault| ComposeFault::Template { email: email.name.clone(), fault })?;
    let fields = fields_of(program, content).filter(|(_, field)| template.uses().fields.contains(&*field.written()));
    let read =
        |(id, field): (_, &Field)| Read { name: field.written().into(), field: id, printable: is_printable(&field.ty) };
    let body = Body {
        email: email.name.clone(),
        fields: fields.map(read).collect(),
        links: links(content),
        address: sender.address.clone(),
        octets: content.html.len(),
        prints: content.html.matches("{{").count(),
        template,
    };
    Ok(Prepared { from, reply_to, body: Arc::new(body) })
}

/// What the email's template may name, as the checker saw it.
fn scope(program: &Program, email: &Email, content: &EmailContent) -> TemplateScope {
    let shape = |ty: &FieldType, optional| FieldShape { printable: is_printable(ty), optional };
    let fields = fields_of(program, content);
    let fields = fields.map(|(_, field)| (field.written().into_owned(), shape(&field.ty, field.optional)));
    TemplateScope {
        fields: fields.collect::<BTreeMap<_, _>>().into(),
        links: links(content),
        marketing: email.kind == EmailKind::Marketing,
        confirms: email.confirms,
        ..TemplateScope::default()
    }
}

/// The fields that an email may name. Of what triggers said only those that it reads: other workflows keep theirs by the same names.
fn fields_of<'p>(program: &'p Program, content: &'p EmailContent) -> impl Iterator<Item = (FieldId, &'p Field)> {
    let is_named = |id: &FieldId, field: &Field| field.trigger.is_none() || content.tokens.contains(id);
    program.fields.iter().filter(move |(id, field)| is_named(id, field))
}

fn links(content: &EmailContent) -> BTreeMap<String, String> {
    content.links.iter().map(|link| (link.alias.clone(), link.url.clone())).collect()
}

fn is_printable(ty: &FieldType) -> bool {
    *ty != FieldType::YesNo
}

/// An empty text is a missing one: "Hello ," helps nobody. Signs that print nothing and steer machines (NUL, ESC) came with the data
/// by mistake, and leave in no mail.
fn present(value: Option<String>) -> Option<String> {
    value.map(printable).filter(|value| !value.trim().is_empty())
}

/// A text without its control characters, but for those that break lines.
pub(super) fn printable(text: String) -> String {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.contains(steers) { text.replace(steers, "") } else { text }
}
