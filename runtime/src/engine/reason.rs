//! Why something was decided, as numbers that stores keep and words that people read.
//!
//! A number is never given to another meaning: totals and explanations of years ago still carry it.

use crate::store::DecisionCode;
use flow_ir::Answer;

/// Reasons of one kind of decision: the number that is kept, and what it says to people.
macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $number:literal $words:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u32)]
        pub enum $name { $(#[doc = concat!($words, ".")] $(#[$vdoc])* $variant = $number),* }

        impl $name {
            /// All of them, by number.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// What a decision record keeps.
            pub const fn number(self) -> u32 {
                self as u32
            }

            /// The reason of a number that a store kept; none where a newer Flow wrote it, and for 0.
            pub const fn from_number(number: u32) -> Option<$name> {
                match number { $($number => Some($name::$variant),)* _ => None }
            }

            /// For people, to follow "because".
            pub const fn words(self) -> &'static str {
                match self { $($name::$variant => $words),* }
            }
        }
    )*};
}

reasons! {
    /// Why an entry was not followed (E4).
    Ignored {
        /// The fields are told by [`Lacked`](crate::store::DecisionCode::Lacked), a decision each.
        NotIdentified = 1 "not everything that is required is known of the contact",
        AlreadyIn = 2 "the contact is in this workflow already",
        OnlyOnce = 3 "the contact was in this workflow before and it takes everyone once",
        TooSoon = 4 "the contact left this workflow too recently to come in again",
        Skipped = 5 "the workflow skips this contact",
        GoalHolds = 6 "the goal is met already",
        /// The decision's step is the number of the exit.
        ExitHolds = 7 "an exit condition holds already",
        TakenBack = 8 "another workflow stopped this one before it began",
        ConditionFails = 9 "the condition beside the event does not hold",
        /// What came later counts as theirs too when the turn comes.
        Waiting = 10 "the contact waits for their turn in this workflow already",
        /// §5 of the language: no workflow lets itself in again and again.
        OwnSteps = 11 "the workflow's own steps made it true",
        Gone = 12 "the workflow was taken out of the project before it began",
        /// `reenter always`: the latest of them.
        Remembered = 13 "the contact is in this workflow already, and comes in again when that ends",
        KeptOut = 14 "the contact is in another workflow that keeps them out of this one",
        /// In a live run alone (E13).
        TestPerson = 26 "the contact only tries things out",
        /// `reenter per`: which value it would be is said by the event.
        WithoutValue = 33 "the event does not say for which value the contact would come in",
        AlreadyInFor = 34 "the contact is in this workflow already for this value",
        OnlyOnceFor = 35 "the contact was in this workflow before for this value, and it takes everyone once for each",
        TooSoonFor = 60 "the contact left this workflow too recently to come in again for this value",
        TooManyAtOnce = 61 "the contact is in this workflow for as many values as somebody can be at once",
        AddressTooLate = 73 "their address came more than ten minutes after they had asked for mail",
        TooManyValues = 62 "the contact was in this workflow for as many values as can be remembered, so that nobody knows whether this one is new",
    }

    /// Beside an entry that was not followed: what a field is missing for, where the workflow does not require it.
    Lacked {
        ByCondition = 1 "the condition beside the event asks for it",
    }

    /// What let somebody in, where it is not the workflow's own entry.
    LetIn {
        Started = 1 "another workflow started this one",
    }

    /// When a mail left, where that was not while its journey waited for it.
    SentWhen {
        JourneyEnded = 1 "its journey had ended by then",
    }

    /// Why a mail did not leave.
    Withheld {
        AlreadyReceived = 1 "the contact has received it in this journey already",
        NoAddress = 2 "there is no address to send to",
        Unsubscribed = 3 "the contact has unsubscribed",
        HardBounced = 4 "the address takes no mail",
        Complained = 5 "the contact has marked a mail as spam",
        DoNotContact = 6 "the contact is marked as not to be contacted",
        Skipped = 7 "the workflow skips this contact",
        JourneyEnded = 8 "the journey ended before it left",
        Suppressed = 9 "a workflow has suppressed the contact",
        HeldTooLong = 10 "it could not leave for as long as a mail may be held",
        Paused = 11 "the contact has paused marketing mail",
        Capped = 12 "for as long as it may be held, the contact had as many mails as the policy allows",
        Dropped = 13 "the contact had as many mails as the policy allows",
        TooClose = 14 "for as long as it may be held, another email of this workflow had left too shortly before",
        /// Under `consent marketing opt in`. It is no refusal: nobody has asked them, or they have not answered.
        NotAsked = 15 "the contact has not said that they want marketing mail",
        Pending = 16 "the contact has not confirmed yet that they want marketing mail",
        Late = 17 "it came more than an hour after it was due, and is of no use then",
        TopicRefused = 18 "the contact wants no mail about this topic",
        /// It is no refusal: a later choice among the topics counts.
        NotChosen = 19 "the contact has chosen other topics than this",
        /// In a live run alone (E13).
        TestPerson = 26 "the contact only tries things out",
        /// Of a mail that asks people to confirm that they want others.
        NothingToConfirm = 27 "the contact has asked for no mail that they have still to confirm",
        /// The decision is about the topic.
        CappedOfTopic = 39 "for as long as it may be held, the contact had as many mails about a topic as the policy allows",
        DroppedOfTopic = 40 "the contact had as many mails about a topic as the policy allows",
    }

    /// What holds a mail, where that is not its hours. Whoever waits for their turn by a rate has numbers from 2 on
    /// ([`Rate::number`](flow_ir::Rate::number)), so all but the first lie beyond those of any rate.
    HeldBy {
        Cap = 1 "the contact has had as many mails as the policy allows",
        /// The decision is about the topic.
        CapOfTopic = 4_000_000_010 "the contact has had as many mails about a topic as the policy allows",
        Late = 4_000_000_100 "it came more than an hour after it was due, and waits for the next window",
        Spacing = 4_000_000_000 "another email of this workflow has left too shortly before",
    }

    /// What is to be said of somebody for whom a workflow does nothing.
    HeldOut {
        ByWorkflow = 1 "the workflow does nothing for some, to compare them with the others",
        ByPolicy = 2 "the policy does nothing for some, to compare them with the others",
        Step = 3 "nothing is done for this contact, to compare them with the others",
        GoalMet = 4 "the goal was met without anything that the workflow does",
    }

    /// Why a journey stands still.
    PausedBy {
        Condition = 1 "the workflow pauses while this holds",
        Workflow = 2 "the contact is in a workflow that pauses this one",
    }

    /// How consent or an address was lost.
    Suppressed {
        Unsubscribed = 1 "the contact unsubscribed",
        HardBounced = 2 "the address takes no mail",
        Complained = 3 "the contact marked a mail as spam",
        DoNotContact = 4 "the contact was marked as not to be contacted",
        /// Why is told by the step, `suppress because ".."`.
        ByWorkflow = 5 "a workflow suppressed the contact",
        ByWorkflowAgain = 6 "a workflow suppressed the contact, as one had before",
        Paused = 7 "the contact has paused marketing mail",
        PausedAgain = 8 "the contact has paused marketing mail, as they had before",
    }

    /// What consent lifted, where it was not a refusal of the person's own.
    Consented {
        AfterSuppression = 1 "a workflow had suppressed the contact",
        AfterPause = 2 "the contact had paused marketing mail",
        Granted = 3 "the contact had not said before that they want marketing mail",
        /// The workflow [`COME_BACK`](flow_ir::COME_BACK) says by what.
        CameBack = 4 "a workflow had suppressed the contact, and the policy lets them come back",
    }

    /// Why a mail was undelivered.
    Undelivered {
        HardBounce = 1 "the address takes no mail",
        Blocked = 2 "the receiving server does not accept the sender or the content",
        Invalid = 3 "the message cannot be sent as it is",
        OutOfRetries = 4 "every attempt failed",
        Unknown = 5 "nobody knows whether it left, and the channel does not send twice",
        NotComposed = 6 "the message could not be written",
    }

    /// Who took a handoff.
    HandedTo {
        Member = 1 "a member of the team",
        Backup = 2 "the backup, because no member covers the contact",
        Nobody = 3 "nobody, because no member covers the contact and there is no backup",
        DoNotContact = 4 "nobody, because the contact is marked as not to be contacted",
        BackupOfBusy = 5 "the backup, because nobody who covers the contact is there and has room",
        NobodyFree = 6 "nobody, because nobody who covers the contact is there and has room, and there is no backup",
        Owner = 7 "the member of the team who has had the contact since their turn came",
        StandIn = 8 "a member of the team, for one who has had the contact and is away",
        /// In a live run alone (E13).
        TestPerson = 26 "nobody, because the contact only tries things out",
    }

    /// What became of whoever was handed to a team and was not taken in time.
    PassedOn {
        Backup = 1 "the backup has the contact now",
        Nobody = 2 "there is no backup any more, and the contact stays with whoever has them",
        DoNotContact = 3 "the contact is marked as not to be contacted, and stays with whoever has them",
        /// In a live run alone (E13).
        TestPerson = 26 "the contact only tries things out, and stays with whoever has them",
    }

    /// What a team said of somebody who was handed to it.
    Answered {
        Taken = 1 "somebody of the team works on it",
        Refused = 2 "the team does not take the contact",
        Done = 3 "the team has done what was to be done",
    }

    /// Who was told something of a contact.
    Notified {
        Owner = 1 "the owner of the workflow",
        Member = 2 "a member of a team",
        Backup = 3 "the backup, because no member covers the contact",
        Nobody = 4 "nobody, because there is nobody to tell",
        /// In a live run alone (E13).
        TestPerson = 26 "nobody, because the contact only tries things out",
    }

    /// What woke a journey.
    Woken {
        Entered = 1 "it began",
        Due = 2 "its wait was over",
        Satisfied = 3 "what it waited for happened",
        TimedOut = 4 "what it waited for did not happen in time",
        Released = 5 "what held its mail was over",
        Delivered = 6 "its mail was sent",
        Undelivered = 7 "its mail was undelivered",
        Retried = 8 "its turn to let something out came",
        Past = 9 "the date that it waited for was past or missing",
        GoalMet = 10 "it ended, as its goal was met",
        Left = 11 "it ended by an exit",
    }

    /// What is to be said of a journey that ended as converted.
    Converted {
        GoalMetBefore = 1 "a step said so, and its goal was met before",
    }

    /// What made a journey finish.
    FinishedBy {
        Steps = 1 "it ran out of steps",
        Handoff = 2 "a team took the contact over",
        NobodyTook = 3 "nobody took the contact over, and there was no other step",
        HeldOut = 4 "a team would have taken the contact over, for whom nothing is done",
    }
}

