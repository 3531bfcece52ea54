//! What a run would not take of the project's files: read by the readers that a run has, and told once for each file, with the first place of
//! each kind.

use flow_front::diagnostics::Severity;
use flow_ir::Program;
use flow_runtime::inbound::{Reason, Tally};
use flow_runtime::settings::{DataFile, Settings, SettingsFault};

use crate::output::thousands;
use crate::run::data;
use crate::run::report::{Sort, cure, not_one, row_of, set_aside};
use crate::run::words::{as_named, words};

/// Something to say of a file, at the place where the settings name it.
pub(super) type Told = (SettingsFault, Severity);

/// Of both files, in their order.
pub(super) fn told(settings: &Settings, program: &Program, contacts: Option<&Tally>) -> Vec<Told> {
    let events = data::foresee_events(settings, program);
    let files = [(DataFile::Contacts, contacts), (DataFile::Events, events.as_ref())];
    let read = files.into_iter().filter_map(|(file, tally)| Some((file, tally?)));
    read.flat_map(|(file, tally)| Read { settings, file, tally }.told()).collect()
}

struct Read<'f> {
    settings: &'f Settings,
    file: DataFile,
    tally: &'f Tally,
}

impl Read<'_> {
    fn told(&self) -> Vec<Told> {
        if let Some(failure) = not_one(self.file, self.tally) {
            return vec![(self.settings.of_data(self.file, failure.message, failure.help), Severity::Error)];
        }
        self.rejection().into_iter().chain(self.values()).map(|fault| (fault, Severity::Warning)).collect()
    }

    /// Whole rows that are not taken.
    fn rejection(&self) -> Option<SettingsFault> {
        let kinds = self.rejected();
        let (all, count) = (self.tally.taken() + self.tally.rejected(), kinds.iter().map(|(_, count)| count).sum());
        let named: Vec<String> =
            kinds.iter().map(|(reason, count)| format!("{} {reason}", thousands(*count))).collect();
        let (row, are) = (row_of(self.file), if count == 1 { "is" } else { "are" });
        let (name, listed) = (self.name(), named.join(", "));
        let message = format!("{name}: {} of {} {row}s {are} rejected: {listed}", thousands(count), thousands(all));
        let mut help: Vec<&str> = Vec::new();
        for (reason, _) in &kinds {
            // A cure that serves several kinds is told once.
            let cure = cure(self.file, *reason).filter(|cure| !help.contains(cure));
            help.extend([self.first(*reason)].into_iter().chain(cure));
        }
        let mut fault = self.settings.of_data(self.file, message, help.join("\n"));
        fault.why = Some(format!("nothing of such a {row} counts; the first of each kind is told"));
        (!kinds.is_empty()).then_some(fault)
    }

    /// The kinds of them, the most frequent first.
    fn rejected(&self) -> Vec<(Reason, u64)> {
        let whole =
            self.tally.counts().filter(|(reason, subject, _)| Sort::of_finding(*reason, subject) == Sort::Rejected);
        let mut kinds: Vec<(Reason, u64)> = whole.map(|(reason, _, count)| (reason, count)).collect();
        kinds.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
        kinds
    }

    /// Values that are not taken, all in one: they cost their fields alone.
    fn values(&self) -> Option<SettingsFault> {
        let fields = set_aside(self.tally);
        let count: u64 = fields.values().sum();
        let of_values =
            self.tally.counts().filter(|(reason, subject, _)| Sort::of_finding(*reason, subject) == Sort::SetAside);
        let (reason, ..) = of_values.max_by_key(|(.., count)| *count)?;
        let (are, row) = (if count == 1 { "value is" } else { "values are" }, row_of(self.file));
        let message = format!("{}: {} {are} set aside: {}", self.name(), thousands(count), words(&fields, as_named));
        let mut fault = self.settings.of_data(self.file, message, format!("such as {}", self.first(reason)));
        // Of a topic and a team it stands there what the whole event means then.
        let counts = ![Reason::UnknownTopic, Reason::UnknownTeam].contains(&reason);
        fault.why = counts.then(|| format!("the rest of such a {row} counts, as if nothing stood there"));
        Some(fault)
    }

    /// The first finding of a kind, which says what to write instead.
    fn first(&self, reason: Reason) -> &str {
        self.tally.examples(reason).first().map(String::as_str).unwrap_or_default()
    }

    fn name(&self) -> String {
        let path = self.file.path(self.settings).map(data::file_name).unwrap_or_default();
        format!("{}: `{path}`", self.file.key())
    }
}
