//! Events of the mail itself and of consent, under whatever name a stream gives them (`stdlib/names.txt`).

use flow_ir::{EngagementKind, PatternEvent};

/// What happened to a mail, or to the right to send one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MailEvent {
    /// The receiving server took it.
    Delivered,
    /// Its pictures were loaded, by somebody or something.
    Opened,
    /// A link in it was followed, by somebody or something.
    Clicked,
    /// It was answered.
    Replied,
    /// It came back; for good where its `bounce_type` is `hard`.
    Bounced,
    /// It was called spam.
    MarkedAsSpam,
    /// Consent was taken back.
    Unsubscribed,
    /// Consent was given, or asked for where it has to be confirmed.
    Subscribed,
    /// It was confirmed, by an act of the person on a page.
    Confirmed,
}

impl MailEvent {
    pub(crate) const ALL: [MailEvent; 9] = [
        MailEvent::Delivered,
        MailEvent::Opened,
        MailEvent::Clicked,
        MailEvent::Replied,
        MailEvent::Bounced,
        MailEvent::MarkedAsSpam,
        MailEvent::Unsubscribed,
        MailEvent::Subscribed,
        MailEvent::Confirmed,
    ];

    /// The name that Segment gives to it, in lower snake case.
    pub(crate) fn name(self) -> &'static str {
        match self {
            MailEvent::Delivered => "email_delivered",
            MailEvent::Opened => "email_opened",
            MailEvent::Clicked => "email_link_clicked",
            MailEvent::Replied => "email_replied",
            MailEvent::Bounced => "email_bounced",
            MailEvent::MarkedAsSpam => "email_marked_as_spam",
            MailEvent::Unsubscribed => "unsubscribed",
            MailEvent::Subscribed => "subscribed",
            MailEvent::Confirmed => flow_ir::CONFIRMED,
        }
    }

    /// Whether it shows that the person is there. Deliveries and bounces are machines' work and opens too often are; whoever
    /// unsubscribes or complains asks to be left alone, and must not count as back.
    pub(crate) fn is_activity(self) -> bool {
        matches!(self, MailEvent::Clicked | MailEvent::Replied | MailEvent::Subscribed | MailEvent::Confirmed)
    }

    /// What it tells of mails, whichever they are, where that can be asked.
    pub(crate) fn told_of_mails(self) -> Option<PatternEvent> {
        Some(match self {
            MailEvent::Delivered => PatternEvent::Mailed,
            MailEvent::Opened => PatternEvent::Engaged(EngagementKind::Opened),
            MailEvent::Clicked => PatternEvent::Engaged(EngagementKind::Clicked),
            MailEvent::Replied => PatternEvent::Engaged(EngagementKind::Replied),
            MailEvent::Bounced => PatternEvent::Engaged(EngagementKind::Bounced),
            MailEvent::MarkedAsSpam | MailEvent::Unsubscribed | MailEvent::Subscribed | MailEvent::Confirmed => {
                return None;
            }
        })
    }

    /// Whether it takes the right to write to an address away: then it counts even where its time or its person cannot be read (E7).
    pub(crate) fn is_refusal(self) -> bool {
        matches!(self, MailEvent::Bounced | MailEvent::MarkedAsSpam | MailEvent::Unsubscribed)
    }
}

#[cfg(test)]
mod tests {
    use super::MailEvent;
    use flow_front::naming::tells_of_mail;

    /// The checker takes every other event for a sign of the person.
    #[test]
    fn what_is_no_activity_is_known_to_the_checker() {
        for mail in MailEvent::ALL {
            assert!(mail.is_activity() || tells_of_mail(mail.name()), "{mail:?}");
        }
    }
}
