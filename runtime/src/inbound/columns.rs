//! What each column of a file of contacts fills: what the settings say, else what its name says.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::InboundError;
use super::finding::excerpt;
use super::names::{FieldNames, Fills, snake_case};

/// What settings say of columns, by their names: the field that one fills, `user_id`, or [`IGNORE`].
pub type Columns = BTreeMap<String, String>;

/// What the settings say of a column that is to fill nothing.
pub const IGNORE: &str = "ignore";

/// What a column fills.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Column {
    /// As the first line has it.
    pub(super) name: String,
    /// The same as it is shown: short, without what a terminal would obey.
    pub(super) shown: Arc<str>,
    pub(super) key: Option<Key>,
    pub(super) fills: Vec<Fills>,
    /// Whether the settings say that it is to fill nothing.
    pub(super) is_known: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    UserId,
    Email,
}

impl Column {
    pub(super) fn fills_nothing(&self) -> bool {
        self.key.is_none() && self.fills.is_empty()
    }

    pub(super) fn takes_no_unseen(&self) -> bool {
        self.key.is_some()
    }
}

/// What each column fills: what the settings say, else what its name says.
pub(super) fn assign_columns(
    names: &[String],
    fields: &FieldNames,
    mapped: &Columns,
    file: &Arc<str>,
) -> Result<Vec<Column>, InboundError> {
    let has_user_id =
        names.iter().any(|name| snake_case(name) == "user_id") || mapped.values().any(|to| to == "user_id");
    let column = |name: &String| {
        let said = mapped.iter().find(|(column, _)| snake_case(column) == snake_case(name)).map(|(_, to)| to.as_str());
        let wanted = snake_case(said.unwrap_or(name));
        let shown = || excerpt(name).into();
        if said == Some(IGNORE) {
            return Ok(Column { name: name.clone(), shown: shown(), is_known: true, ..Column::default() });
        }
        let fills = fields.find(said.unwrap_or(name));
        let key = match wanted.as_str() {
            "user_id" => Some(Key::UserId),
            "id" if !has_user_id => Some(Key::UserId),
            _ if fields.is_email(&fills) || wanted == "email" => Some(Key::Email),
            _ => None,
        };
        match said {
            Some(said) if key.is_none() && fills.is_empty() => {
                Err(InboundError::NoSuchField { file: file.clone(), column: excerpt(name), field: excerpt(said) })
            }
            _ => Ok(Column { name: name.clone(), shown: shown(), key, fills, is_known: false }),
        }
    };
    names.iter().map(column).collect()
}

pub(super) fn no_key_column(file: Arc<str>, names: &[String]) -> InboundError {
    let found: Vec<String> = names.iter().map(|name| format!("`{}`", excerpt(name))).collect();
    let separators = [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")];
    let parted = |(sign, _): &&(char, &str)| names.len() == 1 && names.iter().any(|name| name.contains(*sign));
    match separators.iter().find(parted) {
        Some((sign, words)) => {
            let line = names.iter().flat_map(|name| name.split(*sign)).collect::<Vec<_>>().join(",");
            InboundError::OtherSeparator { file, separator: words, line: excerpt(&line) }
        }
        None => InboundError::NoKeyColumn { file, found: found.join(", ") },
    }
}
