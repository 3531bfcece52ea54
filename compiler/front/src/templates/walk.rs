//! The token language: which part of Jinja a mail may use, and what is known to be there at each place.
//!
//! One walk over Jinja's own syntax tree. Inside `{% if first_name %}` the field is known, so it needs no fallback. The way back
//! up carries the tokens that every path prints: a sequence prints what any of its parts prints, an `if` only what all of its
//! branches print. A part that was refused yields "known", so that one mistake gives one message.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use minijinja::machinery::{self, ast};

use super::fault::{Construct, FaultKind, MissingUse, RequiredToken, Seen, TemplateFault, nearest};
use super::markup::{Markup, Place};
use super::{TemplateScope, Uses};

const FILTERS: [&str; 5] = ["capitalize", "default", "lower", "title", "upper"];
const LINK: &str = "link";

/// Fields that cannot be missing here.
type Known = BTreeSet<String>;
type Printed = BTreeSet<RequiredToken>;

#[derive(Default)]
pub(super) struct Walked {
    pub(super) faults: Vec<TemplateFault>,
    pub(super) uses: Uses,
    /// Aliases that a reader can reach, unlike one in a comment.
    reachable: BTreeSet<String>,
    /// Some `link(..)` was refused, so which alias it meant is not known.
    links_unclear: bool,
    on_every_path: Printed,
    /// Refused where they stand, and reported there.
    refused: Printed,
    seen: BTreeMap<RequiredToken, (Seen, Range<usize>)>,
}

impl Walked {
    /// What is not there. Worth saying only when all that is there could be read.
    pub(super) fn absences(&self, scope: &TemplateScope, body_end: Range<usize>) -> Vec<TemplateFault> {
        let unused = scope.links.keys().filter(|alias| !self.links_unclear && !self.reachable.contains(*alias));
        let unused = unused.map(|alias| TemplateFault {
            kind: FaultKind::UnusedLink { alias: alias.clone() },
            span: body_end.clone(),
        });
        let is_absent = |token: &RequiredToken| !self.on_every_path.contains(token) && !self.refused.contains(token);
        let required = RequiredToken::ALL.into_iter().filter(|token| scope.marketing && is_absent(token));
        let required = required.map(|token| {
            let (seen, span) = self.seen.get(&token).cloned().unwrap_or((Seen::Nowhere, body_end.clone()));
            TemplateFault { kind: FaultKind::Required { token, seen }, span }
        });
        required.chain(unused).collect()
    }
}

pub(super) fn walk(text: &str, markup: &Markup, scope: &TemplateScope, excused: &BTreeSet<String>) -> Walked {
    let mut walker = Walker { markup, scope, excused, walked: Walked::default() };
    // The text was mended until it parses.
    if let Ok(ast::Stmt::Template(template)) = machinery::parse(text, "", Default::default()) {
        let on_every_path = walker.body(&template.children, &Known::new());
        walker.walked.on_every_path = on_every_path;
    }
    walker.walked
}

struct Walker<'s> {
    markup: &'s Markup,
    scope: &'s TemplateScope,
    excused: &'s BTreeSet<String>,
    walked: Walked,
}

/// The field that may be missing, where one may.
type Gap = Option<(String, Range<usize>)>;

