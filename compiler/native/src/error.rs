//! Why a program has no machine code.

use flow_ir::verify::Fault;
use std::fmt;

/// Why [`compile`](super::compile) gave up. In every case the interpreter can still run a sound program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompileError {
    /// There is no code generator for this processor.
    UnsupportedProcessor(String),
    /// The system lets no memory become executable (systemd's `MemoryDenyWriteExecute`, a hardened kernel), or has none.
    NoExecutableMemory(String),
    /// The program is not one that the lowering may make.
    Unsound(Vec<Fault>),
    /// A function is beyond what the code generator can do, or shows a fault in it.
    Generator {
        /// Of the program, by its own names.
        function: String,
        /// In the code generator's words.
        reason: String,
    },
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnsupportedProcessor(reason) => write!(f, "no native code for this processor: {reason}"),
            Self::NoExecutableMemory(reason) => {
                write!(f, "this system does not let a program make executable memory: {reason}")
            }
            Self::Unsound(faults) => {
                write!(f, "the program is damaged or was made by another version, compile it again")?;
                faults.iter().take(1).try_for_each(|fault| write!(f, " ({fault})"))
            }
            Self::Generator { function, reason } => write!(f, "no native code for {function}: {reason}"),
        }
    }
}

impl std::error::Error for CompileError {}
