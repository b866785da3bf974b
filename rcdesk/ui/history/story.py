"""What happened in a call, told from its legs; free of Qt.

Legs come as RingCentral's words (`legType`, `action`, `result`), of which new ones may turn up
any day, and with fields missing: whatever is not known is told in the platform's own word.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.events import LogLeg
from rcdesk.core.history import HistoryEntry
from rcdesk.core.numbers import is_extension
from rcdesk.core.twins import same_number
from rcdesk.ui import words
from rcdesk.ui.history.leg_words import (
    ANSWERED,
    DECLINED,
    ENDINGS,
    FAX_ENDINGS,
    HUNG_UP,
    PLAIN_ACTIONS,
    RANG,
    SELF_EVIDENT,
    UNANSWERED,
    VOICEMAIL,
    Part,
    folded_result,
    lasting,
    part_of,
    party,
)

_LONGEST_OFFSET_S = 86_400
# So many that did not answer are told one by one.
_MOST_ALIKE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the story.

    Attributes:
        icon, color: see `words.Look`.
        more: a sentence of the platform's on it.
        after_s: how long after the call's beginning; None where nobody knows.
        outcome: of what is told here, where it tells how the call went on.
        alike, who: steps in a row that are `alike` may be told as one, of all `who`.
    """

    text: str
    icon: str = "phone"
    color: str = "text_muted"
    more: str = ""
    after_s: float | None = None
    outcome: Outcome | None = None
    alike: str = ""
    who: str = ""


def story(entry: HistoryEntry, legs: Sequence[LogLeg], region: str) -> tuple[Step, ...]:
    """How the call began, what each leg added, and how it ended if no leg has told."""
    told = [_told(leg, entry, region) for leg in _in_time(_further(legs, entry), entry)]
    steps = [_beginning(entry, region), *told, *_ending(entry, told)]
    if not any(step.after_s for step in steps):
        # All legs bear the same time: that tells nothing.
        return tuple(replace(step, after_s=None) for step in steps)
    return tuple(steps)


