//! What stops a run, in words, with what to do.

use flow_runtime::engine::EngineError;
use flow_runtime::inbound::InboundError;
use flow_runtime::settings::SettingsFault;
use flow_runtime::store::StoreError;
use flow_runtime::system;

use super::Stopped;
use crate::output::Failure;
use crate::signals;

const GOES_ON: &str = "everything up to the last commit is kept: mend it, and the same command goes on from there";

pub(crate) fn from_store(error: StoreError) -> Failure {
    Failure::new(error.message, error.help)
}

pub(crate) fn from_engine(error: EngineError) -> Failure {
    match error {
        EngineError::Store(error) => from_store(error),
        EngineError::Mail { .. } => Failure::new(
            error.to_string(),
            "nothing is lost and nothing is given up for it: once that is mended, the same command goes on from there",
        ),
        other => Failure::new(other.to_string(), GOES_ON),
    }
}

/// What ended the work of an engine: a signal, or something that failed.
pub(crate) fn ended_by(error: EngineError) -> Stopped {
    match error {
        EngineError::Stopped => Stopped::Signal,
        other => Stopped::Failure(from_engine(other)),
    }
}

/// The same in the middle of a file.
pub(crate) fn ended_in(error: InboundError) -> Stopped {
    match &error {
        InboundError::Read { source, .. } if signals::is_stop(source) => Stopped::Signal,
        _ => Stopped::Failure(from_inbound(&error)),
    }
}

pub(crate) fn from_inbound(error: &InboundError) -> Failure {
    Failure::new(error.to_string(), format!("{}; {GOES_ON}", error.help()))
}

/// A secret that is missing, or none.
pub(crate) fn from_secret(SettingsFault { message, why, help, .. }: SettingsFault) -> Failure {
    let help: Vec<String> = help.into_iter().chain(why).collect();
    Failure::new(message, help.join("; "))
}

pub(crate) fn output(error: std::io::Error) -> Failure {
    let said = system::said(&error);
    let help = system::help(&error)
        .unwrap_or("what was done is kept: the same command goes on; send its output to a file or a terminal");
    Failure::new(format!("the output cannot be written: {said}"), help)
}
