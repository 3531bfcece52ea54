//! Every limit of a program, once: what the front end refuses with a diagnostic and what [`verify`](crate::verify) refuses as a
//! fault are read from here, so that whatever `flow check` accepts is sound. The front end's half of each is held by `tests/limits.rs`,
//! the verifier's by `verify/tests/limits.rs`, which also names those that are of texts alone and leave nothing in a program to verify.
//!
//! Names begin with `MAX_` where a program may have so many, and say their unit.

// ---- texts

/// The largest file that is read. A program is written by people; this is some 20,000 lines.
pub const MAX_SOURCE_BYTES: usize = 1 << 20;

/// How many blocks, or parentheses, or `not`s may stand inside each other. People lose their way far before; the parser far behind.
pub const MAX_NESTING: usize = 48;

/// A longer template is refused unread: no mail needs it, and a mistaken file should not cost minutes.
pub const MAX_TEMPLATE_BYTES: usize = 1024 * 1024;

/// Gmail shows this many bytes of HTML and hides the rest, the unsubscribe link at the end included.
pub const MAX_SHOWN_BYTES: usize = 102 * 1024;

/// The most bytes of HTML in one mail, filled in. Far above what Gmail shows; this one guards memory and servers.
pub const MAX_MAIL_BYTES: usize = 512 * 1024;

/// The longest address at which somebody unsubscribes; leaves room for the header's name on a line of 998 octets.
pub const MAX_WAY_OUT_BYTES: usize = 900;

/// The room that a sender's postal address takes in a mail, each sign of it written for HTML.
pub const MAX_SENDER_BYTES: usize = 2 * 1024;

/// A subject without its fields' values, fallbacks counted: whatever its letters, it fits the 998 octets that mail allows a line, and
/// leaves room for a value. Inboxes show some sixty letters.
pub const MAX_SUBJECT_BYTES: usize = 500;

/// A preview, a note or a task, counted in the same way.
pub const MAX_TEXT_BYTES: usize = 4 * 1024;

/// Why somebody is suppressed. It stands in reports and in the record of every one of them, so it is a sentence and no story.
pub const MAX_BECAUSE_BYTES: usize = 300;

/// Each `{% .. %}` of a template can nest one level deeper, and both parsers recurse.
pub const MAX_TAGS: usize = 256;

/// How deeply the elements of a template may nest: mrml recurses once per level; real mails stay below 40.
pub const MAX_ELEMENT_DEPTH: usize = 100;

// ---- values

/// The characters of a text that a field holds, whoever says it.
pub const MAX_VALUE_CHARS: usize = 2_000;

/// The largest magnitude that any value in memory may have. Sums stop here, so two of them never overflow an `i64`.
pub const VALUE_LIMIT: i64 = 1 << 61;

/// The digits a number may have before its point. Far above what people write, and far below where sums of them could overflow.
pub const MAX_WHOLE_DIGITS: usize = 11;

/// The digits a number keeps after its point: what [`NUMBER_SCALE`](crate::NUMBER_SCALE) has room for.
pub const DECIMALS: usize = 4;

/// The choices of one field: their numbers, from 1, fit the two bytes of a [`Code`](crate::SlotKind::Code).
pub const MAX_CHOICES: usize = u16::MAX as usize;

/// The longest wait or period: ten years. Longer ones are slips of the keyboard.
pub const MAX_DURATION_DAYS: i64 = 3_660;

/// The letters of a name. What a mail is known by holds the name of its workflow, and mail servers keep such a key up to a length.
pub const MAX_NAME_BYTES: usize = 80;

/// The fields of a contact, with its tags and those of every module: each is a column of a store, and SQLite has 2,000 for a table or view.
pub const MAX_FIELDS: usize = 1_500;

// ---- conditions

/// The longest condition, in bytes of its text on one line: some 300 tests. What is made of one grows faster than its text.
pub const MAX_CONDITION_BYTES: usize = 8 << 10;

/// The most terms of one sum.
pub const MAX_TERMS: usize = 16;

/// How deeply segments may name each other.
pub const MAX_SEGMENT_DEPTH: usize = 16;

/// How many tests a segment may stand for, with those of the segments it names.
pub const MAX_SEGMENT_TESTS: usize = 1_000;

/// The most conditions of one field that follows from others.
pub const MAX_DERIVED_ARMS: usize = 24;

/// The most instants that one fact keeps, so the largest count a workflow may ask for.
pub const MAX_FACT_DEPTH: u32 = 64;

// ---- workflows

/// The steps of one workflow, with those of its branches and a step for each branch. People lose their way far before, and what is
/// proved of a workflow grows faster than the workflow.
pub const MAX_STEPS: usize = 1_000;

/// The most rounds of a `repeat`: one a week for a year. Whoever has not done it by then is asked no more.
pub const MAX_ROUNDS: u32 = 52;

/// How many patterns of an entry a predicate can tell apart: one bit each of a word, whose highest one says that another workflow starts it.
pub const MAX_TRIGGERS: u32 = 62;

/// How many arms a trace word tells apart: as many bits as fit below [`VALUE_LIMIT`], so that a full word is a value like any other.
pub const TRACE_BITS: u32 = VALUE_LIMIT.trailing_zeros();

/// The longest time for which a mail is held. What says "this week" is wrong long before.
pub const MAX_HOLD_DAYS: u32 = 90;

/// How long before the event that let somebody in another may have occurred and still be part of the journey. What is older is history.
pub const MAX_LATE_BY_DAYS: u32 = 30;

/// The most people whom a `rate` lets in, in an hour or a day. Beyond it nothing is paced that a mail server would feel.
pub const MAX_RATE: u32 = 1_000_000;

/// The most people that a member of a team may have, or be given in a day.
pub const MAX_CAPACITY: u32 = 100_000;

/// The most journeys that one person can be in at once in a workflow with `reenter per`. Each has its place in the frame of everybody.
pub const MAX_LIVE_JOURNEYS: u8 = 16;

// ---- memory

/// The most bytes an area of memory may have; far above any real one, and small enough for every offset to be an immediate.
pub const MAX_LAYOUT_BYTES: u32 = 1 << 20;
