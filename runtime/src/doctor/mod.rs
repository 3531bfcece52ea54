//! Proves a whole store: that everybody is alive for exactly one reason, and that what is kept twice says the same twice.
//!
//! In: the rows of a store, and the program by its numbers. Out: findings, in an order that depends on the rows alone. Nothing is written here,
//! and nothing is guessed: each check knows one rule, has a file of its own and a line in [`checks`].
//!
//! ```text
//! numbers of contacts, joins, messages out         once, into a few bits each (`context`)
//! log and ledgers, in the order of their rows       once; what a row says of its contact is put aside for their window (`mark`)
//! contacts 1 .. 262,144, what was said of them      a window: what has to be held side by side is held for these alone
//! contacts 262,145 ..                               the next one
//! ```
//! So each row is read once, however many windows there are. Memory is bounded by the window and what is gathered before it is put aside
//! (`store/sqlite/aside.rs`), and beside it by sixteen bits for each message that ever was, three bits for each contact, and whoever was joined. Each
//! contact's address is looked up once.

mod alive;
mod chains;
mod context;
mod ends;
mod finding;
mod frames;
mod handoffs;
mod keys;
mod ledgers;
mod mark;
mod messages;
mod nobody;
mod numbers;
mod outbox;
mod people;
mod places;
mod rollups;
mod sends;
mod sweep;

pub use context::Counts;
pub use finding::{Examined, Finding, Kind, SHOWN_OF_A_KIND, Subject};
pub(crate) use finding::{Findings, Mend};

use crate::store::{
    ContactId, ContactRecord, DecisionRecord, EventRecord, HandoffRecord, JourneyRecord, OutboxRecord, Records,
    ScoreRecord, StageRecord, StoreError,
};
use context::Context;
use flow_ir::Program;
use mark::Mark;
use people::People;

/// How many contacts are held side by side.
pub const WINDOW_CONTACTS: usize = 1 << 18;

/// How an examination goes about it.
pub struct Examination<'e> {
    /// Whether whoever worked on the store has closed it: then nothing may be on its way.
    pub is_closed: bool,
    /// How many contacts are held side by side; [`WINDOW_CONTACTS`].
    pub window: usize,
    /// Whether what would mend the store is noted, too.
    pub mends: bool,
    /// Told now and then how many records of the log have been read, of how many.
    pub progress: &'e mut dyn FnMut(u64, u64),
}

/// Proves a store that its owner has left at rest, with all that was on its way settled or to be taken up: nobody is told how far it is.
pub fn examine(records: &mut dyn Records, program: &Program) -> Result<Examined, StoreError> {
    let mut silent = |_, _| ();
    let how = Examination { is_closed: false, window: WINDOW_CONTACTS, mends: false, progress: &mut silent };
    examine_telling(records, program, how)
}

/// The same as somebody wishes it. An error where the store cannot be read at all; rows that cannot be are findings.
pub fn examine_telling(
    records: &mut dyn Records,
    program: &Program,
    mut how: Examination<'_>,
) -> Result<Examined, StoreError> {
    let mut found = Findings::new(how.mends);
    let mut checks = checks(program);
    let context = Context::read(records, program, &how, &mut checks, &mut found)?;
    sweep::all(records, &context, &mut checks, &mut found, &mut how)?;
    for check in &mut checks {
        check.over(&context, &mut found);
    }
    messages::examine(records, &mut found)?;
    places::examine(records, &mut found)?;
    Ok(found.examined(context.counts))
}

/// Every check, each a file.
fn checks(program: &Program) -> Vec<Box<dyn Check>> {
    vec![
        Box::<numbers::Numbers>::default(),
        Box::<nobody::Nobody>::default(),
        Box::new(keys::Keys::new(program)),
        Box::<frames::Frames>::default(),
        Box::new(alive::Alive::new(program)),
        Box::<ends::Ends>::default(),
        Box::<chains::Chains>::default(),
        Box::new(ledgers::Ledgers::new(program)),
        Box::<outbox::Outbox>::default(),
        Box::<sends::Sends>::default(),
        Box::<handoffs::Handoffs>::default(),
        Box::<rollups::Rollups>::default(),
    ]
}

/// One rule. It is shown every row once: messages out and keys first, then the log and the ledgers in the order of their rows, whoever they are
/// about, and then of each window its contacts, with what those rows have said of them.
#[expect(unused_variables, reason = "a check looks at what it is about")]
trait Check {
    /// A message out, before everything else, whoever it is about.
    fn message(&mut self, cx: &Context<'_>, row: &OutboxRecord, found: &mut Findings) {}
    /// What finds a contact.
    fn key(&mut self, cx: &Context<'_>, key: &str, contact: ContactId, found: &mut Findings) {}
    /// A record of the log, in the order of all.
    fn number(&mut self, cx: &Context<'_>, number: u64, found: &mut Findings) {}
    /// The same record, where it is an event.
    fn event(&mut self, cx: &Context<'_>, event: &EventRecord, found: &mut Findings) {}
    /// Where it is a decision.
    fn decision(&mut self, cx: &Context<'_>, decision: &DecisionRecord, found: &mut Findings) {}
    /// A change of a stage.
    fn stage(&mut self, cx: &Context<'_>, stage: &StageRecord, found: &mut Findings) {}
    /// A change of a score.
    fn score(&mut self, cx: &Context<'_>, score: &ScoreRecord, found: &mut Findings) {}
    /// A handoff.
    fn handoff(&mut self, cx: &Context<'_>, handoff: &HandoffRecord, found: &mut Findings) {}
    /// A contact of the window, with the journeys that still matter. None where its row cannot be read.
    fn contact(&mut self, cx: &Context<'_>, id: ContactId, contact: Option<&ContactRecord>, found: &mut Findings) {}
    /// A journey of theirs that nobody asks for any more.
    fn ended(&mut self, cx: &Context<'_>, journey: &JourneyRecord, found: &mut Findings) {}
    /// What a row has said of them: those of the log first, in its order, then those of each ledger.
    fn mark(&mut self, cx: &Context<'_>, contact: ContactId, mark: Mark, found: &mut Findings) {}
    /// All of a window has been shown.
    fn window_over(&mut self, cx: &Context<'_>, found: &mut Findings) {}
    /// Everything has been shown.
    fn over(&mut self, cx: &Context<'_>, found: &mut Findings) {}
}
