"""Whether the program itself is whole: Python, the libraries it needs, its data files."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator

from optout import __version__
from optout.errors import OptoutError
from optout.findings import Finding, error, warning

LEAST_PYTHON = (3, 11)
MODULES = {
    "apsw-sqlite3mc": "apsw", "dnspython": "dns", "email-validator": "email_validator", "markdown-it-py": "markdown_it",
    "python-calamine": "python_calamine", "python-docx": "docx", "PyYAML": "yaml",
}  # fmt: skip
"""What is imported, where its name is not that of the package."""


def look() -> list[Finding]:
    return [*_python(), *_libraries(), *_data()]


def facts() -> dict[str, str]:
    """The versions, for whoever is asked what is installed."""
    import apsw

    from optout.library.roots import newest

    try:
        data = newest()
    except (OptoutError, OSError):
        data = ""
    return {"optout": __version__, "python": sys.version.split()[0], "data": data, "sqlite": apsw.sqlite_lib_version()}


def _python() -> Iterator[Finding]:
    if sys.version_info < LEAST_PYTHON:
        least = ".".join(map(str, LEAST_PYTHON))
        yield error("install.python", f"this is Python {sys.version.split()[0]}; {least} or newer is needed")


def _libraries() -> Iterator[Finding]:
    import apsw

    if not hasattr(apsw, "mc_version"):
        sentence = "the library apsw has no encryption: another package of the same module name was installed over it"
        yield error(
            "install.cipher", sentence, "pip install --force-reinstall apsw-sqlite3mc, after: pip uninstall apsw"
        )
    for name, least in _needed():
        yield from _library(name, least)


def _needed() -> list[tuple[str, str]]:
    """Package and least version, as the installation itself names them; empty in a checkout that is not installed."""
    import re
    from importlib import metadata

    try:
        lines = metadata.requires("optout-letters") or []
    except metadata.PackageNotFoundError:
        return []
    parts = [re.match(r"([A-Za-z0-9._-]+)[^;]*?>=([0-9.]+)[^;]*$", line) for line in lines]
    return [(part[1], part[2]) for part in parts if part]


def _library(name: str, least: str) -> Iterator[Finding]:
    from importlib import metadata

    fix = "install the program again"
    try:
        found = metadata.version(name)
        importlib.import_module(MODULES.get(name, name.replace("-", "_")))
    except (metadata.PackageNotFoundError, ImportError) as failure:
        why = "is not installed" if isinstance(failure, metadata.PackageNotFoundError) else "cannot be loaded"
        yield error("install.library", f"the library {name} {why}", fix)
        return
    if _numbers(found) < _numbers(least):
        yield warning("install.version", f"the library {name} is {found}; {least} or newer is needed", fix)


def _numbers(version: str) -> tuple[int, ...]:
    """`2.10.3rc1` as (2, 10, 3): enough to compare with a least version."""
    import re

    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _data() -> Iterator[Finding]:
    from optout.library.roots import KINDS, root

    for kind in KINDS:
        try:
            root(kind)
        except OptoutError as failure:
            yield error("install.data", str(failure), failure.hint)
