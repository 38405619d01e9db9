"""Private questions to outsiders, as queries tell them from cases (decisions D36)."""

from sqlalchemy import and_, exists
from sqlalchemy.orm import aliased

from storage.activity import Activity
from storage.event import Event, Kind

_Asked = aliased(Event)
IS_QUESTION = and_(
    Activity.linked_id.is_not(None),
    exists().where(
        _Asked.activity_id == Activity.id,
        _Asked.kind == Kind.ASKED,
        # A case that asks one has such an event too, and may be linked to another.
        _Asked.values["of"].as_integer().is_not(None),
    ),
)
"""That an activity is a question about a case: who was asked is nobody's customer."""
