//! Reports of refused connections: at most one event per second, however many peers are refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::sleep;

use crate::border::event_op;
use crate::node::inbox::{Inbox, Message};

/// The shortest time between two reports.
const INTERVAL: Duration = Duration::from_secs(1);
/// The refusals that a report describes; it counts the others.
const MOST_DESCRIBED: usize = 16;

#[derive(Default)]
pub struct Refusals {
    total: AtomicU64,
    next: Mutex<Report>,
}

/// The refusals since the last report.
#[derive(Default)]
struct Report {
    count: u32,
    described: usize,
    /// Per refusal: the endpoint id, the length of the ALPN, the ALPN.
    payload: Vec<u8>,
    /// The last report was less than an interval ago.
    waiting: bool,
}

impl Report {
    fn add(&mut self, peer: &[u8; 32], alpn: &[u8]) {
        self.count = self.count.saturating_add(1);
        let Ok(length) = u8::try_from(alpn.len()) else { return };
        if self.described < MOST_DESCRIBED {
            self.described += 1;
            self.payload.extend_from_slice(peer);
            self.payload.push(length);
            self.payload.extend_from_slice(alpn);
        }
    }

    /// Takes the event of this report. `None` when nothing was refused.
    fn take(&mut self) -> Option<Message> {
        if self.count == 0 {
            return None;
        }
        let handle = std::mem::take(&mut self.count);
        self.described = 0;
        let payload = std::mem::take(&mut self.payload);
        Some(Message::Event { op: event_op::REFUSED, flags: 0, handle, arg: 0, payload })
    }
}

impl Refusals {
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Counts a refusal, and reports it now or with the next report.
    pub fn add(self: &Arc<Self>, peer: &[u8; 32], alpn: &[u8], inbox: &Arc<Inbox>) {
        self.total.fetch_add(1, Ordering::Relaxed);
        let mut next = self.next.lock();
        next.add(peer, alpn);
        if next.waiting {
            return;
        }
        next.waiting = true;
        if let Some(event) = next.take() {
            inbox.send(event);
        }
        tokio::spawn(Arc::clone(self).report(Arc::clone(inbox)));
    }

    /// Sends a report per interval, until one would be empty.
    async fn report(self: Arc<Self>, inbox: Arc<Inbox>) {
        loop {
            sleep(INTERVAL).await;
            let mut next = self.next.lock();
            match next.take() {
                Some(event) => inbox.send(event),
                None => {
                    next.waiting = false;
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_describes_some_refusals_and_counts_all() {
        let mut report = Report::default();
        assert!(report.take().is_none());
        for _ in 0..MOST_DESCRIBED + 3 {
            report.add(&[7; 32], b"calls");
        }
        let Some(Message::Event { op, handle, payload, .. }) = report.take() else {
            unreachable!("a report is due")
        };
        assert_eq!((op, handle as usize), (event_op::REFUSED, MOST_DESCRIBED + 3));
        assert_eq!(payload.len(), MOST_DESCRIBED * (32 + 1 + 5));
        assert_eq!(payload.get(32..38), Some(b"\x05calls".as_slice()));
        assert!(report.take().is_none());
    }
}
