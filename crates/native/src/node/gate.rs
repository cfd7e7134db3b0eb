//! The gate of a node: admits or refuses each peer that proved its key, before any protocol runs.
//!
//! The accept task asks it about every incoming connection. With an allow-list the answer is made
//! here, so that a refused connection costs JavaScript nothing. The program may decide as well,
//! through an `ASK` event and an `ADMIT` command.

mod refusals;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use iroh::EndpointId;
use iroh::endpoint::{Connection, VarInt};
use parking_lot::{Mutex, RwLock};
use rustc_hash::{FxHashMap, FxHashSet};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::border::event_op;
use crate::node::inbox::{Inbox, Message};
use refusals::Refusals;

/// The application code and reason of a connection that is not admitted (docs/wire.md, "Gate 0").
const NOT_ADMITTED: (u32, &[u8]) = (403, b"not admitted");
/// The time a program has to decide. `Gate` in `packages/transport/src/node.ts` documents it.
const DECISION_TIMEOUT: Duration = Duration::from_secs(5);

/// The peers that may connect, and the protocols on which every peer may.
#[derive(Default)]
struct AllowList {
    open_alpns: FxHashSet<Vec<u8>>,
    peers: FxHashSet<EndpointId>,
}

#[derive(Default)]
pub struct Gate {
    /// Ask JavaScript about the peers that the allow-list admits.
    pub asking: AtomicBool,
    /// Without a list every peer is on it.
    list: RwLock<Option<AllowList>>,
    next_question: AtomicU32,
    open: Mutex<FxHashMap<u32, oneshot::Sender<bool>>>,
    refusals: Arc<Refusals>,
}

impl Gate {
    /// Starts an allow-list without peers, in place of an earlier one.
    pub fn close(&self, open_alpns: Vec<String>) {
        let open_alpns = open_alpns.into_iter().map(String::into_bytes).collect();
        *self.list.write() = Some(AllowList { open_alpns, peers: FxHashSet::default() });
    }

    /// Adds a peer to the allow-list.
    pub fn allow(&self, peer: EndpointId) {
        if let Some(list) = self.list.write().as_mut() {
            list.peers.insert(peer);
        }
    }

    /// Removes a peer from the allow-list.
    pub fn disallow(&self, peer: &EndpointId) {
        if let Some(list) = self.list.write().as_mut() {
            list.peers.remove(peer);
        }
    }

    /// Returns true when the allow-list admits the connections of `peer` under `alpn`.
    pub fn lists(&self, peer: &EndpointId, alpn: &[u8]) -> bool {
        let list = self.list.read();
        list.as_ref().is_none_or(|list| list.open_alpns.contains(alpn) || list.peers.contains(peer))
    }

    /// The number of connections that were refused.
    pub fn refused(&self) -> u64 {
        self.refusals.total()
    }

    /// Returns true when `connection` is admitted, and closes it otherwise. Without a decision in
    /// time it is not admitted.
    pub async fn admit(&self, connection: &Connection, inbox: &Arc<Inbox>) -> bool {
        let listed = self.lists(&connection.remote_id(), connection.alpn());
        let admitted = listed && (!self.asking.load(Ordering::SeqCst) || self.ask(connection, inbox).await);
        if !admitted {
            refuse(connection);
            self.refusals.add(connection.remote_id().as_bytes(), connection.alpn(), inbox);
        }
        admitted
    }

    async fn ask(&self, connection: &Connection, inbox: &Inbox) -> bool {
        let question = self.next_question.fetch_add(1, Ordering::Relaxed);
        let (sender, decision) = oneshot::channel();
        self.open.lock().insert(question, sender);
        let mut payload = connection.remote_id().as_bytes().to_vec();
        payload.extend_from_slice(connection.alpn());
        inbox.send(Message::Event { op: event_op::ASK, flags: 0, handle: question, arg: 0, payload });
        let admitted = matches!(timeout(DECISION_TIMEOUT, decision).await, Ok(Ok(true)));
        self.open.lock().remove(&question);
        admitted
    }

    pub fn answer(&self, question: u32, admitted: bool) {
        if let Some(sender) = self.open.lock().remove(&question) {
            // Fails when the question has timed out in the meantime.
            let _ = sender.send(admitted);
        }
    }
}

/// Closes the connection of a peer that is not admitted.
pub fn refuse(connection: &Connection) {
    connection.close(VarInt::from_u32(NOT_ADMITTED.0), NOT_ADMITTED.1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_admits_its_peers_and_every_peer_on_the_open_protocols() {
        let gate = Gate::default();
        let [known, other] = [0; 2].map(|_| iroh::SecretKey::generate().public());
        assert!(gate.lists(&other, b"calls"), "no list yet");
        gate.allow(other);
        gate.close(vec!["admission".into()]);
        assert!(!gate.lists(&other, b"calls"), "a new list is empty");
        gate.allow(known);
        assert!(gate.lists(&known, b"calls") && gate.lists(&other, b"admission"));
        assert!(!gate.lists(&other, b"calls") && !gate.lists(&other, b"admissio"));
        gate.disallow(&known);
        assert!(!gate.lists(&known, b"calls") && gate.lists(&known, b"admission"));
    }
}
