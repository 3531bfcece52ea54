//! Every code: a number for search, a name for people and settings, a page that explains it. Numbers go by family and are never reused.

use serde::{Serialize, Serializer};

/// The list, for whoever derives something from it: `codes!(callback)` calls the macro with a line each.
///
/// Behind a name may stand what finds it: `lint no_exit` (the file in `lints/`), or
/// `proof start_cycle` (in `analysis/`). Lints take a level from `flow.toml`.
macro_rules! codes {
    ($then:ident) => {
        $then! {
                // 01: syntax
                UnexpectedText "0101" "unexpected-text";
                UnknownStatement "0102" "unknown-statement";
                UnclosedText "0103" "unclosed-text";
                UnclosedBlock "0104" "unclosed-block";
                StrayBrace "0105" "stray-brace";
                NotSupportedYet "0106" "not-supported-yet";
                UnreadableField "0107" "unreadable-field";
                AndOrMixed "0108" "and-or-mixed";
                TooLarge "0109" "too-large";
                // 02: names
                UnknownName "0201" "unknown-name";
                UnknownEmail "0202" "unknown-email";
                UnknownTeam "0203" "unknown-team";
                UnknownStage "0204" "unknown-stage";
                UnknownField "0205" "unknown-field";
                UnknownEvent "0206" "unknown-event";
                UnknownProperty "0207" "unknown-property";
                UnknownLink "0208" "unknown-link";
                UnknownModule "0209" "unknown-module";
                DuplicateName "0210" "duplicate-name";
                RepeatedClause "0211" "repeated-clause";
                MissingClause "0212" "missing-clause";
                UnknownType "0213" "unknown-type";
                UnknownTag "0214" "unknown-tag";
                UnknownWorkflow "0215" "unknown-workflow";
                UnknownSegment "0216" "unknown-segment";
                ReservedName "0217" "reserved-name";
                MissingModule "0218" "missing-module";
                UnknownTopic "0219" "unknown-topic";
                TopicOfTransactional "0220" "topic-of-transactional";
                ConfirmsNothing "0221" "confirms-nothing";
                ConfirmMailOfMarketing "0222" "confirm-mail-of-marketing";
                NobodyConfirms "0223" "nobody-confirms";
                UnknownList "0240" "unknown-list";
                GivenUnread "0270" "given-unread";
                // 03: types
                TypeMismatch "0301" "type-mismatch";
                UnknownChoice "0302" "unknown-choice";
                NotACondition "0303" "not-a-condition";
                BadNumber "0304" "bad-number";
                NotSettable "0305" "not-settable";
                BadAddress "0306" "bad-address";
                NoFieldsHere "0307" "no-fields-here";
                BadDate "0308" "bad-date";
                BadLink "0309" "bad-link";
                SameChoice "0310" "same-choice";
                UnclearDay "0311" "unclear-day";
                UnknownCountry "0312" "unknown-country";
                UnknownZone "0313" "unknown-zone";
                // 04: missing values
                PossiblyMissing "0401" "possibly-missing";
                MissingSurprises "0402" "missing-surprises";
                NeverMissing "0403" "never-missing";
                // 05: time
                WaitWithoutDeadline "0501" "wait-without-deadline";
                BadDuration "0502" "bad-duration";
                NoPeriod "0503" "no-period";
                BadClock "0504" "bad-clock";
                BadCount "0505" "bad-count";
                PeriodNotHere "0506" "period-not-here";
                BareIn "0507" "bare-in";
                BadRate "0508" "bad-rate";
                BadSplit "0509" "bad-split";
                BadRepeat "0510" "bad-repeat";
                NeverOpen "0512" "never-open";
                HolidayTwice "0516" "holiday-twice";
                TwoCalendars "0517" "two-calendars";
                BadHoldout "0520" "bad-holdout";
                NoNextWindow "0521" "no-next-window";
                BadTeamHours "0550" "bad-team-hours";
                NobodyBehind "0551" "nobody-behind";
                BadCapacity "0570" "bad-capacity";
                NobodyCloses "0571" "nobody-closes";
                // 06: messages
                UnclearEngagement "0601" "unclear-engagement";
                NotSentBefore "0602" "not-sent-before";
                TimedOutWithoutWait "0603" "timed-out-without-wait";
                SentAgain "0604" "sent-again";
                JourneyOnly "0605" "journey-only";
                // 07: reach
                Unreachable "0701" "unreachable" proof reach;
                NeverTrue "0702" "never-true" proof contradiction;
                NothingToDo "0703" "nothing-to-do" proof nothing_to_do;
                StartCycle "0704" "start-cycle" proof start_cycle;
                StopsItself "0705" "stops-itself";
                AlwaysTrue "0706" "always-true" proof ways;
                ChosenTwice "0707" "chosen-twice";
                ChooseLeavesOut "0708" "choose-leaves-out";
                // 08: contract
                NoEntry "0801" "no-entry";
                NoReenter "0802" "no-reenter";
                NewOrExisting "0803" "new-or-existing";
                EntryUnclear "0804" "entry-unclear";
                TwoTriggers "0805" "two-triggers";
                EntryRefused "0806" "entry-refused" proof refused_entry;
                ReenterAtDates "0807" "reenter-at-dates";
                AlwaysWithoutCap "0808" "always-without-cap" proof always;
                NoTrigger "0809" "no-trigger";
                BadClosing "0810" "bad-closing";
                ComesBackUnclear "0811" "comes-back-unclear";
                PauseCycle "0820" "pause-cycle" proof pause_cycle;
                KeepsNobodyBack "0821" "keeps-nobody-back";
                NeverLeaves "0822" "never-leaves" proof never_leaves;
                WhichJourney "0860" "which-journey";
                NoValueOfJourney "0861" "no-value-of-journey";
                StartsWithoutValue "0862" "starts-without-value";
                // 09: lints, which `[lints]` in flow.toml can silence or harden
                NoExit "0901" "no-exit" lint no_exit;
                NoGoal "0902" "no-goal" lint no_goal;
                HandoffWithoutBackup "0903" "handoff-without-backup" lint handoff_without_backup;
                NobodyCanEnter "0904" "nobody-can-enter" lint nobody_can_enter;
                AlreadyMet "0905" "already-met" lint already_met;
                SomeHaveIt "0906" "some-have-it" lint some_have_it;
                NobodyAnswers "0970" "nobody-answers" lint nobody_answers;
                // 10: templates
                TemplateNotFound "1001" "template-not-found";
                TemplateSyntax "1002" "template-syntax";
                TemplateUnknownField "1003" "template-unknown-field";
                TemplatePossiblyMissing "1004" "template-possibly-missing";
                TemplateUnknownLink "1005" "template-unknown-link";
                LinkNeverUsed "1006" "link-never-used";
                NoUnsubscribe "1007" "no-unsubscribe";
                NoSenderAddress "1008" "no-sender-address";
                TemplateNotAllowed "1009" "template-not-allowed";
                MailTooLong "1010" "mail-too-long";
                NoConfirmLink "1011" "no-confirm-link";
                ConfirmLinkNotHere "1012" "confirm-link-not-here";
                // 11: settings, which the command reads and words
                BadSettings "1101" "bad-settings";
                UnreadableSetting "1102" "unreadable-setting";
                UnknownSetting "1103" "unknown-setting";
                MissingSetting "1104" "missing-setting";
                RepeatedSetting "1105" "repeated-setting";
                SecretInSettings "1106" "secret-in-settings";
                DataFile "1107" "data-file";
        }
    };
}
pub(crate) use codes;

