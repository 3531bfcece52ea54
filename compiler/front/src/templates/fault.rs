//! What can be wrong with a template: facts, for whoever shows them. `words.rs` says them to people.

use std::ops::Range;

use super::TemplateScope;

/// One mistake and its place: bytes of the template as written. `0..0` stands for the template as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFault {
    pub(crate) kind: FaultKind,
    /// Byte offsets, start and end.
    pub span: Range<usize>,
    /// What mends it, by places in the same text and in their order; nothing where only its writer can know.
    pub(crate) edits: Vec<(Range<usize>, String)>,
}

impl TemplateFault {
    pub(super) fn new(kind: FaultKind, span: Range<usize>) -> Self {
        Self { kind, span, edits: Vec::new() }
    }

    pub(super) fn edit(mut self, at: Range<usize>, text: impl Into<String>) -> Self {
        self.edits.push((at, text.into()));
        self
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    Error,
    Warning,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    Syntax(Syntax),
    Markup(Markup),
    /// A construct of the full Jinja language that mails do without.
    NotAllowed(Construct),
    /// A token of another tool, and the field that is meant.
    Foreign {
        token: String,
        field: Option<String>,
    },
    UnknownToken {
        name: String,
        nearest: Option<String>,
    },
    /// A field is compared with what it never is.
    NeverHeld {
        field: String,
        value: String,
        /// What it can be; none of a country, of which there are too many to be told.
        choices: Option<flow_ir::Choices>,
    },
    MaybeMissing {
        field: String,
        usage: MissingUse,
    },
    NotPrintable {
        field: String,
    },
    UnknownLink {
        alias: String,
        nearest: Option<String>,
    },
    /// With where it stands, if it stands where nobody can click it.
    UnusedLink {
        alias: String,
        unseen: Option<Unseen>,
    },
    /// The address of a declared link, written out: nobody could count its clicks.
    WrittenOut {
        alias: String,
    },
    Required {
        token: RequiredToken,
        seen: Seen,
    },
    /// The link by which people confirm, in a mail that does not ask them to.
    ConfirmsElsewhere,
    Clipped {
        bytes: usize,
        limit: usize,
    },
    /// More than mail servers take.
    MailTooLarge {
        bytes: usize,
        limit: usize,
    },
    TemplateTooLong {
        bytes: usize,
        limit: usize,
    },
}

impl Unseen {
    /// Whether some readers see it all the same: enough for a link that is to be clicked, too little for a way out.
    pub(super) fn is_seen_by_some(&self) -> bool {
        matches!(self, Self::Behind { .. } | Self::Outlook { .. } | Self::Folded { .. })
    }

    /// Whether another rule of a style sheet may show it.
    pub(super) fn is_by_style(&self) -> bool {
        matches!(self, Self::Rule { .. } | Self::Style { .. } | Self::Colour { .. } | Self::Dead { .. })
    }
}

impl FaultKind {
    pub(crate) fn severity(&self) -> Severity {
        match self {
            Self::Clipped { .. } => Severity::Warning,
            _ => Severity::Error,
        }
    }

