"""Files and folders that only their owner can read: born 0600 and 0700, never loosened or tightened afterwards.

Functions raise OSError (`Refused` for what is there but not safe); callers turn it into their own sentence.
"""

# pathlib alone would add a tenth to the start-up of `status`.

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

# Windows has neither; there a symlink needs a privilege, and folders inherit the profile's access list.
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
DIRECTORY = getattr(os, "O_DIRECTORY", 0)


class Refused(OSError):
    """Something is there that must not be trusted. `strerror` says what; `hint` is the command that mends it."""

    def __init__(self, reason: str, path: str, hint: str = "") -> None:
        super().__init__(errno.EPERM, reason, path)
        self.hint = hint


@contextmanager
def owner_only() -> Iterator[None]:
    """Sets the umask to 077, so that modes are right under a wide umask and the owner's bits survive a strict one."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def make_folder(path: str) -> list[str]:
    """Creates `path` and its missing parents, 0700. Returns what was created, outermost first; a folder may be there.

    Refuses a symlink in place of the folder itself; its parents may be symlinks.
    """
    missing = []
    here = path
    while not os.path.lexists(here):
        missing.append(here)
        here = os.path.dirname(here)
    made = []
    with owner_only():
        for folder in reversed(missing):
            with suppress(FileExistsError):  # another process was faster; the check below judges what is there
                os.mkdir(folder, 0o700)
                made.append(folder)
                sync_folder(os.path.dirname(folder))
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        raise Refused("it is a symbolic link", path)
    if not stat.S_ISDIR(mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
    return made


def check_owned(path: str, *, secret: bool = False) -> None:
    """Raises Refused unless `path` is no symlink, belongs to this user, and others can neither write it nor,
    for a `secret`, read it. Raises FileNotFoundError if it is not there."""
    info = os.lstat(path)
    folder = stat.S_ISDIR(info.st_mode)
    if stat.S_ISLNK(info.st_mode):
        raise Refused("it is a symbolic link", path)
    if not folder and not stat.S_ISREG(info.st_mode):
        raise Refused("it is not a plain file", path)
    if os.name == "nt":
        return  # mode bits say nothing there
    if info.st_uid != os.geteuid():
        raise Refused("it belongs to another user", path, f'chown "$(id -un)" {_quoted(path)}')
    if info.st_mode & (0o077 if secret else 0o022):
        doing = "read" if secret else "write to"
        raise Refused(f"others can {doing} it", path, f"chmod {'700' if folder else '600'} {_quoted(path)}")


def read(path: str, *, secret: bool = False, most: int = 4096) -> bytes:
    """The content of a small file, at most `most` bytes, after `check_owned`."""
    check_owned(path, secret=secret)
    fd = os.open(path, os.O_RDONLY | NOFOLLOW)
    with os.fdopen(fd, "rb") as file:
        return file.read(most)


def create(path: str, data: bytes) -> None:
    """Writes a new 0600 file and syncs it. Raises FileExistsError if anything, even a dangling symlink, is there.

    On any failure the file is gone again.
    """
    with owner_only():
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NOFOLLOW, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            os.unlink(path)
        raise


def publish(path: str, data: bytes) -> None:
    """As `create`, but the file appears complete or not at all, so that another process never reads half of it."""
    temp = temp_name(path)
    try:
        create(temp, data)
    except OSError as error:
        error.filename = path  # the name the user knows
        raise
    settle(temp, path)


def settle(temp: str, path: str) -> None:
    """Gives a written and synced temporary file its name. Raises FileExistsError if anything is there; the temporary
    name is gone in any case."""
    try:
        os.link(temp, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links (FAT, some network shares)
        create(path, b"")  # takes the name, for the first of several
        os.replace(temp, path)
    finally:
        with suppress(OSError):
            os.unlink(temp)
    sync_folder(os.path.dirname(path))


def replace(path: str, data: bytes) -> None:
    """Puts a new 0600 file in the place of what is at `path`: the old content or the new one is there, never half."""
    temp = temp_name(path)
    try:
        create(temp, data)
        os.replace(temp, path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(temp)
        error.filename, error.filename2 = path, None  # the name the user knows
        raise
    sync_folder(os.path.dirname(path))


def temp_name(path: str) -> str:
    """A name beside `path` by which a killed writer's leftover is recognised: `.optout-<random>-<name>.tmp`."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".optout-{os.urandom(6).hex()}-{name}.tmp")


def sync_file(path: str) -> None:
    """Makes the content of a file survive a power cut."""
    fd = os.open(path, os.O_RDWR | NOFOLLOW)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_together(folder: str, paths: Iterable[str]) -> None:
    """Makes many new files in one folder survive a power cut: where the system can, all of them at once, which for
    hundreds of files is many times as quick as one after the other."""
    import ctypes

    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None) if os.name == "posix" else None
    if syncfs is not None:
        fd = os.open(folder, os.O_RDONLY | DIRECTORY)
        try:
            if syncfs(fd) == 0:
                return
            code = ctypes.get_errno()
        finally:
            os.close(fd)
        if code not in (errno.ENOSYS, errno.EPERM):
            raise OSError(code, os.strerror(code), folder)
    for path in paths:
        sync_file(path)
    sync_folder(folder)


def sync_folder(folder: str) -> None:
    """Makes a name in `folder` survive a power cut, where the file system can do that."""
    if os.name == "nt":
        return
    fd = os.open(folder or ".", os.O_RDONLY | DIRECTORY)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # network file systems
            raise
    finally:
        os.close(fd)


def _quoted(path: str) -> str:
    import shlex

    return shlex.quote(path)
