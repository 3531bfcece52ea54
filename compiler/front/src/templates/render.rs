//! One mail for one person: a checked template, filled in.
//!
//! Everything that comes from outside, values and addresses alike, is escaped for HTML; there is no way in the template language
//! to ask for less. A missing value that the checker did not see coming is an error, never a gap in a mail.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, filters};

use super::markup::{self, Role};
use super::pieces::{self, Piece, PieceKind};
use super::{Checked, TemplateFault, TemplateKind, TemplateScope, Uses, check_tokens};

const NAME: &str = "mail";
/// Jinja finds `link("guide")` under this name; a blank keeps it apart from every field.
const LINK_PREFIX: &str = "link ";

/// What no author can write: the filter behind values that are a part of an address.
const IN_ADDRESS: &str = "_in_address";

/// A field's value for one contact. A missing one is not handed in at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldValue<'v> {
    /// A printable field, in the words the mail shall have.
    Text(&'v str),
    /// A field that `{% if FIELD %}` alone may ask for: the yes/no itself, or whether a list has members.
    Truth(bool),
}

/// The addresses in one person's mail; each click on them is counted for that person.
#[derive(Clone, Copy, Debug)]
pub struct SendUrls<'v> {
    /// Where this person alone can take back their consent.
    pub unsubscribe_url: &'v str,
    /// Where this person alone can confirm that they want mail; read by the mail that asks for that, and empty in all others.
    pub confirm_url: &'v str,
    /// The sender's postal address, as law asks for it in marketing mail.
    pub sender_address: &'v str,
    /// From alias to address, for every alias that the template uses.
    pub links: &'v BTreeMap<String, String>,
}

/// Why a mail could not be filled in. Each is a fault of ours or of a damaged store: the checker lets none of them through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderFault {
    /// One of these is needed and not there, though its declaration says it always is.
    MissingValue {
        /// The missing fields of this person that the template names; one of them was printed.
        candidates: Vec<String>,
    },
    /// The template links to an alias that came with no address.
    MissingLink {
        /// As the template names it.
        alias: String,
    },
    /// A [`FieldValue::Truth`] where the template prints.
    NotText,
    /// The text was not made by [`check`](super::check).
    NotChecked {
        /// What the reader of templates said, in its own words.
        detail: String,
    },
}

impl fmt::Display for RenderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingValue { candidates } => {
                write!(f, "the mail prints a value that is missing: {}", candidates.join(", "))
            }
            Self::MissingLink { alias } => write!(f, "the mail has a link \"{alias}\" and no address was given for it"),
            Self::NotText => f.write_str("the mail prints a field that is not text"),
            Self::NotChecked { detail } => write!(f, "the template cannot be filled in: {detail}"),
        }
    }
}

impl std::error::Error for RenderFault {}

/// What reads templates, with the filters that mails may use.
pub(super) fn environment() -> Environment<'static> {
    // Empty: what the checker does not allow, `safe` above all, does not exist here either.
    let mut environment = Environment::empty();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(write_value);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("title", filters::title);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("default", or_default);
    environment
}

/// A template made ready once, then filled in for many people.
#[derive(Debug)]
pub struct Template {
    environment: Environment<'static>,
    uses: Uses,
}

impl Template {
    /// Makes a checked template ready. Fails where the text was not made by [`check`](super::check).
    pub fn prepare(checked: &Checked) -> Result<Self, RenderFault> {
        let mut environment = environment();
        environment.add_filter(IN_ADDRESS, in_address);
        environment.add_function("link", link);
        environment.add_template_owned(NAME, with_addresses(&checked.html)).map_err(|error| not_checked(&error))?;
        Ok(Self { environment, uses: checked.uses.clone() })
    }

    /// From the HTML that a program keeps of a checked template, with what its mail may say.
    pub fn from_html(html: &str, scope: &TemplateScope) -> Result<Self, RenderFault> {
        let refused = |faults: Vec<TemplateFault>| RenderFault::NotChecked {
            detail: faults.first().map(|fault| fault.kind.to_string()).unwrap_or_default(),
        };
        Self::prepare(&check_tokens(html, scope).map_err(refused)?)
    }

    /// What [`render`](Self::render) asks `value_of` and `urls` for.
    pub fn uses(&self) -> &Uses {
        &self.uses
    }

