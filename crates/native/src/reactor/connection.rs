//! One connection of the reactor: the streams it accepts, and those that wait to be opened.
//!
//! The reactor creates it for every connection that is accepted or dialed, polls it when its waker
//! fires, and drops it when the connection ends.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use iroh::endpoint::{Connection as QuicConnection, ConnectionError, RecvStream, SendStream};
use parking_lot::Mutex;

use crate::border::limit;
use crate::node::listeners::AcceptSlot;
use crate::reactor::stream::Queued;

/// Large frames under way on one connection may claim this much together; others wait. Two of the
/// largest frames, so that one that is slow does not hold up the others.
const ASSEMBLY_BYTES: usize = 2 * limit::MAX_FRAME_BYTES;

pub type Halves = (SendStream, RecvStream);
type Opening = Pin<Box<dyn Future<Output = Result<Halves, ConnectionError>> + Send>>;
type Accepted = Arc<Mutex<VecDeque<Halves>>>;

pub struct Connection {
    pub quic: QuicConnection,
    pub raw: bool,
    pub waker: Waker,
    /// Held until the program takes the connection.
    pub accept_slot: Option<AcceptSlot>,
    accept: Pin<Box<dyn Future<Output = ConnectionError> + Send>>,
    accepted: Accepted,
    open: Option<Opening>,
    /// Indices of streams that wait until the peer allows another one, by place.
    waiting: BTreeMap<u64, u32>,
    assembling: usize,
    /// Indices of streams whose large frame waits for a share of the assembly budget, by place.
    assembly_queue: BTreeMap<u64, (u32, usize)>,
    /// The place of the next stream that waits, in either queue.
    next_place: u64,
}

impl Connection {
    pub fn new(quic: QuicConnection, raw: bool, waker: Waker, accept_slot: Option<AcceptSlot>) -> Self {
        let accepted = Accepted::default();
        Self {
            accept: Box::pin(accept(quic.clone(), Arc::clone(&accepted))),
            accepted,
            quic,
            raw,
            waker,
            accept_slot,
            open: None,
            waiting: BTreeMap::new(),
            assembling: 0,
            assembly_queue: BTreeMap::new(),
            next_place: 0,
        }
    }

    /// Returns the streams that the peer opened since the last call, and the end of the connection.
    pub fn poll_accept(&mut self) -> (VecDeque<Halves>, Option<ConnectionError>) {
        let waker = self.waker.clone();
        let end = match self.accept.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => None,
            Poll::Ready(error) => Some(error),
        };
        (std::mem::take(&mut *self.accepted.lock()), end)
    }

    /// Opens one stream. `None` when the peer allows no more for now; then the waker fires later.
    pub fn poll_open(&mut self) -> Option<Halves> {
        let waker = self.waker.clone();
        let mut cx = Context::from_waker(&waker);
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                let quic = self.quic.clone();
                Box::pin(async move { quic.open_bi().await })
            }
        };
        match open.as_mut().poll(&mut cx) {
            Poll::Ready(halves) => halves.ok(),
            Poll::Pending => {
                self.open = Some(open);
                None
            }
        }
    }

    pub fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Adds a stream that waits to be opened.
    pub fn wait(&mut self, index: u32) -> Queued {
        let place = self.place();
        self.waiting.insert(place, index);
        Queued::ToOpen(place)
    }

    /// Opens the stream that has waited longest, if the peer allows it.
    pub fn open_waiting(&mut self) -> Option<(u32, Halves)> {
        if self.waiting.is_empty() {
            return None;
        }
        let halves = self.poll_open()?;
        self.waiting.pop_first().map(|(_, index)| (index, halves))
    }

    /// Claims a share of the assembly budget for a large frame, or queues its stream.
    pub fn reserve(&mut self, index: u32, bytes: usize) -> Queued {
        if self.assembling > 0 && self.assembling + bytes > ASSEMBLY_BYTES {
            let place = self.place();
            self.assembly_queue.insert(place, (index, bytes));
            return Queued::ToAssemble(place);
        }
        self.assembling += bytes;
        Queued::No
    }

    fn place(&mut self) -> u64 {
        self.next_place += 1;
        self.next_place
    }

    /// Returns a share, and the streams that have theirs now.
    pub fn release(&mut self, bytes: usize) -> Vec<(u32, usize)> {
        self.assembling -= bytes.min(self.assembling);
        let mut ready = Vec::new();
        while let Some(first) = self.assembly_queue.first_entry() {
            let (index, wanted) = *first.get();
            if self.assembling > 0 && self.assembling + wanted > ASSEMBLY_BYTES {
                break;
            }
            self.assembling += wanted;
            first.remove();
            ready.push((index, wanted));
        }
        ready
    }

    /// Removes a stream from the queue in which it waits.
    pub fn forget(&mut self, queued: Queued) {
        match queued {
            Queued::No => {}
            Queued::ToOpen(place) => {
                self.waiting.remove(&place);
            }
            Queued::ToAssemble(place) => {
                self.assembly_queue.remove(&place);
            }
        }
    }
}

async fn accept(quic: QuicConnection, accepted: Accepted) -> ConnectionError {
    loop {
        match quic.accept_bi().await {
            Ok(halves) => accepted.lock().push_back(halves),
            Err(error) => return error,
        }
    }
}
