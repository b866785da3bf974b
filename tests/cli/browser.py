"""A browser without a screen, run as $BROWSER: signs in on the simulator's page, then decides."""

import os
import re
import sys

import httpx


def main(url: str) -> None:
    with httpx.Client(timeout=20) as client:
        page = client.get(url)
        fields = ("phone_number", "extension", "password")
        page = _post(page, client, {name: os.environ[name.upper()] for name in fields})
        answer = _post(page, client, {"decision": os.environ["DECISION"]})
        client.get(answer.headers["Location"]).raise_for_status()


def _post(page: httpx.Response, client: httpx.Client, fields: dict[str, str]) -> httpx.Response:
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert ticket, page.text
    return client.post(page.url, data={"ticket": ticket[1], **fields})


if __name__ == "__main__":
    main(sys.argv[1])
