//! Diagnostics: what is wrong, in the words of the person who writes `.flow`.
//!
//! A diagnostic is data ([`Diagnostic`]): a code, a sentence, labels at the places involved, why it matters, and where possible an
//! edit that mends it. Renderers turn the same data into a drawing for people or JSON for machines. The families hold one function
//! per diagnostic, and besides them only the lints word their own.

pub(crate) mod calendar;
pub(crate) mod closing;
pub(crate) mod codes;
pub(crate) mod contract;
pub(crate) mod derived;
mod diagnostic;
mod expected;
pub(crate) mod many;
pub(crate) mod messages;
pub(crate) mod missing;
pub(crate) mod names;
pub(crate) mod notify;
pub(crate) mod reach;
pub mod render;
pub(crate) mod repeat;
pub(crate) mod several;
pub(crate) mod split;
pub mod suggest;
pub(crate) mod syntax;
pub(crate) mod team;
pub(crate) mod template;
pub(crate) mod time;
pub(crate) mod trigger;
pub(crate) mod types;

pub use codes::Code;
pub(crate) use diagnostic::Missing;
pub use diagnostic::{Diagnostic, Edit, Label, Mend, Severity};
pub(crate) use expected::Expected;
