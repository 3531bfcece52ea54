//! A file that is read to where its end was: one that somebody cuts meanwhile must not look as if it ended there.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// A file whose end may move away from its start and not toward it.
#[derive(Debug)]
pub struct WholeFile {
    file: File,
    /// Where the next byte stands.
    at: u64,
    /// How many bytes there are at least.
    length: u64,
}

impl WholeFile {
    /// A file that stands at its start.
    pub fn new(file: File) -> io::Result<WholeFile> {
        let length = file.metadata()?.len();
        Ok(WholeFile { file, at: 0, length })
    }
}

impl Read for WholeFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        if read == 0 && !into.is_empty() && self.at < self.length {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("the file was cut while it was read, {} of its {} bytes are there", self.at, self.length),
            ));
        }
        self.at += read as u64;
        self.length = self.length.max(self.at);
        Ok(read)
    }
}

impl Seek for WholeFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.file.seek(to)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::{BufReader, Write};

    use super::super::testing::{CONTACTS_HEADER, guide_nurture};
    use super::super::{Columns, ContactReader, EventReader, InboundError};
    use super::*;

    /// A file of so many lines, open once more for whoever cuts it.
    fn file(first: &str, line: impl Fn(u32) -> String) -> (BufReader<WholeFile>, File) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let lines: String = (0..40).map(|number| line(number) + "\n").collect();
        file.write_all(format!("{first}{lines}").as_bytes()).unwrap();
        let reader = WholeFile::new(file.reopen().unwrap()).unwrap();
        (BufReader::with_capacity(64, reader), file.into_file())
    }

    fn event(second: u32) -> String {
        format!(r#"{{"type":"track","userId":"u-1","event":"visited","timestamp":"2026-03-02T00:00:{second:02}Z"}}"#)
    }

    fn told<T>(items: impl Iterator<Item = Result<T, InboundError>>) -> (usize, String) {
        let (mut taken, mut error) = (0, String::new());
        for item in items {
            match item {
                Ok(_) => taken += 1,
                Err(found) => error = format!("{found}\n{}", found.help()),
            }
        }
        (taken, error)
    }

    #[test]
    fn events_that_are_cut_while_they_are_read_are_an_error_at_their_line() {
        let program = guide_nurture();
        let length = event(0).len() as u64 + 1;
        // At the end of a line, and within one.
        for bytes in [10 * length, 10 * length + 7] {
            let (reader, writer) = file("", event);
            let mut events = EventReader::open(reader, "e.jsonl", &program).unwrap();
            assert!(events.next().unwrap().is_ok());
            writer.set_len(bytes).unwrap();
            let (taken, error) = told(events);
            assert_eq!(taken, 9);
            let expected = format!(
                "cannot read `e.jsonl:11`: the file was cut while it was read, {bytes} of its {} bytes are there\n",
                40 * length
            );
            assert!(error.starts_with(&expected), "{error}");
            assert!(error.contains("put back"), "{error}");
        }
    }

    #[test]
    fn a_late_line_that_is_cut_away_is_an_error_too() {
        let program = guide_nurture();
        let late = |number| event(if number == 39 { 5 } else { number });
        let (reader, writer) = file("", late);
        let events = EventReader::open(reader, "e.jsonl", &program).unwrap();
        assert_eq!(events.straggler_count(), 1);
        writer.set_len(39 * (event(0).len() as u64 + 1)).unwrap();
        let (_, error) = told(events);
        assert!(error.starts_with("cannot read `e.jsonl:40`: the file was cut while it was read"), "{error}");
    }

    #[test]
    fn contacts_that_are_cut_while_they_are_read_are_an_error_at_their_line() {
        let program = guide_nurture();
        let row = |number| format!("u-{number},a{number}@a.example,,,,,,,,,,,,,,,,,");
        let (reader, writer) = file(&format!("{CONTACTS_HEADER}\n"), row);
        let mut contacts = ContactReader::open(reader, "c.csv", &program, &Columns::new()).unwrap();
        assert!(contacts.next().unwrap().is_ok());
        let rows: usize = (0..10).map(|number| row(number).len() + 1).sum();
        writer.set_len((CONTACTS_HEADER.len() + 1 + rows) as u64).unwrap();
        let (_, error) = told(contacts);
        assert!(error.starts_with("cannot read `c.csv:12`: the file was cut while it was read"), "{error}");
    }

    /// What is written behind the end while the file is read has no turn that anybody knows: it is the next run's.
    #[test]
    fn what_is_written_meanwhile_waits_for_the_next_run() {
        let program = guide_nurture();
        let (reader, mut writer) = file("", event);
        let events = EventReader::open(reader, "e.jsonl", &program).unwrap();
        writeln!(writer, "{}\n{}", event(50), event(3)).unwrap();
        assert_eq!(told(events), (40, String::new()));
    }
}
