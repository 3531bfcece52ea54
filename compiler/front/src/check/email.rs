//! `email`: subjects, links and the template behind it.

use super::Known;
use super::cx::Cx;
use super::named;
use super::predicate::Asked;
use super::predicate::check_predicate;
use super::text::{check_address, check_web_address, fixed_text, limited_text, nothing_to_read, report_repeated};
use super::trigger::{self, TriggerOf};
use crate::diagnostics::{names, template};
use crate::source::{FileId, Source, Span};
use crate::syntax::{ast, trigger_meant};
use crate::templates::{self, Checked, FaultKind, RequiredToken, TemplateFault, TemplateKind, TemplateScope};
use crate::typed::{Part, TypedEmail};
use flow_ir::limits::{MAX_SUBJECT_BYTES, MAX_TEXT_BYTES};
use flow_ir::{Email, EmailContent, EmailKind, FieldId, Link};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) fn check_email(cx: &mut Cx<'_>, node: &ast::Email) -> TypedEmail {
    cx.trigger_of = TriggerOf::Mail(node.name.text.clone(), cx.at(node.name.span));
    report_email_clauses(cx, node);
    let links = check_links(cx, node);
    let kind = match node.kind() {
        Some(ast::EmailKind::Transactional) => EmailKind::Transactional,
        Some(ast::EmailKind::Marketing) | None => EmailKind::Marketing,
    };
    let confirms = cx.env.confirm_meant.or(cx.env.confirm_mail) == Some(node.name.text.as_str());
    let kind = if confirms { kind_of_confirm_mail(cx, node, kind) } else { kind };
    let topic = check_topic(cx, node, kind);
    let (html, tokens) = check_template(cx, node, &links, (kind, confirms)).unwrap_or_default();
    let asked = Asked::Anywhere("a subject");
    let subjects = node.subjects().iter().map(|subject| {
        // Which subject it is, is asked of the contact alone.
        let of_mail = std::mem::take(&mut cx.trigger_of);
        let when = subject.when.as_ref().map(|when| check_predicate(cx, when, asked, &Known::new()));
        cx.trigger_of = of_mail;
        let known = when.as_ref().map(|cond| super::predicate::assume(cx.env, cond, true)).unwrap_or_default();
        let when = when.zip(subject.when.as_ref()).map(|(cond, when)| Part { cond, at: cx.at(when.span()) });
        (when, limited_text(cx, &subject.text, &known, "this subject", MAX_SUBJECT_BYTES))
    });
    let subjects = subjects.collect();
    TypedEmail {
        subjects,
        email: Email { name: node.name.text.clone(), kind, topic, confirms },
        content: EmailContent {
            from: node.from().and_then(|from| check_address(cx, from, true)),
            reply_to: node.reply_to().and_then(|reply_to| check_address(cx, reply_to, true)),
            subjects: Vec::new(),
            preview: node
                .preview()
                .map(|preview| limited_text(cx, preview, &Known::new(), "this preview", MAX_TEXT_BYTES)),
            html,
            tokens,
            links,
        },
    }
}

/// What is there twice, and what is not there.
fn report_email_clauses(cx: &mut Cx<'_>, node: &ast::Email) {
    let what = format!("email `{}`", node.name.text);
    for repeated in ast::repeated(&node.clauses) {
        report_repeated(cx, &what, repeated.word, repeated.again.span, None);
    }
    if node.broken {
        return;
    }
    for subject in node.subjects() {
        if nothing_to_read(&subject.text) {
            cx.report(names::empty_subject(&node.name.text, cx.at(subject.text.span)));
        }
    }
    let at = cx.at(node.name.span);
    if node.subjects().is_empty() {
        cx.report(names::missing_clause(&what, "subject", "subject \"Your guide, {first_name or \"there\"}\"", at));
    }
    if node.template().is_none() {
        let example = format!("template \"emails/{}.mjml\"", node.name.text);
        cx.report(names::missing_clause(&what, "template", &example, at));
    }
}

