//! Areas: the parts of memory a function may look at, and where a slot lies in them.

use crate::id::SlotId;
use serde::{Deserialize, Serialize};
use std::ops::{Index, IndexMut};

/// A part of memory, with a layout of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Area {
    /// The contact's frame. A body may write it.
    Contact,
    /// What is kept of the contact's company, for all who belong to it.
    Company,
    /// The journey. Its own workflow's body may write it.
    Journey,
    /// The values of the event that began the journey.
    Event,
}

impl Area {
    /// All of them, in order.
    pub const ALL: [Area; 4] = [Area::Contact, Area::Company, Area::Journey, Area::Event];
    /// How many areas there are: the length of an [`Areas`].
    pub const COUNT: usize = Self::ALL.len();

    /// Its place in [`ALL`](Self::ALL) and in [`Areas`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// As printed before a slot's name.
    pub fn word(self) -> &'static str {
        match self {
            Area::Contact => "frame",
            Area::Company => "company",
            Area::Journey => "journey",
            Area::Event => "event",
        }
    }
}

/// Where a slot lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Whose layout knows the slot.
    pub area: Area,
    /// A slot of that layout.
    pub slot: SlotId,
}

impl Place {
    /// A slot of any area.
    pub fn new(area: Area, slot: SlotId) -> Self {
        Self { area, slot }
    }
    /// A slot of the contact's frame.
    pub fn contact(slot: SlotId) -> Self {
        Self::new(Area::Contact, slot)
    }
    /// A slot of the journey.
    pub fn journey(slot: SlotId) -> Self {
        Self::new(Area::Journey, slot)
    }
}

/// Something of each area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Areas<T>(pub [T; Area::COUNT]);

impl<T> Areas<T> {
    /// Asks `of` once for each area, in order.
    pub fn from_fn(of: impl FnMut(Area) -> T) -> Self {
        Self(Area::ALL.map(of))
    }
    /// The same areas with something else in each.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Areas<U> {
        Areas(self.0.map(change))
    }
}

impl<T> Index<Area> for Areas<T> {
    type Output = T;
    #[expect(clippy::indexing_slicing, reason = "there is one of each area, and `Area::index` counts the areas from 0")]
    fn index(&self, area: Area) -> &T {
        &self.0[area.index()]
    }
}

impl<T> IndexMut<Area> for Areas<T> {
    #[expect(clippy::indexing_slicing, reason = "there is one of each area, and `Area::index` counts the areas from 0")]
    fn index_mut(&mut self, area: Area) -> &mut T {
        &mut self.0[area.index()]
    }
}
