import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds; it is looked at whenever the loop has been round.

    Raises:
        TimeoutError: it did not hold within half a minute.
    """
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - any turn of the loop may bring it
            await asyncio.sleep(0.005)
