//! Blobs for JavaScript: the store of a node, and downloads into it.
//!
//! Everything is written and read in pieces. A tag keeps a blob from the garbage collection; every
//! import and download sets one.

mod collections;
pub mod downloads;
mod import;
mod listing;
mod reader;
mod ticket;
mod transfer;

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use iroh_blobs::api::Store;
use iroh_blobs::api::blobs::{AddPathOptions, BlobStatus, ExportMode, ExportOptions};
use iroh_blobs::api::blobs::{ExportProgressItem, ImportMode};
use iroh_blobs::{BlobFormat, Hash, HashAndFormat};
use n0_future::StreamExt;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::failure::{Failure, promise};
use crate::node::Node;
use crate::{NativeNode, read_address};
use collections::NativeCollectionEntry;
use downloads::Request;
use import::{NativeImport, import};
use listing::{NativeBlobList, NativeTag, NativeTagList};
use reader::NativeBlobReader;
use ticket::NativeBlobTicket;
pub use ticket::NativeProvider;
use transfer::{NativeTransfer, Transferred};

/// The blobs of a node.
#[napi]
pub struct NativeBlobs {
    node: Arc<Node>,
}

/// The part of a blob that the store has.
#[napi(object)]
pub struct NativeBlobStatus {
    #[napi(ts_type = "'complete' | 'partial' | 'missing'")]
    pub state: String,
    /// Of a partial blob, the size that the provider gave.
    pub size_bytes: Option<f64>,
}

#[napi]
impl NativeNode {
    /// Returns the blobs of the node.
    #[napi(catch_unwind)]
    pub fn blobs(&self) -> NativeBlobs {
        NativeBlobs { node: Arc::clone(&self.node) }
    }
}

#[napi]
impl NativeBlobs {
    /// Adds bytes. The tag is named after the hash unless one is given, here and below.
    #[napi(catch_unwind)]
    pub fn add_bytes(&self, data: &[u8], tag: Option<String>) -> NativeTransfer {
        let (node, data) = (Arc::clone(&self.node), Bytes::copy_from_slice(data));
        NativeTransfer::start(&self.node, |progress| async move {
            let store = node.services.store().await?;
            import(store, store.blobs().add_bytes(data).stream().await, tag, &progress).await
        })
    }

    /// Adds the file at an absolute path.
    #[napi(catch_unwind)]
    pub fn add_path(&self, path: String, tag: Option<String>) -> NativeTransfer {
        let node = Arc::clone(&self.node);
        NativeTransfer::start(&self.node, |progress| async move {
            let store = node.services.store().await?;
            // The store does not report a file that it cannot open.
            if let Err(error) = std::fs::File::open(&path) {
                return Err(Failure::storage(format!("cannot read {path:?}: {error}")));
            }
            let path = PathBuf::from(path);
            let options = AddPathOptions { path, mode: ImportMode::Copy, format: BlobFormat::Raw };
            let items = store.blobs().add_path_with_opts(options).stream().await;
            import(store, items, tag, &progress).await
        })
    }

    /// Adds what JavaScript pushes into the result.
    #[napi(catch_unwind)]
    pub fn add_stream(&self, tag: Option<String>) -> NativeImport {
        NativeImport::start(&self.node, tag)
    }