impl Answered {
    /// What an answer is recorded as.
    pub const fn of(answer: Answer) -> Answered {
        match answer {
            Answer::Taken => Answered::Taken,
            Answer::Refused => Answered::Refused,
            Answer::Done => Answered::Done,
        }
    }
}

impl Notified {
    /// Whether somebody was told.
    pub const fn is_somebody(self) -> bool {
        match self {
            Notified::Owner | Notified::Member | Notified::Backup => true,
            Notified::Nobody | Notified::TestPerson => false,
        }
    }
}

impl HandedTo {
    /// Whether somebody took the contact.
    pub const fn is_somebody(self) -> bool {
        match self {
            HandedTo::Member | HandedTo::Owner | HandedTo::StandIn | HandedTo::Backup | HandedTo::BackupOfBusy => true,
            HandedTo::Nobody | HandedTo::NobodyFree | HandedTo::DoNotContact | HandedTo::TestPerson => false,
        }
    }
}

/// No rate has the number of what holds a mail.
const _: () = assert!(HeldBy::Spacing.number() / 2 > flow_ir::limits::MAX_RATE);

/// What to say of every reason that a decision is kept with: its code, the number, and the words.
pub fn all() -> Vec<(DecisionCode, u32, &'static str)> {
    macro_rules! of {
        ($($code:ident: $reasons:ident),* $(,)?) => {
            [$((
                DecisionCode::$code,
                $reasons::ALL.iter().map(|reason| (reason.number(), reason.words())).collect::<Vec<_>>(),
            )),*]
        };
    }
    let kinds = of!(
        Entered: LetIn,
        Ignored: Ignored,
        Lacked: Lacked,
        Stepped: Woken,
        Converted: Converted,
        Held: HeldBy,
        HeldOut: HeldOut,
        Paused: PausedBy,
        Sent: SentWhen,
        Withheld: Withheld,
        HandedOff: HandedTo,
        PassedOn: PassedOn,
        Answered: Answered,
        Notified: Notified,
        Finished: FinishedBy,
        Undelivered: Undelivered,
        Suppressed: Suppressed,
        Consented: Consented,
    );
    let told = |(code, reasons): (DecisionCode, Vec<(u32, &'static str)>)| {
        reasons.into_iter().map(move |(number, words)| (code, number, words))
    };
    kinds.into_iter().flat_map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back_and_start_at_one() {
        for reason in Withheld::ALL {
            assert_eq!(Withheld::from_number(reason.number()), Some(*reason));
        }
        assert!(Withheld::ALL.is_sorted_by_key(|reason| reason.number()));
        assert_eq!(Withheld::AlreadyReceived.number(), 1);
        assert_eq!(Withheld::from_number(0), None);
    }
}
