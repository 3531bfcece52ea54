//! Effects: what a step does to the world, as data.
//!
//! A body ends a block in [`Terminator::Effect`](crate::Terminator) and names an entry of
//! [`Workflow::effects`](crate::Workflow::effects); the [`Host`](crate::backend::Host) does what it says. So the interpreter, the code
//! generator, the verifier and the printer know that there are effects, and never which.
//!
//! To add one: its line in [`effects!`](crate::effects), and a file here with a struct that implements [`Described`]. Whoever else has
//! something to say about each effect (the engine performs it) derives from the same list.

use crate::{EmailId, FieldId, Program, SplitId, TeamId, TextTemplate, WorkflowId};
use serde::{Deserialize, Serialize};

/// The list of effects. Calls a macro with a line `Variant = module;` for each; the struct in the module has the variant's name.
#[macro_export]
macro_rules! effects {
    ($callback:ident) => {
        $callback! {
            Send = send;
            Handoff = handoff;
            Start = start;
            Stop = stop;
            Suppress = suppress;
            Draw = draw;
            SetText = set_text;
            Notify = notify;
            ComeBack = come_back;
        }
    };
}

/// Something of the program that an effect names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// A mail that leaves.
    Email(EmailId),
    /// A team that takes people over.
    Team(TeamId),
    /// A field whose value is written into a text.
    Field(FieldId),
    /// A field that is given another text.
    Written(FieldId),
    /// A field that keeps what a workflow is started with.
    Kept(FieldId),
    /// A workflow that is started or stopped.
    Workflow(WorkflowId),
    /// A split that is drawn for.
    Split(SplitId),
}

/// What every effect says of itself.
pub trait Described {
    /// All that it names, for the verifier and for reports.
    fn references(&self) -> Vec<Reference>;

    /// Gives all that it names other numbers: those that a store knows them by.
    fn renumber(&mut self, number: &mut dyn FnMut(Reference) -> Reference);

    /// As printed: `send guide`.
    fn words(&self, program: &Program) -> String;

    /// The email it sends to the contact. The journey keeps when that left, so that answers can be told from those to others.
    fn message(&self) -> Option<EmailId> {
        None
    }

    /// Whether something leaves by it: goal and exit are looked at once more before it (E5).
    fn lets_out(&self) -> bool {
        false
    }

    /// The workflow that it lets the contact into.
    fn starts(&self) -> Option<WorkflowId> {
        None
    }

    /// The field that it gives another text.
    fn writes(&self) -> Option<FieldId> {
        None
    }

    /// The fields between which it carries values as they stand there.
    fn carries(&self) -> Vec<FieldId> {
        Vec::new()
    }

    /// The texts that it fills in.
    fn texts(&self) -> Vec<&TextTemplate> {
        Vec::new()
    }

    /// Why it is done, as it is written: the same for everyone.
    fn because(&self) -> Option<&str> {
        None
    }

    /// The texts as written that it puts into fields.
    fn values(&self) -> Vec<&str> {
        Vec::new()
    }

    /// One for a random program, which has two emails and a team.
    fn random(choices: &mut crate::generate::Choices) -> Self
    where
        Self: Sized;
}

macro_rules! declare {
    ($($variant:ident = $module:ident;)*) => {
        $(
            mod $module;
            pub use $module::*;
        )*

        /// An effect of a workflow.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Effect {
            $(
                #[doc = concat!("What [`", stringify!($variant), "`] says.")]
                $variant($module::$variant),
            )*
        }

        $(
            impl From<$module::$variant> for Effect {
                fn from(data: $module::$variant) -> Self {
                    Effect::$variant(data)
                }
            }
        )*

        impl Effect {
            fn described(&self) -> &dyn Described {
                match self {
                    $(Effect::$variant(data) => data,)*
                }
            }

            fn described_mut(&mut self) -> &mut dyn Described {
                match self {
                    $(Effect::$variant(data) => data,)*
                }
            }

            /// One of any kind for a random program, which has two emails and a team.
            pub fn random(choices: &mut crate::generate::Choices) -> Self {
                let kinds: &[fn(&mut crate::generate::Choices) -> Self] =
                    &[$(|choices| $module::$variant::random(choices).into()),*];
                choices.pick(kinds)(choices)
            }
        }
    };
}

crate::effects!(declare);

impl Reference {
    /// The same kind of thing under another number, where it is one of this kind.
    pub(crate) fn set_email(self, of: &mut EmailId) {
        if let Self::Email(id) = self {
            *of = id;
        }
    }
    pub(crate) fn set_team(self, of: &mut TeamId) {
        if let Self::Team(id) = self {
            *of = id;
        }
    }
    pub(crate) fn set_workflow(self, of: &mut WorkflowId) {
        if let Self::Workflow(id) = self {
            *of = id;
        }
    }
    pub(crate) fn set_split(self, of: &mut SplitId) {
        if let Self::Split(id) = self {
            *of = id;
        }
    }
    pub(crate) fn set_field(self, of: &mut FieldId) {
        if let Self::Field(id) | Self::Written(id) | Self::Kept(id) = self {
            *of = id;
        }
    }
}

impl Effect {
    /// All that it names.
    pub fn references(&self) -> Vec<Reference> {
        self.described().references()
    }

    /// Gives all that it names other numbers.
    pub fn renumber(&mut self, number: &mut dyn FnMut(Reference) -> Reference) {
        self.described_mut().renumber(number);
    }

    /// As printed: `send guide`.
    pub fn words(&self, program: &Program) -> String {
        self.described().words(program)
    }

    /// The workflow that it lets the contact into.
    pub fn starts(&self) -> Option<WorkflowId> {
        self.described().starts()
    }

    /// The field that it gives another text.
    pub fn writes(&self) -> Option<FieldId> {
        self.described().writes()
    }

    /// The fields between which it carries values as they stand there.
    pub fn carries(&self) -> Vec<FieldId> {
        self.described().carries()
    }

    /// The texts that it fills in.
    pub fn texts(&self) -> Vec<&TextTemplate> {
        self.described().texts()
    }

    /// The texts as written that it puts into fields.
    pub fn values(&self) -> Vec<&str> {
        self.described().values()
    }

    /// Why it is done, as it is written: the same for everyone.
    pub fn because(&self) -> Option<&str> {
        self.described().because()
    }

    /// Whether something leaves by it: goal and exit are looked at once more before it (E5).
    pub fn lets_out(&self) -> bool {
        self.described().lets_out()
    }

    /// The email it sends to the contact.
    pub fn message(&self) -> Option<EmailId> {
        self.described().message()
    }
}
