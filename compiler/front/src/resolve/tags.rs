//! `tags vip, beta`: several lines add up. `list partners`: one of several.

use super::{Data, Declared, Resolver};
use crate::source::FileId;
use crate::syntax::ast::{List, Tags};

impl Resolver<'_> {
    pub(super) fn tags(&mut self, tags: Tags, file: FileId) {
        for name in tags.names {
            self.not_reserved("tag", &name, file);
            if self.is_new(&name, file) {
                self.scope.tags.push(Declared { node: name, file });
            }
        }
    }

    pub(super) fn list(&mut self, List { name }: List, file: FileId) {
        self.not_reserved("list", &name, file);
        if self.is_new(&name, file) && self.is_new_in_data(Data::List, &name, file) {
            self.scope.lists.push(Declared { node: name, file });
        }
    }
}
