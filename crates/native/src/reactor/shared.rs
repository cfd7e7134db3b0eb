//! State that all streams of a reactor share: the events of this turn and the sums of the node.

use crate::border::events::Events;
use crate::reactor::finished::Finished;

#[derive(Default)]
pub struct Shared {
    pub events: Events,
    pub finished: Finished,
    /// Bytes delivered to JavaScript and not credited back, of all streams.
    pub unread: usize,
    /// Bytes in the send buffers of all streams.
    pub unsent: usize,
    /// A stream whose mean chunk is smaller is read even while it is paused. Otherwise it could
    /// fill the reassembly of QUIC, which holds about 2 000 pieces and closes the connection over
    /// more.
    pub small_chunk: u64,
}
