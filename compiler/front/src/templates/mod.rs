//! E-mail templates, checked when the program is compiled.
//!
//! In: the text of one template, its kind, and what its mail may say ([`TemplateScope`]). Out: HTML that still holds its tokens
//! ([`Checked`]), or every fault with its place in the text as written. May not know: files, the `.flow` language, people.
//!
//! A template is MJML or HTML with a small part of the Jinja language in it:
//!
//! ```text
//! <mj-text>Hello {{ first_name or "there" }}</mj-text>
//! {% if industry == "saas" %}<mj-button href="{{ link("case-study") }}">Read on</mj-button>{% endif %}
//! <mj-text><a href="{{ unsubscribe_url }}">Unsubscribe</a>, {{ sender_address }}</mj-text>
//! ```
//!
//! The part is small on purpose. With values, fallbacks and `if` alone, it can be proved before the first send that every
//! person gets a whole mail: no token is unknown or empty, every link is one that `clicked` can name, and the way out is there
//! on every path. MJML becomes HTML here, once, so that a send only fills in tokens ([`Template`]).

mod attributes;
mod colour;
mod fault;
mod fields;
pub(crate) mod filters;
mod followers;
pub(crate) mod foreign;
mod inline;
mod look;
mod markup;
mod mjml;
mod pieces;
mod questions;
mod readers;
mod render;
mod selector;
mod sheet;
mod slips;
mod syntax;
#[cfg(test)]
mod tests;
mod walk;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fault::Markup;
pub(crate) use fault::{Construct, FaultKind, RequiredToken, Seen, Severity, Slip, Syntax};
pub use fault::{TemplateFault, nearest};
pub(crate) use fields::FieldNames;
pub use fields::Fields;
use foreign::{Foreign, Meant};
pub use render::{FieldValue, RenderFault, SendUrls, Template};

use walk::{Given, Walked};

pub use flow_ir::limits::{
    MAX_MAIL_BYTES, MAX_SENDER_BYTES, MAX_SHOWN_BYTES, MAX_TAGS, MAX_TEMPLATE_BYTES, MAX_WAY_OUT_BYTES,
};

/// What the file's extension says the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateKind {
    /// Compiled to HTML once, when the program is.
    Mjml,
    /// Taken as it is.
    Html,
}

impl TemplateKind {
    /// `None` where no template may have that extension; given without its dot.
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension {
            "mjml" => Some(Self::Mjml),
            "html" => Some(Self::Html),
            _ => None,
        }
    }
}

/// A field as far as a template cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldShape {
    /// Whether it can stand in a sentence. A yes/no or a list can only be asked for, as `{% if FIELD %}`.
    pub printable: bool,
    /// Whether a contact may lack it.
    pub optional: bool,
}

/// What a field can hold, as a mail prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// One of a list, in the spelling of its declaration.
    Choices(flow_ir::Choices),
    /// The English name of a country.
    Countries,
}

/// Everything that one mail's template may name. A field of the account has a dotted name, such as `company.domain`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateScope {
    /// By name; what a token names that is not here is a fault.
    pub fields: Fields,
    /// Of fields that hold one of a few values, those values: a question about another would have the same answer for everybody.
    pub values: Arc<BTreeMap<String, Values>>,
    /// From alias to target.
    pub links: BTreeMap<String, String>,
    /// A marketing mail must name its sender's address and offer a way out; a transactional one need not.
    pub marketing: bool,
    /// A mail that asks people to confirm that they want mail must have the link by which they do, and no other may have it.
    pub confirms: bool,
}

/// What a template asks for when it is filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// The fields that it prints or asks for.
    pub fields: BTreeSet<String>,
    /// The aliases in `link("..")`.
    pub links: BTreeSet<String>,
}

/// A template without errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// MJML is already compiled; tokens are still in it.
    pub html: String,
    /// What to have at hand for [`Template::render`].
    pub uses: Uses,
    /// What does not refuse it, in the order of the text.
    pub warnings: Vec<TemplateFault>,
}

/// Checks one template. On failure the faults stand in the order of the text, warnings among them.
///
/// Tokens and markup are read independently, so that faults in both show at once. What follows from a broken part is not
/// reported: no "link never used" while a token cannot be read, no MJML compilation while tags do not match.
pub fn check(text: &str, kind: TemplateKind, scope: &TemplateScope) -> Result<Checked, Vec<TemplateFault>> {
    judge(text, kind, scope).map_err(|mut faults| {
        for fault in &mut faults {
            if matches!(fault.kind, FaultKind::Required { .. }) && !shows_it(text, fault, kind, scope) {
                fault.edits.clear();
            }
        }
        faults
    })
}

