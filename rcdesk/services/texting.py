"""Text messages of the user, from a number that may send them."""

from rcdesk.core.errors import BadInput
from rcdesk.core.numbers import e164, interpret, is_extension
from rcdesk.ringcentral.message_records import Message
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.sending import LONGEST_SMS, checked_text, list_senders, send_sms
from rcdesk.services.session import SessionService

NO_SENDER = "None of your numbers can send text messages: ask your admin for one."


def text_number(text: str, region: str) -> str:
    """The number in `text` as E.164.

    Raises:
        BadInput: it is no number that takes text messages.
    """
    number = interpret(text, region)
    if not number.e164:
        raise BadInput(number.problem or "Say to which number the message goes.")
    if is_extension(number.e164):
        raise BadInput(
            f"{number.e164} is an extension: use `rcdesk pager --to {number.e164}`, "
            "or give the whole number."
        )
    if not number.e164.startswith("+"):
        raise BadInput(f"{number.e164} is not a number that takes text messages.")
    return number.e164


class TextService:
    """Sends texts as whoever is signed in."""

    def __init__(self, platform: Platform, session: SessionService) -> None:
        self._platform = platform
        self._session = session

    async def senders(self) -> tuple[str, ...]:
        """The user's numbers that may send (E.164), the direct ones first.

        Raises:
            PlatformError, SignedOut: RingCentral could not be asked.
        """
        account = await self._session.load_account()
        found = await list_senders(self._platform.http, account.extension_id)
        return tuple(e164(sender.number, account.region) for sender in found)

    async def send(self, to_text: str, message_text: str, *, from_text: str = "") -> Message:
        """Send to one number, from `from_text` or the first of `senders`.

        Raises:
            BadInput: no number, no text, too much of it, or a number that may not send.
            NotSent, PlatformError, SignedOut: see `send_sms`.
        """
        checked_text(message_text, LONGEST_SMS)
        region = (await self._session.load_account()).region
        to_number = text_number(to_text, region)
        wanted = text_number(from_text, region) if from_text else ""
        senders = await self.senders()
        if not senders:
            raise BadInput(NO_SENDER)
        if wanted and wanted not in senders:
            raise BadInput(f"You cannot send from {wanted}: choose {' or '.join(senders)}.")
        return await send_sms(self._platform.http, wanted or senders[0], [to_number], message_text)
