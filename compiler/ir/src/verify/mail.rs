//! Mails and other texts that are filled in: for everybody there is a subject, no hole in a line, and room for all of it.

use super::super::{EmailContent, Piece, TextTemplate, Workflow};
use super::Checker;
use crate::limits::{MAX_BECAUSE_BYTES, MAX_MAIL_BYTES, MAX_SUBJECT_BYTES, MAX_TEXT_BYTES, MAX_VALUE_CHARS};

impl Checker<'_> {
    pub(super) fn mail(&mut self) {
        let program = self.program;
        for (id, email) in program.emails.iter() {
            if let Some(content) = program.content(id) {
                self.content(&format!("{id} `{}`", email.name), content);
            }
        }
    }

    fn content(&mut self, place: &str, content: &EmailContent) {
        self.subjects(place, content);
        if let Some(preview) = &content.preview {
            self.whole(place, preview);
            self.room(place, "preview", preview, MAX_TEXT_BYTES);
        }
        let subjects = content.subjects.iter().map(|subject| &subject.text);
        let lines = subjects.chain(&content.preview).flat_map(TextTemplate::fields);
        for field in lines.chain(content.tokens.iter().copied()) {
            self.exists(place, &self.program.fields, field);
        }
        if content.html.len() > MAX_MAIL_BYTES {
            self.fault(place, format!("its HTML has {} bytes, not up to {MAX_MAIL_BYTES}", content.html.len()));
        }
    }

    /// The first whose condition holds is taken, so the last has none and is for everybody else.
    fn subjects(&mut self, place: &str, content: &EmailContent) {
        for subject in &content.subjects {
            match subject.when {
                Some(when) => self.belongs_to_all(place, when),
                None => self.whole(place, &subject.text),
            }
            self.room(place, "subject", &subject.text, MAX_SUBJECT_BYTES);
        }
        match content.subjects.split_last() {
            Some((last, before)) if last.when.is_some() || before.iter().any(|subject| subject.when.is_none()) => {
                self.fault(place, "the last subject has no condition, and it alone");
            }
            Some(_) => {}
            None => self.fault(place, "has no subject"),
        }
    }

    /// What everybody may be sent has no hole. Where a condition stands before a text, that may have asked for its fields.
    fn whole(&mut self, place: &str, text: &TextTemplate) {
        let program = self.program;
        for piece in &text.pieces {
            if let Piece::Field { field, fallback: None } = piece
                && let Some(field) = program.fields.get(*field).filter(|field| field.optional)
            {
                self.fault(place, format!("`{}` may be missing, and nothing stands in its place", field.name));
            }
        }
    }

    /// What the effects of a workflow write.
    pub(super) fn texts(&mut self, place: &str, workflow: &Workflow) {
        for text in workflow.effects.values().flat_map(|effect| effect.texts()) {
            self.room(place, "text", text, MAX_TEXT_BYTES);
        }
        for because in workflow.effects.values().filter_map(|effect| effect.because()) {
            if because.len() > MAX_BECAUSE_BYTES {
                self.fault(place, format!("a reason has {} bytes, not up to {MAX_BECAUSE_BYTES}", because.len()));
            }
        }
        for value in workflow.effects.values().flat_map(|effect| effect.values()) {
            let chars = value.chars().count();
            if chars > MAX_VALUE_CHARS {
                self.fault(place, format!("sets a text of {chars} characters, not up to {MAX_VALUE_CHARS}"));
            }
        }
    }

    fn room(&mut self, place: &str, what: &str, text: &TextTemplate, most: usize) {
        let bytes = text.least_bytes();
        if bytes > most {
            self.fault(place, format!("a {what} has {bytes} bytes, not up to {most}"));
        }
    }
}
