"""`optout doctor --repair`, and summaries after an upgrade: what the core and the vault need to mend each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from optout.cli.app import App
from optout.cli.output import line, say
from optout.findings import Finding

if TYPE_CHECKING:
    from optout.store.keys import Asking
    from optout.store.repair import Report
    from optout.store.vault import Vault

MENDS = ("vault.page", "vault.reference", "vault.case", "vault.summary", "vault.unreadable", "vault.other")
"""What a repair can help with."""
KEYLESS = "key.unavailable"


def refold(vault: Vault, ref: str) -> Mapping[str, Any] | None:
    """The summary of a case as its events give it; None when what is stored lets none be computed."""
    from optout import standing
    from optout.cli import casefile
    from optout.errors import OptoutError

    try:
        return standing.summary(casefile.opened(vault, ref).status())
    except (OptoutError, ValueError, LookupError, TypeError, AttributeError):  # whatever broken values lead to
        return None


def catch_up(vault: Vault) -> None:
    """After an upgrade: works out every summary anew, all or none. That of a case that is not whole stays."""
    from optout.store import cases
    from optout.store.tablesteps import REFOLD

    with vault.transaction():
        for (ref,) in vault.run("select ref from cases"):
            fresh = refold(vault, ref)
            if fresh is not None and not cases.verify(vault, ref):
                cases.renew_summary(vault, ref, fresh)
        vault.run("delete from meta where key = ?", (REFOLD,))


def repair(app: App, examine: Callable[[App], Sequence[Finding]], yes: bool) -> dict[str, Any]:
    """Repairs, if there is something to repair; gives what is to be added to the answer."""
    from optout.cli.passphrases import remembering

    asking = remembering(app.asking)
    found = examine(app)
    wrong = _wrong(found) or _outdated(app, found, asking)
    if not wrong:
        say("There is nothing to repair.")
        return {}
    for finding in wrong:
        say(finding.sentence)
    if not yes:
        app.confirm("Save what can be read anew, and keep what it takes the place of?", "--yes")
    if _identify(app, asking, wrong) and not _wrong(examine(app)):
        return {}
    from optout.store import repair as mending

    known, key = app.key()
    report = mending.run(app.paths.vault, known.id, key, app.now()[:10], refold)
    _renew_backup(app)
    if not app.json:
        _tell(report)
    return {"repair": report._asdict()}


def _wrong(found: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.id in MENDS]


def _outdated(app: App, found: Sequence[Finding], asking: Asking) -> list[Finding]:
    """That no key fits, where one opens the vault all the same: `vault.json` came back from an older copy."""
    from optout.store import reidentify

    keyless = [finding for finding in found if finding.id == KEYLESS]
    if keyless and reidentify.outdated_by_any(app.paths.vault, app.paths.config, asking=asking):
        return keyless
    return []


def _identify(app: App, asking: Asking, wrong: Sequence[Finding]) -> bool:
    """Makes `vault.json` anew where it says nothing of the vault."""
    from optout.store import reidentify

    if not reidentify.needed(app.paths.vault) and wrong[0].id != KEYLESS:
        return False
    reidentify.rebuild(app.paths.vault, app.paths.config, asking=asking)
    say("vault.json was made anew from the vault and its key.")
    return True


def _renew_backup(app: App) -> None:
    """The file is laid out anew; the backup has to be, since its first page may have to stand in for that of the file."""
    from optout.errors import StoreError
    from optout.store import backup

    try:
        with app.vault() as vault:
            backup.make(vault)
    except StoreError as failure:
        say(f"There is no new backup of your cases ({failure}).")


def _tell(report: Report) -> None:
    for sentence in report.restored:
        line(f"restored: {sentence}")
    for sentence in report.lost:
        line(f"lost: {sentence}")
    say(f"The vault is whole again and holds {report.cases} case{'' if report.cases == 1 else 's'}.")
    if not report.lost:
        say("Nothing is lost.")
    if report.kept:
        say(f"The damaged file is kept as {report.kept}")
        say("It holds your cases as well: delete it when nothing is missing.")
