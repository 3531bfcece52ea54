//! The token language: which part of Jinja a mail may use, and what is known to be there at each place.
//!
//! One walk over Jinja's own syntax tree. Inside `{% if first_name %}` the field is known, so it needs no fallback. The way back
//! up carries the tokens that every path prints: a sequence prints what any of its parts prints, an `if` only what all of its
//! branches print. A part that was refused yields "known", so that one mistake gives one message.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use minijinja::machinery::{self, ast};

use super::fault::{
    Construct, FaultKind, MissingUse, RequiredToken, Seen, Slip, Syntax, TemplateFault, Unseen, nearest, plain,
};
use super::filters::{self, FILTERS, Named};
use super::markup::{Markup, Place, Role};
use super::pieces::Piece;
use super::syntax::Mended;
use super::{TemplateKind, TemplateScope, Uses, Values, slips};
use crate::country;
use crate::syntax::ast::trigger_property;

const LINK: &str = "link";

/// Fields that cannot be missing here.
type Known = BTreeSet<String>;
/// What is printed, and for whom: Outlook reads what others do not, and the other way round.
type Printed = BTreeSet<(RequiredToken, Reader)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reader {
    Outlook,
    Other,
}

#[derive(Default)]
pub(super) struct Walked {
    pub(super) faults: Vec<TemplateFault>,
    pub(super) uses: Uses,
    /// Aliases that a reader can reach, unlike one in a comment.
    reachable: BTreeSet<String>,
    /// Where an alias stands that no reader reaches, and why.
    unreached: BTreeMap<String, (Unseen, Range<usize>)>,
    /// Some `link(..)` was refused, so which alias it meant is not known.
    links_unclear: bool,
    on_every_path: Printed,
    /// Refused where they stand, and reported there.
    refused: BTreeSet<RequiredToken>,
    /// The first place of each, or one that at least some readers see.
    seen: BTreeMap<RequiredToken, (Seen, Range<usize>)>,
}

impl Walked {
    fn reaches_all(&self, token: RequiredToken) -> bool {
        [Reader::Outlook, Reader::Other].into_iter().all(|reader| self.on_every_path.contains(&(token, reader)))
    }

    /// What is not there. Worth saying only when all that is there could be read.
    pub(super) fn absences(&self, given: &Given<'_>, kind: TemplateKind) -> Vec<TemplateFault> {
        let Given { text, markup, scope, .. } = given;
        let is_absent = |token: &RequiredToken| !self.reaches_all(*token) && !self.refused.contains(token);
        let required = RequiredToken::ALL.into_iter().filter(|token| token.is_required(scope) && is_absent(token));
        let required = required.map(|token| {
            let (seen, span) = self.seen.get(&token).cloned().unwrap_or((Seen::Nowhere, markup.body_end.clone()));
            lacking(token, seen, span, given, kind)
        });
        let unused = scope.links.iter().filter(|(alias, _)| !self.links_unclear && !self.reachable.contains(*alias));
        let mut taken = BTreeSet::new();
        let unused = unused.map(|(alias, url)| {
            if let Some((unseen, span)) = self.unreached.get(alias) {
                let kind = FaultKind::UnusedLink { alias: alias.clone(), unseen: Some(unseen.clone()) };
                return TemplateFault::new(kind, span.clone());
            }
            let is_it = |place: &&Range<usize>| {
                let written = text.get((*place).clone()).unwrap_or_default().trim();
                !url.is_empty() && written.replace("&amp;", "&") == *url
            };
            match markup.addresses.iter().filter(is_it).find(|place| taken.insert(place.start)) {
                Some(place) => {
                    let is_quoted = text.get(..place.start).is_some_and(|before| before.ends_with(['"', '\'']));
                    let quote = if is_quoted { "" } else { "\"" };
                    TemplateFault::new(FaultKind::WrittenOut { alias: alias.clone() }, place.clone())
                        .edit(place.clone(), format!("{quote}{{{{ link(\"{alias}\") }}}}{quote}"))
                }
                None => TemplateFault::new(FaultKind::UnusedLink { alias: alias.clone(), unseen: None }, 0..0),
            }
        });
        let unused: Vec<TemplateFault> = unused.collect();
        required.chain(unused).collect()
    }
}

