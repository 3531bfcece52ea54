//! From `.flow` text to a checked program, and from there to native code.

pub mod backend;
#[cfg(feature = "native")]
pub mod codegen;
mod guard;
pub mod interpret;
pub mod ir;
pub mod source;
