"""Asks who closes a case what it was about, once, and never keeps it from being closed.

Three tags are proposed (gateway.routing.tagging); what is chosen is counted.
"""

from gateway.activities import private, questions
from gateway.activities.floor import Floor
from gateway.activities.letters import addressee
from gateway.activities.place import Place
from gateway.activities.questions import Matter
from gateway.routing.asking import Asking
from gateway.routing.tagging import Proposal, propose
from storage import tag as tags
from storage.roster import display_name, roster, seated
from templates.themes import Proposed, WhichTag

_MOST_CASES = 300
"""So many cases of others are looked through, the newest."""
_MOST_TAGS = 1000


def ask_what(floor: Floor) -> bool:
    """Ask who closed a case for a tag; says whether they were asked.

    Nobody is asked about a case that has one, nor where nothing can be proposed; nor
    about a private question, which no customer asked for.
    """
    place = floor.place
    if private.is_private(place.session, place.activity):
        return False
    if tags.tags_of(place.session, place.activity.family):
        return False
    proposals = _proposals(place)
    if not proposals:
        return False
    seat = seated(roster(place.session, place.activity.id), floor.by.person.id)
    values = WhichTag(
        subject=place.activity.subject,
        proposed=tuple(
            Proposed(word=each.word, customers=each.customers, is_tag=each.is_tag)
            for each in proposals
        ),
    )
    sheet = questions.sheet_of(place, seat, floor.by.at, by_mail=floor.by.by_mail)
    offered = [str(number) for number in range(1, len(proposals) + 1)]
    words = [each.word for each in proposals]
    matter = Matter(
        asking=Asking.WHICH_TAG, values={"answers": offered, "words": words}
    )
    to = [addressee(seat)]
    questions.ask(place.session, place.house, sheet, matter, values, to)
    return True


def _proposals(place: Place) -> tuple[Proposal, ...]:
    session, activity = place.session, place.activity
    names = [member.name for member in place.desk.team]
    names += [place.desk.name, display_name(session, activity.customer_id)]
    return propose(
        tags.said_by_customer(session, activity),
        tags.said_by_others(session, activity, _MOST_CASES),
        tags.words_of(session, activity.desk_id, _MOST_TAGS),
        names,
    )
