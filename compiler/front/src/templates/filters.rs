//! `{{ first_name | upper }}`: the changes that a token can make to its value, what other tools call them, and tokens as they read with
//! ours in place of theirs.

use minijinja::machinery::ast;

use super::fault::nearest;
use super::walk::{field_name, text_of};

/// What there is.
pub(super) const FILTERS: [&str; 5] = ["capitalize", "default", "lower", "title", "upper"];
/// What other tools call them.
const THEIRS: [(&str, &str); 17] = [
    ("upcase", "upper"),
    ("uppercase", "upper"),
    ("to_upper", "upper"),
    ("toupper", "upper"),
    ("downcase", "lower"),
    ("lowercase", "lower"),
    ("to_lower", "lower"),
    ("tolower", "lower"),
    ("titlecase", "title"),
    ("titleize", "title"),
    ("title_case", "title"),
    ("proper", "title"),
    ("propercase", "title"),
    ("capfirst", "capitalize"),
    ("ucfirst", "capitalize"),
    ("default_if_none", "default"),
    ("fallback", "default"),
];
/// What other tools can do to a value and we cannot; any other word behind the bar is what to write where there is none.
const OTHERS: [&str; 66] = [
    "abs",
    "append",
    "base64",
    "batch",
    "ceil",
    "center",
    "count",
    "currency",
    "date",
    "date_format",
    "datetime",
    "dictsort",
    "divided_by",
    "filesizeformat",
    "first",
    "float",
    "floor",
    "format",
    "format_date",
    "group",
    "hash",
    "indent",
    "int",
    "join",
    "json",
    "last",
    "length",
    "linebreaks",
    "list",
    "localize",
    "map",
    "max",
    "md5",
    "min",
    "minus",
    "modulo",
    "money",
    "newline_to_br",
    "nl2br",
    "number",
    "number_with_delimiter",
    "plus",
    "pluralize",
    "prepend",
    "random",
    "remove",
    "replace",
    "reverse",
    "round",
    "sha1",
    "size",
    "slice",
    "sort",
    "split",
    "string",
    "strip",
    "striptags",
    "sum",
    "times",
    "tojson",
    "translate",
    "trim",
    "truncate",
    "uniq",
    "url_encode",
    "wordcount",
];

/// Whether a word behind a bar is a text, as in `first_name|there`.
pub(crate) fn is_text(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    named(word) == Named::Unknown
        && !OTHERS.contains(&lower.as_str())
        && !OTHERS.iter().any(|other| lower.starts_with(&format!("{other}_")))
}

/// What a filter of ours makes of a text; none where there is no telling.
pub(super) fn applied(name: &str, text: &str) -> Option<String> {
    if !FILTERS.contains(&name) || name == "default" {
        return None;
    }
    let environment = super::render::environment();
    let filtered = format!("text | {name}");
    let value = environment.compile_expression(&filtered).ok()?.eval(minijinja::context! { text => text }).ok()?;
    Some(value.to_string())
}

/// What is done to every value, or to none.
const NEEDLESS: [&str; 8] = ["e", "escape", "force_escape", "h", "html_escape", "raw", "safe", "escape_once"];

/// What a filter's name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Ours(&'static str),
    Needless,
    Unknown,
}

pub(super) fn named(name: &str) -> Named {
    let lower = name.to_ascii_lowercase();
    if NEEDLESS.contains(&lower.as_str()) {
        return Named::Needless;
    }
    let theirs = THEIRS.iter().find(|(theirs, _)| *theirs == lower).map(|(_, ours)| *ours);
    let near = || nearest(&lower, FILTERS.into_iter()).and_then(|near| FILTERS.into_iter().find(|ours| *ours == near));
    theirs.or_else(near).map_or(Named::Unknown, Named::Ours)
}

/// A token's inside with our filters for those of other tools, and with a fallback where `may_lack` says that one is wanted. None where
/// there is more in it than that.
pub(super) fn rebuilt(expr: &ast::Expr<'_>, may_lack: &dyn Fn(&str) -> bool) -> Option<String> {
    match expr {
        ast::Expr::BinOp(op) if matches!(op.op, ast::BinOpKind::ScOr) => {
            Some(format!("{} or {}", rebuilt(&op.left, &|_| false)?, rebuilt(&op.right, may_lack)?))
        }
        ast::Expr::Filter(_) => filtered(expr, may_lack),
        ast::Expr::Const(_) => text_of(expr).map(|text| format!("\"{text}\"")),
        _ => field_name(expr),
    }
}

/// What stands before all filters.
fn base_of<'e, 's>(mut expr: &'e ast::Expr<'s>) -> &'e ast::Expr<'s> {
    while let ast::Expr::Filter(filter) = expr
        && let Some(inner) = filter.expr.as_ref()
    {
        expr = inner;
    }
    expr
}

/// What to write where the field of a token has no value, until its writer knows better.
fn instead(base: &ast::Expr<'_>) -> String {
    crate::naming::instead_of(&field_name(base).unwrap_or_default())
}

fn filtered(expr: &ast::Expr<'_>, may_lack: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut parts = Vec::new();
    let mut base = expr;
    while let ast::Expr::Filter(filter) = base {
        match named(filter.name) {
            Named::Ours("default") => {
                let text = match filter.args.first() {
                    Some(ast::CallArg::Pos(text)) => text_of(text)?,
                    None => instead(base_of(expr)),
                    Some(_) => return None,
                };
                parts.push(format!("default(\"{text}\")"));
            }
            Named::Ours(ours) if filter.args.is_empty() => parts.push(ours.to_owned()),
            Named::Needless => {}
            Named::Ours(_) | Named::Unknown => return None,
        }
        base = filter.expr.as_ref()?;
    }
    parts.reverse();
    let inner = rebuilt(base, &|_| false)?;
    let lacks = field_name(base).is_some_and(|field| may_lack(&field));
    let has_default = parts.first().is_some_and(|first| first.starts_with("default"));
    if lacks && parts.is_empty() {
        return Some(format!("{inner} or \"{}\"", instead(base)));
    }
    if lacks && !has_default {
        // One that stands further behind comes too late, and moves.
        let behind = parts.iter().position(|part| part.starts_with("default"));
        let own = behind.map(|at| parts.remove(at));
        parts.insert(0, own.unwrap_or_else(|| format!("default(\"{}\")", instead(base))));
    }
    let inner = if matches!(base, ast::Expr::BinOp(_)) { format!("({inner})") } else { inner };
    Some([inner].into_iter().chain(parts).collect::<Vec<_>>().join(" | "))
}
