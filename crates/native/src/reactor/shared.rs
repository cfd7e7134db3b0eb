//! State that all streams of a reactor share: the events of this turn and the sums of the node.

use rustc_hash::FxHashMap;

use crate::border::events::Events;
use crate::reactor::finished::Finished;

/// Bytes that the streams of one connection may hold together.
const CONNECTION_HELD_BYTES: usize = 16 * 1024 * 1024;

#[derive(Default)]
pub struct Shared {
    pub events: Events,
    pub finished: Finished,
    /// Bytes delivered to JavaScript and not credited back, of all streams.
    pub unread: usize,
    /// Bytes in the send buffers of all streams.
    pub unsent: usize,
    pub held: Held,
    /// The receive window of a stream.
    pub stream_window: u64,
}

/// Bytes that were read while the window of their stream was full, in total and by connection.
#[derive(Default)]
pub struct Held {
    pub total: usize,
    by_connection: FxHashMap<u32, usize>,
}

impl Held {
    pub fn take(&mut self, connection: u32, bytes: usize) {
        self.total += bytes;
        *self.by_connection.entry(connection).or_default() += bytes;
    }

    pub fn give(&mut self, connection: u32, bytes: usize) {
        self.total -= bytes;
        if let Some(held) = self.by_connection.get_mut(&connection) {
            *held -= bytes;
            if *held == 0 {
                self.by_connection.remove(&connection);
            }
        }
    }

    pub fn are_too_many(&self, connection: u32) -> bool {
        self.by_connection.get(&connection).is_some_and(|held| *held > CONNECTION_HELD_BYTES)
    }
}
