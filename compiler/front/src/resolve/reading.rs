//! Many files read at once.

use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Source};
use crate::syntax::{ast, parse};
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, scope};

/// As much as the main thread has on most systems: a nested text is read by recursion.
const STACK_BYTES: usize = 8 << 20;

type Read = (ast::File, Vec<Diagnostic>);

/// Reads files on as many threads, in their order. How many changes the time it takes and nothing else.
pub(super) fn read(sources: &[Source], threads: NonZeroUsize) -> Vec<Read> {
    let next = AtomicUsize::new(0);
    let work = || {
        let take = || {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let source = sources.get(index)?;
            Some((index, parse(FileId(index as u32), &source.text)))
        };
        std::iter::from_fn(take).collect::<Vec<(usize, Read)>>()
    };
    let mut read = scope(|scope| {
        let helpers = threads.get().min(sources.len()).saturating_sub(1);
        let start = |_| Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work).ok();
        // A system that gives no more threads leaves more to this one.
        let helpers: Vec<_> = (0..helpers).map_while(start).collect();
        let mut read = work();
        for helper in helpers {
            read.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        read
    });
    read.sort_unstable_by_key(|(index, _)| *index);
    read.into_iter().map(|(_, read)| read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_change_no_result() {
        let text = |n: usize| match n % 3 {
            0 => format!("workflow w{n} {{\n  enter by hand\n  wait {n} days\n  exit\n}}\n"),
            1 => format!("team t{n} {{ member \"a{n}@example.com\"\n"),
            _ => format!("// {n}\nwat {n}\n"),
        };
        let sources: Vec<Source> = (0..50).map(|n| Source { path: format!("{n}.flow"), text: text(n) }).collect();
        let on = |threads| format!("{:?}", read(&sources, NonZeroUsize::new(threads).unwrap()));
        let alone = on(1);
        for threads in [2, 3, 64] {
            assert_eq!(on(threads), alone);
        }
    }
}
