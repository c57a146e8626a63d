"""For all tests: nothing here opens a connection to another machine."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# How long one example takes says more of the machine than of the program. Where a run decides whether a change lands,
# the examples are the same each time; on a developer's machine they are new ones.
settings.register_profile("optout", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("optout")


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
