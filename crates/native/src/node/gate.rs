//! The gate of a node: admits or refuses each peer that proved its key, before any protocol runs.
//!
//! The accept task asks it about every incoming connection. The program decides, through an `ASK`
//! event and an `ADMIT` command.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use iroh::endpoint::{Connection, VarInt};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::border::event_op;
use crate::node::inbox::{Inbox, Message};

/// The application code and reason of a connection that is not admitted (docs/wire.md, "Gate 0").
const NOT_ADMITTED: (u32, &[u8]) = (403, b"not admitted");
/// The time a program has to decide. `Gate` in `packages/transport/src/node.ts` documents it.
const DECISION_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Default)]
pub struct Gate {
    /// Ask JavaScript. Without this every peer is admitted.
    pub asking: AtomicBool,
    next_question: AtomicU32,
    open: Mutex<FxHashMap<u32, oneshot::Sender<bool>>>,
}

impl Gate {
    /// Returns true when `connection` is admitted, and closes it otherwise. Without a decision in
    /// time it is not admitted.
    pub async fn admit(&self, connection: &Connection, inbox: &Inbox) -> bool {
        if !self.asking.load(Ordering::SeqCst) {
            return true;
        }
        let question = self.next_question.fetch_add(1, Ordering::Relaxed);
        let (sender, decision) = oneshot::channel();
        self.open.lock().insert(question, sender);
        let mut payload = connection.remote_id().as_bytes().to_vec();
        payload.extend_from_slice(connection.alpn());
        inbox.send(Message::Event { op: event_op::ASK, flags: 0, handle: question, arg: 0, payload });
        let admitted = matches!(timeout(DECISION_TIMEOUT, decision).await, Ok(Ok(true)));
        self.open.lock().remove(&question);
        if !admitted {
            connection.close(VarInt::from_u32(NOT_ADMITTED.0), NOT_ADMITTED.1);
        }
        admitted
    }

    pub fn answer(&self, question: u32, admitted: bool) {
        if let Some(sender) = self.open.lock().remove(&question) {
            // Fails when the question has timed out in the meantime.
            let _ = sender.send(admitted);
        }
    }
}
