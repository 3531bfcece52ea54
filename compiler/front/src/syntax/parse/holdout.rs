//! `holdout 10%`.

use super::{Pair, Reader, Rule, child, span};
use crate::syntax::ast::{Holdout, Name};

pub(super) fn holdout(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Holdout {
    let percent = child(pair, Rule::percent).unwrap_or_else(|| pair.clone());
    Holdout(Name { text: reader.name_of(&percent, Rule::number).text, span: span(&percent) })
}
