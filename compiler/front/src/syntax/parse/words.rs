//! Every rule as what a writer could have written, so that no rule's name ever reaches a reader.

use super::Rule;
use crate::diagnostics::Expected;
use crate::syntax::constructs::{self, every_construct};

/// What was expected, in the order in which people would try it, each once.
pub(super) fn expected(rules: &[Rule]) -> Vec<Expected> {
    let mut out = Vec::new();
    for expected in rules.iter().filter_map(|rule| of_rule(*rule)) {
        if !out.contains(&expected) {
            out.push(expected);
        }
    }
    out
}

/// The rules of some constructs, as a pattern.
macro_rules! rules {
    ({$($module:ident: $variant:ident $(($($node:tt)*))? [$($rule:ident $words:literal),*] $about:tt;)*} $($later:tt)?) => {
        $($(Rule::$rule)|*)|*
    };
}

/// A line of the lists of constructs by its words.
fn of_construct(rule: Rule) -> Option<Expected> {
    macro_rules! words {
        ({$($module:ident: $variant:ident $(($($node:tt)*))? [$($rule:ident $words:literal),*] $about:tt;)*}) => {
            match rule {
                $($(Rule::$rule => Some(&[$words]),)*)*
                _ => None,
            }
        };
    }
    let words: Option<&'static [&'static str]> = every_construct!(words);
    Some(match rule {
        constructs::predicates!(rules) | constructs::turns!(rules) => Expected::ConditionStart(words?),
        _ => Expected::Words(words?),
    })
}

