"""Shows, changes and closes notifications on a real desktop; run by test_notifications."""

import asyncio
import json

from rcdesk.system.notifications import Action, open_notifier


async def dunstctl(*arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *("dunstctl", *arguments), stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await process.communicate()
    return answer.decode().strip()


async def main() -> None:
    pressed: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    notifier = await open_notifier(lambda key, action: pressed.put_nowait((key, action)))
    report: dict[str, object] = {"usable": [notifier.is_available, notifier.has_actions]}
    await notifier.show_call("one", "Ada <b>", "Sales", [Action("open", "Open")])
    await notifier.show_call("one", "Ada <b>", "<i>Sales</i> & Co", [Action("open", "Open")])
    await notifier.show_call("two", "Bob", "Support")
    report["shown"] = await dunstctl("count", "displayed")
    await notifier.close_call("two")
    await notifier.close_call("never shown")
    report["after_close"] = await dunstctl("count", "displayed")
    await dunstctl("action", "0")
    async with asyncio.timeout(10):
        report["pressed"] = await pressed.get()
    await notifier.show_call("three", "Cy", "Support")
    await notifier.close()
    report["at_the_end"] = await dunstctl("count", "displayed")
    history = json.loads(await dunstctl("history"))["data"][0]
    report["messages"] = sorted(entry["message"]["data"] for entry in history)
    report["kinds"] = sorted({entry["category"]["data"] for entry in history})
    print(json.dumps(report), flush=True)


asyncio.run(main())
