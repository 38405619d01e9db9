"""Whatever octets come, every mail is settled, and the next one is served (R10)."""

import random
from email import policy

from storage import journal
from storage.journal import State
from tests.activities.people import ANA, CARLA, DESK, taken_case
from tests.town import reply_address, reply_mail

HEAD = (
    b"From: Carla <carla@gomez.example>\r\nTo: support@acme.example\r\n"
    b"Subject: %s\r\nMessage-ID: <%d@odd.example>\r\n"
)


def nested(depth):
    """A mail of so many multiparts, one in the other."""
    begun = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (each, each)
        for each in range(depth)
    )
    return begun + b"Content-Type: text/plain\r\n\r\nDeep.\r\n"


ODD = {
    "NUL in the body": b"\r\nThere is \x00 in here.\r\n",
    "NUL in the headers": b"References: <a\x00b@c> <\x00>\r\nX: \x00\r\n\r\nText.\r\n",
    "NUL by entity": b"Content-Type: text/html\r\n\r\n<p>a&#0;b&#xD800;c</p>\r\n",
    "NUL in base64": b"Content-Transfer-Encoding: base64\r\n\r\nYQBiAGM=\r\n",
    "NUL in UTF-16": b"Content-Type: text/plain; charset=utf-16\r\n\r\na\x00\xd8\x00",
    "a lone surrogate": b"\r\n\xed\xa0\x80 and \xff\xfe\r\n",
    "raw octets in the headers": b"Cc: \xff\xfe <m\xe4x@x.example>\r\n\r\nText.\r\n",
    "an encoded NUL": b"Cc: =?utf-8?q?a=00b?= <x@x.example>\r\n\r\nText.\r\n",
    "an encoded surrogate": b"Cc: =?utf-16?b?2AA=?= <x@x.example>\r\n\r\nText.\r\n",
    "no such charset": b'Content-Type: text/plain; charset="x\x00y"\r\n\r\n\xe9t\r\n',
    "a charset that is none": b"Content-Type: text/plain; charset=zlib\r\n\r\nabc\r\n",
    "a NUL in a file's name": (
        b"Content-Type: application/x; name*=utf-8''a%00b%ED%A0%80\r\n\r\nabc\r\n"
    ),
    "a date of no year": b"Date: Fri, 99 Nov 99999 99:99:99 +9999\r\n\r\nText.\r\n",
    "a date far off": b"Date: Fri, 31 Dec 9999 23:59:59 -1400\r\n\r\nText.\r\n",
    "no body": b"",
    "3,000 multiparts": nested(3000),
    "an endless header": b"References: " + b"<a@b> " * 15_000 + b"\r\n\r\nText.\r\n",
    "an endless line": b"\r\n" + b"word " * 100_000 + b"\r\n",
    "a thousand in Cc": b"Cc: " + b"x@x.example, " * 1000 + b"\r\n\r\nText.\r\n",
}


def give(town, octets, to):
    return town.deliver(octets, "carla@gomez.example", [to])


def unsettled(town):
    with town.database.reading() as session:
        return {
            row.id: row.reason
            for state in (State.PENDING, State.FAILED)
            for row in journal.listing(session, state)
        }


def test_odd_mail_is_settled_at_the_desk_and_in_a_thread(each_town):
    town = each_town
    taken_case(town)
    thread = reply_address(town.last("carla@gomez.example", "message")).strip("<>")
    for number, (name, rest) in enumerate(ODD.items()):
        to = (DESK, thread)[number % 2]
        give(town, HEAD % (b"Odd %d" % number, number) + rest, to)
        assert unsettled(town) == {}, name
        town.pass_time(minutes=5)
    for subject in (b"a\x00b", b"=?utf-8?q?a=00b=ED=A0=80?=", b"\xff" * 300):
        give(town, HEAD % (subject, 1000 + len(subject)) + b"\r\nText.\r\n", DESK)
        assert unsettled(town) == {}, subject
    letters = town.reply(CARLA, "Still here?", to=town.last("carla@gomez.example"))
    assert letters


def mutated(octets, chance):
    """Change a mail at some places: bits, lines, lengths."""
    made = bytearray(octets)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(made))
        match chance.randrange(5):
            case 0:
                made[at] ^= 1 << chance.randrange(8)
            case 1:
                made[at : at + chance.randrange(40)] = b""
            case 2:
                made[at:at] = bytes(made[at : at + chance.randrange(200)])
            case 3:
                made[at:at] = chance.choice(
                    [b"\0", b"\xff", b"\r\n", b"=?", b"\xed\xa0"]
                )
            case 4:
                other = chance.randrange(len(made))
                made[at], made[other] = made[other], made[at]
    return bytes(made)


def test_mutated_mail_is_settled(each_town):
    town = each_town
    chance = random.Random("mail")
    taken_case(town)
    message = town.last("carla@gomez.example", "message")
    made = reply_mail(message, CARLA, "/invite max@gomez.example\n\nRow 7 = ä.")
    made["Message-ID"], made["Cc"] = "<m@gomez.example>", "Max <max@gomez.example>"
    made["Date"] = town.now
    made.add_attachment(b"a,b\r\n", "text", "csv", filename="rows.csv")
    sound = made.as_bytes(policy=policy.SMTP)
    thread = reply_address(message).strip("<>")
    for _ in range(20):
        give(town, mutated(sound, chance), chance.choice([DESK, thread]))
        assert unsettled(town) == {}
        town.pass_time(minutes=20)
    anas = town.last("ana@acme.example", "message")
    assert town.reply(ANA, "What was that?", to=anas)
