//! The connections of the linked protocols: blobs, gossip and docs on the same endpoint.
//!
//! A node accepts those that its options name. Their connections are counted and limited here,
//! because JavaScript does not see them. The services behind them are in `services.rs`.

use std::sync::Arc;

use iroh::endpoint::Connection;
use iroh::protocol::ProtocolHandler;
use iroh::{Endpoint, EndpointId};
use iroh_blobs::BlobsProtocol;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::sync::Notify;

use super::services::Services;

const BLOBS: &[u8] = iroh_blobs::ALPN;
const GOSSIP: &[u8] = iroh_gossip::ALPN;
const DOCS: &[u8] = iroh_docs::ALPN;

/// Connections of the linked protocols together. Each can make the node buffer as much as a
/// connection of calls.
const MAX_CONNECTIONS: usize = 128;
/// The same of one peer.
const MAX_CONNECTIONS_PER_PEER: usize = 8;

/// Returns the ALPNs of a protocol, by its name in the options. Docs need the other two.
pub fn alpns_of(name: &str) -> Option<&'static [&'static [u8]]> {
    match name {
        "blobs" => Some(&[BLOBS]),
        "gossip" => Some(&[GOSSIP]),
        "docs" => Some(&[BLOBS, GOSSIP, DOCS]),
        _ => None,
    }
}

#[derive(Default)]
pub struct Protocols {
    /// The ALPNs that the node accepts.
    pub alpns: Vec<&'static [u8]>,
    open: Mutex<FxHashMap<EndpointId, Vec<Arc<Notify>>>>,
}

impl Protocols {
    pub fn new(alpns: Vec<&'static [u8]>) -> Self {
        Self { alpns, ..Self::default() }
    }

    pub fn accepts(&self, alpn: &[u8]) -> bool {
        self.alpns.contains(&alpn)
    }

    pub fn accepts_docs(&self) -> bool {
        self.accepts(DOCS)
    }

    /// The number of open connections.
    pub fn connections(&self) -> usize {
        self.open.lock().values().map(Vec::len).sum()
    }

    /// Counts a connection of this peer in until the result is dropped. `None` when it is one too
    /// many.
    pub fn enter(&self, peer: EndpointId) -> Option<Entered<'_>> {
        let mut open = self.open.lock();
        let all: usize = open.values().map(Vec::len).sum();
        let of_peer = open.get(&peer).map_or(0, Vec::len);
        if all >= MAX_CONNECTIONS || of_peer >= MAX_CONNECTIONS_PER_PEER {
            return None;
        }
        let lapsed = Arc::new(Notify::new());
        open.entry(peer).or_default().push(Arc::clone(&lapsed));
        Some(Entered { protocols: self, peer, lapsed })
    }

    /// Ends the connections of a peer.
    pub fn disallow(&self, peer: &EndpointId) {
        if let Some(of_peer) = self.open.lock().get(peer) {
            for lapsed in of_peer {
                lapsed.notify_one();
            }
        }
    }

    /// Serves one connection until it ends. An error ends only this connection.
    pub async fn serve(&self, services: &Services, endpoint: &Endpoint, connection: Connection) {
        let served = match connection.alpn() {
            BLOBS => match services.store().await {
                Ok(store) => BlobsProtocol::new(store, None).accept(connection).await,
                Err(_) => Ok(()),
            },
            GOSSIP => services.gossip(endpoint).await.accept(connection).await,
            DOCS => match services.docs(endpoint).await {
                Ok(docs) => return drop(docs.handle_connection(connection).await),
                Err(_) => Ok(()),
            },
            _ => Ok(()),
        };
        drop(served);
    }
}

/// A connection that is counted.
pub struct Entered<'a> {
    protocols: &'a Protocols,
    peer: EndpointId,
    lapsed: Arc<Notify>,
}

impl Entered<'_> {
    /// Resolves when the peer is no longer admitted.
    pub async fn lapsed(&self) {
        self.lapsed.notified().await;
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        let mut open = self.protocols.open.lock();
        let Some(of_peer) = open.get_mut(&self.peer) else { return };
        of_peer.retain(|lapsed| !Arc::ptr_eq(lapsed, &self.lapsed));
        if of_peer.is_empty() {
            open.remove(&self.peer);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn limits_the_connections_of_a_peer_and_of_all() {
        let protocols = Protocols::new(vec![BLOBS]);
        assert!(protocols.accepts(BLOBS) && !protocols.accepts(DOCS));
        let mut held = Vec::new();
        for _ in 0..MAX_CONNECTIONS / MAX_CONNECTIONS_PER_PEER {
            let peer = iroh::SecretKey::generate().public();
            for _ in 0..MAX_CONNECTIONS_PER_PEER {
                held.push(protocols.enter(peer).unwrap());
            }
            assert!(protocols.enter(peer).is_none());
        }
        assert_eq!(protocols.connections(), MAX_CONNECTIONS);
        let another = iroh::SecretKey::generate().public();
        assert!(protocols.enter(another).is_none());
        held.pop();
        assert!(protocols.enter(another).is_some());
        held.clear();
        assert_eq!(protocols.connections(), 0);
    }
}
