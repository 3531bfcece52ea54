//! What people ask for that is not run yet, and what to do until it is. See [`pattern`](super::pattern) for the signs.

/// How a segment asks for mails.
pub(super) const MAILS_OF_SEGMENT: &str = "a segment asks for the mails of all workflows, with a time that looks back: \
    `segment engaged = $v any email in the last 30 days`";

/// What cannot be done yet, as people ask for it; what it is called, and what to do today.
pub(super) const LATER: &[(&str, &str, &str)] = &[
    (
        "^ subject $n:letter [:] $t:text",
        "several subjects to try out",
        "until then, a mail has one, or one for some people: `subject when customer \"…\" otherwise \"…\"`",
    ),
    ("^ send $k:later_message $r..", "$k", "until then, an email is what can be sent"),
];
