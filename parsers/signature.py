"""Who somebody is, by the signature below their mail: name, role, company, telephone.

Only what was folded as a signature is read, and only when it begins with a name that
the sender bears: what stands in it besides (a saying, an address, a notice) is no
business of ours. A field that is not plainly there stays empty.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from parsers.address import Mailbox, domain
from parsers.endings import is_delimiter, is_drawn, is_sent_from
from parsers.provider import is_shared
from parsers.quoting import Folded

_ROLES = (
    # English
    "manager", "director", "head", "lead", "leader", "engineer", "developer",
    "architect", "consultant", "analyst", "officer", "assistant", "secretary",
    "specialist", "coordinator", "supervisor", "technician", "administrator", "founder",
    "owner", "president", "partner", "accountant", "buyer", "designer", "researcher",
    "professor", "librarian", "editor", "sales", "purchasing", "support", "ceo", "cto",
    "cfo", "coo", "cio", "vp", "controller", "planner", "operator", "agent", "trainer",
    # German
    "leiter", "leiterin", "leitung", "geschäftsführer", "geschäftsführerin",
    "entwickler", "entwicklerin", "ingenieur", "ingenieurin", "berater", "beraterin",
    "sachbearbeiter", "sachbearbeiterin", "vertrieb", "vertriebsleiter",
    "vertriebsleiterin", "einkauf", "einkäufer", "einkäuferin", "assistentin",
    "assistent", "assistenz", "buchhaltung", "buchhalter", "buchhalterin", "techniker",
    "technikerin", "inhaber", "inhaberin", "prokurist", "prokuristin", "vorstand",
    "referent", "referentin", "kundendienst", "kundenbetreuer", "kundenbetreuerin",
    "projektleiter", "projektleiterin", "teamleiter", "teamleiterin", "logistikleiter",
    "logistikleiterin", "disponent", "disponentin",
    # French
    "directeur", "directrice", "responsable", "ingénieur", "ingénieure", "développeur",
    "développeuse", "chef", "cheffe", "assistante", "gérant", "gérante", "comptable",
    "conseiller", "conseillère", "technicien", "technicienne", "acheteur", "acheteuse",
    "chargé", "chargée", "commercial", "commerciale", "fondateur", "fondatrice",
    # Spanish
    "directora", "jefe", "jefa", "gerente", "ingeniero", "ingeniera", "desarrollador",
    "desarrolladora", "encargado", "encargada", "coordinador", "coordinadora",
    "técnico", "técnica", "asistente", "contable", "asesor", "asesora", "comprador",
    "compradora", "fundador", "fundadora", "analista", "administradora", "ventas",
)  # fmt: skip
_ROLES_WITHIN = (
    "部長", "課長", "係長", "主任", "社長", "取締役", "担当", "室長", "店長", "所長",
    "マネージャー", "エンジニア", "ディレクター", "リーダー", "コンサルタント", "主事",
)  # fmt: skip
"""Japanese has no spaces: these stand within a word."""
_FORMS = (
    "gmbh", "ag", "kg", "ohg", "ug", "e.k.", "e.v.", "mbh", "se", "ltd", "limited",
    "llc", "llp", "inc", "corp", "corporation", "plc", "pty", "s.l.", "s.l", "sl",
    "s.a.", "s.a", "sa", "s.a.s.", "sas", "sarl", "s.a.r.l.", "eurl", "b.v.", "bv",
    "n.v.", "nv", "s.r.l.", "srl", "s.p.a.", "spa", "ab", "oy", "a/s", "aps", "co.",
)  # fmt: skip
_FORMS_WITHIN = ("株式会社", "有限会社", "合同会社", "(株)", "\uff08株\uff09")
_AT = (" at ", " @ ", " bei der ", " bei ", " chez ", " en ", " de la ")
# Whoever talks, writes one of these; titles do without them.
_TALK = frozenset(
    """
    i i'm i'll we we're you your yours my me our us is are was were be been am do
    does did don't will would can could should shall may must please thanks thank
    let not what when why who how if because that this these those it its has have
    had just ich wir sie du mein unser ihr ist sind war waren bin bitte danke nicht
    wenn weil dass das wird werden kann können muss soll haben hat je j'ai nous vous
    tu mon notre est sont suis merci pas si que qui c'est ce cette ont ai yo
    nosotros usted mi nuestro es son soy está gracias no por favor que quien cuando
    porque
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
_CAPITALS = frozenset({"IT", "US", "ME", "DO"})
_JAPANESE_TALK = ("です", "ます", "ました", "ません", "ください", "。", "、")
_TELEPHONE = re.compile(
    r"(?<![\w+])(\+|00)?\(?\d[\d\s().\u2010-\u2013/-]{5,24}\d(?!\w)"
)
_LABEL = re.compile(
    r"(?:tel(?:efono|efon|éfono|ephone|\xe9phone)?|t\xe9l|phone|fon|mobile?|mob|cell|"
    r"m\xf3vil|mov|handy|portable|direct|durchwahl|office|m|t|p|d|電話|携帯)"
    r"[\s.:\uff1a]{0,4}",
    re.IGNORECASE,
)
_FAX = re.compile(r"\s?(?:tele)?fax|\s?f\s?[.:]", re.IGNORECASE)
_PARTS = re.compile(r"\s+[|\u00b7\u2022\u2502/]\s+|\s+[\u2013\u2014-]\s+|\s{3,}|\t")
_MOST_LINES = 12
_LONGEST_LINE = 120
_LONGEST = 60
_MOST_WORDS = 8
_NEAR_NAME = 3
"""So many parts below the name a role or a company may stand."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature says of the one who signs; each may be empty."""

    name: str = ""
    role: str = ""
    organisation: str = ""
    telephone: str = ""