    /// Downloads a blob, or a collection and its blobs. Throws when a hash or an address cannot be
    /// read.
    #[napi(catch_unwind)]
    pub fn get(
        &self,
        hash: String,
        collection: bool,
        providers: Vec<NativeProvider>,
        tag: Option<String>,
        max_bytes: Option<f64>,
    ) -> napi::Result<NativeTransfer> {
        let hash = read_hash(&hash)?;
        let format = if collection { BlobFormat::HashSeq } else { BlobFormat::Raw };
        let mut addresses = Vec::new();
        for provider in &providers {
            addresses.push(read_address(&provider.id, &provider.direct, provider.relay.as_deref())?);
        }
        let request = Request {
            content: HashAndFormat { hash, format },
            providers: addresses,
            max_bytes: max_bytes.map_or(u64::MAX, |bytes| bytes as u64),
        };
        let node = Arc::clone(&self.node);
        Ok(NativeTransfer::start(&self.node, |progress| async move {
            let store = node.services.store().await?;
            let name = tag.unwrap_or_else(|| hash.to_hex());
            let tagged = store.tags().get(&name).await.map_err(Failure::storage)?.is_some();
            // Before the first byte, so that a partial blob can be completed later.
            store.tags().set(&name, request.content).await.map_err(Failure::storage)?;
            let got = node.services.downloads.get(&node.bound()?, store, &request, &progress).await;
            match (got, store.blobs().status(hash).await) {
                (Ok(()), Ok(BlobStatus::Complete { size })) => Ok(Transferred { hash: hash.to_hex(), size }),
                (Err(failure), Ok(BlobStatus::NotFound)) => {
                    if !tagged {
                        store.tags().delete(&name).await.map_err(Failure::storage)?;
                    }
                    Err(failure)
                }
                (Err(failure), _) => Err(failure),
                (Ok(()), _) => Err(Failure::native()),
            }
        }))
    }

    /// Writes a blob to an absolute path, over a file that is there.
    #[napi(catch_unwind)]
    pub fn export(&self, hash: String, path: String) -> napi::Result<NativeTransfer> {
        let (node, hash) = (Arc::clone(&self.node), read_hash(&hash)?);
        Ok(NativeTransfer::start(&self.node, |progress| async move {
            let store = node.services.store().await?;
            complete_size(store, hash).await?;
            let failed = |error| Failure::storage(format!("cannot write {path:?}: {error}"));
            let options = ExportOptions { hash, mode: ExportMode::Copy, target: PathBuf::from(&path) };
            let mut items = std::pin::pin!(store.blobs().export_with_opts(options).stream().await);
            let mut size = 0;
            while let Some(item) = items.next().await {
                match item {
                    ExportProgressItem::Size(total) => {
                        size = total;
                        progress.total(total);
                    }
                    ExportProgressItem::CopyProgress(bytes) => progress.bytes(bytes),
                    ExportProgressItem::Done => return Ok(Transferred { hash: hash.to_hex(), size }),
                    ExportProgressItem::Error(error) => return Err(failed(error.to_string())),
                }
            }
            Err(Failure::storage("the store ended the export"))
        }))
    }

    /// Reads the bytes from `start` to `end`, or to the end of the blob.
    #[napi(catch_unwind)]
    pub fn read(&self, hash: String, start: f64, end: Option<f64>) -> napi::Result<NativeBlobReader> {
        let end = end.map_or(u64::MAX, |end| end as u64);
        Ok(NativeBlobReader::new(&self.node, read_hash(&hash)?, start as u64, end))
    }

