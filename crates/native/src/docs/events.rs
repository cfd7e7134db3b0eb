//! Events of a document, in a bounded queue for each subscription.

use std::sync::Arc;

use iroh_docs::engine::{LiveEvent, Origin, SyncEvent};
use iroh_docs::{ContentStatus, Entry};
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;
use parking_lot::Mutex;

use super::entry::NativeDocEntry;
use super::table::{Counted, Handle};
use crate::failure::{Failure, promise};
use crate::keys;
use crate::lossy::Lossy;

/// Events that wait for JavaScript.
const QUEUE: usize = 1024;
/// The bytes of their keys. Those of other peers have no limit of their own.
const QUEUE_BYTES: usize = 1024 * 1024;

/// An event of a document.
#[napi(object)]
#[derive(Default)]
pub struct NativeDocEvent {
    #[napi(
        ts_type = "'insertLocal' | 'insertRemote' | 'contentReady' | 'pendingContentReady' | 'neighborUp' | 'neighborDown' | 'syncFinished' | 'lagged'"
    )]
    pub kind: String,
    pub entry: Option<NativeDocEntry>,
    /// The neighbor, or the peer of a synchronization or an entry.
    pub peer: Option<String>,
    /// The part of the content of a remote entry that the store has.
    #[napi(ts_type = "'complete' | 'partial' | 'missing'")]
    pub content: Option<String>,
    /// The hash of the content that is ready.
    pub hash: Option<String>,
    /// This node began the synchronization.
    pub dialed: Option<bool>,
    /// The number of entries that a synchronization received.
    pub received: Option<u32>,
    pub sent: Option<u32>,
    /// The reason for which a synchronization failed.
    pub error: Option<String>,
    /// The number of events that were dropped.
    pub lost: Option<u32>,
}

#[derive(Clone)]
pub enum Happened {
    Local(Arc<Entry>),
    Remote(Arc<Entry>, String, &'static str),
    ContentReady(String),
    PendingContentReady,
    Up(String),
    Down(String),
    Synced(Arc<SyncEvent>),
}

impl From<LiveEvent> for Happened {
    fn from(event: LiveEvent) -> Self {
        match event {
            LiveEvent::InsertLocal { entry } => Self::Local(Arc::new(entry)),
            LiveEvent::InsertRemote { from, entry, content_status } => {
                let content = match content_status {
                    ContentStatus::Complete => "complete",
                    ContentStatus::Incomplete => "partial",
                    ContentStatus::Missing => "missing",
                };
                Self::Remote(Arc::new(entry), keys::hex(from), content)
            }
            LiveEvent::ContentReady { hash } => Self::ContentReady(hash.to_hex()),
            LiveEvent::PendingContentReady => Self::PendingContentReady,
            LiveEvent::NeighborUp(peer) => Self::Up(keys::hex(peer)),
            LiveEvent::NeighborDown(peer) => Self::Down(keys::hex(peer)),
            LiveEvent::SyncFinished(event) => Self::Synced(Arc::new(event)),
        }
    }
}

impl Happened {
    fn key_bytes(&self) -> usize {
        match self {
            Self::Local(entry) | Self::Remote(entry, ..) => entry.key().len(),
            _ => 0,
        }
    }
}

impl From<Happened> for NativeDocEvent {
    fn from(event: Happened) -> Self {
        let of = |kind: &str| Self { kind: kind.into(), ..Self::default() };
        match event {
            Happened::Local(entry) => {
                Self { entry: Some(NativeDocEntry::from(&*entry)), ..of("insertLocal") }
            }
            Happened::Remote(entry, peer, content) => Self {
                entry: Some(NativeDocEntry::from(&*entry)),
                peer: Some(peer),
                content: Some(content.into()),
                ..of("insertRemote")
            },
            Happened::ContentReady(hash) => Self { hash: Some(hash), ..of("contentReady") },
            Happened::PendingContentReady => of("pendingContentReady"),
            Happened::Up(peer) => Self { peer: Some(peer), ..of("neighborUp") },
            Happened::Down(peer) => Self { peer: Some(peer), ..of("neighborDown") },
            Happened::Synced(event) => {
                let (received, sent, error) = match &event.result {
                    Ok(details) => (details.entries_received, details.entries_sent, None),
                    Err(error) => (0, 0, Some(error.clone())),
                };
                Self {
                    peer: Some(keys::hex(event.peer)),
                    dialed: Some(matches!(event.origin, Origin::Connect(_))),
                    received: Some(u32::try_from(received).unwrap_or(u32::MAX)),
                    sent: Some(u32::try_from(sent).unwrap_or(u32::MAX)),
                    error,
                    ..of("syncFinished")
                }
            }
        }
    }
}

/// The queue of one subscription.
pub struct Subscription {
    queue: Lossy<Happened>,
    /// `None` at the end: the program itself has ended it.
    failure: Mutex<Option<Failure>>,
    _count: Counted,
}

impl Subscription {
    pub fn new(count: Counted) -> Self {
        Self { queue: Lossy::with_bytes(QUEUE, QUEUE_BYTES), failure: Mutex::default(), _count: count }
    }

    /// Adds an event. Returns false when the subscription has ended.
    pub fn push(&self, event: Happened) -> bool {
        let bytes = event.key_bytes();
        self.queue.push_of(event, bytes)
    }

    /// Ends the subscription. Only the first end counts.
    pub fn end(&self, failure: Option<Failure>) {
        if let Some(failure) = failure {
            self.failure.lock().get_or_insert(failure);
        }
        self.queue.end();
    }
}

/// A subscription of JavaScript. It ends when it is closed or collected.
#[napi]
pub struct NativeDocEvents {
    /// Keeps the document open.
    handle: Arc<Handle>,
    subscription: Arc<Subscription>,
}

impl NativeDocEvents {
    pub fn new(handle: &Arc<Handle>) -> Self {
        Self { handle: Arc::clone(handle), subscription: handle.subscribe() }
    }
}

#[napi]
impl NativeDocEvents {
    /// Resolves when the subscription gets events.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn ready<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let (handle, subscription) = (Arc::clone(&self.handle), Arc::clone(&self.subscription));
        promise(env, &self.handle.node, async move {
            let following = handle.follow().await;
            if let Err(failure) = &following {
                subscription.end(Some(failure.clone()));
            }
            following
        })
    }

    /// Resolves with the next events, and with an empty array when the program has ended the
    /// subscription.
    #[napi(catch_unwind, ts_return_type = "Promise<Array<NativeDocEvent>>")]
    pub fn next<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let subscription = Arc::clone(&self.subscription);
        promise(env, &self.handle.node, async move {
            let Some(batch) = subscription.queue.take().await else {
                return subscription.failure.lock().clone().map_or(Ok(Vec::new()), Err);
            };
            let lagged = (batch.lost > 0).then(|| NativeDocEvent {
                kind: "lagged".into(),
                lost: Some(batch.lost),
                ..NativeDocEvent::default()
            });
            Ok(lagged.into_iter().chain(batch.items.into_iter().map(NativeDocEvent::from)).collect())
        })
    }

    /// Ends the subscription. Events that wait can still be taken.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.subscription.end(None);
    }
}
