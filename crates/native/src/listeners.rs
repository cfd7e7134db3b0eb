//! Which protocols JavaScript answers, and how many connections may wait until it takes them.

use std::sync::Arc;

use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// A place among the connections that wait to be taken.
pub type Seat = OwnedSemaphorePermit;

/// Who answers one protocol.
#[derive(Clone)]
pub struct Listener {
    acceptor: u32,
    /// Streams carry plain bytes instead of frames.
    pub raw: bool,
    seats: Arc<Semaphore>,
}

impl Listener {
    /// Waits for a seat, first come, first served. Fails when the listener has been taken back.
    pub async fn seat(&self) -> Result<Seat, AcquireError> {
        Arc::clone(&self.seats).acquire_owned().await
    }

    pub fn owns(&self, seat: &Seat) -> bool {
        Arc::ptr_eq(&self.seats, seat.semaphore())
    }
}

#[derive(Default)]
pub struct Listeners(RwLock<FxHashMap<Vec<u8>, Listener>>);

impl Listeners {
    /// The protocols of one acceptor share its seats.
    pub fn add(&self, acceptor: u32, seats: usize, framed: Vec<String>, raw: Vec<String>) {
        let seats = Arc::new(Semaphore::new(seats));
        let mut known = self.0.write();
        for (alpns, raw) in [(framed, false), (raw, true)] {
            for alpn in alpns {
                known.insert(alpn.into_bytes(), Listener { acceptor, raw, seats: Arc::clone(&seats) });
            }
        }
    }

    pub fn remove(&self, acceptor: u32) {
        self.remove_if(|listener| listener.acceptor == acceptor);
    }

    pub fn clear(&self) {
        self.remove_if(|_| true);
    }

    fn remove_if(&self, gone: impl Fn(&Listener) -> bool) {
        self.0.write().retain(|_, listener| {
            if gone(listener) {
                // Nobody waits for these seats any longer.
                listener.seats.close();
            }
            !gone(listener)
        });
    }

    pub fn find(&self, alpn: &[u8]) -> Option<Listener> {
        self.0.read().get(alpn).cloned()
    }

    pub fn alpns(&self) -> Vec<Vec<u8>> {
        self.0.read().keys().cloned().collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_shared_by_the_protocols_of_an_acceptor_and_end_with_it() {
        let listeners = Listeners::default();
        listeners.add(1, 2, vec!["a".into()], vec!["b".into()]);
        listeners.add(2, 1, vec!["c".into()], vec![]);
        let [a, b, c] = [b"a", b"b", b"c"].map(|alpn| listeners.find(alpn).unwrap());
        assert!(!a.raw && b.raw);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let first = a.seat().await.unwrap();
            let _second = b.seat().await.unwrap();
            assert!(b.owns(&first) && !c.owns(&first));
            let third = tokio::spawn(async move { a.seat().await.is_ok() });
            tokio::task::yield_now().await;
            assert!(!third.is_finished());
            drop(first);
            assert!(third.await.unwrap());
            listeners.remove(1);
            assert!(b.seat().await.is_err());
            assert!(c.seat().await.is_ok());
            assert_eq!(listeners.alpns(), [b"c"]);
        });
    }
}
