"""A mail of pure thanks: it says nothing that anybody must act on.

The reader is careful: a text counts only when every word of it is known to thank,
to praise, to greet or to be a name. A question, a number, an address, a word that we do
not know: then it is a text like any other, for it may bring something new.
"""

import re
from collections.abc import Iterable
from functools import cache

from parsers.courtesy import closings, greetings
from parsers.reaction import is_mark

_THANKS = {
    "en": "thanks|thank you|many thanks|thx|ty|thanks a lot|thanks a million"
    "|thank you very much|thank you so much|thanks so much|thanks very much|cheers"
    "|big thanks|much appreciated|i appreciate it|we appreciate it"
    "|really appreciate it|i really appreciate it|thanks again|thank you again"
    "|thanks in advance",
    "de": "danke|danke schön|dankeschön|vielen dank|herzlichen dank|besten dank"
    "|tausend dank|danke sehr|danke dir|danke ihnen|danke euch|ich danke dir"
    "|ich danke ihnen|wir danken ihnen|lieben dank|nochmals danke"
    "|nochmals vielen dank|vielen lieben dank|ganz herzlichen dank",
    "fr": "merci|merci beaucoup|merci bien|mille mercis|grand merci|un grand merci"
    "|merci infiniment|je vous remercie|je te remercie|nous vous remercions"
    "|encore merci|merci encore|avec mes remerciements",
    "es": "gracias|muchas gracias|mil gracias|muchísimas gracias|gracias de nuevo"
    "|te lo agradezco|se lo agradezco|le agradezco|os lo agradezco|muy agradecido"
    "|muy agradecida|de nuevo gracias",
    "ja": "ありがとう|ありがとうございます|ありがとうございました"
    "|どうもありがとう|どうもありがとうございます|どうもありがとうございました"
    "|誠にありがとうございます|誠にありがとうございました|感謝します|感謝いたします"
    "|感謝しております|お礼申し上げます|厚く御礼申し上げます|どうも",
}
_BESIDE = {
    "en": "very much|so much|a lot|again|for your help|for the help"
    "|for all your help|for your quick help|for your support|for the quick reply"
    "|for your quick reply|for the quick answer|for your answer|for your reply"
    "|for the fast reply|for your time|for your patience|for your efforts"
    "|for your effort|for everything|for this|for that|for the information"
    "|for the info|for the update|to you|to you all|to all of you|all|everybody"
    "|everyone|team|great|perfect|super|wonderful|excellent|fantastic|awesome"
    "|brilliant|lovely|nice|cool|you are great|youre great|you are the best"
    "|youre the best|great work|good work|great job|good job|well done|you rock"
    "|have a nice day|have a great day|have a nice weekend|and",
    "de": "sehr|nochmals|noch mal|für ihre hilfe|für deine hilfe|für eure hilfe"
    "|für die hilfe|für die schnelle hilfe|für ihre schnelle hilfe|für die antwort"
    "|für die schnelle antwort|für ihre antwort|für die schnelle rückmeldung"
    "|für die rückmeldung|für ihre unterstützung|für die unterstützung"
    "|für ihre geduld|für ihre mühe|für deine mühe|für die mühe|für alles|dafür"
    "|für die info|für die information|an alle|an euch alle|super|toll|perfekt"
    "|prima|klasse|großartig|wunderbar|spitze|sehr gut|gut gemacht|sehr nett"
    "|schönen tag|einen schönen tag|schönes wochenende|und",
    "fr": "beaucoup|encore|pour votre aide|pour ton aide|pour l'aide"
    "|pour votre réponse|pour ta réponse|pour la réponse|pour votre réponse rapide"
    "|pour cette réponse|pour votre rapidité|pour votre réactivité"
    "|pour votre patience|pour votre temps|pour tout|pour l'information"
    "|pour l'info|à vous|à toi|à tous|à toutes et à tous|super|parfait|génial"
    "|excellent|formidable|bravo|bon travail|bonne journée|bon week-end"
    "|bonne soirée|et",
    "es": "muchas|de nuevo|por su ayuda|por tu ayuda|por la ayuda"
    "|por vuestra ayuda|por su respuesta|por tu respuesta|por la respuesta"
    "|por la rápida respuesta|por su rápida respuesta|por su paciencia"
    "|por su tiempo|por su apoyo|por todo|por la información|por la info|a todos"
    "|a ti|a usted|a ustedes|genial|perfecto|excelente|estupendo|fantástico|súper"
    "|muy bien|buen trabajo|qué bien|buen día|que tenga un buen día"
    "|buen fin de semana|y",
    "ja": "本当に|大変|いつも|ご対応|ご対応いただき|ご連絡|ご連絡いただき|ご返信"
    "|早速のご返信|早速のご対応|ご協力|ご支援|お返事|お手数をおかけしました"
    "|お世話になりました|お世話になっております|助かりました|大変助かりました"
    "|とても助かりました|素晴らしいです|完璧です|さすがです|皆様|皆さん",
}
_ALL_THANKS = frozenset(
    phrase for said in _THANKS.values() for phrase in said.split("|")
)
_LONGEST = 240
_MOST_LINES = 8
_QUESTION = re.compile(r"[?？¿]")
_TELLS = re.compile(r"[0-9０-９@/\\<>#%€$£=_]|https?:|www\.")
_APART = re.compile(r"[\n.,;:!…()\"“”„«»。、，！・~–—-]+")
# Smileys, hearts and their like may stand anywhere.
_SMILEY = re.compile(r"[:;]-?[)D]|<3|\^\^")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_POLITE_JAPANESE = ("様", "さま", "さん", "殿")


