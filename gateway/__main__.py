"""`python -m gateway` is `parlour`."""

from gateway.cli import main

main()
