//! One endpoint and everything that belongs to it, shared by the I/O thread and one JavaScript thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use iroh::address_lookup::memory::MemoryLookup;
use iroh::endpoint::Connection;
use iroh::{Endpoint, EndpointAddr};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use crate::accept;
use crate::error::{self, Ending};
use crate::events::{self, Events, Queue};
use crate::gate::Gate;
use crate::inbox::{Inbox, Message};
use crate::listeners::Listeners;
use crate::options::Options;
use crate::protocols::{self, Protocols};
use crate::reactor::Reactor;
use crate::runtime::guarded;
use crate::wake::JsWake;

/// How long `close` waits for the peers to hear of it.
const CLOSE: Duration = Duration::from_secs(2);
/// The same when no connection is open, or the process or worker is going away.
const HURRY: Duration = Duration::from_millis(200);

pub struct Node {
    pub inbox: Arc<Inbox>,
    pub queue: Queue,
    pub gate: Gate,
    pub connections: Mutex<FxHashMap<u32, Connection>>,
    pub connections_open: AtomicUsize,
    pub streams_open: AtomicUsize,
    pub bytes_queued: AtomicUsize,
    pub endpoint: Mutex<Option<Endpoint>>,
    /// Where peers we dialled are, for the linked protocols, which know ids only.
    lookup: MemoryLookup,
    pub protocols: Protocols,
    pub listeners: Listeners,
    dials: Mutex<FxHashMap<u32, oneshot::Sender<()>>>,
    /// Closed connections that still deliver what was sent.
    pub farewells: watch::Sender<usize>,
    closing: AtomicBool,
    wake: JsWake,
    runtime: Handle,
}

