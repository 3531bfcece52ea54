//! Tokens of other tools: `*|FNAME|*`, `[[first_name]]`, `%recipient.first_name%`, `${first_name}`, `[First Name]`, and a field in one
//! brace, as it stands in the texts of a `.flow` file. Nothing fills them in, so they would be mailed as they are.

use std::ops::Range;

use super::fault::{RequiredToken, plain};
use super::fields::FieldNames;
use crate::naming::snake_case;

/// How tokens of other tools begin and end. Longer beginnings come first.
const MARKS: &[(&str, &str)] = &[
    ("&lt;&lt;", "&gt;&gt;"),
    ("&lt;", "&gt;"),
    ("<<", ">>"),
    ("<%=", "%>"),
    ("{ {", "} }"),
    ("*|", "|*"),
    ("[[", "]]"),
    ("${", "}"),
    ("#{", "}"),
    ("@{", "}"),
    ("{!", "}"),
    ("{$", "}"),
    ("%%=", "=%%"),
    ("%%[", "]%%"),
    ("%%", "%%"),
    ("##", "##"),
    ("~~", "~~"),
    ("$[", "]$"),
    ("%", "%"),
    ("{", "}"),
    ("[", "]"),
    ("<", ">"),
    ("@@", "@@"),
    ("~", "~"),
    ("@", "@"),
    ("$", "$"),
    ("#", "#"),
    ("-", "-"),
];
/// What stands between them is short.
const MAX_NAME_BYTES: usize = 80;
/// A program of another tool between such marks, `%%[ set @name = … ]%%`, is longer.
const MAX_PROGRAM_BYTES: usize = 2_000;
/// Shorter words between percent signs are bytes of a web address: `%C3%BC`.
const MIN_PERCENT: usize = 3;
/// One slip of the hand is told from another name in words that are at least so long.
const MIN_MISSPELT: usize = 6;

/// What other tools call a field that most projects have.
const USUAL: &[(&str, &str)] = &[
    ("fname", "first_name"),
    ("forename", "first_name"),
    ("given_name", "first_name"),
    ("lname", "last_name"),
    ("surname", "last_name"),
    ("family_name", "last_name"),
    ("company", "company_name"),
    ("organization", "company_name"),
    ("email_address", "email"),
];
/// What `*|IF:FNAME|*` and its parts begin with.
const QUESTIONS: &[&str] = &["IF:", "IFNOT:", "ELSE", "END:"];
/// What is a gap to fill in wherever it stands in brackets, though the project may not have it.
const GAPS: &[&str] = &["name", "fname", "lname", "firstname", "lastname", "fullname", "username"];
/// Elements of HTML that a field may be called like.
const ELEMENTS: &[&str] = &[
    "a", "abbr", "address", "area", "article", "aside", "audio", "b", "base", "body", "br", "button", "canvas",
    "caption", "center", "cite", "code", "data", "del", "details", "dialog", "dir", "div", "em", "embed", "figure",
    "font", "footer", "form", "frame", "head", "header", "hr", "html", "i", "img", "input", "ins", "label", "legend",
    "li", "link", "main", "map", "mark", "menu", "meta", "meter", "nav", "object", "ol", "option", "output", "p",
    "param", "picture", "pre", "progress", "q", "s", "samp", "script", "search", "section", "select", "small",
    "source", "span", "strong", "style", "sub", "summary", "sup", "svg", "table", "td", "template", "th", "time",
    "title", "tr", "track", "u", "ul", "var", "video",
];

/// A token that nothing fills in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Foreign {
    pub(crate) span: Range<usize>,
    pub(crate) meant: Meant,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meant {
    /// A field of the project, and what it says to write where somebody lacks it.
    Field {
        name: String,
        fallback: Option<String>,
    },
    /// The way out, or the sender's address.
    Required(RequiredToken),
    Unclear,
}

/// Every one in a text of a `.flow` file, outside the fields that are read already. `fields` are those of the project. What stands in
/// braces there is a field, or was told as one that cannot be read.
pub(crate) fn find(text: &str, read: &[Range<usize>], fields: &FieldNames) -> Vec<Foreign> {
    let mut found = find_with(text, read, &[], fields);
    found.retain(|token| !text.get(token.span.clone()).is_some_and(|token| token.starts_with('{')));
    found
}

