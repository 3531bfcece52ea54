//! `email`: subjects, links and the template behind it.

use super::predicate::Asked;
use super::typed::TypedEmail;
use super::{Checker, Known};
use crate::diagnostics::names;
use crate::diagnostics::{suggest, template};
use crate::resolve::Declared;
use crate::source::{FileId, Project, Span};
use crate::syntax::ast;
use crate::templates::{self, FaultKind, FieldShape, TemplateFault, TemplateKind, TemplateScope};
use flow_ir::{Email, EmailContent, EmailId, EmailKind, FieldType, Link};
use std::collections::BTreeMap;

impl Checker<'_> {
    pub(super) fn email_named(&mut self, name: &ast::Name) -> Option<EmailId> {
        let found = self.emails.get(name.text.as_str()).copied();
        if found.is_none() {
            let known = if self.suggests() { self.emails.keys().copied().collect() } else { Vec::new() };
            let diagnostic = names::unknown_email(&name.text, &known, self.at(name.span));
            self.report_unknown(&[ast::Kind::Email], diagnostic);
        }
        found
    }

    pub(super) fn email(&mut self, email: &Declared<ast::Email>, project: &Project) -> TypedEmail {
        self.file = email.file;
        let node = &email.node;
        self.email_clauses(node);
        let links = self.links(node);
        let kind = match node.kind {
            ast::EmailKind::Marketing => EmailKind::Marketing,
            ast::EmailKind::Transactional => EmailKind::Transactional,
        };
        let html = self.template(node, &links, kind, project).unwrap_or_default();
        let asked = Asked::Anywhere("a subject");
        let subjects = node.subjects.iter().map(|subject| {
            let when = subject.when.as_ref().map(|when| self.predicate(when, asked, &Known::new()));
            let known = when.as_ref().map(|cond| super::predicate::assume(cond, true)).unwrap_or_default();
            (when, self.template_text(&subject.text, &known))
        });
        let subjects = subjects.collect();
        TypedEmail {
            subjects,
            email: Email { name: node.name.text.clone(), kind },
            content: EmailContent {
                from: node.from.as_ref().and_then(|from| self.address(from, true)),
                subjects: Vec::new(),
                preview: node.preview.as_ref().map(|preview| self.template_text(preview, &Known::new())),
                html,
                links,
            },
        }
    }

    /// What is there twice, and what is not there.
    fn email_clauses(&mut self, node: &ast::Email) {
        let what = format!("email `{}`", node.name.text);
        for (clause, span) in &node.repeated {
            self.repeated(&what, clause, *span, None);
        }
        if node.broken {
            return;
        }
        let at = self.at(node.name.span);
        if node.subjects.is_empty() {
            self.report(names::missing_clause(
                &what,
                "subject",
                "subject \"Your guide, {first_name or \"there\"}\"",
                at,
            ));
        }
        if node.template.is_none() {
            let example = format!("template \"emails/{}.mjml\"", node.name.text);
            self.report(names::missing_clause(&what, "template", &example, at));
        }
    }

    fn links(&mut self, node: &ast::Email) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        for link in &node.links {
            let (alias, url) = (self.fixed_text(&link.alias), self.web_address(&link.url));
            let Some(alias) = alias else { continue };
            if links.iter().any(|known| known.alias == alias) {
                self.repeated(&format!("email `{}`", node.name.text), &format!("link \"{alias}\""), link.span, None);
                continue;
            }
            // Where its address is wrong, the template may use it all the same.
            links.push(Link { alias, url: url.unwrap_or_default() });
        }
        links
    }

    /// Checks the template; returns its HTML.
    fn template(&mut self, node: &ast::Email, links: &[Link], kind: EmailKind, project: &Project) -> Option<String> {
        let named = node.template.as_ref()?;
        let used = self.at(named.span);
        let path = self.fixed_text(named)?;
        let Some(index) = project.templates.iter().position(|template| template.path == path) else {
            let known = project.templates.iter().map(|template| template.path.as_str());
            let nearest = suggest::nearest(&path, known);
            self.report(template::not_found(&path, used, nearest));
            return None;
        };
        let extension = path.rsplit('.').next().unwrap_or_default();
        let Some(template_kind) = TemplateKind::from_extension(extension) else {
            self.report(template::not_a_template(&path, used));
            return None;
        };
        let source = &project.templates[index];
        let at = Span::new(0, 0).in_file(FileId(self.scope.first_template + index as u32));
        let scope = self.template_scope(links, kind);
        let name = node.name.text.as_str();
        let (faults, html) = match templates::check(&source.text, template_kind, &scope) {
            Ok(checked) => (checked.warnings, Some(checked.html)),
            Err(faults) => (faults, None),
        };
        for fault in &faults {
            if !self.is_excused(fault, node) {
                self.report(template::fault(fault, at, source, name, used));
            }
        }
        html
    }

    /// Whether a fault may only follow from a declaration that could not be read.
    fn is_excused(&self, fault: &TemplateFault, node: &ast::Email) -> bool {
        match &fault.kind {
            FaultKind::UnknownToken { nearest, .. } => {
                self.may_be_lost(ast::Kind::Contact) || (self.scope.module_missing && nearest.is_none())
            }
            FaultKind::UnknownLink { .. } | FaultKind::UnusedLink { .. } => {
                node.broken || node.links.iter().any(|link| link.alias.plain().is_none())
            }
            _ => false,
        }
    }

    fn template_scope(&self, links: &[Link], kind: EmailKind) -> TemplateScope {
        let fields = self.schema.fields.iter().map(|field| {
            let printable = field.shape.ty != FieldType::YesNo;
            (field.shape.name.clone(), FieldShape { printable, optional: field.shape.optional })
        });
        TemplateScope {
            fields: fields.collect(),
            links: links.iter().map(|link| (link.alias.clone(), link.url.clone())).collect::<BTreeMap<_, _>>(),
            marketing: kind == EmailKind::Marketing,
        }
    }
}
