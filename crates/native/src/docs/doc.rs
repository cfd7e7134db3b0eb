//! One document: its entries, its synchronization and its settings.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use iroh::EndpointId;
use iroh_blobs::Hash;
use iroh_docs::engine::Engine;
use iroh_docs::store::{DownloadPolicy, Query};
use iroh_docs::{AuthorId, Capability, DocTicket, NamespaceId};
use irpc::channel::mpsc::channel;
use napi::Env;
use napi::bindgen_prelude::{Object, ToNapiValue};
use napi_derive::napi;

use super::entry::NativeDocEntry;
use super::events::NativeDocEvents;
use super::policy::NativeDownloadPolicy;
use super::query::{NativeDocQuery, NativeEntryList};
use super::table::Handle;
use super::{failed, hex, read_author, read_key};
use crate::blobs::{NativeProvider, read_hash};
use crate::failure::{Failure, promise};
use crate::{keys, read_address};

/// A handle of a document.
#[napi]
pub struct NativeDoc {
    handle: Arc<Handle>,
}

/// The state of a document.
#[napi(object)]
pub struct NativeDocStatus {
    pub writable: bool,
    pub syncing: bool,
}

impl NativeDoc {
    pub fn new(handle: Arc<Handle>) -> Self {
        Self { handle }
    }

    fn operate<'env, T, F>(
        &self,
        env: &'env Env,
        work: impl FnOnce(Arc<Engine>, NamespaceId) -> F + Send + 'static,
    ) -> napi::Result<Object<'env>>
    where
        T: ToNapiValue + Send + 'static,
        F: Future<Output = Result<T, Failure>> + Send + 'static,
    {
        let handle = Arc::clone(&self.handle);
        promise(env, &self.handle.node, async move {
            handle.check()?;
            let engine = handle.node.engine().await?;
            // The document may be closed while the operation runs.
            let outcome = work(engine, handle.id()).await;
            outcome.map_err(|failure| handle.check().err().unwrap_or(failure))
        })
    }
}

#[napi]
impl NativeDoc {
    /// The id: 64 hex characters.
    #[napi(getter, catch_unwind)]
    pub fn id(&self) -> String {
        hex(self.handle.id().as_bytes())
    }