def folded(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Many in a row to whom the same happened told in one line."""
    found: list[Step] = []
    for alike, group in groupby(steps, key=lambda step: step.alike):
        run = list(group)
        if not alike or len(run) <= _MOST_ALIKE:
            found += run
            continue
        named = list(dict.fromkeys(step.who for step in run if step.who))
        others = len(run) - min(len(named), 2)
        who = ", ".join(named[:2])
        more = f"{others} more" if who else f"{others} phones"
        subject = " and ".join(part for part in (who, more if others else "") if part)
        found.append(replace(run[0], text=f"{subject} {alike}"))
    return tuple(found)


def _beginning(entry: HistoryEntry, region: str) -> Step:
    line = words.isolate(words.number(entry.own, region) or words.plain(entry.own.name, 60))
    queue = words.queue(entry)
    inbound = entry.direction is Direction.INBOUND
    icon, head = ("phone-incoming", "Came in") if inbound else ("phone-outgoing", "Called")
    link = " on " if inbound else " from "
    if entry.type == "Fax":
        icon, head = "fax", "A fax came in" if inbound else "Faxed"
    elif entry.action.startswith("RingOut"):
        head = "RingOut"
    elif queue:
        icon, line = "queue", ""
        head = f"Rang the queue {words.isolate(queue)}" if entry.queue else "Rang a call queue"
    is_special = entry.type != "Fax" and entry.action not in PLAIN_ACTIONS and head != "RingOut"
    return Step(
        text=f"{head}{link}{line}" if line else head,
        icon=icon,
        more=words.plain(entry.action, 40) if is_special else "",
        after_s=0,
    )


def _further(legs: Sequence[LogLeg], entry: HistoryEntry) -> list[LogLeg]:
    """All but the leg that is the call itself, arriving."""
    if entry.direction is Direction.OUTBOUND or entry.type == "Fax" or not legs:
        return list(legs)
    arrival = next((at for at, leg in enumerate(legs) if leg.is_master), 0)
    leg = legs[arrival]
    rings_line = not leg.callee.number or same_number(leg.callee.number, entry.own.number)
    is_call = leg.kind == "Accept" or (part_of(leg) is Part.RING and rings_line)
    return [other for at, other in enumerate(legs) if at != arrival or not is_call]


def _in_time(legs: Sequence[LogLeg], entry: HistoryEntry) -> list[LogLeg]:
    """By their whole seconds, where they have any; the platform's order counts otherwise."""
    keys: list[tuple[int, bool]] = []
    for leg in legs:
        after_s = _after_s(leg, entry)
        second = (keys[-1][0] if keys else 0) if after_s is None else int(after_s)
        is_callee = part_of(leg) is Part.RING_OUT and not _is_own_phone(leg, entry)
        keys.append((second, is_callee))
    return [legs[at] for at in sorted(range(len(legs)), key=keys.__getitem__)]


def _after_s(leg: LogLeg, entry: HistoryEntry) -> float | None:
    if leg.started_at is None:
        return None
    after_s = (leg.started_at - entry.started_at).total_seconds()
    return max(after_s, 0) if abs(after_s) < _LONGEST_OFFSET_S else None


def _is_own_phone(leg: LogLeg, entry: HistoryEntry) -> bool:
    """Of a RingOut: it is the leg to the user's own phone.

    Told by the number: which of `ToCaller` and `ToSubscriber` it is, is not documented.
    """
    if leg.callee.number and entry.other.number:
        return not same_number(leg.callee.number, entry.other.number)
    return leg.kind.endswith("ToCaller")


def _told(leg: LogLeg, entry: HistoryEntry, region: str) -> Step:
    part, who = part_of(leg), party(leg.callee, region)
    if part is Part.FORWARD and is_extension(leg.callee.number):
        part = Part.RING
    match part:
        case Part.RING:
            step = _rang(leg, who)
        case Part.RING_OUT:
            step = _rang_out(leg, entry, region)
        case Part.PARK:
            where = f"Parked at {who}" if who else "Parked"
            step = Step(text=f"{where}{lasting(leg.duration_s)}", icon="parked", color="parked")
        case Part.FAX:
            step = _faxed(entry, leg.result)
        case _:
            if part in (Part.JOIN, Part.MONITOR):
                who = party(leg.caller, region)
            step = _went_on(leg, part, who)
    return replace(step, after_s=_after_s(leg, entry))


def _rang(leg: LogLeg, who: str) -> Step:
    result = folded_result(leg.result)
    if result in ANSWERED:
        text = f"Answered by {who}" if who else "Answered"
        return _answered(f"{text}{lasting(leg.duration_s)}")
    if result in VOICEMAIL:
        return _to_voicemail(leg.duration_s, who)
    if (did := UNANSWERED.get(result)) is not None:
        icon = "phone" if did == RANG else "phone-missed"
        text = f"{who or 'A phone'} {did}{lasting(leg.duration_s)}"
        return Step(text=text, icon=icon, alike=did, who=who, outcome=Outcome.MISSED)
    return _unknown(leg, who)


def _rang_out(leg: LogLeg, entry: HistoryEntry, region: str) -> Step:
    who, is_own = party(leg.callee, region), _is_own_phone(leg, entry)
    result = folded_result(leg.result)
    if is_own:
        number = party(Endpoint(leg.callee.number), region)
        who = f"Your phone {number}" if number else "Your phone"
        if result in ANSWERED:
            return Step(text=f"{who} answered", icon="phone", color="connected")
    elif result in ANSWERED:
        return _answered(f"{who or 'The other side'} answered{lasting(leg.duration_s)}")
    elif result in VOICEMAIL:
        return _to_voicemail(leg.duration_s, who)
    if (did := UNANSWERED.get(result)) is not None:
        text = f"{who or 'The other side'} {did}"
        return Step(text=text, icon="phone-missed", outcome=Outcome.MISSED)
    return _unknown(leg, who)


_WENT_ON = {
    Part.FORWARD: ("Forwarded", " to ", "external"),
    Part.TRANSFER: ("Transferred", " to ", "transfer"),
    Part.MOVE: ("Moved", " to ", "transfer"),
    Part.PICKUP: ("Picked up", " by ", "phone"),
    Part.CONFERENCE: ("Conference", " with ", "user"),
    Part.MEETING: ("RingCentral meeting", " with ", "user"),
    Part.JOIN: ("Joined", " by ", "user"),
    Part.MONITOR: ("Monitored", " by ", "user"),
    Part.PAGE: ("Paged", " ", "phone-outgoing"),
    Part.CALL_BACK: ("Called back", " ", "phone-outgoing"),
    Part.APPLICATION: ("Handed to an application", " at ", "external"),
}


def _went_on(leg: LogLeg, part: Part, who: str) -> Step:
    did, link, icon = _WENT_ON[part]
    head = f"{did}{link}{who}" if who else did
    result = folded_result(leg.result)
    if result in VOICEMAIL:
        return Step(
            text=f"{head}: went to voicemail{lasting(leg.duration_s)}",
            icon="voicemail",
            color="voicemail",
            outcome=Outcome.VOICEMAIL,
        )
    if result in ANSWERED:
        text = f"{head}{lasting(leg.duration_s)}"
        return Step(text=text, icon=icon, color="connected", outcome=Outcome.ANSWERED)
    did_not = UNANSWERED.get(result, "")
    if did_not == RANG:
        return Step(text=f"{head}{lasting(leg.duration_s)}", icon=icon)
    if did_not:
        text = f"{head}: {did_not}{lasting(leg.duration_s)}"
        return Step(text=text, icon=icon, outcome=Outcome.MISSED)
    return Step(text=f"{head}: {words.plain(leg.result, 60)}", icon=icon)


def _answered(text: str) -> Step:
    return Step(text=text, icon="phone", color="connected", outcome=Outcome.ANSWERED)


def _to_voicemail(duration_s: float, who: str = "") -> Step:
    whose = f"the voicemail of {who}" if who else "voicemail"
    return Step(
        text=f"Went to {whose}{lasting(duration_s, 'message of ')}",
        icon="voicemail",
        color="voicemail",
        outcome=Outcome.VOICEMAIL,
    )


def _unknown(leg: LogLeg, who: str) -> Step:
    """In the platform's own words."""
    subject = who or words.plain(leg.action, 60) or words.plain(leg.kind, 60) or "A phone"
    said = words.plain(leg.result, 60)
    return Step(text=f"{subject}: {said}{lasting(leg.duration_s)}")


def _faxed(entry: HistoryEntry, result: str) -> Step:
    text, is_success = FAX_ENDINGS.get(folded_result(result), ("", False))
    failed = Step(text=text or words.plain(result, 60) or "Fax", icon="fax", color="missed")
    if not is_success:
        return replace(failed, color="missed" if text else "text_muted", outcome=Outcome.MISSED)
    return Step(
        text=f"{text}{lasting(entry.duration_s)}",
        icon="fax",
        color="connected",
        outcome=Outcome.ANSWERED,
    )


def _ending(entry: HistoryEntry, told: Sequence[Step]) -> list[Step]:
    """How it ended, unless that has been told; why, in the platform's sentence."""
    result = folded_result(entry.result)
    why = "" if result in SELF_EVIDENT else words.plain(entry.reason, 300)
    if entry.type == "Fax":
        return [] if told else [replace(_faxed(entry, entry.result), more=why)]
    outcomes = [step.outcome for step in told if step.outcome is not None]
    if outcomes == [Outcome.MISSED] and entry.outcome in _UNANSWERED and result not in HUNG_UP:
        return [Step(text=why, icon="info")] if why else []
    match entry.outcome:
        case Outcome.ANSWERED | Outcome.VOICEMAIL if entry.outcome in outcomes:
            return []
        case Outcome.ANSWERED_ELSEWHERE if Outcome.ANSWERED in outcomes:
            return []
        case None:
            step = Step(text="Still going on", icon="phone", color="connected")
        case Outcome.VOICEMAIL:
            step = _to_voicemail(entry.duration_s)
        case outcome if outcome is Outcome.ANSWERED or result in ANSWERED:
            step = _answered(f"Answered{lasting(entry.duration_s)}")
        case outcome:
            look = words.outcome(entry.direction, outcome)
            step = Step(text=_unanswered(entry, result), icon=look.icon, color=look.color)
    return [replace(step, more=why)]


_UNANSWERED = frozenset({Outcome.MISSED, Outcome.CANCELLED, Outcome.REJECTED})
_BY_OUTCOME = {
    Outcome.ANSWERED_ELSEWHERE: "Answered by somebody else",
    Outcome.REJECTED: "Declined",
    Outcome.MISSED: "Nobody answered",
}


def _unanswered(entry: HistoryEntry, result: str) -> str:
    inbound = entry.direction is Direction.INBOUND
    hung_up = "The caller hung up" if inbound else "Ended before anybody answered"
    if result in HUNG_UP:
        return hung_up
    if entry.outcome is Outcome.UNKNOWN:
        text = ENDINGS.get(result) or words.plain(entry.result, 60) or "Ended"
        return f"{text}{lasting(entry.duration_s)}"
    # For what has no words here the platform's own tell more than how it is taken.
    if result and (text := ENDINGS.get(result, "" if result in DECLINED else entry.result)):
        return words.plain(text, 60)
    return _BY_OUTCOME.get(entry.outcome or Outcome.UNKNOWN, hung_up)