/// A mail that asks whether somebody wants mail cannot need that they do.
fn kind_of_confirm_mail(cx: &mut Cx<'_>, node: &ast::Email, kind: EmailKind) -> EmailKind {
    if kind == EmailKind::Marketing && !node.broken {
        let written = node.clauses.iter().find(|clause| matches!(clause.kind, ast::EmailClause::Kind(_)));
        let diagnostic = names::confirm_mail_of_marketing(
            &node.name.text,
            cx.at(node.name.span),
            written.map(|line| cx.at(line.span)),
        );
        cx.report(diagnostic);
    }
    EmailKind::Transactional
}

/// What the mail is about, as the field that keeps what people have said of it.
fn check_topic(cx: &mut Cx<'_>, node: &ast::Email, kind: EmailKind) -> Option<FieldId> {
    let (name, span) = node.topic()?;
    if kind == EmailKind::Transactional {
        // That it is transactional is told of the mail that asks for a yes, with this line.
        if node.kind() != Some(ast::EmailKind::Transactional) {
            return None;
        }
        cx.report(names::topic_of_transactional(&node.name.text, cx.at(span)));
        return None;
    }
    named::topic(cx, name)
}

fn check_links(cx: &mut Cx<'_>, node: &ast::Email) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut known = BTreeSet::new();
    for (link, span) in node.links() {
        let (alias, url) = (fixed_text(cx, &link.alias), check_web_address(cx, &link.url));
        let Some(alias) = alias else { continue };
        if !known.insert(alias.clone()) {
            report_repeated(cx, &format!("email `{}`", node.name.text), &format!("link \"{alias}\""), span, None);
            continue;
        }
        // Where its address is wrong, the template may use it all the same.
        links.push(Link { alias, url: url.unwrap_or_default() });
    }
    links
}

/// Checks the template; returns its HTML and the fields that it reads.
fn check_template(
    cx: &mut Cx<'_>,
    node: &ast::Email,
    links: &[Link],
    kind: (EmailKind, bool),
) -> Option<(String, Vec<FieldId>)> {
    let named = node.template()?;
    let used = cx.at(named.span);
    let path = fixed_text(cx, named)?;
    let Some(index) = cx.env.templates.get(path.as_str()).copied() else {
        let known = cx.suggesting().names(cx.env.templates.keys().copied());
        cx.report(template::not_found(&path, used, &known));
        return None;
    };
    let extension = path.rsplit('.').next().unwrap_or_default();
    let Some(template_kind) = TemplateKind::from_extension(extension) else {
        cx.report(template::not_a_template(&path, used));
        return None;
    };
    if cx.is_trial() {
        return None;
    }
    let source = cx.env.project.templates.get(index as usize)?;
    let at = Span::new(0, 0).in_file(FileId(cx.env.scope.first_template + index));
    let name = node.name.text.as_str();
    let (faults, checked) = match checked_template(cx, source, template_kind, links, kind) {
        Ok(checked) => (checked.warnings, Some((checked.html, checked.uses.fields))),
        Err(faults) => (faults, None),
    };
    let links_unclear = node.broken || node.links().any(|(link, _)| link.alias.plain().is_none());
    for fault in &faults {
        // The link is there, and wrong: that is told.
        let is_link = matches!(fault.kind, FaultKind::Required { token: RequiredToken::ConfirmUrl, .. });
        if is_excused(cx, fault, links_unclear) || (is_link && faults.len() > 1 && source.text.contains("confirm_url"))
        {
            continue;
        }
        if let Some(property) = read_of_trigger(fault) {
            // As a subject says it, and no more of it where that is told.
            let span = Span::new(fault.span.start as u32, fault.span.end as u32);
            let missing = trigger::missing(cx, &property, span.in_file(at.file));
            if let Some(diagnostic) = missing {
                cx.report(diagnostic.label(used, format!("the template of `{name}`")));
            }
            continue;
        }
        match &fault.kind {
            // It is not in the template, so it can only be shown where it is declared.
            FaultKind::UnusedLink { alias, unseen: None } => {
                let declared = node.links().find(|(link, _)| link.alias.plain().as_deref() == Some(alias.as_str()));
                let place = declared.map_or(used, |(_, span)| cx.at(span));
                cx.report(template::link_never_used(fault, place, used));
            }
            _ => cx.report(template::fault(fault, at, source, name, used)),
        }
    }
    let (html, read) = checked?;
    let mut tokens: Vec<FieldId> = read.iter().filter_map(|name| cx.field(name)).collect();
    tokens.sort_unstable();
    Some((html, tokens))
}

