"""Commands as JSON lines: {"id", "op", …} is answered by {"id", "result"} or {"id", "error"}.

Commands run concurrently.
"""

import asyncio
from typing import Any, Awaitable, Callable, Dict

from error_json import described
from json_lines import claim_stdout, read_lines

Operation = Callable[[Dict[str, Any]], Awaitable[Any]]


async def serve(operations: Dict[str, Operation], clients: Dict[str, Any]) -> None:
    """Answers commands until stdin ends, then closes the remaining clients."""
    emit = claim_stdout()
    tasks = set()

    async def answer(command: Dict[str, Any]) -> None:
        try:
            result = await operations[command["op"]](command)
            emit({"id": command["id"], "result": result})
        except Exception as problem:
            emit({"id": command["id"], "error": described(problem)})

    emit({"ready": True})
    async for command in read_lines():
        task = asyncio.create_task(answer(command))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    for client in clients.values():
        await client.close()
