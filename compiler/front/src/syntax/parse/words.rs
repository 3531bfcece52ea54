//! Every rule as what a writer could have written, so that no rule's name ever reaches a reader.

use super::Rule;
use crate::diagnostics::Expected;
use crate::syntax::ast::Unit;
use crate::syntax::constructs::{self, PREDICATES, TURNS, every_construct};
use flow_grammar::keyword;

/// What was expected, in the order in which people would try it, each once.
pub(super) fn expected(of: Rule, rules: &[Rule]) -> Vec<Expected> {
    let mut out = Vec::new();
    for expected in rules.iter().filter_map(|rule| in_line(of, *rule)) {
        if !out.contains(&expected) {
            out.push(expected);
        }
    }
    out
}

/// A rule in the line it stands in: nobody is let in by hand where a policy says `confirm by` or `late by`.
fn in_line(of: Rule, rule: Rule) -> Option<Expected> {
    match (of, rule) {
        (Rule::confirm, Rule::kw_by) => Some(Expected::Words(&["by"])),
        (Rule::late_by, Rule::kw_by | Rule::by_length) => Some(Expected::Thing("a time such as `by 1 hour`")),
        _ => of_rule(rule),
    }
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

/// None for what no writer thinks of as a thing to write. A keyword is named here only if it shows as more than itself.
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
        Rule::subject_when | Rule::derived_when => Expected::Words(&["when"]),
        Rule::derived_otherwise => Expected::Words(&["otherwise"]),
        Rule::home => Expected::Thing("a zone such as `in \"Europe/Berlin\"`"),
        Rule::covers => Expected::Words(&["covers"]),
        Rule::capacity => Expected::Words(&["capacity"]),
        Rule::open_most => Expected::Thing("a number of people such as `40 open`"),
        Rule::a_day => Expected::Thing("a number of people such as `10 a day`"),
        Rule::away => Expected::Words(&["away"]),
        Rule::about => Expected::Refinement(&Expected::Form("about …")),
        Rule::capped => Expected::Thing("a number of emails such as `2 emails`"),
        Rule::day_span => Expected::Thing("a date such as `2026-10-01`"),
        Rule::of_country => Expected::Form("for country is \"DE\""),
        Rule::country_is => Expected::Form("country is \"DE\""),
        Rule::holidays => Expected::Thing("days such as `2026-12-25, 2026-12-26`"),
        Rule::delay => Expected::Words(&["delay"]),
        Rule::drop => Expected::Words(&["drop"]),
        Rule::title => Expected::Thing("a title in quotes"),
        Rule::and_continue => Expected::Words(&["and continue"]),
        Rule::by_hand => Expected::Words(&["by hand"]),
        Rule::existing => Expected::Refinement(&Expected::Words(&["new only", "including existing"])),
        Rule::new_only => Expected::Refinement(&Expected::Words(&["new only"])),
        Rule::including_existing => Expected::Refinement(&Expected::Words(&["including existing"])),
        Rule::never => Expected::Words(&["never"]),
        Rule::per_value => Expected::Form("per registered.webinar"),
        Rule::event_property => Expected::Thing("an event and its property such as `registered.webinar`"),
        Rule::again_after => Expected::Refinement(&Expected::Form("again after 90 days")),
        Rule::any_value => Expected::Refinement(&Expected::Words(&["any"])),
        Rule::always => Expected::Words(&["always"]),
        Rule::schedule => Expected::Form("everyone in … every monday"),
        Rule::entry_date => Expected::Thing("a date such as `30 days before renewal_date`"),
        Rule::every_year => Expected::Refinement(&Expected::Words(&["every year"])),
        Rule::at_clock => Expected::Refinement(&Expected::Thing("a time of day such as `at 09:00`")),
        Rule::at_once => Expected::Refinement(&Expected::Words(&["or at once"])),
        Rule::and_when => Expected::Refinement(&Expected::Form("and …")),
        Rule::nth => Expected::Refinement(&Expected::Words(&["1st", "2nd", "3rd", "4th", "last"])),
        Rule::weekday => Expected::Thing("a day such as `monday`"),
        Rule::at_home => Expected::Refinement(&Expected::Words(&["in contact timezone"])),
        Rule::days => Expected::Thing("days such as `weekdays`"),
        Rule::day => Expected::Thing("days such as `weekdays`"),
        Rule::clock => Expected::Thing("a time of day such as `09:00`"),
        Rule::percent => Expected::Thing("a share such as `10%`"),
        Rule::late_how => Expected::Words(&["run", "skip", "next window"]),
        Rule::run_late => Expected::Words(&["run"]),
        Rule::skip_late => Expected::Words(&["skip"]),
        Rule::next_window => Expected::Words(&["next window"]),
        Rule::block => Expected::Words(&["{"]),
        Rule::labelled => Expected::Words(&["step"]),
        Rule::plain_step => Expected::Thing("a step"),
        Rule::up_to => Expected::Words(&["up to"]),
        Rule::given => Expected::Refinement(&Expected::Form("with … = …")),
        Rule::given_value => Expected::Form("… = …"),
        Rule::by_length => Expected::Form("by …"),
        Rule::comma => Expected::Words(&[","]),
        Rule::any_email => Expected::Refinement(&Expected::Words(&["any email of this journey"])),
        Rule::of_this => Expected::Words(&["of this journey"]),
        Rule::any_of => Expected::Refinement(&Expected::Form("any of …, …")),
        Rule::timeout => Expected::Form(", otherwise { … }"),
        Rule::next_weekday => Expected::Thing("a day such as `next monday`"),
        Rule::tomorrow => Expected::Words(&["tomorrow"]),
        Rule::journey_day => Expected::Thing("a day of the journey such as `day 7`"),
        Rule::day_word => Expected::Words(&["day"]),
        Rule::wait_date => Expected::Thing("a date such as `3 days before renewal_date`"),
        Rule::distance => Expected::Refinement(&Expected::Thing("a distance such as `3 days before`")),
        Rule::if_past => Expected::Form(", if past { … }"),
        Rule::arm => Expected::Condition,
        Rule::otherwise => Expected::Words(&["else"]),
        Rule::again | Rule::kw_again => Expected::Refinement(&Expected::Words(&["again"])),
        Rule::chosen => Expected::Thing("a field such as `by industry`"),
        Rule::ways => Expected::Words(&["{"]),
        Rule::way | Rule::way_value => Expected::Thing("a value such as `\"saas\"` with its steps in braces"),
        Rule::split_name => Expected::Thing("a name such as `welcome_offer`"),
        Rule::shares => Expected::Words(&["{"]),
        Rule::share => Expected::Thing("a share such as `50% a { … }`"),
        Rule::notified => Expected::Thing("who is told, such as `owner` or the name of a team"),
        Rule::rounds => Expected::Thing("how often, such as `up to 3 times`"),
        Rule::stops => Expected::Words(&["until"]),
        Rule::last_way => Expected::Form("otherwise { … }"),
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
        Rule::changed_from => Expected::Words(&["from"]),
        Rule::changed_to => Expected::Words(&["to"]),
        Rule::properties => Expected::Refinement(&Expected::Words(&["("])),
        Rule::property => Expected::Thing("a property such as `page is \"/pricing\"`"),
        Rule::count => Expected::Refinement(&Expected::Thing("a count such as `at least 2 times`")),
        Rule::at_least => Expected::Words(&["at least"]),
        Rule::at_most => Expected::Words(&["at most"]),
        Rule::exactly => Expected::Words(&["exactly"]),
        Rule::period => Expected::Refinement(&Expected::Thing("a period such as `in the last 7 days`")),
        Rule::in_the_last => Expected::Words(&["in the last"]),
        Rule::at_now => Expected::Refinement(&Expected::Words(&["today", "now"])),
        Rule::point => Expected::Refinement(&Expected::Thing("a date")),
        Rule::shift => Expected::Refinement(&Expected::Form("+ … days")),
        Rule::age => Expected::Refinement(&Expected::Form("more than … ago")),
        Rule::this_week => Expected::Words(&["this week"]),
        Rule::this_month => Expected::Words(&["this month"]),
        Rule::ever => Expected::Words(&["ever"]),
        Rule::since_entry => Expected::Words(&["since entry"]),
        Rule::since_sent => Expected::Words(&["since"]),
        Rule::from_now => Expected::Words(&["from now"]),
        Rule::comparison => Expected::Condition,
        Rule::relation | Rule::beside_now | Rule::beside_point => {
            Expected::Thing("a comparison such as `is \"…\"` or `>= 10`")
        }
        Rule::is_known => Expected::Words(&["is known"]),
        Rule::is_unknown => Expected::Words(&["is unknown"]),
        Rule::is_not => Expected::Words(&["is not"]),
        Rule::is => Expected::Words(&["is"]),
        Rule::contains => Expected::Words(&["contains"]),
        Rule::contains_word => Expected::Words(&["contains word"]),
        Rule::contains_any => Expected::Words(&["contains any of"]),
        Rule::contains_any_word => Expected::Words(&["contains any word of"]),
        Rule::starts_with => Expected::Words(&["starts with"]),
        Rule::ends_with => Expected::Words(&["ends with"]),
        Rule::texts => Expected::Thing("texts such as `\"a\", \"b\"`"),
        Rule::between => Expected::Form("between … and …"),
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
        Rule::unit => Expected::Words(&Unit::SEVERAL),
        Rule::rate_per => Expected::Words(&["an hour", "a day"]),
        Rule::string => Expected::Text,
        Rule::hole => Expected::Thing("a field in braces"),
        Rule::plain_text => Expected::Text,
        Rule::trigger_value => Expected::Refinement(&Expected::Thing("what a trigger said")),
        Rule::word => Expected::Thing("a name"),
        Rule::name => Expected::Thing("a name"),
        // It stands where a unit may.
        Rule::kw_business => Expected::Words(&Unit::SEVERAL),
        Rule::kw_by => Expected::Words(&["by hand"]),
        Rule::kw_hold => Expected::Words(&["hold at most"]),
        Rule::kw_any => Expected::Refinement(&Expected::Words(&["any of"])),
        Rule::kw_between => Expected::Form("between … and …"),
        Rule::kw_due => Expected::Words(&["due in"]),
        Rule::kw_ends => Expected::Words(&["ends with"]),
        // Of many lines, and of one condition.
        Rule::kw_in => Expected::Words(&["in"]),
        Rule::kw_including => Expected::Refinement(&Expected::Words(&["including existing"])),
        Rule::kw_subscribed => Expected::ConditionStart(&["subscribed to"]),
        Rule::kw_opt => Expected::Words(&["opt in", "opt out"]),
        Rule::kw_keep => Expected::Words(&["keep in workflow"]),
        Rule::kw_new => Expected::Refinement(&Expected::Words(&["new only"])),
        Rule::kw_one => Expected::Words(&["one of"]),
        Rule::kw_round => Expected::Words(&["round robin"]),
        Rule::kw_since => Expected::Words(&["since entry"]),
        Rule::kw_starts => Expected::Words(&["starts with"]),
        Rule::kw_the => Expected::Words(&["the last"]),
        Rule::kw_time => Expected::Words(&["times"]),
        Rule::kw_up => Expected::Words(&["up to"]),
        Rule::EOI => Expected::EndOfLine,
        Rule::kw_not => Expected::Words(&["not"]),
        _ => return of_keyword(rule),
    })
}

