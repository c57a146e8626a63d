"""Where the data folders lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

import os

import optout

KINDS = ("jurisdictions", "firms", "templates")


def root(kind: str) -> str:
    """The folder of that kind. Raises FileNotFoundError when the installation lacks it."""
    if kind not in KINDS:
        raise KeyError(kind)
    package = os.path.dirname(os.path.abspath(optout.__file__))
    installed = os.path.join(package, kind)
    if os.path.isdir(installed):
        return installed
    checkout = os.path.dirname(package)
    # An installed package lies in site-packages, where a folder of this name could be anybody's.
    if os.path.isfile(os.path.join(checkout, "setup.cfg")) and os.path.isdir(os.path.join(checkout, kind)):
        return os.path.join(checkout, kind)
    raise FileNotFoundError(f"the data folder '{kind}' is missing from this installation")
