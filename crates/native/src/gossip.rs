//! Gossip for JavaScript: topics that a node has joined.

use std::sync::Arc;

use bytes::Bytes;
use iroh_gossip::TopicId;
use iroh_gossip::api::{Event, GossipReceiver, GossipSender, JoinOptions};
use n0_future::StreamExt;
use napi::Env;
use napi::bindgen_prelude::{Object, Uint8Array};
use napi_derive::napi;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::blobs::NativeProvider;
use crate::failure::{Failure, promise};
use crate::lossy::Lossy;
use crate::node::Node;
use crate::runtime::guarded;
use crate::{NativeNode, keys, read_address};

/// Events that wait for JavaScript.
const QUEUE: usize = 1024;
/// The largest message. A message and its envelope, 128 bytes at most, share 4096 bytes.
const MAX_MESSAGE_BYTES: usize = 4096 - 128;

/// An event of a topic.
#[napi(object)]
pub struct NativeTopicEvent {
    #[napi(ts_type = "'message' | 'neighborUp' | 'neighborDown' | 'lagged'")]
    pub kind: String,
    /// The neighbor: of a message, the one that delivered it.
    pub peer: Option<String>,
    pub content: Option<Uint8Array>,
    /// The number of events that were dropped.
    pub lost: Option<u32>,
}

enum Happened {
    Message(String, Bytes),
    Up(String),
    Down(String),
}

/// The sender of a topic, when it has been joined.
type Joining = watch::Receiver<Option<Result<GossipSender, Failure>>>;

/// A topic that a node has joined. It leaves the topic when it is closed or collected.
#[napi]
pub struct NativeTopic {
    node: Arc<Node>,
    /// `None` after the close: as long as there is a sender, the node stays in the topic.
    sender: Mutex<Option<Joining>>,
    neighbors: watch::Receiver<usize>,
    queue: Arc<Lossy<Happened>>,
    task: AbortHandle,
}

#[napi]
impl NativeNode {
    /// Returns whether the node accepts gossip, without which it cannot join a topic.
    #[napi(catch_unwind)]
    pub fn serves_gossip(&self) -> bool {
        self.node.protocols.accepts(iroh_gossip::ALPN)
    }

    /// Joins a topic through peers. Throws when the topic or an address cannot be read.
    #[napi(catch_unwind)]
    pub fn join_topic(&self, topic: String, peers: Vec<NativeProvider>) -> napi::Result<NativeTopic> {
        let topic = read_topic(&topic)?;
        let peers = self.node.learn(&peers)?;
        let node = Arc::clone(&self.node);
        let queue = Arc::new(Lossy::new(QUEUE));
        let (sending, sender) = watch::channel(None);
        let (counting, neighbors) = watch::channel(0);
        let events = Arc::clone(&queue);
        let running = async move {
            let joined = async {
                let endpoint = node.bound()?;
                let options = JoinOptions::with_bootstrap(peers);
                let joined = node.services.gossip(&endpoint).await.subscribe_with_opts(topic, options).await;
                joined.map_err(|error| Failure::connect(error.to_string()))
            };
            match joined.await {
                Ok(joined) => {
                    let (sender, receiver) = joined.split();
                    sending.send_replace(Some(Ok(sender)));
                    tokio::select! {
                        () = follow(receiver, &events, &counting) => {}
                        () = node.ended() => {}
                    }
                }
                Err(failure) => drop(sending.send_replace(Some(Err(failure)))),
            }
            events.end();
        };
        let task = self.node.runtime.spawn(guarded(running)).abort_handle();
        Ok(NativeTopic {
            node: Arc::clone(&self.node),
            sender: Mutex::new(Some(sender)),
            neighbors,
            queue,
            task,
        })
    }
}

async fn follow(mut receiver: GossipReceiver, queue: &Lossy<Happened>, neighbors: &watch::Sender<usize>) {
    while let Some(Ok(event)) = receiver.next().await {
        match event {
            Event::Received(message) => {
                queue.push(Happened::Message(keys::hex(message.delivered_from), message.content));
            }
            Event::NeighborUp(peer) => queue.push(Happened::Up(keys::hex(peer))),
            Event::NeighborDown(peer) => queue.push(Happened::Down(keys::hex(peer))),
            Event::Lagged => queue.lose(),
        }
        neighbors.send_replace(receiver.neighbors().count());
    }
}

