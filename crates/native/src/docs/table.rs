//! The open documents of a node.
//!
//! All handles of a document share one handle and one subscription of the engine. The engine keeps
//! the channel of an ended subscription until the next event of the document, so that a
//! subscription per caller would leak in a document without events.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use iroh_docs::NamespaceId;
use iroh_docs::engine::Engine;
use n0_future::StreamExt;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::sync::OnceCell;
use tokio::task::AbortHandle;

use super::events::{Happened, Subscription};
use super::{failed, unsynchronized};
use crate::failure::Failure;
use crate::node::Node;
use crate::runtime::guarded;

#[derive(Default)]
pub struct Documents {
    open: tokio::sync::Mutex<FxHashMap<NamespaceId, Arc<Document>>>,
    objects: Arc<AtomicUsize>,
}

impl Documents {
    /// The number of open handles and subscriptions.
    pub fn objects(&self) -> usize {
        self.objects.load(Ordering::Relaxed)
    }

    /// Returns a new handle of a document that the node has.
    pub async fn open(
        &self,
        node: &Arc<Node>,
        engine: &Engine,
        id: NamespaceId,
    ) -> Result<Arc<Handle>, Failure> {
        let mut open = self.open.lock().await;
        let document = match open.get(&id) {
            Some(document) => Arc::clone(document),
            None => {
                engine.sync.open(id, unsynchronized()).await.map_err(failed)?;
                let document = Arc::new(Document::new(id));
                open.insert(id, Arc::clone(&document));
                document
            }
        };
        document.handles.fetch_add(1, Ordering::SeqCst);
        let count = Counted::new(&self.objects);
        Ok(Arc::new(Handle {
            node: Arc::clone(node),
            document,
            closed: AtomicBool::default(),
            subscriptions: Mutex::default(),
            _count: count,
        }))
    }

    /// Deletes a document from the node.
    pub async fn delete(&self, engine: &Engine, id: NamespaceId) -> Result<(), Failure> {
        let mut open = self.open.lock().await;
        match open.remove(&id) {
            Some(document) => document.end(&Failure::ended("the document has been dropped")),
            // Only documents that exist can be opened.
            None => engine.sync.open(id, unsynchronized()).await.map_err(failed)?,
        }
        engine.leave(id, true).await.map_err(failed)?;
        engine.sync.drop_replica(id).await.map_err(failed)
    }

    /// Gives a handle back. After the last one a document that is not synchronized is closed.
    async fn release(&self, engine: &Engine, document: &Document) {
        let mut open = self.open.lock().await;
        if document.handles.fetch_sub(1, Ordering::SeqCst) > 1 || document.ending().is_some() {
            return;
        }
        if engine.sync.get_state(document.id).await.is_ok_and(|state| state.sync) {
            return;
        }
        open.remove(&document.id);
        if let Some(task) = document.following.get() {
            task.abort();
        }
        // Both fail only when the node is closing.
        let _ = engine.leave(document.id, true).await;
        let _ = engine.sync.close(document.id).await;
    }
}

/// A document that is open, for all its handles.
pub struct Document {
    id: NamespaceId,
    handles: AtomicUsize,
    /// The task that follows the events of the engine. The first subscription starts it.
    following: OnceCell<AbortHandle>,
    subscriptions: Mutex<Vec<Weak<Subscription>>>,
    ending: Mutex<Option<Failure>>,
}

impl Document {
    fn new(id: NamespaceId) -> Self {
        Self {
            id,
            handles: AtomicUsize::default(),
            following: OnceCell::new(),
            subscriptions: Mutex::default(),
            ending: Mutex::default(),
        }
    }

    fn ending(&self) -> Option<Failure> {
        self.ending.lock().clone()
    }

    /// Ends all subscriptions and further operations with this failure.
    fn end(&self, failure: &Failure) {
        self.ending.lock().get_or_insert_with(|| failure.clone());
        end_all(&self.subscriptions, failure);
    }

