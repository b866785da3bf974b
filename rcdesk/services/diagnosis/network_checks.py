"""The way to RingCentral, step by step, and the clock."""

import asyncio
import os
import socket
import ssl
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from rcdesk.core.errors import BadInput, Unreachable
from rcdesk.ringcentral.faults import Refusal, not_ringcentral, unreachable
from rcdesk.ringcentral.http_dates import http_date
from rcdesk.ringcentral.mending import Undecodable, decode
from rcdesk.ringcentral.proxies import ProxyTrouble
from rcdesk.ringcentral.wire import Text, Wire, text
from rcdesk.services.diagnosis.case import Case, present
from rcdesk.services.diagnosis.findings import Finding, Status, ok, told, unknown, wrong
from rcdesk.services.diagnosis.probe import PATH, Probe, Step, ask_server
from rcdesk.system.workthread import WorkThread

LARGEST_CLOCK_ERROR = timedelta(seconds=60)
_CHECK_NETWORK = "Check the network connection."
_PORTAL = "Open any web page in a browser and finish what this network asks for, then try again."
_SET_CLOCK: Mapping[str, str] = {
    "linux": "sudo timedatectl set-ntp true",
    "darwin": "sudo sntp -sS time.apple.com",
    "win32": "w32tm /resync",
}


class ApiVersions(Wire):
    """Answer of `GET /restapi`."""

    uri: Text = None
    server_version: Text = None


async def check_dns(case: Case) -> Finding:
    """The address of the server, or of the proxy on the way to it."""
    server = case.known_settings.server_url
    try:
        proxy = case.proxies.for_url(server)
    except ProxyTrouble as trouble:
        return told(str(trouble))
    parts = urlsplit(proxy or server)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    # Not the loop's executor: the process would wait at its end for a resolver that hangs.
    asked = WorkThread("name lookup").submit(
        lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    try:
        found = await asyncio.wrap_future(asked)
    except OSError:
        what = "The proxy" if proxy else "The server"
        return wrong(f"{what} {host} cannot be found.", _CHECK_NETWORK)
    addresses = dict.fromkeys(str(address[0]) for *_, address in found)
    return ok(f"{'The proxy ' if proxy else ''}{host} is {', '.join(addresses)}")


async def check_connection(case: Case) -> Finding:
    """Whether the server, or the proxy before it, can be connected to; asks it as well."""
    settings = case.known_settings
    probe = case.probe = await ask_server(
        settings.server_url, case.proxies, settings.ca_file, case.utc_now
    )
    took_ms = probe.took_ms.get(Step.TCP)
    if isinstance(probe.fault, BadInput):
        return told(str(probe.fault))
    if took_ms is None or isinstance(probe.fault, ProxyTrouble):
        return told(str(unreachable(_fault(probe), probe.host)), _CHECK_NETWORK)
    way = f"by the proxy {urlsplit(probe.proxy).netloc.rpartition('@')[2]}" if probe.proxy else ""
    detail = f"{probe.host} answers {way or 'directly, without a proxy'}, in {took_ms} ms"
    return ok(detail, took_ms=took_ms)


async def check_tls(case: Case) -> Finding:
    """Whose certificate the server shows, and which certificates it was checked against."""
    probe = present(case.probe)
    trusted = f"checked against {certificates(case.known_settings.ca_file)}"
    if not probe.uses_tls:
        return ok("Not used: the server is this computer.")
    took_ms = probe.took_ms.get(Step.TLS)
    if took_ms is None:
        finding = told(str(unreachable(_fault(probe), probe.host)), _PORTAL)
        return Finding(finding.status, f"{finding.detail} It was {trusted}.", finding.fix)
    issuer = _issuer(probe.certificate)
    until = _expires_at(probe.certificate)
    expiry = f", good until {until:%Y-%m-%d}" if until else ""
    return ok(
        f"{probe.tls_version} by {issuer}{expiry}, {trusted}, in {took_ms} ms", took_ms=took_ms
    )


def certificates(ca_file: str) -> str:
    """Where the certificates come from that the server's is checked against."""
    places = ssl.get_default_verify_paths()
    source = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), "")
    system = source or places.cafile or places.capath or "those that come with rcdesk"
    return f"{system} and {ca_file}" if ca_file else system


async def check_server(case: Case) -> Finding:
    """Whether it is RingCentral that answers, and no page of this network's."""
    probe = present(case.probe)
    response = probe.response
    if response is None:
        return told(str(unreachable(_fault(probe), probe.host)), _CHECK_NETWORK)
    took_ms = probe.took_ms.get(Step.ANSWER)
    if response.is_error:
        error = Refusal(response).error()
        if not isinstance(error, Unreachable):
            case.is_reachable = True
            return Finding(Status.WARNING, str(error), "Try again later.", took_ms)
        return (
            _not_ringcentral(str(error), took_ms)
            if response.status_code < 500
            else told(str(error))
        )
    versions = _versions(response)
    if versions is None:
        return _not_ringcentral(str(not_ringcentral(response)), took_ms)
    case.is_reachable = True
    return ok(
        f"RingCentral {text(versions.server_version)} answers".replace("  ", " "), took_ms=took_ms
    )


def _not_ringcentral(sentence: str, took_ms: int | None) -> Finding:
    return wrong(sentence, _PORTAL, took_ms=took_ms)


def _versions(response: httpx.Response) -> ApiVersions | None:
    if not response.is_success:
        return None
    try:
        answer = decode(response.content, ApiVersions)
    except Undecodable:
        return None
    return answer if PATH in text(answer.uri) else None


async def check_clock(case: Case) -> Finding:
    """How far this computer's clock is from the server's."""
    probe = present(case.probe)
    if probe.response is None or probe.asked_at is None or probe.answered_at is None:
        return unknown("The server did not say what time it is.")
    theirs = http_date(probe.response.headers.get("Date", ""))
    if theirs is None:
        return unknown("The server did not say what time it is.")
    ours = probe.asked_at + (probe.answered_at - probe.asked_at) / 2
    error = ours - theirs
    if abs(error) <= LARGEST_CLOCK_ERROR:
        return ok("Within a minute of RingCentral's", took_ms=0)
    direction = "fast" if error > timedelta() else "slow"
    return wrong(
        f"This computer's clock is {_span(abs(error))} {direction}: times of calls are shown "
        "wrong, and certificates may count as expired.",
        _SET_CLOCK.get(sys.platform, "Set the clock by the network."),
    )


def _fault(probe: Probe) -> Exception:
    return probe.fault or OSError()


def _issuer(certificate: Mapping[str, Any]) -> str:
    names = dict(pair for part in certificate.get("issuer", ()) for pair in part)
    for field in ("organizationName", "commonName"):
        if names.get(field):
            return str(names[field])
    return "an issuer without a name"


def _expires_at(certificate: Mapping[str, Any]) -> datetime | None:
    try:
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    except (KeyError, ValueError, OverflowError):
        return None


def _span(span: timedelta) -> str:
    for unit_s, unit in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if span.total_seconds() >= 2 * unit_s:
            return f"{round(span.total_seconds() / unit_s)} {unit}"
    return f"{round(span.total_seconds())} seconds"
