//! The time for which events that are not urgent wait for others.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// Long enough for a busy node to have other events.
const WAIT: Duration = Duration::from_millis(20);

pub struct Delay {
    timer: Pin<Box<Sleep>>,
    running: bool,
}

impl Delay {
    pub fn new() -> Self {
        Self { timer: Box::pin(sleep(WAIT)), running: false }
    }

    /// Returns true when the time is over. `waiting`: there are events that wait.
    pub fn poll(&mut self, cx: &mut Context<'_>, waiting: bool) -> bool {
        if !self.running {
            if !waiting {
                return false;
            }
            self.running = true;
            self.timer.as_mut().reset(Instant::now() + WAIT);
        }
        self.running = self.timer.as_mut().poll(cx).is_pending();
        !self.running
    }
}