macro_rules! define {
    ($($variant:ident $number:literal $name:literal $($role:ident $room:ident)?;)*) => {
        /// The code of a diagnostic.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $name] $variant),* }

        impl Code {
            /// All of them, by number.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];
            /// `F0401`
            pub fn number(self) -> &'static str {
                match self { $(Code::$variant => concat!("F", $number)),* }
            }
            /// `possibly-missing`
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name),* }
            }
            /// What finds it, where that is a room of its own: `lint` or `proof`.
            fn role(self) -> &'static str {
                match self { $(Code::$variant => concat!($(stringify!($role))?)),* }
            }
            /// What it means and how it is mended, as Markdown: `pages/F0401.md`.
            pub fn page(self) -> &'static str {
                match self { $(Code::$variant => include_str!(concat!("../pages/F", $number, ".md"))),* }
            }
        }
    };
}

codes!(define);

impl Code {
    /// Whether `[lints]` in `flow.toml` may set how much it weighs.
    pub fn is_lint(self) -> bool {
        self.role() == "lint"
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.number(), self.name())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::BTreeSet;

    #[test]
    fn numbers_and_names_are_unique_and_ascending() {
        let numbers: Vec<_> = Code::ALL.iter().map(|code| code.number()).collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
        assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len());
        assert_eq!(Code::ALL.iter().map(|code| code.name()).collect::<BTreeSet<_>>().len(), Code::ALL.len());
    }
}
