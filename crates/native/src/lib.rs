//! The native half of `@aster/transport`: iroh endpoints behind one batched call per turn of the
//! event loop.
//!
//! JavaScript submits commands and drains events. There is no promise, callback or lock per
//! operation. This file is what JavaScript sees; `border.rs` has the numbers of both sides.

mod blobs;
mod border;
mod docs;
mod endpoint;
mod error;
mod failure;
mod gossip;
mod keys;
mod lossy;
mod node;
mod reactor;
mod runtime;
mod stats;

use std::cell::RefCell;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use iroh::{EndpointAddr, EndpointId, TransportAddr};
use napi::Env;
use napi::bindgen_prelude::{Function, Uint8Array};
use napi_derive::napi;

use border::events::Drained;
use border::wake::JsWake;
use border::{command_flag, command_op, header, limit};
use endpoint::dial::{self, Dial};
use node::Node;
use node::options::{NativeNodeInit, Options};
use stats::{NativeConnectionStats, NativeNodeAddress, NativeNodeStats};

thread_local! {
    /// The nodes of this environment. `None` until its clean-up hook is set.
    static NODES: RefCell<Option<Vec<Weak<Node>>>> = const { RefCell::new(None) };
}

/// One endpoint. It reports everything through `drain`.
#[napi]
pub struct NativeNode {
    node: Arc<Node>,
}

#[napi]
impl NativeNode {
    /// Starts to bind; an `OPENED` or `DOWN` event follows. `wake` is called when there are events.
    ///
    /// Throws an error with code `InvalidArg` when an option is not valid.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, init: NativeNodeInit, wake: Function<'_, (), ()>) -> napi::Result<Self> {
        let options = Options::read(&init)?;
        let runtime = runtime::handle().map_err(napi::Error::from_reason)?;
        let node = Node::new(runtime, JsWake::new(&wake)?, &options);
        register(env, &node)?;
        endpoint::open(&node, options);
        Ok(Self { node })
    }

    /// Submits the commands in the first `used` bytes to the reactor.
    #[napi(catch_unwind)]
    pub fn submit(&self, batch: &[u8], used: u32) {
        self.node.inbox.submit(&[batch.get(..used as usize).unwrap_or(batch)]);
    }

    /// Sends a large piece of a stream without a copy into the command buffer.
    #[napi(catch_unwind)]
    pub fn send_large(&self, stream: u32, end: bool, data: &[u8]) {
        let flags = if end { command_flag::END } else { 0 };
        self.node.inbox.submit(&[&header(command_op::SEND, flags, stream, 0, data.len()), data]);
    }

    /// Copies whole event records of a connection into `target`, or those of the node for
    /// connection 0. Returns their length, 0 when there are none, with `MORE_BIT` when more are
    /// left.
    #[napi(catch_unwind)]
    pub fn drain(&self, mut target: Uint8Array, connection: u32) -> u32 {
        // SAFETY: `as_mut` requires that nothing else accesses the bytes while the reference lives.
        // JavaScript runs on this thread, which is inside this call, and the transport never puts
        // `target` on memory that it shares with another thread. `drain` keeps no reference.
        let Drained { bytes, more } = self.node.queue.drain(connection, unsafe { target.as_mut() });
        self.resume();
        bytes as u32 | if more { limit::MORE_BIT as u32 } else { 0 }
    }

    /// Takes the event records back that `drain` has returned last for a connection and that
    /// JavaScript has not read: those from `start` to `end`.
    #[napi(catch_unwind)]
    pub fn give_back(&self, connection: u32, source: &[u8], start: u32, end: u32) {
        let returned = source.get(start as usize..end as usize).unwrap_or_default();
        self.node.queue.give_back(connection, returned);
    }

    /// Copies the payload of a `LARGE` event into `target`, once. Returns false when it is gone or
    /// does not fit.
    #[napi(catch_unwind)]
    pub fn copy_large(&self, token: u32, mut target: Uint8Array) -> bool {
        let payload = self.node.queue.take_large(token);
        self.resume();
        // SAFETY: as in `drain`.
        let target = unsafe { target.as_mut() };
        match payload.as_ref().and_then(|payload| Some((payload, target.get_mut(..payload.len())?))) {
            Some((payload, target)) => target.copy_from_slice(payload),
            None => return false,
        }
        true
    }

    /// Returns the payload of a `LARGE` event, once.
    #[napi(catch_unwind)]
    pub fn take_large(&self, token: u32) -> Option<Uint8Array> {
        let payload = self.node.queue.take_large(token);
        self.resume();
        payload.map(Uint8Array::from)
    }

    /// Dials a peer; a `DIALED` or `FAILED` event with the number of the dial follows.
    ///
    /// Throws when a part of the address cannot be read.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments)]
    pub fn connect(
        &self,
        dial: u32,
        peer: String,
        direct: Vec<String>,
        relay: Option<String>,
        alpn: String,
        raw: bool,
        timeout_ms: u32,
    ) -> napi::Result<()> {
        let address = read_address(&peer, &direct, relay.as_deref())?;
        let time_limit = Duration::from_millis(u64::from(timeout_ms));
        let dial = Dial { number: dial, address, alpn: alpn.into_bytes(), raw, time_limit };
        dial::start(&self.node, dial);
        Ok(())
    }

    /// Aborts a dial.
    #[napi(catch_unwind)]
    pub fn abort(&self, dial: u32) {
        dial::abort(&self.node, dial);
    }

    /// Accepts these ALPNs too. At most `capacity` connections wait for a `TAKE` command at a time;
    /// further ones wait in their handshake.
    #[napi(catch_unwind)]
    pub fn listen(&self, acceptor: u32, capacity: u32, framed: Vec<String>, raw: Vec<String>) {
        self.node.listeners.add(acceptor, capacity as usize, framed, raw);
        self.node.apply_alpns();
    }

    /// Stops accepting the ALPNs of this acceptor.
    #[napi(catch_unwind)]
    pub fn unlisten(&self, acceptor: u32) {
        self.node.listeners.remove(acceptor);
        self.node.apply_alpns();
    }

    /// Makes incoming connections wait for an `ADMIT` command, or admits all of them.
    #[napi(catch_unwind)]
    pub fn set_gate(&self, asking: bool) {
        self.node.gate.asking.store(asking, Ordering::SeqCst);
    }

    /// Starts an allow-list: a peer that is not on it may connect under `open_alpns` only. The list
    /// is empty, also if there was one before.
    #[napi(catch_unwind)]
    pub fn close_gate(&self, open_alpns: Vec<String>) {
        self.node.gate.close(open_alpns);
    }

    /// Adds a peer to the allow-list. Throws when `peer` is not an endpoint id.
    #[napi(catch_unwind)]
    pub fn allow(&self, peer: String) -> napi::Result<()> {
        self.node.gate.allow(read_id(&peer)?);
        Ok(())
    }

    /// Removes a peer from the allow-list, and closes its connections of the linked protocols.
    /// Throws when `peer` is not an endpoint id.
    #[napi(catch_unwind)]
    pub fn disallow(&self, peer: String) -> napi::Result<()> {
        let peer = read_id(&peer)?;
        self.node.gate.disallow(&peer);
        self.node.protocols.disallow(&peer);
        Ok(())
    }

    /// Returns the addresses of the node, `null` before the bind and after the close.
    #[napi(catch_unwind)]
    pub fn address(&self) -> Option<NativeNodeAddress> {
        stats::address(&self.node)
    }

    /// Returns the figures of the node.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> NativeNodeStats {
        stats::node(&self.node)
    }

    /// Returns the figures of a connection, `null` when it has ended.
    #[napi(catch_unwind)]
    pub fn connection_stats(&self, connection: u32) -> Option<NativeConnectionStats> {
        stats::connection(&self.node, connection)
    }

    /// Closes every connection and the endpoint, within two seconds. Peers that answer receive what
    /// was sent. `DOWN` is the last event.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        endpoint::close(&self.node);
    }

    /// Closes the node of a process that is about to exit. Blocks for 200 ms at most. `wake` is not
    /// called any more.
    #[napi(catch_unwind)]
    pub fn detach(&self) {
        endpoint::detach(&self.node);
    }
}

