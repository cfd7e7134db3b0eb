use iroh_docs::Entry;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use super::hex;

/// An entry of a document.
#[napi(object)]
pub struct NativeDocEntry {
    pub key: Uint8Array,
    pub author: String,
    /// The hash of the content, which is a blob.
    pub hash: String,
    pub size_bytes: f64,
    /// Microseconds since 1970.
    pub timestamp_micros: f64,
}

impl From<&Entry> for NativeDocEntry {
    fn from(entry: &Entry) -> Self {
        Self {
            key: Uint8Array::from(entry.key()),
            author: hex(entry.author().as_bytes()),
            hash: entry.content_hash().to_hex(),
            size_bytes: entry.content_len() as f64,
            timestamp_micros: entry.timestamp() as f64,
        }
    }
}
