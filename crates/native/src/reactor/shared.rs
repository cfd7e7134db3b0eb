//! State that all streams of a reactor share: the events of this turn and the sums of the node.

use rustc_hash::FxHashMap;

use crate::border::event_op;
use crate::border::events::Events;
use crate::reactor::finished::Finished;
use crate::reactor::partial::Partial;
use crate::reactor::sums::Sums;

/// Bytes that the streams of one connection may hold together.
const CONNECTION_HELD_BYTES: usize = 16 * 1024 * 1024;

pub struct Shared {
    pub events: Events,
    pub finished: Finished,
    /// Bytes delivered to JavaScript and not credited back, of all streams.
    pub unread: usize,
    /// Bytes in the send buffers of all streams.
    pub unsent: Sums,
    /// Bytes of incomplete frames, and those in `held`.
    pub arriving: Sums,
    pub partial: Partial,
    pub held: Held,
    /// The receive window of a stream.
    pub stream_window: u64,
}

impl Shared {
    pub fn new(stream_window: u32) -> Self {
        Self {
            events: Events::default(),
            finished: Finished::default(),
            unread: 0,
            unsent: Sums::new(event_op::BACKLOG),
            arriving: Sums::new(event_op::ARRIVING),
            partial: Partial::default(),
            held: Held::default(),
            stream_window: u64::from(stream_window),
        }
    }

    /// Starts to report what the buffers of a connection hold.
    pub fn observe(&mut self, connection: u32) {
        self.unsent.observe(connection);
        self.arriving.observe(connection);
    }

    /// Forgets a connection. Its streams have been freed.
    pub fn forget(&mut self, connection: u32) {
        self.partial.forget(connection);
        self.unsent.forget(connection);
        self.arriving.forget(connection);
    }

    /// Returns true if there is something to report, which may be able to wait.
    pub fn has_events(&self) -> bool {
        !self.events.is_empty() || self.unsent.have_changed() || self.arriving.have_changed()
    }

    /// Returns true if there is something to report that cannot wait.
    pub fn is_urgent(&self) -> bool {
        self.events.are_urgent() || self.unsent.are_due() || self.arriving.are_due()
    }

    /// Reports the sums that have changed.
    pub fn report(&mut self) {
        self.unsent.report(&mut self.events);
        self.arriving.report(&mut self.events);
    }
}

/// Bytes that were read while the window of their stream was full, by connection.
#[derive(Default)]
pub struct Held {
    by_connection: FxHashMap<u32, usize>,
}

impl Held {
    pub fn take(&mut self, connection: u32, bytes: usize) {
        *self.by_connection.entry(connection).or_default() += bytes;
    }

    pub fn give(&mut self, connection: u32, bytes: usize) {
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
