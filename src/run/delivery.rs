//! How mail leaves.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use flow_ir::Program;
use flow_runtime::compose::{Composer, OutboxComposer};
use flow_runtime::dispatch::channels::Channel;
use flow_runtime::dispatch::channels::file::FileChannel;
use flow_runtime::dispatch::channels::scripted::ScriptedChannel;
use flow_runtime::dispatch::channels::smtp::SmtpChannel;
use flow_runtime::engine::Delivery;
use flow_runtime::open::{Kind, StoreName, marks_beside};
use flow_runtime::settings::{MailSettings, Secrets, Settings};
use flow_runtime::system;

use super::Stopped;
use crate::output::Failure;

/// All that delivery needs but the name of the store.
pub(crate) struct Prepared {
    pub(crate) channel: Arc<dyn Channel>,
    emails: Composer,
    /// What was kept for a mail server, where none is asked any more.
    stale_marks: Option<PathBuf>,
}

impl Prepared {
    /// With the answers of a script before the channel.
    pub(crate) fn scripted(self, script: &Path) -> Result<Prepared, Failure> {
        let unreadable = |why: String| Failure::new(format!("`{}` cannot be read: {why}", script.display()), "");
        let text = std::fs::read_to_string(script).map_err(|error| unreadable(system::said_with_help(&error)))?;
        let channel = ScriptedChannel::read(&text, self.channel).map_err(unreadable)?;
        Ok(Prepared { channel: Arc::new(channel), ..self })
    }

    /// How the messages of a store leave. What an earlier process of it left half-made goes first.
    pub(crate) fn of_store(self, name: StoreName) -> Delivery {
        self.channel.clear_up(&name.ending());
        // It would be believed later; where there is none, or it stays, nothing is lost now.
        self.stale_marks.iter().for_each(|marks| drop(std::fs::remove_file(marks)));
        Delivery { channel: self.channel, composer: Arc::new(OutboxComposer::new(self.emails, name)) }
    }
}

/// What hands messages over.
pub(crate) fn channel(settings: &Settings, secrets: &Secrets, kind: Kind) -> Result<Arc<dyn Channel>, Stopped> {
    Ok(match &settings.mail {
        MailSettings::File { folder } => {
            // What cannot be made here is told by the connector, in its words.
            let _ = std::fs::create_dir_all(folder);
            let open = FileChannel::open(folder.clone());
            let channel =
                open.map_err(|error| Failure::new(error.to_string(), "set another `folder` in `[mail]` of flow.toml"))?;
            Arc::new(if kind == Kind::Rehearsal { channel.for_rehearsal() } else { channel })
        }
        MailSettings::Smtp(smtp) => {
            let authority = settings.authority().map_err(|fault| Stopped::Settings(vec![*fault]))?;
            let open = SmtpChannel::open(smtp.connector(secrets.smtp_password.clone(), authority));
            let channel = open.map_err(|error| Failure::new(error.to_string(), "mend `[mail]` in flow.toml"))?;
            Arc::new(channel.marking(marks_beside(&settings.store)))
        }
    })
}

/// `program` is the one of the store, since its numbers are in the rows of the outbox.
pub(crate) fn prepare(
    channel: Arc<dyn Channel>,
    settings: &Settings,
    secrets: Secrets,
    program: &Arc<Program>,
) -> Result<Prepared, Stopped> {
    let emails = Composer::new(Arc::clone(program), settings.sender.clone(), secrets.unsubscribe_keys);
    let emails = emails.map_err(|fault| Failure::new(fault.to_string(), "run `flow check` and mend what it says"))?;
    let stale_marks = matches!(settings.mail, MailSettings::File { .. }).then(|| marks_beside(&settings.store));
    Ok(Prepared { channel, emails, stale_marks })
}

/// The folder of the mails of a rehearsal, beside the store where mail would else go to a server.
const REHEARSAL: &str = "rehearsal";

/// Where a rehearsal writes its mails, where that is not the folder of `[mail]`.
pub(crate) fn rehearsal_folder(settings: &Settings, asked: Option<&Path>) -> Option<PathBuf> {
    match (&settings.mail, asked) {
        (_, Some(folder)) => Some(folder.to_owned()),
        (MailSettings::Smtp(_), None) => Some(settings.store.with_file_name(REHEARSAL)),
        (MailSettings::File { .. }, None) => None,
    }
}

/// Where the mails of a rehearsal go, and where they would go.
pub(crate) fn rehearsal_words(written: &Settings, settings: &Settings) -> String {
    match &written.mail {
        MailSettings::Smtp(_) => {
            format!("{}: a rehearsal sends nothing, `flow serve` hands mail to {}", words(settings), words(written))
        }
        MailSettings::File { .. } => words(settings),
    }
}

/// Where mail goes, in words.
pub(crate) fn words(settings: &Settings) -> String {
    match &settings.mail {
        MailSettings::File { folder } => folder.display().to_string(),
        MailSettings::Smtp(smtp) => format!("{}:{}", smtp.host, smtp.port),
    }
}
