//! The native half of `@aster/transport`: iroh behind one batched call per turn of the event loop.
//!
//! JavaScript submits commands and drains events; no promise, no callback and no lock per operation.

mod accept;
mod commands;
mod connection;
mod error;
mod events;
mod farewell;
mod finished;
mod frames;
mod gate;
mod inbox;
mod keys;
mod listeners;
mod node;
mod options;
mod protocols;
mod reactor;
mod runtime;
mod shared;
mod stats;
mod stream;
mod wake;

use std::cell::RefCell;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use iroh::{EndpointAddr, TransportAddr};
use napi::Env;
use napi::bindgen_prelude::{Function, Uint8Array};
use napi_derive::napi;

use node::Node;
use options::{NodeInit, Options};
use stats::{LinkStats, NativeStats, NodeAddress};
use wake::JsWake;

thread_local! {
    /// The nodes of this environment; `None` until its clean-up hook is set.
    static NODES: RefCell<Option<Vec<Weak<Node>>>> = const { RefCell::new(None) };
}

/// One endpoint. Everything it reports comes out of `drain`.
#[napi]
pub struct NativeNode {
    node: Arc<Node>,
}

#[napi]
impl NativeNode {
    /// Binds at once; an event tells when that is done. `wake` is called when there is something to drain.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, init: NodeInit, wake: Function<'_, (), ()>) -> napi::Result<Self> {
        let options = Options::read(&init)?;
        let runtime = runtime::handle().map_err(napi::Error::from_reason)?;
        let node = Node::new(runtime, JsWake::new(&wake)?);
        register(env, &node)?;
        node.open(options);
        Ok(Self { node })
    }

    /// Executes the commands in the first `used` bytes, on the I/O thread.
    #[napi(catch_unwind)]
    pub fn submit(&self, batch: &[u8], used: u32) {
        self.node.inbox.submit(&[batch.get(..used as usize).unwrap_or(batch)]);
    }

    /// Sends a large piece of a stream without a way through the command buffer.
    #[napi(catch_unwind)]
    pub fn send_large(&self, stream: u32, end: bool, data: &[u8]) {
        let header = commands::header(commands::SEND, end, stream, 0, data.len() as u32);
        self.node.inbox.submit(&[&header, data]);
    }

    /// Copies whole event records into `target` and says how many bytes they have; 0 when there are none.
    #[napi(catch_unwind)]
    pub fn drain(&self, mut target: Uint8Array) -> u32 {
        // Nothing else runs on this thread while the bytes are written, and no reference outlives the call.
        let size = self.node.queue.drain(unsafe { target.as_mut() });
        self.node.inbox.resume();
        size as u32
    }

    /// The payload a `LARGE` event names.
    #[napi(catch_unwind)]
    pub fn take_large(&self, token: u32) -> Option<Uint8Array> {
        self.node.queue.take_large(token).map(Uint8Array::from)
    }

    /// Dials; an event with `ticket` tells how that went.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments)]
    pub fn connect(
        &self,
        ticket: u32,
        peer: String,
        direct: Vec<String>,
        relay: Option<String>,
        alpn: String,
        raw: bool,
        timeout_ms: u32,
    ) -> napi::Result<()> {
        let wrong = |what: &str| napi::Error::from_reason(format!("{what:?} is no address"));
        let peer = keys::endpoint_id(&peer).ok_or_else(|| wrong(&peer))?;
        let mut parts = Vec::new();
        for text in &direct {
            parts.push(TransportAddr::Ip(text.parse().map_err(|_| wrong(text))?));
        }
        if let Some(url) = relay {
            parts.push(TransportAddr::Relay(url.parse().map_err(|_| wrong(&url))?));
        }
        let limit = Duration::from_millis(u64::from(timeout_ms));
        self.node.dial(ticket, EndpointAddr::from_parts(peer, parts), alpn.into_bytes(), raw, limit);
        Ok(())
    }

    /// Gives a dial up.
    #[napi(catch_unwind)]
    pub fn abort(&self, ticket: u32) {
        self.node.abort(ticket);
    }

    /// Answers these ALPNs too. At most `seats` connections wait for a `TAKE` command at a time; the others wait in their
    /// handshake.
    #[napi(catch_unwind)]
    pub fn listen(&self, acceptor: u32, seats: u32, framed: Vec<String>, raw: Vec<String>) {
        self.node.listeners.add(acceptor, seats as usize, framed, raw);
        self.node.apply_alpns();
    }

    /// Answers the ALPNs of this acceptor no longer.
    #[napi(catch_unwind)]
    pub fn unlisten(&self, acceptor: u32) {
        self.node.listeners.remove(acceptor);
        self.node.apply_alpns();
    }

    /// Whether incoming connections wait for an `ADMIT` command.
    #[napi(catch_unwind)]
    pub fn set_gate(&self, asking: bool) {
        self.node.gate.asking.store(asking, Ordering::SeqCst);
    }

    #[napi(catch_unwind)]
    pub fn address(&self) -> Option<NodeAddress> {
        stats::address(&self.node)
    }

    #[napi(catch_unwind)]
    pub fn stats(&self) -> NativeStats {
        stats::node(&self.node)
    }

    #[napi(catch_unwind)]
    pub fn link_stats(&self, connection: u32) -> Option<LinkStats> {
        stats::link(&self.node, connection)
    }

    /// Closes every connection and the endpoint, within two seconds: peers that answer get what was sent. The last event tells.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.node.close();
    }

    /// Closes as well as a process that is about to exit can: blocks for 200 ms at most, and wakes nobody any more.
    #[napi(catch_unwind)]
    pub fn detach(&self) {
        self.node.detach();
    }
}

/// Nodes of a worker that is terminated are closed by the hook; `process.exit` of the main thread does not run it.
fn register(env: Env, node: &Arc<Node>) -> napi::Result<()> {
    let first = NODES.with_borrow_mut(|nodes| {
        let first = nodes.is_none();
        let nodes = nodes.get_or_insert_default();
        nodes.retain(|known| known.strong_count() > 0);
        nodes.push(Arc::downgrade(node));
        first
    });
    if first {
        env.add_env_cleanup_hook((), |()| {
            let nodes = NODES.with_borrow_mut(Option::take).unwrap_or_default();
            for node in nodes.iter().filter_map(Weak::upgrade) {
                node.detach();
            }
        })?;
    }
    Ok(())
}

/// `"release"` or `"debug"`: figures of a debug build say nothing about speed.
#[napi(catch_unwind)]
pub fn build_profile() -> &'static str {
    if cfg!(debug_assertions) { "debug" } else { "release" }
}
