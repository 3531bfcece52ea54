//! Dense numbers for everything a program names. Each indexes its own list, and none can be taken for another.

use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// A dense number that indexes an [`IdMap`].
pub trait Id: Copy + Ord {
    /// The id of the entry at `index`.
    fn from_index(index: usize) -> Self;
    /// Where its entry stands.
    fn index(self) -> usize;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl Id for $name {
            fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
            fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    )*};
}

ids! {
    /// A field of the contact.
    FieldId "field";
    /// A text field's column, kept beside the frame.
    TextId "text";
    /// A slot of a frame or of a journey.
    SlotId "slot";
    /// A declared event type.
    EventId "event";
    /// An event pattern: a type and tests on its properties.
    PatternId "pattern";
    /// A pattern whose last instants are kept in the frame.
    FactId "fact";
    /// A test on the characters of a text field.
    TextTestId "test";
    /// A predicate function of the program.
    PredicateId "pred";
    /// A segment.
    SegmentId "segment";
    /// A split.
    SplitId "split";
    /// An email.
    EmailId "email";
    /// A team.
    TeamId "team";
    /// A workflow.
    WorkflowId "workflow";
    /// A step of one workflow.
    StepId "step";
    /// A wait of one workflow.
    WaitId "wait";
    /// An effect of one workflow.
    EffectId "effect";
    /// A block of one function.
    BlockId "b";
    /// A value: the op of the same number in its block.
    ValueId "v";
}

/// A list that only its own kind of id can index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdMap<I, T> {
    items: Vec<T>,
    #[serde(skip)]
    ids: PhantomData<fn(I)>,
}

impl<I, T> Default for IdMap<I, T> {
    fn default() -> Self {
        Self { items: Vec::new(), ids: PhantomData }
    }
}

impl<I: Id, T> IdMap<I, T> {
    /// Appends an entry and returns its id.
    pub fn push(&mut self, item: T) -> I {
        self.items.push(item);
        I::from_index(self.items.len() - 1)
    }
    /// The id that the next [`push`](Self::push) returns.
    pub fn next_id(&self) -> I {
        I::from_index(self.items.len())
    }
    /// How many entries there are, so the ids are those below it.
    pub fn len(&self) -> usize {
        self.items.len()
    }
    /// Whether there is no id at all.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
    /// The entry of an id; none where the id comes from another program and is too high here.
    pub fn get(&self, id: I) -> Option<&T> {
        self.items.get(id.index())
    }
    /// The entry of an id that is known to be in this list: the list gave it out, or one that has an entry for each of its own did, or
    /// a verified program holds it. Panics at any other, so an id from a store or a file is looked up with [`get`](Self::get).
    #[expect(clippy::indexing_slicing, reason = "this list or its twin gave the id out, or `verify` found its entry")]
    pub fn at(&self, id: I) -> &T {
        &self.items[id.index()]
    }
    /// The same, to change it.
    #[expect(clippy::indexing_slicing, reason = "this list or its twin gave the id out, or `verify` found its entry")]
    pub fn at_mut(&mut self, id: I) -> &mut T {
        &mut self.items[id.index()]
    }
    /// The entries in order.
    pub fn values(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }
    /// The entries in order, to change in place.
    pub fn values_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items.iter_mut()
    }
    /// The ids in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.items.len()).map(I::from_index)
    }
    /// The entries with their ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = (I, &T)> {
        self.items.iter().enumerate().map(|(index, item)| (I::from_index(index), item))
    }
    /// The first entry that `wanted` accepts.
    pub fn find(&self, mut wanted: impl FnMut(&T) -> bool) -> Option<I> {
        self.items.iter().position(&mut wanted).map(I::from_index)
    }
}

impl<I, T> Extend<T> for IdMap<I, T> {
    fn extend<A: IntoIterator<Item = T>>(&mut self, items: A) {
        self.items.extend(items);
    }
}

impl<I, T> FromIterator<T> for IdMap<I, T> {
    fn from_iter<A: IntoIterator<Item = T>>(items: A) -> Self {
        Self { items: items.into_iter().collect(), ids: PhantomData }
    }
}
