//! A file that is read once more and must be the one that was read before: what was found out about it holds of these bytes alone, and nobody
//! wants half of one file and half of another taken in. So a step of it is compared before any of it is handed out, and with the first that
//! differs the reading ends.

use std::io::{self, BufRead, Read};

use ring::digest::SHA256_OUTPUT_LEN;

use super::Fingerprint;
use super::fingerprint::{Digesting, STEP_BYTES};

/// The bytes of a fingerprint, read again, in one buffer of a step. What stands behind them by now is not read.
pub struct Unchanged<R> {
    file: R,
    /// What is still to be read.
    left: u64,
    so_far: Digesting,
    steps: std::vec::IntoIter<[u8; SHA256_OUTPUT_LEN]>,
    whole: [u8; SHA256_OUTPUT_LEN],
    step: Vec<u8>,
    /// How much of it is used up.
    used: usize,
}

impl<R> std::fmt::Debug for Unchanged<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unchanged").field("left", &self.left).finish_non_exhaustive()
    }
}

/// The file is not the one that was read before.
#[derive(Debug)]
struct Changed;

impl std::fmt::Display for Changed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the file was changed while it was read")
    }
}

impl std::error::Error for Changed {}

/// Whether the reading of an [`Unchanged`] file ended because it is another one by now.
pub fn is_changed(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|cause| cause.is::<Changed>())
}

impl<R: Read> Unchanged<R> {
    /// A reader that stands at the start of the file.
    pub fn new(file: R, print: &Fingerprint) -> Self {
        let (whole, steps) = (print.whole.digest, print.steps.clone().into_iter());
        Self { file, left: print.whole.bytes, so_far: Digesting::new(), steps, whole, step: Vec::new(), used: 0 }
    }

    fn read_step(&mut self) -> io::Result<()> {
        let most = self.left.min(STEP_BYTES as u64);
        self.step.clear();
        self.used = 0;
        let read = self.file.by_ref().take(most).read_to_end(&mut self.step);
        self.so_far.update(&self.step);
        self.left -= self.step.len() as u64;
        // The last step is the end of the file, which may be that of a step as well.
        let expected = if self.left == 0 { Some(self.whole) } else { self.steps.next() };
        let is_whole = self.step.len() as u64 == most;
        let is_same = is_whole && expected == Some(self.so_far.so_far());
        if !is_same {
            self.step.clear();
        }
        read?;
        if is_same { Ok(()) } else { Err(io::Error::other(Changed)) }
    }
}

impl<R: Read> BufRead for Unchanged<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used == self.step.len() && self.left > 0 {
            self.read_step()?;
        }
        Ok(self.step.get(self.used..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.used = self.step.len().min(self.used + count);
    }
}

impl<R: Read> Read for Unchanged<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use super::*;

    fn print(bytes: &[u8]) -> Fingerprint {
        Fingerprint::read(bytes, BTreeSet::from([10])).unwrap()
    }

    /// What is handed out, and whether that was all.
    fn again(bytes: &[u8], print: &Fingerprint) -> (Vec<u8>, Option<bool>) {
        let (mut file, mut read) = (Unchanged::new(bytes, print), Vec::new());
        let ended = file.read_to_end(&mut read);
        (read, ended.err().map(|error| is_changed(&error)))
    }

    #[test]
    fn the_same_bytes_come_again_and_no_others() {
        for length in [0, 1, STEP_BYTES - 1, STEP_BYTES, STEP_BYTES + 1, 2 * STEP_BYTES, 2 * STEP_BYTES + 7] {
            let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let print = print(&bytes);
            assert_eq!(again(&bytes, &print), (bytes.clone(), None), "{length}");
            // It has grown since: that is nothing to whoever takes what it was.
            assert_eq!(again(&[&bytes[..], b"more"].concat(), &print), (bytes.clone(), None), "{length}");
            for changed in [0, length / 2, length.saturating_sub(1)].into_iter().filter(|_| length > 0) {
                let mut other = bytes.clone();
                other[changed] ^= 1;
                // The steps before the one that differs, and none of it.
                let handed_out = bytes[..changed / STEP_BYTES * STEP_BYTES].to_vec();
                assert_eq!(again(&other, &print), (handed_out.clone(), Some(true)), "{length} at {changed}");
                assert_eq!(again(&bytes[..changed], &print), (handed_out, Some(true)), "{length} cut at {changed}");
            }
        }
    }
}
