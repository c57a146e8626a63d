"""`python -m optout`."""

from optout.cli import main

main()