impl Walker<'_> {
    fn report(&mut self, kind: FaultKind, span: Range<usize>) {
        self.walked.faults.push(TemplateFault { kind, span });
    }

    fn refuse(&mut self, construct: Construct, span: Range<usize>) -> Gap {
        self.report(FaultKind::NotAllowed(construct), span);
        None
    }

    fn body(&mut self, statements: &[ast::Stmt<'_>], known: &Known) -> Printed {
        statements.iter().flat_map(|statement| self.statement(statement, known)).collect()
    }

    fn statement(&mut self, statement: &ast::Stmt<'_>, known: &Known) -> Printed {
        let (word, span) = match statement {
            ast::Stmt::EmitRaw(_) => return Printed::new(),
            ast::Stmt::EmitExpr(emit) => return self.emit(&emit.expr, known),
            ast::Stmt::IfCond(branch) => return self.branch(branch, known),
            ast::Stmt::Template(template) => return self.body(&template.children, known),
            // The rest was refused before parsing, by its first word. Should a new spelling slip through, it ends here.
            ast::Stmt::ForLoop(it) => ("for", it.span()),
            ast::Stmt::WithBlock(it) => ("with", it.span()),
            ast::Stmt::Set(it) => ("set", it.span()),
            ast::Stmt::SetBlock(it) => ("set", it.span()),
            ast::Stmt::AutoEscape(it) => ("autoescape", it.span()),
            ast::Stmt::FilterBlock(it) => ("filter", it.span()),
            ast::Stmt::Block(it) => ("block", it.span()),
            ast::Stmt::Import(it) => ("import", it.span()),
            ast::Stmt::FromImport(it) => ("from", it.span()),
            ast::Stmt::Extends(it) => ("extends", it.span()),
            ast::Stmt::Include(it) => ("include", it.span()),
            ast::Stmt::Macro(it) => ("macro", it.span()),
            ast::Stmt::CallBlock(it) => ("call", it.span()),
            ast::Stmt::Do(it) => ("do", it.span()),
        };
        self.refuse(Construct::Tag { name: word.to_owned() }, bytes(span));
        Printed::new()
    }

    fn branch(&mut self, branch: &ast::IfCond<'_>, known: &Known) -> Printed {
        let (if_true, if_false) = self.condition(&branch.expr, known);
        let one = self.body(&branch.true_body, &with(known, if_true));
        let other = self.body(&branch.false_body, &with(known, if_false));
        one.intersection(&other).copied().collect()
    }

    /// The field that is known where the condition holds, and the one where it does not.
    fn condition(&mut self, condition: &ast::Expr<'_>, known: &Known) -> (Option<String>, Option<String>) {
        let span = range(condition);
        match condition {
            ast::Expr::Var(_) | ast::Expr::GetAttr(_) => (self.field(condition).map(|(name, _)| name), None),
            ast::Expr::BinOp(op) => match op.op {
                ast::BinOpKind::Eq => (self.comparison(op), None),
                ast::BinOpKind::Ne => {
                    let field = self.comparison(op);
                    if let Some(field) = field.as_ref().filter(|field| self.may_lack(field, known)) {
                        let kind = FaultKind::MaybeMissing { field: field.clone(), usage: MissingUse::ComparedUnequal };
                        self.report(kind, span);
                    }
                    (None, field)
                }
                ast::BinOpKind::ScAnd | ast::BinOpKind::ScOr => self.no_condition(Construct::And, span),
                ast::BinOpKind::In => self.no_condition(Construct::Test, span),
                _ => self.no_condition(Construct::Condition, span),
            },
            ast::Expr::UnaryOp(op) => match op.op {
                ast::UnaryOpKind::Not => self.no_condition(Construct::Not, span),
                ast::UnaryOpKind::Neg => self.no_condition(Construct::Condition, span),
            },
            ast::Expr::Test(_) => self.no_condition(Construct::Test, span),
            _ => self.no_condition(Construct::Condition, span),
        }
    }

    fn no_condition(&mut self, construct: Construct, span: Range<usize>) -> (Option<String>, Option<String>) {
        self.refuse(construct, span);
        (None, None)
    }

    /// The field of `FIELD == "text"`, on whichever side. An empty text proves nothing about the field.
    fn comparison(&mut self, op: &ast::BinOp<'_>) -> Option<String> {
        let (field, literal) = match (&op.left, &op.right) {
            (field, ast::Expr::Const(literal)) | (ast::Expr::Const(literal), field) => (field, literal),
            _ => {
                self.refuse(Construct::CompareWithoutField, join(range(&op.left), range(&op.right)));
                return None;
            }
        };
        if field_name(field).is_none() {
            self.refuse(Construct::CompareWithoutField, join(range(&op.left), range(&op.right)));
            return None;
        }
        let (name, span) = self.field(field)?;
        if !self.scope.fields.get(&name).is_some_and(|shape| shape.printable) {
            self.refuse(Construct::CompareNotPrintable { field: name }, span);
            return None;
        }
        let Some(text) = literal.value.as_str() else {
            self.refuse(Construct::CompareNotText { field: name }, bytes(literal.span()));
            return None;
        };
        (!text.is_empty()).then_some(name)
    }

    fn emit(&mut self, expr: &ast::Expr<'_>, known: &Known) -> Printed {
        if let ast::Expr::Call(call) = expr {
            self.call(call, range(expr));
            return Printed::new();
        }
        if let ast::Expr::Var(var) = expr
            && let Some(token) = RequiredToken::from_name(var.id)
        {
            return self.required(token, range(expr));
        }
        if let Some((field, span)) = self.value(expr, known) {
            self.report(FaultKind::MaybeMissing { field, usage: MissingUse::Printed }, span);
        }
        Printed::new()
    }

    fn required(&mut self, token: RequiredToken, span: Range<usize>) -> Printed {
        let shown = match self.markup.place_of(span.start) {
            Place::Comment => Seen::InComment,
            _ => Seen::OnSomePaths,
        };
        let conditional = *self.markup.place_of(span.start) == Place::Conditional;
        let best = self.walked.seen.entry(token).or_insert((shown, span.clone()));
        if shown > best.0 {
            *best = (shown, span);
        }
        if shown == Seen::InComment || conditional { Printed::new() } else { Printed::from([token]) }
    }

    fn call(&mut self, call: &ast::Call<'_>, span: Range<usize>) {
        let callee = field_name(&call.expr).unwrap_or_default();
        if callee != LINK {
            self.refuse(Construct::Call { name: callee }, span);
            return;
        }
        let alias = match call.args.as_slice() {
            [ast::CallArg::Pos(ast::Expr::Const(alias))] => {
                alias.value.as_str().map(|text| (text.to_owned(), bytes(alias.span())))
            }
            _ => None,
        };
        let Some((alias, alias_span)) = alias else {
            self.walked.links_unclear = true;
            self.refuse(Construct::LinkArguments, span);
            return;
        };
        if !self.scope.links.contains_key(&alias) {
            let nearest = nearest(&alias, self.scope.links.keys().map(String::as_str));
            // The misspelt link is not also an unused one.
            self.walked.reachable.extend(nearest.clone());
            self.report(FaultKind::UnknownLink { alias, nearest }, alias_span);
            return;
        }
        if *self.markup.place_of(span.start) != Place::Comment {
            self.walked.reachable.insert(alias.clone());
        }
        self.walked.uses.links.insert(alias);
    }

    /// Checks something that will be printed; gives the field that may leave it empty.
    fn value(&mut self, expr: &ast::Expr<'_>, known: &Known) -> Gap {
        let span = range(expr);
        match expr {
            ast::Expr::Var(_) | ast::Expr::GetAttr(_) => self.printed_field(expr, known),
            ast::Expr::Const(literal) => match literal.value.as_str() {
                Some(_) => None,
                None => self.refuse(Construct::Literal, span),
            },
            ast::Expr::Filter(filter) => self.filter(filter, known),
            ast::Expr::BinOp(op) => match op.op {
                ast::BinOpKind::ScOr => {
                    let left = self.value(&op.left, known);
                    let right = self.fallback(&op.right, known);
                    left.and(right)
                }
                ast::BinOpKind::ScAnd => self.refuse(Construct::And, span),
                ast::BinOpKind::In => self.refuse(Construct::Test, span),
                _ => self.refuse(Construct::Operator, span),
            },
            ast::Expr::Call(call) => {
                let name = field_name(&call.expr).unwrap_or_default();
                self.walked.links_unclear |= name == LINK;
                let construct = if name == LINK { Construct::NotAlone { name } } else { Construct::Call { name } };
                self.refuse(construct, span)
            }
            ast::Expr::IfExpr(_) => self.refuse(Construct::InlineIf, span),
            ast::Expr::Test(_) => self.refuse(Construct::Test, span),
            ast::Expr::GetItem(_) | ast::Expr::Slice(_) => self.refuse(Construct::Index, span),
            ast::Expr::UnaryOp(op) => match op.op {
                ast::UnaryOpKind::Not => self.refuse(Construct::Not, span),
                ast::UnaryOpKind::Neg => self.refuse(Construct::Operator, span),
            },
            ast::Expr::Compare(_) => self.refuse(Construct::Operator, span),
            ast::Expr::List(_) | ast::Expr::Tuple(_) | ast::Expr::Map(_) => self.refuse(Construct::Literal, span),
        }
    }

    fn fallback(&mut self, expr: &ast::Expr<'_>, known: &Known) -> Gap {
        match expr {
            ast::Expr::Const(literal) if literal.value.as_str().is_none() => {
                self.refuse(Construct::FallbackNotText, range(expr))
            }
            _ => self.value(expr, known),
        }
    }

    fn filter(&mut self, filter: &ast::Spanned<ast::Filter<'_>>, known: &Known) -> Gap {
        let span = bytes(filter.span());
        // Only a `{% filter %}` block has nothing before its bar.
        let gap = filter.expr.as_ref().and_then(|inner| self.value(inner, known));
        if !FILTERS.contains(&filter.name) {
            let nearest = nearest(filter.name, FILTERS.into_iter());
            return self.refuse(Construct::Filter { name: filter.name.to_owned(), nearest }, span);
        }
        if filter.name == "default" {
            return match filter.args.as_slice() {
                [ast::CallArg::Pos(fallback)] => gap.and(self.fallback(fallback, known)),
                _ => self.refuse(Construct::DefaultArguments, span),
            };
        }
        if let Some((field, field_span)) = gap {
            self.report(FaultKind::MaybeMissing { field, usage: MissingUse::Filtered }, field_span);
        }
        if filter.args.is_empty() {
            return None;
        }
        let surplus = Construct::Filter { name: format!("{}(..)", filter.name), nearest: Some(filter.name.to_owned()) };
        self.refuse(surplus, span)
    }

    fn printed_field(&mut self, expr: &ast::Expr<'_>, known: &Known) -> Gap {
        let (name, span) = self.field(expr)?;
        if !self.scope.fields.get(&name).is_some_and(|shape| shape.printable) {
            self.report(FaultKind::NotPrintable { field: name }, span);
            return None;
        }
        self.may_lack(&name, known).then_some((name, span))
    }

    /// The field that an expression names, once it is known to exist.
    fn field(&mut self, expr: &ast::Expr<'_>) -> Option<(String, Range<usize>)> {
        let span = range(expr);
        let Some(name) = field_name(expr) else {
            self.refuse(Construct::Index, span);
            return None;
        };
        if self.scope.fields.contains_key(&name) {
            self.walked.uses.fields.insert(name.clone());
            return Some((name, span));
        }
        if let Some(token) = RequiredToken::from_name(&name) {
            self.walked.refused.insert(token);
            self.refuse(Construct::NotAlone { name }, span);
        } else if !self.is_excused(&name) {
            let tokens = RequiredToken::ALL.map(RequiredToken::name);
            let candidates = self.scope.fields.keys().map(String::as_str).chain(tokens);
            let nearest = nearest(&name, candidates);
            self.report(FaultKind::UnknownToken { name, nearest }, span);
        }
        None
    }

    fn is_excused(&self, name: &str) -> bool {
        name.split('.').next().is_some_and(|root| self.excused.contains(root))
    }

    fn may_lack(&self, field: &str, known: &Known) -> bool {
        !known.contains(field) && self.scope.fields.get(field).is_some_and(|shape| shape.optional)
    }
}

