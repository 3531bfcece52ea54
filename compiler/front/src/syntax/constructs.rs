//! Every construct of the language, once, in the order of docs/language.md. Whatever needs a list of them makes it from here.
//!
//! There is one list for each kind: [`declarations!`], [`email_clauses!`], [`team_clauses!`], [`policy_clauses!`],
//! [`headers!`], [`steps!`], [`handoff_clauses!`], [`predicates!`] and [`turns!`]. A line of one:
//!
//! ```text
//! wait: Wait(Wait) [wait "wait", wait_until "wait until"] { page "wait", typed "delay" "sleep" => "wait", later "before", };
//! ^     ^    ^      ^    ^                                   ^           ^                                 ^
//! |     |    |      |    the words that its line starts with |           what people type instead          its forms that are
//! |     |    |      its rule in grammar/flow.pest            |                                             not run yet
//! |     |    its node in the tree                            its heading in docs/language.md
//! |     its variant: StepKind::Wait
//! its file in every layer: ast/wait.rs, parse/wait.rs, check/wait.rs
//! ```
//!
//! Behind the lines, in braces of their own, stand the words that belong to the language and are not run yet; they are reported as
//! such. A line may also say what a block of it is `called` for people, and whether it `is Named` (its name stands behind its word) or
//! `is Many` (it may stand more than once in its block).
//!
//! A list is a macro that hands its lines to another macro, its first argument. So a layer *derives* what it would otherwise repeat:
//!
//! ```text
//! // check/mod.rs: one file for each step.
//! macro_rules! modules {
//!     ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => { $(mod $module;)* };
//! }
//! constructs::steps!(modules);
//!
//! // check/step.rs: no arm to add for a new step.
//! macro_rules! dispatch {
//!     ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => {
//!         match &step.kind {
//!             $(StepKind::$variant(node) => super::$module::check(cx, node, journey),)*
//!             StepKind::Unreadable => unreadable(cx),
//!         }
//!     };
//! }
//! constructs::steps!(dispatch)
//! ```
//!
//! Declarations, steps and predicates have a file each (those of predicates in a folder `predicate/`), with one function named after
//! its layer's work (`parse`, `check`, …). Clauses are smaller:
//! theirs is a function named after their rule, those of an email, a team or a handoff in the file of that block, those of a workflow
//! in the file that the line names (list those once in [`header_modules!`]). rustfmt does not follow modules that a macro declares, so
//! `.ci/run` hands it every file.

/// What stands side by side in a file. What is not run yet says which kind of names it would declare.
macro_rules! declarations {
    ($then:ident $($given:tt)*) => { $then! { $($given)* {
        module: Use(Use) [use_decl "use"] { page "use", typed "import" "include" => "use", };
        contact: Contact(Contact) [contact_decl "contact"] { page "contact", typed "kontakt" => "contact", };
        derived: Derived(Derived) [derived_decl "derived"] {
            page "derived", called "a derived field", is Named,
            typed "computed" "calculated" "calculation" "formula" => "derived",
        };
        event: Event(Event) [event_decl "event"] { page "event", is Named, typed "ereignis" => "event", };
        stages: Stages(Stages) [stages_decl "stages"] { page "stages", typed "lifecycle" "stufen" => "stages", };
        tags: Tags(Tags) [tags_decl "tags"] { page "tags", typed "labels" => "tags", };
        list: List(List) [list_decl "list"] { page "list", is Named, typed "static_list" "liste" => "list", };
        topics: Topics(Topics) [topics_decl "topics"] { page "topics", typed "subscriptions" "newsletters" => "topics", };
        segment: Segment(Segment) [segment_decl "segment"] { page "segment", is Named, typed "audience" => "segment", };
        test_people: TestPeople(TestPeople) [test_people_decl "test people"] {
            page "test-people", typed "testers" "seed_list" "internal" => "test people",
        };
        email: Email(Email) [email_decl "email"] { page "email", called "an email", is Named, typed "mail" "message" => "email", };
        team: Team(Team) [team_decl "team"] { page "team", called "a team", is Named, };
        policy: Policy(Policy) [policy_decl "policy"] {
            page "policy", called "a policy", typed "policies" "rules" "frequency" "limits" => "policy",
        };
        calendar: Calendar(Calendar) [calendar_decl "calendar"] {
            page "calendar", called "a calendar", is Named, typed "holidays" "holiday" "feiertage" => "calendar",
        };
        workflow: Workflow(Workflow) [workflow_decl "workflow"] {
            page "workflow", called "a workflow", is Named,
            typed "campaign" "journey" "sequence" "automation" => "workflow",
        };
    } {
        "company" Contact; "score" Contact; "sms" Email; "push" Email; "in_app" Email; "notice" Email; "webhook" Contact;
        "test" Contact;
    } } };
}

