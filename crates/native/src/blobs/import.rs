//! Imports: bytes that become a blob of the store, from memory, a file or JavaScript.

use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use iroh_blobs::api::Store;
use iroh_blobs::api::blobs::AddProgressItem;
use n0_future::{Stream, StreamExt};
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;
use parking_lot::Mutex;
use tokio::sync::mpsc;

use super::complete_size;
use super::transfer::{NativeTransfer, Progress, Transferred};
use crate::failure::{Failure, promise};
use crate::node::Node;

/// Pieces that wait for the store. JavaScript waits beyond that.
const PIECES: usize = 4;

/// Follows an import to its end, and sets its tag.
pub async fn import(
    store: &Store,
    items: impl Stream<Item = AddProgressItem>,
    tag: Option<String>,
    progress: &Progress,
) -> Result<Transferred, Failure> {
    let mut items = pin!(items);
    while let Some(item) = items.next().await {
        match item {
            AddProgressItem::Size(total) => progress.total(total),
            AddProgressItem::CopyProgress(bytes) => progress.bytes(bytes),
            AddProgressItem::Done(held) => {
                let hash = held.hash();
                let name = tag.unwrap_or_else(|| hash.to_hex());
                store.tags().set(name, held.hash_and_format()).await.map_err(Failure::storage)?;
                let size = complete_size(store, hash).await?;
                return Ok(Transferred { hash: hash.to_hex(), size });
            }
            AddProgressItem::Error(error) => return Err(Failure::storage(error)),
            AddProgressItem::CopyDone | AddProgressItem::OutboardProgress(_) => {}
        }
    }
    Err(Failure::storage("the store ended the import"))
}

/// An import of pieces that JavaScript pushes.
#[napi]
pub struct NativeImport {
    node: Arc<Node>,
    pieces: Mutex<Option<mpsc::Sender<std::io::Result<Bytes>>>>,
    transfer: Mutex<Option<NativeTransfer>>,
}

impl NativeImport {
    pub fn start(node: &Arc<Node>, tag: Option<String>) -> Self {
        let (pieces, mut received) = mpsc::channel(PIECES);
        let importing = Arc::clone(node);
        let transfer = NativeTransfer::start(node, |progress| async move {
            let store = importing.services.store().await?;
            let stream = n0_future::stream::poll_fn(move |context| received.poll_recv(context));
            import(store, store.blobs().add_stream(stream).await.stream().await, tag, &progress).await
        });
        Self {
            node: Arc::clone(node),
            pieces: Mutex::new(Some(pieces)),
            transfer: Mutex::new(Some(transfer)),
        }
    }
}

#[napi]
impl NativeImport {
    /// Returns the transfer, once.
    #[napi(catch_unwind)]
    pub fn transfer(&self) -> Option<NativeTransfer> {
        self.transfer.lock().take()
    }

    /// Adds a piece. Resolves with true when there is room for the next one, and with false when
    /// the import has ended.
    #[napi(catch_unwind, ts_return_type = "Promise<boolean>")]
    pub fn push<'env>(&self, env: &'env Env, piece: &[u8]) -> napi::Result<Object<'env>> {
        let pieces = self.pieces.lock().clone();
        let piece = Bytes::copy_from_slice(piece);
        promise(env, &self.node, async move {
            let Some(pieces) = pieces else { return Ok(false) };
            Ok(pieces.send(Ok(piece)).await.is_ok())
        })
    }

    /// Ends the import: what was pushed becomes a blob.
    #[napi(catch_unwind)]
    pub fn finish(&self) {
        self.pieces.lock().take();
    }
}
