//! What is wrong with a template, and what to write instead, in the words of whoever writes mails.

use std::fmt;

use super::fault::{Construct, FaultKind, Markup, MissingUse, RequiredToken, Seen, Slip, Syntax, Unseen, is_of_if};
use crate::diagnostics::suggest;
use crate::naming::{instead_of, snake_case};
use crate::syntax::wording::type_for;

/// More values of a field are only counted.
const MAX_TOLD_CHOICES: usize = 8;

impl RequiredToken {
    fn purpose(self) -> &'static str {
        match self {
            Self::UnsubscribeUrl => "a way to unsubscribe",
            Self::SenderAddress => "the sender's postal address",
            Self::ConfirmUrl => "a link by which people confirm",
        }
    }
}

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Comment => f.write_str("is in a comment that no reader sees"),
            Self::Element { tag } => write!(f, "is in `<{tag}>`, which no reader sees in the mail"),
            Self::Attribute { name } => write!(f, "is in `{name}=\"..\"`, where nobody can read or click it"),
            Self::Style { how } => write!(f, "is hidden by `{how}`, so no reader sees it"),
            Self::Rule { rule } => write!(f, "is hidden by the rule `{rule}`, so no reader sees it"),
            Self::Colour { by } => match by.as_ref() {
                Self::Rule { rule } => {
                    write!(f, "has the colour of what is behind it by the rule `{rule}`, so no reader sees it")
                }
                Self::Style { how } => {
                    write!(f, "has the colour of what is behind it by `{how}`, so no reader sees it")
                }
                by => by.fmt(f),
            },
            Self::Outlook { how } => write!(f, "is hidden from readers with Outlook by `{how}`"),
            Self::Dead { how } => write!(f, "cannot be clicked because of `{how}`"),
            Self::Second { attribute } => {
                write!(f, "is in a second `{attribute}` of its tag, and mail programs read the first alone")
            }
            Self::Folded { tag } => write!(f, "is in `<{tag}>`, which many mail programs never unfold"),
            Self::Empty { tag } => write!(f, "belongs to `<{tag}>` with nothing in it to see, so nobody can click it"),
            Self::Behind { attribute } => {
                write!(f, "has other text before it in `{attribute}=\"..\"`, so a click leads elsewhere")
            }
            Self::Unfinished { tag } => write!(f, "is in a `<{tag}` without its `>`, which no reader sees"),
        }
    }
}