/// The same where some places are read by machines and not by people: a style sheet is full of brackets and braces.
pub(super) fn find_with(text: &str, read: &[Range<usize>], code: &[Range<usize>], fields: &FieldNames) -> Vec<Foreign> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut read = read.iter().peekable();
    let mut code = code.iter().peekable();
    while at < text.len() {
        if let Some(place) = read.next_if(|place| place.start <= at) {
            at = at.max(place.end);
            continue;
        }
        while code.next_if(|place| place.end <= at).is_some() {}
        let in_code = code.peek().is_some_and(|place| place.start <= at);
        match token_at(text, at, in_code, fields) {
            Some(token) => {
                at = token.span.end;
                found.push(token);
            }
            None => at += text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8),
        }
    }
    found
}

/// Those that are written like a tag, `<first_name>` or `<%= first_name %>`: what reads tags must not take them for some.
pub(super) fn find_tags(text: &str, read: &[Range<usize>], fields: &FieldNames) -> Vec<Foreign> {
    let is_read = |at: usize| {
        let next = read.partition_point(|place| place.start <= at);
        next.checked_sub(1).and_then(|last| read.get(last)).is_some_and(|place| at < place.end)
    };
    let starts = text.match_indices('<').map(|(at, _)| at).filter(|at| !is_read(*at));
    let mut found: Vec<Foreign> = Vec::new();
    for at in starts {
        // `<<first_name>>` is one.
        if found.last().is_none_or(|last| last.span.end <= at) {
            found.extend(token_at(text, at, false, fields));
        }
    }
    found
}

fn token_at(text: &str, at: usize, in_code: bool, fields: &FieldNames) -> Option<Foreign> {
    let rest = text.get(at..)?;
    if let Some(end) = directive(rest).filter(|_| !in_code) {
        return Some(Foreign { span: at..at + end, meant: Meant::Unclear });
    }
    if let Some((end, name)) = eloqua_span(rest).filter(|_| !in_code) {
        return Some(Foreign { span: at..at + end, meant: meant(&read(name), fields) });
    }
    let (open, close) = MARKS.iter().find(|(open, _)| rest.starts_with(open))?;
    let inner = rest.get(open.len()..)?;
    let longest = if *open == "%%[" { MAX_PROGRAM_BYTES } else { MAX_NAME_BYTES };
    let most = inner.len().min(longest + close.len());
    let within = inner.get(..inner.floor_char_boundary(most))?;
    let inner = within.get(..within.find(close)?)?;
    let theirs = read(match *open {
        "%%=" => argument(inner),
        // `~~eloqua..type--emailfield..syntax--FirstName..~~`
        "~~" => inner.rsplit("--").next().unwrap_or(inner).trim_matches('.'),
        _ => inner,
    });
    let is_question = *open == "*|" && QUESTIONS.iter().any(|word| inner.starts_with(word));
    let meant = if is_question { Meant::Unclear } else { meant(&theirs, fields) };
    let names_one = meant != Meant::Unclear;
    let is_gap = names_one || (GAPS.contains(&plain(theirs.name).as_str()) && theirs.fallback.is_none());
    let is_token = match *open {
        "*|" => !inner.is_empty() && !inner.contains(char::is_whitespace),
        "%" => {
            let is_word = inner.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
            let is_named = names_one && (is_name(inner) || theirs.fallback.is_some());
            // `?a=%ADD%20me`: a byte of a web address.
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let is_byte = inner.get(..2).is_some_and(|hex| hex.bytes().all(|sign| sign.is_ascii_hexdigit()))
                && before.is_some_and(|sign| sign.is_alphanumeric() || matches!(sign, '=' | '&' | '/' | '+' | '?'));
            inner.len() >= MIN_PERCENT && !is_byte && (is_word || is_named)
        }
        "<%=" | "%%=" | "%%[" => !inner.trim().is_empty(),
        "~~" => inner.starts_with("eloqua"),
        "$[" => is_gap || names_one,
        // `{!firstname_fix}`: no text begins so.
        "{!" => is_gap || (is_name(inner) && inner.contains(['_', '.'])),
        // Signs that stand in many a text: only what is a field's name between them, and alone, is a token.
        "~" | "@@" | "@" | "$" | "#" | "-" => {
            let is_alone =
                |sign: Option<char>| sign.is_none_or(|sign| !sign.is_alphanumeric() && !open.starts_with(sign));
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let behind = rest.get(open.len() + inner.len() + close.len()..).and_then(|behind| behind.chars().next());
            let is_named = inner.trim() == inner
                && (is_name(inner) || inner.contains(' '))
                && exact(theirs.name, fields).is_some();
            !in_code && is_named && is_alone(before) && is_alone(behind) && (*open != "-" || inner.contains('_'))
        }
        "[[" | "${" | "%%" => is_name(inner) || names_one,
        _ if in_code => false,
        "{" => is_gap || (is_name(theirs.name) && inner.contains(" or \"")),
        // `<a name>` and `x[0]` are no gaps, and `a < b` and `[1]` neither.
        "<" => is_gap && inner.trim() == inner && !is_element(inner),
        "[" => is_gap && !text.get(..at)?.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ']' | ')' | '[')),
        _ => is_gap,
    };
    // `{ first_name }}`: one of the braces is one too many.
    let after = rest.get(open.len() + inner.len() + close.len()..)?;
    let more = if open.starts_with('{') && *close == "}" && after.starts_with('}') { 1 } else { 0 };
    is_token.then(|| Foreign { span: at..at + open.len() + inner.len() + close.len() + more, meant })
}

