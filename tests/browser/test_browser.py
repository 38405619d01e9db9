"""People with a browser: phone and desktop, with JavaScript and without."""

import re
from dataclasses import dataclass, field
from html import unescape
from itertools import product

import pytest

from gateway.demo.cast import read_casts
from gateway.demo.gallery import picture
from gateway.demo.specimens import SPECIMENS

WIDE, NARROW = 1200, 360
LOOK = """() => [
  document.documentElement.scrollWidth,
  window.innerWidth,
  [...document.querySelectorAll("button, a.button")]
    .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 40)
    .map(one => one.innerText),
]"""
SIZE = "(({scrollWidth: x, scrollHeight: y}) => [x, y])(document.documentElement)"


@dataclass
class Window:
    """One person's browser, which looks at each page that it opens."""

    context: object
    base_url: str
    faults: list = field(default_factory=list)

    def __post_init__(self):
        self.context.set_default_timeout(20_000)
        self.context.on("page", self._watch)
        self.page = self.context.new_page()

    def _watch(self, page):
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._request)

    def _console(self, message):
        # A page that breaks its Content-Security-Policy says so here.
        if message.type == "error":
            self.faults.append(message.text)

    def _request(self, request):
        if not request.url.startswith((self.base_url, "about:", "data:")):
            self.faults.append(f"something from elsewhere: {request.url}")

    def open(self, path):
        """Go to a page of ours."""
        self.page.goto(path if path.startswith("http") else f"{self.base_url}{path}")
        self.look(self.page)

    def look(self, page):
        """See that the page fits, can be pressed with a thumb, and is all ours."""
        page.wait_for_load_state()
        # In one call: the page of a mailbox soon gives way to a newer one.
        width, window, low = page.evaluate(LOOK)
        assert width <= window, f"{page.url} is {width} px wide"
        assert low == []
        assert self.faults == []

    def press(self, label):
        """Press a button of a page of ours."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=label, exact=True).click()
        self.look(self.page)

    # The demo as its visitor uses it.

    def write(self, who, **fields):
        """Write a new mail as somebody."""
        self.open(f"/demo/{who}")
        self.page.get_by_role("link", name="Write a new mail").click()
        for name, text in fields.items():
            self.page.locator(f"#{name}").fill(text)
        self.press("Send")

    def mail(self, who, words):
        """Open the newest mail of somebody whose entry in the list has these words."""
        entry = self.page.locator(".mails a", has_text=words).first
        for _ in range(200):
            # Asked without a page, which would be drawn each time.
            if words in self._read(f"/demo/{who}"):
                self.open(f"/demo/{who}")
                if entry.count():
                    break
            self.page.wait_for_timeout(100)
        entry.click()
        self.look(self.page)
        return self.page.frame_locator("iframe.paper")

    def _read(self, path):
        """Give what a page says, in its source."""
        answer = self.context.request.get(f"{self.base_url}{path}")
        return " ".join(unescape(answer.text()).split())

    def reply(self, text):
        """Answer the open mail."""
        self.page.locator("#text").fill(text)
        self.press("Send")

    def follow(self, link):
        """Press a link of a letter, which opens a tab of its own."""
        with self.context.expect_page() as opened:
            link.click()
        self.page.close()
        self.page = opened.value
        self.page.wait_for_load_state()
        self.look(self.page)


WINDOWS = {
    "phone": (NARROW, True),
    "phone-without-js": (NARROW, False),
    "desktop": (WIDE, True),
    "desktop-without-js": (WIDE, False),
}
each_width = pytest.mark.parametrize(
    "window", ["phone", "desktop-without-js"], indirect=True
)
"""Each width, and with and without a script, in two windows of the four."""


@pytest.fixture(params=WINDOWS)
def window(request, chromium, demo):
    width, has_script = WINDOWS[request.param]
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        java_script_enabled=has_script,
        color_scheme="dark" if width == NARROW else "light",
        is_mobile=width == NARROW,
        has_touch=width == NARROW,
    )
    window = Window(context, demo.base_url)
    window.name = request.node.callspec.id
    yield window
    context.close()


def test_customer_owner_and_invited_colleague_in_turn(window):
    """Nobody types more than their words: every act is offered in the letter."""
    customer = f"{window.name}@gomez-logistics.example"
    colleague = f"{window.name}@acme.example"
    subject = f"The scales show pounds, {window.name}"
    window.open("/demo")
    window.write(customer, subject=subject, text="How do I get kilograms?")
    assert "Sent." in window.page.inner_text("[role=status]")
    window.mail(customer, "Thank you")

    # The owner answers by the button of the letter, which needs no typing.
    letter = window.mail("ana", "How do I get kilograms?")
    assert "They" in window.page.inner_text(".why")
    letter.get_by_role("link", name=re.compile("^Answer")).click()
    window.page.wait_for_url("**/write?**")
    assert "support+" in window.page.locator("#to").input_value()
    window.page.locator("#text").fill(
        f"/invite {colleague} you know the scales\n\nI ask a colleague. Ana"
    )
    window.press("Send")
    window.mail(customer, "I ask a colleague.")

    # The colleague is asked, joins on the page, and hears what comes then.
    invitation = window.mail(colleague, "would you look at")
    window.follow(invitation.get_by_role("link", name="Join", exact=True))
    assert "because you know the scales" in window.page.inner_text("main")
    window.press("Join")
    assert "You are in" in window.page.inner_text("h1")
    window.mail(customer, "I ask a colleague.")
    window.reply("Thank you both!\n\nIt is the big one in the hall.")
    letter = window.mail(colleague, "the big one in the hall")

    # Enough of it: one press, and one to take it back.
    stop = letter.locator("a[href*='/u/']")
    window.follow(stop.first)
    with window.page.expect_navigation():
        window.page.locator("button[name=hear][value=muted]").click()
    assert "Done." in window.page.inner_text("[role=status]")
    window.look(window.page)
    window.press("Undo")
    assert "Taken back" in window.page.inner_text("[role=status]")
    page = window.page
    page.locator("#until").fill(page.locator("#until").get_attribute("min"))
    window.press("Pause")
    assert "it waits for you" in page.inner_text("[role=status]")
    window.press("End it")
    page.locator("[name=quiet_from]").fill("22:00")
    page.locator("[name=quiet_to]").fill("07:30")
    page.locator("[name=quiet_to]").press("Enter")
    page.get_by_role("button", name="End it", exact=True).wait_for()
    window.look(page)
    assert page.locator("[name=quiet_to]").input_value() == "07:30"
    window.press("End it")
    assert "no quiet hours any more" in page.inner_text("[role=status]")


TEAM = {"phone": "ana", "desktop-without-js": "bo"}
"""Who of the team signs in by which window: an hour has few links for each."""


@each_width
def test_one_signs_in_by_a_letter_and_out_again(window):
    """The customer reads their case, one of the team the queue, people, the notes."""
    customer = f"in.{window.name}@gomez-logistics.example"
    subject = f"The printer sings, {window.name}"
    window.open("/demo")
    window.write(customer, subject=subject, text="How do I make it stop?")
    window.mail(customer, "Thank you")
    _sign_in(window, customer, customer)
    window.page.get_by_role("link", name=subject).click()
    window.look(window.page)
    assert "How do I make it stop?" in window.page.inner_text("main")
    window.open("/people")
    assert window.page.inner_text("h1") == "Your card"
    window.page.locator("#title").fill("Head of Logistics")
    window.press("Save")
    assert "Saved." in window.page.inner_text("[role=status]")
    window.press("Sign out")
    assert "You are signed out." in window.page.inner_text("[role=status]")

    who = TEAM[window.name]
    letter = window.mail(who, "How do I make it stop?")
    letter.get_by_role("link", name=re.compile("^Note")).click()
    window.page.wait_for_url("**/write?**")
    window.page.locator("#text").fill("It sang before.")
    window.press("Send")
    _sign_in(window, who, f"{who}@acme.example")
    case = window.page.get_by_role("link", name=subject)
    for _ in range(100):
        case.click()
        window.look(window.page)
        if "It sang before." in window.page.inner_text("main"):
            break
        window.page.wait_for_timeout(100)
        window.open("/")
    assert "Only the team reads this" in window.page.inner_text(".posts .note")
    window.page.get_by_role("link", name="Held mail").click()
    window.look(window.page)
    assert window.page.inner_text("h1") == "Held mail"
    window.page.get_by_role("link", name="People").click()
    window.page.locator("#words").fill("Head of Logistics")
    window.press("Search")
    window.page.locator(".rows a").first.click()
    window.look(window.page)
    assert "Mark as staff" in window.page.inner_text("main")
    window.open("/settings")
    window.press("Sign out everywhere")
    window.open("/settings")
    assert window.page.inner_text("h1") == "Sign in"


def _sign_in(window, mailbox, address):
    window.open("/sign-in")
    window.page.locator("#address").fill(address)
    window.press("Send me a link")
    assert "Look into your mail" in window.page.inner_text("h1")
    letter = window.mail(mailbox, "Sign in at")
    window.follow(letter.get_by_role("link", name="Sign in", exact=True))
    window.press("Yes, sign in")


@each_width
def test_the_demos_pages(window):
    """The clock opens without a script; the dare and the explanation are played."""
    window.open("/demo")
    window.page.locator(".clock summary").click()
    with window.page.expect_navigation():
        window.page.locator(".clock button[value=hour]").click()
    assert "It is now" in window.page.inner_text("[role=status]")
    window.look(window.page)
    window.page.get_by_role("link", name="The dare").click()
    if window.page.locator("#try").count():
        window.page.locator("details summary", has_text="Another note").click()
    window.page.locator("#text").fill(f"Only for us, and nobody else: {window.name}.")
    window.press("Send the note")
    with window.page.expect_navigation():
        window.page.locator("button[value=typo]").click()
    assert "Not a word of it." in window.page.inner_text("#got")
    window.look(window.page)
    window.open("/demo/letters?language=de&people=long")
    window.open("/demo/explain?sample=vacation")
    window.press("Explain")
    assert "This one decides." in window.page.inner_text(".rules")
    window.mail("mei", "would you look at")
    window.page.get_by_role("link", name="Show the text twin").click()
    window.page.get_by_text("All headers").click()
    window.look(window.page)


FRAME = 278
"""What the gallery leaves a letter on a phone, in pixels."""


def test_no_letter_is_wider_than_a_phone_or_longer_than_its_frame(chromium):
    """With no room, long names and any script; and with no picture to wait for."""
    context = chromium.new_context(viewport={"width": FRAME, "height": 100})
    page = context.new_page()
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    for name, people in product(SPECIMENS, read_casts()):
        shown = picture(name, people, "de")
        page.set_content(shown.document)
        width, height = page.evaluate(SIZE)
        assert width <= FRAME, (name, people)
        assert height <= shown.narrow * 16, (name, people)
    assert fetched == []
    context.close()