/// Checks a template with what its mail may name. What the trigger said is asked where the template reads it, or where a name is none of a field.
fn checked_template(
    cx: &Cx<'_>,
    source: &Source,
    kind: TemplateKind,
    links: &[Link],
    of: (EmailKind, bool),
) -> Result<Checked, Vec<TemplateFault>> {
    let reads = source.text.contains("trigger.");
    let checked = templates::check(&source.text, kind, &template_scope(cx, links, of, reads));
    let is_unknown = |fault: &TemplateFault| matches!(fault.kind, FaultKind::UnknownToken { .. });
    match checked {
        Err(faults) if !reads && faults.iter().any(is_unknown) => {
            templates::check(&source.text, kind, &template_scope(cx, links, of, true))
        }
        checked => checked,
    }
}

/// The property of a trigger that a template reads and no trigger says.
fn read_of_trigger(fault: &TemplateFault) -> Option<String> {
    let FaultKind::UnknownToken { name, nearest: None } = &fault.kind else { return None };
    let theirs = trigger_meant(name);
    ast::trigger_property(theirs.as_deref().unwrap_or(name)).map(str::to_owned)
}

/// Whether a fault may only follow from a declaration that could not be read; `links_unclear`, from one of the email's links.
fn is_excused(cx: &Cx<'_>, fault: &TemplateFault, links_unclear: bool) -> bool {
    match &fault.kind {
        FaultKind::UnknownToken { name, .. } if ast::trigger_property(name).is_some() => {
            ast::trigger_property(name).is_some_and(|property| trigger::is_unclear(cx, property))
        }
        FaultKind::UnknownToken { name, nearest, .. } => {
            cx.env.is_disputed(name)
                || cx.may_be_lost(ast::Kind::Contact)
                || (cx.env.scope.module_missing && nearest.is_none())
        }
        FaultKind::ConfirmsElsewhere => confirm_mail_is_unclear(cx),
        FaultKind::UnknownLink { .. } | FaultKind::UnusedLink { .. } | FaultKind::WrittenOut { .. } => links_unclear,
        _ => false,
    }
}

/// Whether the policy may mean any email as the one by which people confirm: what it says of that was reported.
fn confirm_mail_is_unclear(cx: &Cx<'_>) -> bool {
    let is_unknown = cx.env.confirm_mail.is_some_and(|email| !cx.env.emails.contains_key(email));
    is_unknown || cx.env.scope.policy.iter().any(|policy| policy.node.broken)
}

fn template_scope(
    cx: &Cx<'_>,
    links: &[Link],
    (kind, confirms): (EmailKind, bool),
    reads_triggers: bool,
) -> TemplateScope {
    let (mut fields, mut values) = (cx.env.template_fields.clone(), Arc::clone(&cx.env.template_values));
    if reads_triggers {
        let (said, values_said) = cx.trigger_values();
        fields =
            fields.iter().map(|(name, shape)| (name.clone(), *shape)).chain(said).collect::<BTreeMap<_, _>>().into();
        Arc::make_mut(&mut values).extend(values_said);
    }
    TemplateScope {
        fields,
        values,
        links: links.iter().map(|link| (link.alias.clone(), link.url.clone())).collect::<BTreeMap<_, _>>(),
        marketing: kind == EmailKind::Marketing,
        confirms,
    }
}
