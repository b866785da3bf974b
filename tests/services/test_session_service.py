import asyncio
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from rcdesk.core.errors import SignedOut, SignInAbandoned, SignInFailed, Unreachable
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.desk import Desk
from rcdesk.services.session import CLOSED, SessionState, SessionStatus
from rcdesk.signin.messages import AnswerKind, SignInAnswer
from rcdesk.simulator.server import Simulator
from tests.until import until


class Person:
    """Fills the simulator's real page in, as the sign-in window would have it done."""

    def __init__(self, simulator: Simulator, *, allow: bool = True, tamper: str = "") -> None:
        self._simulator = simulator
        self._allow = allow
        self._tamper = tamper

    async def __call__(self, url: str, redirect_uri: str) -> SignInAnswer:
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        credentials = {
            "phone_number": self._simulator.username,
            "extension": self._simulator.extension,
            "password": self._simulator.password,
        }
        async with httpx.AsyncClient() as browser:
            page = await browser.get(url)
            answer = await browser.post(url, data={**query, **hidden(page.text), **credentials})
            choice = {"decision": "allow" if self._allow else "deny"}
            answer = await browser.post(
                str(answer.url), data={**query, **hidden(answer.text), **choice}
            )
        location = answer.headers["Location"]
        assert location.startswith(redirect_uri)
        return SignInAnswer(AnswerKind.REDIRECT, query=urlsplit(location).query + self._tamper)


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    from html.parser import HTMLParser

    found: dict[str, str] = {}

    class Form(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            field = dict(attrs)
            if tag == "input" and field.get("type") == "hidden":
                found[field.get("name") or ""] = field.get("value") or ""

    Form().feed(page)
    return found


async def test_signing_in_by_the_page_ends_signed_in(simulator: Simulator, desk: Desk) -> None:
    told: list[SessionStatus] = []
    desk.session.changed.subscribe(told.append)
    await desk.session.sign_in_with_window(Person(simulator))
    account = await desk.session.load_account()
    assert account.extension_number == simulator.extension
    assert [status.state for status in told] == [
        SessionState.SIGNING_IN,
        SessionState.SIGNED_IN,
        SessionState.SIGNED_IN,
    ]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (SignInAnswer(AnswerKind.CLOSED), CLOSED),
        (SignInAnswer(AnswerKind.FAILED, sentence="No certificate."), "No certificate."),
    ],
)
async def test_a_window_that_ends_early_says_why(
    desk: Desk, answer: SignInAnswer, sentence: str
) -> None:
    async def window(_url: str, _redirect_uri: str) -> SignInAnswer:
        return answer

    with pytest.raises(SignInAbandoned, match=sentence) as abandoned:
        await desk.session.sign_in_with_window(window)
    assert abandoned.value.exit_code == 3
    assert desk.session.status == SessionStatus(SessionState.SIGNED_OUT, reason=sentence)


async def test_a_page_that_refuses_the_app_says_why(desk: Desk) -> None:
    async def window(_url: str, redirect_uri: str) -> SignInAnswer:
        return SignInAnswer(AnswerKind.REFUSED, sentence=f"Add {redirect_uri} (OAU-109).")

    with pytest.raises(SignInFailed, match=desk.platform.session.app.redirect_uri) as refused:
        await desk.session.sign_in_with_window(window)
    assert refused.value.exit_code == 4


async def test_denied_consent_is_one_sentence(simulator: Simulator, desk: Desk) -> None:
    with pytest.raises(SignInFailed, match="did not allow") as refused:
        await desk.session.sign_in_with_window(Person(simulator, allow=False))
    assert refused.value.exit_code == 4


async def test_a_wrong_password_is_one_sentence(simulator: Simulator, desk: Desk) -> None:
    with pytest.raises(SignInFailed) as failure:
        await desk.session.sign_in_with_password(simulator.username, simulator.extension, "wrong")
    assert str(failure.value).count(". ") == 0
    assert desk.session.status.state is SessionState.SIGNED_OUT


async def test_an_unreachable_server_is_one_sentence(unused_tcp_port: int) -> None:
    app = AppRegistration(f"http://127.0.0.1:{unused_tcp_port}", "client")
    async with Desk(app, MemorySessionStore(), with_places=False) as desk:
        with pytest.raises(Unreachable):
            await desk.session.sign_in_with_jwt("a.b.c")
        assert desk.session.status.reason


async def test_a_session_is_resumed_without_asking(
    simulator: Simulator, app: AppRegistration
) -> None:
    store = MemorySessionStore()
    async with Desk(app, store, with_places=False) as desk:
        assert not await desk.session.resume()
        await desk.session.sign_in_with_jwt(simulator.jwt)
    async with Desk(app, store, with_places=False) as desk:
        assert await desk.session.resume()
        assert (await desk.session.load_account()).name


async def test_signing_out_forgets_the_session_here_and_there(
    simulator: Simulator, app: AppRegistration
) -> None:
    store = MemorySessionStore()
    async with Desk(app, store, with_places=False) as desk:
        await desk.session.sign_in_with_jwt(simulator.jwt)
        kept = await store.load()
        await desk.session.sign_out()
        assert not desk.session.is_signed_in
    assert await store.load() is None
    async with Desk(app, MemorySessionStore(kept), with_places=False) as desk:
        await desk.session.resume()
        with pytest.raises(SignedOut):
            await desk.session.load_account()
        assert desk.session.status.state is SessionState.SIGNED_OUT


async def test_an_answer_about_the_user_before_is_not_taken_for_the_next(
    simulator: Simulator, desk: Desk, control: httpx.AsyncClient
) -> None:
    await desk.session.sign_in_with_jwt(simulator.jwt)
    path = "/restapi/v1.0/account/~/extension/~"
    ann = {"path": path, "status": 200, "body": {"id": 111, "name": "Ann A"}, "delay_s": 0.3}
    (await control.post("/faults", json=ann)).raise_for_status()
    asking = asyncio.create_task(desk.session.load_account())
    await until(lambda: path in [entry["path"] for entry in simulator.world.journal.entries])
    await desk.session.sign_out()
    await desk.session.sign_in_with_jwt(simulator.jwt)
    assert (await asking).name == simulator.world.company.user.name
    assert desk.session.account == await asking
