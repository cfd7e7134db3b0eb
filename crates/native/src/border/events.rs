//! Events: the records that the reactor writes for JavaScript.
//!
//! The reactor collects the events of one turn in [`Events`] and publishes them to the [`Queue`] of
//! its node. JavaScript is woken once and then drains the queue, one call per buffer.

use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::border::{event_op, header, record_header};

/// Bytes that an empty queue keeps allocated: as much as JavaScript drains with one call.
const KEPT_BYTES: usize = 1024 * 1024;

/// Events of one turn of the reactor.
#[derive(Default)]
pub struct Events {
    bytes: Vec<u8>,
    large: Vec<(u32, Vec<u8>)>,
    next_token: u32,
    /// An event cannot wait for others.
    urgent: bool,
}

impl Events {
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Returns true if there are events that cannot wait for others.
    pub fn are_urgent(&self) -> bool {
        self.urgent
    }

    /// Adds a record; `parts` together are its payload.
    pub fn push(&mut self, op: u8, flags: u8, handle: u32, arg: u32, parts: &[&[u8]]) {
        self.urgent = true;
        self.push_lazy(op, flags, handle, arg, parts);
    }

    /// Adds a record that may wait a short time for others.
    pub fn push_lazy(&mut self, op: u8, flags: u8, handle: u32, arg: u32, parts: &[&[u8]]) {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        self.bytes.reserve(record_header::BYTES + length);
        self.bytes.extend_from_slice(&header(op, flags, handle, arg, length));
        for part in parts {
            self.bytes.extend_from_slice(part);
        }
    }

    /// Adds a frame whose payload stays in a buffer of its own until JavaScript takes it.
    pub fn push_large(&mut self, handle: u32, flags: u8, payload: Vec<u8>) {
        let token = self.next_token;
        self.next_token = token.wrapping_add(1);
        self.push(event_op::LARGE, flags, handle, token, &[&(payload.len() as u32).to_le_bytes()]);
        self.large.push((token, payload));
    }
}

/// Events on their way to JavaScript.
#[derive(Default)]
pub struct Queue(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    bytes: Vec<u8>,
    start: usize,
    large: FxHashMap<u32, Vec<u8>>,
    large_bytes: usize,
    /// JavaScript has been woken and has not found the queue empty since.
    awake: bool,
}

impl Queue {
    /// Moves `events` into the queue. Returns true when JavaScript has to be woken.
    pub fn publish(&self, events: &mut Events) -> bool {
        if events.is_empty() {
            return false;
        }
        events.urgent = false;
        let mut inner = self.0.lock();
        if inner.bytes.is_empty() {
            std::mem::swap(&mut inner.bytes, &mut events.bytes);
        } else {
            inner.bytes.append(&mut events.bytes);
        }
        for (token, payload) in events.large.drain(..) {
            inner.large_bytes += payload.len();
            inner.large.insert(token, payload);
        }
        !std::mem::replace(&mut inner.awake, true)
    }

    /// Bytes that JavaScript has not taken yet.
    pub fn len(&self) -> usize {
        let inner = self.0.lock();
        inner.bytes.len() - inner.start + inner.large_bytes
    }

    /// Copies whole records into `target`. Returns their length, 0 when there are none.
    pub fn drain(&self, target: &mut [u8]) -> usize {
        let mut inner = self.0.lock();
        let waiting = inner.bytes.get(inner.start..).unwrap_or_default();
        let size = whole_records(waiting, target.len());
        if let (Some(from), Some(to)) = (waiting.get(..size), target.get_mut(..size)) {
            to.copy_from_slice(from);
        }
        inner.start += size;
        if inner.start == inner.bytes.len() {
            inner.bytes.clear();
            inner.start = 0;
            if inner.bytes.capacity() > KEPT_BYTES {
                inner.bytes.shrink_to(KEPT_BYTES);
            }
        }
        inner.awake = size > 0;
        size
    }

    pub fn take_large(&self, token: u32) -> Option<Vec<u8>> {
        let mut inner = self.0.lock();
        let payload = inner.large.remove(&token)?;
        inner.large_bytes -= payload.len();
        Some(payload)
    }
}

/// Returns the length of the whole records at the start of `bytes` that fit into `room` bytes.
fn whole_records(bytes: &[u8], room: usize) -> usize {
    if bytes.len() <= room {
        return bytes.len();
    }
    let mut end = 0;
    while let Some([.., l0, l1, l2, l3]) =
        bytes.get(end..).and_then(|rest| rest.first_chunk::<{ record_header::BYTES }>())
    {
        let next = end + record_header::BYTES + u32::from_le_bytes([*l0, *l1, *l2, *l3]) as usize;
        if next > room {
            break;
        }
        end = next;
    }
    end
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn drains_whole_records_in_order_and_wakes_once() {
        let (queue, mut events) = (Queue::default(), Events::default());
        for i in 0..10 {
            events.push(event_op::FRAME, 4, i, 0, &[&[i as u8; 100]]);
        }
        assert!(queue.publish(&mut events));
        events.push(event_op::FIN, 0, 10, 0, &[]);
        assert!(!queue.publish(&mut events), "already awake");
        let mut arena = [0; 3 * 116 + 50];
        let mut handles = Vec::new();
        loop {
            let size = queue.drain(&mut arena);
            if size == 0 {
                break;
            }
            let mut rest = &arena[..size];
            while !rest.is_empty() {
                handles.push(rest[record_header::HANDLE_AT]);
                rest = &rest[record_header::BYTES + rest[record_header::LENGTH_AT] as usize..];
            }
        }
        assert_eq!(handles, (0..=10).collect::<Vec<u8>>());
        events.push(event_op::FIN, 0, 11, 0, &[]);
        assert!(queue.publish(&mut events), "asleep again after an empty drain");
    }

    #[test]
    fn is_urgent_from_an_event_that_cannot_wait_until_it_is_published() {
        let (queue, mut events) = (Queue::default(), Events::default());
        events.push_lazy(event_op::SENT, 0, 1, 0, &[]);
        assert!(!events.is_empty() && !events.are_urgent());
        events.push(event_op::FIN, 0, 2, 0, &[]);
        assert!(events.are_urgent());
        assert!(queue.publish(&mut events));
        assert!(events.is_empty() && !events.are_urgent());
        assert_eq!(queue.len(), 2 * record_header::BYTES);
    }

    #[test]
    fn hands_large_payloads_over_once() {
        let (queue, mut events) = (Queue::default(), Events::default());
        events.push_large(3, 1, vec![5; 70_000]);
        queue.publish(&mut events);
        assert_eq!(queue.len(), 70_000 + record_header::BYTES + 4);
        assert_eq!(queue.take_large(0).unwrap().len(), 70_000);
        assert_eq!(queue.take_large(0), None);
        assert_eq!(queue.len(), record_header::BYTES + 4);
    }
}
