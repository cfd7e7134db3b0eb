//! What other threads and the network leave for the reactor: commands, messages, woken streams.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Wake, Waker};

use iroh::endpoint::Connection;
use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::listeners::Seat;

/// Ready keys of connections have this bit; without it they are slots of streams.
pub const LINK: u32 = 1 << 31;
/// What an empty batch buffer keeps allocated.
const KEEP: usize = 1024 * 1024;

pub enum Message {
    Adopt {
        connection: Connection,
        raw: bool,
        ticket: Option<u32>,
        /// Given back when JavaScript takes the connection, or when it ends.
        seat: Option<Seat>,
    },
    Event {
        op: u8,
        flags: u8,
        handle: u32,
        arg: u32,
        payload: Vec<u8>,
    },
    /// Close every connection with code 0, and say when that has been ordered.
    Shutdown(oneshot::Sender<()>),
    /// The end, with a text when it is a fault.
    Down(Option<String>),
}

#[derive(Default)]
pub struct Inbox {
    input: Mutex<Input>,
    ready: Mutex<Vec<(u32, Option<Arc<Signal>>)>>,
    task: Mutex<Option<Waker>>,
    stalled: AtomicBool,
}

#[derive(Default)]
struct Input {
    batch: Vec<u8>,
    messages: Vec<Message>,
}

impl Inbox {
    /// Adds commands: parts of one record or whole batches.
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
        if batch.capacity() > KEEP {
            *batch = Vec::new();
        }
        let mut input = self.input.lock();
        std::mem::swap(&mut input.batch, batch);
        std::mem::take(&mut input.messages)
    }

    pub fn register(&self, waker: &Waker) {
        let mut task = self.task.lock();
        if !task.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *task = Some(waker.clone());
        }
    }

    fn wake(&self) {
        let task = self.task.lock().clone();
        if let Some(task) = task {
            task.wake();
        }
    }

    /// Polls this slot in the next turn.
    pub fn mark_ready(&self, slot: u32) {
        self.ready.lock().push((slot, None));
        self.wake();
    }

    /// Remembers whether the reactor reads nothing because JavaScript is behind.
    pub fn stall(&self, behind: impl Fn() -> bool) -> bool {
        let stalled = behind();
        self.stalled.store(stalled, Ordering::SeqCst);
        // JavaScript may have drained between the look and the mark.
        stalled && behind()
    }

    /// JavaScript has caught up.
    pub fn resume(&self) {
        if self.stalled.swap(false, Ordering::SeqCst) {
            self.wake();
        }
    }

    /// Moves the woken keys into `keys`; with `take` false they stay where they are.
    pub fn take_ready(&self, keys: &mut Vec<u32>, take: bool) {
        keys.clear();
        if !take {
            return;
        }
        for (key, signal) in self.ready.lock().drain(..) {
            if let Some(signal) = signal {
                signal.queued.store(false, Ordering::Release);
            }
            keys.push(key);
        }
    }
}

/// The waker of one slot or connection; waking it twice costs one poll.
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
