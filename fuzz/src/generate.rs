//! Programs made of the grammar itself: whatever grammar/flow.pest can say is said sooner or later, and no second list says it.
//!
//! Names come from a small project, by the rule that asks for one, so that a good part of what is made also has a meaning.

use std::collections::BTreeMap;

use flow_grammar::GRAMMAR;
use pest_meta::ast::{Expr, RuleType};
use pest_meta::parser::{self, Rule};

use crate::Random;

/// Deeper choices take their shortest way.
const DEEP: usize = 60;
/// Past this nothing is repeated or added.
const MANY_BYTES: usize = 6_000;

/// What the names in a text may be.
const AROUND: &str = "use std.b2b\ncontact { size number?; opted yes/no?; plan one of \"free\", \"pro\" ?; renews date?; nick text? }\n\
    event came { how text?; much number? }\ntags vip, beta\nlist partners\n\
    email hello { subject \"Hi\"; template \"emails/plain.html\" }\nemail again { subject \"Hi again\"; template \"emails/plain.html\" }\n\
    team sales { member \"ada@example.com\"; backup \"lead@example.com\" }\nsegment keen = score >= 10\n\
    workflow other { enter when came; reenter never; score += 1 }\n";

/// Names by the rule around them.
const NAMES: [(&str, &[&str]); 20] = [
    ("send", &["hello", "again"]),
    ("was_sent", &["hello", "again"]),
    ("engagement", &["hello", "again"]),
    ("tagged", &["vip", "beta"]),
    ("tag", &["vip", "beta"]),
    ("untag", &["vip", "beta"]),
    ("listed", &["partners"]),
    ("enlist", &["partners"]),
    ("delist", &["partners"]),
    ("advance", &["mql", "opportunity", "customer"]),
    ("handoff", &["sales"]),
    ("start", &["other"]),
    ("stop", &["other", "nurture"]),
    ("group", &["nurture"]),
    ("event_test", &["visited", "came", "downloaded", "signed_up"]),
    ("no_event", &["visited", "came", "downloaded"]),
    ("crossed", &["keen"]),
    ("property", &["page", "how", "much", "asset"]),
    ("field_type", &["text", "number", "date", "yes/no", "email"]),
    ("hole", &["first_name", "company_name", "industry", "nick"]),
];
/// Names where a value, a field or a condition stands.
const VALUES: [&str; 13] = [
    "score",
    "size",
    "opted",
    "plan",
    "renews",
    "industry",
    "customer",
    "keen",
    "employees",
    "nick",
    "stage",
    "mql",
    "has_open_deal",
];
const STRINGS: [&str; 9] = [
    "saas",
    "free",
    "pro",
    "/pricing",
    "ada@example.com",
    "emails/plain.html",
    "more",
    "Hello {first_name or \"there\"}",
    "a \\\"b\\\" c",
];

/// The rules of the grammar.
#[derive(Debug)]
pub struct Grammar {
    rules: BTreeMap<String, (RuleType, Expr)>,
}

impl Default for Grammar {
    fn default() -> Self {
        // pest_derive read the same text when flow-grammar was built.
        let pairs = parser::parse(Rule::grammar_rules, GRAMMAR).unwrap_or_else(|error| panic!("flow.pest: {error}"));
        let rules = parser::consume_rules(pairs).unwrap_or_else(|errors| panic!("flow.pest: {errors:?}"));
        Self { rules: rules.into_iter().map(|rule| (rule.name, (rule.ty, rule.expr))).collect() }
    }
}

impl Grammar {
    /// A file of a few declarations beside a small project.
    pub fn program(&self, random: &mut Random) -> String {
        let mut made = Made { grammar: self, random, text: AROUND.to_owned(), names: 0 };
        for _ in 0..=made.random.below(3) {
            let declaration = *made.random.pick(&[
                "workflow_decl",
                "workflow_decl",
                "workflow_decl",
                "segment_decl",
                "email_decl",
                "declaration",
            ]);
            if declaration == "workflow_decl" && !made.random.once_in(5) {
                made.workflow();
            } else {
                made.rule(declaration, "file", 0, false);
            }
            made.text.push('\n');
        }
        made.text
    }
}

struct Made<'g> {
    grammar: &'g Grammar,
    random: &'g mut Random,
    text: String,
    /// How many names were declared.
    names: usize,
}

