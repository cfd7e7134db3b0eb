//! One connection of the reactor: the streams it accepts, and those that wait to be opened.
//!
//! The reactor creates it for every connection that is accepted or dialed, polls it when its waker
//! fires, and drops it when the connection ends.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use iroh::endpoint::{Connection as QuicConnection, ConnectionError, RecvStream, SendStream};
use parking_lot::Mutex;

use crate::border::limit;
use crate::node::listeners::AcceptSlot;

/// Large frames under way on one connection may claim this much together; others wait. Two of the
/// largest frames, so that one that is slow does not hold up the others.
const ASSEMBLY_BYTES: usize = 2 * limit::MAX_FRAME_BYTES;

type Halves = (SendStream, RecvStream);
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
    /// Indices of streams that wait until the peer allows another one, oldest first.
    pub waiting: VecDeque<u32>,
    assembling: usize,
    /// Indices of streams whose large frame waits for a share of the assembly budget.
    assembly_queue: VecDeque<(u32, usize)>,
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
            waiting: VecDeque::new(),
            assembling: 0,
            assembly_queue: VecDeque::new(),
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

    /// Claims a share of the assembly budget for a large frame. Returns false when it has to wait.
    pub fn reserve(&mut self, index: u32, bytes: usize) -> bool {
        if self.assembling > 0 && self.assembling + bytes > ASSEMBLY_BYTES {
            self.assembly_queue.push_back((index, bytes));
            return false;
        }
        self.assembling += bytes;
        true
    }

    /// Returns a share, and the streams that have theirs now.
    pub fn release(&mut self, bytes: usize) -> Vec<(u32, usize)> {
        self.assembling -= bytes.min(self.assembling);
        let mut ready = Vec::new();
        while let Some(&(index, wanted)) = self.assembly_queue.front() {
            if self.assembling > 0 && self.assembling + wanted > ASSEMBLY_BYTES {
                break;
            }
            self.assembling += wanted;
            self.assembly_queue.pop_front();
            ready.push((index, wanted));
        }
        ready
    }

    /// Removes a stream from the queues.
    pub fn forget(&mut self, index: u32) {
        self.waiting.retain(|waiting| *waiting != index);
        self.assembly_queue.retain(|(waiting, _)| *waiting != index);
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