/// Whether the line that is to be added is seen: what hides the one that is there may hide every one.
fn shows_it(text: &str, fault: &TemplateFault, kind: TemplateKind, scope: &TemplateScope) -> bool {
    let FaultKind::Required { token, seen: Seen::Unseen(_) } = &fault.kind else { return true };
    let mut mended = text.to_owned();
    for (place, line) in &fault.edits {
        mended.replace_range(place.clone(), line);
    }
    let is_same =
        |fault: &TemplateFault| matches!(fault.kind, FaultKind::Required { token: other, .. } if other == *token);
    judge(&mended, kind, scope).err().is_none_or(|faults| !faults.iter().any(is_same))
}

fn judge(text: &str, kind: TemplateKind, scope: &TemplateScope) -> Result<Checked, Vec<TemplateFault>> {
    if text.len() > MAX_TEMPLATE_BYTES {
        let too_long = FaultKind::TemplateTooLong { bytes: text.len(), limit: MAX_TEMPLATE_BYTES };
        return Err(vec![TemplateFault::new(too_long, 0..0)]);
    }
    // First where tokens are, for both the token language and the markup need to see past the other.
    let split = pieces::split(text);
    let tags = tokens_like_tags(text, &split.pieces, scope);
    let markup = markup::read(text, &split.pieces, &tags, kind);
    let mut mended = syntax::mend(text, &split, scope);
    let mut faults = std::mem::take(&mut mended.faults);
    faults.extend(foreign_tokens(text, &split.pieces, &tags, &markup, scope));
    let given = Given { text, pieces: &split.pieces, markup: &markup, scope };
    let mut walked = walk::walk(&given, &mended);
    // What a tag without its end has swallowed may be all there.
    if faults.is_empty() && !markup.swallows() {
        faults.extend(walked.absences(&given, kind));
        // What was covered before it was read was reported; nothing unread may pass as checked.
        if mended.text != text {
            faults.push(TemplateFault::new(FaultKind::Syntax(Syntax::Unreadable), 0..0));
        }
    }
    faults.append(&mut walked.faults);
    let markup_holds = markup.faults.is_empty();
    faults.extend(markup.faults.iter().cloned());
    // Last, because a broken token would only make the compiled HTML harder to judge.
    let html = if kind == TemplateKind::Html {
        text.to_owned()
    } else if markup_holds && split.faults.is_empty() && tags.is_empty() {
        mjml::compile(text, &split.pieces, &markup).unwrap_or_else(|fault| {
            // An attribute that MJML drops is not also one that machines read.
            let is_same =
                |other: &TemplateFault| fault.span.start <= other.span.start && other.span.end <= fault.span.end;
            faults.retain(|other| !(other.kind.is_in_code() && is_same(other)));
            faults.push(fault);
            String::new()
        })
    } else {
        String::new()
    };
    faults.extend(too_long(&html, scope));
    followers::side_by_side(&mut faults, text);
    if kind == TemplateKind::Mjml && faults.is_empty() {
        faults.extend(walked.hidden_in(&walked_html(&html, scope).0, &given));
    }
    finish(html, walked.uses, faults).and_then(|checked| proven(checked, scope))
}

/// What is cut off by mail programs is a warning; what no mail server takes, with every value left out, is an error.
fn too_long(html: &str, scope: &TemplateScope) -> Option<TemplateFault> {
    let pieces = pieces::split(html).pieces;
    let longest_link = scope.links.values().map(String::len).max().unwrap_or_default();
    let fixed = pieces.iter().map(|piece| match piece.inner(html) {
        "unsubscribe_url" | "confirm_url" => MAX_WAY_OUT_BYTES,
        "sender_address" => MAX_SENDER_BYTES,
        // A `&` takes five bytes, and behind another address three for each.
        inner if attributes::is_address(inner) => 5 * longest_link,
        _ => 0,
    });
    let bytes = html.len() + fixed.sum::<usize>();
    let kind = match () {
        () if bytes > MAX_MAIL_BYTES => FaultKind::MailTooLarge { bytes, limit: MAX_MAIL_BYTES },
        () if html.len() > MAX_SHOWN_BYTES => FaultKind::Clipped { bytes: html.len(), limit: MAX_SHOWN_BYTES },
        () => return None,
    };
    Some(TemplateFault::new(kind, 0..0))
}

