//! The queue from which JavaScript drains the events of a node.

mod stall;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use super::records::{Records, ends};
use super::{Events, Large, NODE};
use crate::border::{event_op, header};

/// Bytes that an empty buffer keeps allocated: as much as JavaScript drains with some calls.
const KEPT_BYTES: usize = 1024 * 1024;
/// Empty buffers that are kept.
const KEPT_BUFFERS: usize = 4;
/// Events on their way to JavaScript.
#[derive(Default)]
pub struct Queue {
    inner: Mutex<Inner>,
    /// Bytes of all connections.
    total: AtomicUsize,
    has_resumed: AtomicBool,
}

#[derive(Default)]
struct Inner {
    /// The events of the node, and those of connections that have some.
    node: Records,
    connections: FxHashMap<u32, Records>,
    large: FxHashMap<u32, Large>,
    /// Connections that may be read again.
    resumed: Vec<u32>,
    spare: Vec<Vec<u8>>,
    /// JavaScript has been woken and has not found the node without events since.
    awake: bool,
}

/// The result of [`Queue::drain`].
#[derive(Debug, PartialEq, Eq)]
pub struct Drained {
    /// The length of the records.
    pub bytes: usize,
    /// More records are left.
    pub more: bool,
}

impl Queue {
    /// Moves `events` into the queue. Returns true when JavaScript has to be woken.
    pub fn publish(&self, events: &mut Events) -> bool {
        if events.is_empty() {
            return false;
        }
        events.urgent = false;
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        self.total.fetch_add(events.total, Ordering::Relaxed);
        for mut batch in events.batches.drain(..) {
            if batch.connection == NODE {
                inner.node.append(&mut batch.bytes);
                inner.node.count += batch.count;
            } else {
                let records = inner.connections.entry(batch.connection).or_default();
                records.append(&mut batch.bytes);
                records.count += batch.count;
                records.large_bytes += batch.large_bytes;
                if !std::mem::replace(&mut records.announced, true) {
                    let ready = header(event_op::READY, 0, batch.connection, 0, 0);
                    inner.node.bytes.extend_from_slice(&ready);
                    inner.node.count += 1;
                    self.total.fetch_add(ready.len(), Ordering::Relaxed);
                }
            }
            let spare = if batch.bytes.capacity() == 0 { inner.spare.pop() } else { None };
            keep(&mut events.spare, spare.unwrap_or(batch.bytes));
        }
        events.by_connection.clear();
        events.total = 0;
        inner.large.extend(events.large.drain(..));
        !std::mem::replace(&mut inner.awake, true)
    }

    /// Bytes that JavaScript has not taken yet.
    pub fn len(&self) -> usize {
        self.total.load(Ordering::Relaxed)
    }

    /// Copies whole records of a connection into `target`.
    pub fn drain(&self, connection: u32, target: &mut [u8]) -> Drained {
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        if connection == NODE {
            let bytes = inner.node.drain(target);
            self.total.fetch_sub(bytes, Ordering::Relaxed);
            inner.awake = bytes > 0;
            return Drained { bytes, more: inner.node.len() > 0 };
        }
        let Some(records) = inner.connections.get_mut(&connection) else {
            return Drained { bytes: 0, more: false };
        };
        let bytes = records.drain(target);
        self.total.fetch_sub(bytes, Ordering::Relaxed);
        let more = records.start < records.bytes.len();
        records.announced = more;
        self.settle(inner, connection);
        Drained { bytes, more }
    }

    /// Takes records back that `drain` has returned last.
    pub fn give_back(&self, connection: u32, returned: &[u8]) {
        let mut inner = self.inner.lock();
        self.total.fetch_add(returned.len(), Ordering::Relaxed);
        let inner = &mut *inner;
        let records = if connection == NODE {
            &mut inner.node
        } else {
            inner.connections.entry(connection).or_default()
        };
        let start = records.start.saturating_sub(returned.len());
        // in the place where they were, unless it is gone
        records.bytes.splice(start..records.start, returned.iter().copied());
        records.start = start;
        records.count += ends(returned).count();
        records.announced = true;
    }

    /// Drops the events of a connection.
    pub fn discard(&self, connection: u32) {
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        let Some(records) = inner.connections.get_mut(&connection) else { return };
        self.total.fetch_sub(records.len(), Ordering::Relaxed);
        // JavaScript has a `READY` event, and finds nothing
        *records = Records { announced: records.announced, ..Records::default() };
        inner.large.retain(|_, large| large.connection != connection);
    }

    /// Returns the payload of a `LARGE` event, once.
    pub fn take_large(&self, token: u32) -> Option<Vec<u8>> {
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        let Large { connection, payload } = inner.large.remove(&token)?;
        self.total.fetch_sub(payload.len(), Ordering::Relaxed);
        if let Some(records) = inner.connections.get_mut(&connection) {
            records.large_bytes -= payload.len();
            self.settle(inner, connection);
        }
        Some(payload)
    }

