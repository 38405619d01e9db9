"""Pictures of every letter: `make letters` puts them into .gallery, beside an index.

Each at the width of a phone and of a desktop, light and dark; in every language, and in
one with long names, with right-to-left text and with Chinese characters.

`python -m tests.pictures docs` draws those of docs/letters.md anew instead, each on a
desktop and beside it on a phone in the dark.
"""

import shutil
import sys
from html import escape
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from gateway.demo.gallery import picture
from gateway.demo.specimens import SPECIMENS
from templates import catalogue
from tests.browser.conftest import NAMES
from tests.palette import save

FOLDER = Path(".gallery")
SHOWN = Path("docs/pictures")
WIDTHS = (360, 720)
SCHEMES = ("light", "dark")
OTHERS = (("long", "de"), ("rtl", "en"), ("cjk", "ja"))
BESIDES = (
    ("first", "rtl", "en"),
    ("digest", "rtl", "en"),
    ("overview", "cjk", "ja"),
    ("team", "long", "de"),
)
"""What docs/letters.md shows beside each letter between people with short names."""
_DESKTOP = 672


def main() -> None:
    """Draw them all."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        sys.exit("There is no Chromium; install it (apt-get install chromium).")
    if sys.argv[1:] == ["docs"]:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox"]
            )
            size = show(browser)
            browser.close()
        print(f"{size} octets in {SHOWN}")
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    spoken = [("plain", language) for language in sorted(catalogue.spoken())]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"]
        )
        drawn = [
            name
            for width, scheme in product(WIDTHS, SCHEMES)
            for name in draw(browser, width, scheme, [*spoken, *OTHERS])
        ]
        browser.close()
    index(sorted(drawn))
    print(f"{len(drawn)} pictures; open {FOLDER}/index.html")


def draw(
    browser: Browser, width: int, scheme: str, wanted: list[tuple[str, str]]
) -> list[str]:
    """Draw the letters for one kind of screen; gives the names of the files."""
    context = browser.new_context(
        viewport={"width": width, "height": 200}, color_scheme=scheme
    )
    page = context.new_page()
    names = []
    for name, (people, language) in product(SPECIMENS, wanted):
        letter = picture(name, people, language)
        if not letter.document:
            continue
        page.set_content(letter.document)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            sys.exit(f"{name}, {people}, {language}: {wide} px wide at {width}")
        names.append(f"{name}-{people}-{language}-{width}-{scheme}.png")
        page.screenshot(path=FOLDER / names[-1], full_page=True)
    context.close()
    return names


def show(browser: Browser) -> int:
    """Draw the pictures of docs/letters.md; gives how many octets they are."""
    pages = [
        browser.new_context(
            viewport={"width": width, "height": 200}, color_scheme=scheme
        ).new_page()
        for width, scheme in ((_DESKTOP, "light"), (WIDTHS[0], "dark"))
    ]
    size = 0
    usual = [(name, "plain", "en") for name in SPECIMENS]
    for name, people, language in (*usual, *BESIDES):
        letter = picture(name, people, language)
        taken = []
        for page in pages:
            page.set_content(
                letter.document or f"<pre>{escape(letter.mail.text)}</pre>"
            )
            taken.append(page.screenshot(full_page=True))
        ends = "" if people == "plain" else f"-{people}"
        size += save(pages[0], taken, SHOWN / f"letter-{name}{ends}.png")
    return size


def index(names: list[str]) -> None:
    """Write a page that shows all pictures."""
    shown = "\n".join(
        f'<figure><img src="{escape(name)}" alt=""><figcaption>{escape(name)}'
        "</figcaption></figure>"
        for name in names
    )
    style = "figure{display:inline-block;vertical-align:top;margin:8px}"
    (FOLDER / "index.html").write_text(
        f"<!doctype html><title>Letters</title><style>{style}</style>\n{shown}\n"
    )


if __name__ == "__main__":
    main()
