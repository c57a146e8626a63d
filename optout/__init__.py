"""Letters that make firms holding a person's biometrics answer for it, and the cases they open."""

__version__ = "0.1.0"
