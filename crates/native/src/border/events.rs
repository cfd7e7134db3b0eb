//! Events: the records that the reactor writes for JavaScript.
//!
//! The reactor collects the events of one turn in [`Events`] and publishes them to the [`Queue`] of
//! its node. Each connection has a queue of its own, and so has the node, as connection 0. A
//! `READY` event of the node says that a connection has events. JavaScript is woken once and then
//! drains the node and the connections in the order that it chooses, one call per buffer, so that
//! the events of one connection do not delay those of another.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::border::{event_op, header, limit, record_header};

/// The queue of the node.
pub const NODE: u32 = 0;

/// Bytes that an empty buffer keeps allocated: as much as JavaScript drains with some calls.
const KEPT_BYTES: usize = 1024 * 1024;
/// Empty buffers that are kept.
const KEPT_BUFFERS: usize = 4;
/// Each event counts as so many bytes more, because small ones take JavaScript as long as others.
const RECORD_COST: usize = 240;
/// Events of one connection that JavaScript has not drained. With more, its streams are not read.
const STALL_BYTES: usize = 4 * 1024 * 1024;
/// Events of all connections from which each of them has the small bound. More than one of the
/// largest frames, so that such a frame never stops reading by itself.
const NODE_BYTES: usize = 2 * limit::MAX_FRAME_BYTES;
const SMALL_STALL_BYTES: usize = 64 * 1024;

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

/// The events of one connection.
#[derive(Default)]
struct Records {
    bytes: Vec<u8>,
    start: usize,
    /// The records behind `start`.
    count: usize,
    large_bytes: usize,
    /// JavaScript has a `READY` event, and has not found the queue empty since.
    announced: bool,
    /// The streams of the connection are not read until the rest costs so little.
    resume_at: Option<usize>,
}

/// The result of [`Queue::drain`].
#[derive(Debug, PartialEq, Eq)]
pub struct Drained {
    /// The length of the records.
    pub bytes: usize,
    /// More records are left.
    pub more: bool,
}

impl Records {
    fn len(&self) -> usize {
        self.bytes.len() - self.start + self.large_bytes
    }

    fn cost(&self) -> usize {
        self.len() + self.count * RECORD_COST
    }

    fn append(&mut self, bytes: &mut Vec<u8>) {
        if self.bytes.is_empty() {
            std::mem::swap(&mut self.bytes, bytes);
            return;
        }
        // what was drained must not grow while some records are always left
        if self.start > self.bytes.len() / 2 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.append(bytes);
    }

    fn drain(&mut self, target: &mut [u8]) -> usize {
        let waiting = self.bytes.get(self.start..).unwrap_or_default();
        let (size, left) = whole_records(waiting, target.len(), self.count);
        if let (Some(from), Some(to)) = (waiting.get(..size), target.get_mut(..size)) {
            to.copy_from_slice(from);
        }
        self.start += size;
        self.count = left;
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
        }
        size
    }
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

    /// Returns true when JavaScript is behind with the events of a connection, with those of this
    /// turn. The connection is then in [`Queue::resumed`] when JavaScript has drained most of them.
    pub fn stalls(&self, connection: u32, events: &Events) -> bool {
        let total = self.total.load(Ordering::Relaxed) + events.total;
        if total <= STALL_BYTES / (1 + RECORD_COST / record_header::BYTES) {
            return false;
        }
        let of_turn = events.cost(connection);
        let mut inner = self.inner.lock();
        let small = total >= NODE_BYTES;
        let most = if small { SMALL_STALL_BYTES } else { STALL_BYTES };
        let queued = inner.connections.get(&connection).map_or(0, Records::cost);
        if queued + of_turn <= most {
            return false;
        }
        inner.connections.entry(connection).or_default().resume_at = Some(most / 2);
        true
    }

    /// Moves the connections that may be read again into `connections`.
    pub fn resumed(&self, connections: &mut Vec<u32>) {
        if self.has_resumed.swap(false, Ordering::Relaxed) {
            connections.append(&mut self.inner.lock().resumed);
        }
    }

    /// Returns true if there are connections for [`Queue::resumed`].
    pub fn has_resumed(&self) -> bool {
        self.has_resumed.load(Ordering::Relaxed)
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

/// Returns the length of the whole records at the start of `bytes` that fit into `room` bytes, and
/// how many of `count` records are left.
fn whole_records(bytes: &[u8], room: usize, count: usize) -> (usize, usize) {
    if bytes.len() <= room {
        return (bytes.len(), 0);
    }
    let (mut end, mut left) = (0, count);
    for next in ends(bytes) {
        if next > room {
            break;
        }
        (end, left) = (next, left - 1);
    }
    (end, left)
}

/// The ends of records that follow each other.
fn ends(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let mut end = 0;
    std::iter::from_fn(move || {
        let header = bytes.get(end..)?.first_chunk::<{ record_header::BYTES }>()?;
        let [.., l0, l1, l2, l3] = *header;
        end += record_header::BYTES + u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        Some(end)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

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
    fn stalls_a_connection_until_most_of_its_events_are_drained() {
        let (queue, mut events) = (Queue::default(), Events::default());
        let mut resumed = Vec::new();
        events.push_large(1, 5, 0, vec![0; STALL_BYTES + 1]);
        events.push_large(1, 5, 0, vec![0; STALL_BYTES]);
        assert!(queue.stalls(1, &events) && !queue.stalls(2, &events));
        queue.publish(&mut events);
        assert!(queue.stalls(1, &events) && !queue.stalls(2, &events));
        drained(&queue, 1, 100);
        assert!(queue.take_large(0).is_some() && !queue.has_resumed());
        assert!(queue.take_large(1).is_some() && queue.has_resumed());
        queue.resumed(&mut resumed);
        assert_eq!(resumed, [1]);
        assert!(!queue.stalls(1, &events) && !queue.has_resumed());
    }

    #[test]
    fn keeps_little_of_what_was_drained_while_records_are_always_left() {
        let (queue, mut events) = (Queue::default(), Events::default());
        let mut arena = [0; 64];
        events.push(1, event_op::FIN, 0, 0, 0, &[]);
        for _ in 0..100_000 {
            (0..4).for_each(|_| events.push(1, event_op::FIN, 0, 1, 0, &[]));
            queue.publish(&mut events);
            assert_eq!(queue.drain(1, &mut arena), Drained { bytes: 64, more: true });
        }
        assert!(queue.inner.lock().connections.get(&1).unwrap().bytes.capacity() < 10_000);
    }

    #[test]
    fn stalls_a_connection_with_many_small_events() {
        let (queue, mut events) = (Queue::default(), Events::default());
        let most = STALL_BYTES / (RECORD_COST + record_header::BYTES);
        for _ in 0..most {
            events.push(1, event_op::FIN, 0, 9, 0, &[]);
        }
        assert!(!queue.stalls(1, &events));
        events.push(1, event_op::FIN, 0, 9, 0, &[]);
        queue.publish(&mut events);
        assert!(queue.stalls(1, &events));
        let mut arena = vec![0; (most / 2 + 1) * record_header::BYTES];
        assert!(queue.drain(1, &mut arena).more && queue.has_resumed());
        queue.give_back(1, &arena);
        assert!(queue.stalls(1, &events));
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
