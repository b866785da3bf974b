"""What RingCentral's page says about an app registration that it refuses."""

import re

from rcdesk.signin.messages import AnswerKind, SignInAnswer

_CODE = re.compile(r"\bOAU-[0-9]{3}\b")
_REDIRECT = "The redirect URI is not registered: add {redirect_uri} to the app's settings ({code})."
_CLIENT = "RingCentral does not know this client ID: check the app's credentials ({code})."
_SENTENCES = {
    **dict.fromkeys(("OAU-109", "OAU-113"), _REDIRECT),
    **dict.fromkeys(("OAU-120", "OAU-121", "OAU-123", "OAU-146", "OAU-153"), _CLIENT),
    "OAU-165": "This app registration is for RingCentral's sandbox: use its server ({code}).",
    "OAU-167": "Your company does not let this app sign in from here: ask your admin ({code}).",
}


def answer_to_closing(page: str, redirect_uri: str) -> SignInAnswer:
    """What it means that the user closed a window that showed the text `page`.

    Only the code is taken from the page, and only one that is known and alone there: whatever
    else a page says stays in the window.
    """
    codes = set(_CODE.findall(page))
    if len(codes) == 1 and (sentence := _SENTENCES.get(code := codes.pop())):
        said = sentence.format(redirect_uri=redirect_uri, code=code)
        return SignInAnswer(AnswerKind.REFUSED, sentence=said)
    return SignInAnswer(AnswerKind.CLOSED)
