"""The wish to be asked for help in cases that are not one's own; pure (decision 57)."""

_WISHES = {"help on": True, "help off": False, "help stop": False, "no help": False}


def wish(said: str) -> bool | None:
    """Read what may follow `/digest`, or be answered to one.

    Gives whether its writer wants to be asked; None when it says nothing of that.
    """
    return _WISHES.get(" ".join(said.split()).strip(" .,!").casefold())
