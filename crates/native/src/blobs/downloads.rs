//! Downloads of blobs from peers.
//!
//! A download asks one provider after the other for what is still missing. Downloads from the same
//! peer share one connection, which is closed after the last of them.

use std::pin::pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use iroh::endpoint::{ConnectError, ConnectOptions, Connection, QuicTransportConfig};
use iroh::{Endpoint, EndpointAddr, EndpointId};
use iroh_blobs::api::Store;
use iroh_blobs::api::remote::GetProgressItem;
use iroh_blobs::get::GetError;
use iroh_blobs::get::fsm::{AtBlobHeaderNextError, DecodeError};
use iroh_blobs::protocol::ERR_INTERNAL;
use iroh_blobs::{BlobFormat, HashAndFormat};
use n0_future::StreamExt;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::transfer::Progress;
use crate::error::Ending;
use crate::failure::Failure;

/// The longest dial, as for the dials of a program.
const DIAL_TIMEOUT: Duration = Duration::from_secs(20);
/// A provider that sends nothing for this long is given up.
const STALL_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest list of hashes of a collection. It is held in memory: half a million blobs.
pub const MAX_LIST_BYTES: u64 = 16 * 1024 * 1024;

pub struct Downloads {
    transport: QuicTransportConfig,
    connections: Mutex<FxHashMap<EndpointId, Weak<OnceCell<Connection>>>>,
}

impl Downloads {
    pub fn new(transport: QuicTransportConfig) -> Self {
        Self { transport, connections: Mutex::default() }
    }

    /// Downloads what is missing of `content`. When a provider fails, the next one continues.
    pub async fn get(
        &self,
        endpoint: &Endpoint,
        store: &Store,
        request: &Request,
        progress: &Progress,
    ) -> Result<(), Failure> {
        if request.is_complete(store).await? {
            return Ok(());
        }
        let mut last = Failure::missing("the store does not have this blob, and no provider is known");
        for provider in &request.providers {
            match self.get_from(endpoint, store, request, provider, progress).await {
                Ok(()) => return Ok(()),
                Err(Attempt::Stop(failure)) => return Err(failure),
                Err(Attempt::Next(failure)) => last = failure,
            }
        }
        Err(last)
    }

    async fn get_from(
        &self,
        endpoint: &Endpoint,
        store: &Store,
        request: &Request,
        provider: &EndpointAddr,
        progress: &Progress,
    ) -> Result<(), Attempt> {
        let held = self.connection(endpoint, provider).await.map_err(Attempt::Next)?;
        let connection = held.get().ok_or_else(|| Attempt::Next(Failure::native()))?;
        if request.content.format == BlobFormat::HashSeq {
            // The list is read as a whole afterwards, so its size is limited before that.
            let list = HashAndFormat::raw(request.content.hash);
            fetch(store, connection, list, MAX_LIST_BYTES.min(request.max_bytes), progress).await?;
        }
        fetch(store, connection, request.content, request.max_bytes, progress).await
    }

    /// Returns the connection to a provider. It stays open while the result is held.
    async fn connection(
        &self,
        endpoint: &Endpoint,
        provider: &EndpointAddr,
    ) -> Result<Arc<OnceCell<Connection>>, Failure> {
        let held = self.held(provider.id);
        let dial = async || {
            let options = ConnectOptions::new().with_transport_config(self.transport.clone());
            let dial = async {
                let connecting =
                    endpoint.connect_with_opts(provider.clone(), iroh_blobs::ALPN, options).await;
                connecting
                    .map_err(Ending::from)?
                    .await
                    .map_err(|error| Ending::from(ConnectError::from(error)))
            };
            match timeout(DIAL_TIMEOUT, dial).await {
                Ok(Ok(connection)) => Ok(connection),
                Ok(Err(ending)) => {
                    Err(Failure::connect(format!("cannot reach the provider: {}", ending.text)))
                }
                Err(_) => Err(Failure::timeout("the provider did not answer the dial")),
            }
        };
        held.get_or_try_init(dial).await?;
        Ok(held)
    }

    fn held(&self, peer: EndpointId) -> Arc<OnceCell<Connection>> {
        let mut connections = self.connections.lock();
        connections.retain(|_, held| held.strong_count() > 0);
        let known = connections.get(&peer).and_then(Weak::upgrade);
        let is_open = |held: &Arc<OnceCell<Connection>>| {
            held.get().is_none_or(|connection| connection.close_reason().is_none())
        };
        known.filter(is_open).unwrap_or_else(|| {
            let held = Arc::default();
            connections.insert(peer, Arc::downgrade(&held));
            held
        })
    }
}