impl Node {
    pub fn new(runtime: Handle, wake: JsWake) -> Arc<Self> {
        Arc::new(Self {
            inbox: Arc::default(),
            queue: Queue::default(),
            gate: Gate::default(),
            connections: Mutex::default(),
            connections_open: AtomicUsize::default(),
            streams_open: AtomicUsize::default(),
            bytes_queued: AtomicUsize::default(),
            endpoint: Mutex::default(),
            lookup: MemoryLookup::new(),
            protocols: Protocols::default(),
            listeners: Listeners::default(),
            dials: Mutex::default(),
            farewells: watch::Sender::new(0),
            closing: AtomicBool::default(),
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

    /// Binds the endpoint and starts the reactor; `OPENED` or `DOWN` tells how that went.
    pub fn open(self: &Arc<Self>, options: Options) {
        let node = Arc::clone(self);
        let reactor = Arc::clone(self);
        self.runtime.spawn(async move {
            let window = options.stream_window;
            let ran = guarded(async { Reactor::new(Arc::clone(&reactor), window).run().await });
            tokio::join!(ran_to_the_end(reactor.as_ref(), ran), node.bind(options));
        });
    }

    async fn bind(self: &Arc<Self>, options: Options) {
        match options.bind(self.lookup.clone()).await {
            Ok(endpoint) => {
                *self.endpoint.lock() = Some(endpoint.clone());
                self.apply_alpns();
                self.event(events::OPENED, 0, 0, &[]);
                if self.closing.load(Ordering::SeqCst) {
                    return self.shut().await;
                }
                let node = Arc::clone(self);
                self.runtime.spawn(guarded(accept::accept(node, endpoint)));
            }
            Err(text) => self.inbox.send(Message::Down(Some(text))),
        }
    }

    fn event(&self, op: u8, handle: u32, arg: u32, payload: &[u8]) {
        self.inbox.send(Message::Event { op, flags: 0, handle, arg, payload: payload.to_vec() });
    }

    /// Answers the protocols of the listeners from now on, and the linked ones.
    pub fn apply_alpns(&self) {
        let mut all = self.listeners.alpns();
        all.extend(protocols::ALPNS.iter().map(|alpn| alpn.to_vec()));
        if let Some(endpoint) = self.endpoint.lock().as_ref() {
            endpoint.set_alpns(all);
        }
    }

    /// Dials; `DIALED` or `FAILED` with this ticket tells how that went.
    pub fn dial(
        self: &Arc<Self>,
        ticket: u32,
        address: EndpointAddr,
        alpn: Vec<u8>,
        raw: bool,
        limit: Duration,
    ) {
        let (abort, aborted) = oneshot::channel();
        self.dials.lock().insert(ticket, abort);
        if !address.is_empty() {
            self.lookup.set_endpoint_info(address.clone());
        }
        let node = Arc::clone(self);
        let endpoint = self.endpoint.lock().clone();
        self.runtime.spawn(async move {
            let dialling = guarded(async {
                let Some(endpoint) = endpoint else {
                    return Err(Ending::new(error::CLOSED, "the node is closed"));
                };
                match timeout(limit, endpoint.connect(address, &alpn)).await {
                    Ok(Ok(connection)) => Ok(connection),
                    Ok(Err(error)) => Err(Ending::from(error)),
                    Err(_) => {
                        let text = format!("the peer did not answer within {} ms", limit.as_millis());
                        Err(Ending::new(error::TIMEOUT, text))
                    }
                }
            });
            let outcome = tokio::select! {
                biased;
                Ok(()) = aborted => Some(Err(Ending::new(error::CLOSED, "the dial was given up"))),
                outcome = dialling => outcome,
            };
            node.dials.lock().remove(&ticket);
            let message = match outcome {
                Some(Ok(connection)) => Message::Adopt { connection, raw, ticket: Some(ticket), seat: None },
                Some(Err(ending)) => failed(ticket, ending),
                None => {
                    failed(ticket, Ending::new(error::NATIVE, "the dial failed inside the native module"))
                }
            };
            node.inbox.send(message);
        });
    }

    pub fn abort(&self, ticket: u32) {
        if let Some(abort) = self.dials.lock().remove(&ticket) {
            // The dial may just have ended.
            let _ = abort.send(());
        }
    }

    /// Closes everything in order; `DOWN` is the last event.
    pub fn close(self: &Arc<Self>) {
        self.close_and(|| ());
    }

    fn close_and(self: &Arc<Self>, done: impl FnOnce() + Send + 'static) {
        if !self.closing.swap(true, Ordering::SeqCst) {
            let node = Arc::clone(self);
            self.runtime.spawn(async move {
                // A node that is still binding shuts down when that is done.
                if node.endpoint.lock().is_some() {
                    node.shut().await;
                }
                done();
            });
        }
    }

    async fn shut(&self) {
        let endpoint = self.endpoint.lock().take();
        self.listeners.clear();
        for (_, abort) in self.dials.lock().drain() {
            // The dial may just have ended.
            let _ = abort.send(());
        }
        let nobody = self.connections.lock().is_empty() && *self.farewells.borrow() == 0;
        let (ordered, closing) = oneshot::channel();
        self.inbox.send(Message::Shutdown(ordered));
        let orderly = guarded(async {
            let closed = async {
                // Fails when the reactor is gone, and then nothing is left to deliver.
                let _ = closing.await;
                let _ = self.farewells.subscribe().wait_for(|open| *open == 0).await;
                self.protocols.shutdown().await;
                if let Some(endpoint) = &endpoint {
                    endpoint.close().await;
                }
            };
            // Whoever has not heard by now runs into its idle timeout.
            let _ = timeout(if nobody { HURRY } else { CLOSE }, closed).await;
        });
        orderly.await;
        self.inbox.send(Message::Down(None));
    }

    /// The environment goes away: nothing may call into it any more, and the peers should hear.
    pub fn detach(self: &Arc<Self>) {
        self.wake.detach();
        let (told, heard) = std::sync::mpsc::channel();
        self.close_and(move || {
            // Whoever waited may have lost patience.
            let _ = told.send(());
        });
        let _ = heard.recv_timeout(HURRY);
    }
}

async fn ran_to_the_end(node: &Node, ran: impl Future<Output = Option<()>>) {
    if ran.await.is_none() {
        let mut events = Events::default();
        events.push(
            events::DOWN,
            1,
            0,
            0,
            &[b"the native module failed; every connection of this node is lost"],
        );
        node.connections.lock().clear();
        node.publish(&mut events);
        let endpoint = node.endpoint.lock().take();
        if let Some(endpoint) = endpoint {
            let _ = timeout(CLOSE, endpoint.close()).await;
        }
    }
}

fn failed(ticket: u32, ending: Ending) -> Message {
    Message::Event {
        op: events::FAILED,
        flags: ending.kind,
        handle: ticket,
        arg: ending.code,
        payload: ending.text.into_bytes(),
    }
}
