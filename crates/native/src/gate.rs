//! Gate 0: whoever has proven its key is let in or sent away before any protocol sees the connection.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use iroh::endpoint::{Connection, VarInt};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::events;
use crate::inbox::{Inbox, Message};

/// The application code and reason of a connection that is not admitted (docs/wire.md, "Gate 0").
const NOT_ADMITTED: (u32, &[u8]) = (403, b"not admitted");
const ANSWER: Duration = Duration::from_secs(5);

#[derive(Default)]
pub struct Gate {
    /// Ask JavaScript; without this everyone may enter.
    pub asking: AtomicBool,
    next: AtomicU32,
    open: Mutex<FxHashMap<u32, oneshot::Sender<bool>>>,
}

impl Gate {
    /// Lets `connection` in, or closes it. No answer within five seconds is a no.
    pub async fn admit(&self, connection: &Connection, inbox: &Inbox) -> bool {
        if !self.asking.load(Ordering::SeqCst) {
            return true;
        }
        let ticket = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        self.open.lock().insert(ticket, sender);
        let mut payload = connection.remote_id().as_bytes().to_vec();
        payload.extend_from_slice(connection.alpn());
        inbox.send(Message::Event { op: events::ASK, flags: 0, handle: ticket, arg: 0, payload });
        let admitted = matches!(timeout(ANSWER, answer).await, Ok(Ok(true)));
        self.open.lock().remove(&ticket);
        if !admitted {
            connection.close(VarInt::from_u32(NOT_ADMITTED.0), NOT_ADMITTED.1);
        }
        admitted
    }

    pub fn answer(&self, ticket: u32, admitted: bool) {
        if let Some(sender) = self.open.lock().remove(&ticket) {
            // The connection may have gone while JavaScript thought about it.
            let _ = sender.send(admitted);
        }
    }
}
