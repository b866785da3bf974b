import os
import stat
from pathlib import Path

import pytest

from rcdesk.core.errors import BadInput, StorageTrouble
from rcdesk.system.paths import Paths
from rcdesk.system.settings import PRODUCTION_SERVER, Settings, load_settings, save_settings


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.below(tmp_path)


def write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def test_defaults_without_any_file(paths: Paths) -> None:
    settings = load_settings(paths, {})
    assert settings == Settings()
    assert settings.server_url == PRODUCTION_SERVER


def test_each_source_outranks_the_one_behind_it(paths: Paths) -> None:
    write(paths.system_settings_file, "client_id='system'")
    assert load_settings(paths, {}).client_id == "system"
    write(paths.settings_file, "client_id='user'")
    assert load_settings(paths, {}).client_id == "user"
    environ = {"RC_APP_CLIENT_ID": "environment"}
    assert load_settings(paths, environ).client_id == "environment"
    assert load_settings(paths, environ, {"client_id": "flag"}).client_id == "flag"
    assert load_settings(paths, environ, {"client_id": None}).client_id == "environment"


def test_ringcentrals_own_variable_names(paths: Paths) -> None:
    environ = {
        "RC_SERVER_URL": "https://platform.devtest.ringcentral.com/",
        "RC_APP_CLIENT_ID": "id",
        "RC_APP_CLIENT_SECRET": "secret",
        "RC_USER_JWT": "jwt",
    }
    settings = load_settings(paths, environ)
    assert settings.server_url == "https://platform.devtest.ringcentral.com"
    assert (settings.client_id, settings.client_secret, settings.jwt) == ("id", "secret", "jwt")


def test_secrets_do_not_show_in_a_repr() -> None:
    shown = repr(Settings(client_id="visible", client_secret="hidden1", jwt="hidden2"))
    assert "visible" in shown
    assert "hidden" not in shown


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("redirect_uri = 'rcdesk://callback'", "redirect_uri"),
        ("redirect_uri = ''", "redirect_uri"),
        ("dial_via = 'carrier pigeon'", "ringout, app, tel"),
        ("dial_via = ['ringout']", "ringout, app, tel"),
        ("ringout_prompt = 'yes'", "true or false"),
        ("ringout_prompt = 1", "true or false"),
        ("theme = {}", "system, light, dark"),
        ("caller_id = 16505550100", "quotation marks"),
        ('client_id = "a\\nb"', "one short line"),
        (f"client_id = '{'x' * 5000}'", "one short line"),
        ("jwt = 'eyJhbGciOi'", "RC_USER_JWT"),
    ],
)
def test_an_unusable_value_costs_itself_only(paths: Paths, line: str, says: str) -> None:
    write(paths.settings_file, f"{line}\nringout_from = '+16505550100'\n")
    settings = load_settings(paths, {})
    assert settings == Settings(ringout_from="+16505550100", warnings=settings.warnings)
    (warning,) = settings.warnings
    assert says in warning
    assert str(paths.settings_file) in warning
    assert "eyJ" not in warning


def test_a_loopback_server_needs_no_certificate(paths: Paths) -> None:
    environ = {"RC_SERVER_URL": "http://127.0.0.1:8080"}
    assert load_settings(paths, environ).server_url == "http://127.0.0.1:8080"


def test_an_unusable_variable_is_passed_over_with_a_warning(paths: Paths) -> None:
    settings = load_settings(paths, {"RC_APP_CLIENT_ID": "two\nlines"})
    assert settings.client_id == ""
    assert "RC_APP_CLIENT_ID" in settings.warnings[0]


def test_an_unusable_server_in_the_environment_never_becomes_another_one(paths: Paths) -> None:
    with pytest.raises(BadInput, match=r"RC_SERVER_URL.*https"):
        load_settings(paths, {"RC_SERVER_URL": "http://example.com"}, {"server_url": None})


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("5", "quotation marks"),
        ("'ftp://example.com'", "web address"),
        ("'http://example.com'", "https"),
        ("'https://user:pw@example.com'", "web address"),
        ("'https://[broken'", "web address"),
        ("'https://example.com:99999'", "web address"),
        ("'https://x y'", "web address"),
        ("'https://x/y z'", "web address"),
        ("'https://x\\y'", "web address"),
        ("''", "web address"),
    ],
)
@pytest.mark.parametrize("file", ["settings_file", "system_settings_file"])
def test_an_unusable_server_in_a_file_never_becomes_another_one(
    paths: Paths, file: str, value: str, says: str
) -> None:
    path = getattr(paths, file)
    write(path, f"server_url = {value}\n")
    with pytest.raises(BadInput, match=says) as caught:
        load_settings(paths, {"RC_USER_JWT": "eyJ"})
    assert str(path) in str(caught.value)


