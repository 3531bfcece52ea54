//! The HTML of one mail: its values are fixed by the thread that decides, and put into the template by the one that sends.

use std::collections::BTreeMap;
use std::sync::Arc;

use flow_front::templates::{FieldValue, RenderFault, SendUrls, Template};
use flow_ir::FieldId;

use super::{ComposeFault, ContactValues, present, text};
use crate::mail::{self, Html};

/// How many bytes one becomes at most where it is escaped for HTML: `'` is `&#x27;`.
const ESCAPED_BYTES: usize = 6;

/// What is computed once for an email's template.
#[derive(Debug)]
pub(super) struct Body {
    /// As people call the email.
    pub(super) email: String,
    pub(super) template: Template,
    /// The fields that the template reads.
    pub(super) fields: Vec<Read>,
    /// From alias to address.
    pub(super) links: BTreeMap<String, String>,
    /// The sender's postal address.
    pub(super) address: String,
    /// How long the template is by itself.
    pub(super) octets: usize,
    /// In how many places it prints something.
    pub(super) prints: usize,
}

#[derive(Debug)]
pub(super) struct Read {
    pub(super) name: String,
    pub(super) field: FieldId,
    pub(super) printable: bool,
}

/// What stands in the template for one person.
struct Values {
    body: Arc<Body>,
    texts: BTreeMap<FieldId, String>,
    truths: BTreeMap<FieldId, bool>,
    unsubscribe_url: String,
    confirm_url: String,
}

/// Fixes what the mail says. It is put together at once where that might fail: whether a message can leave is known before its step is over.
pub(super) fn html(
    body: &Arc<Body>,
    contact: &dyn ContactValues,
    (unsubscribe_url, confirm_url): (String, String),
) -> Result<Html, ComposeFault> {
    let (mut texts, mut truths) = (BTreeMap::new(), BTreeMap::new());
    for Read { field, printable, .. } in &body.fields {
        match printable {
            true => texts.extend(present(contact.value(*field)).map(|text| (*field, text))),
            false => _ = truths.insert(*field, contact.truth(*field)),
        }
    }
    let values = Values { body: Arc::clone(body), texts, truths, unsubscribe_url, confirm_url };
    match values.is_complete() && values.fits() {
        true => Ok(Html::later(move || values.write().map_err(|fault| fault.to_string()))),
        false => Ok(Html::from(values.write()?)),
    }
}

impl Values {
    /// Whether there is a value for each field that the template names, so that it can miss none. Where one lacks, it may have a fallback, or ask before it
    /// prints: only filling it in shows that.
    fn is_complete(&self) -> bool {
        self.texts.len() + self.truths.len() == self.body.fields.len()
    }

    /// Whether the mail fits whatever its values are, as these are cut.
    fn fits(&self) -> bool {
        let Body { octets, prints, links, address, .. } = &*self.body;
        let own = [self.unsubscribe_url.len(), self.confirm_url.len(), address.len()];
        let urls = links.values().map(String::len).chain(own);
        let most = octets.saturating_add(prints.saturating_mul(urls.max().unwrap_or_default()));
        most.saturating_mul(ESCAPED_BYTES) <= mail::HTML_MAX_OCTETS
    }

    /// With its values as long as the mail allows.
    fn write(&self) -> Result<String, ComposeFault> {
        let whole = self.texts.values().map(|value| value.chars().count()).max().unwrap_or_default();
        // A mail that is refused is no better for a value that stands in it whole.
        let fits =
            |html: &Result<String, RenderFault>| html.as_ref().map_or(true, |html| html.len() <= mail::HTML_MAX_OCTETS);
        text::longest(whole, |most| self.filled(most), fits)
            .map_err(|fault| ComposeFault::Template { email: self.body.email.clone(), fault })
    }

    fn filled(&self, most: usize) -> Result<String, RenderFault> {
        let body = &*self.body;
        let urls = SendUrls {
            unsubscribe_url: &self.unsubscribe_url,
            confirm_url: &self.confirm_url,
            sender_address: &body.address,
            links: &body.links,
        };
        let texts: BTreeMap<FieldId, String> =
            self.texts.iter().map(|(field, value)| (*field, text::cut(value, most))).collect();
        let value_of = |name: &str| match body.fields.iter().find(|read| read.name == name)? {
            read if read.printable => texts.get(&read.field).map(|text| FieldValue::Text(text)),
            read => self.truths.get(&read.field).map(|truth| FieldValue::Truth(*truth)),
        };
        body.template.render(value_of, urls)
    }
}