    /// Returns the part of a blob that the store has.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeBlobStatus>")]
    pub fn status<'env>(&self, env: &'env Env, hash: String) -> napi::Result<Object<'env>> {
        let (node, hash) = (Arc::clone(&self.node), read_hash(&hash)?);
        promise(env, &self.node, async move {
            let store = node.services.store().await?;
            let (state, size) = match store.blobs().status(hash).await.map_err(Failure::storage)? {
                BlobStatus::NotFound => ("missing", None),
                BlobStatus::Partial { size } => ("partial", size),
                BlobStatus::Complete { size } => ("complete", Some(size)),
            };
            Ok(NativeBlobStatus { state: state.into(), size_bytes: size.map(|size| size as f64) })
        })
    }

    /// Lists the complete and partial blobs.
    #[napi(catch_unwind)]
    pub fn list(&self) -> NativeBlobList {
        NativeBlobList::new(&self.node)
    }

    /// Lists the tags whose names start with `prefix`.
    #[napi(catch_unwind)]
    pub fn list_tags(&self, prefix: String) -> NativeTagList {
        NativeTagList::new(&self.node, prefix)
    }

    /// Sets a tag, in place of one of the same name.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn set_tag<'env>(&self, env: &'env Env, tag: NativeTag) -> napi::Result<Object<'env>> {
        let (node, hash) = (Arc::clone(&self.node), read_hash(&tag.hash)?);
        let format = if tag.collection { BlobFormat::HashSeq } else { BlobFormat::Raw };
        promise(env, &self.node, async move {
            let store = node.services.store().await?;
            let value = HashAndFormat { hash, format };
            store.tags().set(&tag.name, value).await.map_err(Failure::storage)
        })
    }

    /// Returns a tag by its name.
    #[napi(catch_unwind, ts_return_type = "Promise<NativeTag | null>")]
    pub fn tag<'env>(&self, env: &'env Env, name: String) -> napi::Result<Object<'env>> {
        let node = Arc::clone(&self.node);
        promise(env, &self.node, async move {
            let store = node.services.store().await?;
            let tag = store.tags().get(&name).await.map_err(Failure::storage)?;
            Ok(tag.map(NativeTag::from))
        })
    }

    /// Deletes a tag. Returns false when there was none.
    #[napi(catch_unwind, ts_return_type = "Promise<boolean>")]
    pub fn delete_tag<'env>(&self, env: &'env Env, name: String) -> napi::Result<Object<'env>> {
        let node = Arc::clone(&self.node);
        promise(env, &self.node, async move {
            let store = node.services.store().await?;
            let deleted = store.tags().delete(&name).await.map_err(Failure::storage)?;
            Ok(deleted > 0)
        })
    }

    /// Stores a collection of blobs. Returns its hash.
    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn add_collection<'env>(
        &self,
        env: &'env Env,
        entries: Vec<NativeCollectionEntry>,
        tag: Option<String>,
    ) -> napi::Result<Object<'env>> {
        let (node, collection) = (Arc::clone(&self.node), collections::read(entries)?);
        promise(env, &self.node, async move {
            collections::store(node.services.store().await?, collection, tag).await
        })
    }

    /// Returns the entries of a collection.
    #[napi(catch_unwind, ts_return_type = "Promise<Array<NativeCollectionEntry>>")]
    pub fn collection<'env>(&self, env: &'env Env, hash: String) -> napi::Result<Object<'env>> {
        let (node, hash) = (Arc::clone(&self.node), read_hash(&hash)?);
        promise(env, &self.node, async move { collections::load(node.services.store().await?, hash).await })
    }

    /// Writes a ticket. Throws when a part of it cannot be read.
    #[napi(catch_unwind)]
    pub fn write_ticket(&self, ticket: NativeBlobTicket) -> napi::Result<String> {
        ticket::write(&ticket)
    }

    /// Reads a ticket. Throws when the text is not one.
    #[napi(catch_unwind)]
    pub fn read_ticket(&self, text: String) -> napi::Result<NativeBlobTicket> {
        ticket::read(&text)
    }
}

/// Reads a hash of 64 lower-case hex characters.
pub fn read_hash(text: &str) -> napi::Result<Hash> {
    let wrong = || Failure::option(format!("{text:?} is not the hash of a blob: 64 hex characters"));
    if text.len() != 64 {
        return Err(wrong().into());
    }
    text.parse().map_err(|_| wrong().into())
}

/// Returns the size of a blob that is complete in the store.
async fn complete_size(store: &Store, hash: Hash) -> Result<u64, Failure> {
    match store.blobs().status(hash).await.map_err(Failure::storage)? {
        BlobStatus::Complete { size } => Ok(size),
        BlobStatus::Partial { .. } => {
            Err(Failure::missing(format!("the store has only a part of the blob {}", hash.to_hex())))
        }
        BlobStatus::NotFound => {
            Err(Failure::missing(format!("the store does not have the blob {}", hash.to_hex())))
        }
    }
}
