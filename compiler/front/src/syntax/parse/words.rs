//! Every rule in words, so that no rule's name ever reaches a reader.

use super::Rule;

/// What was expected, in the order in which people would try it, each once.
pub(super) fn words(rules: &[Rule]) -> Vec<&'static str> {
    let mut out = Vec::new();
    for word in rules.iter().filter_map(|rule| word(*rule)) {
        if !out.contains(&word) {
            out.push(word);
        }
    }
    out
}

/// A rule in words; none for what no writer thinks of as a thing to write.
fn word(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::end => "the end of the line",
        Rule::use_decl => "`use`",
        Rule::module => "a module such as `std.b2b`",
        Rule::open => "`{`",
        Rule::close => "`}`",
        Rule::contact_decl => "`contact`",
        Rule::event_decl => "`event`",
        Rule::fields => "`{`",
        Rule::field => "a field such as `first_name text?`",
        Rule::field_type => "a type such as `text`",
        Rule::one_of => "`one of \"…\"`",
        Rule::type_name => "a type such as `text`, `number` or `yes/no`",
        Rule::optional => "`?`",
        Rule::default_value => "`= …`",
        Rule::equals => "`=`",
        Rule::colon => "`:`",
        Rule::stages_decl => "`stages`",
        Rule::segment_decl => "`segment`",
        Rule::email_decl => "`email`",
        Rule::subject => "`subject`",
        Rule::subject_when => "`when`",
        Rule::preview => "`preview`",
        Rule::from => "`from`",
        Rule::template => "`template`",
        Rule::email_kind => "`kind`",
        Rule::link => "`link`",
        Rule::team_decl => "`team`",
        Rule::member => "`member`",
        Rule::covers => "`covers`",
        Rule::backup => "`backup`",
        Rule::assign => "`assign`",
        Rule::workflow_decl => "`workflow`",
        Rule::title => "a title in quotes",
        Rule::goal => "`goal`",
        Rule::and_continue => "`and continue`",
        Rule::owner => "`owner`",
        Rule::reviewed => "`reviewed`",
        Rule::group => "`group`",
        Rule::enter => "`enter`",
        Rule::by_hand => "`by hand`",
        Rule::existing => "`new only` or `including existing`",
        Rule::new_only => "`new only`",
        Rule::including_existing => "`including existing`",
        Rule::reenter => "`reenter`",
        Rule::once => "`once`",
        Rule::exit_when => "`exit when`",
        Rule::skip_when => "`skip when`",
        Rule::window => "`send on`",
        Rule::days => "days such as `weekdays`",
        Rule::day => "days such as `weekdays`",
        Rule::clock => "a time of day such as `09:00`",
        Rule::block => "`{`",
        Rule::labelled => "`step`",
        Rule::plain_step => "a step",
        Rule::send => "`send`",
        Rule::wait => "`wait`",
        Rule::wait_until => "`wait until`",
        Rule::up_to => "`up to`",
        Rule::branch => "`if`",
        Rule::arm => "a condition",
        Rule::otherwise => "`else`",
        Rule::score => "`score +=`",
        Rule::change => "`+=` or `-=`",
        Rule::set => "`set`",
        Rule::advance => "`advance`",
        Rule::handoff => "`handoff`",
        Rule::handoff_block => "`{`",
        Rule::note => "`note`",
        Rule::task => "`task`",
        Rule::keep => "`keep in workflow`",
        Rule::exit => "`exit`",
        Rule::as_converted => "`as converted`",
        Rule::predicate => "a condition",
        Rule::and => "`and`",
        Rule::or => "`or`",
        Rule::unary => "a condition",
        Rule::not => "`not`",
        Rule::group_of => "`(`",
        Rule::test => "a condition",
        Rule::timed_out => "`timed out`",
        Rule::was_sent => "`sent`",
        Rule::engagement => "`clicked`",
        Rule::no_event => "`no`",
        Rule::inactive => "`inactive for`",
        Rule::event_test => "an event",
        Rule::properties => "`(`",
        Rule::property => "a property such as `page is \"/pricing\"`",
        Rule::count => "a count such as `at least 2 times`",
        Rule::at_least => "`at least`",
        Rule::at_most => "`at most`",
        Rule::exactly => "`exactly`",
        Rule::period => "a period such as `in 7 days`",
        Rule::ever => "`ever`",
        Rule::since_entry => "`since entry`",
        Rule::from_now => "`from now`",
        Rule::comparison => "a condition",
        Rule::relation => "a comparison such as `is \"…\"` or `>= 10`",
        Rule::is_known => "`is known`",
        Rule::is_unknown => "`is unknown`",
        Rule::is_not => "`is not`",
        Rule::is => "`is`",
        Rule::in_list => "`in (\"…\")`",
        Rule::not_in => "`not in (\"…\")`",
        Rule::list => "a list such as `(\"a\", \"b\")`",
        Rule::contains => "`contains`",
        Rule::starts_with => "`starts with`",
        Rule::order => "`>=`, `<=`, `>` or `<`",
        Rule::value => "a value",
        Rule::fallback => "`or` and a fallback",
        Rule::sum => "a value",
        Rule::sign => "`+` or `-`",
        Rule::term => "a value",
        Rule::with_fallback => "`(`",
        Rule::literal => "a value",
        Rule::truth => "`yes` or `no`",
        Rule::date => "a date such as `2026-10-01`",
        Rule::number => "a number",
        Rule::duration => "a duration such as `2 days`",
        Rule::unit => "`minutes`, `hours`, `days`, `weeks` or `months`",
        Rule::string => "a text in quotes",
        Rule::hole => "a field in braces",
        Rule::plain_text => "a text in quotes",
        Rule::word => "a name",
        Rule::name => "a name",
        Rule::kw_advance => "`advance`",
        Rule::kw_after => "`after`",
        Rule::kw_and => "`and`",
        Rule::kw_as => "`as`",
        Rule::kw_assign => "`assign`",
        Rule::kw_at => "`at`",
        Rule::kw_backup => "`backup`",
        Rule::kw_bounced => "`bounced`",
        Rule::kw_by => "`by hand`",
        Rule::kw_clicked => "`clicked`",
        Rule::kw_contact => "`contact`",
        Rule::kw_contains => "`contains`",
        Rule::kw_continue => "`continue`",
        Rule::kw_converted => "`converted`",
        Rule::kw_covers => "`covers`",
        Rule::kw_due => "`due in`",
        Rule::kw_else => "`else`",
        Rule::kw_email => "`email`",
        Rule::kw_enter => "`enter`",
        Rule::kw_entry => "`entry`",
        Rule::kw_event => "`event`",
        Rule::kw_ever => "`ever`",
        Rule::kw_exactly => "`exactly`",
        Rule::kw_existing => "`existing`",
        Rule::kw_exit => "`exit`",
        Rule::kw_for => "`for`",
        Rule::kw_from => "`from`",
        Rule::kw_goal => "`goal`",
        Rule::kw_group => "`group`",
        Rule::kw_hand => "`hand`",
        Rule::kw_handoff => "`handoff`",
        Rule::kw_if => "`if`",
        Rule::kw_in => "`in`",
        Rule::kw_inactive => "`inactive for`",
        Rule::kw_including => "`including existing`",
        Rule::kw_is => "`is`",
        Rule::kw_keep => "`keep in workflow`",
        Rule::kw_kind => "`kind`",
        Rule::kw_known => "`known`",
        Rule::kw_least => "`least`",
        Rule::kw_link => "`link`",
        Rule::kw_marketing => "`marketing`",
        Rule::kw_member => "`member`",
        Rule::kw_most => "`most`",
        Rule::kw_new => "`new only`",
        Rule::kw_no => "`no`",
        Rule::kw_not => "`not`",
        Rule::kw_note => "`note`",
        Rule::kw_now => "`now`",
        Rule::kw_of => "`of`",
        Rule::kw_on => "`on`",
        Rule::kw_once => "`once`",
        Rule::kw_one => "`one of`",
        Rule::kw_only => "`only`",
        Rule::kw_opened => "`opened`",
        Rule::kw_or => "`or`",
        Rule::kw_otherwise => "`otherwise`",
        Rule::kw_out => "`out`",
        Rule::kw_owner => "`owner`",
        Rule::kw_preview => "`preview`",
        Rule::kw_reenter => "`reenter`",
        Rule::kw_replied => "`replied`",
        Rule::kw_reviewed => "`reviewed`",
        Rule::kw_robin => "`robin`",
        Rule::kw_round => "`round robin`",
        Rule::kw_segment => "`segment`",
        Rule::kw_send => "`send`",
        Rule::kw_sent => "`sent`",
        Rule::kw_set => "`set`",
        Rule::kw_since => "`since entry`",
        Rule::kw_skip => "`skip`",
        Rule::kw_stage => "`stage`",
        Rule::kw_stages => "`stages`",
        Rule::kw_starts => "`starts with`",
        Rule::kw_step => "`step`",
        Rule::kw_subject => "`subject`",
        Rule::kw_task => "`task`",
        Rule::kw_team => "`team`",
        Rule::kw_template => "`template`",
        Rule::kw_then => "`then`",
        Rule::kw_time => "`times`",
        Rule::kw_timed => "`timed out`",
        Rule::kw_times => "`times`",
        Rule::kw_timezone => "`timezone`",
        Rule::kw_to => "`to`",
        Rule::kw_transactional => "`transactional`",
        Rule::kw_unknown => "`unknown`",
        Rule::kw_until => "`until`",
        Rule::kw_up => "`up to`",
        Rule::kw_use => "`use`",
        Rule::kw_wait => "`wait`",
        Rule::kw_when => "`when`",
        Rule::kw_with => "`with`",
        Rule::kw_within => "`within`",
        Rule::kw_workflow => "`workflow`",
        Rule::EOI => "the end of the line",
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
