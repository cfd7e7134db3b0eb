//! Readers: the bytes of a blob, piece by piece, as JavaScript asks for them.

use std::sync::Arc;

use iroh_blobs::Hash;
use napi::Env;
use napi::bindgen_prelude::{Object, Uint8Array};
use napi_derive::napi;
use tokio::sync::Mutex;

use super::complete_size;
use crate::failure::{Failure, promise};
use crate::node::Node;

const PIECE_BYTES: u64 = 512 * 1024;

struct Position {
    next: u64,
    end: u64,
    /// The size of the blob has been looked up.
    sized: bool,
}

/// A reader of one blob.
#[napi]
pub struct NativeBlobReader {
    node: Arc<Node>,
    hash: Hash,
    position: Arc<Mutex<Position>>,
}

impl NativeBlobReader {
    pub fn new(node: &Arc<Node>, hash: Hash, start: u64, end: u64) -> Self {
        let position = Position { next: start, end, sized: false };
        Self { node: Arc::clone(node), hash, position: Arc::new(Mutex::new(position)) }
    }
}

#[napi]
impl NativeBlobReader {
    /// Resolves with the next bytes, or with `null` at the end.
    #[napi(catch_unwind, ts_return_type = "Promise<Uint8Array | null>")]
    pub fn next<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let (node, hash) = (Arc::clone(&self.node), self.hash);
        let position = Arc::clone(&self.position);
        promise(env, &self.node, async move {
            let mut position = position.lock().await;
            let store = node.services.store().await?;
            if !position.sized {
                position.end = position.end.min(complete_size(store, hash).await?);
                position.sized = true;
            }
            let from = position.next;
            let to = position.end.min(from.saturating_add(PIECE_BYTES));
            if from >= to {
                return Ok(None);
            }
            let bytes = store.blobs().export_ranges(hash, from..to).concatenate().await;
            let bytes = bytes.map_err(Failure::storage)?;
            if bytes.len() as u64 != to - from {
                return Err(Failure::storage("the blob ended before its size"));
            }
            position.next = to;
            Ok(Some(Uint8Array::from(bytes)))
        })
    }
}
