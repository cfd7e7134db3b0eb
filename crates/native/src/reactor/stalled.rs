//! Streams that are not polled, because JavaScript is behind with the events of their connection.
//! What they would read stays in QUIC, whose flow control stops the peer.

use rustc_hash::FxHashMap;

use crate::reactor::Reactor;

#[derive(Default)]
pub struct Stalled {
    /// The indices of the streams of each connection that has some.
    by_connection: FxHashMap<u32, Vec<u32>>,
    resumed: Vec<u32>,
}

impl Stalled {
    /// Forgets a connection. Its streams have been freed.
    pub fn forget(&mut self, connection: u32) {
        self.by_connection.remove(&connection);
    }
}

impl Reactor {
    /// Returns true for a stream that has to wait. It is polled later.
    pub fn stalls(&mut self, index: u32) -> bool {
        let Some(stream) = self.streams.get(index) else { return false };
        if stream.stalled {
            return true;
        }
        if !self.node.queue.stalls(stream.connection, &self.shared.events) {
            return false;
        }
        stream.stalled = true;
        self.stalled.by_connection.entry(stream.connection).or_default().push(index);
        true
    }

    /// Polls the streams whose events JavaScript has drained.
    pub fn resume_stalled(&mut self) {
        let mut resumed = std::mem::take(&mut self.stalled.resumed);
        self.node.queue.resumed(&mut resumed);
        for connection in resumed.drain(..) {
            for index in self.stalled.by_connection.remove(&connection).unwrap_or_default() {
                // another stream may have this index by now, which a poll does not harm
                if let Some(stream) = self.streams.get(index) {
                    stream.stalled = false;
                }
                self.poll_stream(index);
            }
        }
        self.stalled.resumed = resumed;
    }
}
