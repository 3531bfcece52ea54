//! The grammar of `.flow` files, and nothing else.
//!
//! In: text. Out: pest pairs over [`Rule`]. This crate knows no meaning; `compiler/front/src/syntax/parse` alone turns pairs into a tree.

#![allow(missing_docs, reason = "pest names a variant for each rule of flow.pest, where they are explained")]

use pest_derive::Parser;

// `FlowParser` and `keyword`, as build.rs writes them.
include!(concat!(env!("OUT_DIR"), "/parser.rs"));

pub use pest;

/// flow.pest as it is written, for whoever makes something of the grammar itself.
pub const GRAMMAR: &str = include_str!("../flow.pest");
