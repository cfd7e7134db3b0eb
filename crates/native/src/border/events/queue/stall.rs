//! Connections that are not read, because JavaScript is behind with their events.

use std::sync::atomic::Ordering;

use super::super::records::Records;
use super::super::{Events, RECORD_COST};
use super::Queue;
use crate::border::{limit, record_header};

/// Events of one connection that JavaScript has not drained. With more, its streams are not read.
const STALL_BYTES: usize = 4 * 1024 * 1024;
/// Events of all connections from which each of them has the small bound. More than one of the
/// largest frames, so that such a frame never stops reading by itself.
const NODE_BYTES: usize = 2 * limit::MAX_FRAME_BYTES;
const SMALL_STALL_BYTES: usize = 64 * 1024;

impl Queue {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::border::event_op;

    #[test]
    fn stalls_a_connection_until_most_of_its_events_are_drained() {
        let (queue, mut events) = (Queue::default(), Events::default());
        let mut resumed = Vec::new();
        events.push_large(1, 5, 0, vec![0; STALL_BYTES + 1]);
        events.push_large(1, 5, 0, vec![0; STALL_BYTES]);
        assert!(queue.stalls(1, &events) && !queue.stalls(2, &events));
        queue.publish(&mut events);
        assert!(queue.stalls(1, &events) && !queue.stalls(2, &events));
        queue.drain(1, &mut [0; 100]);
        assert!(queue.take_large(0).is_some() && !queue.has_resumed());
        assert!(queue.take_large(1).is_some() && queue.has_resumed());
        queue.resumed(&mut resumed);
        assert_eq!(resumed, [1]);
        assert!(!queue.stalls(1, &events) && !queue.has_resumed());
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
}
