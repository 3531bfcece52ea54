//! `tags vip, beta`: several lines add up.

use super::{Declared, Resolver};
use crate::source::FileId;
use crate::syntax::ast::Tags;

impl Resolver<'_> {
    pub(super) fn tags(&mut self, tags: Tags, file: FileId) {
        for name in tags.names {
            self.not_reserved("tag", &name, file);
            if self.is_new(&name, file) {
                self.scope.tags.push(Declared { node: name, file });
            }
        }
    }
}
