//! A [`Mail`] as the bytes of RFC 5322 and MIME.
//!
//! ```text
//! headers                    From, To, Subject, Date, Message-ID, List-Unsubscribe …
//! multipart/alternative
//! ├── text/plain             first, because a reader takes the last part it can show
//! └── text/html
//! ```
//!
//! Bodies are always quoted-printable or base64. So no line is too long, nothing depends on a server that passes 8-bit text, and as
//! neither encoding can contain `=_`, no body can contain the boundary, however well its writer guesses keys.

use chrono::Datelike;
use lettre::message::{Body, header::ContentTransferEncoding};
use ring::digest;

use super::{
    HTML_MAX_OCTETS, KEY_MAX_OCTETS, Mail, MailError, NAME_MAX_OCTETS, Purpose, SUBJECT_LINE_MAX_OCTETS,
    TEXT_MAX_OCTETS, UNSUBSCRIBE_URL_MAX_OCTETS, header, with_preheader,
};

/// Octets of the hash that a boundary and a list's fallback name carry.
const HASH_OCTETS: usize = 16;
/// RFC 5322 dates have years of four digits.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=9999;

/// Whether a message can be built: what [`to_mime`] fails of, without building it. HTML that is still to be written is not asked for: it is so short
/// that it fits ([`compose`](crate::compose)).
pub(crate) fn check(mail: &Mail) -> Result<(), MailError> {
    check_key(&mail.key)?;
    check_sizes(mail, mail.html.written())?;
    headers(mail).map(drop)
}

/// The complete message; the same `Mail` gives the same bytes.
pub fn to_mime(mail: &Mail) -> Result<Vec<u8>, MailError> {
    check_key(&mail.key)?;
    let html = mail.written()?;
    check_sizes(mail, Some(html))?;
    let boundary = format!("=_flow_{}", hash(&mail.key));
    let html = with_preheader(html, mail.preview.as_deref());

    let mut out = headers(mail)?.join("\r\n");
    out.push_str(&format!("\r\nContent-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n"));
    push_part(&mut out, &boundary, "text/plain", &mail.text());
    push_part(&mut out, &boundary, "text/html", &html);
    out.push_str(&format!("--{boundary}--\r\n"));
    Ok(out.into_bytes())
}

fn headers(mail: &Mail) -> Result<Vec<String>, MailError> {
    let mut lines = vec![
        header::mailbox("From", &mail.from),
        header::mailbox("To", &mail.to),
        subject(&mail.subject)?,
        format!("Date: {}", date(mail)?),
        format!("Message-ID: <{}@{}>", mail.key, mail.from.address().domain()),
    ];
    lines.extend(mail.reply_to.as_ref().map(|reply_to| header::mailbox("Reply-To", reply_to)));
    lines.extend(list_id(mail)?);
    lines.extend(list_unsubscribe(mail)?);
    // RFC 3834: out-of-office replies are not sent to automatic mail.
    lines.push("Auto-Submitted: auto-generated".to_owned());
    lines.push(feedback_id(mail));
    lines.push(format!("X-Flow-Key: {}", mail.key));
    lines.push("MIME-Version: 1.0".to_owned());
    Ok(lines)
}

/// The key becomes a file name and part of a Message-ID, so it is checked rather than mended: two keys must never become one.
fn check_key(key: &str) -> Result<(), MailError> {
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if key.len() <= KEY_MAX_OCTETS && key.split('.').all(is_part) {
        Ok(())
    } else {
        Err(MailError::Key { key: header::clean(key) })
    }
}

fn check_sizes(mail: &Mail, html: Option<&str>) -> Result<(), MailError> {
    let octets = html.map_or(0, str::len);
    if octets > HTML_MAX_OCTETS {
        return Err(MailError::HtmlTooLong { octets });
    }
    // One that is made of the HTML is cut.
    let octets = mail.plain.as_ref().map_or(0, String::len);
    if octets > TEXT_MAX_OCTETS { Err(MailError::TextTooLong { octets }) } else { Ok(()) }
}

fn subject(subject: &str) -> Result<String, MailError> {
    if header::clean(subject).is_empty() {
        return Err(MailError::NoSubject);
    }
    let line = header::text("Subject", subject);
    let octets = unfolded(&line);
    if octets > SUBJECT_LINE_MAX_OCTETS { Err(MailError::SubjectTooLong { octets }) } else { Ok(line) }
}

fn unfolded(line: &str) -> usize {
    line.replace("\r\n", "").len()
}

/// Whether a subject fits its line.
pub(crate) fn is_subject_short(subject: &str) -> bool {
    unfolded(&header::text("Subject", subject)) <= SUBJECT_LINE_MAX_OCTETS
}

