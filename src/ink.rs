//! The one way to a person's terminal. Whatever is written here, what a terminal would obey in it is shown as an escape; only this file
//! makes anything that it shall obey.
//!
//! So styles are no escape sequences while a text is put together, but signs that Unicode keeps free for a program's own use, and
//! become sequences on the way out: a title with `ESC [31m` in it is no red title. Colour is decided by anstream: the flag, then
//! NO_COLOR and CLICOLOR_FORCE, then whether it is a terminal.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, StderrLock, StdoutLock, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use flow_front::shown::is_obeyed;

/// How words look: `{Ink::Bold}words{Ink::Bold:#}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Bold,
    Dim,
    Red,
    Green,
    Cyan,
}

/// In the order of their signs.
const INKS: [Ink; 6] = [Ink::Plain, Ink::Bold, Ink::Dim, Ink::Red, Ink::Green, Ink::Cyan];
/// The first of 32 noncharacters, which no text holds that is meant for others.
const FIRST_SIGN: u32 = 0xFDD0;

impl Ink {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Bold => Style::new().bold(),
            Self::Dim => Style::new().dimmed(),
            Self::Red => AnsiColor::Red.on_default(),
            Self::Green => AnsiColor::Green.on_default(),
            Self::Cyan => AnsiColor::Cyan.on_default(),
        }
    }

    fn of(sign: char) -> Option<Self> {
        INKS.get(u32::from(sign).checked_sub(FIRST_SIGN)? as usize).copied()
    }
}

impl fmt::Display for Ink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `{:#}` ends a style, as anstyle has it.
        let ink = if f.alternate() { Self::Plain } else { *self };
        let sign = INKS.iter().position(|other| *other == ink).and_then(|at| char::from_u32(FIRST_SIGN + at as u32));
        sign.map_or(Ok(()), |sign| fmt::Write::write_char(f, sign))
    }
}

/// A stream that people read.
#[derive(Debug)]
pub(crate) struct Paper<W: Write>(W);

/// For what was asked for.
pub(crate) fn stdout() -> Paper<AutoStream<StdoutLock<'static>>> {
    Paper(anstream::stdout().lock())
}

/// For what kept the command from its work.
pub(crate) fn stderr() -> Paper<AutoStream<StderrLock<'static>>> {
    Paper(anstream::stderr().lock())
}

impl<W: Write> Paper<W> {
    /// What has its sequences already: a drawing that was made of escaped texts, because its columns hang on them, or a page of ours.
    pub(crate) fn draw(&mut self, drawn: &str) -> io::Result<()> {
        self.0.write_all(drawn.as_bytes())
    }
}

impl<W: Write> Write for Paper<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(inked(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn inked(text: &str) -> Cow<'_, str> {
    if !text.contains(|sign| is_obeyed(sign) || Ink::of(sign).is_some()) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 64);
    for sign in text.chars() {
        match Ink::of(sign) {
            Some(Ink::Plain) => out += anstyle::Reset.render().to_string().as_str(),
            Some(ink) => out += ink.style().render().to_string().as_str(),
            None if is_obeyed(sign) => out.extend(sign.escape_unicode()),
            None => out.push(sign),
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_styles_are_obeyed() {
        let text = format!("{}a\u{1b}[31mb{:#}\u{9b}2J\r\u{202e}\n", Ink::Bold, Ink::Bold);
        assert_eq!(inked(&text), "\u{1b}[1ma\\u{1b}[31mb\u{1b}[0m\\u{9b}2J\\u{d}\\u{202e}\n");
    }

    #[test]
    fn every_ink_has_its_sign() {
        for ink in INKS {
            let signs: Vec<char> = ink.to_string().chars().collect();
            assert_eq!(signs.iter().map(|sign| Ink::of(*sign)).collect::<Vec<_>>(), [Some(ink)]);
        }
        assert_eq!(Ink::of('\u{fdcf}'), None);
        assert_eq!(Ink::of('\u{fdd6}'), None);
    }
}
