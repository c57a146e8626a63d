"""The recovery sheet, and typing it back."""

from __future__ import annotations

import sys
from typing import Any

from optout import recovery
from optout.cli.app import terminal
from optout.cli.passphrases import hidden
from optout.errors import Missing

SHEET = """\
RECOVERY SHEET of optout, made {day}

Whoever has this sheet and a copy of the file below can read all cases in it.
Keep it on paper, away from the computer. Do not photograph it.

File    {path}
Vault   {vault_id}

THE KEY, in nine groups. The last sign of each group is a check.

{groups}

The signs are 0 to 9 and a to f, and x as a check.
Large or small letters and spaces do not matter.

WITH optout: put optout.db (and vault.json, if you have it) back, then run

  optout key recovery --restore

and type the nine groups.

WITHOUT optout: the file is in SQLCipher 4 format. Copy optout.db, and
optout.db-wal if it is there, into a folder, and run there

  sqlcipher optout.db

and in it

  PRAGMA key = "x'{key}'";
  PRAGMA cipher_compatibility = 4;
  SELECT json FROM subjects;
  SELECT json FROM cases;
  SELECT ref, at, kind, on_day, json FROM events ORDER BY ref, n;
  SELECT ref, id, json FROM letters;

A change of the key (optout key rotate) makes this sheet useless for new copies.
"""


def sheet(key: bytes, vault_id: str, path: str, day: str) -> str:
    groups = "\n".join(
        f"  {number}:  {group[:4]} {group[4:8]} {group[8]}" for number, group in enumerate(recovery.code(key), 1)
    )
    return SHEET.format(day=day, path=path, vault_id=vault_id, groups=groups, key=key.hex())


def typed(settings: dict[str, Any]) -> bytes:
    """The key of a sheet, typed group by group on a terminal or read from standard input. Raises WrongCode, Missing."""
    if not sys.stdin.isatty():
        return recovery.key_of(sys.stdin.read(4096))
    if not terminal(settings):
        raise Missing("there is no recovery code", "give it on standard input, or leave out --no-input")
    from optout.cli.output import say

    say("Type the nine groups of the sheet. What you type is not shown.")
    groups: list[str] = []
    while len(groups) < recovery.GROUPS:
        number = len(groups) + 1
        group = recovery.plain(hidden(f"Group {number} of {recovery.GROUPS}: "))
        if len(group) == recovery.GROUPS * recovery.LENGTH:
            return recovery.key_of(group)
        if recovery.right(number, group):
            groups.append(group)
        else:
            say(f"Group {number} is not right: compare it with the sheet and type it again.")
    return recovery.key_of("".join(groups))