def test_the_users_server_makes_up_for_an_unusable_one_of_the_system(paths: Paths) -> None:
    write(paths.system_settings_file, "server_url = 'intranet'\n")
    write(paths.settings_file, "server_url = 'https://platform.example'\n")
    assert load_settings(paths, {}).server_url == "https://platform.example"


def test_a_flag_makes_up_for_an_unusable_server_in_the_environment(paths: Paths) -> None:
    flags = {"server_url": "http://127.0.0.1:8080"}
    assert load_settings(paths, {"RC_SERVER_URL": "x"}, flags).server_url == flags["server_url"]


def test_an_unusable_flag_is_refused(paths: Paths) -> None:
    with pytest.raises(BadInput, match="dial_via"):
        load_settings(paths, {}, {"dial_via": "fax"})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"theme = 'dark'\nclient_id = \n", "line 2"),
        (b"theme = 'dark'\n# caf\xe9\n", "line 2"),
        (b"a = " + b"[" * 50_000, "nested too deeply"),
        (b"#" * (2 << 20), "too large"),
        (b"theme = 'dark'\ntheme = 'light'\n", "line 2"),
        (b"\x00\x01", "line 1"),
    ],
)
def test_a_broken_file_is_named_and_left_alone(paths: Paths, content: bytes, says: str) -> None:
    write(paths.settings_file, content)
    with pytest.raises(BadInput, match=says) as caught:
        load_settings(paths, {})
    assert str(paths.settings_file) in str(caught.value)
    assert paths.settings_file.read_bytes() == content


def test_a_broken_system_file_stops_nobody(paths: Paths) -> None:
    write(paths.system_settings_file, "= broken")
    write(paths.settings_file, "theme = 'dark'")
    settings = load_settings(paths, {})
    assert settings.theme == "dark"
    assert str(paths.system_settings_file) in settings.warnings[0]


def test_an_unreadable_file_is_one_sentence(paths: Paths) -> None:
    paths.settings_file.mkdir(parents=True)
    with pytest.raises(StorageTrouble, match="cannot be read"):
        load_settings(paths, {})


def test_saving_keeps_what_it_does_not_know(paths: Paths) -> None:
    write(paths.settings_file, "from_the_future = [1, 2]\ntheme = 'dark'\ncaller_id = '+1'\n")
    save_settings(paths, {"theme": "light", "caller_id": None})
    text = paths.settings_file.read_text()
    assert "from_the_future" in text
    assert "caller_id" not in text
    assert load_settings(paths, {}).theme == "light"


@pytest.mark.skipif(os.name != "posix", reason="modes are for Unix")
def test_saved_settings_are_readable_by_their_user_only(paths: Paths) -> None:
    save_settings(paths, {"client_secret": "s"})
    assert stat.S_IMODE(paths.settings_file.stat().st_mode) == 0o600
    assert [path.name for path in paths.config_dir.iterdir()] == ["config.toml"]


def test_saving_over_a_broken_file_sets_it_aside(paths: Paths) -> None:
    write(paths.settings_file, "my careful work = = =")
    save_settings(paths, {"theme": "dark"})
    (aside,) = paths.config_dir.glob("config.toml.broken-*")
    assert aside.read_text() == "my careful work = = ="
    assert load_settings(paths, {}).theme == "dark"


