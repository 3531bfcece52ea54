//! `topics news, product`: several lines add up.

use super::{Data, Declared, Resolver};
use crate::source::FileId;
use crate::syntax::ast::Topics;

impl Resolver<'_> {
    pub(super) fn topics(&mut self, topics: Topics, file: FileId) {
        for name in topics.names {
            self.not_reserved("topic", &name, file);
            if self.is_new(&name, file) && self.is_new_in_data(Data::Topic, &name, file) {
                self.scope.topics.push(Declared { node: name, file });
            }
        }
    }
}
