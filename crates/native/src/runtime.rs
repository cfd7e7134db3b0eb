//! The tokio runtime of the process. The first node starts it.
//!
//! It is never dropped, because it must outlive every environment that uses it.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};

use tokio::runtime::{Builder, Handle, Runtime};

/// The most threads that are started, whatever the variable says.
const MAX_THREADS: usize = 64;

static RUNTIME: OnceLock<Result<Handle, String>> = OnceLock::new();
static SHARED: OnceLock<Runtime> = OnceLock::new();

/// Returns the handle of the runtime, and starts it at the first call. The environment variable
/// `ASTER_IO_THREADS` sets the number of threads. Default: 1.
pub fn handle() -> Result<Handle, String> {
    RUNTIME.get_or_init(start).clone()
}

fn start() -> Result<Handle, String> {
    let threads = std::env::var("ASTER_IO_THREADS").ok().and_then(|text| text.parse().ok()).unwrap_or(1usize);
    if threads > 1 {
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads.min(MAX_THREADS))
            .thread_name("aster-io")
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        return Ok(SHARED.get_or_init(|| runtime).handle().clone());
    }
    let runtime = Builder::new_current_thread()
        .thread_name("aster-io")
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let handle = runtime.handle().clone();
    std::thread::Builder::new()
        .name("aster-io".into())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))
        .map_err(|error| error.to_string())?;
    Ok(handle)
}

/// Runs a future and turns a panic inside it into `None`.
pub struct Guarded<F>(Pin<Box<F>>);

pub fn guarded<F: Future>(future: F) -> Guarded<F> {
    Guarded(Box::pin(future))
}

impl<F: Future> Future for Guarded<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let future = self.0.as_mut();
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| future.poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(value)) => Poll::Ready(Some(value)),
            Err(_) => Poll::Ready(None),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_its_own_future_only() {
        let runtime = handle().unwrap();
        let (sender, receiver) = std::sync::mpsc::channel();
        let tell = sender.clone();
        runtime.spawn(async move { tell.send(guarded(async { panic!("on purpose") }).await) });
        assert_eq!(receiver.recv().unwrap(), None::<u32>);
        runtime.spawn(async move { sender.send(guarded(async { 7 }).await) });
        assert_eq!(receiver.recv().unwrap(), Some(7));
    }
}
