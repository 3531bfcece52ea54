//! What a server's refusal means for the contact and the sender.
//!
//! The enhanced status (RFC 3463, `5.1.1`) is more precise than the reply code (`550`) and wins. Where neither says enough the text is
//! searched, and in doubt the contact is kept: to suppress a person for a sender's fault loses them for good.

use std::fmt;

use super::session::Stage;
use crate::dispatch::channels::RefusedKind::{self, Blocked, HardBounce, Invalid};

/// What a server answered is shown up to this many characters.
const SHOWN_MAX_CHARS: usize = 500;

/// An answer of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    /// Without the code, at least one.
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// Whether the dialogue goes on as it should.
    pub(super) fn is_positive(&self) -> bool {
        self.code < 400
    }

    /// All lines as one. Servers write their status before each; it is said once.
    pub(super) fn text(&self) -> String {
        let Some((first, others)) = self.lines.split_first() else { return String::new() };
        let status = first.split_whitespace().next().filter(|_| enhanced(first).is_some());
        let unrepeated = |line: &String| {
            let rest = status.and_then(|status| line.strip_prefix(status)).filter(|rest| rest.starts_with(' '));
            rest.map_or(line.as_str(), str::trim_start).to_owned()
        };
        let lines: Vec<String> = std::iter::once(first.clone()).chain(others.iter().map(unrepeated)).collect();
        short(&lines.join(" "))
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.text())
    }
}

/// The other side wrote it: one line, of bounded length.
pub(super) fn short(text: &str) -> String {
    crate::mail::one_line(text).chars().take(SHOWN_MAX_CHARS).collect()
}

/// What an answer means, and whom it is about: only what is about a recipient or a message can cost one of them anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It passes.
    Later,
    /// Whoever we say that we are, is not accepted: no mail to anybody fares better until somebody mends the settings.
    OfSettings,
    /// The other side's rules are against it. Whether that is for the sender, the recipient or the message only further answers tell.
    OfPolicy,
    OfRecipient(RefusedKind),
    OfMessage(RefusedKind),
}

/// How servers say that nobody lives there when their codes do not.
const NOBODY_THERE: [&str; 11] = [
    "user unknown",
    "unknown user",
    "unknown recipient",
    "recipient unknown",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "mailbox not found",
    "user not found",
    "does not exist",
    "doesn't exist",
];

pub(super) fn judge(stage: Stage, reply: &Reply) -> Verdict {
    if reply.code < 500 {
        return Verdict::Later;
    }
    // In the middle of the dialogue it asks who we are.
    if asks_for_login(reply.code) {
        return Verdict::OfSettings;
    }
    let status = enhanced(&reply.text());
    let verdict = status.and_then(by_status).unwrap_or_else(|| by_code(stage, reply));
    match (stage, verdict) {
        // The recipient was not named yet, and of the message no more than its sender.
        (Stage::Sender, Verdict::Later | Verdict::OfMessage(Blocked)) => verdict,
        (Stage::Sender, _) => Verdict::OfSettings,
        _ => verdict,
    }
}

/// Whether an answer before any message is a fault of the settings, as against one of a server that is out of order.
pub(super) fn is_of_settings(reply: &Reply) -> bool {
    judge(Stage::Sender, reply) == Verdict::OfSettings
}

/// Whether it is the login that is refused, or missing.
pub(super) fn asks_for_login(code: u16) -> bool {
    matches!(code, 530 | 534 | 535 | 538)
}

/// Subject and detail of a status at the start of the text, with its class.
fn enhanced(text: &str) -> Option<(u16, u16, u16)> {
    let word = text.split_whitespace().next()?.trim_matches(|c: char| !c.is_ascii_digit());
    let mut numbers = word.split('.').map(|number| number.parse().ok());
    match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
        (Some(class), Some(subject), Some(detail), None) => Some((class?, subject?, detail?)),
        _ => None,
    }
}

fn by_status(status: (u16, u16, u16)) -> Option<Verdict> {
    Some(match status {
        (4, _, _) => Verdict::Later,
        (5, 1, 0..=3 | 6 | 10) | (5, 2, 1) | (5, 4, 4) => Verdict::OfRecipient(HardBounce),
        // Too large for the server or the mailbox, or of a form that they do not take.
        (5, 3, 4) | (5, 2, 3) | (5, 6, _) => Verdict::OfMessage(Blocked),
        // By their meaning these are about the sender's address and the login, whenever they are said.
        (5, 1, 7 | 8) | (5, 7, 8 | 9) => Verdict::OfSettings,
        (5, 7, _) => Verdict::OfPolicy,
        // Full, or out of order: it passes.
        (5, 2, 2) | (5, 3 | 4, _) => Verdict::Later,
        (5, 5, _) => Verdict::OfMessage(Invalid),
        _ => return None,
    })
}

