//! One node: an endpoint and everything that belongs to it.
//!
//! The JavaScript thread, the reactor and the tasks of the endpoint share it. It holds state only;
//! `endpoint.rs` binds and closes it, and the reactor owns the streams.

pub mod gate;
pub mod inbox;
pub mod listeners;
pub mod options;
mod protocols;
pub mod services;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use iroh::Endpoint;
use iroh::address_lookup::memory::MemoryLookup;
use iroh::endpoint::Connection;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

use crate::border::events::{Events, Queue};
use crate::border::wake::JsWake;
use crate::failure::Failure;
use gate::Gate;
use inbox::Inbox;
use listeners::Listeners;
use options::Options;
use protocols::Protocols;
pub use protocols::alpns_of;
use services::Services;

pub struct Node {
    pub inbox: Arc<Inbox>,
    pub queue: Queue,
    pub gate: Gate,
    pub listeners: Listeners,
    pub protocols: Protocols,
    pub services: Services,
    /// `None` before the bind and after the close.
    pub endpoint: Mutex<Option<Endpoint>>,
    /// The addresses of dialed peers, for the linked protocols, which have ids only.
    pub lookup: MemoryLookup,
    /// Open connections by handle, for their figures. The reactor owns the streams of each.
    pub connections: Mutex<FxHashMap<u32, Connection>>,
    /// The abort senders of dials under way.
    pub dials: Mutex<FxHashMap<u32, oneshot::Sender<()>>>,
    /// The number of closed connections that still deliver what was sent.
    pub closing_connections: watch::Sender<usize>,
    /// The node is closing or closed.
    pub closing: AtomicBool,
    /// True when the operations of the linked protocols have to end.
    pub ended: watch::Sender<bool>,
    pub connections_open: AtomicUsize,
    pub streams_open: AtomicUsize,
    pub bytes_queued: AtomicUsize,
    pub wake: JsWake,
    pub runtime: Handle,
}

impl Node {
    pub fn new(runtime: Handle, wake: JsWake, options: &Options) -> Arc<Self> {
        Arc::new(Self {
            inbox: Arc::default(),
            queue: Queue::default(),
            gate: Gate::default(),
            listeners: Listeners::default(),
            protocols: Protocols::new(options.linked.clone()),
            services: Services::new(options),
            endpoint: Mutex::default(),
            lookup: MemoryLookup::new(),
            connections: Mutex::default(),
            dials: Mutex::default(),
            closing_connections: watch::Sender::new(0),
            closing: AtomicBool::default(),
            ended: watch::Sender::new(false),
            connections_open: AtomicUsize::default(),
            streams_open: AtomicUsize::default(),
            bytes_queued: AtomicUsize::default(),
            wake,
            runtime,
        })
    }

    /// Hands events to JavaScript.
    pub fn publish(&self, events: &mut Events) {
        if self.queue.publish(events) {
            self.wake.call();
        }
    }

    /// Resolves when the operations of the linked protocols have to end.
    pub async fn ended(&self) {
        // Fails when the sender is gone, which belongs to this node.
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }

    /// Returns the endpoint. Fails before the bind and after the close.
    pub fn bound(&self) -> Result<Endpoint, Failure> {
        self.endpoint.lock().clone().ok_or_else(Failure::closed)
    }

    /// A node that only dials refuses connections before their handshake.
    pub fn accepts_nothing(&self) -> bool {
        self.protocols.alpns.is_empty() && self.listeners.is_empty()
    }

    /// Makes the endpoint accept the protocols of the listeners and the linked ones.
    pub fn apply_alpns(&self) {
        let mut all = self.listeners.alpns();
        all.extend(self.protocols.alpns.iter().map(|alpn| alpn.to_vec()));
        if let Some(endpoint) = self.endpoint.lock().as_ref() {
            endpoint.set_alpns(all);
        }
    }
}