impl NativeNode {
    /// Wakes the reactor if it may read connections again.
    fn resume(&self) {
        if self.node.queue.has_resumed() {
            self.node.inbox.wake();
        }
    }
}

fn read_id(text: &str) -> napi::Result<EndpointId> {
    keys::endpoint_id(text).ok_or_else(|| napi::Error::from_reason(format!("{text:?} is not an endpoint id")))
}

pub(crate) fn read_address(peer: &str, direct: &[String], relay: Option<&str>) -> napi::Result<EndpointAddr> {
    let wrong = |what: &str| napi::Error::from_reason(format!("{what:?} is not an address"));
    let peer = keys::endpoint_id(peer).ok_or_else(|| wrong(peer))?;
    let mut parts = Vec::new();
    for text in direct {
        parts.push(TransportAddr::Ip(text.parse().map_err(|_| wrong(text))?));
    }
    if let Some(url) = relay {
        parts.push(TransportAddr::Relay(url.parse().map_err(|_| wrong(url))?));
    }
    Ok(EndpointAddr::from_parts(peer, parts))
}

/// Adds a node to those that the clean-up hook of this environment closes. The hook runs for a
/// worker that is terminated, but not for `process.exit` of the main thread.
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
                endpoint::detach(&node);
            }
        })?;
    }
    Ok(())
}

/// Returns `"release"` or `"debug"`. Figures of a debug build are not comparable.
#[napi(catch_unwind)]
pub fn build_profile() -> &'static str {
    if cfg!(debug_assertions) { "debug" } else { "release" }
}