def may_thank(text: str) -> bool:
    """Say whether a text may be pure thanks, names left aside: cheap, and often no."""
    if not text.strip() or len(text) > _LONGEST or _QUESTION.search(text):
        return False
    if _TELLS.search(_SMILEY.sub(" ", text)) or len(_lines(text)) > _MOST_LINES:
        return False
    plain = _plain(text)
    return any(_holds(plain, said) for said in _ALL_THANKS)


def only_thanks(text: str, names: Iterable[str]) -> bool:
    """Say whether a text is thanks and nothing else.

    `names` are those of the people in the conversation, who may be named in it.
    """
    if not may_thank(text):
        return False
    known = _phrases() | _name_parts(names)
    thanked = False
    for piece in _APART.split(_without_marks(_SMILEY.sub("\n", text))):
        words = _plain(piece)
        if not words:
            continue
        if not _covered(words, known):
            return False
        thanked = thanked or any(_holds(words, said) for said in _ALL_THANKS)
    return thanked


def _holds(words: str, said: str) -> bool:
    if _JAPANESE.match(said):
        return said in words
    return f" {said} " in f" {words} "


def _covered(words: str, known: frozenset[str]) -> bool:
    """Say whether words can be parted into phrases that are all known."""
    japanese = bool(_JAPANESE.search(words))
    length = len(words)
    reached = [True] + [False] * length
    for end in range(1, length + 1):
        ends_word = end == length or words[end] == " " or japanese
        if not ends_word:
            continue
        for start in range(max(0, end - 60), end):
            if reached[start] and words[start:end].strip() in known:
                reached[end] = True
                break
    return reached[length]


@cache
def _phrases() -> frozenset[str]:
    """Give all that may stand in a mail of thanks, in the form of `_plain`."""
    said = {phrase for all_ in _BESIDE.values() for phrase in all_.split("|")}
    found = said | _ALL_THANKS | set(greetings()) | set(closings())
    return frozenset(_plain(each) for each in found)


def _name_parts(names: Iterable[str]) -> frozenset[str]:
    parts = {part for name in names for part in (name, *name.split())}
    plain = {_plain(part) for part in parts if part.strip()}
    return frozenset(plain | {f"{one}{by}" for one in plain for by in _POLITE_JAPANESE})


def _plain(text: str) -> str:
    letters = "".join(
        letter if letter.isalnum() or letter in "'ー々" else " "
        for letter in text.casefold().replace("\u2019", "'")
    )
    return " ".join(letters.replace("'re", "re").split())


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _without_marks(text: str) -> str:
    return "".join(" " if is_mark(letter) else letter for letter in text)