/// Whether a tag has that class, and not one of a longer name.
fn is_eloqua(head: &str) -> bool {
    head.split(|sign: char| !(sign.is_alphanumeric() || matches!(sign, '-' | '_'))).any(|word| word == "eloquaemail")
}

/// Where `<span class=eloquaemail>FirstName</span>` ends, and the name in it.
fn eloqua_span(rest: &str) -> Option<(usize, &str)> {
    let within = rest.get(..rest.floor_char_boundary((2 * MAX_NAME_BYTES).min(rest.len())))?;
    let head = within.strip_prefix("<span")?;
    let open = head.find('>').filter(|at| head.get(..*at).is_some_and(is_eloqua))?;
    let inner = head.get(open + 1..)?;
    let end = inner.find("</span>")?;
    let name = inner.get(..end)?.trim();
    let from = within.len() - inner.len();
    (!name.contains('<')).then_some((from + end + "</span>".len(), name.strip_prefix("C_").unwrap_or(name)))
}

/// Where `#if($lead.Industry == "saas")`, a directive of Velocity, ends: behind its parentheses.
fn directive(rest: &str) -> Option<usize> {
    if let Some(end) = percent_directive(rest) {
        return Some(end);
    }
    const WORDS: [&str; 4] = ["#if", "#elseif", "#set", "#foreach"];
    let behind = WORDS.iter().find_map(|word| rest.strip_prefix(word))?;
    let asked = behind.trim_start_matches(' ');
    asked.strip_prefix('(')?;
    let mut depth = 0_usize;
    let within = asked.get(..asked.floor_char_boundary(MAX_PROGRAM_BYTES.min(asked.len())))?;
    for (at, sign) in within.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' if depth == 1 => return Some(rest.len() - asked.len() + at + 1),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Where `%IF $INDUSTRY == saas%` ends, a question between percent signs, or what parts and ends one: `%ELSE%`, `%/IF%`.
fn percent_directive(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('%')?;
    let within = inner.get(..inner.floor_char_boundary(MAX_NAME_BYTES.min(inner.len())))?;
    let inner = within.get(..within.find('%')?)?;
    // `50%if you book` asks for nothing.
    let asks = |word: &str| {
        inner.strip_prefix(word).is_some_and(|asked| asked.starts_with(' ') && asked.trim_start().starts_with('$'))
    };
    let is_part = PERCENT_ELSE.contains(&inner) || PERCENT_END.contains(&inner);
    (is_part || ["IF", "ELSEIF", "ELSE IF", "if"].into_iter().any(asks)).then_some(inner.len() + 2)
}

/// What parts a question between percent signs, and what ends it.
pub(super) const PERCENT_ELSE: [&str; 2] = ["ELSE", "else"];
pub(super) const PERCENT_END: [&str; 6] = ["/IF", "ENDIF", "END IF", "END", "/if", "endif"];

/// What a function of another tool is given: `v(@first_name)`, `ProperCase("first_name")`.
fn argument(inner: &str) -> &str {
    let mut inner = inner.trim();
    while let Some((_, behind)) = inner.split_once('(') {
        inner = behind.trim_end_matches([')', ' ']).trim();
    }
    inner.trim_matches(['"', '\'', '@'])
}

fn is_element(inner: &str) -> bool {
    let name =
        inner.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default().to_ascii_lowercase();
    ELEMENTS.contains(&name.as_str())
}

pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.:".contains(c))
}

