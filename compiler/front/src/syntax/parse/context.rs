//! What the lines of each place start with, and how a line that starts so is read.
//!
//! The grammar says the same in its own way; these tables are for lines that it could not read. A new clause or step adds its first
//! word here, and what people write instead of it.

use super::Rule;

/// What may stand at a place: the first words, and the rules to read such a line as.
pub(super) struct Context {
    pub(super) starts: &'static [(&'static str, &'static [Rule])],
    /// The rule of a line that starts with any name.
    pub(super) other: Option<Rule>,
    /// What people write instead of the first words, in Flow's words.
    pub(super) synonyms: &'static [(&'static str, &'static str)],
}

impl Context {
    pub(super) fn starts_with(&self, word: &str) -> bool {
        self.starts.iter().any(|(start, _)| *start == word)
    }
}

pub(super) const DECLARATIONS: &Context = &Context {
    starts: &[
        ("use", &[Rule::use_decl]),
        ("contact", &[Rule::contact_decl]),
        ("event", &[Rule::event_decl]),
        ("stages", &[Rule::stages_decl]),
        ("segment", &[Rule::segment_decl]),
        ("email", &[Rule::email_decl]),
        ("team", &[Rule::team_decl]),
        ("workflow", &[Rule::workflow_decl]),
    ],
    other: None,
    synonyms: &[
        ("campaign", "workflow"),
        ("journey", "workflow"),
        ("sequence", "workflow"),
        ("automation", "workflow"),
        ("mail", "email"),
        ("message", "email"),
        ("audience", "segment"),
        ("list", "segment"),
        ("import", "use"),
        ("include", "use"),
        ("lifecycle", "stages"),
        ("kontakt", "contact"),
        ("ereignis", "event"),
        ("stufen", "stages"),
    ],
};

pub(super) const FIELDS: &Context = &Context { starts: &[], other: Some(Rule::field), synonyms: &[] };

pub(super) const EMAIL: &Context = &Context {
    starts: &[
        ("subject", &[Rule::subject]),
        ("preview", &[Rule::preview]),
        ("from", &[Rule::from]),
        ("template", &[Rule::template]),
        ("kind", &[Rule::email_kind]),
        ("link", &[Rule::link]),
    ],
    other: None,
    synonyms: &[
        ("title", "subject"),
        ("betreff", "subject"),
        ("preheader", "preview"),
        ("sender", "from"),
        ("type", "kind"),
    ],
};

pub(super) const TEAM: &Context = &Context {
    starts: &[("member", &[Rule::member]), ("backup", &[Rule::backup]), ("assign", &[Rule::assign])],
    other: None,
    synonyms: &[("fallback", "backup"), ("person", "member")],
};

pub(super) const HANDOFF: &Context = &Context {
    starts: &[("note", &[Rule::note]), ("task", &[Rule::task]), ("keep", &[Rule::keep])],
    other: None,
    synonyms: &[],
};

const STEP_SYNONYMS: &[(&str, &str)] = &[
    ("elseif", "else if"),
    ("elsif", "else if"),
    ("elif", "else if"),
    ("otherwise", "else"),
    ("when", "if"),
    ("mail", "send"),
    ("email", "send"),
    ("delay", "wait"),
    ("pause", "wait"),
    ("sleep", "wait"),
    ("let", "set"),
    ("update", "set"),
    ("change", "set"),
    ("trigger", "enter when"),
    ("entry", "enter"),
    ("leave", "exit"),
    ("wenn", "if"),
    ("falls", "if"),
    ("sonst", "else"),
    ("warte", "wait"),
    ("sende", "send"),
    ("setze", "set"),
    ("ziel", "goal"),
];

pub(super) const STEPS: &Context = &Context {
    starts: &[
        ("send", &[Rule::send]),
        ("wait", &[Rule::wait, Rule::wait_until]),
        ("if", &[Rule::branch]),
        ("score", &[Rule::score]),
        ("set", &[Rule::set]),
        ("advance", &[Rule::advance]),
        ("handoff", &[Rule::handoff]),
        ("exit", &[Rule::exit]),
        ("step", &[Rule::labelled]),
    ],
    other: None,
    synonyms: STEP_SYNONYMS,
};

pub(super) const WORKFLOW: &Context = &Context {
    starts: &[
        ("send", &[Rule::send, Rule::window]),
        ("wait", &[Rule::wait, Rule::wait_until]),
        ("if", &[Rule::branch]),
        ("score", &[Rule::score]),
        ("set", &[Rule::set]),
        ("advance", &[Rule::advance]),
        ("handoff", &[Rule::handoff]),
        ("exit", &[Rule::exit, Rule::exit_when]),
        ("step", &[Rule::labelled]),
        ("goal", &[Rule::goal]),
        ("owner", &[Rule::owner]),
        ("reviewed", &[Rule::reviewed]),
        ("group", &[Rule::group]),
        ("enter", &[Rule::enter]),
        ("reenter", &[Rule::reenter]),
        ("skip", &[Rule::skip_when]),
    ],
    other: None,
    synonyms: STEP_SYNONYMS,
};
