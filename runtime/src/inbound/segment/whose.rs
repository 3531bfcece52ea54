//! Who an event is about: its keys, user id first, but of a refusal the address that it names.

use serde_json::{Map, Value};

use super::super::finding::{Fault, Reason};
use super::super::keys;
use super::super::mail_event::MailEvent;
use super::super::tracked::find;
use super::{MessageKind, Notes, SegmentReader, shown};

/// The properties under which a refusal names its address.
const ADDRESSES: [&str; 5] = ["email", "email_address", "recipient", "to", "address"];

impl SegmentReader<'_> {
    /// Who an event is about. A refusal belongs to the address that it names, so that comes first (E7).
    pub(super) fn keys_of(
        &self,
        event: &Map<String, Value>,
        kind: MessageKind,
        refusal: Option<MailEvent>,
        notes: &mut Notes<'_>,
    ) -> Result<Vec<String>, Fault> {
        let address = |traits: Option<&Value>| self.address_of(traits?.as_object()?).cloned();
        let mut keys: Vec<String> = refusal.map(|_| addresses_of(event)).unwrap_or_default();
        let mut take =
            |name: &str, value: Option<&Value>, key: fn(&str) -> Result<Option<String>, Fault>| match id_text(value)
                .and_then(|id| key(&id))
            {
                Ok(Some(key)) if !keys.contains(&key) => keys.push(key),
                Ok(_) => {}
                Err(fault) => notes.add(fault, name, &value.map(shown).unwrap_or_default()),
            };
        take("userId", event.get("userId"), keys::user);
        take("anonymousId", event.get("anonymousId"), keys::anonymous);
        let context_traits = event.get("context").and_then(|context| context.get("traits"));
        take("context.traits.email", address(context_traits).as_ref(), keys::email);
        // A bad address among the traits of an identify is noted once, as the value that it is.
        let own = address(event.get("traits")).filter(|_| kind == MessageKind::Identify);
        let own_key = own.as_ref().and_then(Value::as_str).and_then(|text| keys::email(text).ok().flatten());
        keys.extend(own_key.filter(|key| !keys.contains(key)));
        if keys.is_empty() {
            return Err(Fault::new(Reason::Nobody, "there is no `userId`, `anonymousId` or address in it"));
        }
        Ok(keys)
    }

    /// The trait that is the address, under whatever name.
    fn address_of<'v>(&self, traits: &'v Map<String, Value>) -> Option<&'v Value> {
        let by_name = || traits.iter().find(|(name, _)| self.names.fields.is_email(&self.names.fields.find(name)));
        traits.get("email").or_else(|| by_name().map(|(_, value)| value))
    }
}

/// The addresses that a refusal names, an id that is one among them.
fn addresses_of(event: &Map<String, Value>) -> Vec<String> {
    let properties = event.get("properties").and_then(Value::as_object);
    let named = ADDRESSES.iter().filter_map(|name| find(properties?, name)).map(|(_, value)| value);
    let outer = ["email", "userId", "anonymousId"].iter().filter_map(|name| event.get(*name));
    let mut keys: Vec<String> = Vec::new();
    for key in named.chain(outer).filter_map(Value::as_str).filter_map(keys::any_address) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// An id as text. Some senders write theirs as whole numbers.
fn id_text(value: Option<&Value>) -> Result<String, Fault> {
    match value {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(id)) => Ok(id.clone()),
        Some(Value::Number(id)) if !id.is_f64() => Ok(id.to_string()),
        Some(_) => Err(Fault::new(Reason::WrongType, "send a text in quotes")),
    }
}
