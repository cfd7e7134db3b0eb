//! The life of a node's endpoint: bind, close, and the close of a process that exits.
//!
//! `lib.rs` calls these functions. They start the tasks of a node: its reactor, the accept loop and
//! one task per dial. The node is closed when the last event, `DOWN`, is published.

mod accept;
pub mod dial;
mod places;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::border::events::{Events, NODE};
use crate::border::{event_flag, event_op};
use crate::node::Node;
use crate::node::inbox::Message;
use crate::node::options::Options;
use crate::reactor::Reactor;
use crate::reactor::closing;
use crate::runtime::guarded;

/// The time that `close` waits for the peers. More than one connection may take to close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
const _: () = assert!(closing::TIMEOUT.as_millis() < CLOSE_TIMEOUT.as_millis());
/// The same when no connection is open, or when the process or worker exits.
const QUICK_CLOSE_TIMEOUT: Duration = Duration::from_millis(200);

/// Binds the endpoint and starts the reactor. `OPENED` or `DOWN` reports the result.
pub fn open(node: &Arc<Node>, options: Options) {
    let node = Arc::clone(node);
    node.runtime.clone().spawn(async move {
        let reactor = Arc::clone(&node);
        let window = options.stream_window;
        let running = guarded(async { Reactor::new(reactor, window).run().await });
        tokio::join!(watch(&node, running), bind(&node, options));
    });
}

async fn bind(node: &Arc<Node>, options: Options) {
    if let Err(failure) = node.services.open().await {
        return node.inbox.send(Message::Down(Some(failure.to_string())));
    }
    match options.bind(node.lookup.clone()).await {
        Ok(endpoint) => {
            // Documents on disk are opened at once: the garbage collection has to know them.
            let documents = node.services.is_persistent() && node.protocols.accepts_docs();
            if documents && let Err(failure) = node.services.docs(&endpoint).await {
                node.services.shutdown().await;
                endpoint.close().await;
                return node.inbox.send(Message::Down(Some(failure.to_string())));
            }
            *node.endpoint.lock() = Some(endpoint.clone());
            node.apply_alpns();
            let opened =
                Message::Event { op: event_op::OPENED, flags: 0, handle: 0, arg: 0, payload: Vec::new() };
            node.inbox.send(opened);
            if node.closing.load(Ordering::SeqCst) {
                return shut(node).await;
            }
            node.runtime.spawn(guarded(accept::accept(Arc::clone(node), endpoint)));
        }
        Err(text) => {
            node.services.shutdown().await;
            node.inbox.send(Message::Down(Some(text)));
        }
    }
}

/// Waits for the end of the reactor, and reports it when it was a panic.
async fn watch(node: &Node, running: impl Future<Output = Option<()>>) {
    if running.await.is_some() {
        return;
    }
    let text = b"the native module failed; every connection of this node is lost";
    let mut events = Events::default();
    events.push(NODE, event_op::DOWN, event_flag::FAULT, 0, 0, &[text]);
    node.connections.lock().clear();
    node.ended.send_replace(true);
    node.publish(&mut events);
    let endpoint = node.endpoint.lock().take();
    if let Some(endpoint) = endpoint {
        let _ = timeout(CLOSE_TIMEOUT, endpoint.close()).await;
    }
}

/// Closes the node in order. `DOWN` is the last event.
pub fn close(node: &Arc<Node>) {
    close_and(node, || ());
}

fn close_and(node: &Arc<Node>, done: impl FnOnce() + Send + 'static) {
    if !node.closing.swap(true, Ordering::SeqCst) {
        let node = Arc::clone(node);
        node.runtime.clone().spawn(async move {
            // A node that is still binding shuts down at the end of `bind`.
            if node.endpoint.lock().is_some() {
                shut(&node).await;
            }
            done();
        });
    }
}

async fn shut(node: &Node) {
    let endpoint = node.endpoint.lock().take();
    node.listeners.clear();
    dial::abort_all(node);
    node.ended.send_replace(true);
    let idle = node.connections.lock().is_empty()
        && *node.closing_connections.borrow() == 0
        && !node.services.is_persistent();
    let (sender, closes_started) = oneshot::channel();
    node.inbox.send(Message::Shutdown(sender));
    let orderly = guarded(async {
        let closed = async {
            // Fails when the reactor has ended. Then nothing is left to deliver.
            let _ = closes_started.await;
            let _ = node.closing_connections.subscribe().wait_for(|open| *open == 0).await;
            node.services.shutdown().await;
            if let Some(endpoint) = &endpoint {
                endpoint.close().await;
            }
        };
        // Peers that have not answered by then run into their idle timeout.
        let _ = timeout(if idle { QUICK_CLOSE_TIMEOUT } else { CLOSE_TIMEOUT }, closed).await;
    });
    orderly.await;
    node.inbox.send(Message::Down(None));
}

/// Closes the node of an environment that ends, and blocks for 200 ms at most. Nothing is called in
/// JavaScript after this starts.
pub fn detach(node: &Arc<Node>) {
    node.wake.detach();
    let (sender, closed) = std::sync::mpsc::channel();
    close_and(node, move || {
        // Fails when the wait below has timed out.
        let _ = sender.send(());
    });
    let _ = closed.recv_timeout(QUICK_CLOSE_TIMEOUT);
}
