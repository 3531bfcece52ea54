//! What can be wrong with a template: facts for whoever shows them, and the words for people.

use std::fmt;
use std::ops::Range;

/// One mistake and its place: bytes of the template as written. `0..0` stands for the template as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFault {
    pub(crate) kind: FaultKind,
    /// Byte offsets, start and end.
    pub span: Range<usize>,
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
        optional: bool,
    },
    UnknownToken {
        name: String,
        nearest: Option<String>,
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
    UnusedLink {
        alias: String,
    },
    Required {
        token: RequiredToken,
        seen: Seen,
    },
    Clipped {
        bytes: usize,
        limit: usize,
    },
    TemplateTooLong {
        bytes: usize,
        limit: usize,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    Unclosed { opener: &'static str, closer: &'static str },
    UnclosedText { quote: char },
    ValueMissing,
    Surplus,
    StrayTag { tag: String },
    MissingEndif,
    TooManyTags { limit: usize },
    Unreadable,
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
    UnknownTag { tag: String, nearest: Option<String> },
    UnclosedTag { tag: String },
    UnfinishedTag { tag: String },
    StrayClose { tag: String },
    UnclosedComment,
    BareLessThan,
    LooseText { parent: String },
    LooseTag { tag: String, parent: String },
    TooDeep { limit: usize },
    NotMjml,
    Include,
    Lost,
    Moved,
    Rejected,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Construct {
    Tag { name: String },
    Filter { name: String, nearest: Option<String> },
    DefaultArguments,
    FallbackNotText,
    Operator,
    And,
    Not,
    InlineIf,
    Test,
    Index,
    Call { name: String },
    LinkArguments,
    NotAlone { name: String },
    Literal,
    Condition,
    CompareWithoutField,
    CompareNotText { field: String },
    CompareNotPrintable { field: String },
    UnquotedAttribute,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MissingUse {
    Printed,
    Filtered,
    ComparedUnequal,
}

/// What the law of most countries asks of a marketing mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RequiredToken {
    UnsubscribeUrl,
    SenderAddress,
}

impl RequiredToken {
    pub(crate) const ALL: [Self; 2] = [Self::UnsubscribeUrl, Self::SenderAddress];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::UnsubscribeUrl => "unsubscribe_url",
            Self::SenderAddress => "sender_address",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|token| token.name() == name)
    }

    fn purpose(self) -> &'static str {
        match self {
            Self::UnsubscribeUrl => "a way to unsubscribe",
            Self::SenderAddress => "the sender's postal address",
        }
    }

    fn sample(self) -> &'static str {
        match self {
            Self::UnsubscribeUrl => "<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>",
            Self::SenderAddress => "{{ sender_address }}",
        }
    }
}

/// Where a required token does stand when it does not stand where everybody sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Seen {
    Nowhere,
    InComment,
    OnSomePaths,
}

