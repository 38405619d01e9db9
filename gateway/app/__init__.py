"""The composition root: builds the parts from the settings, starts and stops them."""

from gateway.app.build import SiteError, build_house, clock, prepare
from gateway.app.roles import DOORS, WORK, Role
from gateway.app.serve import Orders, follow, serve
from gateway.app.site import Site

__all__ = [
    "DOORS",
    "WORK",
    "Orders",
    "Role",
    "Site",
    "SiteError",
    "build_house",
    "clock",
    "follow",
    "prepare",
    "serve",
]