/// The lines of an email.
macro_rules! email_clauses {
    ($then:ident $($given:tt)*) => { $then! { $($given)* {
        email: Subject(Vec<Subject>) [subject "subject"] { page "email", typed "title" "betreff" => "subject", };
        email: Preview(Text) [preview "preview"] { page "email", typed "preheader" => "preview", };
        email: From(Text) [from "from"] { page "email", typed "sender" "from_name" "sender_name" => "from", };
        email: ReplyTo(Text) [reply_to "reply to"] { page "email", typed "reply_to" "replyto" => "reply to", };
        email: Template(Text) [template "template"] {
            page "email",
            typed "html_template" "html_file" "template_file" "email_template" "mjml" "file" "design" => "template",
        };
        email: Kind(EmailKind) [email_kind "kind"] { page "email", typed "type" => "kind", };
        email: Topic(Name) [topic "topic"] { page "topics", typed "category" => "topic", };
        email: Link(Link) [link "link"] { page "email", is Many, };
    } {} } };
}

/// The lines of a team.
macro_rules! team_clauses {
    ($then:ident $($given:tt)*) => { $then! { $($given)* {
        team: Member(Member) [member "member"] { page "team", is Many, typed "person" => "member", };
        team: Backup(Text) [backup "backup"] { page "team", typed "fallback" => "backup", };
        team: Assign(Assign) [assign "assign"] { page "team", };
        team: Hours(Hours) [hours "hours weekdays"] { page "team", typed "working_hours" "office_hours" "business_hours" => "hours weekdays", };
    } {} } };
}

/// The lines of a policy.
macro_rules! policy_clauses {
    ($then:ident $($given:tt)*) => { $then! { $($given)* {
        policy: Consent(Consent) [consent "consent"] {
            page "consent", typed "permission" "permissions" "gdpr" "optin" "optout" => "consent", later "sms" "push",
        };
        policy: Confirm(Name) [confirm "confirm by"] {
            page "confirm-by", typed "doi" "double_optin" "double_opt_in" "confirmation" => "confirm by",
        };
        policy: Cap(Cap) [cap "cap"] { page "cap", is Many, typed "limit" => "cap", later "sms" "pushes" "notices", };
        policy: Quiet(Quiet) [quiet "quiet from"] { page "quiet", };
        policy: Blackout(DaySpan) [blackout "blackout"] { page "blackout", is Many, typed "closed" "freeze" => "blackout", };
        policy: Hold(Duration) [hold "hold at most"] { page "hold-at-most", };
        policy: First(First) [first "first"] { page "first", typed "order" => "first", };
        policy: Holdout(Holdout) [holdout_of_all "holdout"] { page "holdout", typed "control" => "holdout", };
        policy: LateBy(Duration) [late_by "late by"] { page "late-by", typed "grace" => "late by", };
        policy: Late(Late) [late_of_all "late"] { page "late", typed "overdue" "missed" => "late", };
        policy: ComesBack(Predicate) [comes_back "comes back when"] {
            page "comes-back-when", typed "unsuppress" "resubscribe" "reactivate" "return" => "comes back when",
        };
    } {} } };
}

