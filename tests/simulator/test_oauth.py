from urllib.parse import urlsplit

import httpx
import pytest

from rcdesk.simulator.server import Simulator, running
from tests.simulator.conftest import credentials, token


async def test_discovery_leads_to_this_server(
    signed_in: httpx.AsyncClient, http: httpx.AsyncClient, simulator: Simulator
) -> None:
    initial = (await http.get("/.well-known/entry-points/initial?clientId=x")).json()
    assert initial["coreApi"]["baseUri"] == simulator.url
    external = initial["discoveryApi"]["defaultExternalUri"]
    assert (await http.get(external)).status_code == 401
    answer = await signed_in.get(external)
    assert answer.headers["Discovery-Tag"]
    assert answer.json()["authApi"]["tokenUri"] == f"{simulator.url}/restapi/oauth/token"


async def test_openid_configuration_names_what_is_here(
    http: httpx.AsyncClient, simulator: Simulator
) -> None:
    initial = (await http.get("/.well-known/entry-points/initial")).json()
    answer = (await http.get(initial["authApi"]["oidcDiscoveryUri"])).json()
    assert answer["issuer"] == simulator.url
    assert answer["token_endpoint"] == initial["authApi"]["defaultTokenUri"]
    assert answer["authorization_endpoint"] == initial["authApi"]["authorizationUri"]


async def test_the_gateway_is_where_the_request_came_to(
    signed_in: httpx.AsyncClient, simulator: Simulator
) -> None:
    answer = (await signed_in.post("/restapi/oauth/wstoken")).json()
    assert answer["uri"] == f"ws://{urlsplit(simulator.url).netloc}/ws"


@pytest.mark.parametrize(
    ("scopes", "status"), [((), 403), (("ReadPresence",), 403), (("WebSocket",), 200)]
)
async def test_the_gateway_is_for_apps_with_its_scope(scopes: tuple[str, ...], status: int) -> None:
    async with (
        running(scopes=scopes, calls=0) as simulator,
        httpx.AsyncClient(base_url=simulator.url) as http,
    ):
        form = {"grant_type": "password", **credentials(simulator)}
        granted = (await token(http, simulator, **form)).json()
        authorized = {"Authorization": f"Bearer {granted['access_token']}"}
        answer = await http.post("/restapi/oauth/wstoken", headers=authorized)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["errors"][0]["permissionName"] == "WebSocketsSubscription"


async def test_the_api_version_needs_no_sign_in(http: httpx.AsyncClient) -> None:
    assert (await http.get("/restapi/v1.0")).json()["uriString"] == "v1.0"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "CMN-405"),
        ({"Authorization": "Bearer nonsense"}, "OAU-149"),
        ({"Authorization": "Basic eDp5"}, "CMN-405"),
    ],
)
async def test_resources_need_a_token(
    http: httpx.AsyncClient, headers: dict[str, str], code: str
) -> None:
    answer = await http.get("/restapi/v1.0/account/~/extension/~", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["errorCode"] == code
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_token_requests_are_forms(http: httpx.AsyncClient) -> None:
    answer = await http.post("/restapi/oauth/token", json={"grant_type": "password"})
    assert answer.status_code == 415


async def test_further_redirect_uris_can_be_registered() -> None:
    uri = "https://app.example/oauth2callback"
    async with (
        running(redirect_uris=(uri,), calls=0) as simulator,
        httpx.AsyncClient(base_url=simulator.url) as http,
    ):
        query = {"response_type": "code", "client_id": simulator.client_id, "redirect_uri": uri}
        answer = await http.get("/restapi/oauth/authorize", params=query)
        assert answer.status_code == 200
