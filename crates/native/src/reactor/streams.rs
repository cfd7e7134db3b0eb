//! The table of streams: by index for wakers, by handle for JavaScript, and by connection.

use std::sync::Arc;
use std::task::Waker;

use rustc_hash::FxHashMap;

use crate::border::limit;
use crate::node::inbox::{Inbox, Signal};
use crate::reactor::stream::Stream;

/// Handles of streams that the peer opened have this bit. Those that JavaScript chooses do not.
pub const INBOUND_BIT: u32 = 1 << 31;
const _: () = assert!(limit::MAX_HANDLE < INBOUND_BIT as usize);
/// Places that an empty table keeps.
const KEPT_SLOTS: usize = 1024;
/// A table with fewer streams than one in this many places shrinks.
const SLOTS_PER_STREAM: usize = 4;

/// A place in the table. It keeps its waker from one stream to the next.
struct Slot {
    waker: Waker,
    stream: Option<Stream>,
    /// The position of the stream in the list of its connection.
    position: u32,
}

#[derive(Default)]
pub struct Streams {
    slots: Vec<Slot>,
    free: Vec<u32>,
    by_handle: FxHashMap<u32, u32>,
    /// The indices of the streams of each connection that had one.
    by_connection: FxHashMap<u32, Vec<u32>>,
    last_inbound: u32,
    /// Streams that were removed since the table was last examined for free places.
    removed: usize,
}

impl Streams {
    pub fn len(&self) -> usize {
        self.by_handle.len()
    }

    /// Returns a handle that no stream has, for a stream that the peer opened.
    pub fn next_inbound(&mut self) -> u32 {
        loop {
            self.last_inbound = self.last_inbound.wrapping_add(1) | INBOUND_BIT;
            if !self.by_handle.contains_key(&self.last_inbound) {
                return self.last_inbound;
            }
        }
    }

    /// Adds a stream and returns its index. A stream with the same handle, which JavaScript has
    /// forgotten, goes on without one.
    pub fn add(&mut self, stream: Stream, inbox: &Arc<Inbox>) -> u32 {
        let (handle, connection) = (stream.handle, stream.connection);
        if let Some(forgotten) = self.index_of(handle).and_then(|index| self.get(index)) {
            forgotten.disown();
        }
        let index = self.free.pop().unwrap_or(self.slots.len() as u32);
        let of_connection = self.by_connection.entry(connection).or_default();
        let position = of_connection.len() as u32;
        of_connection.push(index);
        match self.slots.get_mut(index as usize) {
            Some(slot) => (slot.stream, slot.position) = (Some(stream), position),
            None => {
                let waker = Signal::waker(index, inbox);
                self.slots.push(Slot { waker, stream: Some(stream), position });
            }
        }
        self.by_handle.insert(handle, index);
        index
    }

    /// Removes a stream and returns it.
    pub fn remove(&mut self, index: u32) -> Option<Stream> {
        let slot = self.slots.get_mut(index as usize)?;
        let stream = slot.stream.take()?;
        let position = slot.position;
        if self.index_of(stream.handle) == Some(index) {
            self.by_handle.remove(&stream.handle);
        }
        if let Some(of_connection) = self.by_connection.get_mut(&stream.connection) {
            of_connection.swap_remove(position as usize);
            let moved = of_connection.get(position as usize).copied();
            if let Some(slot) = moved.and_then(|moved| self.slots.get_mut(moved as usize)) {
                slot.position = position;
            }
        }
        self.free.push(index);
        self.removed += 1;
        if self.removed > KEPT_SLOTS.max(self.slots.len() / 2) {
            self.shrink();
        }
        Some(stream)
    }

    /// Returns a stream with its waker.
    pub fn with_waker(&mut self, index: u32) -> Option<(&Waker, &mut Stream)> {
        let slot = self.slots.get_mut(index as usize)?;
        Some((&slot.waker, slot.stream.as_mut()?))
    }

    pub fn get(&mut self, index: u32) -> Option<&mut Stream> {
        self.slots.get_mut(index as usize)?.stream.as_mut()
    }

    pub fn index_of(&self, handle: u32) -> Option<u32> {
        self.by_handle.get(&handle).copied()
    }