@pytest.mark.parametrize("changes", [{"theme": "plaid"}, {"server_url": "http://example.com"}])
def test_an_unusable_value_is_not_saved(paths: Paths, changes: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        save_settings(paths, changes)
    assert not paths.settings_file.exists()


def test_the_jwt_is_never_written(paths: Paths) -> None:
    with pytest.raises(ValueError, match="never written"):
        save_settings(paths, {"jwt": "eyJ"})
    assert not paths.settings_file.exists()


@pytest.mark.skipif(os.name != "posix", reason="links need no privilege on Unix")
def test_a_symbolic_link_stays_one(paths: Paths, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "rcdesk.toml"
    write(target, "theme = 'dark'")
    paths.config_dir.mkdir(parents=True)
    paths.settings_file.symlink_to(target)
    save_settings(paths, {"theme": "light"})
    assert paths.settings_file.is_symlink()
    assert "light" in target.read_text()


@pytest.mark.skipif(os.name != "posix", reason="links need no privilege on Unix")
def test_a_failed_save_is_one_sentence(paths: Paths, tmp_path: Path) -> None:
    paths.config_dir.mkdir(parents=True)
    paths.settings_file.symlink_to(tmp_path / "unmounted" / "config.toml")
    with pytest.raises(StorageTrouble, match="the old ones are unchanged"):
        save_settings(paths, {"theme": "light"})
    assert paths.settings_file.is_symlink()


def test_a_brand_brings_its_server_unless_one_is_set(paths: Paths) -> None:
    write(paths.settings_file, "brand_id = 3420")
    assert load_settings(paths, {}).server_url == "https://platform.ringcentral.biz"
    assert load_settings(paths, {}).brand_id == "3420"
    environ = {"RC_SERVER_URL": "https://platform.example"}
    assert load_settings(paths, environ).server_url == "https://platform.example"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("brand_id", "'1210'", "1210"),
        ("discovery", "false", False),
        ("proxy", "'direct'", "direct"),
        ("proxy", "'http://ann:pw@proxy.example:3128'", "http://ann:pw@proxy.example:3128"),
        ("proxy", "'socks5://proxy.example'", "socks5://proxy.example"),
    ],
)
def test_the_way_to_the_platform(paths: Paths, name: str, value: str, kept: object) -> None:
    write(paths.settings_file, f"{name} = {value}")
    settings = load_settings(paths, {})
    assert getattr(settings, name) == kept
    assert not settings.warnings
    assert "pw@" not in repr(settings)


@pytest.mark.parametrize("days", [0, 1, 90, 36_500])
def test_how_long_calls_are_kept(paths: Paths, days: int) -> None:
    lines = (f"keep_calls_days = {days}", f"keep_audio_days = {days}", "wipe_on_sign_out = true")
    write(paths.settings_file, "\n".join(lines))
    settings = load_settings(paths, {})
    assert (settings.keep_calls_days, settings.wipe_on_sign_out) == (days, True)
    assert settings.keep_audio_days == days
    assert not settings.warnings


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("keep_calls_days = -1", "must be a number of days, or 0"),
        ("keep_calls_days = 36501", "must be a number of days, or 0"),
        ("keep_calls_days = true", "must be a number of days, or 0"),
        ("keep_calls_days = '90'", "must be a number of days, or 0"),
        ("keep_audio_days = -1", "must be a number of days, or 0"),
        ("wipe_on_sign_out = 1", "must be true or false"),
        ("brand_id = 'AT&T'", "must be a brand's number, such as 1210"),
        ("discovery = 1", "must be true or false"),
        ("proxy = 'proxy.example:3128'", "must be an address such as http://proxy.example:3128"),
        ("proxy = 'http://'", "must be an address such as"),
        ("proxy = 'http://p:99999'", "must be an address such as"),
        ("proxy = 'ftp://p'", "must be an address such as"),
        ("proxy = 'http://ann:a#b@p:1'", "must have %2F, %3F and %23 for"),
        ("ca_file = '/nowhere.pem'", "must be the full path of a file with certificates"),
        ("ca_file = '/'", "must be the full path of a file with certificates"),
    ],
)
def test_what_cannot_be_is_passed_over(paths: Paths, line: str, says: str) -> None:
    write(paths.settings_file, line)
    settings = load_settings(paths, {})
    assert says in settings.warnings[0]
    assert settings == Settings(warnings=settings.warnings)


def test_a_companys_certificates(paths: Paths, tmp_path: Path) -> None:
    certificates = tmp_path / "ca.pem"
    certificates.write_text("-----BEGIN CERTIFICATE-----\n")
    write(paths.settings_file, f"ca_file = '{certificates}'")
    assert load_settings(paths, {}).ca_file == str(certificates)
