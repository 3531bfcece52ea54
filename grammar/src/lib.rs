//! The grammar of `.flow` files, and nothing else.
//!
//! In: text. Out: pest pairs over [`Rule`]. This crate knows no meaning; `compiler/front/src/syntax/parse` alone turns pairs into a tree.

#![allow(missing_docs, reason = "pest names a variant for each rule of flow.pest, where they are explained")]

use pest_derive::Parser;

/// The parser that pest derives from `flow.pest`.
#[derive(Parser)]
#[grammar = "flow.pest"]
pub struct FlowParser;

pub use pest;
