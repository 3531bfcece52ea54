//! `<!--[if mso]> .. <![endif]-->`: what Outlook on Windows reads and all others do not, or the other way round.
//!
//! ```text
//! <!--[if mso]> .. <![endif]-->              for Outlook alone
//! <!--[if !mso]><!--> .. <!--<![endif]-->    for all but Outlook
//! <!--[if !mso]> .. <![endif]-->             for nobody: all others take it for a comment
//! <!--[if gte mso 15]> .. <![endif]-->       for some with Outlook
//! ```
//!
//! So neither alone reaches everybody; one of each does.

/// Who reads what stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Readers {
    pub(super) outlook: bool,
    pub(super) others: bool,
    /// Some with Outlook, which is not all of them.
    pub(super) some: bool,
}

impl Readers {
    pub(super) const ALL: Self = Self { outlook: true, others: true, some: true };

    /// Of a comment that hides its contents from all but Outlook, by what it asks.
    pub(super) fn hidden(asked: &str) -> Self {
        let outlook = holds_in_outlook(asked);
        Self { outlook: outlook == Some(true), others: false, some: outlook != Some(false) }
    }

    /// Of one that shows them to the others.
    pub(super) fn shown(asked: &str) -> Self {
        Self { others: true, ..Self::hidden(asked) }
    }

    /// Of a place inside two of them.
    pub(super) fn within(self, other: Self) -> Self {
        Self {
            outlook: self.outlook && other.outlook,
            others: self.others && other.others,
            some: self.some && other.some,
        }
    }

    pub(super) fn is_nobody(self) -> bool {
        !self.outlook && !self.others && !self.some
    }
}

/// Whether it is so in every Outlook on Windows, in none, or in some.
fn holds_in_outlook(asked: &str) -> Option<bool> {
    let asked: String =
        asked.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')')).collect();
    let mut any = Some(false);
    for part in asked.split('|') {
        let mut all = Some(true);
        for word in part.split('&') {
            all = match (all, atom(word)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (None, _) | (_, None) => None,
                (Some(true), Some(true)) => Some(true),
            };
        }
        any = match (any, all) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (None, _) | (_, None) => None,
            (Some(false), Some(false)) => Some(false),
        };
    }
    any
}

fn atom(word: &str) -> Option<bool> {
    if let Some(word) = word.strip_prefix('!') {
        return atom(word).map(|holds| !holds);
    }
    // The oldest in use is 12, of 2007.
    let version = |sign: &str| word.strip_prefix(sign).and_then(|number| number.parse::<u32>().ok());
    match word {
        "mso" | "true" | "vml" => Some(true),
        "ie" | "false" => Some(false),
        _ if word.contains("ie") && !word.contains("mso") => Some(false),
        _ => match (version("gtemso"), version("gtmso"), version("ltmso"), version("ltemso")) {
            (Some(number), ..) => (number <= 12).then_some(true),
            (_, Some(number), ..) => (number < 12).then_some(true),
            (_, _, Some(number), _) => (number <= 12).then_some(false),
            (.., Some(number)) => (number < 12).then_some(false),
            _ => None,
        },
    }
}

/// What `[if ..]` at the beginning of a comment asks.
pub(super) fn asked(comment: &str) -> Option<&str> {
    let asked = comment.trim_start().strip_prefix("[if")?;
    asked.split_once(']').map(|(asked, _)| asked.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlook_is_told_from_the_others() {
        for (asked, outlook) in [
            ("mso", Some(true)),
            ("gte mso 9", Some(true)),
            ("(gte mso 9)|(IE)", Some(true)),
            ("mso | IE", Some(true)),
            ("!mso", Some(false)),
            ("!mso & !IE", Some(false)),
            ("lt mso 9", Some(false)),
            ("IE", Some(false)),
            ("!IE", Some(true)),
            ("gte mso 15", None),
            ("mso 16", None),
        ] {
            assert_eq!(holds_in_outlook(asked), outlook, "{asked}");
        }
    }
}
