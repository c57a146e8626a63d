"""Letters that make firms holding a person's biometrics answer for it, and the cases they open."""

__version__ = "0.1.0"
DATA_DAY = "2026-11-22"
"""The day on which a source of the places and firms was last read: the version of the data."""