/// The wish for a blob or collection.
pub struct Request {
    pub content: HashAndFormat,
    pub providers: Vec<EndpointAddr>,
    /// More bytes than this are not fetched.
    pub max_bytes: u64,
}

impl Request {
    async fn is_complete(&self, store: &Store) -> Result<bool, Failure> {
        let local = store.remote().local(self.content).await.map_err(Failure::storage)?;
        Ok(local.is_complete())
    }
}

/// A failure of one provider, or of the whole download.
enum Attempt {
    Next(Failure),
    Stop(Failure),
}

async fn fetch(
    store: &Store,
    connection: &Connection,
    content: HashAndFormat,
    max_bytes: u64,
    progress: &Progress,
) -> Result<(), Attempt> {
    let local =
        store.remote().local(content).await.map_err(|error| Attempt::Stop(Failure::storage(error)))?;
    if local.is_complete() {
        return Ok(());
    }
    let held = local.local_bytes();
    progress.bytes(held);
    let mut items = pin!(store.remote().execute_get(connection.clone(), local.missing()).stream());
    let mut size = pin!(announced_size(store, content));
    let mut sized = false;
    loop {
        let item = tokio::select! {
            biased;
            announced = &mut size, if !sized => {
                sized = true;
                if let Some(size) = announced {
                    // Not verified yet, so another provider may still give a smaller one.
                    if size > max_bytes {
                        return Err(Attempt::Next(too_large(max_bytes)));
                    }
                    progress.total(size);
                }
                continue;
            }
            item = timeout(STALL_TIMEOUT, items.next()) => item,
        };
        match item.map_err(|_| Attempt::Next(Failure::timeout("the provider sent nothing for 30 s")))? {
            Some(GetProgressItem::Progress(bytes)) => {
                let bytes = held.saturating_add(bytes);
                if bytes > max_bytes {
                    return Err(Attempt::Stop(too_large(max_bytes)));
                }
                progress.bytes(bytes);
            }
            Some(GetProgressItem::Done(_)) => return Ok(()),
            Some(GetProgressItem::Error(error)) => return Err(attempt(&error, connection)),
            None => return Err(Attempt::Stop(Failure::native())),
        }
    }
}

/// Waits for the size of one blob, which its provider sends first. It is not verified until the
/// end of the blob has arrived. Of a collection it is not known.
async fn announced_size(store: &Store, content: HashAndFormat) -> Option<u64> {
    if content.format != BlobFormat::Raw {
        return None;
    }
    let mut changes = pin!(store.blobs().observe(content.hash).stream().await.ok()?);
    while let Some(held) = changes.next().await {
        if held.size() > 0 {
            return Some(held.size());
        }
    }
    None
}

fn too_large(max_bytes: u64) -> Failure {
    Failure::limit(format!("the blob is larger than the limit of {max_bytes} bytes"))
}

fn attempt(error: &GetError, connection: &Connection) -> Attempt {
    if let Some(reason) = connection.close_reason() {
        return Attempt::Next(Failure::connect(Ending::from(&reason).text));
    }
    if error.iroh_error_code() == Some(ERR_INTERNAL) {
        let text = "the provider does not have the blob, or cannot read it";
        return Attempt::Next(Failure::missing(text));
    }
    match error {
        GetError::AtBlobHeaderNext { source: AtBlobHeaderNextError::NotFound { .. }, .. }
        | GetError::Decode {
            source:
                DecodeError::ChunkNotFound { .. }
                | DecodeError::ParentNotFound { .. }
                | DecodeError::LeafNotFound { .. },
            ..
        } => Attempt::Next(Failure::missing("the provider does not have the whole blob")),
        GetError::Decode {
            source: DecodeError::ParentHashMismatch { .. } | DecodeError::LeafHashMismatch { .. },
            ..
        } => Attempt::Next(Failure::frame("the provider sent bytes that do not have the hash of the blob")),
        GetError::Decode { source: DecodeError::Write { source, .. }, .. } => {
            Attempt::Stop(Failure::storage(source))
        }
        GetError::BadRequest { .. } => {
            Attempt::Stop(Failure::frame("the blob is not the list of hashes of a collection"))
        }
        GetError::LocalFailure { source, .. } => Attempt::Stop(Failure::storage(source)),
        other => Attempt::Next(Failure::connect(format!("the provider ended the download: {other}"))),
    }
}
