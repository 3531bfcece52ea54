//! Diagnostics: what is wrong, in the words of the person who writes `.flow`.
//!
//! A diagnostic is data ([`Diagnostic`]): a code, a sentence, labels at the places involved, why it matters, and where possible an
//! edit that mends it. Renderers turn the same data into a drawing for people or JSON for machines. The families hold one function
//! per diagnostic, and besides them only the lints word their own.

pub mod codes;
pub mod contract;
pub mod diagnostic;
pub mod expected;
pub mod messages;
pub mod missing;
pub mod names;
pub mod reach;
pub mod render;
pub mod suggest;
pub mod syntax;
pub mod template;
pub mod time;
pub mod types;

pub use codes::Code;
pub use diagnostic::{Diagnostic, Edit, Label, Severity};
pub use expected::Expected;
