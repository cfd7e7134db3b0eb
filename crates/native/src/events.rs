//! What JavaScript is told: records of a 16-byte header and a payload, collected on the I/O thread
//! and drained by one call. `op u8, flags u8, u16 unused, handle u32, arg u32, length u32`.

use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::frames::FrameSink;

/// `flags` of the frame, payload.
pub const FRAME: u8 = 1;
/// `arg` is a token for `take_large`; `flags` of the frame. The payload is its u32 length.
pub const LARGE: u8 = 2;
/// The peer ended its half.
pub const FIN: u8 = 3;
/// `arg` is the peer's code; the stream is gone.
pub const RESET: u8 = 4;
/// `arg` is the peer's code; our half is gone.
pub const STOPPED: u8 = 5;
pub const WRITABLE: u8 = 6;
/// The payload is the text; the receiving half is gone.
pub const MALFORMED: u8 = 7;
/// The peer opened stream `handle` on connection `arg`.
pub const STREAM: u8 = 8;
/// A connection came in: endpoint id (32 bytes), ALPN; `flags` 1 for raw streams.
pub const CONNECTION: u8 = 9;
/// Connection `handle` is over: `flags` a kind of `error.rs`, `arg` the application code, text.
pub const CLOSED: u8 = 10;
/// Gate 0 asks about ticket `handle`: endpoint id (32 bytes), ALPN.
pub const ASK: u8 = 11;
/// Ticket `handle` became connection `arg`; the payload is the peer's endpoint id.
pub const DIALED: u8 = 12;
/// Ticket `handle` failed: `flags` a kind of `error.rs`, `arg` an application code, text.
pub const FAILED: u8 = 13;
/// The endpoint is bound.
pub const OPENED: u8 = 14;
/// The node is over; nothing follows. `flags` 1 and a text when that was a fault.
pub const DOWN: u8 = 15;
/// The stream was given up because its reader fell too far behind.
pub const OVERRUN: u8 = 16;

pub const HEADER: usize = 16;

/// Events of one turn of the reactor.
#[derive(Default)]
pub struct Events {
    bytes: Vec<u8>,
    large: Vec<(u32, Vec<u8>)>,
    next_token: u32,
}

impl Events {
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub fn push(&mut self, op: u8, flags: u8, handle: u32, arg: u32, parts: &[&[u8]]) {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let [h0, h1, h2, h3] = handle.to_le_bytes();
        let [a0, a1, a2, a3] = arg.to_le_bytes();
        let [l0, l1, l2, l3] = (length as u32).to_le_bytes();
        let header = [op, flags, 0, 0, h0, h1, h2, h3, a0, a1, a2, a3, l0, l1, l2, l3];
        self.bytes.reserve(HEADER + length);
        self.bytes.extend_from_slice(&header);
        for part in parts {
            self.bytes.extend_from_slice(part);
        }
    }

    fn push_large(&mut self, handle: u32, flags: u8, payload: Vec<u8>) {
        let token = self.next_token;
        self.next_token = token.wrapping_add(1);
        self.push(LARGE, flags, handle, token, &[&(payload.len() as u32).to_le_bytes()]);
        self.large.push((token, payload));
    }
}

/// Turns the frames of one stream into events and counts what they weigh against its credit.
pub struct Frames<'a> {
    pub events: &'a mut Events,
    pub handle: u32,
    pub weight: usize,
}

impl FrameSink for Frames<'_> {
    fn frame(&mut self, flags: u8, payload: &[u8]) {
        self.weight += HEADER + payload.len();
        self.events.push(FRAME, flags, self.handle, 0, &[payload]);
    }

    fn large(&mut self, flags: u8, payload: Vec<u8>) {
        self.weight += HEADER + payload.len();
        self.events.push_large(self.handle, flags, payload);
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
    /// JavaScript has been woken and has not seen the queue empty since.
    awake: bool,
}

impl Queue {
    /// Takes the events over. True when JavaScript has to be woken.
    pub fn publish(&self, events: &mut Events) -> bool {
        if events.is_empty() {
            return false;
        }
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

    /// Copies whole records into `target` and says how many bytes; 0 when there are none.
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
            if inner.bytes.capacity() > KEEP {
                inner.bytes.shrink_to(KEEP);
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

/// What an empty queue keeps allocated.
const KEEP: usize = 1024 * 1024;

fn whole_records(bytes: &[u8], room: usize) -> usize {
    if bytes.len() <= room {
        return bytes.len();
    }
    let mut end = 0;
    while let Some([.., l0, l1, l2, l3]) = bytes.get(end..).and_then(|rest| rest.first_chunk::<HEADER>()) {
        let next = end + HEADER + u32::from_le_bytes([*l0, *l1, *l2, *l3]) as usize;
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
            events.push(FRAME, 4, i, 0, &[&[i as u8; 100]]);
        }
        assert!(queue.publish(&mut events));
        events.push(FIN, 0, 10, 0, &[]);
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
                handles.push(rest[4]);
                rest = &rest[16 + rest[12] as usize..];
            }
        }
        assert_eq!(handles, (0..=10).collect::<Vec<u8>>());
        events.push(FIN, 0, 11, 0, &[]);
        assert!(queue.publish(&mut events), "asleep again after an empty drain");
    }

    #[test]
    fn hands_large_payloads_over_once() {
        let (queue, mut events) = (Queue::default(), Events::default());
        events.push_large(3, 1, vec![5; 70_000]);
        queue.publish(&mut events);
        assert_eq!(queue.len(), 70_000 + HEADER + 4);
        assert_eq!(queue.take_large(0).unwrap().len(), 70_000);
        assert_eq!(queue.take_large(0), None);
        assert_eq!(queue.len(), HEADER + 4);
    }
}