impl FaultKind {
    pub(crate) fn severity(&self) -> Severity {
        match self {
            Self::Clipped { .. } => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// What Flow writes for a token of another tool.
    pub(crate) fn ours(&self) -> Option<String> {
        match self {
            Self::Foreign { field: Some(field), optional: true, .. } => Some(format!("{{{{ {field} or \"there\" }}}}")),
            Self::Foreign { field: Some(field), .. } => Some(format!("{{{{ {field} }}}}")),
            _ => None,
        }
    }

    /// What to write instead, with the mended line where there is one.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::Syntax(syntax) => syntax.help(),
            Self::Markup(markup) => markup.help(),
            Self::NotAllowed(construct) => construct.help(),
            Self::Foreign { .. } => match self.ours() {
                Some(_) => "nothing fills it in; Flow writes".to_owned(),
                None => {
                    "nothing fills it in; Flow writes {{ first_name or \"there\" }}, and {% if FIELD %} .. {% endif %}"
                        .to_owned()
                }
            },
            Self::UnknownToken { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownToken { name, nearest: None } => {
                format!("declare the field in `contact {{ {name} text? }}`, or take the token out")
            }
            Self::MaybeMissing { field, usage } => usage.help(field),
            Self::NotPrintable { field } => format!("ask for it instead: {{% if {field} %}} .. {{% endif %}}"),
            Self::UnknownLink { nearest: Some(nearest), .. } => format!("did you mean {{{{ link(\"{nearest}\") }}}}?"),
            Self::UnknownLink { alias, nearest: None } => {
                format!("declare it in the email: link \"{alias}\" to \"https://..\"")
            }
            Self::UnusedLink { alias } => {
                format!(
                    "use it, as in <a href=\"{{{{ link(\"{alias}\") }}}}\">, or take its `link` line out of the email"
                )
            }
            Self::Required { token, seen: Seen::OnSomePaths } => {
                format!(
                    "move it outside every `if` and every `<!--[if`, so that each person gets it: {}",
                    token.sample()
                )
            }
            Self::Required { token, .. } => format!("add {} near the end", token.sample()),
            Self::Clipped { .. } => "shorten the mail, or move pictures and styles out of the text".to_owned(),
            Self::TemplateTooLong { .. } => "is this the right file?".to_owned(),
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(syntax) => syntax.fmt(f),
            Self::Markup(markup) => markup.fmt(f),
            Self::NotAllowed(construct) => construct.fmt(f),
            Self::Foreign { token, .. } => write!(f, "`{token}` is no token of Flow, and would be mailed as it stands"),
            Self::UnknownToken { name, .. } => write!(f, "there is no field `{name}`"),
            Self::MaybeMissing { field, .. } => write!(f, "`{field}` may be missing here"),
            Self::NotPrintable { field } => write!(f, "`{field}` is not text, so it cannot be printed"),
            Self::UnknownLink { alias, .. } => write!(f, "this email declares no link \"{alias}\""),
            Self::UnusedLink { alias } => {
                write!(
                    f,
                    "link \"{alias}\" is declared but nothing in the template leads to it, so nobody can click it"
                )
            }
            Self::Required { token, seen } => {
                write!(f, "a marketing email needs {}", token.purpose())?;
                match seen {
                    Seen::Nowhere => write!(f, ", and this template has no {{{{ {} }}}}", token.name()),
                    Seen::InComment => f.write_str(", and this one is in a comment that no reader sees"),
                    Seen::OnSomePaths => f.write_str(", and this one reaches only some readers"),
                }
            }
            Self::Clipped { bytes, limit } => {
                write!(
                    f,
                    "the mail is {} KB long; Gmail cuts off what follows {} KB",
                    bytes.div_ceil(1024),
                    limit / 1024
                )
            }
            Self::TemplateTooLong { bytes, limit } => {
                write!(f, "the template is {} KB long; at most {} KB are read", bytes.div_ceil(1024), limit / 1024)
            }
        }
    }
}

impl MissingUse {
    fn help(self, field: &str) -> String {
        match self {
            Self::Printed => format!("say what to write instead: {{{{ {field} or \"..\" }}}}"),
            Self::Filtered => format!("say what to write instead, first: {{{{ {field} | default(\"..\") | .. }}}}"),
            Self::ComparedUnequal => {
                format!(
                    "a missing value would count as different; ask first: {{% if {field} %}} .. {{% endif %}} around it"
                )
            }
        }
    }
}

impl fmt::Display for Syntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclosed { opener, closer } => write!(f, "`{opener}` has no `{closer}`"),
            Self::UnclosedText { quote } => write!(f, "this text has no closing {quote}"),
            Self::ValueMissing => f.write_str("a field or a text is missing here"),
            Self::Surplus => f.write_str("there is more here than a token can hold"),
            Self::StrayTag { tag } if is_of_if(tag) => write!(f, "this `{{% {tag} %}}` belongs to no `{{% if .. %}}`"),
            Self::StrayTag { tag } => write!(f, "this `{{% {tag} %}}` ends nothing"),
            Self::MissingEndif => f.write_str("this `if` has no `{% endif %}`"),
            Self::TooManyTags { limit } => {
                write!(f, "a template may have {limit} `{{% .. %}}` tags; this one has more")
            }
            Self::Unreadable => f.write_str("this cannot be read"),
        }
    }
}

