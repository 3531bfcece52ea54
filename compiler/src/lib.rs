//! From `.flow` text to a checked program, and from there to native code.

pub mod backend;
pub mod diagnostics;
pub mod ir;
pub mod resolve;
pub mod source;
pub mod syntax;
pub mod templates;
pub mod types;