impl FaultKind {
    /// What to write instead, with the mended line where there is one.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::Syntax(syntax) => syntax.help(),
            Self::Markup(markup) => markup.help(),
            Self::NotAllowed(construct) => construct.help(),
            Self::Foreign { field: Some(_), .. } => "nothing fills it in; Flow writes".to_owned(),
            Self::Foreign { token, field: None } if asks_for_web_version(token) => {
                "a mail has no version in the browser: leave the link out".to_owned()
            }
            Self::Foreign { field: None, .. } => {
                "nothing fills it in; Flow writes {{ first_name or \"there\" }}, and {% if FIELD %} .. {% endif %}"
                    .to_owned()
            }
            Self::UnknownToken { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownToken { name, nearest: None } => match declared_name(name) {
                Some(name) => {
                    let ty = type_for(&name);
                    format!("declare the field with `contact {{ {name} {ty}? }}`, or take the token out")
                }
                None => "take the token out, or write the name of a field: {{ first_name or \"there\" }}".to_owned(),
            },
            Self::NeverHeld { choices: None, .. } => "a mail has the English name of a country:".to_owned(),
            Self::NeverHeld { choices: Some(choices), .. } => {
                let names: Vec<&str> = choices.iter().map(String::as_str).collect();
                format!("its values are {}", suggest::list(&names, MAX_TOLD_CHOICES))
            }
            Self::MaybeMissing { field, usage } => usage.help(field),
            Self::NotPrintable { field } => format!("ask for it instead: {{% if {field} %}} .. {{% endif %}}"),
            Self::UnknownLink { nearest: Some(nearest), .. } => format!("did you mean {{{{ link(\"{nearest}\") }}}}?"),
            Self::UnknownLink { alias, nearest: None } => {
                format!("declare it in the email: link \"{alias}\" to \"https://..\"")
            }
            Self::UnusedLink { alias, unseen: None } => {
                format!(
                    "use it, as in <a href=\"{{{{ link(\"{alias}\") }}}}\">, or take its `link` line out of the email"
                )
            }
            Self::UnusedLink { alias, .. } => {
                format!("put it where it is seen: <a href=\"{{{{ link(\"{alias}\") }}}}\">Read on</a>")
            }
            Self::WrittenOut { .. } => "lead there by the link's name:".to_owned(),
            Self::Required { seen: Seen::OnSomePaths, .. } => {
                "put it outside every `if` and every `<!--[if`, so that each person gets it:".to_owned()
            }
            Self::Required { seen: Seen::Unseen(unseen), .. } if unseen.is_by_style() => {
                "put it where everybody sees it, or take out what hides it:".to_owned()
            }
            Self::Required { seen: Seen::Unseen(_), .. } => "put it where everybody sees it:".to_owned(),
            Self::Required { .. } => "add it here:".to_owned(),
            Self::ConfirmsElsewhere => {
                "take it out, or name this email in the policy where it asks people to confirm: `confirm by EMAIL`"
                    .to_owned()
            }
            Self::MailTooLarge { .. } => "shorten it, or move pictures and styles out of the text".to_owned(),
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
            Self::NeverHeld { field, value, .. } => write!(f, "`{field}` can never be \"{value}\""),
            Self::MaybeMissing { field, .. } => write!(f, "`{field}` may be missing here"),
            Self::NotPrintable { field } => write!(f, "`{field}` is not text, so it cannot be printed"),
            Self::UnknownLink { alias, .. } => write!(f, "this email declares no link \"{alias}\""),
            Self::UnusedLink { alias, unseen: None } => {
                write!(
                    f,
                    "link \"{alias}\" is declared but nothing in the template leads to it, so nobody can click it"
                )
            }
            Self::UnusedLink { alias, unseen: Some(unseen) } => {
                write!(f, "link \"{alias}\" must be one that people can click, and this one {unseen}")
            }
            Self::WrittenOut { alias } => {
                write!(f, "this is the address of link \"{alias}\", written out: clicks on it would not be known")
            }
            Self::Required { token, seen } => {
                let of = if *token == RequiredToken::ConfirmUrl {
                    "an email named by `confirm by`"
                } else {
                    "a marketing email"
                };
                write!(f, "{of} needs {}", token.purpose())?;
                match seen {
                    Seen::Nowhere => write!(f, ", and this template has no {{{{ {} }}}}", token.name()),
                    Seen::Unseen(unseen) => write!(f, ", and this one {unseen}"),
                    Seen::OnSomePaths => f.write_str(", and this one reaches only some readers"),
                }
            }
            Self::ConfirmsElsewhere => f.write_str(
                "the link by which people confirm that they want mail is for the one email that asks them to",
            ),
            Self::MailTooLarge { bytes, limit } => {
                write!(
                    f,
                    "the mail is {} KB long before any field is filled in; at most {} KB are sent",
                    bytes.div_ceil(1024),
                    limit / 1024
                )
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
            Self::Printed => format!("say what to write instead: {{{{ {field} or \"{}\" }}}}", instead_of(field)),
            Self::Filtered => {
                format!("say what to write instead, first: {{{{ {field} | default(\"{}\") | .. }}}}", instead_of(field))
            }
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
            Self::Unopened { opener, closer } => write!(f, "`{closer}` has no `{opener}`"),
            Self::UnclosedText { quote } => write!(f, "this text has no closing {quote}"),
            Self::ValueMissing => f.write_str("a field or a text is missing here"),
            Self::Surplus => f.write_str("there is more here than a token can hold"),
            Self::StrayTag { tag } if is_of_if(tag) => write!(f, "this `{{% {tag} %}}` belongs to no `{{% if .. %}}`"),
            Self::StrayTag { tag } => write!(f, "this `{{% {tag} %}}` ends nothing"),
            Self::MissingEndif => f.write_str("this `if` has no `{% endif %}`"),
            Self::Slip(slip) => f.write_str(slip.message()),
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
            Self::Unopened { opener, closer } => format!("open the token with `{opener}`, or take `{closer}` out"),
            Self::UnclosedText { quote } => format!("add {quote} at the end of the text"),
            Self::ValueMissing => "write a field, as in {{ first_name or \"there\" }}".to_owned(),
            Self::Surplus => "a text needs quotes: {{ first_name or \"my friend\" }}".to_owned(),
            Self::StrayTag { tag } if is_of_if(tag) => "open it with {% if FIELD %}, or take it out".to_owned(),
            Self::StrayTag { .. } => "take it out:".to_owned(),
            Self::Slip(slip) => slip.help().to_owned(),
            Self::MissingEndif => "add {% endif %} where it ends".to_owned(),
            Self::TooManyTags { .. } => "make two templates of it, and let the workflow choose".to_owned(),
            Self::Unreadable => "a token looks like {{ first_name or \"there\" }} or {% if first_name %}".to_owned(),
        }
    }
}

