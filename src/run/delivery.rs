//! How mail leaves in this run.

use std::sync::Arc;

use flow_ir::Program;
use flow_runtime::compose::{Composer, OutboxComposer};
use flow_runtime::connectors::Connector;
use flow_runtime::connectors::file::FileConnector;
use flow_runtime::connectors::smtp::SmtpConnector;
use flow_runtime::engine::Delivery;
use flow_runtime::open::StoreName;
use flow_runtime::settings::{MailSettings, Secrets, Settings};

use super::Stopped;
use crate::output::Failure;

/// All that delivery needs but the name of the store.
pub(crate) struct Prepared {
    connector: Arc<dyn Connector>,
    emails: Composer,
}

impl Prepared {
    /// How the messages of a store leave.
    pub(crate) fn of_store(self, name: StoreName) -> Delivery {
        Delivery { connector: self.connector, composer: Arc::new(OutboxComposer::new(self.emails, name)) }
    }
}

pub(crate) fn prepare(settings: &Settings, secrets: Secrets, program: &Arc<Program>) -> Result<Prepared, Stopped> {
    let connector: Arc<dyn Connector> = match &settings.mail {
        MailSettings::File { folder } => {
            // What cannot be made here is told by the connector, in its words.
            let _ = std::fs::create_dir_all(folder);
            let open = FileConnector::open(folder.clone());
            Arc::new(
                open.map_err(|error| Failure::new(error.to_string(), "set another `folder` in `[mail]` of flow.toml"))?,
            )
        }
        MailSettings::Smtp(smtp) => {
            let authority = settings.authority().map_err(|fault| Stopped::Settings(vec![*fault]))?;
            let open = SmtpConnector::open(smtp.connector(secrets.smtp_password, authority));
            Arc::new(open.map_err(|error| Failure::new(error.to_string(), "mend `[mail]` in flow.toml"))?)
        }
    };
    let emails = Composer::new(Arc::clone(program), settings.sender.clone(), secrets.unsubscribe_keys);
    let emails = emails.map_err(|fault| Failure::new(fault.to_string(), "run `flow check` and mend what it says"))?;
    Ok(Prepared { connector, emails })
}

/// Where mail goes, in words.
pub(crate) fn words(settings: &Settings) -> String {
    match &settings.mail {
        MailSettings::File { folder } => folder.display().to_string(),
        MailSettings::Smtp(smtp) => format!("{}:{}", smtp.host, smtp.port),
    }
}
