//! The table of streams: by index for wakers, by handle for JavaScript.

use std::sync::Arc;
use std::task::Waker;

use rustc_hash::FxHashMap;

use crate::border::limit;
use crate::node::inbox::{Inbox, Signal};
use crate::reactor::stream::Stream;

/// Handles of streams that the peer opened have this bit. Those that JavaScript chooses do not.
const INBOUND_BIT: u32 = 1 << 31;
const _: () = assert!(limit::MAX_HANDLE < INBOUND_BIT as usize);

/// A place in the table. It keeps its waker from one stream to the next.
struct Slot {
    waker: Waker,
    stream: Option<Stream>,
}

#[derive(Default)]
pub struct Streams {
    slots: Vec<Slot>,
    free: Vec<u32>,
    by_handle: FxHashMap<u32, u32>,
    last_inbound: u32,
}

impl Streams {
    pub fn len(&self) -> usize {
        self.by_handle.len()
    }

    /// Returns a handle for a stream that the peer opened.
    pub fn next_inbound(&mut self) -> u32 {
        self.last_inbound = self.last_inbound.wrapping_add(1) | INBOUND_BIT;
        self.last_inbound
    }

    /// Adds a stream and returns its index.
    pub fn add(&mut self, stream: Stream, inbox: &Arc<Inbox>) -> u32 {
        let handle = stream.handle;
        let index = self.free.pop().unwrap_or(self.slots.len() as u32);
        match self.slots.get_mut(index as usize) {
            Some(slot) => slot.stream = Some(stream),
            None => self.slots.push(Slot { waker: Signal::waker(index, inbox), stream: Some(stream) }),
        }
        self.by_handle.insert(handle, index);
        index
    }

    /// Removes a stream and returns it.
    pub fn remove(&mut self, index: u32) -> Option<Stream> {
        let stream = self.slots.get_mut(index as usize)?.stream.take()?;
        self.by_handle.remove(&stream.handle);
        self.free.push(index);
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
        let belongs =
            |slot: &Slot| slot.stream.as_ref().is_some_and(|stream| stream.connection == connection);
        let slots = self.slots.iter().zip(0..).filter(|(slot, _)| belongs(slot));
        slots.map(|(_, index)| index).collect()
    }
}
