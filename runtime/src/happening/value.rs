//! What belongs to a happening, by stable names: flat, so that whoever searches a log needs no path.

use super::{JourneyName, Message};
use crate::time::Instant;

/// A value for machines.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// How many, how often, or which.
    Number(u64),
    /// A name, or what somebody said.
    Text(String),
    /// When; machines read UTC.
    At(Instant),
    /// What has parts of its own.
    Parts(serde_json::Value),
}

/// What a field is told as: some are told under several names, and what is not there is not told.
pub trait Field {
    /// Tells it under its name.
    fn tell(&self, name: &'static str, all: &mut Vec<(&'static str, Value)>);
}

/// How each type is told: under the field's name, as this value.
macro_rules! fields {
    ($($ty:ty => |$value:ident| $told:expr),* $(,)?) => {$(
        impl Field for $ty {
            fn tell(&self, name: &'static str, all: &mut Vec<(&'static str, Value)>) {
                let $value = self;
                all.push((name, $told));
            }
        }
    )*};
}

fields! {
    u64 => |value| Value::Number(*value),
    u32 => |value| Value::Number(u64::from(*value)),
    String => |value| Value::Text(value.clone()),
    &'static str => |value| Value::Text((*value).to_owned()),
    Instant => |value| Value::At(*value),
    serde_json::Value => |value| Value::Parts(value.clone()),
}

impl<F: Field> Field for Option<F> {
    fn tell(&self, name: &'static str, all: &mut Vec<(&'static str, Value)>) {
        self.iter().for_each(|field| field.tell(name, all));
    }
}

impl Field for JourneyName {
    fn tell(&self, _: &'static str, all: &mut Vec<(&'static str, Value)>) {
        all.push(("journey", Value::Text(self.to_string())));
        all.push(("contact", Value::Number(self.contact)));
        all.push(("workflow", Value::Text(self.workflow.clone())));
    }
}

impl Field for Message {
    fn tell(&self, _: &'static str, all: &mut Vec<(&'static str, Value)>) {
        all.push(("journey", Value::Text(self.journey.to_string())));
        all.push(("message", Value::Text(self.key.clone())));
        all.push(("contact", Value::Number(self.contact)));
        all.push(("workflow", Value::Text(self.journey.workflow.clone())));
        all.push(("step", Value::Text(self.step.clone())));
        self.email.tell("email", all);
    }
}