/// A word is what it says, or the beginning of a condition, if one has that word in front.
fn of_keyword(rule: Rule) -> Option<Expected> {
    let words = keyword(rule)?;
    let mut starts = PREDICATES.constructs.iter().chain(TURNS.constructs);
    let start = starts.find(|construct| construct.word().split(' ').next() == words.first().copied());
    Some(start.map_or(Expected::Words(words), |construct| Expected::ConditionStart(construct.words)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands between the things to write, reads what is wrong, or is not run yet.
    const NOTHING_TO_WRITE: &str = "WHITESPACE COMMENT sep lines ends file text_relation strings emails to_any_email in_hole declaration declaration_start missing_close stray_brace email_clause \
        team_clause policy_clause header step handoff_clause text escape plain bad_hole name_text border reserved later_start later_decl \
        later_decl_word later_header later_header_word later_share experiment_word later_step later_step_word bad_decl bad_line \
        bad_step bad_else bad_text quoted straight curly curly_quote foreign_comment hole_text in_braces odd_quote skipped skipped_text \
        missing_line close_skipped missing_skipped";

    #[test]
    fn every_rule_has_words_or_is_nothing_to_write() {
        let nothing: Vec<&str> = NOTHING_TO_WRITE.split_whitespace().collect();
        for rule in Rule::all_rules() {
            let name = format!("{rule:?}");
            assert_eq!(of_rule(*rule).is_none(), nothing.contains(&name.as_str()), "{name}");
        }
    }
}
