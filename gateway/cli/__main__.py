"""`python -m gateway.cli` is `parlour`."""

from gateway.cli import main

main()
