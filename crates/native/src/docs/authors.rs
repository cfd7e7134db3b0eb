//! Authors: the keys that sign entries.

use std::sync::Arc;

use iroh_docs::Author;
use iroh_docs::api::protocol::AuthorListResponse;
use napi::Env;
use napi::bindgen_prelude::{Object, Uint8Array};
use napi_derive::napi;

use super::pages::Pages;
use super::{NativeDocs, failed, hex, read_author};
use crate::failure::{Failure, promise};
use crate::node::Node;

#[napi]
impl NativeDocs {
    /// Creates an author.
    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn create_author<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        self.add_author(env, Author::from_bytes(&iroh::SecretKey::generate().to_bytes()))
    }

    /// Adds an author by its 32 secret bytes.
    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn import_author<'env>(&self, env: &'env Env, secret: &[u8]) -> napi::Result<Object<'env>> {
        let wrong = || Failure::option(format!("option secret must be 32 bytes, got {}", secret.len()));
        self.add_author(env, Author::from_bytes(secret.try_into().map_err(|_| wrong())?))
    }

    fn add_author<'env>(&self, env: &'env Env, author: Author) -> napi::Result<Object<'env>> {
        let node = Arc::clone(&self.node);
        promise(env, &self.node, async move {
            let engine = node.engine().await?;
            let id = engine.sync.import_author(author).await.map_err(failed)?;
            Ok(hex(id.as_bytes()))
        })
    }

    /// Returns the secret bytes of an author, and `null` when the node does not have it.
    #[napi(catch_unwind, ts_return_type = "Promise<Uint8Array | null>")]
    pub fn export_author<'env>(&self, env: &'env Env, author: String) -> napi::Result<Object<'env>> {
        let (node, author) = (Arc::clone(&self.node), read_author(&author)?);
        promise(env, &self.node, async move {
            let engine = node.engine().await?;
            let author = engine.sync.export_author(author).await.map_err(failed)?;
            Ok(author.map(|author| Uint8Array::from(author.to_bytes().to_vec())))
        })
    }

    /// Deletes an author.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn delete_author<'env>(&self, env: &'env Env, author: String) -> napi::Result<Object<'env>> {
        let (node, author) = (Arc::clone(&self.node), read_author(&author)?);
        promise(env, &self.node, async move {
            let engine = node.engine().await?;
            if author == engine.default_author.get() {
                return Err(Failure::option("the default author cannot be deleted; set another one first"));
            }
            engine.sync.delete_author(author).await.map_err(failed)
        })
    }

    /// Returns the author of writes that name none.
    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn default_author<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let node = Arc::clone(&self.node);
        promise(env, &self.node, async move { Ok(hex(node.engine().await?.default_author.get().as_bytes())) })
    }

    /// Sets the author of writes that name none.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn set_default_author<'env>(&self, env: &'env Env, author: String) -> napi::Result<Object<'env>> {
        let (node, author) = (Arc::clone(&self.node), read_author(&author)?);
        promise(env, &self.node, async move {
            let engine = node.engine().await?;
            if engine.sync.export_author(author).await.map_err(failed)?.is_none() {
                return Err(Failure::missing("the node does not have the secret of this author"));
            }
            engine.default_author.set(author, &engine.sync).await.map_err(failed)
        })
    }

    /// Lists the authors whose secrets the node has.
    #[napi(catch_unwind)]
    pub fn list_authors(&self) -> NativeAuthorList {
        NativeAuthorList { node: Arc::clone(&self.node), pages: Arc::default() }
    }
}

/// A list of authors.
#[napi]
pub struct NativeAuthorList {
    node: Arc<Node>,
    pages: Arc<Pages<AuthorListResponse>>,
}

#[napi]
impl NativeAuthorList {
    /// Resolves with the next authors, and with an empty array at the end.
    #[napi(catch_unwind, ts_return_type = "Promise<Array<string>>")]
    pub fn next<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let (node, pages) = (Arc::clone(&self.node), Arc::clone(&self.pages));
        promise(env, &self.node, async move {
            let engine = node.engine().await?;
            let page = pages.next(async |reply| engine.sync.list_authors(reply).await, |_| 0).await?;
            Ok(page.iter().map(|author| hex(author.author_id.as_bytes())).collect::<Vec<_>>())
        })
    }

    /// Ends the list.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.pages.close();
    }
}
