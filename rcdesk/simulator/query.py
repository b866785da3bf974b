"""Query parameters, refused as the platform refuses them: 400 CMN-101 with the name."""

import re
from collections.abc import Collection
from datetime import UTC, datetime

from starlette.datastructures import QueryParams

from rcdesk.simulator.errors import ApiError, invalid_parameter

_INT32_MAX = 2**31 - 1
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?")


class Query:
    """The parameters of one request; unknown ones are ignored, as the platform does."""

    def __init__(self, params: QueryParams) -> None:
        self._params = params

    def __contains__(self, name: str) -> bool:
        return name in self._params

    def text(self, name: str) -> str | None:
        """Return the value as sent."""
        return self._params.get(name)

    def texts(self, name: str) -> list[str]:
        """Return every value of a repeatable parameter."""
        return self._params.getlist(name)

    def digits(self, name: str) -> str | None:
        """Return a number without `+`."""
        value = self.text(name)
        if value is not None and not (value.isascii() and value.isdecimal()):
            raise invalid_parameter(name)
        return value

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        """Return one of the `allowed` words."""
        value = self._params.get(name, default)
        if value not in allowed:
            raise invalid_parameter(name)
        return value

    def choices(self, name: str, allowed: Collection[str]) -> set[str]:
        """Return the words of a repeatable parameter; all the `allowed` if there are none."""
        values = set(self._params.getlist(name))
        if not values <= set(allowed):
            raise invalid_parameter(name)
        return values or set(allowed)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a boolean, spelled `true` or `false`."""
        return self.choice(name, ("true", "false"), "true" if default else "false") == "true"

    def integer(self, name: str, default: int, least: int, most: int = _INT32_MAX) -> int:
        """Return an integer within [least, most]."""
        value = self._params.get(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,10}", value) or not least <= int(value) <= most:
            raise invalid_parameter(name)
        return int(value)

    def moment(self, name: str) -> datetime | None:
        """Return a time: ISO 8601 with or without offset (then UTC), or a bare date."""
        value = self._params.get(name)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value) if _DATE.fullmatch(value) else None
            if moment is not None:
                return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise invalid_parameter(name)

    def page(
        self, *, default: int = 100, most: int = 1000, words: Collection[str] = ("max",)
    ) -> tuple[int, int]:
        """Return `page` and `perPage`; any of the `words` asks for `most`."""
        asks_most = self.text("perPage") in words
        per_page = most if asks_most else self.integer("perPage", default, 1, most)
        return self.integer("page", 1, 1), per_page

    def refuse_together(self, alone: str, others: Collection[str]) -> None:
        """Refuse `alone` beside any of the `others`.

        Raises:
            ApiError: 400 CLG-110.
        """
        for other in others:
            if alone in self and other in self:
                raise ApiError(
                    400,
                    "CLG-110",
                    f"Parameter [{alone}] is not allowed for usage along with parameter [{other}]",
                    parameter=other,
                )