    pub(super) fn is_in_code(&self) -> bool {
        matches!(self, Self::NotAllowed(Construct::InCode { .. }))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    Unclosed { opener: &'static str, closer: &'static str },
    Unopened { opener: &'static str, closer: &'static str },
    UnclosedText { quote: char },
    ValueMissing,
    Surplus,
    StrayTag { tag: String },
    MissingEndif,
    Slip(Slip),
    TooManyTags { limit: usize },
    Unreadable,
}

/// What is clear though it is not how Flow writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slip {
    /// Quotes as text processors set them.
    Typographic,
    /// `link(case-study)`, `link.case-study`
    Link,
    /// `| default: "there"`, `|| "there"`
    Fallback,
    /// `or there`
    Unquoted,
    /// `{{#if first_name}} .. {{/if}}`
    ForeignIf,
    /// `{{{ first_name }}}`
    Braces,
    /// `{{ first_name or &quot;there&quot; }}`, `{{ <b>first_name</b> }}`
    Editor,
    /// `{% if first_name == "" %}`
    Empty,
    /// `{% elseif x %}`, `{% end %}`, `{% comment %}`
    Word,
}

impl Syntax {
    /// The parser's own words speak of blocks and identifiers; these are the groups that tell an author different things.
    pub(super) fn from_parser(detail: &str) -> Self {
        if detail.contains(", expected end of") {
            Self::Surplus
        } else if detail.starts_with("unexpected end of") {
            Self::ValueMissing
        } else {
            Self::Unreadable
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Markup {
    UnknownTag {
        tag: String,
        nearest: Option<String>,
    },
    UnclosedTag {
        tag: String,
    },
    UnfinishedTag {
        tag: String,
    },
    StrayClose {
        tag: String,
    },
    /// `<mj-text> .. </mj-txt>`
    Misclosed {
        tag: String,
        open: String,
    },
    /// An attribute that a tag has already.
    Twice {
        attribute: String,
    },
    /// `align=center`
    Unquoted {
        attribute: String,
    },
    UnclosedComment,
    BareLessThan,
    LooseText {
        parent: String,
    },
    LooseTag {
        tag: String,
        parent: String,
    },
    TooDeep {
        limit: usize,
    },
    NotMjml,
    Include,
    /// A rule that names no element by itself, in a style sheet that is to go into the elements.
    NotInline {
        rule: String,
    },
    /// A rule of such a style sheet without its `}`.
    UnclosedRule,
    Lost,
    Moved,
    Rejected,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Construct {
    Tag {
        name: String,
    },
    Filter {
        name: String,
        nearest: Option<String>,
    },
    /// `| safe`, `| escape`
    NeedlessFilter {
        name: String,
    },
    DefaultArguments,
    FallbackNotText,
    Operator,
    And,
    Not,
    InlineIf,
    Test,
    Index,
    Call {
        name: String,
    },
    LinkArguments,
    NotAlone {
        name: String,
    },
    Literal,
    Condition,
    CompareWithoutField,
    CompareNotText {
        field: String,
        /// As written.
        value: String,
    },
    CompareNotPrintable {
        field: String,
    },
    UnquotedAttribute,
    /// A value as a whole address, or as the beginning of one.
    AsAddress {
        attribute: String,
        /// The name of a link that could stand there.
        link: String,
        /// Whether the email has it.
        declared: bool,
    },
    /// `javascript:`, which no mail program follows.
    Script {
        scheme: String,
    },
    /// Something before a link in its address.
    BehindText {
        attribute: String,
    },
    /// A value where a machine reads.
    InCode {
        what: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MissingUse {
    Printed,
    Filtered,
    ComparedUnequal,
}

/// What a mail must have for what it is: the law of most countries asks the first two of a marketing mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RequiredToken {
    UnsubscribeUrl,
    SenderAddress,
    /// Of a mail that asks people to confirm that they want others.
    ConfirmUrl,
}

impl RequiredToken {
    pub(crate) const ALL: [Self; 3] = [Self::UnsubscribeUrl, Self::SenderAddress, Self::ConfirmUrl];

    /// Whether a mail must have it.
    pub(super) fn is_required(self, scope: &TemplateScope) -> bool {
        match self {
            Self::UnsubscribeUrl | Self::SenderAddress => scope.marketing,
            Self::ConfirmUrl => scope.confirms,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::UnsubscribeUrl => "unsubscribe_url",
            Self::SenderAddress => "sender_address",
            Self::ConfirmUrl => "confirm_url",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|token| token.name() == name)
    }

    /// What other tools call it, and what people take for its name.
    pub(super) fn meant_by(name: &str) -> Option<Self> {
        let name = plain(name);
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if has(&["unsub", "optout"]) {
            Some(Self::UnsubscribeUrl)
        } else if has(&["confirmurl", "confirmlink", "confirmationurl", "confirmationlink", "optinlink", "optinurl"]) {
            Some(Self::ConfirmUrl)
        } else if has(&[
            "senderadress",
            "senderaddress",
            "postaladdress",
            "companyaddress",
            "mailingaddress",
            "physicaladdress",
            "listaddress",
            "accountaddress",
        ]) {
            Some(Self::SenderAddress)
        } else {
            None
        }
    }

    pub(super) fn sample(self) -> &'static str {
        match self {
            Self::UnsubscribeUrl => "<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>",
            Self::SenderAddress => "{{ sender_address }}",
            Self::ConfirmUrl => "<a href=\"{{ confirm_url }}\">Yes, write to me</a>",
        }
    }
}

/// Where a required token does stand when it does not stand where everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Nowhere,
    Unseen(Unseen),
    OnSomePaths,
}

/// Why no reader sees what stands at a place, or can follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unseen {
    Comment,
    /// Its contents are no part of the mail that is shown: `<title>`.
    Element {
        tag: String,
    },
    Attribute {
        name: String,
    },
    /// By a style, or by `hidden`.
    Style {
        how: String,
    },
    /// By a rule of a style sheet.
    Rule {
        rule: String,
    },
    /// It has the colour of what is behind it, which this gives it.
    Colour {
        by: Box<Unseen>,
    },
    /// From Outlook alone.
    Outlook {
        how: String,
    },
    /// It is shown, and no click on it does anything.
    Dead {
        how: String,
    },
    /// In a second attribute of one name: mail programs read the first.
    Second {
        attribute: String,
    },
    /// It is shown to whoever unfolds it.
    Folded {
        tag: String,
    },
    /// There is nothing in the element to click.
    Empty {
        tag: String,
    },
    /// Something stands before it in the same address.
    Behind {
        attribute: String,
    },
    /// In a tag that never ends.
    Unfinished {
        tag: String,
    },
}

/// The candidate that differs by no more than a slip of the hand or the other way to write a name (`firstName`).
pub fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<String> {
    let wanted = plain(name);
    let most = (wanted.chars().count() / 3).max(1);
    candidates
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}

/// Without what people write names apart by.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// Whether a tag belongs to an `if`, the one thing of Jinja's that templates have.
pub(super) fn is_of_if(tag: &str) -> bool {
    matches!(tag, "if" | "elif" | "else" | "endif")
}