/// The lines of a workflow that hold for all of it.
macro_rules! headers {
    ($then:ident $($given:tt)*) => { $then! { $($given)* {
        goal: Goal(Goal) [goal "goal"] { page "goal", typed "ziel" => "goal", };
        facts: Owner(Owner) [owner "owner"] { page "owner-reviewed-group", };
        facts: Reviewed(Reviewed) [reviewed "reviewed"] { page "owner-reviewed-group", };
        facts: Group(Group) [group "group"] { page "owner-reviewed-group", };
        enter: Enter(Enter) [enter "enter"] {
            page "enter", typed "entry" => "enter", typed "trigger" => "enter when",
        };
        reenter: Reenter(Reenter) [reenter "reenter"] { page "reenter", };
        guards: ExitWhen(ExitWhen) [exit_when "exit when"] { page "exit-when", is Many, };
        guards: SkipWhen(SkipWhen) [skip_when "skip when"] { page "skip-when", };
        window: Window(Window) [window "send on"] { page "send-on", };
        spacing: Spacing(Spacing) [spacing "at least"] { page "at-least-between-emails", typed "spacing" "gap" "space" => "at least", };
        rate: Rate(Rate) [rate "rate"] { page "rate", typed "pace" "throttle" => "rate", };
        holdout: Holdout(Holdout) [holdout "holdout"] { page "holdout", typed "control" "control_group" => "holdout", };
        pauses: PauseWhile(PauseWhile) [pause_while "pause while"] { page "pause-while", };
        pauses: Pauses(Pauses) [pauses_group "pauses"] { page "pauses-stops", is Many, };
        pauses: Stops(Stops) [stops_group "stops"] { page "pauses-stops", is Many, };
        late: Late(Late) [late "late"] { page "late", typed "overdue" "missed" => "late", };
        closing: OnGoal(Closing) [on_goal "on goal"] { page "on-goal-on-exit", };
        closing: OnExit(Closing) [on_exit "on exit"] { page "on-goal-on-exit", };
    } {
        "priority"; "promise"; "experiment";
    } } };
}

/// The files of the lines of a workflow, each once: small siblings share one.
macro_rules! header_modules {
    ($then:ident) => {
        $then! { goal facts enter reenter guards window spacing rate holdout pauses late closing }
    };
}

/// What a person goes through.
macro_rules! steps {
    ($then:ident $($given:tt)*) => { $then! { $($given)* {
        send: Send(SendStep) [send "send"] { page "send", typed "mail" "email" "sende" => "send", };
        wait: Wait(Wait) [wait "wait", wait_until "wait until", wait_on "wait until next", wait_when "wait", wait_business "wait"] {
            page "wait", typed "delay" "pause" "sleep" "warte" => "wait",
        };
        branch: Branch(Branch) [branch "if"] {
            page "if", typed "when" "wenn" "falls" => "if", typed "otherwise" "sonst" => "else",
            typed "elseif" "elsif" "elif" => "else if",
        };
        choose: Choose(Choose) [choose "choose by"] { page "choose-by", called "a `choose by`", typed "switch" "match" => "choose by", };
        split: Split(Split) [split "split"] { page "split", called "a split", typed "abtest" "ab_test" "experiment" => "split", };
        repeat: Repeat(Repeat) [repeat "repeat"] { page "repeat", typed "loop" => "repeat", };
        change: Change(Change) [score "score +=", set "set"] { page "score-and-set", typed "let" "update" "change" "setze" => "set", };
        tag: Tag(TagStep) [tag "tag", untag "untag"] { page "tag-and-untag", typed "label" => "tag", typed "unlabel" => "untag", };
        enlist: Enlist(EnlistStep) [enlist "add to list", delist "remove from list"] { page "add-to-and-remove-from-list", };
        advance: Advance(AdvanceStep) [advance "advance"] { page "advance", };
        move_back: MoveBack(MoveBackStep) [move_back "move stage back"] {
            page "move-stage-back", typed "demote" "downgrade" => "move stage back",
        };
        handoff: Handoff(HandoffStep) [handoff "handoff"] { page "handoff", called "a handoff", };
        notify: Notify(NotifyStep) [notify "notify"] { page "notify", typed "alert" "inform" => "notify", };
        start: Start(StartStep) [start "start"] { page "start", typed "enrol" "enroll" "trigger" => "start", };
        stop: Stop(StopStep) [stop "stop"] { page "stop", typed "end" "cancel" => "stop", };
        suppress: Suppress(SuppressStep) [suppress "suppress because"] { page "suppress", };
        exit: Exit(ExitStep) [exit "exit"] { page "exit", typed "leave" => "exit", };
    } {
        "add"; "call";
    } } };
}