impl Made<'_> {
    /// One with what every workflow must have, in the order of the reference, so that its steps are what is tried.
    fn workflow(&mut self) {
        self.names += 1;
        self.text += &format!("workflow w{} {{\n  enter when ", self.names);
        let entry = self.entry();
        self.rule(entry, "enter", 10, false);
        self.text += "\n  reenter never\n";
        for rule in ["goal", "exit_when", "skip_when", "window", "group"] {
            if self.random.once_in(4) {
                self.rule(rule, "workflow_decl", 0, false);
                self.text.push('\n');
            }
        }
        for _ in 0..=self.random.below(8) {
            if self.text.len() < MANY_BYTES {
                self.rule("plain_step", "workflow_decl", 5, false);
                self.text.push('\n');
            }
        }
        self.text += "}\n";
    }

    fn entry(&mut self) -> &'static str {
        if self.random.once_in(3) { "predicate" } else { "event_test" }
    }

    /// `around` is the nearest rule that says what a name stands for.
    fn rule(&mut self, name: &str, around: &str, depth: usize, atomic: bool) {
        if let Some(word) = name.strip_prefix("kw_") {
            self.text += word;
            return;
        }
        match name {
            "name" | "word" | "type_name" => return self.name(around),
            "string" | "plain_text" => {
                let string = *self.random.pick(&STRINGS);
                self.text += &format!("\"{string}\"");
                return;
            }
            "number" => {
                let number = *self.random.pick(&["0", "1", "2", "3", "7", "10", "63", "0.5", "-4"]);
                self.text += number;
                return;
            }
            "date" => {
                let text = *self.random.pick(&["2026-03-02", "2026-02-30", "2024-02-29", "1999-12-31"]);
                self.text += text;
                return;
            }
            "clock" => {
                let text = *self.random.pick(&["09:00", "17:30", "0:00", "24:00", "23:59"]);
                self.text += text;
                return;
            }
            "module" => {
                self.text += "std.b2b";
                return;
            }
            "SOI" | "EOI" => return,
            "NEWLINE" | "sep" => {
                self.text.push('\n');
                return;
            }
            "lines" | "end" | "border" => return,
            "open" => {
                self.text += "{\n";
                return;
            }
            "close" => {
                self.text.push('}');
                return;
            }
            "ANY" | "ASCII_ALPHA" | "ASCII_ALPHANUMERIC" => {
                let text = *self.random.pick(&["a", "b", "x", "z"]);
                self.text += text;
                return;
            }
            "ASCII_DIGIT" => {
                let text = *self.random.pick(&["0", "1", "2", "9"]);
                self.text += text;
                return;
            }
            _ => {}
        }
        let grammar = self.grammar;
        let Some((ty, expr)) = grammar.rules.get(name) else { return };
        let atomic = match ty {
            RuleType::Atomic | RuleType::CompoundAtomic => true,
            RuleType::NonAtomic => false,
            RuleType::Normal | RuleType::Silent => atomic,
        };
        let around = if NAMES.iter().any(|(rule, _)| *rule == name) || name.ends_with("_decl") || name == "field" {
            name
        } else if matches!(name, "literal" | "sum" | "predicate") {
            "comparison"
        } else {
            around
        };
        self.expr(expr, around, depth + 1, atomic);
    }

    fn expr(&mut self, expr: &Expr, around: &str, depth: usize, atomic: bool) {
        match expr {
            Expr::Str(text) | Expr::Insens(text) => self.text += text,
            Expr::Range(from, _) => self.text += from,
            Expr::Ident(name) => self.rule(name, around, depth, atomic),
            Expr::Seq(one, other) => {
                self.expr(one, around, depth, atomic);
                if !atomic && !self.text.ends_with([' ', '\n']) {
                    self.text.push(' ');
                }
                self.expr(other, around, depth, atomic);
            }
            Expr::Choice(..) => self.choice(expr, around, depth, atomic),
            Expr::Opt(inner) | Expr::RepMax(inner, _) => {
                let times = usize::from(depth < DEEP && self.random.once_in(3));
                (0..times).for_each(|_| self.expr(inner, around, depth, atomic));
            }
            Expr::Rep(inner) | Expr::RepMin(inner, _) => self.repeat(inner, 0, around, depth, atomic),
            Expr::RepOnce(inner) => self.repeat(inner, 1, around, depth, atomic),
            Expr::RepExact(inner, times) | Expr::RepMinMax(inner, times, _) => {
                (0..*times).for_each(|_| self.expr(inner, around, depth, atomic));
            }
            Expr::Push(inner) => self.expr(inner, around, depth, atomic),
            // What must or must not come next takes no text.
            _ => {}
        }
    }

    fn repeat(&mut self, inner: &Expr, least: usize, around: &str, depth: usize, atomic: bool) {
        let mut times = 0;
        while times < least || (depth < DEEP && self.text.len() < MANY_BYTES && self.random.once_in(2)) {
            self.expr(inner, around, depth, atomic);
            if !atomic && !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
            times += 1;
        }
    }

    fn choice(&mut self, expr: &Expr, around: &str, depth: usize, atomic: bool) {
        let (mut all, mut rest) = (Vec::new(), expr);
        // Choices lean to the left or to the right, as pest pleases.
        let mut open = Vec::new();
        loop {
            match rest {
                Expr::Choice(one, other) => {
                    open.push(&**other);
                    rest = one;
                }
                one => {
                    all.push(one);
                    match open.pop() {
                        Some(next) => rest = next,
                        None => break,
                    }
                }
            }
        }
        let is_odd = |expr: &&Expr| matches!(expr, Expr::Ident(name) if ["bad_", "later_", "missing_", "stray_", "foreign_", "odd_"].iter().any(|odd| name.starts_with(odd)));
        if !self.random.once_in(60) {
            let sane: Vec<&Expr> = all.iter().copied().filter(|expr| !is_odd(expr)).collect();
            if !sane.is_empty() {
                all = sane;
            }
        }
        // The last of a choice is its plainest in this grammar: a test is a comparison, a term a literal.
        let chosen = if depth > DEEP { all[all.len() - 1] } else { *self.random.pick(&all) };
        self.expr(chosen, around, depth, atomic);
    }

    fn name(&mut self, around: &str) {
        if around.ends_with("_decl") || around == "field" {
            self.names += 1;
            self.text += &format!("n{}", self.names);
            return;
        }
        let names = NAMES.iter().find(|(rule, _)| *rule == around).map_or(&VALUES[..], |(_, names)| names);
        let name = if self.random.once_in(40) { "nobody" } else { *self.random.pick(names) };
        self.text += name;
    }
}