    async fn follow(self: &Arc<Self>, node: &Arc<Node>, engine: &Engine) -> Result<(), Failure> {
        let start = async || {
            let mut events = engine.subscribe(self.id).await.map_err(failed)?;
            let (document, ending) = (Arc::downgrade(self), Arc::clone(node));
            let following = guarded(async move {
                let deliver = async {
                    while let Some(event) = events.next().await {
                        let Some(document) = document.upgrade() else { return };
                        if let Ok(event) = event {
                            document.deliver(&Happened::from(event));
                        }
                    }
                    if let Some(document) = document.upgrade() {
                        document.end(&Failure::ended("the document has been dropped"));
                    }
                };
                tokio::select! { () = deliver => {}, () = ending.ended() => {} }
            });
            let document = Arc::downgrade(self);
            let task = node.runtime.spawn(async move {
                if following.await.is_none()
                    && let Some(document) = document.upgrade()
                {
                    document.end(&Failure::native());
                }
            });
            Ok(task.abort_handle())
        };
        self.following.get_or_try_init(start).await.map(|_| ())
    }

    fn deliver(&self, event: &Happened) {
        self.subscriptions.lock().retain(|subscription| match subscription.upgrade() {
            Some(subscription) => subscription.push(event.clone()),
            None => false,
        });
    }
}

fn end_all(subscriptions: &Mutex<Vec<Weak<Subscription>>>, failure: &Failure) {
    for subscription in subscriptions.lock().drain(..).filter_map(|weak| weak.upgrade()) {
        subscription.end(Some(failure.clone()));
    }
}

/// A program's handle of a document. It is given back when it is closed or collected.
pub struct Handle {
    pub node: Arc<Node>,
    document: Arc<Document>,
    closed: AtomicBool,
    subscriptions: Mutex<Vec<Weak<Subscription>>>,
    _count: Counted,
}

impl Handle {
    pub fn id(&self) -> NamespaceId {
        self.document.id
    }

    /// Fails when the handle or the document has ended.
    pub fn check(&self) -> Result<(), Failure> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(closed());
        }
        self.document.ending().map_or(Ok(()), Err)
    }

    /// Adds a subscription. It gets events as soon as `follow` has resolved.
    pub fn subscribe(&self) -> Arc<Subscription> {
        let count = Counted::new(&self.node.services.documents.objects);
        let subscription = Arc::new(Subscription::new(count));
        for list in [&self.subscriptions, &self.document.subscriptions] {
            let mut list = list.lock();
            list.retain(|weak| weak.strong_count() > 0);
            list.push(Arc::downgrade(&subscription));
        }
        // The handle may have ended in the meantime.
        if let Err(failure) = self.check() {
            subscription.end(Some(failure));
        }
        subscription
    }

    /// Resolves when the subscriptions of the document get events.
    pub async fn follow(&self) -> Result<(), Failure> {
        self.check()?;
        let engine = self.node.engine().await?;
        self.document.follow(&self.node, &engine).await
    }

    /// Ends the handle and its subscriptions.
    pub async fn close(&self) -> Result<(), Failure> {
        if self.closed.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        end_all(&self.subscriptions, &closed());
        let engine = self.node.engine().await?;
        self.node.services.documents.release(&engine, &self.document).await;
        Ok(())
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.closed.swap(true, Ordering::SeqCst) || *self.node.ended.borrow() {
            return;
        }
        let (node, document) = (Arc::clone(&self.node), Arc::clone(&self.document));
        self.node.runtime.spawn(guarded(async move {
            if let Ok(engine) = node.engine().await {
                node.services.documents.release(&engine, &document).await;
            }
        }));
    }
}

fn closed() -> Failure {
    Failure::ended("this handle of the document is closed; open the document again")
}

/// An object of JavaScript that is counted until it is dropped.
pub struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Node {
    /// Returns the engine of the documents, and starts it at the first call.
    pub async fn engine(&self) -> Result<Arc<Engine>, Failure> {
        let endpoint = self.bound()?;
        self.services.docs(&endpoint).await.cloned()
    }
}
