use bytes::Bytes;
use iroh_docs::store::{DownloadPolicy, FilterKind};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

/// A filter of keys.
#[napi(object)]
pub struct NativeKeyFilter {
    pub key: Uint8Array,
    /// The whole key, instead of its start.
    pub exact: bool,
}

/// The choice of entries whose contents are downloaded.
#[napi(object)]
pub struct NativeDownloadPolicy {
    /// Every content, instead of none, except those of the filters.
    pub everything: bool,
    pub except: Vec<NativeKeyFilter>,
}

impl From<&NativeDownloadPolicy> for DownloadPolicy {
    fn from(policy: &NativeDownloadPolicy) -> Self {
        let filters = policy.except.iter().map(|filter| {
            let key = Bytes::copy_from_slice(&filter.key);
            if filter.exact { FilterKind::Exact(key) } else { FilterKind::Prefix(key) }
        });
        let filters = filters.collect();
        if policy.everything { Self::EverythingExcept(filters) } else { Self::NothingExcept(filters) }
    }
}

impl From<DownloadPolicy> for NativeDownloadPolicy {
    fn from(policy: DownloadPolicy) -> Self {
        let (everything, filters) = match policy {
            DownloadPolicy::EverythingExcept(filters) => (true, filters),
            DownloadPolicy::NothingExcept(filters) => (false, filters),
        };
        let except = filters.into_iter().map(|filter| match filter {
            FilterKind::Exact(key) => NativeKeyFilter { key: Uint8Array::from(key.to_vec()), exact: true },
            FilterKind::Prefix(key) => NativeKeyFilter { key: Uint8Array::from(key.to_vec()), exact: false },
        });
        Self { everything, except: except.collect() }
    }
}
