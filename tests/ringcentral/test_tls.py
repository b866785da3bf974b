import shutil
import subprocess
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from rcdesk.core.errors import BadInput, Unreachable
from rcdesk.ringcentral.platform import Network, Platform
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tls import client_context
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.simulator.server import running
from tests.ringcentral.authority import Authority

HERE = "127.0.0.1"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def signed_in_by(certificate: Path, network: Network) -> bool:
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(running(certificate=certificate))
        app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
        store = MemorySessionStore()
        platform = await stack.enter_async_context(Platform(app, store, network=network))
        await platform.session.sign_in_with_jwt(simulator.jwt)
        return await platform.session.is_authorized()


async def test_a_companys_own_authority_is_trusted_by_the_setting(authority: Authority) -> None:
    assert await signed_in_by(authority.issue(HERE), Network(ca_file=str(authority.ca_file)))


async def test_a_companys_own_authority_is_trusted_by_the_environment(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    assert await signed_in_by(authority.issue(HERE), Network())


def install(ca_file: Path, directory: Path) -> None:
    shutil.copy(ca_file, directory)
    # OpenSSL looks for files by their subject's hash.
    subprocess.run(["openssl", "rehash", directory], check=True)


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl's rehash")
async def test_a_certificate_directory_is_read(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    directory = tmp_path / "certs"
    directory.mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(directory))
    certificate = authority.issue(HERE)
    with pytest.raises(Unreachable):
        await signed_in_by(certificate, Network())
    install(authority.ca_file, directory)
    assert await signed_in_by(certificate, Network())


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl's rehash")
async def test_a_bundle_is_read_unless_the_directory_around_it_says_as_much(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    directory = tmp_path / "certs"
    directory.mkdir()
    bundle = directory / "bundle.crt"
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.setenv("SSL_CERT_DIR", str(directory))
    certificate = authority.issue(HERE)
    bundle.write_bytes(authority.ca_file.read_bytes())
    assert client_context().cert_store_stats()["x509_ca"] == 1
    assert await signed_in_by(certificate, Network())

    bundle.unlink()
    install(authority.ca_file, directory)
    bundle.write_bytes(authority.ca_file.read_bytes())
    assert client_context().cert_store_stats()["x509_ca"] == 0
    assert await signed_in_by(certificate, Network())

    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    bundle.write_bytes(authority.ca_file.read_bytes() + other.ca_file.read_bytes())
    assert await signed_in_by(other.issue(HERE), Network())


@pytest.mark.parametrize(
    ("host", "from_days", "until_days", "is_known", "sentence"),
    [
        (HERE, -2, -1, True, "has expired: check this computer's date"),
        (HERE, 1, 2, True, "is not valid yet: check this computer's date"),
        ("10.0.0.1", -1, 1, True, "Something else answers for 127.0.0.1"),
        ("wifi.example", -1, 1, True, "Something else answers for 127.0.0.1"),
        (HERE, -1, 1, False, "an issuer that this computer does not know: if your company"),
    ],
)
async def test_what_is_wrong_with_a_certificate_is_one_sentence(
    authority: Authority,
    *,
    host: str,
    from_days: float,
    until_days: float,
    is_known: bool,
    sentence: str,
) -> None:
    certificate = authority.issue(host, from_days=from_days, until_days=until_days)
    network = Network(ca_file=str(authority.ca_file) if is_known else "")
    with pytest.raises(Unreachable, match=sentence) as unreachable:
        await signed_in_by(certificate, network)
    assert HERE in str(unreachable.value)


async def test_a_server_without_tls_is_one_sentence() -> None:
    async with running() as simulator:
        app = AppRegistration(simulator.url.replace("http:", "https:"), simulator.client_id)
        async with Platform(app, MemorySessionStore()) as platform:
            with pytest.raises(Unreachable, match=f"No secure connection to {HERE}"):
                await platform.session.sign_in_with_jwt(simulator.jwt)


@pytest.mark.parametrize("content", [None, "", "-----BEGIN CERTIFICATE-----\nno\n"])
def test_an_unreadable_certificate_file_is_one_sentence(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadInput, match="name a PEM file in the setting ca_file"):
        client_context(str(path))


def test_the_token_never_travels_unverified() -> None:
    context = client_context()
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"
