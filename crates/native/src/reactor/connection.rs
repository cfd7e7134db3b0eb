//! One connection of the reactor: the streams it accepts, and those that wait to be opened.
//!
//! The reactor creates it for every connection that is accepted or dialed, polls it when its waker
//! fires, and drops it when the connection ends.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use iroh::EndpointId;
use iroh::endpoint::{Connection as QuicConnection, ConnectionError, RecvStream, SendStream};
use parking_lot::Mutex;

use crate::node::listeners::AcceptSlot;
use crate::reactor::stream::Queued;

pub type Halves = (SendStream, RecvStream);
type Opening = Pin<Box<dyn Future<Output = Result<Halves, ConnectionError>> + Send>>;
type Accepted = Arc<Mutex<VecDeque<Halves>>>;

pub struct Connection {
    pub quic: QuicConnection,
    pub peer: EndpointId,
    pub raw: bool,
    pub waker: Waker,
    /// Held until the program takes the connection.
    pub accept_slot: Option<AcceptSlot>,
    accept: Pin<Box<dyn Future<Output = ConnectionError> + Send>>,
    accepted: Accepted,
    open: Option<Opening>,
    /// Indices of streams that wait until the peer allows another one, by place.
    waiting: BTreeMap<u64, u32>,
    /// The place of the next stream that waits.
    next_place: u64,
}

impl Connection {
    pub fn new(quic: QuicConnection, raw: bool, waker: Waker, accept_slot: Option<AcceptSlot>) -> Self {
        let accepted = Accepted::default();
        Self {
            accept: Box::pin(accept(quic.clone(), Arc::clone(&accepted))),
            accepted,
            peer: quic.remote_id(),
            quic,
            raw,
            waker,
            accept_slot,
            open: None,
            waiting: BTreeMap::new(),
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
        self.next_place += 1;
        self.waiting.insert(self.next_place, index);
        Queued::ToOpen(self.next_place)
    }

    /// Opens the stream that has waited longest, if the peer allows it.
    pub fn open_waiting(&mut self) -> Option<(u32, Halves)> {
        if self.waiting.is_empty() {
            return None;
        }
        let halves = self.poll_open()?;
        self.waiting.pop_first().map(|(_, index)| (index, halves))
    }

    /// Removes a stream that waits to be opened.
    pub fn forget(&mut self, place: u64) {
        self.waiting.remove(&place);
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
