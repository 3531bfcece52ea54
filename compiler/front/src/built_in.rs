//! What every contact has without declaring it. Below everything else, because names are resolved and typed against it.

/// The fields that every contact has, and what they hold.
pub(crate) const BUILT_IN: &[(&str, BuiltIn)] = &[
    ("score", BuiltIn::Score),
    ("stage", BuiltIn::Stage),
    ("email", BuiltIn::Email),
    ("timezone", BuiltIn::Timezone),
    ("created_at", BuiltIn::Moment),
    ("paused_until", BuiltIn::Moment),
    ("unsubscribed", BuiltIn::Flag),
    ("hard_bounced", BuiltIn::Flag),
    ("complained", BuiltIn::Flag),
    ("do_not_contact", BuiltIn::Flag),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BuiltIn {
    Score,
    Stage,
    Email,
    Timezone,
    Moment,
    Flag,
}