/// The same reader that fills in mails reads the template once before anybody trusts it.
fn proven(checked: Checked, scope: &TemplateScope) -> Result<Checked, Vec<TemplateFault>> {
    match Template::from_html(&checked.html, scope) {
        Ok(template) if *template.uses() == checked.uses => Ok(checked),
        _ => Err(vec![TemplateFault::new(FaultKind::Markup(Markup::Rejected), 0..0)]),
    }
}

/// `<first_name>`, which is no tag.
fn tokens_like_tags(text: &str, pieces: &[pieces::Piece], scope: &TemplateScope) -> Vec<Foreign> {
    let read: Vec<_> = pieces.iter().map(|piece| piece.span.clone()).collect();
    foreign::find_tags(text, &read, scope.fields.names())
}

fn foreign_tokens(
    text: &str,
    pieces: &[pieces::Piece],
    tags: &[Foreign],
    markup: &markup::Markup,
    scope: &TemplateScope,
) -> Vec<TemplateFault> {
    let tag_spans = tags.iter().map(|tag| tag.span.clone());
    let mut read: Vec<_> = pieces.iter().map(|piece| piece.span.clone()).chain(tag_spans).collect();
    read.sort_by_key(|place| place.start);
    let others = foreign::find_with(text, &read, &markup.code, scope.fields.names());
    let mut faults: Vec<_> =
        tags.iter().chain(&others).map(|token| foreign_fault(text, token, markup, scope)).collect();
    faults = followers::in_one(faults);
    read.extend(others.into_iter().map(|token| token.span));
    read.extend(markup.code.iter().cloned());
    read.sort_by_key(|place| place.start);
    faults.extend(slips::unopened(text, &read, scope));
    faults
}

fn foreign_fault(text: &str, token: &Foreign, markup: &markup::Markup, scope: &TemplateScope) -> TemplateFault {
    let written = text.get(token.span.clone()).unwrap_or_default().to_owned();
    let address = markup.addresses.iter().find(|place| place.start <= token.span.start && token.span.end <= place.end);
    let meant = match &token.meant {
        Meant::Unclear => None,
        Meant::Required(required) if address.is_some() || *required == RequiredToken::SenderAddress => {
            Some((required.name(), format!("{{{{ {} }}}}", required.name())))
        }
        Meant::Required(required) => Some((required.name(), required.sample().to_owned())),
        Meant::Field { name, fallback } => {
            Some((name.as_str(), format!("{{{{ {} }}}}", slips::printed(name, fallback.as_deref(), scope))))
        }
    };
    let is_address = |place: &&std::ops::Range<usize>| {
        !attributes::is_behind_host(text.get(place.start..token.span.start).unwrap_or_default())
    };
    // Whoever writes the field would say where it leads.
    if let (Meant::Field { name, .. }, Some(place)) = (&token.meant, address.filter(is_address)) {
        return slips::no_address(name, "href", place.clone(), token.span.clone(), scope);
    }
    let kind = FaultKind::Foreign { token: written, field: meant.as_ref().map(|(name, _)| (*name).to_owned()) };
    let mut fault = TemplateFault::new(kind, token.span.clone());
    fault.edits = meant.into_iter().map(|(_, ours)| (token.span.clone(), ours)).collect();
    if fault.edits.is_empty() {
        fault.edits = questions::directive(text, &token.span, scope).unwrap_or_default();
    }
    fault
}

/// Reads the tokens of HTML that [`check`] made, such as a stored program holds: what a send relies on is proved anew, that every
/// token is known and none is empty. What only the template as written can show, its markup and its way out, was judged there.
fn check_tokens(html: &str, scope: &TemplateScope) -> Result<Checked, Vec<TemplateFault>> {
    let (walked, mut faults) = walked_html(html, scope);
    faults.extend(walked.faults);
    finish(html.to_owned(), walked.uses, faults)
}

fn walked_html(html: &str, scope: &TemplateScope) -> (Walked, Vec<TemplateFault>) {
    let split = pieces::split(html);
    let markup = markup::read(html, &split.pieces, &[], TemplateKind::Html);
    let mut mended = syntax::mend(html, &split, scope);
    let faults = std::mem::take(&mut mended.faults);
    let given = Given { text: html, pieces: &split.pieces, markup: &markup, scope };
    (walk::walk(&given, &mended), faults)
}

fn finish(html: String, uses: Uses, mut faults: Vec<TemplateFault>) -> Result<Checked, Vec<TemplateFault>> {
    faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
    followers::one_of_each_name(&mut faults);
    if faults.iter().any(|fault| fault.kind.severity() == Severity::Error) {
        return Err(faults);
    }
    Ok(Checked { html, uses, warnings: faults })
}
