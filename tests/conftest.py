"""For all tests: nothing here opens a connection to another machine."""

from __future__ import annotations

import functools
import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from optout.library import catalog

# How long one example takes says more of the machine than of the program. Where a run decides whether a change lands,
# the examples are the same each time; on a developer's machine they are new ones.
settings.register_profile("optout", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("optout")

# A data file with the same bytes under the same name means what it did in the test before; what raises is not kept.
catalog.read_valid = functools.cache(catalog.read_valid)


LONGEST = (
    "test_f02_each_of_20_commands_killed_again_and_again",
    "test_c04_every_answer_fits_its_schema_and_nothing_else_does",
    "test_f48_no_command_takes_another_file_for_a_closed_stream",
    "test_f51_killed_at_any_step_the_same_command_completes_it",
    "test_f02_thousands_of_rows_killed_three_times_are_each_written_once",
)
"""Tests of more than eight seconds."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that at the end no process waits for one."""
    items.sort(key=lambda item: item.name not in LONGEST)


@pytest.fixture(autouse=True, scope="session")
def only_this_machine() -> Iterator[None]:
    """C-26: a test that reaches for the network fails. Local sockets, such as that of a keyring, stay possible."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        real = getattr(socket.socket, name)

        def guarded(self: socket.socket, address: Any, real: Any = real) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not ipaddress.ip_address(address[0]).is_loopback:
                raise AssertionError("a test reaches for the network")
            return real(self, address)

        patch.setattr(socket.socket, name, guarded)
    yield
    patch.undo()
