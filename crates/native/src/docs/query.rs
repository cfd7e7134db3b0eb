use std::sync::Arc;

use iroh_docs::SignedEntry;
use iroh_docs::store::{Query, QueryBuilder, SortBy, SortDirection};
use napi::Env;
use napi::bindgen_prelude::{Object, Uint8Array};
use napi_derive::napi;

use super::entry::NativeDocEntry;
use super::pages::Pages;
use super::read_author;
use super::table::Handle;
use crate::failure::promise;

/// A query of entries.
#[napi(object)]
pub struct NativeDocQuery {
    pub author: Option<String>,
    /// The whole key.
    pub key: Option<Uint8Array>,
    /// The start of the keys, unless there is `key`.
    pub prefix: Option<Uint8Array>,
    /// Only the latest entry of each key.
    pub latest: bool,
    /// By author and then by key, instead of by key. Not with `latest`.
    pub by_author: bool,
    pub descending: bool,
    pub offset: f64,
    pub limit: Option<f64>,
    pub include_deleted: bool,
}

impl NativeDocQuery {
    pub fn read(&self) -> napi::Result<Query> {
        let direction = if self.descending { SortDirection::Desc } else { SortDirection::Asc };
        if self.latest {
            let query = self.filtered(Query::single_latest_per_key())?;
            return Ok(query.sort_direction(direction).build());
        }
        let sort = if self.by_author { SortBy::AuthorKey } else { SortBy::KeyAuthor };
        Ok(self.filtered(Query::all())?.sort_by(sort, direction).build())
    }

    fn filtered<K>(&self, mut query: QueryBuilder<K>) -> napi::Result<QueryBuilder<K>> {
        if let Some(author) = &self.author {
            query = query.author(read_author(author)?);
        }
        query = match (&self.key, &self.prefix) {
            (Some(key), _) => query.key_exact(key),
            (None, Some(prefix)) => query.key_prefix(prefix),
            (None, None) => query,
        };
        if let Some(limit) = self.limit {
            query = query.limit(limit as u64);
        }
        if self.include_deleted {
            query = query.include_empty();
        }
        Ok(query.offset(self.offset as u64))
    }
}

/// The entries that match a query.
#[napi]
pub struct NativeEntryList {
    handle: Arc<Handle>,
    query: Query,
    pages: Arc<Pages<SignedEntry>>,
}

impl NativeEntryList {
    pub fn new(handle: &Arc<Handle>, query: Query) -> Self {
        Self { handle: Arc::clone(handle), query, pages: Arc::default() }
    }
}

#[napi]
impl NativeEntryList {
    /// Resolves with the next entries, and with an empty array at the end.
    #[napi(catch_unwind, ts_return_type = "Promise<Array<NativeDocEntry>>")]
    pub fn next<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let (handle, query, pages) = (Arc::clone(&self.handle), self.query.clone(), Arc::clone(&self.pages));
        promise(env, &self.handle.node, async move {
            handle.check()?;
            let engine = handle.node.engine().await?;
            let start = async |reply| engine.sync.get_many(handle.id(), query, reply).await;
            let page = pages.next(start, |entry| entry.key().len()).await;
            let page = page.map_err(|failure| handle.check().err().unwrap_or(failure))?;
            Ok(page.iter().map(|entry| NativeDocEntry::from(entry.entry())).collect::<Vec<_>>())
        })
    }

    /// Ends the query. Until then, or until its end, it holds a view of the database.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.pages.close();
    }
}
