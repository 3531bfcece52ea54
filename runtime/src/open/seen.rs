//! A store as somebody sees it who only asks: it may be in use, be at rest or have been killed, and stays as it is.

use super::{Kind, bring, is_kept_whoever_is_where, live, text_of};
use crate::engine::{self, EngineError};
use crate::report::RunReport;
use crate::store::sqlite::{InUse, MailAhead, SqliteRecords, empty, picture};
use crate::store::{Rows as _, StoreError, StoreFault};
use crate::time::Instant;
use flow_ir::Program;
use std::collections::BTreeMap;
use std::path::Path;

/// What a store has come to, of one moment.
#[derive(Debug)]
pub struct Seen {
    /// The version of the project that the store runs, by its own numbers.
    pub program: Program,
    /// What its totals tell.
    pub report: RunReport,
    /// What it is for; none where the process that makes it has not said so yet.
    pub kind: Option<Kind>,
    /// The instant to which everything in it has happened; none before anything has.
    pub as_of: Option<Instant>,
    /// Whether somebody works on it now; none where its lock may not be read.
    pub in_use: Option<InUse>,
    /// What is to be known of the mail that waits.
    pub mail: MailAhead,
    /// What readers of its input keep in it, by their names.
    pub reads: BTreeMap<String, Vec<u8>>,
    /// Whether the project has changed since that version; none where it does not check now.
    pub has_changed: Option<bool>,
}

/// Looks at the store of a project, whose program there is where it checks. An error also where the store could not go on with it: then it is another project's, or people stand
/// where the project has nothing for them any more.
pub fn see(program: Option<&Program>, path: &Path) -> Result<Seen, EngineError> {
    if !path.exists() {
        return Err(EngineError::Store(absent(path)));
    }
    let seen = picture(path, |records| of_one_moment(program, records))?.flatten();
    let seen = seen.ok_or_else(|| EngineError::Store(empty(path)))?;
    Ok(Seen { in_use: InUse::of(path), ..seen })
}

/// None where no program has been kept yet.
fn of_one_moment(program: Option<&Program>, records: &mut SqliteRecords) -> Result<Option<Seen>, EngineError> {
    let charter = records.charter()?;
    let Some(kept) = charter.program else { return Ok(None) };
    let kept = text_of(&kept)?;
    let has_changed = program.map(|program| has_changed(&kept, program, records)).transpose()?;
    Ok(Some(Seen {
        report: RunReport::read(&kept, records)?,
        kind: charter.kind.as_deref().and_then(Kind::of_word),
        as_of: engine::period(records)?.map(|(_, last)| last),
        in_use: None,
        mail: records.mail_ahead()?,
        reads: records.reads()?,
        has_changed,
        program: kept,
    }))
}

fn has_changed(kept: &Program, program: &Program, records: &mut SqliteRecords) -> Result<bool, EngineError> {
    if is_kept_whoever_is_where(kept, program) {
        return Ok(false);
    }
    Ok(bring(kept, program, &live(records)?)?.lineage.version != kept.lineage.version)
}

pub(super) fn absent(path: &Path) -> StoreError {
    StoreError {
        fault: StoreFault::Other,
        message: format!("there is no store `{}`", path.display()),
        help: "`flow serve` makes the live one when it begins, and `flow run` that of a rehearsal; `--store` names another file"
            .to_owned(),
        path: Some(path.to_owned()),
    }
}
