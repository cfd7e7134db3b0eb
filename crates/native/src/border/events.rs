//! Events: the records that the reactor writes for JavaScript.
//!
//! The reactor collects the events of one turn in [`Events`] and publishes them to the [`Queue`] of
//! its node. Each connection has a queue of its own, and so has the node, as connection 0. A
//! `READY` event of the node says that a connection has events. JavaScript is woken once and then
//! drains the node and the connections in the order that it chooses, one call per buffer, so that
//! the events of one connection do not delay those of another.

mod queue;
mod records;

pub use queue::{Drained, Queue};

use rustc_hash::FxHashMap;

use crate::border::{event_op, header, record_header};

/// The queue of the node.
pub const NODE: u32 = 0;

/// Each event counts as so many bytes more, because small ones take JavaScript as long as others.
const RECORD_COST: usize = 240;

/// Events of one turn of the reactor.
#[derive(Default)]
pub struct Events {
    batches: Vec<Batch>,
    by_connection: FxHashMap<u32, usize>,
    /// The batch of the last event.
    last: usize,
    total: usize,
    large: Vec<(u32, Large)>,
    next_token: u32,
    spare: Vec<Vec<u8>>,
    /// An event cannot wait for others.
    urgent: bool,
}

struct Batch {
    connection: u32,
    bytes: Vec<u8>,
    count: usize,
    /// Of large payloads.
    large_bytes: usize,
}

struct Large {
    connection: u32,
    payload: Vec<u8>,
}

impl Events {
    pub fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// Returns true if there are events that cannot wait for others.
    pub fn are_urgent(&self) -> bool {
        self.urgent
    }

    /// Adds a record of a connection; `parts` together are its payload.
    pub fn push(&mut self, connection: u32, op: u8, flags: u8, handle: u32, arg: u32, parts: &[&[u8]]) {
        self.urgent = true;
        self.push_lazy(connection, op, flags, handle, arg, parts);
    }

    /// Adds a record that may wait a short time for others.
    pub fn push_lazy(&mut self, connection: u32, op: u8, flags: u8, handle: u32, arg: u32, parts: &[&[u8]]) {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        self.total += record_header::BYTES + length;
        let batch = self.batch(connection);
        batch.count += 1;
        let bytes = &mut batch.bytes;
        bytes.reserve(record_header::BYTES + length);
        bytes.extend_from_slice(&header(op, flags, handle, arg, length));
        for part in parts {
            bytes.extend_from_slice(part);
        }
    }

    /// Adds a frame whose payload stays in a buffer of its own until JavaScript takes it.
    pub fn push_large(&mut self, connection: u32, handle: u32, flags: u8, payload: Vec<u8>) {
        let token = self.next_token;
        self.next_token = token.wrapping_add(1);
        let length = (payload.len() as u32).to_le_bytes();
        self.push(connection, event_op::LARGE, flags, handle, token, &[&length]);
        self.total += payload.len();
        self.batch(connection).large_bytes += payload.len();
        self.large.push((token, Large { connection, payload }));
    }

    fn batch(&mut self, connection: u32) -> &mut Batch {
        let is_last = self.batches.get(self.last).is_some_and(|batch| batch.connection == connection);
        if !is_last {
            let Self { batches, by_connection, spare, .. } = self;
            self.last = *by_connection.entry(connection).or_insert_with(|| {
                let bytes = spare.pop().unwrap_or_default();
                batches.push(Batch { connection, bytes, count: 0, large_bytes: 0 });
                batches.len() - 1
            });
        }
        #[allow(clippy::indexing_slicing)] // `last` is the index of a batch
        &mut self.batches[self.last]
    }

    /// The cost of the events of one connection.
    fn cost(&self, connection: u32) -> usize {
        let batch = self.by_connection.get(&connection).and_then(|index| self.batches.get(*index));
        batch.map_or(0, |batch| batch.bytes.len() + batch.large_bytes + batch.count * RECORD_COST)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn is_urgent_from_an_event_that_cannot_wait_until_it_is_published() {
        let (queue, mut events) = (Queue::default(), Events::default());
        events.push_lazy(1, event_op::SENT, 0, 1, 0, &[]);
        assert!(!events.is_empty() && !events.are_urgent());
        events.push(1, event_op::FIN, 0, 2, 0, &[]);
        assert!(events.are_urgent());
        assert!(queue.publish(&mut events));
        assert!(events.is_empty() && !events.are_urgent());
        assert_eq!(queue.len(), 3 * record_header::BYTES);
    }

    #[test]
    fn hands_large_payloads_over_once() {
        let (queue, mut events) = (Queue::default(), Events::default());
        events.push_large(2, 3, 1, vec![5; 70_000]);
        queue.publish(&mut events);
        let ready = record_header::BYTES;
        assert_eq!(queue.len(), 70_000 + record_header::BYTES + 4 + ready);
        assert_eq!(queue.take_large(0).unwrap().len(), 70_000);
        assert_eq!(queue.take_large(0), None);
        assert_eq!(queue.len(), record_header::BYTES + 4 + ready);
    }
}