impl From<Happened> for NativeTopicEvent {
    fn from(event: Happened) -> Self {
        let (kind, peer, content) = match event {
            Happened::Message(peer, content) => ("message", peer, Some(Uint8Array::from(content.to_vec()))),
            Happened::Up(peer) => ("neighborUp", peer, None),
            Happened::Down(peer) => ("neighborDown", peer, None),
        };
        Self { kind: kind.into(), peer: Some(peer), content, lost: None }
    }
}

#[napi]
impl NativeTopic {
    /// Resolves with the next events, and with an empty array at the end.
    #[napi(catch_unwind, ts_return_type = "Promise<Array<NativeTopicEvent>>")]
    pub fn next<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let queue = Arc::clone(&self.queue);
        promise(env, &self.node, async move {
            let Some(batch) = queue.take().await else { return Ok(Vec::new()) };
            let lagged = (batch.lost > 0).then(|| NativeTopicEvent {
                kind: "lagged".into(),
                peer: None,
                content: None,
                lost: Some(batch.lost),
            });
            Ok(lagged.into_iter().chain(batch.items.into_iter().map(NativeTopicEvent::from)).collect())
        })
    }

    /// Sends a message to all members, or to the neighbors only.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn broadcast<'env>(
        &self,
        env: &'env Env,
        message: &[u8],
        neighbors: bool,
    ) -> napi::Result<Object<'env>> {
        let (size, message) = (message.len(), Bytes::copy_from_slice(message));
        let sender = self.sender.lock().clone();
        promise(env, &self.node, async move {
            if size > MAX_MESSAGE_BYTES {
                let text = format!("a message has at most {MAX_MESSAGE_BYTES} bytes, this one has {size}");
                return Err(Failure::limit(text));
            }
            let sender = ready(sender).await?;
            let sent = if neighbors {
                sender.broadcast_neighbors(message).await
            } else {
                sender.broadcast(message).await
            };
            sent.map_err(|_| Failure::left())
        })
    }

    /// Connects to more members.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn join_peers<'env>(&self, env: &'env Env, peers: Vec<NativeProvider>) -> napi::Result<Object<'env>> {
        let peers = self.node.learn(&peers)?;
        let sender = self.sender.lock().clone();
        promise(env, &self.node, async move {
            ready(sender).await?.join_peers(peers).await.map_err(|_| Failure::left())
        })
    }

    /// Resolves when there is a neighbor.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn joined<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let (mut neighbors, sender) = (self.neighbors.clone(), self.sender.lock().clone());
        promise(env, &self.node, async move {
            ready(sender).await?;
            let joined = neighbors.wait_for(|count| *count > 0).await;
            joined.map(|_| ()).map_err(|_| Failure::left())
        })
    }

    /// Leaves the topic. Events that have arrived can still be taken.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.task.abort();
        self.sender.lock().take();
        self.queue.end();
    }
}

impl Drop for NativeTopic {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Waits until the topic is joined.
async fn ready(joining: Option<Joining>) -> Result<GossipSender, Failure> {
    let mut joining = joining.ok_or_else(Failure::left)?;
    let sender = joining.wait_for(Option::is_some).await.map_err(|_| Failure::left())?;
    sender.clone().unwrap_or_else(|| Err(Failure::left()))
}

/// Reads a topic of 64 lower-case hex characters.
fn read_topic(text: &str) -> napi::Result<TopicId> {
    let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok();
    let bytes: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
    let wrong = || Failure::option(format!("{text:?} is not a topic: 64 hex characters"));
    Ok(TopicId::from_bytes(bytes.ok_or_else(wrong)?))
}

impl Node {
    /// Remembers the addresses of peers for the linked protocols, which have ids only.
    fn learn(&self, peers: &[NativeProvider]) -> napi::Result<Vec<iroh::EndpointId>> {
        let mut ids = Vec::new();
        for peer in peers {
            let address = read_address(&peer.id, &peer.direct, peer.relay.as_deref())?;
            ids.push(address.id);
            if !address.is_empty() {
                self.lookup.set_endpoint_info(address);
            }
        }
        Ok(ids)
    }
}
