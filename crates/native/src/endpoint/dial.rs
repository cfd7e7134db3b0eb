//! Dials: one task for each, which the program can abort.
//!
//! A dial ends with `DIALED` or `FAILED`, both of which carry the number that JavaScript gave it.

use std::sync::Arc;
use std::time::Duration;

use iroh::endpoint::Connection;
use iroh::{Endpoint, EndpointAddr};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::border::{ending_kind, event_op};
use crate::error::Ending;
use crate::node::Node;
use crate::node::inbox::{Message, Origin};
use crate::runtime::guarded;

pub struct Dial {
    pub number: u32,
    pub address: EndpointAddr,
    pub alpn: Vec<u8>,
    /// Streams carry plain bytes instead of frames.
    pub raw: bool,
    pub time_limit: Duration,
}

pub fn start(node: &Arc<Node>, dial: Dial) {
    let (number, raw) = (dial.number, dial.raw);
    let (abort, aborted) = oneshot::channel();
    node.dials.lock().insert(number, abort);
    if !dial.address.is_empty() {
        node.lookup.set_endpoint_info(dial.address.clone());
    }
    let endpoint = node.endpoint.lock().clone();
    let node = Arc::clone(node);
    node.runtime.clone().spawn(async move {
        let outcome = tokio::select! {
            biased;
            Ok(()) = aborted => Some(Err(Ending::new(ending_kind::CLOSED, "the dial was aborted"))),
            outcome = guarded(connect(endpoint, dial)) => outcome,
        };
        node.dials.lock().remove(&number);
        let message = match outcome {
            Some(Ok(connection)) => Message::Adopt { connection, raw, origin: Origin::Dialed(number) },
            Some(Err(ending)) => failed(number, ending),
            None => {
                let text = "the dial failed inside the native module";
                failed(number, Ending::new(ending_kind::NATIVE, text))
            }
        };
        node.inbox.send(message);
    });
}

async fn connect(endpoint: Option<Endpoint>, dial: Dial) -> Result<Connection, Ending> {
    let Some(endpoint) = endpoint else {
        return Err(Ending::new(ending_kind::CLOSED, "the node is closed"));
    };
    match timeout(dial.time_limit, endpoint.connect(dial.address, &dial.alpn)).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(Ending::from(error)),
        Err(_) => {
            let text = format!("the peer did not answer within {} ms", dial.time_limit.as_millis());
            Err(Ending::new(ending_kind::TIMEOUT, text))
        }
    }
}

fn failed(number: u32, ending: Ending) -> Message {
    Message::Event {
        op: event_op::FAILED,
        flags: ending.kind,
        handle: number,
        arg: ending.code,
        payload: ending.text.into_bytes(),
    }
}

pub fn abort(node: &Node, number: u32) {
    if let Some(abort) = node.dials.lock().remove(&number) {
        // Fails when the dial has just ended.
        let _ = abort.send(());
    }
}

pub fn abort_all(node: &Node) {
    for (_, abort) in node.dials.lock().drain() {
        // As above.
        let _ = abort.send(());
    }
}
