"""Which app scopes were granted, and what does not work without the others."""

from collections.abc import Set as AbstractSet

from rcdesk.core.abilities import NEEDS, lost, mend, missing
from rcdesk.services.diagnosis.case import Case
from rcdesk.services.diagnosis.findings import Finding, ok, unknown, warning, wrong


async def check_scopes(case: Case) -> Finding:
    """Compares what the session was granted with what each feature needs."""
    if case.platform is None:
        return unknown("Not checked: nobody is signed in.")
    granted = case.platform.session.granted_scopes
    if not granted:
        return unknown("RingCentral did not say which scopes it granted.")
    return judge(granted)


def judge(granted: AbstractSet[str]) -> Finding:
    """What a session with these scopes can do."""
    lacking = missing(granted)
    if not lacking:
        return ok(f"All are granted: {', '.join(sorted(granted))}")
    kind = wrong if any(NEEDS[ability].is_essential for ability in lacking) else warning
    return kind(f"Does not work for want of a scope: {lost(lacking)}.", mend(lacking))
