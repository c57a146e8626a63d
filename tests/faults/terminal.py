"""A real terminal for a child: it has a screen that can be read, and keys that can be pressed."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
NULL = "keyring.backends.null.Keyring"

# The child leads a session of its own, so that its terminal is this one and not that of whoever runs the tests.
CODE = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.argv[0] = "optout"
from optout.cli import main
main()
"""


def at_terminal(home: Path, *args: str, keys: list[tuple[str, str]]) -> tuple[int, str]:
    """Runs `optout` at a terminal. `keys` are pairs: what must have appeared since the last pair, and what is typed then.

    Returns the exit code and everything that could be seen on the screen, its lines joined.
    """
    master, slave = pty.openpty()
    environ = {**os.environ, "OPTOUT_HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHON_KEYRING_BACKEND": NULL}
    child = subprocess.Popen(
        [sys.executable, "-c", CODE, *args],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environ,
        start_new_session=True,
    )
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
