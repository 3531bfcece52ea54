//! From `.flow` text to a checked program, and from there to native code.

pub mod backend;
#[cfg(feature = "native")]
pub mod codegen;
pub mod diagnostics;
mod guard;
pub mod interpret;
pub mod ir;
pub mod resolve;
pub mod source;
pub mod syntax;
pub mod templates;
pub mod types;
