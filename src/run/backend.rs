//! Makes the code that runs the steps, and times it.

use std::sync::Arc;

use flow_ir::Program;
use flow_ir::backend::Backend;
use flow_ir::interpret::Interpreter;
use serde::Serialize;

use super::BackendChoice;
use crate::output::Failure;

/// What was compiled, and how fast.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Compiled {
    pub(crate) backend: &'static str,
    /// In the order of the program; the parts that belong to all workflows have no name.
    pub(crate) parts: Vec<Part>,
    /// Why there is no machine code, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fallback: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Part {
    pub(crate) workflow: Option<String>,
    pub(crate) code_bytes: usize,
    pub(crate) milliseconds: f64,
}

pub(crate) fn prepare(choice: BackendChoice, program: &Arc<Program>) -> Result<(Arc<dyn Backend>, Compiled), Failure> {
    match choice {
        BackendChoice::Interpreter => interpreter(program, None),
        BackendChoice::Native => native(program),
    }
}

/// Machine code, each part timed. A hardened machine may forbid executable memory: the program means the same without it.
#[cfg(feature = "native")]
fn native(program: &Arc<Program>) -> Result<(Arc<dyn Backend>, Compiled), Failure> {
    let mut parts = Vec::new();
    let mut began = super::now();
    let compiled = flow_native::compile_with(program, |part: flow_native::CompiledPart| {
        let workflow = part.workflow.and_then(|id| program.workflows.get(id)).map(|workflow| workflow.name.clone());
        parts.push(Part { workflow, code_bytes: part.code_bytes, milliseconds: began.elapsed().as_secs_f64() * 1e3 });
        began = super::now();
    });
    match compiled {
        Ok(native) => Ok((Arc::new(native), Compiled { backend: "native", parts, fallback: None })),
        Err(error) => interpreter(program, Some(error.to_string())),
    }
}

#[cfg(not(feature = "native"))]
fn native(program: &Arc<Program>) -> Result<(Arc<dyn Backend>, Compiled), Failure> {
    interpreter(program, Some("this build of Flow has no code generator".to_owned()))
}

fn interpreter(program: &Arc<Program>, fallback: Option<String>) -> Result<(Arc<dyn Backend>, Compiled), Failure> {
    let interpreter = Interpreter::new(Arc::clone(program)).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let message = format!("the compiler made a program that cannot be run: {}", faults.join("; "));
        Failure::new(message, "this is a fault in Flow itself, please report it with this message")
    })?;
    Ok((Arc::new(interpreter), Compiled { backend: "interpreter", parts: Vec::new(), fallback }))
}
