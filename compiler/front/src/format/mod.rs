//! Text to the same text, laid out: what `flow fmt` writes.
//!
//! In: the text of one file. Out: the same program in the one layout that docs/language.md ("Layout") describes, or the syntax errors of a
//! text that cannot be read, which is left alone: half a layout would hide where the mistake is. This layer knows no names and no
//! meaning, and it never writes a word that was not there.
//!
//! ```text
//! text --syntax--> tree --gather--> blocks, each line with its comments --format--> lines
//! ```
//!
//! One file per construct, named as in `syntax/`, with one function: a declaration's and a step's is `format`, a clause's is named after its
//! rule. It decides what stands on the construct's lines and in which columns. [`printer`] writes the lines, [`gather`] says which of
//! them a comment belongs to, and [`words`] spaces what stands on one line.
//!
//! Texts, numbers and dates are never spelt anew: they are cut from the source. Of a line that is longer than [`printer::WIDTH`] only
//! the condition is broken, before its `and`s and `or`s.

mod clause;
mod declaration;
mod field;
mod gather;
mod header;
mod predicate;
mod printer;
mod step;
#[cfg(test)]
mod tests;
mod value;
mod words;

macro_rules! modules {
    ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => { $(mod $module;)* };
    ($($module:ident)*) => { $(mod $module;)* };
}
constructs::declarations!(modules);
constructs::header_modules!(modules);
constructs::steps!(modules);

use crate::diagnostics::{Diagnostic, Severity};
use crate::source::{FileId, Span, with_known_line_ends};
use crate::syntax::settled::settled;
use crate::syntax::{constructs, parse};
use printer::Printer;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text as `flow fmt` lays it out, or what keeps it from being read. The file's own line ends and its byte order mark stay.
pub fn format(written: &str) -> Result<String, Vec<Diagnostic>> {
    let text = with_known_line_ends(written);
    let (tree, diagnostics) = parse(FileId(0), &text);
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return Err(diagnostics);
    }
    let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    let body = Span::new(mark as u32, u32::try_from(text.len()).unwrap_or(u32::MAX));
    let mut printer = Printer::new(&text, &tree);
    declaration::declarations(&mut printer, body, &tree.declarations);
    let formatted = printer.finish();
    // A printer that loses a word would change what a project does. It is never wrong knowingly; better no layout than that.
    let whole = words::same(&settled(&text, body, &tree.settled), &formatted);
    debug_assert!(whole, "the layout lost or made a word:\n{formatted}");
    if !whole {
        return Ok(written.to_owned());
    }
    let mark = written.get(..mark).unwrap_or_default();
    Ok(format!("{mark}{}", formatted.replace('\n', line_end(written))))
}

/// How a file's lines end, where all end in one way; of a mixed one, no editor minds any.
fn line_end(text: &str) -> &'static str {
    let (feeds, returns) = (text.matches('\n').count(), text.matches('\r').count());
    match text.matches("\r\n").count() {
        0 if feeds == 0 && returns > 0 => "\r",
        both if both > 0 && both == feeds && both == returns => "\r\n",
        _ => "\n",
    }
}
