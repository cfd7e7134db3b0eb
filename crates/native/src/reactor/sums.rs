//! Bytes in buffers, in total and by connection. JavaScript limits those of the connections that it
//! observes.

use rustc_hash::FxHashMap;

use crate::border::event_flag;
use crate::border::events::Events;

/// Smaller changes of a connection are not reported, so that streams at full speed cost few events.
const STEP_BYTES: usize = 64 * 1024;
/// Changes of all connections together that are reported at once. Smaller ones wait for other
/// events, because each wake of JavaScript costs more than its events.
const DUE_BYTES: usize = 1024 * 1024;

/// One kind of buffers of all connections.
pub struct Sums {
    /// The event that reports a sum.
    op: u8,
    pub total: usize,
    by_connection: FxHashMap<u32, Sum>,
    /// The observed connections whose sum has changed since the last report.
    changed: Vec<u32>,
    /// By how much the sums of observed connections differ from what was reported.
    unreported: usize,
}

#[derive(Default)]
struct Sum {
    bytes: usize,
    reported: usize,
    observed: bool,
    changed: bool,
}

impl Sum {
    fn unreported(&self) -> usize {
        if self.observed { self.bytes.abs_diff(self.reported) } else { 0 }
    }
}

impl Sums {
    pub fn new(op: u8) -> Self {
        Self { op, total: 0, by_connection: FxHashMap::default(), changed: Vec::new(), unreported: 0 }
    }

    /// Starts to report a connection.
    pub fn observe(&mut self, connection: u32) {
        let sum = self.by_connection.entry(connection).or_default();
        if !std::mem::replace(&mut sum.observed, true) {
            self.unreported += sum.bytes;
            sum.changed = true;
            self.changed.push(connection);
        }
    }

    pub fn observes(&self, connection: u32) -> bool {
        self.by_connection.get(&connection).is_some_and(|sum| sum.observed)
    }

    /// Forgets a connection. Its streams have been freed.
    pub fn forget(&mut self, connection: u32) {
        if let Some(sum) = self.by_connection.remove(&connection) {
            self.unreported -= sum.unreported();
        }
    }

    pub fn add(&mut self, connection: u32, bytes: usize) {
        self.replace(connection, 0, bytes);
    }

    pub fn remove(&mut self, connection: u32, bytes: usize) {
        self.replace(connection, bytes, 0);
    }

    /// Counts `after` bytes instead of `before`.
    pub fn replace(&mut self, connection: u32, before: usize, after: usize) {
        if before == after {
            return;
        }
        self.total = self.total - before + after;
        let sum = self.by_connection.entry(connection).or_default();
        self.unreported -= sum.unreported();
        sum.bytes = sum.bytes - before + after;
        self.unreported += sum.unreported();
        if sum.observed && !std::mem::replace(&mut sum.changed, true) {
            self.changed.push(connection);
        }
    }

    /// Returns true if there is something to report, soon.
    pub fn have_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// Returns true if there is so much to report that it has to be now.
    pub fn are_due(&self) -> bool {
        self.unreported >= DUE_BYTES
    }

    /// Reports the connections whose sum has changed much, or become 0.
    pub fn report(&mut self, events: &mut Events) {
        for connection in self.changed.drain(..) {
            let Some(sum) = self.by_connection.get_mut(&connection) else { continue };
            let Sum { bytes, reported, .. } = *sum;
            sum.changed = false;
            if bytes.abs_diff(reported) >= STEP_BYTES || (bytes == 0 && reported > 0) {
                self.unreported -= sum.unreported();
                sum.reported = bytes;
                push(events, self.op, 0, connection, bytes);
            }
        }
    }

    /// Reports one connection, as JavaScript asked.
    pub fn answer(&mut self, connection: u32, events: &mut Events) {
        let mut bytes = 0;
        if let Some(sum) = self.by_connection.get_mut(&connection) {
            bytes = sum.bytes;
            self.unreported -= sum.unreported();
            sum.reported = bytes;
        }
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

    fn reported(sums: &Sums, connection: u32) -> usize {
        sums.by_connection.get(&connection).unwrap().reported
    }

    fn observing(connections: &[u32]) -> Sums {
        let mut sums = Sums::new(event_op::BACKLOG);
        connections.iter().for_each(|connection| sums.observe(*connection));
        sums
    }

    #[test]
    fn reports_large_changes_and_answers() {
        let (mut sums, mut events) = (observing(&[1, 2]), Events::default());
        sums.add(1, 100);
        sums.add(2, STEP_BYTES);
        sums.add(1, 50);
        sums.report(&mut events);
        assert_eq!((reported(&sums, 1), reported(&sums, 2)), (0, STEP_BYTES));
        assert!(!sums.have_changed());
        sums.answer(1, &mut events);
        assert_eq!(reported(&sums, 1), 150);
        sums.remove(1, 150);
        sums.remove(2, 1);
        sums.report(&mut events);
        assert_eq!((reported(&sums, 1), reported(&sums, 2)), (0, STEP_BYTES));
        assert_eq!((sums.total, sums.unreported), (STEP_BYTES - 1, 1));
    }

    #[test]
    fn is_due_when_all_connections_together_have_changed_much() {
        let (mut sums, mut events) = (observing(&[1, 2]), Events::default());
        sums.add(1, DUE_BYTES / 2);
        assert!(sums.have_changed() && !sums.are_due());
        sums.add(2, DUE_BYTES / 2);
        assert!(sums.are_due());
        sums.report(&mut events);
        assert!(!sums.have_changed() && !sums.are_due());
        sums.remove(1, DUE_BYTES / 2);
        sums.forget(1);
        assert_eq!((sums.total, sums.unreported), (DUE_BYTES / 2, 0));
    }

    #[test]
    fn counts_connections_without_an_observer_and_does_not_report_them() {
        let mut sums = observing(&[]);
        sums.add(1, DUE_BYTES);
        assert!(!sums.have_changed() && !sums.are_due() && !sums.observes(1));
        sums.observe(1);
        assert!(sums.have_changed() && sums.are_due() && sums.observes(1));
        sums.remove(1, DUE_BYTES);
        assert_eq!((sums.total, sums.unreported), (0, 0));
    }
}