impl Walked {
    /// What the compiled mail hides though it is seen in the template: a rule that was written into an element may do so.
    pub(super) fn hidden_in(&self, compiled: &Walked, given: &Given<'_>) -> Vec<TemplateFault> {
        let is_hidden = |token: &RequiredToken| !compiled.reaches_all(*token) && token.is_required(given.scope);
        let hidden = RequiredToken::ALL.into_iter().filter(is_hidden).filter_map(|token| {
            let ((seen, _), (_, span)) = (compiled.seen.get(&token)?, self.seen.get(&token)?);
            Some(lacking(token, seen.clone(), span.clone(), given, TemplateKind::Mjml))
        });
        hidden.collect()
    }
}

/// What is missing, with the line that it takes, before the end of the body.
fn lacking(
    token: RequiredToken,
    seen: Seen,
    span: Range<usize>,
    given: &Given<'_>,
    kind: TemplateKind,
) -> TemplateFault {
    let Given { text, markup, .. } = given;
    let at = markup.body_end.start;
    let before = text.get(..at).unwrap_or_default();
    let indent = before.rsplit('\n').next().filter(|indent| indent.trim().is_empty()).unwrap_or_default();
    let line = match kind {
        TemplateKind::Html => format!("<p>{}</p>\n{indent}", token.sample()),
        TemplateKind::Mjml => {
            format!("<mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section>\n{indent}", token.sample())
        }
    };
    TemplateFault::new(FaultKind::Required { token, seen }, span).edit(at..at, line)
}

/// A template whose tokens can be read, and what is known of it.
pub(super) struct Given<'s> {
    /// As written.
    pub(super) text: &'s str,
    pub(super) pieces: &'s [Piece],
    pub(super) markup: &'s Markup,
    pub(super) scope: &'s TemplateScope,
}

pub(super) fn walk(given: &Given<'_>, mended: &Mended) -> Walked {
    let Given { text, pieces, markup, scope } = *given;
    let mut walker = Walker { text, pieces, markup, scope, mended, walked: Walked::default() };
    // The text was mended until it parses.
    if let Ok(ast::Stmt::Template(template)) = machinery::parse(&mended.text, "", Default::default()) {
        let on_every_path = walker.body(&template.children, &Known::new());
        walker.walked.on_every_path = on_every_path;
    }
    walker.walked
}

struct Walker<'s> {
    text: &'s str,
    pieces: &'s [Piece],
    markup: &'s Markup,
    scope: &'s TemplateScope,
    mended: &'s Mended,
    walked: Walked,
}

/// The field that may be missing, where one may.
type Gap = Option<(String, Range<usize>)>;

