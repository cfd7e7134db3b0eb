//! One connection of the reactor: the streams it accepts, and those that wait to be opened.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use iroh::endpoint::{Connection, ConnectionError, RecvStream, SendStream};
use parking_lot::Mutex;

use crate::listeners::Seat;

/// Large frames under way on one connection may claim this much together; others wait their turn.
const ASSEMBLY: usize = 32 * 1024 * 1024;

type Halves = (SendStream, RecvStream);
type Opening = Pin<Box<dyn Future<Output = Result<Halves, ConnectionError>> + Send>>;
type Accepted = Arc<Mutex<VecDeque<Halves>>>;

pub struct Link {
    pub connection: Connection,
    pub raw: bool,
    pub waker: Waker,
    /// Held until JavaScript takes the connection.
    pub seat: Option<Seat>,
    accept: Pin<Box<dyn Future<Output = ConnectionError> + Send>>,
    accepted: Accepted,
    open: Option<Opening>,
    /// Slots of streams that wait for the peer to allow them, oldest first.
    pub waiting: VecDeque<u32>,
    assembling: usize,
    /// Slots of streams whose large frame waits for a share of the assembly budget.
    assembly_queue: VecDeque<(u32, usize)>,
}

impl Link {
    pub fn new(connection: Connection, raw: bool, waker: Waker, seat: Option<Seat>) -> Self {
        let accepted = Accepted::default();
        Self {
            accept: Box::pin(accept(connection.clone(), Arc::clone(&accepted))),
            accepted,
            connection,
            raw,
            waker,
            seat,
            open: None,
            waiting: VecDeque::new(),
            assembling: 0,
            assembly_queue: VecDeque::new(),
        }
    }

    /// Streams the peer opened since the last call; the end of the connection once there is one.
    pub fn poll_accept(&mut self) -> (VecDeque<Halves>, Option<ConnectionError>) {
        let waker = self.waker.clone();
        let end = match self.accept.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => None,
            Poll::Ready(error) => Some(error),
        };
        (std::mem::take(&mut *self.accepted.lock()), end)
    }

    /// Opens one stream. `None` when the peer allows no more for now: the waker of the link tells.
    pub fn poll_open(&mut self) -> Option<Halves> {
        let waker = self.waker.clone();
        let mut cx = Context::from_waker(&waker);
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                let connection = self.connection.clone();
                Box::pin(async move { connection.open_bi().await })
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

    /// Claims room for a large frame; false when it has to wait.
    pub fn reserve(&mut self, slot: u32, bytes: usize) -> bool {
        if self.assembling > 0 && self.assembling + bytes > ASSEMBLY {
            self.assembly_queue.push_back((slot, bytes));
            return false;
        }
        self.assembling += bytes;
        true
    }

    /// Returns room and names the streams that have theirs now.
    pub fn release(&mut self, bytes: usize) -> Vec<(u32, usize)> {
        self.assembling -= bytes.min(self.assembling);
        let mut ready = Vec::new();
        while let Some(&(slot, wanted)) = self.assembly_queue.front() {
            if self.assembling > 0 && self.assembling + wanted > ASSEMBLY {
                break;
            }
            self.assembling += wanted;
            self.assembly_queue.pop_front();
            ready.push((slot, wanted));
        }
        ready
    }

    /// Forgets a stream that waited.
    pub fn forget(&mut self, slot: u32) {
        self.waiting.retain(|waiting| *waiting != slot);
        self.assembly_queue.retain(|(waiting, _)| *waiting != slot);
    }
}

async fn accept(connection: Connection, accepted: Accepted) -> ConnectionError {
    loop {
        match connection.accept_bi().await {
            Ok(halves) => accepted.lock().push_back(halves),
            Err(error) => return error,
        }
    }
}
