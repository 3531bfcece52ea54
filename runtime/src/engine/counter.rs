//! The names of the running totals.

/// Messages that had arrived before (E3).
pub const REPEATS: &str = "repeats";
/// Events that were taken.
pub const EVENTS: &str = "events";
/// Events of a name that the program does not declare. They are kept, and count as activity.
pub const UNKNOWN_EVENTS: &str = "unknown_events";
/// What the names of counters begin with that count, by their name, events of those above that sound like a refusal.
pub const UNKNOWN_REFUSALS: &str = "unknown_refusals: ";
/// Events without any key: nobody's.
pub const EVENTS_OF_NOBODY: &str = "events_of_nobody";
/// Events that were said to have occurred after they arrived; they count from their arrival.
pub const FUTURE_EVENTS: &str = "future_events";
/// Addresses that came with another person's user id and were left out: an address has one person (E11).
pub const ADDRESSES_LEFT_OUT: &str = "addresses_left_out";
/// Events by which somebody wants mail to another address than theirs, or to one that nobody had told of them by then: they count for nobody.
pub const YES_FOR_ANOTHER_ADDRESS: &str = "yes_for_another_address";
/// Contacts that proved to be somebody else known.
pub const JOINED: &str = "joined";
/// Contacts that were made.
pub const CONTACTS: &str = "contacts";
/// Clicks too soon after the send to be a person's.
pub const MACHINE_CLICKS: &str = "machine_clicks";
/// Clicks, opens and replies to a mail that no journey had sent by then.
pub const CLICKS_WITHOUT_A_SEND: &str = "clicks_without_a_send";
/// Opens of a mail that no journey had sent by then.
pub const OPENS_WITHOUT_A_SEND: &str = "opens_without_a_send";
/// Replies to a mail that no journey had sent by then.
pub const REPLIES_WITHOUT_A_SEND: &str = "replies_without_a_send";
/// Mail events that name no email of the program.
pub const UNKNOWN_EMAILS: &str = "unknown_emails";
/// Clicks among them.
pub const CLICKS_OF_UNKNOWN_EMAILS: &str = "clicks_of_unknown_emails";
/// Contacts whose zone is no IANA name; they live in the project's.
pub const UNKNOWN_ZONES: &str = "unknown_zones";
/// Handoffs that nobody could take.
pub const HANDOFFS_TO_NOBODY: &str = "handoffs_to_nobody";
/// Answers of a team that are about no handoff, or say again what was said of it.
pub const ANSWERS_TO_NO_HANDOFF: &str = "answers_to_no_handoff";
/// Items after which a contact was still unsettled when as many rounds had run as the program can need.
pub const ROUNDS_EXHAUSTED: &str = "rounds_exhausted";
/// Events that occurred before the store began: they fill what conditions ask for, and trigger nothing (E3).
pub const HISTORY_EVENTS: &str = "history_events";
/// Journeys that began.
pub const JOURNEYS_BEGUN: &str = "journeys_begun";
/// Journeys that came to an end, whichever.
pub const JOURNEYS_ENDED: &str = "journeys_ended";
/// Mails that left, notices to teams not counted.
pub const MAILS_SENT: &str = "mails_sent";
/// Attempts at a delivery that will be repeated.
pub const RETRIES: &str = "retries";
