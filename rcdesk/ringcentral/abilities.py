"""What this session may do: the scopes it was granted, less what the platform has refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rcdesk.core import abilities
from rcdesk.core.abilities import NEEDS, Ability
from rcdesk.core.errors import PermissionMissing
from rcdesk.ringcentral.session import OAuthSession

_APP_SCOPE = "CMN-401"


class Abilities:
    """Knows what need not be asked for, since the answer would be no.

    What was refused is asked for again after the next sign-in only.

    Attributes:
        changed: called when something was refused that had been thought to work.
    """

    def __init__(self, session: OAuthSession) -> None:
        self.changed: Callable[[], None] = lambda: None
        self._session = session
        self._refused: dict[Ability, str] = {}
        self._refused_to = session.key

    def has(self, ability: Ability) -> bool:
        """Somebody is signed in, and nothing speaks against it."""
        return self._session.is_signed_in and not self.why_not(ability)

    def why_not(self, ability: Ability) -> str:
        """A sentence that names what is missing; empty while nothing is known to be."""
        if ability in self.lacking():
            scope = NEEDS[ability].scopes[0]
            return f"The app registration lacks the {scope} scope. {abilities.mend((ability,))}"
        return self._refusals().get(ability, "")

    def lacking(self) -> tuple[Ability, ...]:
        """What the granted scopes leave out."""
        return abilities.missing(self._session.granted_scopes)

    def require(self, ability: Ability) -> None:
        """Raises PermissionMissing where it is known to be missing."""
        if self._session.is_signed_in and (sentence := self.why_not(ability)):
            raise PermissionMissing(sentence, permission=NEEDS[ability].scopes[0])

    @contextmanager
    def needed(self, ability: Ability | None) -> Iterator[None]:
        """Ask for something only where it can be had, and remember if it cannot.

        Raises:
            PermissionMissing: it is known to be missing, or turned out to be.
        """
        if ability is None:
            yield
            return
        self.require(ability)
        try:
            yield
        except PermissionMissing as refusal:
            # Without a name it may be about this one request, not about all of its kind.
            if refusal.permission or _APP_SCOPE in refusal.codes:
                self._refusals()[ability] = str(refusal)
                self.changed()
            raise

    def _refusals(self) -> dict[Ability, str]:
        if self._refused_to != self._session.key:
            self._refused_to = self._session.key
            self._refused = {}
        return self._refused
