//! Events of the mail itself, under the names of Segment's email specification.

/// What happened to a mail, or to the right to send one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MailEvent {
    Delivered,
    Opened,
    Clicked,
    Replied,
    Bounced,
    Complained,
    Unsubscribed,
}

impl MailEvent {
    pub(super) fn of(snake_name: &str) -> Option<MailEvent> {
        Some(match snake_name {
            "email_delivered" => MailEvent::Delivered,
            "email_opened" => MailEvent::Opened,
            "email_link_clicked" => MailEvent::Clicked,
            "email_replied" => MailEvent::Replied,
            "email_bounced" => MailEvent::Bounced,
            "email_marked_as_spam" => MailEvent::Complained,
            "unsubscribed" => MailEvent::Unsubscribed,
            _ => return None,
        })
    }

    /// Whether it shows that the person is there. Deliveries and bounces are machines' work and opens too often are; whoever
    /// unsubscribes or complains asks to be left alone, and must not count as back.
    pub(super) fn is_activity(self) -> bool {
        matches!(self, MailEvent::Clicked | MailEvent::Replied)
    }
}

#[cfg(test)]
mod tests {
    use super::MailEvent;
    use flow_front::naming::tells_of_mail;

    /// The checker takes every other event for a sign of the person.
    #[test]
    fn what_is_no_activity_is_known_to_the_checker() {
        for name in [
            "email_delivered",
            "email_opened",
            "email_bounced",
            "email_marked_as_spam",
            "unsubscribed",
            "email_link_clicked",
            "email_replied",
        ] {
            assert!(MailEvent::of(name).is_some_and(|mail| mail.is_activity() || tells_of_mail(name)), "{name}");
        }
        for name in ["visited", "requested_demo", "emailed", "subscribed"] {
            assert!(MailEvent::of(name).is_none() && !tells_of_mail(name), "{name}");
        }
    }
}
