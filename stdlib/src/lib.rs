//! The standard modules, written in `.flow` and embedded here.
//!
//! In: a module's name. Out: its text. Each module is one file beside this crate; its comments are its page. Beside them stand the
//! names under which other tools say the same things ([`names`]).

pub mod names;

/// A standard module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Module {
    /// As `use` names it: `std.b2b`.
    pub name: &'static str,
    /// Where its places point: `std/b2b.flow`.
    pub path: &'static str,
    /// The whole file, comments included.
    pub text: &'static str,
}

/// All of them, by name.
pub const MODULES: &[Module] = &[Module { name: "std.b2b", path: "std/b2b.flow", text: include_str!("../b2b.flow") }];

/// The module of a name.
pub fn module(name: &str) -> Option<&'static Module> {
    MODULES.iter().find(|module| module.name == name)
}
