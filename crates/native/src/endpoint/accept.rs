//! The accept loop: one task per incoming connection.
//!
//! Each connection waits in its handshake for an accept slot of its protocol, proves its key,
//! passes the gate, and is then handed to the reactor or to a linked protocol.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use iroh::Endpoint;
use iroh::endpoint::{Connection, Incoming, IncomingAddr, VarInt};
use tokio::time::timeout;

use super::places::{Place, Places, Source};
use crate::border::stream_code;
use crate::node::Node;
use crate::node::gate;
use crate::node::inbox::{Message, Origin};
use crate::node::listeners::{AcceptSlot, Listener};
use crate::runtime::guarded;

/// Connections that wait for an accept slot, are in their handshake or wait for the gate. A further
/// one replaces another that has not finished its handshake, or is ignored. QUIC resends its first
/// packet, and a later one may find room.
const MAX_PENDING: usize = 256;
/// The same for the linked protocols, which need no accept slot.
const MAX_PENDING_LINKED: usize = 64;
/// The application code and reason of a connection over a limit.
const TOO_MANY: (u32, &[u8]) = (stream_code::REFUSED_STREAM, b"too many connections");
/// The longest wait for an accept slot: the default timeout of dials.
const SLOT_TIMEOUT: Duration = Duration::from_secs(20);
/// A connection that needs longer for handshake and gate returns its accept slot and takes another
/// one later. Without this, dialers that do nothing could hold all slots.
const SLOT_HOLD_TIME: Duration = Duration::from_secs(1);

pub async fn accept(node: Arc<Node>, endpoint: Endpoint) {
    let own = Places::new(MAX_PENDING);
    let linked = Places::new(MAX_PENDING_LINKED);
    while let Some(incoming) = endpoint.accept().await {
        if node.accepts_nothing() {
            incoming.refuse();
            continue;
        }
        let address = incoming.remote_addr();
        let offered = offered(&incoming);
        let only_linked = !offered.is_empty() && offered.iter().all(|alpn| node.protocols.accepts(alpn));
        let places = if only_linked { &linked } else { &own };
        if places.half_full() && !incoming.remote_addr_validated() {
            // The peer has to prove its source address before it takes one of the last places.
            let _ = incoming.retry();
            continue;
        }
        let Some(place) = places.take(Source::from(address.clone())) else {
            incoming.ignore();
            continue;
        };
        let dial = Dial { incoming, offered, remote: direct(&address), place };
        tokio::spawn(guarded(enter(Arc::clone(&node), endpoint.clone(), dial)));
    }
}

/// The protocols that a dialer offers in its first packet.
fn offered(incoming: &Incoming) -> Vec<Bytes> {
    let alpns = incoming.decrypt().and_then(|initial| initial.alpns());
    alpns.into_iter().flatten().map_while(Result::ok).collect()
}

/// A dial that has a place.
struct Dial {
    incoming: Incoming,
    offered: Vec<Bytes>,
    /// The address of the dialer, unless it came through a relay.
    remote: Option<SocketAddr>,
    place: Place,
}

fn direct(address: &IncomingAddr) -> Option<SocketAddr> {
    match address {
        IncomingAddr::Ip(address) => Some(SocketAddr::new(address.ip().to_canonical(), address.port())),
        _ => None,
    }
}

async fn enter(node: Arc<Node>, endpoint: Endpoint, dial: Dial) {
    let Dial { incoming, offered, remote, place } = dial;
    let mut slot = None;
    if place.holds_slot {
        let found = tokio::select! {
            found = timeout(SLOT_TIMEOUT, first_slot(&node, &offered)) => found,
            () = place.evicted() => return incoming.ignore(),
        };
        slot = match found {
            Ok(Ok(slot)) => slot,
            Ok(Err(NotServed)) => return incoming.refuse(),
            Err(_) => return incoming.ignore(),
        };
    }
    let Ok(accepting) = incoming.accept() else { return };
    let (admitted, slot) = {
        let mut admission = pin!(async {
            let connection = tokio::select! {
                handshake = timeout(place.handshake_timeout(), accepting) => handshake.ok()?.ok()?,
                () = place.evicted() => return None,
            };
            place.prove();
            node.gate.admit(&connection, &node.inbox).await.then_some(connection)
        });
        match timeout(SLOT_HOLD_TIME, &mut admission).await {
            Ok(admitted) => (admitted, slot),
            Err(_) => {
                drop(slot);
                (admission.await, None)
            }
        }
    };
    let Some(connection) = admitted else { return };
    if node.protocols.accepts(connection.alpn()) {
        drop((slot, place));
        return serve_linked(&node, &endpoint, connection).await;
    }
    if let Ok((listener, slot)) = own_slot(&node, &connection, slot).await {
        let raw = listener.raw;
        let origin = Origin::Accepted { remote, slot };
        node.inbox.send(Message::Adopt { connection, raw, origin });
    } else {
        // The listener was removed during the handshake.
        connection.close(VarInt::from_u32(0), b"no longer served");
    }
}

/// Serves a connection of a linked protocol until it ends or its peer is no longer admitted.
async fn serve_linked(node: &Node, endpoint: &Endpoint, connection: Connection) {
    let peer = connection.remote_id();
    let Some(entered) = node.protocols.enter(peer) else {
        return connection.close(VarInt::from_u32(TOO_MANY.0), TOO_MANY.1);
    };
    // The peer may have been removed from the list before it was entered.
    if !node.gate.lists(&peer, connection.alpn()) {
        return gate::refuse(&connection);
    }
    let weak = connection.weak_handle();
    let closed = weak.closed();
    let lapsed = async {
        entered.lapsed().await;
        if let Some(connection) = weak.upgrade() {
            gate::refuse(&connection);
        }
    };
    let watched = async {
        tokio::select! { () = lapsed => {}, _ = closed => {} }
    };
    // Gossip and docs return at once and serve the connection elsewhere. Blobs end with it.
    tokio::join!(node.protocols.serve(&node.services, endpoint, connection), watched);
}

/// None of the protocols has a listener, or the peer has gone.
struct NotServed;

/// Takes an accept slot of the first offered protocol that has a listener. `None` when none has
/// one: then the handshake refuses the protocol.
async fn first_slot(node: &Node, offered: &[Bytes]) -> Result<Option<AcceptSlot>, NotServed> {
    let find = || offered.iter().find_map(|alpn| node.listeners.find(alpn));
    let mut found = false;
    while let Some(listener) = find() {
        found = true;
        if let Ok(slot) = listener.accept_slot().await {
            return Ok(Some(slot));
        }
    }
    if found { Err(NotServed) } else { Ok(None) }
}

/// Returns the listener of the negotiated protocol and a slot of it: the given one, if it fits, or
/// another.
async fn own_slot(
    node: &Node,
    connection: &Connection,
    slot: Option<AcceptSlot>,
) -> Result<(Listener, AcceptSlot), NotServed> {
    let listener = node.listeners.find(connection.alpn()).ok_or(NotServed)?;
    if let Some(slot) = slot.filter(|slot| listener.owns(slot)) {
        return Ok((listener, slot));
    }
    tokio::select! {
        slot = listener.accept_slot() => Ok((listener.clone(), slot.map_err(|_| NotServed)?)),
        _ = connection.closed() => Err(NotServed),
    }
}
