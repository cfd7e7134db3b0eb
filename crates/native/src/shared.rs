//! What all streams of a node have in common.

use crate::events::Events;
use crate::finished::Finished;

/// What streams share: the events of this turn and the sums of the node.
#[derive(Default)]
pub struct Shared {
    pub events: Events,
    pub finished: Finished,
    pub unread: usize,
    pub unsent: usize,
    /// A mean chunk below this could fill the reassembly of QUIC with more pieces than it holds
    /// (about 2 000), which ends the whole connection: such streams are read on while paused.
    pub small_chunk: u64,
}
