//! The services behind the linked protocols: a store of blobs, gossip, and documents.
//!
//! Each starts when it is needed first, and ends with the node. A directory, if there is one, is
//! opened together with the endpoint, so that an error reaches `createNode`.

use std::fmt::Display;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use iroh::Endpoint;
use iroh_blobs::api::Store;
use iroh_blobs::store::fs::FsStore;
use iroh_blobs::store::fs::options::Options as FsOptions;
use iroh_blobs::store::mem::{MemStore, Options as MemOptions};
use iroh_blobs::store::{GcConfig, ProtectCb, ProtectOutcome};
use iroh_docs::engine::{DefaultAuthorStorage, Engine, ProtectCallbackHandler};
use iroh_docs::store::Store as DocsStore;
use iroh_gossip::net::Gossip;
use parking_lot::Mutex;
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::options::Options;
use crate::blobs::downloads::Downloads;
use crate::docs::table::Documents;
use crate::failure::Failure;

const OPEN_TIMEOUT: Duration = Duration::from_secs(10);

/// The storage of a node.
#[derive(Clone)]
pub struct Storage {
    /// `None`: memory.
    pub directory: Option<PathBuf>,
    /// The time between two runs of the garbage collection.
    pub collect_interval: Duration,
}

pub struct Services {
    storage: Storage,
    pub downloads: Downloads,
    store: OnceCell<Store>,
    gossip: OnceCell<Gossip>,
    docs: OnceCell<Arc<Engine>>,
    docs_started: Arc<AtomicBool>,
    pub documents: Documents,
    protect: Mutex<Option<ProtectCallbackHandler>>,
    /// Held until the store has been closed.
    lock: Mutex<Option<File>>,
}

impl Services {
    pub fn new(options: &Options) -> Self {
        Self {
            storage: options.storage.clone(),
            downloads: Downloads::new(options.downloads.clone()),
            store: OnceCell::new(),
            gossip: OnceCell::new(),
            docs: OnceCell::new(),
            docs_started: Arc::default(),
            documents: Documents::default(),
            protect: Mutex::default(),
            lock: Mutex::default(),
        }
    }

    /// Contents that are on disk need more time at the close.
    pub fn is_persistent(&self) -> bool {
        self.storage.directory.is_some()
    }

    /// Opens the store if it is on disk.
    pub async fn open(&self) -> Result<(), Failure> {
        if self.is_persistent() { self.store().await.map(|_| ()) } else { Ok(()) }
    }

    pub async fn store(&self) -> Result<&Store, Failure> {
        self.store.get_or_try_init(|| self.open_store()).await
    }

    async fn open_store(&self) -> Result<Store, Failure> {
        let (handler, protect) = ProtectCallbackHandler::new();
        *self.protect.lock() = Some(handler);
        let collect = GcConfig {
            interval: self.storage.collect_interval,
            add_protected: Some(self.protect_documents(protect)),
        };
        let Some(directory) = &self.storage.directory else {
            return Ok(MemStore::new_with_opts(MemOptions { gc_config: Some(collect) }).into());
        };
        *self.lock.lock() = Some(lock(directory)?);
        let directory = directory.join("blobs");
        std::fs::create_dir_all(&directory).map_err(|error| unopened(&directory, error))?;
        let options = FsOptions { gc: Some(collect), ..FsOptions::new(&directory) };
        // A store that cannot open its database may never answer.
        let opening = timeout(OPEN_TIMEOUT, FsStore::load_with_opts(directory.join("blobs.db"), options));
        match opening.await {
            Ok(Ok(store)) => Ok(store.into()),
            Ok(Err(error)) => Err(unopened(&directory, error)),
            Err(_) => Err(unopened(&directory, "its database is damaged, or open in another program")),
        }
    }

    /// Returns the callback that protects the contents of documents from the garbage collection.
    /// Without a running document service no run may take place while documents are on disk.
    fn protect_documents(&self, protect: ProtectCb) -> ProtectCb {
        let started = Arc::clone(&self.docs_started);
        let on_disk = self.storage.directory.as_ref().map(|directory| directory.join("docs"));
        Arc::new(move |live| {
            let (started, protect) = (Arc::clone(&started), Arc::clone(&protect));
            let unknown = on_disk.clone();
            Box::pin(async move {
                if started.load(Ordering::SeqCst) {
                    return protect(live).await;
                }
                match unknown {
                    Some(directory) if directory.exists() => ProtectOutcome::Abort,
                    _ => ProtectOutcome::Continue,
                }
            })
        })
    }

    pub async fn gossip(&self, endpoint: &Endpoint) -> &Gossip {
        self.gossip.get_or_init(async || Gossip::builder().spawn(endpoint.clone())).await
    }

    pub async fn docs(&self, endpoint: &Endpoint) -> Result<&Arc<Engine>, Failure> {
        self.docs.get_or_try_init(|| self.start_docs(endpoint)).await
    }

    async fn start_docs(&self, endpoint: &Endpoint) -> Result<Arc<Engine>, Failure> {
        let store = self.store().await?.clone();
        let gossip = self.gossip(endpoint).await.clone();
        let (documents, author) = match &self.storage.directory {
            None => (DocsStore::memory(), DefaultAuthorStorage::Mem),
            Some(directory) => {
                let directory = directory.join("docs");
                std::fs::create_dir_all(&directory).map_err(|error| unopened(&directory, error))?;
                let documents = DocsStore::persistent(directory.join("docs.redb"))
                    .map_err(|error| unopened(&directory, error))?;
                (documents, DefaultAuthorStorage::Persistent(directory.join("default-author")))
            }
        };
        let protect = self.protect.lock().take();
        self.docs_started.store(true, Ordering::SeqCst);
        let downloader = store.downloader(endpoint);
        let started =
            Engine::spawn(endpoint.clone(), gossip, documents, store, downloader, author, protect).await;
        Ok(Arc::new(started.map_err(Failure::storage)?))
    }

    /// Ends the services, docs first: they use gossip and blobs.
    pub async fn shutdown(&self) {
        if let Some(docs) = self.docs.get() {
            let _ = docs.shutdown().await;
        }
        if let Some(gossip) = self.gossip.get() {
            let _ = gossip.shutdown().await;
        }
        if let Some(store) = self.store.get() {
            let _ = store.shutdown().await;
        }
        self.lock.lock().take();
    }
}

/// Locks a directory for this node. The operating system unlocks it when the process ends.
fn lock(directory: &Path) -> Result<File, Failure> {
    std::fs::create_dir_all(directory).map_err(|error| unopened(directory, error))?;
    let file = File::create(directory.join("lock")).map_err(|error| unopened(directory, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(unopened(directory, "another node has opened it")),
        Err(TryLockError::Error(error)) => Err(unopened(directory, error)),
    }
}

fn unopened(directory: &Path, reason: impl Display) -> Failure {
    Failure::storage(format!("option storage: cannot open {}: {reason}", directory.display()))
}
