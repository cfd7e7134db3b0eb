//! Collections: blobs with names, in one blob that lists their hashes.

use iroh_blobs::Hash;
use iroh_blobs::api::Store;
use iroh_blobs::format::collection::{Collection, SimpleStore};
use iroh_blobs::hashseq::HashSeq;
use napi_derive::napi;

use super::{complete_size, downloads::MAX_LIST_BYTES, read_hash};
use crate::failure::Failure;

/// A blob in a collection.
#[napi(object)]
pub struct NativeCollectionEntry {
    pub name: String,
    pub hash: String,
}

pub fn read(entries: Vec<NativeCollectionEntry>) -> napi::Result<Collection> {
    let read = |entry: NativeCollectionEntry| Ok((entry.name, read_hash(&entry.hash)?));
    entries.into_iter().map(read).collect()
}

pub async fn store(store: &Store, collection: Collection, tag: Option<String>) -> Result<String, Failure> {
    let held = collection.store(store).await.map_err(Failure::storage)?;
    let name = tag.unwrap_or_else(|| held.hash().to_hex());
    store.tags().set(name, held.hash_and_format()).await.map_err(Failure::storage)?;
    Ok(held.hash().to_hex())
}

/// Reads a collection. It may come from a peer, so its size is looked at before it is loaded.
pub async fn load(store: &Store, root: Hash) -> Result<Vec<NativeCollectionEntry>, Failure> {
    let not_one = || Failure::frame(format!("the blob {} is not a collection", root.to_hex()));
    let list = load_bounded(store, root).await?;
    let list = HashSeq::try_from(list).map_err(|_| not_one())?;
    let names = list.iter().next().ok_or_else(not_one)?;
    complete_size(store, names).await.and_then(bounded)?;
    let collection = Collection::load(root, store).await.map_err(|_| not_one())?;
    let entry = |(name, hash): (String, Hash)| NativeCollectionEntry { name, hash: hash.to_hex() };
    Ok(collection.into_iter().map(entry).collect())
}

async fn load_bounded(store: &Store, hash: Hash) -> Result<bytes::Bytes, Failure> {
    complete_size(store, hash).await.and_then(bounded)?;
    SimpleStore::load(store, hash).await.map_err(Failure::storage)
}

fn bounded(size: u64) -> Result<(), Failure> {
    if size > MAX_LIST_BYTES {
        return Err(Failure::limit(format!("the list of a collection has at most {MAX_LIST_BYTES} bytes")));
    }
    Ok(())
}
