# mypy: disable-error-code="no-untyped-call"
# jeepney has no types.
"""When to doubt a connection: the computer slept, or the network changed."""

import asyncio
import logging
import socket
import sys
import time
from collections.abc import Awaitable, Callable

_log = logging.getLogger(__name__)

_TICK_S = 5.0
_JUMP_S = 15.0
_SETTLE_S = 0.3
"""An interface that comes up changes several addresses and routes at once."""

# linux/rtnetlink.h: RTMGRP_IPV4_IFADDR, _IPV4_ROUTE, _IPV6_IFADDR, _IPV6_ROUTE. Not the links,
# which also tell of every scan for wireless networks.
_ADDRESSES_AND_ROUTES = 0x10 | 0x40 | 0x100 | 0x400
_LOGIND_PATH, _LOGIND_INTERFACE = "/org/freedesktop/login1", "org.freedesktop.login1.Manager"


async def watch_wakeups(woken: Callable[[str], None]) -> None:
    """Call `woken` on this loop, with what happened, until cancelled.

    Several signs of one event may each call it. logind and netlink are Linux's; clocks that
    have drifted apart tell of a sleep anywhere.
    """
    async with asyncio.TaskGroup() as watches:
        watches.create_task(watch_clocks(woken), name="clocks")
        if sys.platform == "linux":
            watches.create_task(_watch_logind(woken), name="logind")
            watches.create_task(_watch_network(woken), name="netlink")


async def watch_clocks(
    woken: Callable[[str], None],
    *,
    wall_s: Callable[[], float] = time.time,
    monotonic_s: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Tell of time that went by unnoticed.

    During a sleep the monotonic clock stands still (Linux, macOS) while the wall clock goes
    on, or runs on (Windows) while nobody serves this loop.
    """
    while True:
        wall, monotonic = wall_s(), monotonic_s()
        await sleep(_TICK_S)
        passed_s = monotonic_s() - monotonic
        if wall_s() - wall - passed_s > _JUMP_S or passed_s > _TICK_S + _JUMP_S:
            woken("time has jumped")


async def _watch_logind(woken: Callable[[str], None]) -> None:
    """`PrepareForSleep(false)` is how logind says that the computer is awake again."""
    from jeepney import MatchRule  # noqa: PLC0415 - only Linux has it
    from jeepney.bus_messages import message_bus  # noqa: PLC0415
    from jeepney.io.asyncio import Proxy, open_dbus_router  # noqa: PLC0415

    rule = MatchRule(
        type="signal", interface=_LOGIND_INTERFACE, member="PrepareForSleep", path=_LOGIND_PATH
    )
    try:
        async with open_dbus_router(bus="SYSTEM") as router:
            with router.filter(rule, bufsize=16) as queue:
                await Proxy(message_bus, router).AddMatch(rule)
                while True:
                    message = await queue.get()
                    if message.body == (False,):
                        woken("the computer woke up")
    except Exception as error:  # noqa: BLE001 - no system bus, or none that speaks D-Bus
        _log.info("logind does not tell of sleep here (%s)", type(error).__name__)


async def _watch_network(woken: Callable[[str], None]) -> None:
    """rtnetlink(7) tells of addresses and routes, whoever manages them."""
    loop = asyncio.get_running_loop()
    changed = asyncio.Event()
    try:
        netlink = socket.socket(
            socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE
        )
        netlink.bind((0, _ADDRESSES_AND_ROUTES))
    except OSError as error:
        _log.info("The kernel does not tell of network changes here (%s)", error.strerror)
        return

    def drain() -> None:
        changed.set()
        try:
            while netlink.recv(65536):
                pass
        except OSError:
            # All read; or more was said than fits (ENOBUFS), which is a change as well.
            pass

    loop.add_reader(netlink.fileno(), drain)
    try:
        while True:
            await changed.wait()
            await asyncio.sleep(_SETTLE_S)
            changed.clear()
            woken("the network changed")
    finally:
        loop.remove_reader(netlink.fileno())
        netlink.close()
