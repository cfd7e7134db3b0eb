//! Wakes JavaScript when there are events to drain.
//!
//! The callback is weak, so that it never keeps a process alive.

use std::sync::Arc;

use napi::Status;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use parking_lot::Mutex;

/// Room for more calls than can be under way: JavaScript is woken again only after a drain that
/// found the queue empty.
const CALLS: usize = 4;

type Callback = ThreadsafeFunction<(), (), (), Status, false, true, CALLS>;

pub struct JsWake(Mutex<Option<Arc<Callback>>>);

impl JsWake {
    pub fn new(callback: &Function<'_, (), ()>) -> napi::Result<Self> {
        let callback =
            callback.build_threadsafe_function().weak::<true>().max_queue_size::<CALLS>().build()?;
        Ok(Self(Mutex::new(Some(Arc::new(callback)))))
    }

    pub fn call(&self) {
        let callback = self.0.lock();
        if let Some(callback) = callback.as_ref() {
            callback.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// Drops the callback. No call reaches JavaScript after this returns.
    pub fn detach(&self) {
        self.0.lock().take();
    }
}
