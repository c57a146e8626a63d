"""`optout firms check`: what is old, competes or is disputed; with `--online`, whether addresses still answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from optout.cli.app import App
from optout.cli.output import answer, line, say, table
from optout.cli.params import DAY, split
from optout.errors import NotPossible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from optout.checks import Finding
    from optout.firm import Firm
    from optout.library.reaching import Answer, Reaching

ERRORS, SOME = 5, 8
"""Exit codes: something must be mended; some questions got no answer."""


@click.command(epilog="\b\nExamples:\n  optout firms check\n  optout firms check clearview --json")
@click.argument("firms", nargs=-1)
@click.option("--online", is_flag=True, help="ask the network whether mail servers and pages are still there")
@click.option("--on", type=DAY, help="judge ages as on this day")
@click.pass_context
def check(ctx: click.Context, firms: tuple[str, ...], online: bool, on: Any) -> None:
    """Look for what is out of date in FIRMS, or in all.

    Without --online nothing leaves this computer. With it, each mail domain is looked up and each page asked for its
    head, one after the other; no more than their names is sent.
    """
    app = App(ctx.obj, on)
    chosen = [_ours(app, name) for name in split(firms)] if firms else list(app.catalog.all_firms())
    ctx.exit(run(app, chosen, _reaching() if online else None))


def run(app: App, firms: list[Firm], reaching: Reaching | None) -> int:
    """Tells what was found and gives the exit code; `reaching` asks the network, where it is to be asked."""
    found = []
    for firm in firms:
        findings = [*_offline(app, firm), *(_online(firm, reaching) if reaching else ())]
        found.append((firm, findings))
    severities = [finding.severity for _, findings in found for finding in findings]
    counts = {"firms": len(firms), "errors": severities.count("error"), "warnings": severities.count("warning")}
    unanswered = any(finding.code == "no-answer" for _, findings in found for finding in findings)
    rows = [row for firm, findings in found for row in _rows(app, firm, findings)]
    if app.json:
        answer(
            "firms_check", {"on": str(app.today), "online": reaching is not None, "findings": rows, "counts": counts}
        )
    elif app.plain:
        table([(r["firm"], r["severity"], r["code"], f"{r['file']}:{r['line']}", r["message"]) for r in rows],
              ("FIRM", "SEVERITY", "CODE", "AT", "MESSAGE"), plain=True)  # fmt: skip
    else:
        _tell(rows, counts)
    return ERRORS if counts["errors"] else SOME if unanswered else 0


def _ours(app: App, name: str) -> Firm:
    """Raises NotPossible for a firm that has no file to check."""
    firm = app.catalog.firm(name)
    if app.catalog.listed_origin(firm.id):
        raise NotPossible(
            f"{firm.name} has no profile here: it was imported", f"how old that is: optout firms show {firm.id}"
        )
    return firm


def _tell(rows: list[dict[str, Any]], counts: dict[str, int]) -> None:
    last = ""
    for row in rows:
        if row["firm"] != last:
            last = row["firm"]
            line(f"{last} ({row['file']})")
        line(f"  {row['severity']}: {row['message']} [{row['code']}, line {row['line']}]")
    say(", ".join(f"{n} {name}" for name, n in counts.items()))


def _offline(app: App, firm: Firm) -> Iterator[Finding]:
    from optout import firmage, firmchecks

    yield from firmchecks.findings(firm, app.today)
    yield from firmage.findings(firm, app.today)


def _online(firm: Firm, reaching: Reaching) -> Iterator[Finding]:
    """The routes that a letter or a person may be sent to."""
    from optout import hosts
    from optout.checks import Finding

    for index, route in enumerate(firm.routes):
        if not route.offered or not isinstance(route.to, str):
            continue
        mail = route.kind == "email"
        if hosts.wrong_email(route.to) if mail else hosts.wrong_url(route.to):
            continue  # told without asking anybody
        to = hosts.mail_host(route.to) if mail else route.to
        reply = reaching.mail(to) if mail else reaching.page(to)
        if code := CODES[reply.state]:
            yield Finding(("routes", index, "to"), code, f"{to}: {reply.said}", _severity(reply))


CODES = {
    "there": "",
    "gone": "address-gone",
    "moved": "page-moved",
    "refused": "page-refused",
    "unanswered": "no-answer",
}


def _severity(reply: Answer) -> Any:
    return "error" if reply.state == "gone" else "warning"


def _rows(app: App, firm: Firm, findings: list[Finding]) -> list[dict[str, Any]]:
    """Each finding with its place in the firm's file."""
    from pathlib import Path

    from optout.library import yamlfile

    name = f"firms/{firm.id}.yaml"
    positions = yamlfile.read(name, Path(app.catalog.path("firms", firm.id)).read_bytes())[1] if findings else {}
    rows = []
    for finding in findings:
        at = yamlfile.position(positions, finding.path)
        rows.append({"firm": firm.id, "file": name, "line": at[0], "column": at[1], "code": finding.code,
                     "severity": finding.severity, "message": finding.message})  # fmt: skip
    return rows


def _reaching() -> Reaching:
    import dns.exception

    from optout.library.reaching import Reaching

    try:
        return Reaching()
    except dns.exception.DNSException:
        raise NotPossible("this computer names no server for host names", "check its network settings") from None