    /// Returns the indices of the streams of one connection.
    pub fn of_connection(&self, connection: u32) -> Vec<u32> {
        self.by_connection.get(&connection).cloned().unwrap_or_default()
    }

    /// Drops the list of a connection that ended. Its streams have been removed.
    pub fn forget_connection(&mut self, connection: u32) {
        self.by_connection.remove(&connection);
    }

    /// Gives up free places at the end of the table. Runs once per half of the table that was
    /// removed, so that its cost per stream is constant.
    fn shrink(&mut self) {
        self.removed = 0;
        if self.by_handle.len().max(KEPT_SLOTS / SLOTS_PER_STREAM) * SLOTS_PER_STREAM >= self.slots.len() {
            return;
        }
        let used = self.slots.iter().rposition(|slot| slot.stream.is_some()).map_or(0, |last| last + 1);
        self.slots.truncate(used.max(KEPT_SLOTS));
        self.slots.shrink_to_fit();
        let places = self.slots.len() as u32;
        self.free.retain(|index| *index < places);
        // Low places first, so that the end of the table becomes free.
        self.free.sort_unstable_by(|one, other| other.cmp(one));
        self.free.shrink_to_fit();
        self.by_handle.shrink_to_fit();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn waiting(handle: u32, connection: u32) -> Stream {
        Stream::new(handle, connection, false, None)
    }

    #[test]
    fn never_gives_a_handle_that_is_in_use() {
        let (mut streams, inbox) = (Streams::default(), Arc::default());
        let lasting = streams.next_inbound();
        let lasting_index = streams.add(waiting(lasting, 1), &inbox);
        // The counter is about to reach the first handle again.
        streams.last_inbound = u32::MAX - 2;
        for _ in 0..10 {
            let handle = streams.next_inbound();
            assert!(handle >= INBOUND_BIT && handle != lasting);
            let index = streams.add(waiting(handle, 2), &inbox);
            assert_eq!(streams.index_of(lasting), Some(lasting_index));
            streams.remove(index).unwrap();
        }
        assert_eq!(streams.remove(lasting_index).unwrap().handle, lasting);
    }

    #[test]
    fn a_stream_that_javascript_forgot_does_not_share_its_handle() {
        let (mut streams, inbox) = (Streams::default(), Arc::default());
        let forgotten = streams.add(waiting(7, 1), &inbox);
        let new = streams.add(waiting(7, 1), &inbox);
        assert_eq!(streams.index_of(7), Some(new));
        assert_eq!(streams.remove(forgotten).unwrap().handle, 0);
        assert_eq!(streams.index_of(7), Some(new));
    }

    #[test]
    fn lists_the_streams_of_each_connection() {
        let (mut streams, inbox) = (Streams::default(), Arc::default());
        let mut known = [Vec::new(), Vec::new(), Vec::new()];
        for step in 0..3_000_u32 {
            let connection = step % 3;
            let of_connection = known.get_mut(connection as usize).unwrap();
            if step % 7 < 5 {
                of_connection.push(streams.add(waiting(step + 1, connection), &inbox));
            } else {
                let index = of_connection.swap_remove((step as usize * 31) % of_connection.len());
                streams.remove(index).unwrap();
            }
        }
        for (connection, mut indices) in (0..).zip(known) {
            let mut listed = streams.of_connection(connection);
            listed.sort_unstable();
            indices.sort_unstable();
            assert_eq!(listed, indices);
        }
    }

    #[test]
    fn returns_places_when_most_streams_have_ended() {
        let (mut streams, inbox) = (Streams::default(), Arc::default());
        let indices: Vec<u32> = (1..=50_000).map(|handle| streams.add(waiting(handle, 1), &inbox)).collect();
        let (last, others) = indices.split_last().unwrap();
        for index in others {
            streams.remove(*index).unwrap();
        }
        // The last place is in use. When it is free too, the next streams take low places.
        streams.remove(*last).unwrap();
        for handle in 1..=60_000 {
            let index = streams.add(waiting(handle, 1), &inbox);
            streams.remove(index).unwrap();
        }
        assert!(streams.slots.len() <= KEPT_SLOTS, "{} places are left", streams.slots.len());
        assert_eq!(streams.len(), 0);
        assert!(streams.of_connection(1).is_empty());
    }
}
