"""Addresses and links of a letter, with placeholders where each reader's tokens go."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from parsers.reply_address import Purpose, ReplyAddress


@dataclass(frozen=True, slots=True)
class Links:
    """What a letter may name; a placeholder appears only where one of them is used."""

    at: ReplyAddress
    base_url: str
    placeholder: str
    subject: str
    """Of an answer in the everyone lane, and below that of one in the team lane."""
    team_subject: str
    message_id: str = ""
    """Of this letter, and below that of the team lane's root: where ids must do."""
    team_root: str = ""

    @property
    def by_ids(self) -> bool:
        """Say whether only the ids of a reply tell where it belongs."""
        return self.at.is_plain

    def token(self, purpose: Purpose) -> str:
        """Give the placeholder of a token: its purpose, a hyphen, 26 letters."""
        return f"{purpose.value}-{self.placeholder}"

    def address(self, purpose: Purpose) -> str:
        """Give the mail address of a token."""
        return self.at.write(self.token(purpose))

    def page(self, path: str, purpose: Purpose) -> str:
        """Give the link of a token: /i/, /u/, /a/ and so on (outside.md)."""
        return f"{self.base_url.rstrip('/')}/{path}/{self.token(purpose)}"

    @property
    def reply(self) -> str:
        """The reader's own address in the everyone lane."""
        return self.address(Purpose.EVERYONE)

    @property
    def team(self) -> str:
        """The reader's own address in the team lane."""
        return self.address(Purpose.TEAM)

    @property
    def question(self) -> str:
        """The address that takes the answer to a question of ours."""
        return self.address(Purpose.CONFIRM)

    @property
    def invitation(self) -> str:
        """The page of an invitation."""
        return self.page("i", Purpose.INVITATION)

    @property
    def aside(self) -> str:
        """The address by which the invited write to their inviter alone."""
        return self.address(Purpose.ASIDE)

    def answer_aside(self, subject: str) -> str:
        """Give a mailto link that writes to the inviter alone.

        Not under the subject of the case: an outsider's invitation does not tell it.
        """
        return mailto(self.aside, subject=subject)

    @property
    def reached(self) -> str:
        """The page that says to a question of ours: yes, mail reaches me."""
        return self.page("c", Purpose.CONFIRM)

    @property
    def preferences(self) -> str:
        """The page to mute or leave."""
        return self.page("u", Purpose.UNSUBSCRIBE)

    @property
    def sign_in(self) -> str:
        """The page whose button signs in; the link alone does nothing (T9)."""
        return self.page("sign-in", Purpose.SIGN_IN)

    @property
    def digest(self) -> str:
        """The page to change when digests come, or stop them."""
        return self.page("u", Purpose.DIGEST)

    @property
    def view(self) -> str:
        """The page of the everyone lane."""
        return self.page("a", Purpose.VIEW)

    def case(self, activity: str) -> str:
        """Give the page of a case with the team lane, for those who signed in."""
        return f"{self.base_url.rstrip('/')}/a/{activity}"

    @property
    def card(self) -> str:
        """The page of what the reader tells of themselves."""
        return self.page("me", Purpose.VIEW)

    @property
    def files(self) -> str:
        """The folder of the letter's linked files, which are numbered from 1."""
        return self.page("x", Purpose.FILE)

    def answer(self) -> str:
        """Give a mailto link that answers everybody (decisions E49)."""
        return mailto(self.reply, subject=self.subject)

    def say(self, text: str) -> str:
        """Give a mailto link that answers everybody with a ready text."""
        return mailto(self.reply, subject=self.subject, body=text)

    def note(self) -> str:
        """Give a mailto link for a note to the team."""
        return mailto(self.team, subject=self.team_subject)

    def order(self, command: str) -> str:
        """Give a mailto link that needs no typing: a command, to the team lane.

        There nothing that somebody adds to it can reach the customer.
        """
        return self._mailto(self.team, self.team_subject, command, self.team_root)

    def come_back(self) -> str:
        """Give a mailto link that joins again."""
        return self._mailto(self.reply, self.subject, "/join", self.message_id)

    def confirm(self, answer: str) -> str:
        """Give a mailto link that answers a question of ours."""
        return self._mailto(self.question, self.subject, answer, self.message_id)

    def answer_digest(self, words: str) -> str:
        """Give a mailto link that answers a digest, as `#4 yes`."""
        return self._mailto(
            self.address(Purpose.DIGEST), self.subject, words, self.message_id
        )

    def _mailto(self, address: str, subject: str, body: str, answers: str) -> str:
        """Write a link to a token; without tokens it names what it answers.

        RFC 6068 section 6.1 has that example; programs that do not know it write a
        mail that is about nothing.
        """
        if not self.by_ids:
            return mailto(address, subject=subject, body=body)
        named = {"In-Reply-To": answers} if answers else {}
        return mailto(address, subject=subject, body=body, **named)


def mailto(address: str, **fields: str) -> str:
    """Write a mailto link (RFC 6068)."""
    query = urlencode(fields, errors="replace", quote_via=quote, safe="")
    return f"mailto:{quote(address, safe='@+')}{'?' if query else ''}{query}"
