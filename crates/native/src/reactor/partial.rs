//! Frames that one peer does not finish, over all its connections: the bytes of small ones, and the
//! windows of streams whose large frame waits for a share of the assembly budget.

use iroh::EndpointId;
use rustc_hash::FxHashMap;

/// More is too much. What all streams of one connection can have, so that only a peer with several
/// connections exceeds it.
const PEER_BYTES: usize = 80 * 1024 * 1024;

/// The sums of all peers. A peer without bytes has no entry.
#[derive(Default)]
pub struct Partial {
    peers: FxHashMap<u32, EndpointId>,
    by_peer: FxHashMap<EndpointId, usize>,
}

impl Partial {
    pub fn adopt(&mut self, connection: u32, peer: EndpointId) {
        self.peers.insert(connection, peer);
    }

    /// Forgets a connection. Its streams have been freed.
    pub fn forget(&mut self, connection: u32) {
        self.peers.remove(&connection);
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
        let Some(peer) = self.peers.get(&connection) else { return };
        let sum = self.by_peer.entry(*peer).or_default();
        *sum = *sum - before + after;
        if *sum == 0 {
            self.by_peer.remove(peer);
        }
    }

    /// Returns true when the peer of this connection keeps too much.
    pub fn are_too_many(&self, connection: u32) -> bool {
        let sum = self.peers.get(&connection).and_then(|peer| self.by_peer.get(peer));
        sum.is_some_and(|sum| *sum > PEER_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_the_connections_of_a_peer() {
        let mut partial = Partial::default();
        let [one, other] = [0, 1].map(|_| iroh::SecretKey::generate().public());
        partial.adopt(1, one);
        partial.adopt(2, one);
        partial.adopt(3, other);
        partial.add(1, PEER_BYTES);
        assert!(!partial.are_too_many(1));
        partial.add(2, 1);
        assert!(partial.are_too_many(1) && partial.are_too_many(2) && !partial.are_too_many(3));
        partial.remove(1, PEER_BYTES);
        partial.remove(2, 1);
        assert!(partial.by_peer.is_empty());
        partial.forget(1);
        assert_eq!(partial.peers.len(), 2);
    }
}
