"""A real terminal for a child: it has a screen that can be read, and keys that can be pressed."""

from __future__ import annotations

import os
import pty
import select
import time
from pathlib import Path

from tests.faults.forks import Started

NULL = "keyring.backends.null.Keyring"


def at_terminal(home: Path, *args: str, keys: list[tuple[str, str]]) -> tuple[int, str]:
    """Runs `optout` at a terminal. `keys` are pairs: what must have appeared since the last pair, and what is typed then.

    Returns the exit code and everything that could be seen on the screen, its lines joined.
    """
    master, slave = pty.openpty()
    environ = {**os.environ, "OPTOUT_HOME": str(home), "PYTHON_KEYRING_BACKEND": NULL}
    child = Started(Path.cwd(), args, environ, terminal=os.ttyname(slave))
    os.close(slave)
    screen, seen, left = "", 0, list(keys)
    until = time.monotonic() + 60
    try:
        while time.monotonic() < until:
            if left and left[0][0] in screen[seen:]:
                seen = len(screen)
                time.sleep(0.05)  # the prompt is printed before the echo is switched off
                os.write(master, left.pop(0)[1].encode())
            if not select.select([master], [], [], 0.1)[0]:
                if child.poll() is not None:
                    break
                continue
            try:
                data = os.read(master, 4096)
            except OSError:  # the last holder of the other end has gone
                break
            if not data:
                break
            screen += data.decode()
        code = child.wait(10)
    finally:
        child.kill()
        child.wait()
        os.close(master)
    assert not left, (left, screen)
    return code, " ".join(screen.split())
