//! The memory a function runs on: the bytes of each area, exactly as long as its layout says, or empty where the function looks at
//! nothing there.

use crate::{Area, Areas};
use std::ops::{Index, IndexMut};

/// Memory that a step may write.
#[derive(Debug)]
pub struct Memory<'a>(Areas<&'a mut [u8]>);

/// Memory that a predicate reads.
#[derive(Debug, Clone, Copy)]
pub struct View<'a>(Areas<&'a [u8]>);

impl<'a> Memory<'a> {
    /// A contact's frame and one of their journeys.
    pub fn of(contact: &'a mut [u8], journey: &'a mut [u8]) -> Self {
        Self(Areas([contact, &mut [], journey, &mut []]))
    }

    /// Each area's bytes; an empty one where the function looks at nothing there.
    pub fn new(areas: Areas<&'a mut [u8]>) -> Self {
        Self(areas)
    }

    /// The bytes, given back.
    pub fn into_areas(self) -> Areas<&'a mut [u8]> {
        self.0
    }

    /// The same memory, lent on.
    pub fn lend(&mut self) -> Memory<'_> {
        let [contact, company, journey, event] = &mut self.0.0;
        Memory(Areas([contact, company, journey, event]))
    }

    /// The same memory, to read only.
    pub fn view(&self) -> View<'_> {
        let [contact, company, journey, event] = &self.0.0;
        View(Areas([contact, company, journey, event]))
    }
}

impl<'a> View<'a> {
    /// A contact's frame, and a journey where there is one.
    pub fn of(contact: &'a [u8], journey: &'a [u8]) -> Self {
        Self(Areas([contact, &[], journey, &[]]))
    }

    /// Each area's bytes; an empty one where the predicate looks at nothing there.
    pub fn new(areas: Areas<&'a [u8]>) -> Self {
        Self(areas)
    }

    /// The same without a journey.
    pub fn without_journey(mut self) -> Self {
        self.0[Area::Journey] = &[];
        self
    }
}

impl Index<Area> for Memory<'_> {
    type Output = [u8];
    fn index(&self, area: Area) -> &[u8] {
        self.0[area]
    }
}

impl IndexMut<Area> for Memory<'_> {
    fn index_mut(&mut self, area: Area) -> &mut [u8] {
        self.0[area]
    }
}

impl<'a> Index<Area> for View<'a> {
    type Output = [u8];
    fn index(&self, area: Area) -> &[u8] {
        self.0[area]
    }
}