    /// After bytes of a connection were taken.
    fn settle(&self, inner: &mut Inner, connection: u32) {
        let Some(records) = inner.connections.get_mut(&connection) else { return };
        let len = records.len();
        if records.resume_at.is_some_and(|most| records.cost() <= most) {
            records.resume_at = None;
            inner.resumed.push(connection);
            self.has_resumed.store(true, Ordering::Relaxed);
        }
        if len == 0
            && !records.announced
            && let Some(records) = inner.connections.remove(&connection)
        {
            keep(&mut inner.spare, records.bytes);
        }
    }
}

/// Keeps the allocation of an empty buffer.
fn keep(spare: &mut Vec<Vec<u8>>, mut buffer: Vec<u8>) {
    if spare.len() < KEPT_BUFFERS && buffer.capacity() > 0 {
        buffer.clear();
        buffer.shrink_to(KEPT_BYTES);
        spare.push(buffer);
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::border::record_header;

    /// The handles of the records of a connection, in the order of the drains.
    fn drained(queue: &Queue, connection: u32, room: usize) -> Vec<u8> {
        let mut arena = vec![0; room];
        let mut handles = Vec::new();
        loop {
            let Drained { bytes, more } = queue.drain(connection, &mut arena);
            let mut rest = &arena[..bytes];
            while !rest.is_empty() {
                handles.push(rest[record_header::HANDLE_AT]);
                rest = &rest[record_header::BYTES + rest[record_header::LENGTH_AT] as usize..];
            }
            if !more {
                return handles;
            }
        }
    }

    #[test]
    fn drains_whole_records_in_order_and_wakes_once() {
        let (queue, mut events) = (Queue::default(), Events::default());
        for i in 0..10 {
            events.push(NODE, event_op::ASK, 4, i, 0, &[&[i as u8; 100]]);
        }
        assert!(queue.publish(&mut events));
        events.push(NODE, event_op::OPENED, 0, 10, 0, &[]);
        assert!(!queue.publish(&mut events), "already awake");
        assert_eq!(drained(&queue, NODE, 3 * 116 + 50), (0..=10).collect::<Vec<u8>>());
        assert!(drained(&queue, NODE, 16).is_empty());
        events.push(NODE, event_op::OPENED, 0, 11, 0, &[]);
        assert!(queue.publish(&mut events), "asleep again after an empty drain");
    }

    #[test]
    fn announces_connections_once_and_drains_each_alone() {
        let (queue, mut events) = (Queue::default(), Events::default());
        for turn in 0..2 {
            for handle in 0..4 {
                events.push(7 + handle % 2, event_op::FIN, 0, 10 * turn + handle, 0, &[]);
            }
            queue.publish(&mut events);
        }
        assert_eq!(drained(&queue, NODE, 100), [7, 8]);
        assert_eq!(drained(&queue, 8, 20), [1, 3, 11, 13]);
        events.push(8, event_op::FIN, 0, 20, 0, &[]);
        events.push(7, event_op::FIN, 0, 21, 0, &[]);
        queue.publish(&mut events);
        assert_eq!(drained(&queue, NODE, 100), [8], "7 was announced");
        assert_eq!(drained(&queue, 7, 100), [0, 2, 10, 12, 21]);
        assert_eq!(drained(&queue, 8, 100), [20]);
        assert_eq!(queue.len(), 0);
        assert!(queue.inner.lock().connections.is_empty());
    }

    #[test]
    fn drains_records_again_that_were_given_back() {
        let (queue, mut events) = (Queue::default(), Events::default());
        (0..3).for_each(|handle| events.push(1, event_op::FIN, 0, handle, 0, &[]));
        queue.publish(&mut events);
        let mut arena = [0; 3 * record_header::BYTES];
        assert_eq!(queue.drain(1, &mut arena), Drained { bytes: arena.len(), more: false });
        events.push(1, event_op::FIN, 0, 3, 0, &[]);
        queue.publish(&mut events);
        queue.give_back(1, &arena[record_header::BYTES..]);
        assert_eq!(drained(&queue, 1, 100), [1, 2, 3]);
        queue.give_back(1, &arena[..record_header::BYTES]);
        assert_eq!(drained(&queue, 1, 100), [0]);
    }

    #[test]
    fn discards_the_events_of_one_connection() {
        let (queue, mut events) = (Queue::default(), Events::default());
        for connection in [1, 2] {
            events.push(connection, event_op::FIN, 0, connection, 0, &[]);
            events.push_large(connection, connection, 0, vec![0; 70_000]);
        }
        queue.publish(&mut events);
        queue.discard(1);
        queue.discard(3);
        assert_eq!(drained(&queue, NODE, 100), [1, 2]);
        assert!(drained(&queue, 1, 100).is_empty());
        assert_eq!(drained(&queue, 2, 100), [2, 2]);
        assert!(queue.take_large(0).is_none() && queue.take_large(1).is_some());
        assert_eq!(queue.len(), 0);
    }
}