/// The lines of a handoff.
macro_rules! handoff_clauses {
    ($then:ident $($given:tt)*) => { $then! { $($given)* {
        handoff: Note(Text) [note "note"] { page "handoff", };
        handoff: Task(Task) [task "task"] { page "handoff", };
        handoff: Reassign(Reassign) [reassign "reassign"] { page "handoff", typed "rotate" "reroute" => "reassign", };
        handoff: AlsoStop(Name) [also_stop "stop"] { page "handoff", is Many, };
        handoff: Instead(Text) [instead "backup"] { page "handoff", };
        handoff: Untaken(Patience) [untaken "if not taken within"] { page "not-taken-in-time", typed "sla" "escalate" "timeout" => "if not taken within", };
        handoff: Keep(Keep) [keep "keep in workflow"] { page "handoff", };
    } {} } };
}

/// What a condition may ask in words of its own.
macro_rules! predicates {
    ($then:ident $($given:tt)*) => { $then! { $($given)* {
        timed_out: TimedOut(TimedOut) [timed_out "timed out"] { page "wait", };
        sent: Sent(Sent) [was_sent "sent"] { page "mails", };
        engaged: Engaged(Engaged) [engagement "clicked"] { page "mails", };
        reaction: Reaction(Reaction) [reaction "opened"] { page "any-mail", };
        tagged: Tagged(Tagged) [tagged "tagged"] { page "tags", };
        listed: Listed(Listed) [listed "in list"] { page "list", };
        allows: Allows(Allows) [allows "allows email"] { page "allows-email", };
        subscribed: Subscribed(Subscribed) [subscribed "subscribed to"] { page "subscribed-to", };
        confirmed: Confirmed(Confirmed) [confirmed_topic "confirmed"] { page "confirmed", };
        inactive: Inactive(Inactive) [inactive "inactive for"] { page "inactive", };
        dated: Dated(Dated) [dated "today"] { page "days-and-hours", };
        weekday: OnWeekday(OnWeekday) [on_weekday "weekday"] { page "days-and-hours", };
        hour: AtHour(AtHour) [at_hour "hour in contact timezone"] { page "days-and-hours", };
        crossed: Crossed(Crossed) [crossed "entered"] { page "segment", };
        changed: Changed(Changed) [changed "changes"] { page "changes", };
    } {} } };
}

/// What else a condition may begin with: words that turn what stands behind them.
macro_rules! turns {
    ($then:ident $($given:tt)*) => { $then! { $($given)* {
        predicate: Not [not "not"] { page "and-or-not", };
        predicate: NoEvent [no_event "no"] { page "events", };
    } {} } };
}

