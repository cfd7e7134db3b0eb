//! A queue between a source that must not wait and JavaScript: over its capacity the oldest item is
//! dropped, and counted.

use std::collections::VecDeque;

use parking_lot::Mutex;
use tokio::sync::Notify;

/// The most items of one batch.
const BATCH: usize = 256;

struct State<T> {
    items: VecDeque<T>,
    lost: u32,
    ended: bool,
}

pub struct Lossy<T> {
    capacity: usize,
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
        let state = State { items: VecDeque::new(), lost: 0, ended: false };
        Self { capacity, state: Mutex::new(state), arrived: Notify::new() }
    }

    pub fn push(&self, item: T) {
        let mut state = self.state.lock();
        if state.items.len() >= self.capacity {
            state.items.pop_front();
            state.lost = state.lost.saturating_add(1);
        }
        state.items.push_back(item);
        drop(state);
        self.arrived.notify_one();
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
                    let items = state.items.drain(..count).collect();
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
}