    /// Fills it in for one person: their fields by name, none for a missing one, and their addresses. Values are escaped for HTML.
    pub fn render<'v>(
        &self,
        value_of: impl Fn(&str) -> Option<FieldValue<'v>>,
        urls: SendUrls<'v>,
    ) -> Result<String, RenderFault> {
        let mut missing = Vec::new();
        let mut context = BTreeMap::new();
        for field in &self.uses.fields {
            match value_of(field) {
                Some(FieldValue::Text(text)) => insert(&mut context, field, Value::from(text)),
                Some(FieldValue::Truth(truth)) => insert(&mut context, field, Value::from(truth)),
                // "None", not undefined: the checker allows to ask for a missing field, and Jinja at its strictest does not.
                None => {
                    insert(&mut context, field, Value::from(()));
                    missing.push(field.clone());
                }
            }
        }
        for alias in &self.uses.links {
            let url = urls.links.get(alias).ok_or_else(|| RenderFault::MissingLink { alias: alias.clone() })?;
            context.insert(format!("{LINK_PREFIX}{alias}"), Slot::Value(Value::from(url.as_str())));
        }
        context.insert("unsubscribe_url".to_owned(), Slot::Value(Value::from(urls.unsubscribe_url)));
        context.insert("confirm_url".to_owned(), Slot::Value(Value::from(urls.confirm_url)));
        context.insert("sender_address".to_owned(), Slot::Value(Value::from(urls.sender_address)));
        let template = self.environment.get_template(NAME).map_err(|error| not_checked(&error))?;
        template.render(seal(context)).map_err(|error| fault(&error, missing))
    }
}

/// `company.domain` is the value `domain` in the group `company`.
enum Slot {
    Value(Value),
    Group(BTreeMap<String, Slot>),
}

fn insert(slots: &mut BTreeMap<String, Slot>, name: &str, value: Value) {
    let Some((group, rest)) = name.split_once('.') else {
        slots.insert(name.to_owned(), Slot::Value(value));
        return;
    };
    let slot = slots.entry(group.to_owned()).or_insert_with(|| Slot::Group(BTreeMap::new()));
    if let Slot::Group(members) = slot {
        insert(members, rest, value);
    }
}

fn seal(slots: BTreeMap<String, Slot>) -> Value {
    let sealed = slots.into_iter().map(|(name, slot)| match slot {
        Slot::Value(value) => (name, value),
        Slot::Group(members) => (name, seal(members)),
    });
    Value::from(sealed.collect::<BTreeMap<String, Value>>())
}

fn fault(error: &Error, missing: Vec<String>) -> RenderFault {
    match error.kind() {
        ErrorKind::UndefinedError => RenderFault::MissingValue { candidates: missing },
        ErrorKind::InvalidOperation => RenderFault::NotText,
        _ => not_checked(error),
    }
}

fn not_checked(error: &Error) -> RenderFault {
    RenderFault::NotChecked { detail: error.to_string() }
}

/// Both ways to give a fallback treat an empty text as missing: "Hello ," helps nobody.
fn or_default(value: Value, fallback: Value) -> Value {
    if value.is_true() { value } else { fallback }
}

/// The HTML with a filter behind each value that is a part of an address: a `&` in somebody's name must not begin another part.
fn with_addresses(html: &str) -> String {
    let pieces = pieces::split(html).pieces;
    let markup = markup::read(html, &pieces, &[], TemplateKind::Html);
    let (mut filtered, mut at) = (String::with_capacity(html.len()), 0);
    let is_part =
        |piece: &&Piece| piece.kind == PieceKind::Value && markup.spot_of(piece.span.start).role == Role::Part;
    for piece in pieces.iter().filter(is_part) {
        let inner = piece.inner_span(html);
        filtered.push_str(html.get(at..inner.start).unwrap_or_default());
        filtered.push_str(&format!("({})|{IN_ADDRESS}", html.get(inner.clone()).unwrap_or_default()));
        at = inner.end;
    }
    filtered.push_str(html.get(at..).unwrap_or_default());
    filtered
}

/// RFC 3986: all but the unreserved signs, as `%20`.
fn in_address(value: Value) -> Result<String, Error> {
    let missing = matches!(value.kind(), ValueKind::Undefined | ValueKind::None);
    let kind = if missing { ErrorKind::UndefinedError } else { ErrorKind::InvalidOperation };
    let text = value.as_str().ok_or_else(|| Error::from(kind))?;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    Ok(encoded)
}

fn link(state: &State, alias: &str) -> Result<Value, Error> {
    state.lookup(&format!("{LINK_PREFIX}{alias}")).ok_or_else(|| Error::from(ErrorKind::UndefinedError))
}

/// Jinja's own escaping also turns `/` into a reference, which is right but makes every address in the mail unreadable to link
/// rewriters that look at the source.
fn write_value(out: &mut Output<'_>, _state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match (value.kind(), value.as_str()) {
        (ValueKind::Undefined | ValueKind::None, _) => Err(Error::from(ErrorKind::UndefinedError)),
        (_, Some(text)) => write_escaped(out, text).map_err(Error::from),
        _ => Err(Error::from(ErrorKind::InvalidOperation)),
    }
}

fn write_escaped(out: &mut Output<'_>, text: &str) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let (plain, special) = rest.split_at(at);
        out.write_str(plain)?;
        out.write_str(match special.as_bytes().first() {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'"') => "&quot;",
            _ => "&#39;",
        })?;
        rest = special.get(1..).unwrap_or_default();
    }
    out.write_str(rest)
}
