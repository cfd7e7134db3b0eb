//! Endpoint keys: ed25519, 32 secret bytes.

use iroh::{EndpointId, SecretKey};

/// Reads a secret key. `None` unless it has 32 bytes.
pub fn secret(bytes: &[u8]) -> Option<SecretKey> {
    let bytes: &[u8; 32] = bytes.try_into().ok()?;
    Some(SecretKey::from_bytes(bytes))
}

/// Writes an endpoint id as 64 lower-case hex characters.
pub fn hex(id: EndpointId) -> String {
    data_encoding::HEXLOWER.encode(id.as_bytes())
}

/// Reads an endpoint id from 64 lower-case hex characters.
pub fn endpoint_id(text: &str) -> Option<EndpointId> {
    let bytes: [u8; 32] = data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()?;
    EndpointId::from_bytes(&bytes).ok()
}
