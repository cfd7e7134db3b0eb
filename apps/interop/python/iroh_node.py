"""The node of aster-rpc that a script drives, without a service of its own."""

import os

os.environ.setdefault("ASTER_RELAY_MODE", "disabled")

from aster import EndpointConfig, IrohNode  # noqa: E402

NODES = {}


class Node:
    """A node that the runner of the commands can close."""

    def __init__(self, node):
        self.node = node

    async def close(self):
        await self.node.shutdown()


async def start(command):
    """Opens the node; returns its id and its direct addresses."""
    config = EndpointConfig(alpns=[], relay_mode="disabled", bind_addr="127.0.0.1:0")
    node = await IrohNode.memory_with_alpns([b"unused"], config)
    NODES["node"] = Node(node)
    info = node.node_addr_info()
    return {"endpointId": info.endpoint_id, "directAddresses": list(info.direct_addresses)}
