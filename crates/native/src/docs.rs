//! Documents for JavaScript: entries under keys, which the nodes of a document synchronize.
//!
//! An entry names its content by hash; the content is a blob of the same node. Entries and lists
//! leave in pages, and events wait in a bounded queue (`events.rs`).

mod authors;
mod doc;
mod entry;
mod events;
mod pages;
mod policy;
mod query;
pub mod table;
mod ticket;

use std::sync::Arc;

use bytes::Bytes;
use iroh_docs::actor::OpenOpts;
use iroh_docs::api::protocol::ListResponse;
use iroh_docs::store::OpenError;
use iroh_docs::{AuthorId, Capability, CapabilityKind, InsertError, NamespaceId, NamespaceSecret, ReadOnly};
use napi::Env;
use napi::bindgen_prelude::{Object, Uint8Array};
use napi_derive::napi;

use crate::NativeNode;
use crate::failure::{Failure, promise};
use crate::node::Node;
use doc::NativeDoc;
use pages::Pages;
use ticket::NativeDocTicket;

/// The longest key of an entry that this node writes. An entry travels in one message of gossip,
/// which has at most 4096 bytes.
const MAX_KEY_BYTES: usize = 3072;

/// The documents of a node.
#[napi]
pub struct NativeDocs {
    node: Arc<Node>,
}

#[napi]
impl NativeNode {
    /// Returns whether the node accepts the synchronization of documents, without which it has
    /// none.
    #[napi(catch_unwind)]
    pub fn serves_docs(&self) -> bool {
        self.node.protocols.accepts_docs()
    }

    /// Returns the documents of the node.
    #[napi(catch_unwind)]
    pub fn docs(&self) -> NativeDocs {
        NativeDocs { node: Arc::clone(&self.node) }
    }
}

#[napi]
impl NativeDocs {
    /// Creates a document, which this node can write.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeDoc>")]
    pub fn create<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let secret = NamespaceSecret::from_bytes(&iroh::SecretKey::generate().to_bytes());
        self.import(env, Capability::Write(secret))
    }

    /// Adds a document by its id, or by the secret with which it can be written. It is not
    /// synchronized yet.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeDoc>")]
    pub fn join<'env>(
        &self,
        env: &'env Env,
        id: String,
        secret: Option<Uint8Array>,
    ) -> napi::Result<Object<'env>> {
        let id = read_id(&id)?;
        let capability = match secret {
            None => Capability::Read(id),
            Some(secret) => Capability::Write(ticket::read_secret(id, &secret)?),
        };
        self.import(env, capability)
    }

    fn import<'env>(&self, env: &'env Env, capability: Capability) -> napi::Result<Object<'env>> {
        let node = Arc::clone(&self.node);
        promise(env, &self.node, async move {
            let engine = node.engine().await?;
            let id = engine.sync.import_namespace(capability).await.map_err(failed)?;
            Ok(NativeDoc::new(node.services.documents.open(&node, &engine, id).await?))
        })
    }

    /// Opens a document that the node has.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeDoc>")]
    pub fn open<'env>(&self, env: &'env Env, id: String) -> napi::Result<Object<'env>> {
        let (node, id) = (Arc::clone(&self.node), read_id(&id)?);
        promise(env, &self.node, async move {
            let engine = node.engine().await?;
            Ok(NativeDoc::new(node.services.documents.open(&node, &engine, id).await?))
        })
    }

    /// Deletes a document and its entries. Its handles and subscriptions end.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn drop<'env>(&self, env: &'env Env, id: String) -> napi::Result<Object<'env>> {
        let (node, id) = (Arc::clone(&self.node), read_id(&id)?);
        promise(env, &self.node, async move {
            let engine = node.engine().await?;
            node.services.documents.delete(&engine, id).await
        })
    }

    /// Lists the documents of the node.
    #[napi(catch_unwind)]
    pub fn list(&self) -> NativeDocList {
        NativeDocList { node: Arc::clone(&self.node), pages: Arc::default() }
    }

    /// Reads a ticket. Throws when the text is not one.
    #[napi(catch_unwind)]
    pub fn read_ticket(&self, text: String) -> napi::Result<NativeDocTicket> {
        ticket::read(&text)
    }
}

/// A document in a list.
#[napi(object)]
pub struct NativeListedDoc {
    pub id: String,
    pub writable: bool,
}

/// A list of documents.
#[napi]
pub struct NativeDocList {
    node: Arc<Node>,
    pages: Arc<Pages<ListResponse>>,
}

#[napi]
impl NativeDocList {
    /// Resolves with the next documents, and with an empty array at the end.
    #[napi(catch_unwind, ts_return_type = "Promise<Array<NativeListedDoc>>")]
    pub fn next<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let (node, pages) = (Arc::clone(&self.node), Arc::clone(&self.pages));
        promise(env, &self.node, async move {
            let engine = node.engine().await?;
            let page = pages.next(async |reply| engine.sync.list_replicas(reply).await, |_| 0).await?;
            let listed = page.into_iter().map(|doc| NativeListedDoc {
                id: hex(doc.id.as_bytes()),
                writable: matches!(doc.capability, CapabilityKind::Write),
            });
            Ok(listed.collect::<Vec<_>>())
        })
    }

    /// Ends the list.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.pages.close();
    }
}

fn hex(bytes: &[u8; 32]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn read_hex(text: &str) -> Option<[u8; 32]> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// Reads the id of a document: a public key as 64 lower-case hex characters.
fn read_id(text: &str) -> napi::Result<NamespaceId> {
    let id = read_hex(text).map(|bytes| NamespaceId::from(&bytes));
    id.filter(|id| id.into_public_key().is_ok()).ok_or_else(|| {
        Failure::option(format!("{text:?} is not the id of a document: 64 hex characters")).into()
    })
}

/// Reads the id of an author.
fn read_author(text: &str) -> napi::Result<AuthorId> {
    let id = read_hex(text).map(|bytes| AuthorId::from(&bytes));
    id.filter(|id| id.into_public_key().is_ok()).ok_or_else(|| {
        Failure::option(format!("{text:?} is not the id of an author: 64 hex characters")).into()
    })
}

/// Reads a key that is to be written.
fn read_key(key: &[u8]) -> napi::Result<Bytes> {
    if key.len() > MAX_KEY_BYTES {
        let text = format!("a key has at most {MAX_KEY_BYTES} bytes, this one has {}", key.len());
        return Err(Failure::limit(text).into());
    }
    Ok(Bytes::copy_from_slice(key))
}

/// The failure of an operation of the engine.
fn failed(error: anyhow::Error) -> Failure {
    if let Some(InsertError::NewerEntryExists) = error.downcast_ref() {
        let text = "the document has a newer entry of this author for the key or for a prefix of it";
        return Failure::storage(text);
    }
    if matches!(error.downcast_ref(), Some(InsertError::ReadOnly)) || error.is::<ReadOnly>() {
        return Failure::option("this node can only read the document; join it with a ticket to write");
    }
    if matches!(error.downcast_ref(), Some(OpenError::NotFound)) {
        return Failure::missing("the node does not have this document");
    }
    Failure::storage(format!("{error:#}"))
}

/// The options of an open document that is not synchronized.
fn unsynchronized() -> OpenOpts {
    OpenOpts::default()
}
