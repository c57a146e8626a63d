"""Lives as in tests/core/test_life.py, each event through a real encrypted vault that crashes now and then."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from optout.case import Event
from optout.closed import Recorded
from optout.records import from_plain, to_plain
from optout.standing import Status, fold, summary
from optout.store import cases, forgetting, traces
from optout.store.paths import paths
from optout.store.schema import SUMMARY, WAKING
from optout.store.vault import Vault
from tests.core.sample_cases import CASES, HOLIDAYS
from tests.core.test_life import Gone, Life

PERSON = {"name": "Ada Example", "email": "ada@mail.example", "residence": "fr"}
AT = "2026-11-24T10:00:00+00:00"
KEPT = [name for name in SUMMARY + WAKING if name not in ("ref", "subject", "firm", "opened", "events", "head")]


class LifeInVault(Life):
    """What is kept is what was meant, after every event and after every crash."""

    def __init__(self) -> None:
        super().__init__()
        self.top = Path(tempfile.mkdtemp())
        self.copies = 0
        self.vault = Vault.open(paths(str(self.top / "0")), create=True)

    def begin(self, first: Event) -> None:
        super().begin(first)
        subject = cases.subject_id(self.vault, PERSON, lambda: "1")
        cases.add(
            self.vault, case=to_plain(self.case) | {"subject": subject}, fingerprint="f", inputs="i", event=to_plain(first),
            at=AT, letters=[{"id": "access", "language": "en", "letter": {"words": "Dear"}, "versions": {}}], files=[],
            pending=[], summary=summary(fold(self.case, self.events, HOLIDAYS)),
        )  # fmt: skip

    def keep(self, event: Event, status: Status, closed: Any) -> None:
        self.write(event, status, closed)

    def write(self, event: Event, status: Status, closed: Any) -> None:
        cases.append(self.vault, self.case.ref, event=to_plain(event), at=AT, summary=summary(status),
                     seen=self.kept(), closed=closed)  # fmt: skip

    def kept(self) -> int:
        return len(cases.get(self.vault, self.case.ref)["events"])

    @rule()
    def crash(self) -> None:
        """The files as they lie there in the middle of writing an event: that event did not happen, all others did."""
        event = Event(kind="noted", on=self.today(), note="never finished")
        self.copies += 1
        there = self.top / str(self.copies)
        with self.vault.transaction():
            self.write(event, self.now, {})
            shutil.copytree(self.top / str(self.copies - 1), there)
        self.vault.close()
        self.vault = Vault.open(paths(str(there)), create=False)

    @rule()
    @precondition(lambda self: len(self.events) > 6)
    def forget(self) -> None:
        """Nothing of the case is left; the next one begins like the first."""
        forgetting.begin(self.vault, traces.find(self.vault, self.case.ref), changed_too=False)
        forgetting.finish(self.vault, paths(str(self.top / str(self.copies))))
        for table in ("cases", "events", "letters", "evidence", "summary", "subjects"):
            assert self.vault.run(f"select count(*) from {table}") == [(0,)], table
        self.create(next(name for name, case in CASES.items() if case is self.case))

    @invariant()
    def the_vault_holds_what_was_lived(self) -> None:
        whole = cases.get(self.vault, self.case.ref)
        events = [from_plain(Event, row["event"]) for row in whole["events"]]
        assert events == self.events
        again = fold(self.case, events, Recorded([row["closed"] for row in whole["events"]], Gone()))
        assert again == self.now
        row = summary(again)
        assert {name: whole["summary"][name] for name in KEPT} == {name: row.get(name) for name in KEPT}
        assert cases.verify(self.vault, self.case.ref) == []

    def teardown(self) -> None:
        self.vault.close()
        shutil.rmtree(self.top)


def test_every_life_is_kept_as_it_was_lived(monkeypatch: Any) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    run_state_machine_as_test(
        LifeInVault,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
