//! `tags vip, beta`: several lines add up.

use super::{Declared, Resolver};
use crate::diagnostics::names;
use crate::source::FileId;
use crate::syntax::ast::Tags;
use crate::syntax::is_reserved;

impl Resolver<'_> {
    pub(super) fn tags(&mut self, tags: Tags, file: FileId) {
        for name in tags.names {
            if is_reserved(&name.text) {
                self.diagnostics.push(names::reserved_name(&name.text, "tag", name.span.in_file(file)));
            } else if self.is_new(&name, file) {
                self.scope.tags.push(Declared { node: name, file });
            }
        }
    }
}