fn with(known: &Known, more: Option<String>) -> Known {
    known.iter().cloned().chain(more).collect()
}

/// `first_name`, or `company.domain`.
fn field_name(expr: &ast::Expr<'_>) -> Option<String> {
    match expr {
        ast::Expr::Var(var) => Some(var.id.to_owned()),
        ast::Expr::GetAttr(attr) => field_name(&attr.expr).map(|parent| format!("{parent}.{}", attr.name)),
        _ => None,
    }
}

/// From the first to the last byte of an expression. The parser's own span of a comparison begins one token early, that of a
/// filter at the filter's name.
fn range(expr: &ast::Expr<'_>) -> Range<usize> {
    match expr {
        ast::Expr::BinOp(op) => join(range(&op.left), range(&op.right)),
        ast::Expr::Filter(filter) => {
            let own = bytes(filter.span());
            filter.expr.as_ref().map_or(own.clone(), |inner| join(range(inner), own))
        }
        ast::Expr::IfExpr(choice) => {
            let last = choice.false_expr.as_ref().unwrap_or(&choice.test_expr);
            join(range(&choice.true_expr), range(last))
        }
        ast::Expr::Test(test) => join(range(&test.expr), bytes(test.span())),
        _ => bytes(expr.span()),
    }
}

fn bytes(span: machinery::Span) -> Range<usize> {
    // u32 fits into usize wherever this runs; a template is far shorter.
    span.start_offset as usize..span.end_offset as usize
}

fn join(first: Range<usize>, last: Range<usize>) -> Range<usize> {
    first.start..last.end.max(first.end)
}
