//! The `flow` command: arguments in, an exit code out. All work is in the crates; here is one file per subcommand, and what they
//! share: [`project`] finds and reads a project's files, [`output`] writes to people and machines.

mod check;
mod doc;
mod doctor;
mod enrol;
mod fmt;
mod ink;
mod load;
mod output;
mod project;
mod report;
mod run;
mod serve;
mod signals;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use output::{Format, Outcome, Output};

/// Events, rows and mails are many small pieces of memory, and a batch is let go of by another thread than made it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Marketing automation as text
#[derive(Debug, Parser)]
#[command(name = "flow", version)]
struct Arguments {
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,
    /// What the output is for: people or machines
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// Tell what the machine did, too: times to compile, sizes, rates
    #[arg(long, global = true)]
    verbose: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a project without running it
    Check {
        /// The project's folder; without it, the nearest one upward from here that has a flow.toml
        project: Option<PathBuf>,
    },
    /// Explain a message, a word of the language, a standard module or the settings
    Doc(doc::DocArguments),
    /// Prove a whole store, in use or at rest, and mend what is safe
    Doctor(doctor::DoctorArguments),
    /// Let people into a workflow that says `enter by hand`
    Enrol(enrol::EnrolArguments),
    /// Lay `.flow` files out in the one way that there is
    Fmt(fmt::FmtArguments),
    /// Tell how a store stands, in use or at rest: the report that a run ends with
    Report(report::ReportArguments),
    /// Rehearse a project: its data on a virtual clock, every mail into a folder
    Run(run::RunArguments),
    /// Run a project for real: on the wall clock, with mail that leaves
    Serve(serve::ServeArguments),
}

fn main() -> ExitCode {
    signals::outlive_file_limits();
    let arguments = Arguments::try_parse().unwrap_or_else(|error| refuse(&error));
    let color = match arguments.color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    color.write_global();
    let mut output = Output::new(arguments.format, arguments.verbose);
    let outcome = match arguments.command {
        Command::Check { project } => check::check(project.as_deref(), &mut output),
        Command::Doc(arguments) => doc::doc(&arguments, &mut output),
        Command::Doctor(arguments) => doctor::doctor(&arguments, &mut output),
        Command::Enrol(arguments) => enrol::enrol(&arguments, &mut output),
        Command::Fmt(arguments) => fmt::fmt(&arguments, &output),
        Command::Report(arguments) => report::report(&arguments, &mut output),
        Command::Run(arguments) => run::run(&arguments, &mut output),
        Command::Serve(arguments) => serve::serve(&arguments, &mut output),
    };
    exit_code(outcome)
}

/// Says what is wrong with the arguments, or the help that was asked for.
fn refuse(error: &clap::Error) -> ! {
    let is_obeyed = |argument: std::ffi::OsString| argument.to_string_lossy().contains(flow_front::shown::is_obeyed);
    if std::env::args_os().any(is_obeyed) {
        // clap quotes them as they are, in its own colours. Where even this cannot be written, nothing can be said.
        let _ = write!(ink::stderr(), "{}", error.render());
        std::process::exit(error.exit_code());
    }
    error.exit()
}

fn exit_code(outcome: io::Result<Outcome>) -> ExitCode {
    /// 128 and the number of SIGPIPE: whoever read the output has gone.
    const CLOSED_PIPE: u8 = 141;
    match outcome {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Ok(Outcome::Usage) => ExitCode::from(2),
        Ok(Outcome::Failed) => ExitCode::from(3),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(CLOSED_PIPE),
        // Nothing can be said where saying it failed.
        Err(_) => ExitCode::from(3),
    }
}
