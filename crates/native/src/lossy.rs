//! A queue between a source that must not wait and JavaScript: over its capacity the oldest item is
//! dropped, and counted.

use std::collections::VecDeque;

use parking_lot::Mutex;
use tokio::sync::Notify;

/// The most items of one batch.
const BATCH: usize = 256;

struct State<T> {
    /// The items and their bytes.
    items: VecDeque<(T, usize)>,
    bytes: usize,
    lost: u32,
    ended: bool,
}

pub struct Lossy<T> {
    capacity: usize,
    max_bytes: usize,
    state: Mutex<State<T>>,
    arrived: Notify,
}

/// The next items of a queue.
pub struct Batch<T> {
    /// The items that were dropped before these.
    pub lost: u32,
    pub items: Vec<T>,
}

impl<T> Lossy<T> {
    pub fn new(capacity: usize) -> Self {
        Self::with_bytes(capacity, usize::MAX)
    }

    /// The same with a limit of bytes, for items whose size is that of a peer's data. One item may
    /// exceed it.
    pub fn with_bytes(capacity: usize, max_bytes: usize) -> Self {
        let state = State { items: VecDeque::new(), bytes: 0, lost: 0, ended: false };
        Self { capacity, max_bytes, state: Mutex::new(state), arrived: Notify::new() }
    }

    pub fn push(&self, item: T) {
        self.push_of(item, 0);
    }

    /// Adds an item of `bytes` bytes. Returns false at the end of the queue.
    pub fn push_of(&self, item: T, bytes: usize) -> bool {
        let mut state = self.state.lock();
        if state.ended {
            return false;
        }
        while state.items.len() >= self.capacity
            || (state.bytes.saturating_add(bytes) > self.max_bytes && !state.items.is_empty())
        {
            let Some((_, dropped)) = state.items.pop_front() else { break };
            state.bytes -= dropped;
            state.lost = state.lost.saturating_add(1);
        }
        state.bytes = state.bytes.saturating_add(bytes);
        state.items.push_back((item, bytes));
        drop(state);
        self.arrived.notify_one();
        true
    }

    /// Counts items that the source itself has dropped.
    pub fn lose(&self) {
        let mut state = self.state.lock();
        state.lost = state.lost.saturating_add(1);
        drop(state);
        self.arrived.notify_one();
    }

    /// No item follows. What is in the queue can still be taken.
    pub fn end(&self) {
        self.state.lock().ended = true;
        self.arrived.notify_one();
    }

    /// Waits for items. `None` at the end.
    pub async fn take(&self) -> Option<Batch<T>> {
        loop {
            {
                let mut state = self.state.lock();
                if !state.items.is_empty() || state.lost > 0 {
                    let count = state.items.len().min(BATCH);
                    let taken: Vec<_> = state.items.drain(..count).collect();
                    state.bytes -= taken.iter().map(|(_, bytes)| bytes).sum::<usize>();
                    let items = taken.into_iter().map(|(item, _)| item).collect();
                    return Some(Batch { lost: std::mem::take(&mut state.lost), items });
                }
                if state.ended {
                    // Another caller may wait.
                    self.arrived.notify_one();
                    return None;
                }
            }
            self.arrived.notified().await;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn drops_the_oldest_items_over_its_capacity_and_counts_them() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let queue = Lossy::new(3);
        (1..=5).for_each(|item| queue.push(item));
        queue.end();
        let batch = runtime.block_on(queue.take()).unwrap();
        assert_eq!((batch.lost, batch.items), (2, vec![3, 4, 5]));
        assert!(runtime.block_on(queue.take()).is_none());
    }

    #[test]
    fn drops_the_oldest_items_over_its_bytes_but_not_a_single_one() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let queue = Lossy::with_bytes(10, 100);
        for (item, bytes) in [(1, 60), (2, 40), (3, 50)] {
            assert!(queue.push_of(item, bytes));
        }
        let batch = runtime.block_on(queue.take()).unwrap();
        assert_eq!((batch.lost, batch.items), (1, vec![2, 3]));
        assert!(queue.push_of(4, 1000));
        let batch = runtime.block_on(queue.take()).unwrap();
        assert_eq!((batch.lost, batch.items), (0, vec![4]));
        queue.end();
        assert!(!queue.push_of(5, 1));
    }
}
