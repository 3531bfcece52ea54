//! From `.flow` text to a checked program, and from there to native code.

pub mod backend;
pub mod diagnostics;
#[cfg(feature = "native")]
pub mod codegen;
mod guard;
pub mod interpret;
pub mod ir;
pub mod source;
pub mod syntax;
pub mod templates;
