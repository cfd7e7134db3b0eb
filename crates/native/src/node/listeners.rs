//! The protocols that JavaScript accepts, and the accept slots of each.
//!
//! JavaScript adds and removes listeners. The accept task takes an accept slot for each incoming
//! connection; the slot is free again when the program takes the connection.

use std::sync::Arc;

use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// One of the connections that an acceptor lets wait until the program takes them.
pub type AcceptSlot = OwnedSemaphorePermit;

/// The acceptor of one protocol.
#[derive(Clone)]
pub struct Listener {
    acceptor: u32,
    /// Streams carry plain bytes instead of frames.
    pub raw: bool,
    slots: Arc<Semaphore>,
}

impl Listener {
    /// Waits for an accept slot, first come, first served. Fails when the listener is removed.
    pub async fn accept_slot(&self) -> Result<AcceptSlot, AcquireError> {
        Arc::clone(&self.slots).acquire_owned().await
    }

    pub fn owns(&self, slot: &AcceptSlot) -> bool {
        Arc::ptr_eq(&self.slots, slot.semaphore())
    }
}

#[derive(Default)]
pub struct Listeners(RwLock<FxHashMap<Vec<u8>, Listener>>);

impl Listeners {
    /// Adds the protocols of one acceptor, which share `capacity` accept slots.
    pub fn add(&self, acceptor: u32, capacity: usize, framed: Vec<String>, raw: Vec<String>) {
        let slots = Arc::new(Semaphore::new(capacity));
        let mut known = self.0.write();
        for (alpns, raw) in [(framed, false), (raw, true)] {
            for alpn in alpns {
                known.insert(alpn.into_bytes(), Listener { acceptor, raw, slots: Arc::clone(&slots) });
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
                // Fails those that wait for one of these slots.
                listener.slots.close();
            }
            !gone(listener)
        });
    }

    pub fn is_empty(&self) -> bool {
        self.0.read().is_empty()
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
    fn protocols_of_an_acceptor_share_its_slots_until_it_is_removed() {
        let listeners = Listeners::default();
        listeners.add(1, 2, vec!["a".into()], vec!["b".into()]);
        listeners.add(2, 1, vec!["c".into()], vec![]);
        let [a, b, c] = [b"a", b"b", b"c"].map(|alpn| listeners.find(alpn).unwrap());
        assert!(!a.raw && b.raw);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let first = a.accept_slot().await.unwrap();
            let _second = b.accept_slot().await.unwrap();
            assert!(b.owns(&first) && !c.owns(&first));
            let third = tokio::spawn(async move { a.accept_slot().await.is_ok() });
            tokio::task::yield_now().await;
            assert!(!third.is_finished());
            drop(first);
            assert!(third.await.unwrap());
            listeners.remove(1);
            assert!(b.accept_slot().await.is_err());
            assert!(c.accept_slot().await.is_ok());
            assert_eq!(listeners.alpns(), [b"c"]);
        });
    }
}