/// As much of a subject as fits its line.
pub(crate) fn cut_subject(subject: String) -> String {
    let mut most = subject.len();
    let mut shorter = subject;
    while !is_subject_short(&shorter) && most > 0 {
        most -= most.div_ceil(8);
        shorter = cut(shorter, most);
    }
    shorter
}

/// At most so many bytes of a text, with a sign where some are missing.
pub(crate) fn cut(mut text: String, most: usize) -> String {
    const SIGN: char = '…';
    if text.len() > most {
        let room = most.saturating_sub(SIGN.len_utf8());
        let end = (0..=room).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        text.truncate(end);
        text.push(SIGN);
    }
    text
}

fn date(mail: &Mail) -> Result<String, MailError> {
    let year = mail.sent_at.year();
    if YEARS.contains(&year) { Ok(mail.sent_at.to_rfc2822()) } else { Err(MailError::Date { year }) }
}

/// RFC 2919: the name for people, then an identifier in the sender's own domain.
fn list_id(mail: &Mail) -> Result<Option<String>, MailError> {
    let Some(list) = mail.list.as_deref().map(header::clean).filter(|list| !list.is_empty()) else { return Ok(None) };
    if list.len() > NAME_MAX_OCTETS {
        return Err(MailError::NameTooLong { name: list });
    }
    let id = format!("{}.{}", slug(&list), mail.from.address().domain());
    Ok(Some(header::phrase_and_angle("List-Id", &list, &id)))
}

/// RFC 8058. Only marketing mail: a receipt with an unsubscribe button invites a click that would do nothing.
fn list_unsubscribe(mail: &Mail) -> Result<Vec<String>, MailError> {
    if mail.purpose != Purpose::Marketing {
        return Ok(Vec::new());
    }
    let url = &mail.unsubscribe.as_ref().ok_or(MailError::NoUnsubscribe)?.url;
    if !is_one_click_url(url) {
        return Err(MailError::UnsubscribeUrl { url: header::clean(url) });
    }
    Ok(vec![format!("List-Unsubscribe: <{url}>"), "List-Unsubscribe-Post: List-Unsubscribe=One-Click".to_owned()])
}

fn is_one_click_url(url: &str) -> bool {
    let host = url.strip_prefix("https://").unwrap_or_default().split('/').next().unwrap_or_default();
    // A comma separates addresses in this header.
    let is_fine = |byte: u8| byte.is_ascii_graphic() && !b"<>,\"\\".contains(&byte);
    !host.is_empty() && url.len() <= UNSUBSCRIBE_URL_MAX_OCTETS && url.bytes().all(is_fine)
}

/// Gmail's feedback loop groups complaints by these fields, so each names a group and none names a person.
fn feedback_id(mail: &Mail) -> String {
    let list = mail.list.as_deref().map_or_else(|| "none".to_owned(), slug);
    format!("Feedback-ID: {list}:{}:flow:{}", mail.purpose.word(), mail.from.address().domain())
}

/// A name as a domain label. A name without Latin letters, or too long for a label, goes by its hash.
fn slug(name: &str) -> String {
    const LABEL_MAX: usize = 63;
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let slug = words.join("-");
    if slug.is_empty() || slug.len() > LABEL_MAX || !name.is_ascii() { hash(name) } else { slug }
}

fn push_part(out: &mut String, boundary: &str, content_type: &str, body: &str) {
    let (encoding, body) = encode(body);
    out.push_str(&format!(
        "--{boundary}\r\nContent-Type: {content_type}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    ));
    out.push_str(&body);
    out.push_str("\r\n");
}

fn encode(body: &str) -> (ContentTransferEncoding, String) {
    let encoding = shorter_encoding(body);
    let body = body.replace("\r\n", "\n").replace('\r', "\n");
    // The two encodings take any text; the error branch is for 7-bit and 8-bit.
    let encoded = match Body::new_with_encoding(body, encoding) {
        Ok(body) => body.into_vec(),
        Err(bytes) => bytes,
    };
    (encoding, String::from_utf8_lossy(&encoded).into_owned())
}

/// Quoted-printable costs two octets more for each one that is not ASCII, base64 a bit over a third for everything.
fn shorter_encoding(body: &str) -> ContentTransferEncoding {
    let other = body.bytes().filter(|byte| !byte.is_ascii()).count();
    if other * 5 > body.len() { ContentTransferEncoding::Base64 } else { ContentTransferEncoding::QuotedPrintable }
}

fn hash(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    digest.as_ref().iter().take(HASH_OCTETS).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
