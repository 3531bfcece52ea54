//! The hand that a check writes with: one declaration, what is found wrong in it, and what its words mean.

use super::trigger::TriggerOf;
use crate::diagnostics::suggest::{Names, Suggesting};
use crate::diagnostics::{Diagnostic, Missing};
use crate::env::schema::Schema;
use crate::env::{Env, settled_line};
use crate::meaning::{Meaning, Meanings};
use crate::source::{FileId, Location, Span};
use crate::syntax::Settled;
use crate::syntax::ast::Kind;

/// One declaration being checked.
pub(super) struct Cx<'e> {
    pub(super) env: &'e Env<'e>,
    file: FileId,
    /// The text that places point into.
    text: &'e str,
    /// Where it is written in another way than the settled one.
    settled: &'e [Settled],
    /// A mended text is only tried out.
    trial: bool,
    /// How many diagnostics there were before this declaration.
    before: usize,
    /// Whose trigger may be read.
    pub(super) trigger_of: TriggerOf,
    /// It is told that nothing lets anybody in who could say what the declaration reads.
    pub(super) no_trigger_told: bool,
    pub(super) found: Found,
}

/// What came out of a check beside its result.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) meanings: Meanings,
}

impl<'e> Cx<'e> {
    pub(super) fn new(env: &'e Env<'e>, file: FileId, before: usize) -> Self {
        let text = env.scope.sources.get(file.0 as usize).map_or("", |source| source.text.as_str());
        let settled = env.scope.settled.get(file.0 as usize).map(Vec::as_slice).unwrap_or_default();
        Self {
            env,
            file,
            text,
            settled,
            trial: false,
            before,
            trigger_of: TriggerOf::Nobody,
            no_trigger_told: false,
            found: Found::default(),
        }
    }

    /// For a declaration of a text that is only tried out.
    pub(super) fn trial(env: &'e Env<'e>, file: FileId, text: &'e str, settled: &'e [Settled]) -> Self {
        Self {
            env,
            file,
            text,
            settled,
            trial: true,
            before: 0,
            trigger_of: TriggerOf::Nobody,
            no_trigger_told: false,
            found: Found::default(),
        }
    }

    /// What is only tried out is asked about its own lines, so what lies in other files need not be looked at.
    pub(super) fn is_trial(&self) -> bool {
        self.trial
    }

    pub(super) fn at(&self, span: Span) -> Location {
        span.in_file(self.file)
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.found.diagnostics.push(diagnostic);
    }

    /// What was read, or nothing where it is reported what is wrong with it.
    pub(super) fn read<T>(&mut self, read: Result<T, Box<Diagnostic>>) -> Option<T> {
        read.map_err(|diagnostic| self.report(*diagnostic)).ok()
    }

    /// Notes what the words at a place mean, for whoever asks there (hover, go to definition).
    pub(super) fn means(&mut self, span: Span, meaning: Meaning) {
        let at = self.at(span);
        self.found.meanings.note(at, meaning);
    }

    /// Reports a name that is not declared, unless it may have been in a declaration that could not be read, or was in one that is there
    /// twice.
    pub(super) fn report_unknown(&mut self, name: &str, kinds: &'static [Kind], mut diagnostic: Diagnostic) {
        diagnostic.missing = Some(Missing { name: name.to_owned(), kinds });
        let lost = self.env.is_disputed(name) || kinds.iter().any(|kind| self.may_be_lost(*kind));
        // A module that was not found may have declared it, but hardly a name that is nearly another one.
        let from_module = self.env.scope.module_missing && diagnostic.edits.is_empty();
        if !lost && !from_module {
            self.report(diagnostic);
        }
    }

    /// Whether what is found now still says which name may have been meant.
    pub(super) fn suggesting(&self) -> Suggesting {
        Suggesting::behind(self.before + self.found.diagnostics.len())
    }

    /// Names that may have been meant.
    pub(super) fn names<I: IntoIterator<Item = &'e str>>(&self, of: impl Fn(&'e Schema) -> I) -> Names<'e> {
        self.suggesting().names(of(&self.env.schema))
    }

    pub(super) fn may_be_lost(&self, kind: Kind) -> bool {
        self.env.may_be_lost(kind)
    }

    /// The text of the declaration's file.
    pub(super) fn source(&self) -> &'e str {
        self.text
    }

    /// The text of the declaration's file up to a place.
    pub(super) fn text_before(&self, at: u32) -> &'e str {
        self.text.get(..at as usize).unwrap_or_default()
    }

    /// What stands before a place in its line.
    pub(super) fn line_before(&self, span: Span) -> &str {
        let before = self.text.get(..span.start as usize).unwrap_or_default();
        before.rsplit('\n').next().unwrap_or_default()
    }

    /// The text at a place, on one line.
    pub(super) fn text_at(&self, span: Span) -> String {
        settled_line(self.text, span, self.settled)
    }
}
