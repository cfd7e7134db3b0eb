//! Tickets of blobs: a hash and the addresses of a provider, as the text `blob…` of iroh.

use iroh::EndpointAddr;
use iroh_blobs::BlobFormat;
use iroh_blobs::ticket::BlobTicket;
use napi_derive::napi;

use super::read_hash;
use crate::failure::Failure;
use crate::{keys, read_address};

/// The addresses of a peer.
#[napi(object)]
pub struct NativeProvider {
    pub id: String,
    /// `ip:port`.
    pub direct: Vec<String>,
    pub relay: Option<String>,
}

impl From<&EndpointAddr> for NativeProvider {
    fn from(address: &EndpointAddr) -> Self {
        let direct = address.ip_addrs().map(ToString::to_string).collect();
        let relay = address.relay_urls().next().map(ToString::to_string);
        Self { id: keys::hex(address.id), direct, relay }
    }
}

/// The parts of a ticket.
#[napi(object)]
pub struct NativeBlobTicket {
    pub hash: String,
    pub collection: bool,
    pub provider: NativeProvider,
}

pub fn write(ticket: &NativeBlobTicket) -> napi::Result<String> {
    let NativeProvider { id, direct, relay } = &ticket.provider;
    let address = read_address(id, direct, relay.as_deref())?;
    let format = if ticket.collection { BlobFormat::HashSeq } else { BlobFormat::Raw };
    Ok(BlobTicket::new(address, read_hash(&ticket.hash)?, format).to_string())
}

pub fn read(text: &str) -> napi::Result<NativeBlobTicket> {
    let ticket: BlobTicket =
        text.parse().map_err(|_| Failure::address("this text is not the ticket of a blob, blob…"))?;
    Ok(NativeBlobTicket {
        hash: ticket.hash().to_hex(),
        collection: ticket.recursive(),
        provider: NativeProvider::from(ticket.addr()),
    })
}
