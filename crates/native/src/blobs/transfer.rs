//! Transfers: imports, downloads and exports, with their progress.
//!
//! A transfer runs whether or not JavaScript looks at it. Its progress is the latest value only, so
//! a program that does not read it costs no memory.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;
use tokio::sync::{Mutex, watch};

use crate::failure::{Failure, promise};
use crate::node::Node;
use crate::runtime::guarded;

/// The time between two reports of progress.
const REPORT_INTERVAL: Duration = Duration::from_millis(50);

#[derive(Clone, Default)]
struct State {
    bytes: u64,
    total: Option<u64>,
    outcome: Option<Result<Transferred, Failure>>,
}

/// The blob that a transfer moved.
#[derive(Clone)]
pub struct Transferred {
    pub hash: String,
    pub size: u64,
}

/// The progress of a transfer, as its work reports it.
#[derive(Clone)]
pub struct Progress(Arc<watch::Sender<State>>);

impl Progress {
    pub fn bytes(&self, bytes: u64) {
        self.0.send_if_modified(|state| {
            let more = bytes > state.bytes;
            state.bytes = state.bytes.max(bytes);
            more
        });
    }

    pub fn total(&self, total: u64) {
        self.0.send_modify(|state| state.total = Some(total));
    }
}

/// One import, download or export.
#[napi]
pub struct NativeTransfer {
    node: Arc<Node>,
    state: watch::Receiver<State>,
    reported: Arc<Mutex<watch::Receiver<State>>>,
    abort: Arc<watch::Sender<bool>>,
}

/// The progress of a transfer.
#[napi(object)]
pub struct NativeProgress {
    pub bytes: f64,
    pub total_bytes: Option<f64>,
}

/// The result of a transfer.
#[napi(object)]
pub struct NativeTransferred {
    pub hash: String,
    pub size_bytes: f64,
}

impl NativeTransfer {
    /// Starts the work on the runtime of the node.
    pub fn start<F>(node: &Arc<Node>, work: impl FnOnce(Progress) -> F) -> Self
    where
        F: Future<Output = Result<Transferred, Failure>> + Send + 'static,
    {
        let (sender, state) = watch::channel(State::default());
        let progress = Progress(Arc::new(sender));
        let (abort, mut aborted) = watch::channel(false);
        let work = guarded(work(progress.clone()));
        let ending = Arc::clone(node);
        node.runtime.spawn(async move {
            let aborted = async {
                if aborted.wait_for(|aborted| *aborted).await.is_err() {
                    // The object was collected. The transfer goes on.
                    std::future::pending::<()>().await;
                }
            };
            let outcome = tokio::select! {
                biased;
                () = ending.ended() => Err(Failure::closed()),
                () = aborted => Err(Failure::aborted()),
                outcome = work => outcome.unwrap_or_else(|| Err(Failure::native())),
            };
            progress.0.send_modify(|state| state.outcome = Some(outcome));
        });
        let reported = Arc::new(Mutex::new(state.clone()));
        Self { node: Arc::clone(node), state, reported, abort: Arc::new(abort) }
    }
}

#[napi]
impl NativeTransfer {
    /// Resolves with the result.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeTransferred>")]
    pub fn result<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let mut state = self.state.clone();
        promise(env, &self.node, async move {
            let state =
                state.wait_for(|state| state.outcome.is_some()).await.map_err(|_| Failure::closed())?;
            let outcome = state.outcome.clone().unwrap_or_else(|| Err(Failure::native()))?;
            Ok(NativeTransferred { hash: outcome.hash, size_bytes: outcome.size as f64 })
        })
    }

    /// Resolves with the progress when it has changed, or with `null` when the transfer has ended.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeProgress | null>")]
    pub fn progress<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let reported = Arc::clone(&self.reported);
        promise(env, &self.node, async move {
            let mut state = reported.lock().await;
            if state.borrow().outcome.is_none() {
                let ended = |state: &State| state.outcome.is_some();
                // Both fail when the transfer has ended with its node.
                let _ = state.changed().await;
                let _ = tokio::time::timeout(REPORT_INTERVAL, state.wait_for(ended)).await;
            }
            let now = state.borrow_and_update().clone();
            let ongoing = now.outcome.is_none();
            Ok(ongoing.then(|| NativeProgress {
                bytes: now.bytes as f64,
                total_bytes: now.total.map(|total| total as f64),
            }))
        })
    }

    /// Ends the transfer. What has been stored of a download stays there.
    #[napi(catch_unwind)]
    pub fn abort(&self) {
        self.abort.send_replace(true);
    }
}
