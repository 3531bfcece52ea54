//! Rules of execution that can be broken on purpose, so that whoever watches over them can show that they would see it: the simulation
//! (`tests/simulation`), and nobody else. Without the feature `broken-rules` there is nothing to break, and the questions cost nothing.

/// A rule that somebody may break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Rule {
    /// E3: a message that was sent again is known by its id.
    KnownMessage = 1,
    /// E5: goal and exit are asked again before a mail that was held, or tried in vain, leaves.
    LastLook = 2,
    /// E9: every attempt at a message has the same key.
    OneKey = 3,
    /// E8: a mail beyond a cap does not leave.
    Caps = 4,
    /// E8: nothing leaves in quiet hours, nor in a blackout.
    Quiet = 5,
    /// E8: a mail that was held for as long as it may is withheld.
    LongestHold = 6,
}

impl Rule {
    /// All of them.
    pub const ALL: [Rule; 6] =
        [Rule::KnownMessage, Rule::LastLook, Rule::OneKey, Rule::Caps, Rule::Quiet, Rule::LongestHold];

    /// As the language numbers it.
    pub fn name(self) -> &'static str {
        match self {
            Rule::KnownMessage => "E3",
            Rule::LastLook => "E5",
            Rule::OneKey => "E9",
            Rule::Caps | Rule::Quiet | Rule::LongestHold => "E8",
        }
    }
}

#[cfg(feature = "broken-rules")]
static BROKEN: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// Breaks one rule from now on, in this process, and mends the others; none mends all.
#[cfg(feature = "broken-rules")]
pub fn break_rule(rule: Option<Rule>) {
    BROKEN.store(rule.map_or(0, |rule| rule as u8), std::sync::atomic::Ordering::SeqCst);
}

/// Whether a rule does not hold.
#[cfg(feature = "broken-rules")]
pub(crate) fn is_broken(rule: Rule) -> bool {
    BROKEN.load(std::sync::atomic::Ordering::Relaxed) == rule as u8
}

/// Whether a rule does not hold: all of them do.
#[cfg(not(feature = "broken-rules"))]
pub(crate) const fn is_broken(_: Rule) -> bool {
    false
}
