//! Questions about one field: each type of field has its own.

use super::habits::asks_for_presence;
use super::number::literal_words;
use super::predicate::comparison;
use super::typed::{Cond, Number};
use super::{Checker, Known, schema};
use crate::diagnostics::{missing, names, types};
use crate::source::Span;
use crate::syntax::ast::{self, Kind, Order, Relation};
use flow_ir::{Comparison, FieldId, FieldType, TextTestKind};

impl Checker<'_> {
    pub(super) fn text_needle(&mut self, name: &ast::Name, ty: &FieldType, literal: &ast::Literal) -> Option<String> {
        if ty.is_text() {
            return self.plain_text(&name.text, ty, literal).map(|text| text.to_lowercase());
        }
        let diagnostic = types::type_mismatch(&name.text, schema::words(ty), "a text", self.at(name.span), "");
        self.report(diagnostic);
        None
    }

    pub(super) fn field_relation(&mut self, field: FieldId, relation: &Relation, span: Span, known: &Known) -> Cond {
        if let Relation::Is(ast::Literal::Word(word)) = relation
            && let Some(ours) = asks_for_presence(&word.text)
            && self.schema.shape(field).ty != FieldType::Stage
        {
            let diagnostic = types::type_mismatch(&word.text, "a name", "a value", self.at(word.span), "");
            self.report(diagnostic.help(format!("Flow says `{ours}`:")).edit(self.at(word.span), ours));
            return Cond::Unknown;
        }
        match relation {
            Relation::IsKnown | Relation::IsUnknown => {
                let unknown = matches!(relation, Relation::IsUnknown);
                let shape = self.schema.shape(field);
                if !shape.optional {
                    let diagnostic = missing::never_missing(&shape.name.clone(), unknown, self.at(span));
                    self.report(diagnostic);
                    return Cond::Unknown;
                }
                if unknown { Cond::Not(Box::new(Cond::Known(field))) } else { Cond::Known(field) }
            }
            Relation::Is(literal) => self.is_one_of(field, std::slice::from_ref(literal)),
            Relation::In(literals) => self.is_one_of(field, literals),
            Relation::IsNot(literal) => self.is_none_of(field, std::slice::from_ref(literal), span, known),
            Relation::NotIn(literals) => self.is_none_of(field, literals, span, known),
            Relation::Contains(literal) => self.text_test(field, TextTestKind::Contains, literal),
            Relation::StartsWith(literal) => self.text_test(field, TextTestKind::StartsWith, literal),
            Relation::Order(order, sum) => self.field_order(field, *order, sum, span, known),
        }
    }

    pub(super) fn is_none_of(&mut self, field: FieldId, literals: &[ast::Literal], span: Span, known: &Known) -> Cond {
        let cond = self.is_one_of(field, literals);
        if cond == Cond::Unknown || !self.surprises(field, span, known) {
            Cond::Not(Box::new(cond))
        } else {
            Cond::Unknown
        }
    }

    /// Reports a test that would surprise about people whose field is missing.
    pub(super) fn surprises(&mut self, field: FieldId, span: Span, known: &Known) -> bool {
        if self.may_miss(field, known).is_none() {
            return false;
        }
        let name = self.schema.shape(field).name.clone();
        let diagnostic =
            missing::missing_surprises(&name, &self.text_at(span), self.at(span), self.schema.declared(field));
        self.report(diagnostic);
        true
    }

    pub(super) fn is_one_of(&mut self, field: FieldId, literals: &[ast::Literal]) -> Cond {
        let shape = self.schema.shape(field).clone();
        let conds: Option<Vec<Cond>> = match &shape.ty {
            FieldType::Stage => {
                let codes: Option<Vec<i64>> = literals.iter().map(|literal| self.stage_literal(literal)).collect();
                return codes.map_or(Cond::Unknown, |codes| Cond::CodeIn(field, codes));
            }
            FieldType::OneOf(choices) => {
                let codes = literals.iter().map(|literal| {
                    let text = self.choice(&shape.name, choices, literal)?;
                    choices.iter().position(|choice| *choice == text).map(|at| at as i64 + 1)
                });
                let codes: Vec<Option<i64>> = codes.collect();
                return codes
                    .into_iter()
                    .collect::<Option<Vec<i64>>>()
                    .map_or(Cond::Unknown, |codes| Cond::CodeIn(field, codes));
            }
            ty if ty.is_text() => {
                let texts: Vec<Option<String>> = literals
                    .iter()
                    .map(|literal| self.plain_text(&shape.name, ty, literal).map(|text| text.to_lowercase()))
                    .collect();
                return texts
                    .into_iter()
                    .collect::<Option<Vec<_>>>()
                    .map_or(Cond::Unknown, |texts| Cond::TextIn(field, texts));
            }
            FieldType::Number | FieldType::Money => {
                literals.iter().map(|literal| self.constant_number(literal).map(|value| equals(field, value))).collect()
            }
            FieldType::Date => {
                literals.iter().map(|literal| self.constant_date(literal).map(|value| equals(field, value))).collect()
            }
            FieldType::YesNo => literals
                .iter()
                .map(|literal| match literal {
                    ast::Literal::Truth(true, _) => Some(Cond::Truth(field)),
                    ast::Literal::Truth(false, _) => Some(Cond::Not(Box::new(Cond::Truth(field)))),
                    other => {
                        self.wrong_literal(&shape.name, &shape.ty, other);
                        None
                    }
                })
                .collect(),
            _ => {
                for literal in literals {
                    self.wrong_literal(&shape.name, &shape.ty, literal);
                }
                None
            }
        };
        match conds {
            Some(mut conds) if conds.len() == 1 => conds.remove(0),
            Some(conds) => Cond::Any(conds),
            None => Cond::Unknown,
        }
    }

    pub(super) fn stage_literal(&mut self, literal: &ast::Literal) -> Option<i64> {
        let (text, at) = match literal {
            ast::Literal::Word(name) => (name.text.clone(), self.at(name.span)),
            ast::Literal::Text(text) => (text.plain().unwrap_or_default(), self.at(text.span)),
            other => {
                let ty = FieldType::Stage;
                self.wrong_literal("stage", &ty, other);
                return None;
            }
        };
        let stage = self.schema.stage(&text);
        if stage.is_none() {
            let diagnostic = names::unknown_stage(&text, &self.names(super::schema::Schema::stage_names), at);
            self.report_unknown(&[Kind::Stages], diagnostic);
        }
        stage
    }

    /// A value of a choice, in the spelling of its declaration.
    pub(super) fn choice(&mut self, field: &str, choices: &[String], literal: &ast::Literal) -> Option<String> {
        let ast::Literal::Text(text) = literal else {
            let ty = FieldType::OneOf(choices.to_vec());
            self.wrong_literal(field, &ty, literal);
            return None;
        };
        let written = text.plain().unwrap_or_default();
        let found = choices.iter().find(|choice| choice.to_lowercase() == written.to_lowercase()).cloned();
        if found.is_none() {
            let names: Vec<&str> = choices.iter().map(String::as_str).collect();
            let diagnostic = types::unknown_choice(field, &written, &names, self.at(text.span));
            self.report(diagnostic);
        }
        found
    }

    pub(super) fn plain_text(&mut self, field: &str, ty: &FieldType, literal: &ast::Literal) -> Option<String> {
        match literal {
            ast::Literal::Text(text) => {
                let plain = text.plain();
                if plain.is_none() {
                    let diagnostic = types::no_fields_here(self.at(text.span));
                    self.report(diagnostic);
                }
                plain
            }
            other => {
                self.wrong_literal(field, ty, other);
                None
            }
        }
    }

    pub(super) fn wrong_literal(&mut self, field: &str, ty: &FieldType, literal: &ast::Literal) {
        let example = match ty {
            FieldType::YesNo => format!("{field} is yes"),
            FieldType::Number | FieldType::Money => format!("{field} >= 10"),
            FieldType::Date => format!("{field} is 2026-10-01"),
            FieldType::Stage => "stage is customer".to_owned(),
            FieldType::OneOf(choices) => format!("{field} is \"{}\"", choices.first().map_or("…", String::as_str)),
            _ => format!("{field} is \"…\""),
        };
        let text = self.text_at(literal.span());
        let wanted = format!("{} like `{field}`", schema::words(ty));
        let at = self.at(literal.span());
        let diagnostic = match literal {
            // `industry is saas`
            ast::Literal::Word(_) if ty.is_text() || matches!(ty, FieldType::OneOf(_)) => {
                types::type_mismatch(&text, "a name", &wanted, at, "")
                    .help("texts stand in quotes:")
                    .edit(at, format!("\"{text}\""))
            }
            _ => types::type_mismatch(&text, literal_words(literal), &wanted, at, &example),
        };
        self.report(diagnostic);
    }

    pub(super) fn text_test(&mut self, field: FieldId, kind: TextTestKind, literal: &ast::Literal) -> Cond {
        let shape = self.schema.shape(field).clone();
        let name = ast::Name { text: shape.name.clone(), span: literal.span() };
        match self.text_needle(&name, &shape.ty, literal) {
            Some(needle) => Cond::TextTest(field, kind, needle),
            None => Cond::Unknown,
        }
    }

    pub(super) fn field_order(
        &mut self,
        field: FieldId,
        order: Order,
        sum: &ast::Sum,
        span: Span,
        known: &Known,
    ) -> Cond {
        let shape = self.schema.shape(field).clone();
        let right = match shape.ty {
            FieldType::Number | FieldType::Money => self.number(sum, known),
            FieldType::Date => match sum.terms.as_slice() {
                [(false, literal)] => self.constant_date(literal).map(Number::Const),
                _ => self.number(sum, known),
            },
            FieldType::Stage => match sum.terms.as_slice() {
                [(false, literal)] => self.stage_literal(literal).map(Number::Const),
                _ => None,
            },
            _ => {
                let wanted = "something that has an order, such as a number, a date or a stage";
                let diagnostic = types::type_mismatch(&shape.name, schema::words(&shape.ty), wanted, self.at(span), "");
                self.report(diagnostic);
                None
            }
        };
        let Some(right) = right else { return Cond::Unknown };
        if matches!(order, Order::Under | Order::AtMost) && self.surprises(field, span, known) {
            return Cond::Unknown;
        }
        Cond::Compare(Number::Field(field), comparison(order), right)
    }
}

fn equals(field: FieldId, value: i64) -> Cond {
    Cond::Compare(Number::Field(field), Comparison::Equal, Number::Const(value))
}