/// None for what no writer thinks of as a thing to write.
fn of_rule(rule: Rule) -> Option<Expected> {
    Some(match rule {
        every_construct!(rules) => return of_construct(rule),
        Rule::end => Expected::EndOfLine,
        Rule::module => Expected::Thing("a module such as `std.b2b`"),
        Rule::open => Expected::Words(&["{"]),
        Rule::close => Expected::Words(&["}"]),
        Rule::fields => Expected::Words(&["{"]),
        Rule::field => Expected::Thing("a field such as `first_name text?`"),
        Rule::field_type => Expected::Thing("a type such as `text`"),
        Rule::one_of => Expected::Form("one of \"…\""),
        Rule::type_name => Expected::Thing("a type such as `text`, `number` or `yes/no`"),
        Rule::optional => Expected::Words(&["?"]),
        Rule::default_value => Expected::Form("= …"),
        Rule::equals => Expected::Words(&["="]),
        Rule::colon => Expected::Words(&[":"]),
        Rule::subject_when => Expected::Words(&["when"]),
        Rule::covers => Expected::Words(&["covers"]),
        Rule::title => Expected::Thing("a title in quotes"),
        Rule::and_continue => Expected::Words(&["and continue"]),
        Rule::by_hand => Expected::Words(&["by hand"]),
        Rule::existing => Expected::Refinement(&Expected::Words(&["new only", "including existing"])),
        Rule::new_only => Expected::Refinement(&Expected::Words(&["new only"])),
        Rule::including_existing => Expected::Refinement(&Expected::Words(&["including existing"])),
        Rule::once => Expected::Words(&["once"]),
        Rule::days => Expected::Thing("days such as `weekdays`"),
        Rule::day => Expected::Thing("days such as `weekdays`"),
        Rule::clock => Expected::Thing("a time of day such as `09:00`"),
        Rule::block => Expected::Words(&["{"]),
        Rule::labelled => Expected::Words(&["step"]),
        Rule::plain_step => Expected::Thing("a step"),
        Rule::up_to => Expected::Words(&["up to"]),
        Rule::arm => Expected::Condition,
        Rule::otherwise => Expected::Words(&["else"]),
        Rule::change => Expected::Words(&["+=", "-="]),
        Rule::handoff_block => Expected::Words(&["{"]),
        Rule::as_converted => Expected::Words(&["as converted"]),
        Rule::predicate => Expected::Condition,
        Rule::and => Expected::Words(&["and"]),
        Rule::or => Expected::Words(&["or"]),
        Rule::unary => Expected::Condition,
        Rule::group_of => Expected::Refinement(&Expected::Words(&["("])),
        Rule::test => Expected::Condition,
        Rule::event_test => Expected::Thing("an event"),
        Rule::properties => Expected::Refinement(&Expected::Words(&["("])),
        Rule::property => Expected::Thing("a property such as `page is \"/pricing\"`"),
        Rule::count => Expected::Refinement(&Expected::Thing("a count such as `at least 2 times`")),
        Rule::at_least => Expected::Words(&["at least"]),
        Rule::at_most => Expected::Words(&["at most"]),
        Rule::exactly => Expected::Words(&["exactly"]),
        Rule::period => Expected::Refinement(&Expected::Thing("a period such as `in 7 days`")),
        Rule::ever => Expected::Words(&["ever"]),
        Rule::since_entry => Expected::Words(&["since entry"]),
        Rule::from_now => Expected::Words(&["from now"]),
        Rule::comparison => Expected::Condition,
        Rule::relation => Expected::Thing("a comparison such as `is \"…\"` or `>= 10`"),
        Rule::is_known => Expected::Words(&["is known"]),
        Rule::is_unknown => Expected::Words(&["is unknown"]),
        Rule::is_not => Expected::Words(&["is not"]),
        Rule::is => Expected::Words(&["is"]),
        Rule::contains => Expected::Words(&["contains"]),
        Rule::starts_with => Expected::Words(&["starts with"]),
        Rule::in_list => Expected::Form("in (\"…\")"),
        Rule::not_in => Expected::Form("not in (\"…\")"),
        Rule::list => Expected::Thing("a list such as `(\"a\", \"b\")`"),
        Rule::order => Expected::Words(&[">=", "<=", ">", "<"]),
        Rule::value => Expected::Thing("a value"),
        Rule::fallback => Expected::Before(&["or"], "a fallback"),
        Rule::sum => Expected::Thing("a value"),
        Rule::sign => Expected::Refinement(&Expected::Words(&["+", "-"])),
        Rule::term => Expected::Thing("a value"),
        Rule::with_fallback => Expected::Refinement(&Expected::Words(&["("])),
        Rule::literal => Expected::Thing("a value"),
        Rule::truth => Expected::Words(&["yes", "no"]),
        Rule::date => Expected::Thing("a date such as `2026-10-01`"),
        Rule::number => Expected::Thing("a number"),
        Rule::duration => Expected::Thing("a duration such as `2 days`"),
        Rule::unit => Expected::Words(&["minutes", "hours", "days", "weeks", "months"]),
        Rule::string => Expected::Text,
        Rule::hole => Expected::Thing("a field in braces"),
        Rule::plain_text => Expected::Text,
        Rule::word => Expected::Thing("a name"),
        Rule::name => Expected::Thing("a name"),
        Rule::kw_advance => Expected::Words(&["advance"]),
        Rule::kw_after => Expected::Words(&["after"]),
        Rule::kw_and => Expected::Words(&["and"]),
        Rule::kw_as => Expected::Words(&["as"]),
        Rule::kw_assign => Expected::Words(&["assign"]),
        Rule::kw_at => Expected::Words(&["at"]),
        Rule::kw_backup => Expected::Words(&["backup"]),
        Rule::kw_bounced => Expected::Words(&["bounced"]),
        Rule::kw_by => Expected::Words(&["by hand"]),
        Rule::kw_clicked => Expected::Words(&["clicked"]),
        Rule::kw_contact => Expected::Words(&["contact"]),
        Rule::kw_contains => Expected::Words(&["contains"]),
        Rule::kw_continue => Expected::Words(&["continue"]),
        Rule::kw_converted => Expected::Words(&["converted"]),
        Rule::kw_covers => Expected::Words(&["covers"]),
        Rule::kw_due => Expected::Words(&["due in"]),
        Rule::kw_else => Expected::Words(&["else"]),
        Rule::kw_email => Expected::Words(&["email"]),
        Rule::kw_enter => Expected::Words(&["enter"]),
        Rule::kw_entry => Expected::Words(&["entry"]),
        Rule::kw_event => Expected::Words(&["event"]),
        Rule::kw_ever => Expected::Words(&["ever"]),
        Rule::kw_exactly => Expected::Words(&["exactly"]),
        Rule::kw_existing => Expected::Words(&["existing"]),
        Rule::kw_exit => Expected::Words(&["exit"]),
        Rule::kw_for => Expected::Words(&["for"]),
        Rule::kw_from => Expected::Words(&["from"]),
        Rule::kw_goal => Expected::Words(&["goal"]),
        Rule::kw_group => Expected::Words(&["group"]),
        Rule::kw_hand => Expected::Words(&["hand"]),
        Rule::kw_handoff => Expected::Words(&["handoff"]),
        Rule::kw_if => Expected::Words(&["if"]),
        Rule::kw_in => Expected::Words(&["in"]),
        Rule::kw_inactive => return of_construct(Rule::inactive),
        Rule::kw_including => Expected::Refinement(&Expected::Words(&["including existing"])),
        Rule::kw_is => Expected::Words(&["is"]),
        Rule::kw_keep => Expected::Words(&["keep in workflow"]),
        Rule::kw_kind => Expected::Words(&["kind"]),
        Rule::kw_known => Expected::Words(&["known"]),
        Rule::kw_least => Expected::Words(&["least"]),
        Rule::kw_link => Expected::Words(&["link"]),
        Rule::kw_marketing => Expected::Words(&["marketing"]),
        Rule::kw_member => Expected::Words(&["member"]),
        Rule::kw_most => Expected::Words(&["most"]),
        Rule::kw_new => Expected::Refinement(&Expected::Words(&["new only"])),
        Rule::kw_no => return of_construct(Rule::no_event),
        Rule::kw_not => Expected::Words(&["not"]),
        Rule::kw_note => Expected::Words(&["note"]),
        Rule::kw_now => Expected::Words(&["now"]),
        Rule::kw_of => Expected::Words(&["of"]),
        Rule::kw_on => Expected::Words(&["on"]),
        Rule::kw_once => Expected::Words(&["once"]),
        Rule::kw_one => Expected::Words(&["one of"]),
        Rule::kw_only => Expected::Words(&["only"]),
        Rule::kw_opened => Expected::Words(&["opened"]),
        Rule::kw_or => Expected::Words(&["or"]),
        Rule::kw_otherwise => Expected::Words(&["otherwise"]),
        Rule::kw_out => Expected::Words(&["out"]),
        Rule::kw_owner => Expected::Words(&["owner"]),
        Rule::kw_preview => Expected::Words(&["preview"]),
        Rule::kw_reenter => Expected::Words(&["reenter"]),
        Rule::kw_replied => Expected::Words(&["replied"]),
        Rule::kw_reviewed => Expected::Words(&["reviewed"]),
        Rule::kw_robin => Expected::Words(&["robin"]),
        Rule::kw_round => Expected::Words(&["round robin"]),
        Rule::kw_segment => Expected::Words(&["segment"]),
        Rule::kw_send => Expected::Words(&["send"]),
        Rule::kw_sent => return of_construct(Rule::was_sent),
        Rule::kw_set => Expected::Words(&["set"]),
        Rule::kw_since => Expected::Words(&["since entry"]),
        Rule::kw_skip => Expected::Words(&["skip"]),
        Rule::kw_stage => Expected::Words(&["stage"]),
        Rule::kw_stages => Expected::Words(&["stages"]),
        Rule::kw_start => Expected::Words(&["start"]),
        Rule::kw_starts => Expected::Words(&["starts with"]),
        Rule::kw_step => Expected::Words(&["step"]),
        Rule::kw_stop => Expected::Words(&["stop"]),
        Rule::kw_subject => Expected::Words(&["subject"]),
        Rule::kw_tag => Expected::Words(&["tag"]),
        Rule::kw_tagged => return of_construct(Rule::tagged),
        Rule::kw_tags => Expected::Words(&["tags"]),
        Rule::kw_task => Expected::Words(&["task"]),
        Rule::kw_team => Expected::Words(&["team"]),
        Rule::kw_template => Expected::Words(&["template"]),
        Rule::kw_then => Expected::Words(&["then"]),
        Rule::kw_time => Expected::Words(&["times"]),
        Rule::kw_timed => return of_construct(Rule::timed_out),
        Rule::kw_times => Expected::Words(&["times"]),
        Rule::kw_timezone => Expected::Words(&["timezone"]),
        Rule::kw_to => Expected::Words(&["to"]),
        Rule::kw_transactional => Expected::Words(&["transactional"]),
        Rule::kw_unknown => Expected::Words(&["unknown"]),
        Rule::kw_untag => Expected::Words(&["untag"]),
        Rule::kw_until => Expected::Words(&["until"]),
        Rule::kw_up => Expected::Words(&["up to"]),
        Rule::kw_use => Expected::Words(&["use"]),
        Rule::kw_wait => Expected::Words(&["wait"]),
        Rule::kw_when => Expected::Words(&["when"]),
        Rule::kw_with => Expected::Words(&["with"]),
        Rule::kw_within => Expected::Words(&["within"]),
        Rule::kw_workflow => Expected::Words(&["workflow"]),
        Rule::EOI => Expected::EndOfLine,
        Rule::WHITESPACE
        | Rule::COMMENT
        | Rule::sep
        | Rule::lines
        | Rule::file
        | Rule::declaration
        | Rule::declaration_start
        | Rule::missing_close
        | Rule::stray_brace
        | Rule::email_clause
        | Rule::team_clause
        | Rule::header
        | Rule::step
        | Rule::handoff_clause
        | Rule::text
        | Rule::escape
        | Rule::plain
        | Rule::bad_hole
        | Rule::name_text
        | Rule::border
        | Rule::reserved
        | Rule::later_start
        | Rule::later_decl
        | Rule::later_decl_word
        | Rule::later_clause
        | Rule::later_clause_word
        | Rule::later_header
        | Rule::later_header_word
        | Rule::later_step
        | Rule::later_step_word
        | Rule::bad_decl
        | Rule::bad_line
        | Rule::bad_step
        | Rule::bad_else
        | Rule::bad_text
        | Rule::quoted
        | Rule::straight
        | Rule::curly
        | Rule::curly_quote
        | Rule::foreign_comment
        | Rule::hole_text
        | Rule::odd_quote
        | Rule::skipped
        | Rule::skipped_text
        | Rule::missing_line
        | Rule::close_skipped
        | Rule::missing_skipped => return None,
    })
}
