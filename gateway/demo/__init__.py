"""The demo: a whole Parlour on this machine, with mailboxes that a visitor may open.

It runs the real thing (gateway.app) on the embedded defaults and adds only what lies
outside of Parlour: a far end that keeps the letters, mail programs that send by SMTP,
and a short story played into it. Nothing else in the program knows of it.
"""

from gateway.demo.visit import DemoError, run

__all__ = ["DemoError", "run"]