impl Walker<'_> {
    fn report(&mut self, kind: FaultKind, span: Range<usize>) {
        self.walked.faults.push(TemplateFault::new(kind, span));
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
            ast::Expr::Var(_) | ast::Expr::GetAttr(_) => {
                let before = self.walked.faults.len();
                let field = self.field(condition).map(|(name, _)| name);
                // The field that was meant is known in what follows.
                let meant = self.walked.faults.get(before).and_then(|fault| match &fault.kind {
                    FaultKind::UnknownToken { nearest, .. } => nearest.clone(),
                    _ => None,
                });
                (field.or(meant), None)
            }
            ast::Expr::BinOp(op) => match op.op {
                ast::BinOpKind::Eq => (self.comparison(op), None),
                ast::BinOpKind::Ne => {
                    let field = self.comparison(op);
                    if let Some(field) = field.as_ref().filter(|field| self.may_lack(field, span.start, known)) {
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
            let at = bytes(literal.span());
            let value = self.mended.text.get(at.clone()).unwrap_or_default().trim().to_owned();
            self.refuse(Construct::CompareNotText { field: name, value }, at);
            return None;
        };
        self.compared(&name, text, bytes(literal.span()));
        (!text.is_empty()).then_some(name)
    }

    /// A value that the field never has; in other capitals, or as a country's code, it is one, and means that.
    fn compared(&mut self, field: &str, value: &str, span: Range<usize>) {
        let (meant, choices) = match self.scope.values.get(field) {
            _ if value.is_empty() => return,
            None => return,
            Some(Values::Countries) => {
                let code = country::code_of(value).or_else(|| country::code_of(country::nearest(value)?));
                (code.and_then(country::name_of).map(str::to_owned), None)
            }
            Some(Values::Choices(choices)) => {
                let same = choices.place_of(value).and_then(|place| choices.get(place)).cloned();
                (same.or_else(|| nearest(value, choices.iter().map(String::as_str))), Some(choices.clone()))
            }
        };
        if meant.as_deref() == Some(value) {
            return;
        }
        let kind = FaultKind::NeverHeld { field: field.to_owned(), value: value.to_owned(), choices };
        let mut fault = TemplateFault::new(kind, span.clone());
        fault.edits.extend(meant.map(|meant| (span, format!("\"{meant}\""))));
        self.walked.faults.push(fault);
    }

    fn emit(&mut self, expr: &ast::Expr<'_>, known: &Known) -> Printed {
        let span = range(expr);
        if let ast::Expr::Call(call) = expr {
            self.call(call, span);
            return Printed::new();
        }
        if let ast::Expr::Var(var) = expr
            && let Some(token) = RequiredToken::from_name(var.id)
        {
            return self.required(token, span);
        }
        // The way out under another name may stand where it may.
        let is_token = field_name(expr)
            .is_some_and(|name| !self.scope.fields.contains_key(&name) && RequiredToken::meant_by(&name).is_some());
        if !is_token && let Some(fault) = self.out_of_place(expr, &span) {
            self.walked.faults.push(fault);
            return Printed::new();
        }
        let before = self.walked.faults.len();
        if let Some((field, span)) = self.value(expr, known) {
            self.report(FaultKind::MaybeMissing { field, usage: MissingUse::Printed }, span);
        }
        self.mend_names(before, expr, known);
        self.mend_filters(before, expr, known);
        Printed::new()
    }

    /// Why a value cannot stand here: it would say where a click leads, or a machine would read it.
    fn out_of_place(&self, expr: &ast::Expr<'_>, span: &Range<usize>) -> Option<TemplateFault> {
        match &self.markup.spot_of(span.start).role {
            Role::Words | Role::Part => None,
            Role::Target { attribute, value } | Role::Host { attribute, value } => {
                let field = first_field(expr).unwrap_or_else(|| "page".to_owned());
                let field = field.rsplit('.').next().unwrap_or_default();
                Some(slips::no_address(field, attribute, value.clone(), span.clone(), self.scope))
            }
            Role::Code { what } => {
                let kind = FaultKind::NotAllowed(Construct::InCode { what: what.clone() });
                Some(TemplateFault::new(kind, span.clone()))
            }
        }
    }

    /// What stands between the braces of the token at this place.
    fn inner_of(&self, span: &Range<usize>) -> Option<Range<usize>> {
        let next = self.pieces.partition_point(|piece| piece.span.start <= span.start);
        Some(self.pieces.get(next.checked_sub(1)?)?.inner_span(self.text))
    }

    /// A token with one unknown name is shown as it should read, its fallback with it.
    fn mend_names(&mut self, before: usize, expr: &ast::Expr<'_>, known: &Known) {
        let inner = self.inner_of(&range(expr));
        let Some(inner) = inner else { return };
        let place = self.markup.spot_of(inner.start).place.clone();
        let [fault] = self.walked.faults.get_mut(before..).unwrap_or_default() else { return };
        let FaultKind::UnknownToken { name, nearest: Some(nearest) } = &fault.kind else { return };
        let is_name = |expr: &ast::Expr<'_>| field_name(expr).is_some_and(|found| found == *name);
        let fallback = match expr {
            _ if is_name(expr) => None,
            ast::Expr::BinOp(op) if matches!(op.op, ast::BinOpKind::ScOr) && is_name(&op.left) => text_of(&op.right),
            ast::Expr::Filter(filter) if filter.name == "default" && filter.expr.as_ref().is_some_and(is_name) => {
                match filter.args.as_slice() {
                    [ast::CallArg::Pos(fallback)] => text_of(fallback),
                    _ => return,
                }
            }
            // `person.first_name|title`
            ast::Expr::Filter(_) if RequiredToken::from_name(nearest).is_none() => {
                let lacks = |field: &str| {
                    let optional = self.scope.fields.get(nearest).is_some_and(|shape| shape.optional);
                    field == name && optional && !known.contains(nearest)
                };
                if let Some(mended) = filters::rebuilt(expr, &lacks) {
                    fault.edits = vec![(inner, mended.replacen(name.as_str(), nearest, 1))];
                }
                return;
            }
            _ => return,
        };
        let mended = match RequiredToken::from_name(nearest) {
            Some(token) if place == Place::Text && token != RequiredToken::SenderAddress && !name.ends_with("url") => {
                // Other tools write the whole link for it.
                let braces = inner_braces(self.text, &inner);
                fault.edits = vec![(braces, token.sample().to_owned())];
                return;
            }
            Some(token) => token.name().to_owned(),
            None if fallback.is_none() && known.contains(nearest) => nearest.clone(),
            None => slips::printed(nearest, fallback.as_deref(), self.scope),
        };
        fault.edits = vec![(inner, mended)];
    }

    /// A token with filters of other tools, or with a value that may be missing before one, is shown as it should read.
    fn mend_filters(&mut self, before: usize, expr: &ast::Expr<'_>, known: &Known) {
        let about_filters = |fault: &TemplateFault| {
            matches!(
                fault.kind,
                FaultKind::NotAllowed(
                    Construct::Filter { nearest: Some(_), .. }
                        | Construct::NeedlessFilter { .. }
                        | Construct::DefaultArguments
                ) | FaultKind::MaybeMissing { usage: MissingUse::Filtered, .. }
            )
        };
        let found = self.walked.faults.get(before..).unwrap_or_default();
        let (Some(inner), true) = (self.inner_of(&range(expr)), found.first().is_some_and(about_filters)) else {
            return;
        };
        // A missing value is one more thing to say of the same token.
        let is_more =
            |fault: &TemplateFault| about_filters(fault) || matches!(fault.kind, FaultKind::MaybeMissing { .. });
        if !found.iter().all(is_more) {
            return;
        }
        let Some(mended) = filters::rebuilt(expr, &|field| self.may_lack(field, inner.start, known)) else { return };
        self.walked.faults.truncate(before + 1);
        if let Some(fault) = self.walked.faults.last_mut() {
            fault.edits = vec![(inner, mended)];
        }
    }

    fn required(&mut self, token: RequiredToken, span: Range<usize>) -> Printed {
        if token == RequiredToken::ConfirmUrl && !self.scope.confirms {
            self.report(FaultKind::ConfirmsElsewhere, span);
            return Printed::new();
        }
        let spot = self.markup.spot_of(span.start);
        let unseen = match (token, &spot.role) {
            // An address is read; a way out is followed.
            (RequiredToken::SenderAddress, Role::Target { attribute, .. }) => {
                Some(Unseen::Attribute { name: attribute.clone() })
            }
            _ => spot.unseen.clone(),
        };
        let is_seen = unseen.is_none();
        let shown = unseen.map_or(Seen::OnSomePaths, Seen::Unseen);
        let is_better = match self.walked.seen.get(&token) {
            None => true,
            Some((Seen::OnSomePaths, _)) => false,
            Some(_) => is_seen,
        };
        let readers = [(Reader::Outlook, spot.readers.outlook), (Reader::Other, spot.readers.others)];
        // What is hidden from Outlook alone is there for the others.
        let for_others = matches!(shown, Seen::Unseen(Unseen::Outlook { .. }));
        let reads = |(reader, reads): (Reader, bool)| {
            (reads && (is_seen || (for_others && reader == Reader::Other))).then_some((token, reader))
        };
        let printed = readers.into_iter().filter_map(reads).collect();
        if is_better {
            self.walked.seen.insert(token, (shown, span));
        }
        printed
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
        let spot = self.markup.spot_of(span.start);
        let refused = match &spot.role {
            Role::Words | Role::Part | Role::Target { .. } => None,
            Role::Host { attribute, value } => Some(
                TemplateFault::new(
                    FaultKind::NotAllowed(Construct::BehindText { attribute: attribute.clone() }),
                    span.clone(),
                )
                .edit(value.clone(), format!("{{{{ link(\"{alias}\") }}}}")),
            ),
            Role::Code { what } => {
                Some(TemplateFault::new(FaultKind::NotAllowed(Construct::InCode { what: what.clone() }), span.clone()))
            }
        };
        if let Some(refused) = refused {
            self.walked.reachable.insert(alias);
            self.walked.faults.push(refused);
            return;
        }
        if !self.scope.links.contains_key(&alias) {
            let nearest = nearest(&alias, self.scope.links.keys().map(String::as_str));
            // The misspelt link is not also an unused one.
            self.walked.reachable.extend(nearest.clone());
            let edit = nearest.as_ref().map(|nearest| format!("\"{nearest}\""));
            let mut fault = TemplateFault::new(FaultKind::UnknownLink { alias, nearest }, alias_span.clone());
            fault.edits = edit.into_iter().map(|edit| (alias_span.clone(), edit)).collect();
            self.walked.faults.push(fault);
            return;
        }
        match &spot.unseen {
            // A page that leads on to it is reached by a click.
            None => {
                self.walked.reachable.insert(alias.clone());
            }
            Some(unseen) if unseen.is_seen_by_some() || (self.markup.differs && unseen.is_by_style()) => {
                self.walked.reachable.insert(alias.clone());
            }
            Some(unseen) => {
                self.walked.unreached.entry(alias.clone()).or_insert((unseen.clone(), span));
            }
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
            // `or there`: no field of that name, so it is a text without its quotes.
            ast::Expr::Var(var) if !self.is_known_name(var.id) => {
                let kind = FaultKind::Syntax(Syntax::Slip(Slip::Unquoted));
                let place = range(expr);
                self.walked.faults.push(TemplateFault::new(kind, place.clone()).edit(place, format!("\"{}\"", var.id)));
                None
            }
            _ => self.value(expr, known),
        }
    }

    /// Whether a name is a field, or one up to what people write names apart by.
    fn is_known_name(&self, name: &str) -> bool {
        let is_like = |field: &str| plain(field) == plain(name);
        self.is_excused(name)
            || RequiredToken::from_name(name).is_some()
            || self.scope.fields.keys().any(|field| is_like(field))
    }

    fn filter(&mut self, filter: &ast::Spanned<ast::Filter<'_>>, known: &Known) -> Gap {
        let span = bytes(filter.span());
        // `first_name|there`: what to write where there is none.
        let is_named = filter.expr.as_ref().is_some_and(|inner| field_name(inner).is_some());
        if is_named && filter.args.is_empty() && filters::is_text(filter.name) {
            let inner = self.inner_of(&span);
            let meant = inner.and_then(|inner| {
                let written = self.text.get(inner.clone())?;
                slips::unreadable(written, self.scope)
                    .filter(|meant| !meant.inner.is_empty())
                    .map(|meant| (inner, meant))
            });
            if let Some((inner, meant)) = meant {
                self.walked.faults.push(TemplateFault::new(meant.kind.clone(), inner.clone()).edit(inner, meant.inner));
                return None;
            }
        }
        // Only a `{% filter %}` block has nothing before its bar.
        let gap = filter.expr.as_ref().and_then(|inner| self.value(inner, known));
        if !FILTERS.contains(&filter.name) {
            let name = filter.name.to_owned();
            let construct = match filters::named(filter.name) {
                Named::Ours(ours) => Construct::Filter { name, nearest: Some(ours.to_owned()) },
                Named::Needless => Construct::NeedlessFilter { name },
                Named::Unknown => Construct::Filter { name, nearest: None },
            };
            return self.refuse(construct, span);
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
        self.may_lack(&name, span.start, known).then_some((name, span))
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
            let fault = self.unknown(name, span);
            self.walked.faults.push(fault);
        }
        None
    }

    fn unknown(&mut self, name: String, span: Range<usize>) -> TemplateFault {
        let meant = RequiredToken::meant_by(&name).map(|token| token.name().to_owned());
        let tokens = RequiredToken::ALL.map(RequiredToken::name);
        // That the trigger says it is the same in all that it says.
        let of_contact = |field: &&str| trigger_property(&name).is_none() && trigger_property(field).is_none();
        let candidates = self.scope.fields.keys().map(String::as_str).filter(of_contact).chain(tokens);
        let nearest = meant
            .or_else(|| slips::trigger_said(&name, self.scope))
            .or_else(|| slips::near_of_trigger(&name, self.scope).or_else(|| nearest(&name, candidates)))
            .or_else(|| slips::field(&name, self.scope));
        // Misspelt, it is not also missing.
        self.walked.refused.extend(nearest.as_deref().and_then(RequiredToken::from_name));
        let edit = nearest.clone();
        let mut fault = TemplateFault::new(FaultKind::UnknownToken { name, nearest }, span.clone());
        fault.edits = edit.into_iter().map(|edit| (span.clone(), edit)).collect();
        fault
    }

    fn is_excused(&self, name: &str) -> bool {
        name.split('.').next().is_some_and(|root| self.mended.excused.contains(root))
    }

    fn may_lack(&self, field: &str, at: usize, known: &Known) -> bool {
        !known.contains(field)
            && !self.mended.asked.iter().any(|(asked, inside)| asked == field && inside.contains(&at))
            && self.scope.fields.get(field).is_some_and(|shape| shape.optional)
    }
}

/// The first field that an expression names.
fn first_field(expr: &ast::Expr<'_>) -> Option<String> {
    match expr {
        ast::Expr::Filter(filter) => first_field(filter.expr.as_ref()?),
        ast::Expr::BinOp(op) => first_field(&op.left),
        _ => field_name(expr),
    }
}

/// The text that stands there in quotes.
pub(super) fn text_of(expr: &ast::Expr<'_>) -> Option<String> {
    match expr {
        ast::Expr::Const(literal) => literal.value.as_str().map(str::to_owned),
        _ => None,
    }
}

/// A token with its braces, from what stands between them.
fn inner_braces(text: &str, inner: &Range<usize>) -> Range<usize> {
    let start = text.get(..inner.start).and_then(|before| before.rfind("{{")).unwrap_or(inner.start);
    let end = text.get(inner.end..).and_then(|after| after.find("}}")).map_or(inner.end, |len| inner.end + len + 2);
    start..end
}

fn with(known: &Known, more: Option<String>) -> Known {
    known.iter().cloned().chain(more).collect()
}

/// `first_name`, or `company.domain`.
pub(super) fn field_name(expr: &ast::Expr<'_>) -> Option<String> {
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
