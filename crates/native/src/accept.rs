//! Connections that come in: each waits in its handshake until there is a seat for it, proves its key, and passes Gate 0.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use iroh::Endpoint;
use iroh::endpoint::{Connection, Incoming, VarInt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::inbox::Message;
use crate::listeners::{Listener, Seat};
use crate::node::Node;
use crate::protocols;
use crate::runtime::guarded;

/// Connections at a time that wait for a seat, shake hands or wait for Gate 0. Whoever finds no place is not answered: its
/// next attempts, which QUIC makes by itself, may find one.
const PLACES: usize = 256;
/// The same for the linked protocols, which no program has to take.
const LINKED_PLACES: usize = 64;
/// How long a dialler may wait for a seat; most have given up by themselves before.
const PATIENCE: Duration = Duration::from_secs(20);
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Who is not through with handshake and gate after this lends its seat to the next: diallers that do nothing cannot hold
/// all seats.
const PROMPT: Duration = Duration::from_secs(1);

pub async fn accept(node: Arc<Node>, endpoint: Endpoint) {
    let own = Arc::new(Semaphore::new(PLACES));
    let linked = Arc::new(Semaphore::new(LINKED_PLACES));
    while let Some(incoming) = endpoint.accept().await {
        let offered = offered(&incoming);
        let is_linked = !offered.is_empty() && offered.iter().all(|alpn| protocols::is_linked(alpn));
        let (places, all) = if is_linked { (&linked, LINKED_PLACES) } else { (&own, PLACES) };
        if places.available_permits() < all / 2 && !incoming.remote_addr_validated() {
            // Proves that the source address is real before it takes one of the last places.
            let _ = incoming.retry();
            continue;
        }
        let Ok(place) = Arc::clone(places).try_acquire_owned() else {
            incoming.ignore();
            continue;
        };
        tokio::spawn(guarded(enter(Arc::clone(&node), endpoint.clone(), incoming, offered, place)));
    }
}

/// The protocols a dialler names, as far as its first packet tells.
fn offered(incoming: &Incoming) -> Vec<Bytes> {
    let alpns = incoming.decrypt().and_then(|initial| initial.alpns());
    alpns.into_iter().flatten().map_while(Result::ok).collect()
}

async fn enter(
    node: Arc<Node>,
    endpoint: Endpoint,
    incoming: Incoming,
    offered: Vec<Bytes>,
    place: OwnedSemaphorePermit,
) {
    let seat = match timeout(PATIENCE, first_seat(&node, &offered)).await {
        Ok(Ok(seat)) => seat,
        Ok(Err(NotServed)) => return incoming.refuse(),
        Err(_) => return incoming.ignore(),
    };
    let Ok(accepting) = incoming.accept() else { return };
    let mut admission = pin!(async {
        let connection = timeout(HANDSHAKE, accepting).await.ok()?.ok()?;
        node.gate.admit(&connection, &node.inbox).await.then_some(connection)
    });
    let (admitted, seat) = match timeout(PROMPT, &mut admission).await {
        Ok(admitted) => (admitted, seat),
        Err(_) => {
            drop(seat);
            (admission.await, None)
        }
    };
    let Some(connection) = admitted else { return };
    if protocols::is_linked(connection.alpn()) {
        drop((seat, place));
        return node.protocols.serve(&endpoint, connection).await;
    }
    if let Ok((listener, seat)) = own_seat(&node, &connection, seat).await {
        let raw = listener.raw;
        node.inbox.send(Message::Adopt { connection, raw, ticket: None, seat: Some(seat) });
    } else {
        // The protocol was taken back while the peer shook hands.
        connection.close(VarInt::from_u32(0), b"no longer served");
    }
}

/// Nobody answers any of these protocols, or the peer has gone.
struct NotServed;

/// A seat for the first of these protocols that is answered. None for protocols nobody here knows: the handshake tells.
async fn first_seat(node: &Node, offered: &[Bytes]) -> Result<Option<Seat>, NotServed> {
    let find = || offered.iter().find_map(|alpn| node.listeners.find(alpn));
    let mut known = false;
    while let Some(listener) = find() {
        known = true;
        if let Ok(seat) = listener.seat().await {
            return Ok(Some(seat));
        }
    }
    if known { Err(NotServed) } else { Ok(None) }
}

/// The seat this connection has, if it is the right one, or another.
async fn own_seat(
    node: &Node,
    connection: &Connection,
    seat: Option<Seat>,
) -> Result<(Listener, Seat), NotServed> {
    let listener = node.listeners.find(connection.alpn()).ok_or(NotServed)?;
    if let Some(seat) = seat.filter(|seat| listener.owns(seat)) {
        return Ok((listener, seat));
    }
    tokio::select! {
        seat = listener.seat() => Ok((listener.clone(), seat.map_err(|_| NotServed)?)),
        _ = connection.closed() => Err(NotServed),
    }
}
