//! A text lies beside the frame, and in the frame the number of what it is compared with: both are another at once, so that the next step asks what is
//! so by then. What it was is kept, for whoever asks whose doing it is.

use super::Perform;
use crate::engine::contact::literal;
use crate::engine::host::StepHost;
use flow_ir::backend::{Memory, Outcome};
use flow_ir::{Area, Piece, SetText, StepId};

impl Perform for SetText {
    fn perform(&self, host: &mut StepHost<'_>, mut memory: Memory<'_>, _: StepId) -> Outcome {
        let program = &host.plan.program;
        let field = program.fields.at(self.field);
        let value = match &self.value {
            Piece::Text(text) => Some(text.clone()),
            Piece::Field { field, fallback } => {
                let text = program.fields.get(*field).and_then(|field| field.text);
                text.and_then(|text| host.text_at(text)).map(str::to_owned).or_else(|| fallback.clone())
            }
        };
        let (Some(value), Some(text)) = (value, field.text) else { return Outcome::Done };
        if host.text_at(text) == Some(value.as_str()) {
            return Outcome::Done;
        }
        host.set_text(self.field, text, Some(&value));
        if let Some(slot) = field.slot {
            program.frame.write(&mut memory[Area::Contact], slot, literal(field, &value));
            program.frame.set_known(&mut memory[Area::Contact], slot, true);
        }
        Outcome::Done
    }
}
