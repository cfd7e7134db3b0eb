//! Bytes in buffers, in total and by connection, which JavaScript limits by peer.

use rustc_hash::FxHashMap;

use crate::border::event_flag;
use crate::border::events::Events;

/// Smaller changes of a connection are not reported, so that streams at full speed cost few events.
const STEP_BYTES: usize = 64 * 1024;

/// One kind of buffers of all connections. A connection whose buffers are empty has no entry.
pub struct Sums {
    /// The event that reports a sum.
    op: u8,
    pub total: usize,
    by_connection: FxHashMap<u32, Sum>,
    /// The connections whose sum has changed since the last report.
    changed: Vec<u32>,
}

#[derive(Default)]
struct Sum {
    bytes: usize,
    reported: usize,
    changed: bool,
}

impl Sums {
    pub fn new(op: u8) -> Self {
        Self { op, total: 0, by_connection: FxHashMap::default(), changed: Vec::new() }
    }

    pub fn add(&mut self, connection: u32, bytes: usize) {
        if bytes == 0 {
            return;
        }
        self.total += bytes;
        let sum = self.by_connection.entry(connection).or_default();
        sum.bytes += bytes;
        if !std::mem::replace(&mut sum.changed, true) {
            self.changed.push(connection);
        }
    }

    pub fn remove(&mut self, connection: u32, bytes: usize) {
        if bytes == 0 {
            return;
        }
        self.total -= bytes;
        if let Some(sum) = self.by_connection.get_mut(&connection) {
            sum.bytes -= bytes;
            if !std::mem::replace(&mut sum.changed, true) {
                self.changed.push(connection);
            }
        }
    }

    /// Reports the connections whose sum has changed much, or become 0.
    pub fn report(&mut self, events: &mut Events) {
        for connection in self.changed.drain(..) {
            let Some(sum) = self.by_connection.get_mut(&connection) else { continue };
            let Sum { bytes, reported, .. } = *sum;
            sum.changed = false;
            if bytes.abs_diff(reported) >= STEP_BYTES || (bytes == 0 && reported > 0) {
                sum.reported = bytes;
                push(events, self.op, 0, connection, bytes);
            }
            if bytes == 0 {
                self.by_connection.remove(&connection);
            }
        }
    }

    /// Reports one connection, as JavaScript asked.
    pub fn answer(&mut self, connection: u32, events: &mut Events) {
        let bytes = self.by_connection.get_mut(&connection).map_or(0, |sum| {
            sum.reported = sum.bytes;
            sum.bytes
        });
        push(events, self.op, event_flag::ANSWER, connection, bytes);
    }
}

fn push(events: &mut Events, op: u8, flags: u8, connection: u32, bytes: usize) {
    events.push(connection, op, flags, connection, u32::try_from(bytes).unwrap_or(u32::MAX), &[]);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::border::event_op;

    fn reported(sums: &Sums, connection: u32) -> Option<usize> {
        sums.by_connection.get(&connection).map(|sum| sum.reported)
    }

    #[test]
    fn reports_large_changes_and_answers_and_forgets_connections_without_bytes() {
        let (mut sums, mut events) = (Sums::new(event_op::BACKLOG), Events::default());
        sums.add(1, 100);
        sums.add(2, STEP_BYTES);
        sums.add(1, 50);
        sums.report(&mut events);
        assert_eq!((reported(&sums, 1), reported(&sums, 2)), (Some(0), Some(STEP_BYTES)));
        sums.answer(1, &mut events);
        assert_eq!(reported(&sums, 1), Some(150));
        sums.remove(1, 150);
        sums.remove(2, 1);
        sums.report(&mut events);
        assert_eq!((reported(&sums, 1), reported(&sums, 2)), (None, Some(STEP_BYTES)));
        assert_eq!(sums.total, STEP_BYTES - 1);
    }
}