impl Syntax {
    fn help(&self) -> String {
        match self {
            Self::Unclosed { opener: opener @ "{#", .. } => {
                format!("`{opener}` opens a comment; in a style sheet put a blank between `{{` and `#`")
            }
            Self::Unclosed { closer, .. } => format!("close it with `{closer}`"),
            Self::UnclosedText { quote } => format!("add {quote} at the end of the text"),
            Self::ValueMissing => "write a field, as in {{ first_name or \"there\" }}".to_owned(),
            Self::Surplus => "a text needs quotes: {{ first_name or \"my friend\" }}".to_owned(),
            Self::StrayTag { tag } if is_of_if(tag) => "open it with {% if FIELD %}, or take it out".to_owned(),
            Self::StrayTag { .. } => "take it out".to_owned(),
            Self::MissingEndif => "add {% endif %} where it ends".to_owned(),
            Self::TooManyTags { .. } => "make two templates of it, and let the workflow choose".to_owned(),
            Self::Unreadable => "a token looks like {{ first_name or \"there\" }} or {% if first_name %}".to_owned(),
        }
    }
}

/// Whether a tag is the `if` or a part of one.
pub(super) fn is_of_if(word: &str) -> bool {
    matches!(word, "if" | "elif" | "else" | "endif")
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownTag { tag, .. } => write!(f, "MJML has no tag <{tag}>"),
            Self::UnclosedTag { tag } => write!(f, "<{tag}> is not closed"),
            Self::UnfinishedTag { tag } => write!(f, "the tag <{tag} has no `>`"),
            Self::StrayClose { tag } => write!(f, "</{tag}> closes nothing"),
            Self::UnclosedComment => f.write_str("this comment has no `-->`"),
            Self::BareLessThan => f.write_str("a lone `<` cannot stand in MJML"),
            Self::LooseText { parent } => write!(f, "<{parent}> cannot hold text"),
            Self::LooseTag { tag, parent } => write!(f, "<{parent}> cannot hold <{tag}>"),
            Self::TooDeep { limit } => write!(f, "tags may stand {limit} deep inside each other; these go deeper"),
            Self::NotMjml => f.write_str("this is not MJML: there is no <mjml> around it"),
            Self::Include => f.write_str("<mj-include> is not available"),
            Self::Lost => f.write_str("MJML leaves this place out of the mail"),
            Self::Moved => f.write_str("MJML moves this place, so an `if` would end in the wrong spot"),
            Self::Rejected => f.write_str("MJML does not allow this here"),
        }
    }
}

impl Markup {
    fn help(&self) -> String {
        match self {
            Self::UnknownTag { nearest: Some(nearest), .. } => format!("did you mean <{nearest}>?"),
            Self::UnknownTag { nearest: None, .. } => "look the tag up in the MJML documentation".to_owned(),
            Self::UnclosedTag { tag } => format!("add </{tag}> where it ends"),
            Self::UnfinishedTag { .. } => "add `>`, and look for a missing quote before it".to_owned(),
            Self::StrayClose { tag } => format!("take it out, or open <{tag}> before it"),
            Self::UnclosedComment => "add `-->` where it ends".to_owned(),
            Self::BareLessThan => "write `&lt;`".to_owned(),
            Self::LooseText { .. } => "put it into <mj-text>".to_owned(),
            Self::LooseTag { .. } => "put it into <mj-text>, or into <mj-raw> to keep it as it is".to_owned(),
            Self::TooDeep { .. } => "flatten the tables".to_owned(),
            Self::NotMjml => "begin with <mjml><mj-body>, or name the file .html".to_owned(),
            Self::Include => "copy the part into this template".to_owned(),
            Self::Lost => "move it into a tag or an attribute that MJML knows".to_owned(),
            Self::Moved => "put the whole tag inside the `if`, or use two templates".to_owned(),
            Self::Rejected => "look at the tag that opens before it, and at its quotes".to_owned(),
        }
    }
}

