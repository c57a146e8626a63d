"""Generated pages: `python -m tests.docs_pages` writes them; a test fails when one is stale."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, get_args

from optout.cli import manual
from optout.dates import Part
from optout.exported import CaseLine, EvidenceLine, Header, ProfileLine, SubjectLine
from optout.firm import Firm, FirmKind
from optout.freshness import last_seen
from optout.jurisdiction import Jurisdiction
from optout.library import structure
from optout.library.catalog import Catalog
from optout.lifecycle import TABLE
from tests import laws_page

DOCS = Path(__file__).parents[1] / "docs"


def exit_codes() -> str:
    lines = ["# Exit codes", "", "Written from `optout/errors.py`. Codes never change their meaning.", ""]
    lines += ["| code | name | meaning |", "| ---: | --- | --- |"]
    lines += [f"| {code} | {name or '–'} | {text} |" for code, name, text in manual.exit_codes()]
    return "\n".join(lines) + "\n"


def life_cycle() -> str:
    lines = ["# The life of a case", "", "Written from `optout/lifecycle.py`.", ""]
    lines += ["A case is in one of four phases.", "Dates decide nothing here: a late firm changes no phase.", ""]
    lines += [
        "| phase | |",
        "| --- | --- |",
        "| draft | nothing was sent |",
        "| waiting | it is the other side's turn |",
    ]
    lines += ["| answer needed | something waits for you |", "| done | nothing more is asked |", ""]
    lines += ["```mermaid", "stateDiagram-v2", "    [*] --> draft: drafted"]
    arrows: dict[tuple[str, str], list[str]] = {}
    for kind, move in TABLE.items():
        if kind in ("drafted", "noted", "corrected"):
            continue
        for start in move.allowed:
            for end in move.leads:
                if start != end and not (kind == "withdrawn" and end != "done"):
                    arrows.setdefault((start, end), []).append(kind.replace("_", " "))
    lines += [f"    {start} --> {end}: {', '.join(kinds)}" for (start, end), kinds in arrows.items()]
    lines += ["    done --> [*]", "```", ""]
    lines += ["| event | what it means | allowed in | the case is then |", "| --- | --- | --- | --- |"]
    for kind, move in TABLE.items():
        allowed, leads = (", ".join(phases).replace("_", " ") for phases in (move.allowed, move.leads))
        lines.append(f"| {kind.replace('_', '-')} | {move.means} | {allowed} | {leads} |")
    lines += [
        "",
        "Each letter of a case is sent and received on its own, so `sent` stays possible while one is unsent.",
    ]
    lines += [
        "The case is done when every demand is settled (met, no data, withdrawn) and no complaint runs.",
        "What a letter asks for stays pending until it is sent and answered, so a held letter keeps the case open.",
        "`withdrawn --letter KIND` drops a letter that you no longer want to send.",
        "A complaint to an authority or a court runs until you log `closed` or take the case back.",
        "What the firm answers does not end it.",
        "What the authority says is kept with `noted --file PATH`.",
        "An appeal or a complaint is recorded under a remedy of the law: without `--remedy ID`, the first whose turn it is, never a court.",
    ]
    return "\n".join(lines) + "\n"


def export_schema() -> dict[str, Any]:
    """A line of an export is a header, or one of the other types."""
    schema = structure.strict_schema(Header | ProfileLine | SubjectLine | CaseLine | EvidenceLine)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A line of an export", **schema}


def firms_page() -> str:
    """Every firm of the catalogue on one line, under its first kind; nothing here depends on the day."""
    lines = ["# Firms", "", "Written from the files in `firms`; `optout firms show ID` has all of one.", ""]
    lines += ["Behind each way and each question stand the day on which it was last seen, and how sure it is.", ""]
    firms = list(Catalog().all_firms())
    for kind in get_args(FirmKind):
        own = [firm for firm in firms if firm.kinds[0] == kind]
        if own:
            lines += [f"## {kind.replace('_', ' ').capitalize()}", "", "| firm | role | ways to it | what it asks |"]
            lines += ["| --- | --- | --- | --- |", *map(_firm_row, own), ""]
    posing = [(one.host, firm) for firm in firms for one in firm.lookalikes]
    lines += [
        "## Look-alikes",
        "",
        "Hosts of others that pass for a firm's; letters to them and records with them are refused.",
        "",
    ]
    lines += ["| host | the firm that is meant | last read |", "| --- | --- | --- |"]
    lines += [f"| {host} | [{firm.name}](../firms/{firm.id}.yaml) | {_read(firm, host)} |" for host, firm in posing]
    return "\n".join(lines).rstrip() + "\n"


def _read(firm: Firm, host: str) -> str:
    sources = next(one.sources for one in firm.lookalikes if one.host == host)
    return str(max(firm.sources[source].checked for source in sources))


def _firm_row(firm: Firm) -> str:
    ways = [f"{r.kind} ({_known(last_seen(firm, r))}, {r.confidence})" for r in firm.routes if r.offered]
    asks = [
        f"{ask.what.replace('_', ' ')} ({_known((ask.seen.until or ask.seen.from_) if ask.seen else None)}, {ask.confidence})"
        for ask in firm.asks
        if ask.current
    ]
    cells = (
        f"[{firm.name}](../firms/{firm.id}.yaml)",
        firm.role,
        _listed(ways) or "none is verified",
        _listed(asks) or "nothing known",
    )
    return f"| {' | '.join(cells)} |"


def _known(day: Part | None) -> str:
    return str(day) if day else "day not known"


def _listed(texts: list[str]) -> str:
    return "; ".join(dict.fromkeys(texts))


@functools.cache
def pages() -> dict[Path, str]:
    """Each generated page and its text; made once in a process."""
    return {
        DOCS / "exit-codes.md": exit_codes(),
        DOCS / "firms.md": firms_page(),
        DOCS / "laws.md": laws_page.page(Catalog()),
        DOCS / "life-cycle.md": life_cycle(),
        DOCS / "cli.md": manual.as_markdown(),
        **{DOCS / "man" / name: text for name, text in manual.man_pages().items()},
        DOCS / "schema" / "jurisdiction.json": json.dumps(structure.schema(Jurisdiction), indent=1) + "\n",
        DOCS / "schema" / "export.json": json.dumps(export_schema(), indent=1) + "\n",
        DOCS / "schema" / "firm.json": json.dumps(structure.schema(Firm), indent=1) + "\n",
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
