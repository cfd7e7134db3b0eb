"""Blobs, gossip and documents of aster-rpc, by commands on stdin. Bytes are texts in UTF-8."""

import asyncio
import os

os.environ.setdefault("ASTER_RELAY_MODE", "disabled")

from aster import blobs_client, docs_client, gossip_client  # noqa: E402

import commands  # noqa: E402
from iroh_node import NODES, start  # noqa: E402

TOPICS = {}
DOCS = {}


async def add(command):
    """Adds a blob; returns its hash and a ticket."""
    blobs = blobs_client(NODES["node"].node)
    blob = await blobs.add_bytes(command["content"].encode())
    return {"hash": blob, "ticket": blobs.create_ticket(blob)}


async def add_collection(command):
    """Adds a collection with one blob; returns its hash and a ticket."""
    blobs = blobs_client(NODES["node"].node)
    collection = await blobs.add_bytes_as_collection(command["name"], command["content"].encode())
    return {"hash": collection, "ticket": blobs.create_collection_ticket(collection)}


async def get(command):
    """Downloads the blob of a ticket; returns its content."""
    blobs = blobs_client(NODES["node"].node)
    return bytes(await blobs.download_blob(command["ticket"])).decode()


async def join(command):
    """Joins a topic, and waits for a peer that joins through this node."""
    topic = bytes.fromhex(command["topic"])
    TOPICS["topic"] = await gossip_client(NODES["node"].node).subscribe(topic, [])


async def broadcast(command):
    """Sends a message on the topic."""
    await TOPICS["topic"].broadcast(command["content"].encode())


async def receive(command):
    """Returns the next message on the topic."""
    while True:
        kind, content = await TOPICS["topic"].recv()
        if kind == "received":
            return bytes(content).decode()


async def create_doc(command):
    """Creates a document and an author; returns their ids and a ticket."""
    docs = docs_client(NODES["node"].node)
    DOCS["doc"] = await docs.create()
    DOCS["author"] = await docs.create_author()
    ticket = await DOCS["doc"].share_with_addr(command["mode"])
    return {"id": DOCS["doc"].doc_id(), "author": DOCS["author"], "ticket": ticket}


async def join_doc(command):
    """Joins the document of a ticket, and creates an author; returns their ids."""
    docs = docs_client(NODES["node"].node)
    # docs.join() does not start the sync
    DOCS["doc"], DOCS["events"] = await docs.join_and_subscribe(command["ticket"])
    DOCS["author"] = await docs.create_author()
    return {"id": DOCS["doc"].doc_id(), "author": DOCS["author"]}


async def set_entry(command):
    """Sets the content of a key; returns the hash."""
    content = command["content"].encode()
    return await DOCS["doc"].set_bytes(DOCS["author"], command["key"].encode(), content)


async def set_policy(command):
    """Sets the download policy of the document."""
    prefixes = [prefix.encode() for prefix in command["prefixes"]]
    await DOCS["doc"].set_download_policy(command["mode"], prefixes)


async def query_entries(command):
    """Returns the entries under a prefix, with those contents that have arrived."""
    found = []
    for entry in await DOCS["doc"].query_key_prefix(command["prefix"].encode()):
        reading = DOCS["doc"].read_entry_content(entry.content_hash)
        try:
            # does not end for a content that is missing
            content = bytes(await asyncio.wait_for(reading, 2)).decode()
        except Exception:
            content = None
        key = bytes(entry.key).decode()
        found.append({"key": key, "author": entry.author_id, "content": content})
    return found


OPERATIONS = {
    "start": start,
    "add": add,
    "addCollection": add_collection,
    "get": get,
    "join": join,
    "broadcast": broadcast,
    "receive": receive,
    "createDoc": create_doc,
    "joinDoc": join_doc,
    "setEntry": set_entry,
    "setPolicy": set_policy,
    "queryEntries": query_entries,
}

asyncio.run(commands.serve(OPERATIONS, NODES))
