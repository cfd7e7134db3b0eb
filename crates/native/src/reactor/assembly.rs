//! The assembly budget: the frames under way of one peer, over all its connections, may claim so
//! much memory together. Further frames wait.

use std::collections::BTreeMap;

use iroh::EndpointId;
use rustc_hash::FxHashMap;

use crate::border::limit;
use crate::reactor::Reactor;
use crate::reactor::receiving::Lost;
use crate::reactor::stream::Queued;

/// Two of the largest frames, so that one that is slow does not hold up the others.
const ASSEMBLY_BYTES: usize = 2 * limit::MAX_FRAME_BYTES;
/// The bytes that a stream leaves unread while it waits for a share of the assembly budget, by
/// default.
const WAITING_BYTES: usize = limit::LARGE_BYTES;

/// The claims of all peers. A peer without a claim has no entry.
#[derive(Default)]
pub struct Assembly {
    by_peer: FxHashMap<EndpointId, Claims>,
    /// The place of the next stream that waits.
    next_place: u64,
}

#[derive(Default)]
struct Claims {
    bytes: usize,
    /// Indices of streams that wait for a share, by place.
    queue: BTreeMap<u64, (u32, usize)>,
}

impl Assembly {
    /// Claims a share for a frame, or queues its stream.
    pub fn reserve(&mut self, peer: EndpointId, index: u32, bytes: usize) -> Queued {
        let claims = self.by_peer.entry(peer).or_default();
        if claims.bytes > 0 && claims.bytes + bytes > ASSEMBLY_BYTES {
            self.next_place += 1;
            claims.queue.insert(self.next_place, (index, bytes));
            return Queued::ToAssemble(self.next_place);
        }
        claims.bytes += bytes;
        Queued::No
    }

    /// Returns a share, and the streams that have theirs now.
    pub fn release(&mut self, peer: EndpointId, bytes: usize) -> Vec<(u32, usize)> {
        let mut ready = Vec::new();
        let Some(claims) = self.by_peer.get_mut(&peer) else { return ready };
        claims.bytes -= bytes.min(claims.bytes);
        while let Some(first) = claims.queue.first_entry() {
            let (index, wanted) = *first.get();
            if claims.bytes > 0 && claims.bytes + wanted > ASSEMBLY_BYTES {
                break;
            }
            claims.bytes += wanted;
            first.remove();
            ready.push((index, wanted));
        }
        if claims.bytes == 0 {
            self.by_peer.remove(&peer);
        }
        ready
    }

    /// Removes a stream from the queue.
    pub fn forget(&mut self, peer: EndpointId, place: u64) {
        if let Some(claims) = self.by_peer.get_mut(&peer) {
            claims.queue.remove(&place);
        }
    }
}

impl Reactor {
    /// Claims a share for the frame of a stream. Otherwise the stream waits for it, or is given up
    /// when its peer keeps too much.
    pub fn reserve(&mut self, index: u32, bytes: usize) -> bool {
        let Some(stream) = self.streams.get(index) else { return false };
        let Some(connection) = self.connections.get(&stream.connection) else { return false };
        stream.queued = self.assembly.reserve(connection.peer, index, bytes);
        if stream.queued == Queued::No {
            stream.receive.reserved = bytes;
            return true;
        }
        let partial = &mut self.shared.partial;
        partial.add(stream.connection, WAITING_BYTES);
        if partial.are_too_many(stream.connection) {
            self.give_up(index);
        }
        false
    }

    /// Takes a stream out of the queue for the assembly budget: it reads no more.
    pub fn leave_assembly(&mut self, index: u32) {
        if let Some(stream) = self.streams.get(index)
            && let Queued::ToAssemble(place) = stream.queued
        {
            stream.queued = Queued::No;
            self.shared.partial.remove(stream.connection, WAITING_BYTES);
            if let Some(connection) = self.connections.get(&stream.connection) {
                self.assembly.forget(connection.peer, place);
            }
        }
    }

    /// Ends a stream of a peer that keeps too much.
    fn give_up(&mut self, index: u32) {
        if let Some(stream) = self.streams.get(index) {
            let Lost(code) = stream.receive.overrun(&mut self.shared);
            stream.abandon(code, &mut self.shared);
        }
        self.leave_assembly(index);
    }

    pub fn release_share(&mut self, index: u32) {
        let Some(stream) = self.streams.get(index) else { return };
        let bytes = std::mem::take(&mut stream.receive.reserved);
        let connection = stream.connection;
        self.release(connection, bytes);
    }

    /// Returns a share of the assembly budget of the peer of a connection.
    pub fn release(&mut self, connection: u32, bytes: usize) {
        let Some(connection) = self.connections.get(&connection) else { return };
        for (index, bytes) in self.assembly.release(connection.peer, bytes) {
            if let Some(stream) = self.streams.get(index) {
                stream.receive.reserved = bytes;
                stream.queued = Queued::No;
                self.shared.partial.remove(stream.connection, WAITING_BYTES);
            }
            self.node.inbox.mark_ready(index);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn queues_what_exceeds_the_budget_of_a_peer_and_serves_it_in_order() {
        let mut assembly = Assembly::default();
        let [one, other] = [0, 1].map(|_| iroh::SecretKey::generate().public());
        let half = ASSEMBLY_BYTES / 2;
        assert!(assembly.reserve(one, 1, half) == Queued::No);
        assert!(assembly.reserve(one, 2, half) == Queued::No);
        assert!(assembly.reserve(other, 3, half) == Queued::No);
        let Queued::ToAssemble(place) = assembly.reserve(one, 4, 1) else { panic!("not queued") };
        assert!(matches!(assembly.reserve(one, 5, half), Queued::ToAssemble(_)));
        assert!(matches!(assembly.reserve(one, 6, half), Queued::ToAssemble(_)));
        assembly.forget(one, place);
        assert_eq!(assembly.release(one, half), [(5, half)]);
        assert_eq!(assembly.release(other, half), []);
        assert_eq!(assembly.release(one, half), [(6, half)]);
        assert_eq!(assembly.release(one, half), []);
        assert_eq!(assembly.release(one, half), []);
        assert!(assembly.by_peer.is_empty());
    }
}
