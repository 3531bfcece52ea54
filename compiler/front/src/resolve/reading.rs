//! Many files read at once.

use crate::source::{FileId, Source};
use crate::syntax::{Guess, Parsed, parse_guessing};
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, scope};

/// As much as the main thread has on most systems: a nested text is read by recursion.
const STACK_BYTES: usize = 8 << 20;
/// Lines of one project for which it is tried out what was meant while they are read: those of the first files. A guess takes a hundred
/// times as long as its line, and a project may have thousands of files.
const MAX_GUESSED_LINES: usize = 500;

/// Reads files on as many threads, in their order. How many changes the time it takes and nothing else.
pub(super) fn read(sources: &[Source], threads: NonZeroUsize) -> Vec<Parsed> {
    let parse = |index: usize, lines: usize| {
        let source = sources.get(index)?;
        Some(parse_guessing(FileId(index as u32), &source.text, Guess::of_first(lines)))
    };
    // Of few files no look at the others is needed to know how much may be guessed.
    let are_few = sources.len() * Guess::MAX_LINES <= MAX_GUESSED_LINES;
    let lines = if are_few { Guess::MAX_LINES } else { 0 };
    let mut read = on_threads(sources.len(), threads, |index| parse(index, lines));
    let mut left = if are_few { 0 } else { MAX_GUESSED_LINES };
    let share = |(index, read): (usize, &Parsed)| {
        let lines = read.unclear.min(Guess::MAX_LINES).min(left);
        left -= lines;
        (lines > 0).then_some((index, lines))
    };
    let unclear: Vec<(usize, usize)> = read.iter().enumerate().filter_map(share).collect();
    let again = on_threads(unclear.len(), threads, |nth| {
        let (index, lines) = *unclear.get(nth)?;
        Some((index, parse(index, lines)?))
    });
    for (index, again) in again {
        if let Some(read) = read.get_mut(index) {
            *read = again;
        }
    }
    read
}

/// What work makes of each number below `count`, in their order.
fn on_threads<T: Send>(count: usize, threads: NonZeroUsize, make: impl Fn(usize) -> Option<T> + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let work = || {
        let take = || {
            let index = next.fetch_add(1, Ordering::Relaxed);
            Some((index, make(index)?)).filter(|_| index < count)
        };
        std::iter::from_fn(take).collect::<Vec<(usize, T)>>()
    };
    let mut made = scope(|scope| {
        let helpers = threads.get().min(count).saturating_sub(1);
        let start = |_| Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work).ok();
        // A system that gives no more threads leaves more to this one.
        let helpers: Vec<_> = (0..helpers).map_while(start).collect();
        let mut made = work();
        for helper in helpers {
            made.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        made
    });
    made.sort_unstable_by_key(|(index, _)| *index);
    made.into_iter().map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_are_bounded_in_a_project_and_not_in_a_file_alone() {
        let text = "workflow w {\n  wait for 2 days\n}\n";
        let guessed = |files: usize| {
            let source = |n| Source { path: format!("{n}.flow"), text: text.to_owned() };
            let sources: Vec<Source> = (0..files).map(source).collect();
            let read = read(&sources, NonZeroUsize::MIN);
            read.iter().filter(|read| read.diagnostics.iter().any(|found| !found.edits.is_empty())).count()
        };
        assert_eq!(guessed(3), 3);
        assert_eq!(guessed(100), 100);
        assert_eq!(guessed(MAX_GUESSED_LINES + 100), MAX_GUESSED_LINES);
    }

    #[test]
    fn threads_change_no_result() {
        let text = |n: usize| match n % 3 {
            0 => format!("workflow w{n} {{\n  enter by hand\n  wait {n} days\n  exit\n}}\n"),
            1 => format!("team t{n} {{ member \"a{n}@example.com\"\n"),
            _ => format!("// {n}\nwat {n}\n"),
        };
        let sources: Vec<Source> = (0..50).map(|n| Source { path: format!("{n}.flow"), text: text(n) }).collect();
        let on = |threads| {
            let read = read(&sources, NonZeroUsize::new(threads).unwrap());
            let read = read.into_iter().map(|read| (read.tree, read.diagnostics));
            format!("{:?}", read.collect::<Vec<_>>())
        };
        let alone = on(1);
        for threads in [2, 3, 64] {
            assert_eq!(on(threads), alone);
        }
    }
}