impl fmt::Display for Construct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag { name } => write!(f, "a mail template cannot use `{{% {name} %}}`"),
            Self::Filter { name, .. } => write!(f, "there is no `| {name}`"),
            Self::DefaultArguments => f.write_str("`default` takes one text"),
            Self::FallbackNotText => f.write_str("a fallback is a text or a field"),
            Self::Operator => f.write_str("a token cannot calculate"),
            Self::And => f.write_str("a template cannot join two questions"),
            Self::Not => f.write_str("a template cannot use `not`"),
            Self::InlineIf => f.write_str("a token cannot hold an `if`"),
            Self::Test => f.write_str("a template cannot use `is` or `in`"),
            Self::Index => f.write_str("a token cannot take a part of a value"),
            Self::Call { name } => write!(f, "there is no `{name}(..)`"),
            Self::LinkArguments => f.write_str("`link` takes one alias in quotes"),
            Self::NotAlone { name } => write!(f, "`{name}` must stand alone in its token"),
            Self::Literal => f.write_str("only a text can be printed"),
            Self::Condition => f.write_str("a condition asks for a field"),
            Self::CompareWithoutField => f.write_str("a comparison needs a field on one side and a text on the other"),
            Self::CompareNotText { field } => write!(f, "`{field}` can only be compared with a text"),
            Self::CompareNotPrintable { field } => write!(f, "`{field}` is not text, so it cannot be compared"),
            Self::UnquotedAttribute => f.write_str("a token in a tag needs quotes around it"),
        }
    }
}

impl Construct {
    fn help(&self) -> String {
        match self {
            Self::Tag { .. } => "there are {% if %}, {% elif %}, {% else %} and {% endif %}".to_owned(),
            Self::Filter { nearest: Some(nearest), .. } => format!("did you mean `| {nearest}`?"),
            Self::Filter { nearest: None, .. } => "there are default, upper, lower, title and capitalize".to_owned(),
            Self::DefaultArguments => "write {{ first_name | default(\"there\") }}".to_owned(),
            Self::FallbackNotText => "put it in quotes: {{ employees or \"many\" }}".to_owned(),
            Self::Operator => "set a field in the workflow and print that".to_owned(),
            Self::And => "for `and` put one {% if %} inside the other, for `or` use {% elif %}".to_owned(),
            Self::Not => "use {% else %}: {% if first_name %}{% else %} .. {% endif %}".to_owned(),
            Self::InlineIf => "write {% if first_name %} .. {% else %} .. {% endif %}".to_owned(),
            Self::Test => "write {% if first_name %} or {% if industry == \"saas\" %}".to_owned(),
            Self::Index => "print the whole field".to_owned(),
            Self::Call { .. } => "the one call is {{ link(\"alias\") }}".to_owned(),
            Self::LinkArguments => "write {{ link(\"guide\") }}".to_owned(),
            Self::NotAlone { name } if name == "link" => "write {{ link(\"guide\") }} and nothing else".to_owned(),
            Self::NotAlone { name } => format!("write {{{{ {name} }}}} and nothing else; it is always there"),
            Self::Literal => "write it outside the token".to_owned(),
            Self::Condition | Self::CompareWithoutField => {
                "write {% if first_name %} or {% if industry == \"saas\" %}".to_owned()
            }
            Self::CompareNotText { field } => format!("put it in quotes: {{% if {field} == \"..\" %}}"),
            Self::CompareNotPrintable { field } => format!("write {{% if {field} %}}"),
            Self::UnquotedAttribute => "write href=\"{{ .. }}\"".to_owned(),
        }
    }
}

/// The candidate that differs by no more than a slip of the hand or the other way to write a name (`firstName`).
pub(super) fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<String> {
    let wanted = plain(name);
    let most = (wanted.chars().count() / 3).max(1);
    candidates
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}