fn by_code(stage: Stage, reply: &Reply) -> Verdict {
    let text = reply.text().to_lowercase();
    match reply.code {
        _ if NOBODY_THERE.iter().any(|words| text.contains(words)) => Verdict::OfRecipient(HardBounce),
        521 | 551 | 553 | 556 if stage == Stage::Recipient => Verdict::OfRecipient(HardBounce),
        552 if stage == Stage::Recipient => Verdict::Later,
        552 => Verdict::OfMessage(Blocked),
        500..=504 | 555 => Verdict::OfMessage(Invalid),
        _ => Verdict::OfPolicy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_judged_by_status_then_code_then_text() {
        use Stage::{Content, Recipient, Sender};
        let (later, hard, invalid) = (Verdict::Later, Verdict::OfRecipient(HardBounce), Verdict::OfMessage(Invalid));
        let (policy, settings, large) = (Verdict::OfPolicy, Verdict::OfSettings, Verdict::OfMessage(Blocked));
        for (stage, code, text, verdict) in [
            (Recipient, 451, "4.7.1 greylisted, try again", later),
            (Recipient, 450, "", later),
            (Content, 421, "4.3.2 shutting down", later),
            (Recipient, 550, "5.1.1 <bo@example.com>: unknown", hard),
            (Recipient, 550, "5.1.10 null MX", hard),
            (Content, 550, "5.1.1 no mailbox", hard),
            (Recipient, 550, "#5.1.1 bad destination", hard),
            (Recipient, 550, "5.2.1 disabled", hard),
            (Recipient, 552, "5.2.2 over quota", later),
            (Recipient, 550, "5.4.4 no route", hard),
            (Recipient, 554, "5.4.6 loop", later),
            (Recipient, 550, "5.7.1 relaying denied", policy),
            (Content, 550, "5.7.26 not authenticated", policy),
            (Content, 550, "5.7.515 access denied", policy),
            (Content, 552, "5.3.4 too big", large),
            (Content, 554, "5.6.0 content", large),
            (Content, 552, "too big", large),
            (Recipient, 501, "5.5.4 bad argument", invalid),
            (Recipient, 501, "5.1.3 bad address syntax", hard),
            (Recipient, 550, "4.2.2 full for now", later),
            (Recipient, 550, "5.0.0 User unknown", hard),
            (Recipient, 550, "5.0.0 go away", policy),
            (Recipient, 550, "No such user here", hard),
            (Recipient, 550, "rejected for policy reasons", policy),
            (Recipient, 553, "mailbox name not allowed", hard),
            (Recipient, 552, "storage exceeded", later),
            (Recipient, 556, "takes no mail", hard),
            (Content, 554, "looks like spam from 5.1.1.9", policy),
            (Content, 500, "what?", invalid),
            (Recipient, 552, "5.2.3 too long for this mailbox", large),
            (Content, 530, "5.7.0 authentication required", settings),
            (Recipient, 550, "5.7.8 authentication failed", settings),
            (Recipient, 553, "5.1.8 <a@b>: Sender address rejected: Domain not found", settings),
            (Sender, 550, "5.1.0 sender rejected", settings),
            (Sender, 550, "5.7.1 Sender address rejected: not owned by user", settings),
            (Sender, 553, "5.1.8 domain of sender does not exist", settings),
            (Sender, 550, "no such user here", settings),
            (Sender, 554, "", settings),
            (Sender, 501, "5.5.4 bad sender", settings),
            (Sender, 503, "log in first", settings),
            (Sender, 530, "5.7.0 authentication required", settings),
            // About the message, or it passes.
            (Sender, 552, "", large),
            (Sender, 552, "5.3.4 message too big", large),
            (Sender, 552, "5.2.3 message too long", large),
            (Sender, 553, "5.6.7 no SMTPUTF8", large),
            (Sender, 550, "5.3.2 not now", later),
            (Sender, 550, "4.7.0 slow down", later),
            (Sender, 451, "4.7.1 greylisted", later),
        ] {
            let reply = Reply { code, lines: vec![text.to_owned()] };
            assert_eq!(judge(stage, &reply), verdict, "{stage:?} {code} {text}");
        }
    }
    #[test]
    fn a_status_is_said_once() {
        let said = |lines: &[&str]| {
            Reply { code: 550, lines: lines.iter().map(|&line| line.to_owned()).collect() }.to_string()
        };
        assert_eq!(said(&["5.7.1 first,", "5.7.1 second"]), "550 5.7.1 first, second");
        assert_eq!(said(&["one", "one more"]), "550 one one more");
        assert_eq!(said(&["5.7.1 first,", "5.7.13 second"]), "550 5.7.1 first, 5.7.13 second");
        assert_eq!(said(&[""]), "550 ");
    }
}
