//! Text to tree.
//!
//! In: the text of one file. Out: a tree with places, and diagnostics; never a failure: a line that cannot be read becomes nothing (or
//! an unreadable step) and its neighbours are still read. This layer knows no names and no meaning.

pub(crate) mod ast;
pub mod constructs;
pub(crate) mod line;
mod parse;
pub(crate) mod quoted;
pub(crate) mod settled;
#[cfg(test)]
mod tests;
pub(crate) mod wording;

pub use ast::{Comment, File};
pub(crate) use parse::{
    Guess, Parsed, QUOTES, begins_another_line, is_reserved, parse_guessing, reads_somewhere, trigger_meant,
};
pub use parse::{MAX_SOURCE_BYTES, parse, vocabulary};
pub use settled::Settled;