impl Slip {
    fn message(self) -> &'static str {
        match self {
            Self::Typographic => "a typographic quote cannot be read here",
            Self::Link => "this is not how a link is written",
            Self::Fallback => "this is how another tool says what to write where a value is missing",
            Self::Unquoted => "a text needs quotes",
            Self::ForeignIf => "this is how another tool asks about a field",
            Self::Braces => "there are too many braces here",
            Self::Editor => "an editor put signs into this token that it cannot have",
            Self::Empty => "a field that somebody lacks equals nothing, so this is never asked of them",
            Self::Word => "this is how another tool writes it",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Typographic => "write plain quotes (`\"`):",
            Self::Link => "the name of a link stands in brackets and quotes:",
            Self::Fallback | Self::ForeignIf => "Flow writes:",
            Self::Unquoted => "put it in quotes:",
            Self::Braces => "two are enough, for every value is made safe:",
            Self::Editor => "write it plainly, in the source of the mail:",
            Self::Empty => "ask for the field itself; behind {% else %} are those who lack it:",
            Self::Word => "Flow writes:",
        }
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownTag { tag, .. } => write!(f, "MJML has no tag <{tag}>"),
            Self::UnclosedTag { tag } => write!(f, "<{tag}> is not closed"),
            Self::UnfinishedTag { tag } => write!(f, "the tag <{tag} has no `>`"),
            Self::StrayClose { tag } => write!(f, "</{tag}> closes nothing"),
            Self::Misclosed { tag, open } => write!(f, "</{tag}> closes nothing: <{open}> is open here"),
            Self::Twice { attribute } => write!(f, "`{attribute}` stands twice in this tag"),
            Self::Unquoted { attribute } => write!(f, "what `{attribute}` says needs quotes"),
            Self::UnclosedComment => f.write_str("this comment has no `-->`"),
            Self::BareLessThan => f.write_str("a lone `<` cannot stand in MJML"),
            Self::LooseText { parent } => write!(f, "<{parent}> cannot hold text"),
            Self::LooseTag { tag, parent } => write!(f, "<{parent}> cannot hold <{tag}>"),
            Self::TooDeep { limit } => write!(f, "tags may stand {limit} deep inside each other; these go deeper"),
            Self::NotMjml => f.write_str("this is not MJML: there is no <mjml> around it"),
            Self::Include => f.write_str("<mj-include> is not available"),
            Self::NotInline { rule } => write!(f, "`{rule}` cannot be written into an element"),
            Self::UnclosedRule => f.write_str("this `{` of a style sheet has no `}`"),
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
            Self::Misclosed { open, .. } => format!("did you mean </{open}>?"),
            Self::Twice { .. } => "take one of the two out".to_owned(),
            Self::Unquoted { .. } => "put it in quotes:".to_owned(),
            Self::UnclosedComment => "add `-->` where it ends".to_owned(),
            Self::BareLessThan => "write `&lt;`".to_owned(),
            Self::LooseText { .. } => "put it into <mj-text>".to_owned(),
            Self::LooseTag { .. } => "put it into <mj-text>, or into <mj-raw> to keep it as it is".to_owned(),
            Self::TooDeep { .. } => "flatten the tables".to_owned(),
            Self::NotMjml => "begin with <mjml><mj-body>, or name the file .html".to_owned(),
            Self::Include => "copy the part into this template".to_owned(),
            Self::NotInline { .. } => "move this rule into an <mj-style> without `inline`".to_owned(),
            Self::UnclosedRule => "add `}` where the rule ends".to_owned(),
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
            Self::NeedlessFilter { name } => write!(f, "there is no `| {name}`: every value is made safe for the mail"),
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
            Self::CompareNotText { field, .. } => write!(f, "`{field}` can only be compared with a text"),
            Self::CompareNotPrintable { field } => write!(f, "`{field}` is not text, so it cannot be compared"),
            Self::UnquotedAttribute => f.write_str("a token in a tag needs quotes around it"),
            Self::AsAddress { attribute, .. } => {
                write!(
                    f,
                    "a value cannot say where `{attribute}=\"..\"` leads: whoever writes the field could lead people anywhere"
                )
            }
            Self::BehindText { attribute } => {
                write!(f, "a link is a whole address, and here other text stands before it in `{attribute}=\"..\"`")
            }
            Self::Script { scheme } => {
                write!(f, "`{scheme}:` does nothing in a mail: mail programs take it out, and nobody can click it")
            }
            Self::InCode { what } => {
                write!(f, "a value cannot stand in `{what}`, which machines read: what is in the field could break it")
            }
        }
    }
}

