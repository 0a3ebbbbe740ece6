//! Work on many items on all cores, with the results in order.
//!
//! A run has a hundred short pieces of work and ends: threads that wait for work by spinning (as a pool's do) would
//! cost more than they bring.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

/// Fewer items than this for each thread are not worth one.
const WORTH_A_THREAD: usize = 8;

/// How long a thread looks for the end of another one before it sleeps. To sleep and be woken takes longer in a virtual
/// machine: with this a tree of a hundred files is rendered in a twentieth less.
const PATIENCE: Duration = Duration::from_millis(1);

/// What a thread made, when it has ended.
pub fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    let start = Instant::now();
    while !thread.is_finished() && start.elapsed() < PATIENCE {
        // Others may have the core meanwhile.
        std::thread::yield_now();
    }
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The results of `work` on each item.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    map_with(items, WORTH_A_THREAD, work)
}

/// As [`map`], for work that is long: a thread for each item, up to the cores.
pub fn map_long<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    map_with(items, 1, work)
}

/// As [`map`], with a thread for so many items, up to the cores.
pub fn map_with<T: Sync, R: Send>(items: &[T], worth: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = match items.len() / worth {
        0 | 1 => 1,
        // To ask how many cores there are takes longer than a thread that has none does harm.
        2 => 2,
        most => std::thread::available_parallelism().map_or(1, usize::from).min(most),
    };
    if threads == 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let some = || {
        let mut done = Vec::with_capacity(items.len() / threads);
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            match items.get(at) {
                Some(item) => done.push((at, work(item))),
                None => return done,
            }
        }
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(some)).collect();
        let mut done = some();
        for other in others {
            done.extend(join(other));
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_soon_or_late_is_joined() {
        for wait in [Duration::ZERO, 2 * PATIENCE] {
            let made = std::thread::scope(|scope| {
                join(scope.spawn(|| {
                    std::thread::sleep(wait);
                    1
                }))
            });
            assert_eq!(made, 1);
        }
    }

    #[test]
    fn results_are_in_order() {
        for count in [0, 1, 2, 15, 16, 1000] {
            let items: Vec<usize> = (0..count).collect();
            let want: Vec<usize> = items.iter().map(|n| n * 2).collect();
            assert_eq!(map(&items, |n| n * 2), want);
            assert_eq!(map_long(&items, |n| n * 2), want);
        }
    }
}
