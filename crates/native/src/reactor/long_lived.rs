//! Finds long-lived streams, which the reactor watches for STOP_SENDING.
//!
//! Such a watch costs an allocation. Most streams end before they need it.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// A stream is long-lived after one to two ticks. Most calls on a local network end sooner.
const TICK: Duration = Duration::from_millis(10);

/// The index and handle of a stream. By the next tick, the index may belong to another stream.
pub type StreamKey = (u32, u32);

/// The streams that may become long-lived.
pub struct LongLived {
    young: Vec<StreamKey>,
    older: Vec<StreamKey>,
    tick: Pin<Box<Sleep>>,
}

impl LongLived {
    pub fn new() -> Self {
        Self { young: Vec::new(), older: Vec::new(), tick: Box::pin(sleep(TICK)) }
    }

    pub fn add(&mut self, stream: StreamKey) {
        if self.is_empty() {
            self.tick.as_mut().reset(Instant::now() + TICK);
        }
        self.young.push(stream);
    }

    /// Returns the streams that reached their second tick. `None` before the next tick.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Option<Vec<StreamKey>> {
        if self.is_empty() || self.tick.as_mut().poll(cx).is_pending() {
            return None;
        }
        let due = std::mem::replace(&mut self.older, std::mem::take(&mut self.young));
        self.tick.as_mut().reset(Instant::now() + TICK);
        Some(due)
    }

    fn is_empty(&self) -> bool {
        self.young.is_empty() && self.older.is_empty()
    }
}