impl Construct {
    fn help(&self) -> String {
        match self {
            Self::Tag { name } if name.to_lowercase().contains("unsub") => "Flow's way out is a link:".to_owned(),
            Self::Tag { .. } => "there are {% if %}, {% elif %}, {% else %} and {% endif %}".to_owned(),
            Self::Filter { nearest: Some(nearest), .. } => format!("did you mean `| {nearest}`?"),
            Self::Filter { name, nearest: None } if name.contains("date") || name.contains("time") => {
                "a mail writes a date as it is kept, such as 2026-03-02: take it out".to_owned()
            }
            Self::NeedlessFilter { .. } => "take it out:".to_owned(),
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
            Self::CompareNotText { field, value } => format!("put it in quotes: {{% if {field} == \"{value}\" %}}"),
            Self::CompareNotPrintable { field } => format!("write {{% if {field} %}}"),
            Self::UnquotedAttribute => "write href=\"{{ .. }}\"".to_owned(),
            Self::AsAddress { attribute, .. } if attribute != "href" => format!(
                "write the address itself; a value may stand behind its host, as in {attribute}=\"https://acme.example/{{{{ industry or \"all\" }}}}.png\""
            ),
            Self::AsAddress { declared: true, .. } => "lead to the link of that name:".to_owned(),
            Self::AsAddress { link, .. } => format!(
                "write the address into the email, as in\n  link \"{link}\" to \"https://acme.example/page\"\nand lead there by its name:\n  href=\"{{{{ link(\"{link}\") }}}}\""
            ),
            Self::Script { .. } => "lead to a page of your own: href=\"https://acme.example/page\"".to_owned(),
            Self::BehindText { .. } => "write it alone:".to_owned(),
            Self::InCode { .. } => {
                "write it without the value; to choose, put {% if industry == \"saas\" %} .. {% else %} .. {% endif %} around it"
                    .to_owned()
            }
        }
    }
}

/// A name that a `contact` block takes, from one as written: `contact.firstName` would be `first_name`.
/// `*|ARCHIVE|*`, `%view_in_browser%`
fn asks_for_web_version(token: &str) -> bool {
    let plain: String = token.to_lowercase().chars().filter(|sign| sign.is_alphanumeric()).collect();
    ["archive", "browser", "webversion", "onlineversion", "mirrorpage"].iter().any(|word| plain.contains(word))
}

fn declared_name(written: &str) -> Option<String> {
    let name = snake_case(written.rsplit('.').next()?);
    name.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(name).filter(|name| name.is_ascii())
}
