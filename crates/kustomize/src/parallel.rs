//! Work on all cores.

use rayon::prelude::*;

/// What `work` makes of each item, in the order of the items. They are worked on side by side where there are more than
/// `few`, so many of them by one thread at a time; unless this thread is one of several that work already: one that waits
/// for its part could begin with another part of theirs, and in that with another one, until its stack is full.
pub(crate) fn map<'i, T: Sync, R: Send>(
    items: &'i [T],
    few: usize,
    work: impl Fn(&'i T) -> R + Sync + Send,
) -> Vec<R> {
    if items.len() > few && rayon::current_thread_index().is_none() {
        items.par_iter().with_min_len(few).map(work).collect()
    } else {
        items.iter().map(work).collect()
    }
}

/// As [`map`], for work that changes the items.
pub(crate) fn each<T: Send>(items: &mut [T], few: usize, work: impl Fn(&mut T) + Sync + Send) {
    if items.len() > few && rayon::current_thread_index().is_none() {
        items.par_iter_mut().with_min_len(few).for_each(work);
    } else {
        items.iter_mut().for_each(work);
    }
}

/// How many objects are worked on by one thread at a time.
pub(crate) const OBJECTS: usize = 64;