/// The lines of all lists, one behind the other.
macro_rules! every_construct {
    ($then:ident) => { $crate::syntax::constructs::declarations!(every_construct 1 $then {}) };
    (1 $then:ident {$($all:tt)*} {$($more:tt)*} $later:tt) => {
        $crate::syntax::constructs::email_clauses!(every_construct 2 $then {$($all)* $($more)*})
    };
    (2 $then:ident {$($all:tt)*} {$($more:tt)*} $later:tt) => {
        $crate::syntax::constructs::team_clauses!(every_construct 3 $then {$($all)* $($more)*})
    };
    (3 $then:ident {$($all:tt)*} {$($more:tt)*} $later:tt) => {
        $crate::syntax::constructs::headers!(every_construct 4 $then {$($all)* $($more)*})
    };
    (4 $then:ident {$($all:tt)*} {$($more:tt)*} $later:tt) => {
        $crate::syntax::constructs::steps!(every_construct 5 $then {$($all)* $($more)*})
    };
    (5 $then:ident {$($all:tt)*} {$($more:tt)*} $later:tt) => {
        $crate::syntax::constructs::handoff_clauses!(every_construct 6 $then {$($all)* $($more)*})
    };
    (6 $then:ident {$($all:tt)*} {$($more:tt)*} $later:tt) => {
        $crate::syntax::constructs::policy_clauses!(every_construct 7 $then {$($all)* $($more)*})
    };
    (7 $then:ident {$($all:tt)*} {$($more:tt)*} $later:tt) => {
        $crate::syntax::constructs::predicates!(every_construct 8 $then {$($all)* $($more)*})
    };
    (8 $then:ident {$($all:tt)*} {$($more:tt)*} $later:tt) => {
        $crate::syntax::constructs::turns!(every_construct 9 $then {$($all)* $($more)*})
    };
    (9 $then:ident {$($all:tt)*} {$($more:tt)*} $later:tt) => { $then! { {$($all)* $($more)*} } };
}

pub(crate) use {
    declarations, email_clauses, every_construct, handoff_clauses, header_modules, headers, policy_clauses, predicates,
    steps, team_clauses, turns,
};

/// A line of the lists, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Construct {
    /// What its lines start with, the one that names it first.
    pub words: &'static [&'static str],
    /// What people type instead, and the words of Flow for it.
    pub typed: &'static [(&'static [&'static str], &'static str)],
    /// Its forms that are not run yet, by the words that give them away.
    pub later: &'static [&'static str],
    called: &'static [&'static str],
    traits: &'static [Trait],
    /// Its heading in docs/language.md, as a link names it.
    pub page: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trait {
    /// Its name stands behind its word.
    Named,
    /// It may stand more than once in its block.
    Many,
}

impl Construct {
    /// What names it for people: `exit when`.
    pub fn word(&self) -> &'static str {
        self.words.first().copied().unwrap_or_default()
    }

    /// What a block of it is called: `an email`.
    pub fn called(&self) -> Option<&'static str> {
        self.called.first().copied()
    }

    pub(crate) fn is(&self, what: Trait) -> bool {
        self.traits.contains(&what)
    }
}

/// A construct of one kind, and the words of that kind that are not run yet.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// What all of them are.
    pub class: Class,
    /// What is run, in the order of the reference.
    pub constructs: &'static [Construct],
    /// Words of that kind that are known and not run yet.
    pub later: &'static [&'static str],
}

impl List {
    /// The construct that a word names.
    pub fn of_word(&self, word: &str) -> Option<&'static Construct> {
        self.constructs.iter().find(|construct| construct.word() == word)
    }
}

/// What a word is to the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// What begins a part of a file: `workflow`, `email`.
    Declaration,
    /// A line of a block: `goal`, `subject`, `member`.
    Clause,
    /// What a person goes through: `send`, `wait`.
    Step,
    /// What a condition is made of.
    Predicate,
    /// A word inside one of those: `within`, `up to`.
    Inner,
    /// The type of a field.
    Type,
    /// A value that has a word: `yes`, `weekdays`.
    Constant,
    /// A unit of time: `days`.
    Unit,
    /// Not run yet.
    Later,
}

