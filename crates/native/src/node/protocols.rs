//! The linked protocols: blobs, gossip and docs on the same endpoint, in memory.
//!
//! Every node accepts them. Each starts with the first peer that asks for it and ends with the
//! node.

use iroh::Endpoint;
use iroh::endpoint::Connection;
use iroh::protocol::ProtocolHandler;
use iroh_blobs::BlobsProtocol;
use iroh_blobs::store::mem::MemStore;
use iroh_docs::protocol::Docs;
use iroh_gossip::net::Gossip;
use tokio::sync::OnceCell;

const BLOBS: &[u8] = iroh_blobs::ALPN;
const GOSSIP: &[u8] = iroh_gossip::ALPN;
const DOCS: &[u8] = iroh_docs::ALPN;

/// ALPNs that every node accepts.
pub const ALPNS: [&[u8]; 3] = [BLOBS, GOSSIP, DOCS];

pub fn is_linked(alpn: &[u8]) -> bool {
    ALPNS.contains(&alpn)
}

#[derive(Default)]
pub struct Protocols {
    store: OnceCell<MemStore>,
    gossip: OnceCell<Gossip>,
    docs: OnceCell<Option<Docs>>,
}

impl Protocols {
    /// Serves one connection until it ends. An error ends only this connection.
    pub async fn serve(&self, endpoint: &Endpoint, connection: Connection) {
        let served = match connection.alpn() {
            BLOBS => BlobsProtocol::new(self.store().await, None).accept(connection).await,
            GOSSIP => self.gossip(endpoint).await.accept(connection).await,
            DOCS => match self.docs(endpoint).await {
                Some(docs) => docs.accept(connection).await,
                None => Ok(()),
            },
            _ => Ok(()),
        };
        drop(served);
    }

    async fn store(&self) -> &MemStore {
        self.store.get_or_init(async || MemStore::new()).await
    }

    async fn gossip(&self, endpoint: &Endpoint) -> &Gossip {
        self.gossip.get_or_init(async || Gossip::builder().spawn(endpoint.clone())).await
    }

    async fn docs(&self, endpoint: &Endpoint) -> Option<&Docs> {
        let start = async || {
            let store = self.store().await.clone();
            let gossip = self.gossip(endpoint).await.clone();
            Docs::memory().spawn(endpoint.clone(), store.into(), gossip).await.ok()
        };
        self.docs.get_or_init(start).await.as_ref()
    }

    /// Ends the protocols, docs first: they use gossip and blobs.
    pub async fn shutdown(&self) {
        if let Some(Some(docs)) = self.docs.get() {
            docs.shutdown().await;
        }
        if let Some(gossip) = self.gossip.get() {
            let _ = gossip.shutdown().await;
        }
        if let Some(store) = self.store.get() {
            let _ = store.shutdown().await;
        }
    }
}
