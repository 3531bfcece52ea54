//! Secrets: from the environment alone, so that they never stand in a file that is shared, nor among a command's arguments.
//!
//! Each can be given as a variable, or as the path of a file in the variable of the same name with `_FILE` behind it, which is how
//! containers and service managers hand secrets in.

use std::fs::File;
use std::io::{self, Read};

use flow_front::diagnostics::Code;
use ring::digest;

use super::{MailSettings, Settings, SettingsFault};
use crate::mail::Secret;
use crate::mail::unsubscribe::{Keys, KeysError, SECRET_MIN_OCTETS};

/// The password of the mail server.
pub const SMTP_PASSWORD: &str = "FLOW_SMTP_PASSWORD";
/// Signs unsubscribe links. One secret a line, the newest first: links in old mail work as long as theirs is listed.
pub const UNSUBSCRIBE_SECRET: &str = "FLOW_UNSUBSCRIBE_SECRET";
/// Far above any password; a longer file is a mistaken one.
pub const MAX_SECRET_BYTES: usize = 4096;
/// Signs unsubscribe links where mail is written to a folder and no secret is given. Everyone can read it here, so it must never sign
/// mail that leaves.
pub const DEVELOPMENT_SECRET: &str = "flow development: signs only mail in a folder";

/// What a variable of the environment says.
pub type Environment<'e> = dyn Fn(&str) -> Option<String> + 'e;

/// What a run needs and `flow.toml` may not hold.
#[derive(Debug)]
pub struct Secrets {
    /// Of the mail server; none where it asks for no login or mail goes into a folder.
    pub smtp_password: Option<Secret>,
    /// Where mail goes into a folder, made of [`DEVELOPMENT_SECRET`] if none is set.
    pub unsubscribe_keys: Keys,
}

impl Settings {
    /// Reads the secrets that a rehearsal needs.
    pub fn secrets(&self, environment: &Environment<'_>) -> Result<Secrets, Vec<SettingsFault>> {
        let leaves = matches!(self.mail, MailSettings::Smtp(_));
        self.secrets_for(leaves, environment)
    }

    /// The same where mail is for real people, by whatever way it reaches them: no link may be signed by what everyone can read.
    pub fn live_secrets(&self, environment: &Environment<'_>) -> Result<Secrets, Vec<SettingsFault>> {
        self.secrets_for(true, environment)
    }

    fn secrets_for(&self, leaves: bool, environment: &Environment<'_>) -> Result<Secrets, Vec<SettingsFault>> {
        let password = smtp_password(&self.mail, environment);
        let keys = unsubscribe_keys(leaves, environment);
        match (password, keys) {
            (Ok(smtp_password), Ok(unsubscribe_keys)) => Ok(Secrets { smtp_password, unsubscribe_keys }),
            (password, keys) => Err(password.err().into_iter().chain(keys.err()).map(|fault| *fault).collect()),
        }
    }
}

fn smtp_password(mail: &MailSettings, environment: &Environment<'_>) -> Result<Option<Secret>, Box<SettingsFault>> {
    let MailSettings::Smtp(smtp) = mail else { return Ok(None) };
    let password = read(SMTP_PASSWORD, environment)?;
    match (&smtp.username, &password) {
        (Some(username), None) => {
            let message = format!("the mail server's password for `{username}` is not set");
            Err(fault(message, how_to_set(SMTP_PASSWORD)))
        }
        (None, Some(_)) => Err(fault(
            format!("{SMTP_PASSWORD} is set, and `[mail]` has no `username`"),
            format!("add `username = \"..\"` to `[mail]`, or unset {SMTP_PASSWORD}"),
        )),
        _ => Ok(password),
    }
}

fn unsubscribe_keys(leaves: bool, environment: &Environment<'_>) -> Result<Keys, Box<SettingsFault>> {
    let secret = match (read(UNSUBSCRIBE_SECRET, environment)?, leaves) {
        (Some(secret), _) => secret,
        (None, false) => Secret::new(DEVELOPMENT_SECRET),
        (None, true) => {
            let message = "the secret that signs unsubscribe links is not set";
            let how = format!("make one with `openssl rand -hex 32`, keep it, and {}", how_to_set(UNSUBSCRIBE_SECRET));
            return Err(fault(message, how));
        }
    };
    let lines = secret.expose().lines().map(str::trim).filter(|line| !line.is_empty());
    Keys::new(lines.map(|line| (key_id(line), Secret::new(line)))).map_err(|error| bad_keys(&error))
}

/// Names a key by its own hash, so that adding a newer one renames no older one. Four bytes tell nothing of a secret of this length.
fn key_id(secret: &str) -> String {
    const ID_OCTETS: usize = 4;
    const PURPOSE: &str = "flow unsubscribe key id 1:";
    let digest = digest::digest(&digest::SHA256, format!("{PURPOSE}{secret}").as_bytes());
    digest.as_ref().iter().take(ID_OCTETS).map(|byte| format!("{byte:02x}")).collect()
}

fn bad_keys(error: &KeysError) -> Box<SettingsFault> {
    match error {
        KeysError::Short { .. } => {
            let message =
                format!("{UNSUBSCRIBE_SECRET} is too short: a secret has at least {SECRET_MIN_OCTETS} characters");
            fault(message, "make one with `openssl rand -hex 32`")
        }
        KeysError::Twice { .. } => fault(
            format!("{UNSUBSCRIBE_SECRET} holds the same secret twice"),
            "write each secret once, on a line of its own, the newest first",
        ),
        KeysError::None | KeysError::Id { .. } => {
            fault(format!("{UNSUBSCRIBE_SECRET} holds no secret"), "make one with `openssl rand -hex 32`")
        }
    }
}

/// Of a secret: it has no place in the file.
fn fault(message: impl Into<String>, help: impl Into<String>) -> Box<SettingsFault> {
    let fault =
        SettingsFault::new(Code::BadSettings, message, None).why("nothing leaves this machine without it").help(help);
    Box::new(fault)
}

fn read(name: &str, environment: &Environment<'_>) -> Result<Option<Secret>, Box<SettingsFault>> {
    let file_name = format!("{name}_FILE");
    let set = |name: &str| environment(name).filter(|value| !value.is_empty());
    match (set(name), set(&file_name)) {
        (Some(_), Some(_)) => Err(fault(
            format!("both {name} and {file_name} are set"),
            "unset one of them, so that nobody has to guess which holds",
        )),
        (Some(value), None) => Ok(Some(Secret::new(value))),
        (None, Some(path)) => read_file(&path).map(Some).map_err(|reason| {
            fault(
                format!("{file_name} names `{path}`, which cannot be used: {reason}"),
                "write the path of a text file that holds the secret alone, and that this user may read",
            )
        }),
        (None, None) => Ok(None),
    }
}

/// Editors end a file with a line break, which no secret has.
fn read_file(path: &str) -> Result<Secret, String> {
    let limit = u64::try_from(MAX_SECRET_BYTES).unwrap_or(u64::MAX);
    let mut text = String::new();
    File::open(path).and_then(|file| file.take(limit + 1).read_to_string(&mut text)).map_err(|error| reason(&error))?;
    if text.len() > MAX_SECRET_BYTES {
        return Err(format!("it has more than {MAX_SECRET_BYTES} bytes"));
    }
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() { Err("it is empty".to_owned()) } else { Ok(Secret::new(secret)) }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => crate::system::said_with_help(error),
    }
}

fn how_to_set(name: &str) -> String {
    format!("set the environment variable {name}, or {name}_FILE to the path of a file that holds it")
}
