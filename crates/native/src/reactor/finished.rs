//! Finished halves: everything has been written to them, but the peer may not have all of it yet.
//!
//! A sending half comes here when it ends. The close of its connection takes it out again, to wait
//! for its acknowledgement.

use iroh::endpoint::SendStream;
use rustc_hash::FxHashMap;

/// Below this number of a connection, acknowledged halves are not looked for.
const FEW: usize = 64;

/// The finished halves of each connection. Acknowledged ones are removed in batches, so that a call
/// costs one check of its stream and no task.
#[derive(Default)]
pub struct Finished(FxHashMap<u32, Halves>);

#[derive(Default)]
struct Halves {
    halves: Vec<SendStream>,
    limit: usize,
}

impl Finished {
    pub fn push(&mut self, connection: u32, half: SendStream) {
        let Halves { halves, limit } = self.0.entry(connection).or_default();
        if halves.len() >= *limit {
            halves.retain(is_unacknowledged);
            *limit = FEW.max(halves.len() * 2);
        }
        halves.push(half);
    }

    /// Takes out the halves that the peer of this connection has not acknowledged.
    pub fn take(&mut self, connection: u32) -> Vec<SendStream> {
        let mut halves = self.0.remove(&connection).unwrap_or_default().halves;
        halves.retain(is_unacknowledged);
        halves
    }
}

/// QUIC frees a half when all of it has been acknowledged; then it has no priority any more.
fn is_unacknowledged(half: &SendStream) -> bool {
    half.priority().is_ok()
}
