"""`rcdesk doctor`: what is wrong with this installation, and how to mend it."""

import argparse
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from rcdesk.cli.options import add_connection
from rcdesk.cli.output import print_json

if TYPE_CHECKING:
    from rcdesk.services.diagnosis.case import Case
    from rcdesk.services.diagnosis.findings import Finding

_WRONG = 1
_HERE = "."
_LONGEST = 2000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--bundle",
        metavar="FILE",
        nargs="?",
        const=_HERE,
        help="write a zip file for a bug report, without secrets and numbers",
    )
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    """Examine, and tell; 1 when something is wrong.

    Raises:
        StorageTrouble: the bundle cannot be written.
    """
    from rcdesk.services.diagnosis.case import open_case
    from rcdesk.services.diagnosis.findings import Status
    from rcdesk.system.logs import configure_logging
    from rcdesk.system.paths import Paths
    from rcdesk.ui.x11 import TRAY, selection_is_owned

    paths = Paths.from_environment()
    configure_logging(paths, verbose=args.verbose, to_file=False)
    case = open_case(
        paths,
        overrides={"server_url": args.server, "client_id": args.client_id},
        has_xembed_tray=lambda: selection_is_owned(TRAY),
    )
    import asyncio

    findings = asyncio.run(_examine(case, shown=not args.json))
    answer = _object(findings)
    if not args.json:
        print(_summary(findings))
    if args.bundle is not None:
        answer["bundle"] = _bundle(case, findings, Path(args.bundle), shown=not args.json)
    if args.json:
        print_json(answer)
    is_wrong = any(finding.status is Status.WRONG for finding in findings.values())
    return _WRONG if is_wrong else 0


async def _examine(case: "Case", *, shown: bool) -> dict[str, "Finding"]:
    from rcdesk.services.diagnosis.examination import CHECKS, examine

    width = max(len(check.name) for check in CHECKS)
    findings = {}
    async with aclosing(examine(case)) as examined:
        async for name, finding in examined:
            findings[name] = finding
            if shown:
                _print(name, finding, width)
    return findings


def _print(name: str, finding: "Finding", width: int) -> None:
    from rcdesk.ui.words import plain

    print(f"{finding.status:<8} {name:<{width}}  {plain(finding.detail, _LONGEST)}")
    if finding.fix:
        print(f"{'':<8} {'':<{width}}  → {plain(finding.fix, _LONGEST)}", flush=True)


def _summary(findings: dict[str, "Finding"]) -> str:
    from rcdesk.services.diagnosis.findings import Status

    statuses = [finding.status for finding in findings.values()]
    wrong, warnings = statuses.count(Status.WRONG), statuses.count(Status.WARNING)
    if not wrong and not warnings:
        return "\nNothing is wrong."
    return f"\nWrong: {wrong}, warnings: {warnings}."


def _object(findings: dict[str, "Finding"]) -> dict[str, object]:
    from rcdesk.services.diagnosis.bundle import as_objects

    return {"checks": as_objects(findings)}


def _bundle(
    case: "Case", findings: dict[str, "Finding"], wanted: Path, *, shown: bool
) -> dict[str, object]:
    from rcdesk.services.diagnosis.bundle import write_bundle

    path, contents = write_bundle(case, findings, wanted)
    if shown:
        print(f"\nThe report is {path}. It holds {', '.join(contents)}, without secrets,")
        print("numbers and names; have a look at it before you send it.")
    return {"path": str(path), "contents": contents}