    /// Sets the content of a key. Returns its hash.
    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn set<'env>(
        &self,
        env: &'env Env,
        key: &[u8],
        value: &[u8],
        author: Option<String>,
    ) -> napi::Result<Object<'env>> {
        let (key, author, size) = (read_key(key)?, optional_author(author)?, value.len() as u64);
        check_size(size)?;
        let (node, value) = (Arc::clone(&self.handle.node), Bytes::copy_from_slice(value));
        self.operate(env, move |engine, id| async move {
            let store = node.services.store().await?;
            // Protects the content until the entry does.
            let held = store.blobs().add_bytes(value).temp_tag().await.map_err(Failure::storage)?;
            insert(&engine, id, author, key, held.hash(), size).await?;
            Ok(held.hash().to_hex())
        })
    }

    /// Sets the content of a key to a blob.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn set_hash<'env>(
        &self,
        env: &'env Env,
        key: &[u8],
        hash: String,
        size_bytes: f64,
        author: Option<String>,
    ) -> napi::Result<Object<'env>> {
        let (key, author, hash) = (read_key(key)?, optional_author(author)?, read_hash(&hash)?);
        let size = size_bytes as u64;
        check_size(size)?;
        self.operate(env, move |engine, id| async move { insert(&engine, id, author, key, hash, size).await })
    }

    /// Deletes the entries of an author whose keys start with `prefix`. Returns their number.
    #[napi(catch_unwind, ts_return_type = "Promise<number>")]
    pub fn delete<'env>(
        &self,
        env: &'env Env,
        prefix: &[u8],
        author: Option<String>,
    ) -> napi::Result<Object<'env>> {
        let (prefix, author) = (read_key(prefix)?, optional_author(author)?);
        self.operate(env, move |engine, id| async move {
            let author = author.unwrap_or_else(|| engine.default_author.get());
            let deleted = engine.sync.delete_prefix(id, author, prefix).await;
            match deleted {
                Ok(count) => Ok(count as f64),
                Err(error) => Err(unwritten(&engine, author, error).await),
            }
        })
    }

    /// Returns the entry of an author for a key, or the latest entry of all authors.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeDocEntry | null>")]
    pub fn get<'env>(
        &self,
        env: &'env Env,
        key: &[u8],
        author: Option<String>,
        include_deleted: bool,
    ) -> napi::Result<Object<'env>> {
        let (key, author) = (Bytes::copy_from_slice(key), optional_author(author)?);
        self.operate(env, move |engine, id| async move {
            let entry = match author {
                Some(author) => {
                    engine.sync.get_exact(id, author, key, include_deleted).await.map_err(failed)?
                }
                None => {
                    let query = Query::single_latest_per_key().key_exact(&key).limit(1);
                    let query = if include_deleted { query.include_empty() } else { query };
                    let (reply, mut found) = channel(1);
                    engine.sync.get_many(id, query.build(), reply).await.map_err(failed)?;
                    found.recv().await.map_err(Failure::storage)?.transpose().map_err(Failure::storage)?
                }
            };
            Ok(entry.map(|entry| NativeDocEntry::from(entry.entry())))
        })
    }

    /// Returns the entries that match a query.
    #[napi(catch_unwind)]
    pub fn query(&self, query: NativeDocQuery) -> napi::Result<NativeEntryList> {
        Ok(NativeEntryList::new(&self.handle, query.read()?))
    }

    /// Subscribes to the events of the document.
    #[napi(catch_unwind)]
    pub fn subscribe(&self) -> NativeDocEvents {
        NativeDocEvents::new(&self.handle)
    }

    /// Returns the choice of contents that are downloaded.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeDownloadPolicy>")]
    pub fn policy<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        self.operate(env, |engine, id| async move {
            let policy = engine.sync.get_download_policy(id).await.map_err(failed)?;
            Ok(NativeDownloadPolicy::from(policy))
        })
    }

    /// Sets the choice of contents that are downloaded.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn set_policy<'env>(
        &self,
        env: &'env Env,
        policy: NativeDownloadPolicy,
    ) -> napi::Result<Object<'env>> {
        let policy = DownloadPolicy::from(&policy);
        self.operate(env, |engine, id| async move {
            engine.sync.set_download_policy(id, policy).await.map_err(failed)
        })
    }

    /// Starts the synchronization with these peers, and returns a ticket with the given address of
    /// this node.
    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn share<'env>(
        &self,
        env: &'env Env,
        writable: bool,
        provider: NativeProvider,
    ) -> napi::Result<Object<'env>> {
        let address = read_address(&provider.id, &provider.direct, provider.relay.as_deref())?;
        self.operate(env, move |engine, id| async move {
            let capability = match writable {
                true => Capability::Write(engine.sync.export_secret_key(id).await.map_err(failed)?),
                false => Capability::Read(id),
            };
            engine.start_sync(id, Vec::new()).await.map_err(failed)?;
            Ok(DocTicket::new(capability, vec![address]).to_string())
        })
    }

    /// Serves the document, and synchronizes it with peers.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn start_sync<'env>(&self, env: &'env Env, peers: Vec<NativeProvider>) -> napi::Result<Object<'env>> {
        let mut addresses = Vec::new();
        for peer in &peers {
            addresses.push(read_address(&peer.id, &peer.direct, peer.relay.as_deref())?);
        }
        self.operate(env, |engine, id| async move { engine.start_sync(id, addresses).await.map_err(failed) })
    }

    /// Ends the synchronization.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn leave<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        self.operate(env, |engine, id| async move { engine.leave(id, false).await.map_err(failed) })
    }

    /// Returns the state of the document.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeDocStatus>")]
    pub fn status<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        self.operate(env, |engine, id| async move {
            let state = engine.sync.get_state(id).await.map_err(failed)?;
            let writable = engine.sync.export_secret_key(id).await.is_ok();
            Ok(NativeDocStatus { writable, syncing: state.sync })
        })
    }

    /// Returns the ids of the last peers with which the document was synchronized.
    #[napi(catch_unwind, ts_return_type = "Promise<Array<string>>")]
    pub fn peers<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        self.operate(env, |engine, id| async move {
            let peers = engine.sync.get_sync_peers(id).await.map_err(failed)?;
            let known = peers.iter().flatten().filter_map(|peer| EndpointId::from_bytes(peer).ok());
            Ok(known.map(keys::hex).collect::<Vec<_>>())
        })
    }

    /// Ends the handle and its subscriptions.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn close<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let handle = Arc::clone(&self.handle);
        promise(env, &self.handle.node, async move { handle.close().await })
    }
}

fn optional_author(author: Option<String>) -> napi::Result<Option<AuthorId>> {
    author.map(|author| read_author(&author)).transpose()
}

/// An entry without content is a deletion.
fn check_size(size: u64) -> napi::Result<()> {
    if size == 0 {
        return Err(Failure::option("an entry must have content; use delete() to remove entries").into());
    }
    Ok(())
}

async fn insert(
    engine: &Engine,
    id: NamespaceId,
    author: Option<AuthorId>,
    key: Bytes,
    hash: Hash,
    size: u64,
) -> Result<(), Failure> {
    let author = author.unwrap_or_else(|| engine.default_author.get());
    match engine.sync.insert_local(id, author, key, hash, size).await {
        Ok(()) => Ok(()),
        Err(error) => Err(unwritten(engine, author, error).await),
    }
}

/// The failure of a write. The engine has no type for an author that it does not have.
async fn unwritten(engine: &Engine, author: AuthorId, error: anyhow::Error) -> Failure {
    match engine.sync.export_author(author).await {
        Ok(None) => Failure::missing("the node does not have the secret of this author"),
        _ => failed(error),
    }
}
