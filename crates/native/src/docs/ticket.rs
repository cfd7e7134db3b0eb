//! Tickets of documents: an id or the secret to write, and the addresses of peers, as the text
//! `doc…` of iroh.

use iroh_docs::{Capability, DocTicket, NamespaceId, NamespaceSecret};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use super::hex;
use crate::blobs::NativeProvider;
use crate::failure::Failure;

/// The parts of a ticket.
#[napi(object)]
pub struct NativeDocTicket {
    pub id: String,
    /// 32 bytes, with which the document can be written.
    pub secret: Option<Uint8Array>,
    pub peers: Vec<NativeProvider>,
}

pub fn read(text: &str) -> napi::Result<NativeDocTicket> {
    let ticket: DocTicket =
        text.parse().map_err(|_| Failure::address("this text is not the ticket of a document, doc…"))?;
    let secret = match &ticket.capability {
        Capability::Write(secret) => Some(Uint8Array::from(secret.to_bytes().to_vec())),
        Capability::Read(_) => None,
    };
    let peers = ticket.nodes.iter().map(NativeProvider::from).collect();
    Ok(NativeDocTicket { id: hex(ticket.capability.id().as_bytes()), secret, peers })
}

/// Reads the secret of the document `id`.
pub fn read_secret(id: NamespaceId, bytes: &[u8]) -> napi::Result<NamespaceSecret> {
    let wrong = || Failure::option(format!("option secret must be 32 bytes, got {}", bytes.len()));
    let secret = NamespaceSecret::from_bytes(bytes.try_into().map_err(|_| wrong())?);
    if secret.id() != id {
        return Err(Failure::option("option secret is not that of the document").into());
    }
    Ok(secret)
}
