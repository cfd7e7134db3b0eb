//! Wakes JavaScript when there are events. Weak, so that it never keeps a process alive.

use std::sync::Arc;

use napi::Status;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use parking_lot::Mutex;

type Callback = ThreadsafeFunction<(), (), (), Status, false, true, 4>;

pub struct JsWake(Mutex<Option<Arc<Callback>>>);

impl JsWake {
    pub fn new(callback: &Function<'_, (), ()>) -> napi::Result<Self> {
        let callback = callback.build_threadsafe_function().weak::<true>().max_queue_size::<4>().build()?;
        Ok(Self(Mutex::new(Some(Arc::new(callback)))))
    }

    pub fn call(&self) {
        let callback = self.0.lock();
        if let Some(callback) = callback.as_ref() {
            callback.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// No call reaches JavaScript after this returns.
    pub fn detach(&self) {
        self.0.lock().take();
    }
}
