"""`/me FIELD VALUE`: what somebody tells of themselves, in five languages."""

from dataclasses import dataclass

from parsers.header import clean_line, clean_name

_FIELDS = {
    "name": "name nom nombre 名前",
    "title": "role title job position rolle funktion titel rôle poste fonction rol "
    "puesto cargo 役職 役割",
    "organisation": "organisation organization company firm firma unternehmen société "
    "entreprise organización empresa 会社 組織",
    "skills": "skills skill knows kenntnisse fähigkeiten kann compétences "
    "conocimientos habilidades スキル",
    "zone": "zone timezone zeitzone fuseau zona タイムゾーン",
    "language": "language lang sprache langue idioma 言語",
    "about": "about über sobre 自己紹介",
    "away": "away absent abwesend weg absente ausente fuera 不在",
    "back": "back here zurück da retour vuelto vuelta 復帰",
}
_WORDS = {word: field for field, words in _FIELDS.items() for word in words.split()}
_UNTIL = (
    "until ", "till ", "bis zum ", "bis ", "jusqu'au ", "jusqu\u2019au ", "jusqu'à ",
    "jusqu\u2019à ", "hasta el ", "hasta ", "to ",
)  # fmt: skip
LONGEST = {
    "name": 100, "title": 100, "organisation": 100, "about": 500, "zone": 60,
    "language": 60, "away": 60, "skills": 600,
}  # fmt: skip
"""How many letters of each are kept."""
_NOTHING = frozenset({"-", "\u2013", "—"})
_ALONE = frozenset({"back"})
"""What is said in one word; more would be a sentence."""
MOST_SKILLS = 12
_LONGEST_SKILL = 60


@dataclass(frozen=True, slots=True)
class Said:
    """One line: which field, and its new value; "-" in the mail means none."""

    field: str
    """name, title, organisation, skills, zone, language, about, away, back; empty
    when the line only asks."""
    value: str = ""
    clears: bool = False


def read_said(argument: str) -> Said | None:
    """Read what follows `/me`; None when that names no field ("/me too")."""
    word, _, value = argument.strip().partition(" ")
    if not word:
        return Said("")
    field = _WORDS.get(word.casefold().rstrip(":"), "")
    value = clean_name(value) if field == "name" else clean_line(value)
    if not field or (field in _ALONE and value):
        return None
    if field == "away":
        value = _without_until(value)
    return Said(field, value[: LONGEST.get(field, 0)].strip(), value in _NOTHING)


def _without_until(value: str) -> str:
    folded = value.casefold()
    for lead in _UNTIL:
        if folded.startswith(lead):
            return value[len(lead) :]
    return value.removesuffix("まで")


def skills(value: str) -> list[str]:
    """Give the skills of a list with commas, each once."""
    for sign in ";\u3001\uff0c\n":
        value = value.replace(sign, ",")
    found = (clean_line(each)[:_LONGEST_SKILL] for each in value.split(","))
    return list(dict.fromkeys(each for each in found if each))[:MOST_SKILLS]
