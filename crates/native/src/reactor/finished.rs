//! Finished halves: everything has been written to them, but the peer may not have all of it yet.
//!
//! A sending half comes here when it ends. The close of its connection takes it out again, to wait
//! for its acknowledgement.

use iroh::endpoint::SendStream;

/// Below this number, acknowledged halves are not looked for.
const FEW: usize = 256;

/// The finished halves of all connections. Acknowledged ones are removed in batches, so that a call
/// costs one check of its stream and no task.
pub struct Finished {
    halves: Vec<(u32, SendStream)>,
    limit: usize,
}

impl Default for Finished {
    fn default() -> Self {
        Self { halves: Vec::new(), limit: FEW }
    }
}

impl Finished {
    pub fn push(&mut self, connection: u32, half: SendStream) {
        if self.halves.len() >= self.limit {
            self.halves.retain(|(_, half)| is_unacknowledged(half));
            self.limit = FEW.max(self.halves.len() * 2);
        }
        self.halves.push((connection, half));
    }

    /// Takes out the halves that the peer of this connection has not acknowledged.
    pub fn take(&mut self, connection: u32) -> Vec<SendStream> {
        let of_connection = self.halves.extract_if(.., |(of, _)| *of == connection);
        of_connection.map(|(_, half)| half).filter(is_unacknowledged).collect()
    }
}

/// QUIC frees a half when all of it has been acknowledged; then it has no priority any more.
fn is_unacknowledged(half: &SendStream) -> bool {
    half.priority().is_ok()
}
