//! The ways out of a block.

use super::abi::{CONTEXT_TABLE, FAILED};
use super::function::Emitter;
use super::host::HostFunction;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{AbiParam, InstBuilder, SigRef, Signature, Value, types};
use flow_ir::backend::Outcome;
use flow_ir::{BlockId, EffectId, IdMap, StepId, Terminator, ValueId};

impl Emitter<'_> {
    pub(super) fn emit_end(&mut self, at: BlockId, end: &Terminator, values: &IdMap<ValueId, Value>) {
        match *end {
            Terminator::Jump(next) => {
                let next = *self.blocks.at(next);
                self.builder.ins().jump(next, &[]);
            }
            Terminator::Branch(value, yes, no) => {
                let (yes, no) = (*self.blocks.at(yes), *self.blocks.at(no));
                self.builder.ins().brif(*values.at(value), yes, &[], no, &[]);
            }
            Terminator::Effect { step, effect, next } => self.emit_effect(step, effect, at, next),
            Terminator::Wait { .. } | Terminator::Finish { .. } => self.emit_stop_at(at.0),
            Terminator::Result { holds, next_change } => {
                self.emit_result(*values.at(holds), *values.at(next_change));
            }
        }
    }

    /// Calls the host and goes on, or stops here where it holds the effect back or has panicked.
    fn emit_effect(&mut self, step: StepId, effect: EffectId, at: BlockId, next: BlockId) {
        let answer = self.emit_host_call(HostFunction::Effect, &[step.0, effect.0]);
        let stops = self.builder.ins().icmp_imm_u(IntCC::NotEqual, answer, Outcome::Done as i64);
        let stop = self.builder.create_block();
        self.builder.set_cold_block(stop);
        let next = *self.blocks.at(next);
        self.builder.ins().brif(stops, stop, &[], next, &[]);
        self.builder.switch_to_block(stop);
        let held = self.builder.ins().icmp_imm_u(IntCC::Equal, answer, Outcome::Held as i64);
        let here = self.builder.ins().iconst(types::I32, i64::from(at.0));
        let failed = self.builder.ins().iconst(types::I32, i64::from(FAILED));
        let stopped_at = self.builder.ins().select(held, here, failed);
        self.builder.ins().return_(&[stopped_at]);
    }

    /// Calls a host function through the table.
    pub(super) fn emit_host_call(&mut self, function: HostFunction, arguments: &[u32]) -> Value {
        let signature = self.host_signature(function);
        let pointer = self.isa.pointer_type();
        let table = self.builder.ins().load(pointer, self.memory.context, self.context, CONTEXT_TABLE);
        let callee = self.builder.ins().load(pointer, self.memory.context, table, function.slot());
        let words = arguments.iter().map(|word| self.builder.ins().iconst(types::I32, i64::from(*word)));
        let arguments: Vec<Value> = std::iter::once(self.context).chain(words).collect();
        let call = self.builder.ins().call_indirect(signature, callee, &arguments);
        self.answer(call)
    }

    fn host_signature(&mut self, function: HostFunction) -> SigRef {
        if let Some(Some(known)) = self.signatures.get(function as usize) {
            return *known;
        }
        let mut signature = Signature::new(self.isa.default_call_conv());
        signature.params.push(AbiParam::new(self.isa.pointer_type()));
        signature.params.extend((0..function.arguments()).map(|_| AbiParam::new(types::I32)));
        signature.returns.push(AbiParam::new(types::I32));
        let made = self.builder.import_signature(signature);
        if let Some(place) = self.signatures.get_mut(function as usize) {
            *place = Some(made);
        }
        made
    }
}