macro_rules! list {
    ($class:ident {$(
        $module:ident: $variant:ident $(($($node:tt)*))? [$($rule:ident $words:literal),*] { page $page:literal,
            $(called $called:literal,)? $(is $trait:ident,)? $(typed $($typed:literal)+ => $ours:literal,)*
            $(later $($later:literal)+,)?
        };
    )*} {$($other:literal $($kind:ident)?;)*}) => {
        List {
            class: Class::$class,
            constructs: &[$(Construct {
                words: &[$($words),*],
                typed: &[$((&[$($typed),+], $ours)),*],
                later: &[$($($later),+)?],
                called: &[$($called)?],
                traits: &[$(Trait::$trait)?],
                page: $page,
            }),*],
            later: &[$($other),*],
        }
    };
}

pub(crate) const DECLARATIONS: List = declarations!(list Declaration);
pub(crate) const EMAIL_CLAUSES: List = email_clauses!(list Clause);
pub(crate) const TEAM_CLAUSES: List = team_clauses!(list Clause);
pub(crate) const POLICY_CLAUSES: List = policy_clauses!(list Clause);
pub(crate) const HEADERS: List = headers!(list Clause);
pub(crate) const STEPS: List = steps!(list Step);
pub(crate) const HANDOFF_CLAUSES: List = handoff_clauses!(list Clause);
pub(crate) const PREDICATES: List = predicates!(list Predicate);
pub(crate) const TURNS: List = turns!(list Predicate);

/// Every list, in the order of the reference.
pub const LISTS: &[&List] = &[
    &DECLARATIONS,
    &EMAIL_CLAUSES,
    &TEAM_CLAUSES,
    &POLICY_CLAUSES,
    &HEADERS,
    &STEPS,
    &HANDOFF_CLAUSES,
    &PREDICATES,
    &TURNS,
];

/// The types a field may be declared with, besides a list of values.
pub(crate) const TYPES: &[&str] =
    &["text", "number", "money", "yes/no", "date", "moment", "email", "url", "timezone", "country"];

/// Phrases of the language that are not run yet, wherever a line holds one.
pub(crate) const LATER_ANYWHERE: &[&str] =
    &["anyone at company", "people at company", "clicked by anything", "company."];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const GRAMMAR: &str = include_str!("../../../../grammar/flow.pest");

    /// What a rule of the grammar is made of, up to the next rule.
    fn rule(name: &str) -> &'static str {
        let from = GRAMMAR.split(&format!("\n{name} ")).nth(1).unwrap_or_default();
        from.split_once("\n}").map_or(from, |(many, _)| many).split_once("{").map_or("", |(_, body)| body)
    }

    /// The words in quotes of a rule on one line.
    fn quoted(name: &str) -> BTreeSet<&'static str> {
        rule(name).lines().next().unwrap_or_default().split('"').skip(1).step_by(2).collect()
    }

    /// A word that stands in one list alone is no word at all, or is read as another.
    #[test]
    fn the_grammar_knows_every_word_that_comes_later() {
        let lists: [(&str, &[&List]); 3] =
            [("later_decl_word", &[&DECLARATIONS]), ("later_header_word", &[&HEADERS]), ("later_step_word", &[&STEPS])];
        for (name, lists) in lists {
            let listed: BTreeSet<&str> = lists.iter().flat_map(|list| list.later).copied().collect();
            assert!(!listed.is_empty());
            assert_eq!(quoted(name), listed, "{name}");
        }
    }

    /// Else an unclosed block before one would swallow it.
    #[test]
    fn every_declaration_ends_a_block_that_was_left_open() {
        let start: BTreeSet<&str> =
            rule("declaration_start").split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let choice: BTreeSet<&str> = rule("declaration").split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        assert!(start.contains("later_start") && choice.contains("later_decl"));
        for construct in DECLARATIONS.constructs {
            let words = construct.word().replace(' ', "_");
            let first = words.split('_').next().unwrap_or_default();
            assert!(start.contains(format!("kw_{first}").as_str()), "declaration_start has no {first}");
            assert!(choice.contains(format!("{words}_decl").as_str()), "declaration has no {words}");
        }
    }
}
