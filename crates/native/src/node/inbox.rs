//! The inbox of the reactor: commands, messages and woken streams.
//!
//! JavaScript and the tasks of the endpoint fill it from other threads; the network fills it
//! through the wakers of [`Signal`]. The reactor empties it once per turn.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Wake, Waker};

use iroh::endpoint::Connection;
use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::node::listeners::AcceptSlot;

/// Keys of connections have this bit; keys without it are indices of streams.
pub const CONNECTION_BIT: u32 = 1 << 31;
/// Bytes that an empty batch buffer keeps allocated: four times what JavaScript submits with one
/// call, as several calls may come between two turns of the reactor.
const KEPT_BYTES: usize = 1024 * 1024;

/// The start of a connection.
pub enum Origin {
    /// The number of the dial.
    Dialed(u32),
    Accepted {
        /// The address of the peer, unless it came through a relay.
        remote: Option<SocketAddr>,
        /// Freed when the program takes the connection, or when it ends.
        slot: AcceptSlot,
    },
}

pub enum Message {
    /// Takes over a connection.
    Adopt {
        connection: Connection,
        raw: bool,
        origin: Origin,
    },
    Event {
        op: u8,
        flags: u8,
        handle: u32,
        arg: u32,
        payload: Vec<u8>,
    },
    /// Closes every connection with code 0. The sender fires when all closes are under way.
    Shutdown(oneshot::Sender<()>),
    /// Ends the reactor, with a text when the node failed.
    Down(Option<String>),
}

#[derive(Default)]
pub struct Inbox {
    input: Mutex<Input>,
    ready: Mutex<Vec<(u32, Option<Arc<Signal>>)>>,
    task: Mutex<Option<Waker>>,
}

#[derive(Default)]
struct Input {
    batch: Vec<u8>,
    messages: Vec<Message>,
}

impl Inbox {
    /// Adds commands: the parts of one record, or whole batches.
    pub fn submit(&self, parts: &[&[u8]]) {
        let idle = {
            let mut input = self.input.lock();
            let idle = input.batch.is_empty();
            for part in parts {
                input.batch.extend_from_slice(part);
            }
            idle
        };
        if idle {
            self.wake();
        }
    }

    pub fn send(&self, message: Message) {
        self.input.lock().messages.push(message);
        self.wake();
    }

    /// Swaps the commands into `batch`, which must be empty.
    pub fn take(&self, batch: &mut Vec<u8>) -> Vec<Message> {
        if batch.capacity() > KEPT_BYTES {
            *batch = Vec::new();
        }
        let mut input = self.input.lock();
        std::mem::swap(&mut input.batch, batch);
        std::mem::take(&mut input.messages)
    }

    /// Registers the waker of the reactor.
    pub fn register(&self, waker: &Waker) {
        let mut task = self.task.lock();
        if !task.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *task = Some(waker.clone());
        }
    }

    /// Wakes the reactor.
    pub fn wake(&self) {
        let task = self.task.lock().clone();
        if let Some(task) = task {
            task.wake();
        }
    }

    /// Marks a stream for a poll in the next turn.
    pub fn mark_ready(&self, index: u32) {
        self.ready.lock().push((index, None));
        self.wake();
    }

    /// Moves the woken keys into `keys`.
    pub fn take_ready(&self, keys: &mut Vec<u32>) {
        keys.clear();
        for (key, signal) in self.ready.lock().drain(..) {
            if let Some(signal) = signal {
                signal.queued.store(false, Ordering::Release);
            }
            keys.push(key);
        }
    }
}

/// The waker of one stream or connection. Waking it twice costs one poll.
pub struct Signal {
    key: u32,
    queued: AtomicBool,
    inbox: Arc<Inbox>,
}

impl Signal {
    pub fn waker(key: u32, inbox: &Arc<Inbox>) -> Waker {
        Waker::from(Arc::new(Self { key, queued: AtomicBool::new(false), inbox: Arc::clone(inbox) }))
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            let inbox = Arc::clone(&self.inbox);
            inbox.ready.lock().push((self.key, Some(self)));
            inbox.wake();
        }
    }

    fn wake_by_ref(self: &Arc<Self>) {
        Arc::clone(self).wake();
    }
}