/// What stands between a field and its fallback, longer ones first.
const BETWEEN: [&str; 10] = ["||", "??", "|", " or ", " else ", ":", ",", " default=", " fallback=", " default:"];
/// What other tools call it.
const FALLBACK_WORDS: [&str; 5] = ["default_if_none", "default_value", "default", "fallback", "or"];

/// A name, and what to write where there is no value, as another tool says it: `lead.First Name:default=there`.
pub(crate) struct Theirs<'t> {
    pub(crate) name: &'t str,
    pub(crate) fallback: Option<Fallback<'t>>,
}

pub(crate) struct Fallback<'t> {
    /// Without its quotes.
    pub(crate) text: &'t str,
    pub(super) quoted: bool,
    /// Behind `or` without another word, as Flow writes it.
    pub(super) as_ours: bool,
}

pub(crate) fn read(inner: &str) -> Theirs<'_> {
    let inner = inner.trim().trim_start_matches(['=', '$', '!', '@']).trim();
    // `{{var:firstname:"there"}}`, `[[data:firstname:"there"]]`
    let inner = ["var:", "data:"].iter().find_map(|word| inner.strip_prefix(word)).unwrap_or(inner);
    let whole = Theirs { name: inner, fallback: None };
    let first = BETWEEN.iter().filter_map(|sign| Some((inner.find(sign)?, *sign))).min_by_key(|(at, _)| *at);
    let Some((at, sign)) = first else { return whole };
    let (Some(name), Some(text)) = (inner.get(..at), inner.get(at + sign.len()..)) else { return whole };
    let mut text = text.trim();
    let mut in_words = sign.contains("=") || sign.contains("default");
    for word in FALLBACK_WORDS {
        let rest = text.strip_prefix(word).filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
        if let Some(rest) = rest {
            text = rest.trim_start().trim_start_matches([':', '=', '(']).trim_start();
            text = text.strip_suffix(')').unwrap_or(text).trim_end();
            in_words = true;
            break;
        }
    }
    let bare = text.trim_matches(['"', '\'', '“', '”', '„', '‘', '’']);
    let quoted = bare.len() < text.len() && !text.starts_with(char::is_alphanumeric);
    // `LIST:ADDRESS` is one name, and `joined | date: "%d"` asks for something else.
    let is_other = (sign == ":" && !quoted) || (sign == "|" && !quoted && text.contains([':', '(']));
    if is_other && !in_words {
        return whole;
    }
    Theirs { name: name.trim(), fallback: Some(Fallback { text: bare, quoted, as_ours: sign == " or " && !in_words }) }
}

/// Words that can stand between quotes as they are.
pub(super) fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(['"', '\\', '{', '}', '|', '\n'])
}

fn meant(theirs: &Theirs<'_>, fields: &FieldNames) -> Meant {
    let fallback = theirs.fallback.as_ref();
    if fallback.is_some_and(|fallback| !is_text(fallback.text)) || !is_like_a_name(theirs.name) {
        return Meant::Unclear;
    }
    let field = |name| Meant::Field { name, fallback: fallback.map(|fallback| fallback.text.to_owned()) };
    let required = || RequiredToken::meant_by(&theirs.name.replace([':', '.', ' '], "_")).map(Meant::Required);
    // `unsubscribe` is no slip in the name of a field.
    let named = exact(theirs.name, fields).map(field).or_else(required);
    named.or_else(|| misspelt(theirs.name, fields).map(field)).unwrap_or(Meant::Unclear)
}

/// Letters with few other signs: no sentence, and no code.
pub(super) fn is_like_a_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || " _-.:".contains(c))
        && text.split_whitespace().count() <= 3
}

