"""The sign-in page as HTML; works without scripts."""

from __future__ import annotations

from html import escape

_STYLE = """
:root { color-scheme: light dark; --back: #eef1f5; --card: #fff; --ink: #16202c;
  --soft: #5b6775; --line: #ccd3db; --blue: #066fac; --orange: #ff7a00; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --back: #11161c; --card: #1b222b; --ink: #edf1f5;
  --soft: #9fabb8; --line: #3a4552; --blue: #4fb0e8; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px;
  background: var(--back); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Cantarell", "DejaVu Sans", sans-serif; }
main { width: 100%; max-width: 400px; background: var(--card); border-radius: 14px;
  padding: 36px 36px 28px; box-shadow: 0 1px 2px #0002, 0 12px 40px #0000001f; }
.brand { display: flex; align-items: center; gap: 10px; font-weight: 650; margin-bottom: 22px; }
.brand svg { width: 30px; height: 30px; flex: none; }
.brand small { margin-left: auto; font-weight: 500; color: var(--soft);
  border: 1px solid var(--line); border-radius: 999px; padding: 1px 10px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 6px; }
p { margin: 0 0 20px; color: var(--soft); }
label { display: block; font-weight: 600; font-size: 14px; margin: 14px 0 5px; }
label span { font-weight: 400; color: var(--soft); }
input { width: 100%; font: inherit; color: inherit; background: transparent; padding: 10px 12px;
  border: 1px solid var(--line); border-radius: 8px; }
input:focus-visible, button:focus-visible { outline: 3px solid var(--blue); outline-offset: 1px; }
.error { color: var(--bad); background: color-mix(in srgb, var(--bad) 10%, transparent);
  border-radius: 8px; padding: 10px 12px; margin-bottom: 10px; }
button { width: 100%; font: inherit; font-weight: 650; padding: 11px; margin-top: 22px;
  border-radius: 8px; border: 1px solid transparent; background: #066fac; color: #fff;
  cursor: pointer; }
button.second { background: transparent; color: inherit; border-color: var(--line); }
.row { display: flex; gap: 12px; flex-direction: row-reverse; }
ul { margin: 0 0 4px; padding: 0; list-style: none; border: 1px solid var(--line);
  border-radius: 10px; }
li { padding: 10px 14px; border-top: 1px solid var(--line); }
li:first-child { border-top: 0; }
"""
_MARK = """<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9"
fill="#066fac"/><path d="M9 21v-7a4 4 0 0 1 4-4h7" fill="none" stroke="#fff" stroke-width="3"
stroke-linecap="round"/><circle cx="21" cy="20" r="4" fill="#ff7a00"/></svg>"""


def sign_in_page(ticket: str, *, number: str = "", extension: str = "", error: str = "") -> str:
    """Return the form; `ticket` names the authorization request, `error` is a sentence."""
    return _page(
        "Sign in",
        f"""<h1>Sign in</h1><p>Use your RingCentral phone number and password.</p>{_error(error)}
<form method="post" autocomplete="on">
<input type="hidden" name="ticket" value="{escape(ticket)}">
<label for="phone_number">Phone number</label>
<input id="phone_number" name="phone_number" type="tel" autocomplete="username" required
 {_focus(not number)} value="{escape(number)}">
<label for="extension">Extension <span>(optional)</span></label>
<input id="extension" name="extension" inputmode="numeric" value="{escape(extension)}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 {_focus(bool(number))}>
<button id="sign_in" type="submit">Sign in</button></form>""",
    )


def consent_page(ticket: str, *, person: str, app: str, permissions: list[str]) -> str:
    """Return the question whether `app` may act for `person`."""
    items = "".join(f"<li>{escape(each)}</li>" for each in permissions)
    return _page(
        "Allow access",
        f"""<h1>Allow {escape(app)} to use your account?</h1>
<p>Signed in as {escape(person)}. {escape(app)} asks to:</p><ul>{items}</ul>
<form method="post"><input type="hidden" name="ticket" value="{escape(ticket)}"><div class="row">
<button id="allow" name="decision" value="allow" autofocus>Allow</button>
<button id="deny" name="decision" value="deny" class="second">Deny</button></div></form>""",
    )


def error_page(title: str, sentence: str) -> str:
    """Return a page that says why there is nothing to sign in to."""
    return _page(title, f"<h1>{escape(title)}</h1>{_error(sentence)}")


def _page(title: str, content: str) -> str:
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} - RingCentral simulator</title><style>{_STYLE}</style></head><body><main>
<div class="brand">{_MARK}RingCentral <small>simulator</small></div>{content}</main></body>
</html>"""


def _error(sentence: str) -> str:
    return f'<div class="error" role="alert">{escape(sentence)}</div>' if sentence else ""


def _focus(is_first: bool) -> str:
    return "autofocus" if is_first else ""
