//! What each column of a file of contacts fills: what the settings say, else what its name says.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::InboundError;
use super::consent::Reading;
use super::finding::excerpt;
use super::names::{FieldNames, Fills, snake_case};

/// What settings say of columns, by their names: the field that one fills, `user_id`, [`LAST_CHANGED`], or [`IGNORE`].
pub type Columns = BTreeMap<String, String>;

/// What the settings say of a column that is to fill nothing.
pub const IGNORE: &str = "ignore";

/// What the settings say of the column with the moment at which a row was last changed.
pub const LAST_CHANGED: &str = "last_changed";

/// What a column fills.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Column {
    /// As the first line has it.
    pub(super) name: String,
    /// The same as it is shown: short, without what a terminal would obey.
    pub(super) shown: Arc<str>,
    pub(super) key: Option<Key>,
    pub(super) fills: Vec<Fills>,
    /// Whether what it says of consent is what its own name says: then nobody has to be told that it may be meant the other way round.
    pub(super) is_by_name: bool,
    /// Whether it is taken for the ids of people by another name than theirs, and nobody has said so.
    pub(super) is_guessed: bool,
    /// Whether it says when somebody last changed the row.
    pub(super) is_changed: bool,
    /// Whether it is known to say nothing of mail: the settings have it fill nothing, or it is of text messages alone.
    pub(super) is_known: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    UserId,
    Email,
}

impl Column {
    pub(super) fn fills_nothing(&self) -> bool {
        self.key.is_none() && self.fills.is_empty() && !self.is_changed
    }

    /// How it says whom nobody may write to, if it does.
    pub(super) fn reading(&self) -> Option<Reading> {
        reading(&self.fills)
    }

    pub(super) fn takes_no_unseen(&self) -> bool {
        self.key.is_some()
    }
}

fn reading(fills: &[Fills]) -> Option<Reading> {
    fills.iter().find_map(|fills| match fills {
        Fills::Consent(reading) => Some(*reading),
        Fills::Value(_) | Fills::Lists | Fills::Topics => None,
    })
}

/// What each column fills: what the settings say, else what its name says.
pub(super) fn assign_columns(
    names: &[String],
    fields: &FieldNames,
    mapped: &Columns,
    file: &Arc<str>,
) -> Result<Vec<Column>, InboundError> {
    let said = |name: &String| {
        mapped.iter().find(|(column, _)| snake_case(column) == snake_case(name)).map(|(_, to)| to.as_str())
    };
    let mapped_to = |to: &str| names.iter().any(|name| said(name) == Some(to));
    let has_user_id = names.iter().any(|name| snake_case(name) == "user_id") || mapped_to("user_id");
    // Of several ids of a tool the first is the person's own.
    let id = names.iter().position(|name| !has_user_id && said(name).is_none() && fields.is_id(name));
    let is_changed_said = mapped_to(LAST_CHANGED);
    let column = |(place, name): (usize, &String)| {
        let said = said(name);
        let wanted = snake_case(said.unwrap_or(name));
        let shown = || excerpt(name).into();
        if said == Some(IGNORE) {
            return Ok(Column { name: name.clone(), shown: shown(), is_known: true, ..Column::default() });
        }
        let fills = fields.find(said.unwrap_or(name));
        let key = match wanted.as_str() {
            "user_id" => Some(Key::UserId),
            _ if id == Some(place) => Some(Key::UserId),
            _ if fields.is_email(&fills) || wanted == "email" => Some(Key::Email),
            _ => None,
        };
        let is_changed = match is_changed_said {
            true => said == Some(LAST_CHANGED),
            false => said.is_none() && fields.is_changed(name),
        };
        let is_guessed = id == Some(place);
        let is_by_name = said.is_none() || reading(&fields.find(name)) == reading(&fills);
        match said {
            Some(said) if key.is_none() && fills.is_empty() && !is_changed => {
                Err(InboundError::NoSuchField { file: file.clone(), column: excerpt(name), field: excerpt(said) })
            }
            _ => {
                let (name, shown) = (name.clone(), shown());
                let is_known = said.is_none() && fields.is_of_sms(&name);
                Ok(Column { name, shown, key, fills, is_by_name, is_guessed, is_changed, is_known })
            }
        }
    };
    names.iter().enumerate().map(column).collect()
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
