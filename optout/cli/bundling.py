"""The evidence of a case in one file: letters, kept files and history, each with its hash."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from optout.cli import drafting, evidence, keeping
from optout.cli.app import App
from optout.cli.casefile import CaseFile, opened
from optout.cli.show import describe
from optout.walk import walk

if TYPE_CHECKING:
    from optout.cli.following import Drafts
    from optout.store.vault import Vault

SCHEMA = "optout/bundle/1"
_DAY = (1980, 1, 1, 0, 0, 0)
"""The time of every file in it, so that the same case gives the same bytes."""


def write(
    app: App, vault: Vault, ref: str, out: BinaryIO, formats: Sequence[str], fonts: Sequence[str], written: str
) -> None:
    """Writes the ZIP. Letters are in it in one format, those that were sent and the one `written` now (its id); kept files
    byte for byte; what the person noted for themself is left out of the history. Raises CannotPrint for a letter that the
    format cannot show."""
    from optout.store import cases

    file = opened(vault, ref)
    form = "pdf" if "pdf" in formats else formats[0]
    entries: list[dict[str, Any]] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        steps = walk(file.case, file.events)
        sent = {ident for ident, one in steps.letters.items() if one.sent} | steps.posted | {written}
        went_out, kept = _parted(file, ref, keeping.frozen(vault, ref), form)
        for (key, language), letter in keeping.frozen(vault, ref).items():
            piece = went_out.get((key, language))
            if piece is not None:  # as it left, byte for byte, in place of the words of the case
                data = cases.evidence(vault, ref, piece["id"])[1]
                entries.append(_add(made, f"letters/{piece['name']}", data, what="letter", event=piece["n"]))
            elif key in sent:
                data = drafting.Press((form,), app.paths.cache, fonts).write(letter)[form]
                name = f"letters/{drafting.file_name(ref, key, language, form)}"
                entries.append(_add(made, name, data, what="letter"))
        for piece in kept:
            name, data = cases.evidence(vault, ref, piece["id"])
            name = f"kept/{piece['id']:02}-{evidence.file_name(name)}"
            entries.append(_add(made, name, data, what="kept", event=piece["n"]))
        entries.append(_add(made, "history.txt", _history(file).encode("utf-8"), what="history"))
        head = file.whole["events"][-1]["hash"]
        manifest = {"schema": SCHEMA, "ref": ref, "firm": file.case.firm_name, "head": head, "files": entries}
        _add(made, "manifest.json", (json.dumps(manifest, indent=1) + "\n").encode("ascii"))


def _parted(
    file: CaseFile, ref: str, frozen: Drafts, form: str
) -> tuple[dict[tuple[str, str], dict[str, Any]], list[dict[str, Any]]]:
    """The kept files that are letters of the case as they went out, one of each, in that format if there is such; the rest."""
    went_out: dict[tuple[str, str], dict[str, Any]] = {}
    rest: list[dict[str, Any]] = []
    for piece in file.whole["evidence"]:
        found = [key for key in frozen if piece["name"].startswith(drafting.file_name(ref, *key, ""))]
        if not found:
            rest.append(piece)
        elif found[0] not in went_out or piece["name"].endswith(f".{form}"):
            went_out[found[0]] = piece
    return went_out, rest


def _add(made: zipfile.ZipFile, name: str, data: bytes, **about: Any) -> dict[str, Any]:
    """One file in it, and its row of the manifest."""
    info = zipfile.ZipInfo(name, _DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    made.writestr(info, data)
    return {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), **about}


def _history(file: CaseFile) -> str:
    said: list[str] = []
    describe(file, file.status(), said.append, notes=False)
    return "\n".join(said) + "\n"