/// The field behind what another tool calls `FNAME`, `contact.firstname` or `FIRSTNAME`. One slip of the hand is seen through; what is
/// further away is another name.
pub(super) fn field_of(written: &str, fields: &FieldNames) -> Option<String> {
    exact(written, fields).or_else(|| misspelt(written, fields))
}

fn exact(written: &str, fields: &FieldNames) -> Option<String> {
    let name = snake_case(written.rsplit(['.', ':']).next()?);
    let usual = USUAL.iter().find(|(theirs, _)| plain(theirs) == plain(&name)).map(|(_, ours)| *ours);
    // A field of a company has a point in its name.
    let whole = fields.dotted_like(&written.replace(' ', ""));
    whole.or_else(|| fields.like(&name)).or_else(|| fields.like(usual?)).map(str::to_owned)
}

fn misspelt(written: &str, fields: &FieldNames) -> Option<String> {
    let wanted = plain(&snake_case(written.rsplit(['.', ':']).next()?));
    (wanted.chars().count() >= MIN_MISSPELT).then(|| fields.one_slip_from(&wanted))?.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, Option<String>)> {
        let fields = ["first_name", "email", "company_name"];
        let field = |meant: Meant| match meant {
            Meant::Field { name, .. } => Some(name),
            _ => None,
        };
        find_with(text, &[], &[], &FieldNames::of(fields.into_iter()))
            .into_iter()
            .map(|token| (text.get(token.span).unwrap(), field(token.meant)))
            .collect()
    }

    #[test]
    fn tokens_of_other_tools_are_found_with_the_field_that_is_meant() {
        let first = Some("first_name".to_owned());
        for token in [
            "*|FNAME|*",
            "[[first_name]]",
            "%FIRSTNAME%",
            "${firstName}",
            "[[contact.firstname]]",
            "{first_name}",
            "{first_name or \"there\"}",
            "{First_Name}",
            "{first_name|there}",
            "{!Contact.FirstName}",
            "[First Name]",
            "<first_name>",
            "&lt;First Name&gt;",
            "<%= first_name %>",
            "%recipient.first_name%",
            "%%First Name%%",
            "##first_name##",
            "%%=v(@first_name)=%%",
            "%%=ProperCase(first_name)=%%",
            "%%=Field(\"FirstName\")=%%",
            "[[firstname fallback=\"you\"]]",
            "{ { first_name } }",
            "*|FRIST_NAME|*",
        ] {
            assert_eq!(found(&format!("Hello {token}, you")), [(token, first.clone())], "{token}");
        }
        for token in ["#if(${lead.Industry} == \"saas\")", "#if ($x)", "#set($a = 1)"] {
            assert_eq!(found(&format!("a {token} b #end")), [(token, None)]);
        }
        assert_eq!(found("%%[ set @x = 1 ]%%"), [("%%[ set @x = 1 ]%%", None)]);
        assert_eq!(found("*|IF:NEWS|*x*|END:IF|*"), [("*|IF:NEWS|*", None), ("*|END:IF|*", None)]);
        // A gap is a gap though nothing fills it; another field is never taken for it.
        assert_eq!(found("Dear [Name], *|LNAME|*"), [("[Name]", None), ("*|LNAME|*", None)]);
    }

    #[test]
    fn what_only_looks_like_one_is_left_alone() {
        for text in [
            "a{color:red}",
            "width:100%;height:50%",
            "10% off, 20% more",
            "https://x.example/?q=%C3%BC%20a",
            "x[0][1]",
            "{ }",
            "{blue}",
            "2 * 3 | 4",
            "50 % of %",
            "<email",
            "<a name>",
            "a[email]",
            "[1] and [see below]",
            "{ color: red }",
            "## email us ##",
            "he wrote [sic]",
            "50%if you book today, 50%-off",
            "20%if 30%else 40%",
            "https://x.example/?a=%ADD%20me&b=%C3%BCber",
            "~~email~~ and ~~company_name~~",
            "<span class=\"my-eloquaemail\">x</span>",
            "if (!a) {!b} else {!important}",
            "write to a@first.example, @email",
            "costs $5, $10 and #email",
            "well-known -email- e-mail",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
