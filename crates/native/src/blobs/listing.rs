//! Lists of blobs and tags, in pages that JavaScript asks for.

use std::pin::Pin;
use std::sync::Arc;

use iroh_blobs::Hash;
use iroh_blobs::api::blobs::BlobStatus;
use iroh_blobs::api::tags::TagInfo;
use n0_future::{Stream, StreamExt};
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;
use tokio::sync::Mutex;

use crate::failure::{Failure, promise};
use crate::node::Node;

const PAGE: usize = 256;

type Source<T> = Pin<Box<dyn Stream<Item = iroh_blobs::api::Result<T>> + Send>>;
/// `None`: the listing has not started yet.
type Cursor<T> = Arc<Mutex<Option<Source<T>>>>;

/// Reads the next page. It is empty at the end.
async fn page<T>(source: &mut Source<T>) -> Result<Vec<T>, Failure> {
    let mut items = Vec::new();
    while items.len() < PAGE
        && let Some(item) = source.next().await
    {
        items.push(item.map_err(Failure::storage)?);
    }
    Ok(items)
}

/// A blob of the store.
#[napi(object)]
pub struct NativeBlob {
    pub hash: String,
    pub complete: bool,
    /// Of a partial blob, the size that the provider gave.
    pub size_bytes: Option<f64>,
}

/// A list of blobs.
#[napi]
pub struct NativeBlobList {
    node: Arc<Node>,
    cursor: Cursor<Hash>,
}

impl NativeBlobList {
    pub fn new(node: &Arc<Node>) -> Self {
        Self { node: Arc::clone(node), cursor: Arc::default() }
    }
}

#[napi]
impl NativeBlobList {
    /// Resolves with the next blobs, and with an empty array at the end.
    #[napi(catch_unwind, ts_return_type = "Promise<Array<NativeBlob>>")]
    pub fn next<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let (node, cursor) = (Arc::clone(&self.node), Arc::clone(&self.cursor));
        promise(env, &self.node, async move {
            let store = node.services.store().await?;
            let mut cursor = cursor.lock().await;
            let source = match &mut *cursor {
                Some(source) => source,
                None => {
                    let source = store.blobs().list().stream().await.map_err(Failure::storage)?;
                    cursor.insert(Box::pin(source.fuse()))
                }
            };
            let mut blobs = Vec::new();
            // A page of blobs that have been deleted meanwhile must not look like the end.
            while blobs.is_empty() {
                let hashes = page(source).await?;
                if hashes.is_empty() {
                    break;
                }
                for hash in hashes {
                    let (complete, size) = match store.blobs().status(hash).await.map_err(Failure::storage)? {
                        BlobStatus::Complete { size } => (true, Some(size)),
                        BlobStatus::Partial { size } => (false, size),
                        BlobStatus::NotFound => continue,
                    };
                    let size_bytes = size.map(|size| size as f64);
                    blobs.push(NativeBlob { hash: hash.to_hex(), complete, size_bytes });
                }
            }
            Ok(blobs)
        })
    }
}

/// A name that keeps a blob, or a collection and its blobs.
#[napi(object)]
pub struct NativeTag {
    pub name: String,
    pub hash: String,
    pub collection: bool,
}

impl From<TagInfo> for NativeTag {
    fn from(tag: TagInfo) -> Self {
        Self {
            name: String::from_utf8_lossy(tag.name.as_ref()).into_owned(),
            hash: tag.hash.to_hex(),
            collection: tag.format.is_hash_seq(),
        }
    }
}

/// A list of tags.
#[napi]
pub struct NativeTagList {
    node: Arc<Node>,
    prefix: String,
    cursor: Cursor<TagInfo>,
}

impl NativeTagList {
    pub fn new(node: &Arc<Node>, prefix: String) -> Self {
        Self { node: Arc::clone(node), prefix, cursor: Arc::default() }
    }
}

#[napi]
impl NativeTagList {
    /// Resolves with the next tags, and with an empty array at the end.
    #[napi(catch_unwind, ts_return_type = "Promise<Array<NativeTag>>")]
    pub fn next<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let (node, cursor) = (Arc::clone(&self.node), Arc::clone(&self.cursor));
        let prefix = self.prefix.clone();
        promise(env, &self.node, async move {
            let mut cursor = cursor.lock().await;
            let source = match &mut *cursor {
                Some(source) => source,
                None => {
                    let tags = node.services.store().await?.tags();
                    let source = tags.list_prefix(prefix).await.map_err(Failure::storage)?;
                    cursor.insert(Box::pin(source.fuse()))
                }
            };
            Ok(page(source).await?.into_iter().map(NativeTag::from).collect::<Vec<_>>())
        })
    }
}