def read_signature(folded: Sequence[Folded], sender: Mailbox) -> Signature:
    """Read what a mail was signed with; all empty when it was not. Never raises."""
    for each in folded:
        if each.kind != "signature":
            continue
        found = _read(_lines(each.text), sender)
        if found.name:
            return found
    return Signature()


def _lines(text: str) -> list[str]:
    found = []
    for line in text[:4000].split("\n"):
        bare = " ".join(line.replace("\t", "   ").split(" ")).strip(" *_>|")
        if bare and not is_delimiter(line.strip()) and not is_drawn(bare):
            found.append(bare[:_LONGEST_LINE])
    return found[:_MOST_LINES]


def _read(lines: Sequence[str], sender: Mailbox) -> Signature:
    if not lines or is_sent_from(lines[0]):
        return Signature()
    name, rest = _name(lines[0], sender)
    if not name:
        return Signature()
    near = [*rest, *(part for line in lines[1:] for part in _parts(line))]
    near = near[: _NEAR_NAME + len(rest)]
    role = organisation = ""
    for part in near:
        if not role and _is_role(part):
            role, at = _parted(part)
            organisation = organisation or at
        elif not organisation and _is_company(part, sender):
            organisation = part
    return Signature(name, role, organisation, _telephone(lines[1:]))


def _parts(line: str) -> list[str]:
    return [part.strip(" ,;|") for part in _PARTS.split(line) if part.strip(" ,;|")]


def _name(line: str, sender: Mailbox) -> tuple[str, list[str]]:
    """Give the sender's name as they sign, and what stands beside it in that line."""
    parts = _parts(line)
    for sign in (",", "\uff0c"):
        parts = [one.strip() for part in parts for one in part.split(sign) if one]
    if not parts or not _is_name(parts[0], sender):
        # "Acme Ltd | Carla Gomez" is too rare to be worth a mistake.
        return "", []
    return parts[0], parts[1:]


def _is_name(text: str, sender: Mailbox) -> bool:
    words = _words(text)
    if not 1 <= len(words) <= 5 or len(text) > _LONGEST or _has_digit(text):
        return False
    if any(sign in text for sign in "/@:<>"):
        return False
    theirs = set(_words(sender.name)) | set(_words(sender.address.partition("@")[0]))
    theirs |= {"".join(_words(sender.name))}
    # A first name alone signs many a mail; a title before it is no name of theirs.
    return any(word in theirs for word in words if len(word) > 1) and not (
        set(words) & _TALK - theirs
    )


def _is_role(part: str) -> bool:
    words = _words(part)
    if not words or len(words) > _MOST_WORDS or not _is_plain(part):
        return False
    if any(each in part for each in _ROLES_WITHIN):
        return True
    return part[:1].isupper() and not _roles().isdisjoint(words)


def _is_company(part: str, sender: Mailbox) -> bool:
    if not _is_plain(part):
        return False
    if any(form in part for form in _FORMS_WITHIN):
        return True
    words = part.casefold().replace(",", " ").split()
    if len(words) > 1 and words[-1] in _legal_forms():
        return True
    where = domain(sender.address)
    if is_shared(where) or not part[:1].isupper() or len(words) > _MOST_WORDS:
        return False
    label = max(where.split(".")[:-1], key=len, default="").replace("-", "")
    letters = "".join(_words(part))
    return (
        len(label) > 3 and len(letters) > 3 and (label in letters or letters == label)
    )


def _parted(part: str) -> tuple[str, str]:
    """Divide "Head of Logistics at Acme", or with a comma, into role and company."""
    for at in _AT[:5]:
        role, found, company = part.partition(at)
        if found and company[:1].isupper() and not _is_role(company):
            return role.strip(" ,"), company.strip(" ,")
    role, comma, company = part.rpartition(",")
    words = company.casefold().split()
    if comma and len(words) > 1 and words[-1] in _legal_forms():
        return role.strip(), company.strip()
    return part, ""


def _is_plain(part: str) -> bool:
    """Say whether it may be a title or a name: short, and nobody talks in it."""
    if len(part) > _LONGEST or _has_digit(part) or "@" in part or "://" in part:
        return False
    if part.endswith((".", "!", "?", ":", ";")) and not _ends_in_form(part):
        return False
    if any(
        sign in part for sign in ('"', "\u201c", "\u201d", "\u00bb", "\u00ab", "!", "?")
    ):
        return False
    if any(sign in part for sign in _JAPANESE_TALK):
        return False
    # "IT Manager", "US Sales": in capitals these are no pronouns.
    said = " ".join(word for word in part.split() if word not in _CAPITALS)
    return not set(_words(said)) & _TALK and "www." not in part.casefold()


def _ends_in_form(part: str) -> bool:
    return part.casefold().split()[-1] in _legal_forms()


def _telephone(lines: Iterable[str]) -> str:
    for line in lines:
        for part in re.split(r"\s+[|\u00b7\u2022]\s+|\s{3,}", line):
            label = _LABEL.match(part)
            text = part[label.end() :] if label else part
            if _FAX.match(part):
                continue
            found = _TELEPHONE.match(text.strip())
            digits = sum(sign.isdigit() for sign in found[0]) if found else 0
            if found and 7 <= digits <= 15 and (label or found[1] or text == found[0]):
                return " ".join(found[0].split())
    return ""


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?", text.casefold())


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)


@cache
def _roles() -> frozenset[str]:
    return frozenset(_ROLES)


@cache
def _legal_forms() -> frozenset[str]:
    return frozenset(_FORMS) | {f"{form}." for form in _FORMS if form.isalpha()}
