"""Plain words: yes, no, never (decisions D31), and the question who got this."""

from typing import Literal

Answer = Literal["yes", "no", "never", ""]

_YES = {
    "en": "yes|yep|yeah|yes please|join|i join|ok|okay|sure|accept|i accept|count me in"
    "|i am in|im in|happy to|with pleasure|confirm|confirmed|yes i do|of course|y",
    "de": "ja|ja bitte|ja gern|ja gerne|gern|gerne|einverstanden|ich bin dabei|dabei"
    "|beitreten|zusagen|ich mache mit|mache ich|bestätigt|jawohl|natürlich|j",
    "fr": "oui|oui merci|d'accord|d accord|volontiers|avec plaisir|j'accepte|j accepte"
    "|je participe|rejoindre|bien sûr|entendu",
    "es": "sí|si|sí claro|claro|de acuerdo|vale|acepto|me apunto|con gusto|unirme"
    "|por supuesto|participar",
    "ja": "はい|参加|参加します|参加する|了解|了解です|承知しました|いいですよ|喜んで",
}
_NO = {
    "en": "no|nope|no thanks|no thank you|no thx|decline|i decline|not now|not for me"
    "|sorry no|pass|i pass|not interested|rather not|not this time|nein thanks|n",
    "de": "nein|nein danke|nein leider nicht|leider nicht|leider nein|ablehnen|absagen"
    "|kein interesse|nicht für mich|lieber nicht|ich lehne ab|nö|ne",
    "fr": "non|non merci|désolé non|pas cette fois|je refuse|refuser|pas intéressé"
    "|je décline|pas maintenant",
    "es": "no gracias|no por ahora|rechazar|rechazo|lo siento no|no me interesa"
    "|ahora no|declino",
    "ja": "いいえ|いいえ結構です|結構です|不参加|参加しません|辞退|辞退します"
    "|遠慮します|お断りします",
}
_NEVER = {
    "en": "never|never again|never invite me again|stop|stop inviting me|unsubscribe"
    "|do not invite me again|don't invite me again|please stop|remove me",
    "de": "nie|nie wieder|niemals|niemals wieder|nicht mehr einladen|stopp"
    "|bitte nicht mehr einladen|abmelden",
    "fr": "jamais|plus jamais|ne m'invitez plus|arrêtez|stop|désinscrire",
    "es": "nunca|nunca más|no me inviten más|no me invite más|basta|alto|darme de baja",
    "ja": "二度と|もう招待しないで|もう招待しないでください|停止|配信停止",
}
_DIGEST = {
    "en": "digest|digest only|only digest|only the digest|just the digest|daily digest"
    "|a daily digest|only a daily digest|only daily digest|yes digest only"
    "|yes only the digest|summary|daily summary|once a day|only once a day",
    "de": "nur zusammenfassung|zusammenfassung|nur die zusammenfassung"
    "|nur eine zusammenfassung|nur eine tägliche zusammenfassung"
    "|tägliche zusammenfassung|einmal am tag|nur einmal am tag"
    "|ja nur zusammenfassung|nur digest|übersicht|nur übersicht|nur die übersicht"
    "|nur eine übersicht|tägliche übersicht|nur eine tägliche übersicht",
    "fr": "résumé|un résumé|résumé seulement|seulement le résumé|seulement un résumé"
    "|résumé quotidien|un résumé quotidien|seulement un résumé quotidien"
    "|une fois par jour|récapitulatif|seulement le récapitulatif"
    "|seulement un récapitulatif|le récapitulatif seulement|récapitulatif quotidien"
    "|un récapitulatif quotidien|seulement un récapitulatif quotidien",
    "es": "resumen|solo resumen|sólo resumen|solo el resumen|sólo el resumen"
    "|resumen diario|solo un resumen|solo un resumen diario|sólo un resumen diario"
    "|una vez al día",
    "ja": "まとめ|まとめだけ|まとめのみ|ダイジェスト|ダイジェストのみ|ダイジェストだけ"
    "|1日1回|一日一回|1日1回のまとめ",
}
_WHO_GOT_THIS = {
    "en": "who got this|who got that|who got it|who got this message|who got this mail"
    "|who received this|who received this message|who has got this"
    "|who has received this",
    "de": "wer hat das bekommen|wer hat das erhalten|wer hat dies bekommen"
    "|wer hat diese nachricht bekommen|wer hat diese nachricht erhalten"
    "|wer hat diese mail bekommen",
    "fr": "qui a reçu ceci|qui a reçu cela|qui a reçu ça|qui a reçu ce message",
    "es": "quién recibió esto|quién ha recibido esto|quién recibió este mensaje"
    "|quien recibió esto|quien ha recibido esto|quien recibió este mensaje",
    "ja": "誰に届きましたか|誰に届いた|誰が受け取りましたか|誰が受け取った",
}

_WORDS_OF_OURS = {
    "send": "send|send it|abschicken|absenden|senden|trotzdem senden|envoyer|envoie"
    "|envoyez|enviar|envíalo|envíelo|送信|送信する|送信します|送ってください",
    "note": "note|a note|notiz|als notiz|nur team|nur für das team|une note"
    "|note interne|pour l'équipe|nota|nota interna|solo equipo|solo para el equipo"
    "|メモ|チームだけ|チームのみ|チームだけに",
    "post": "post|post it|posten|weitergeben|so weitergeben|publier|publier tel quel"
    "|publiez|publicar|publicar tal cual|publícalo|publíquelo|投稿|投稿する"
    "|そのまま投稿|そのまま投稿する|投稿してください",
    "publish": "publish|publish it|veröffentlichen|publier|publiez|publicar|publícalo"
    "|publíquelo|公開|公開する|公開します|公開してください",
    "admit": "admit|let them in|let in|hereinlassen|einlassen|zulassen|laisser entrer"
    "|admettre|dejar entrar|admitir|参加を認める|認める|認めます|許可|許可する"
    "|許可します",
    "admit once": "admit once|only this mail|nur diese mail|nur einmal|dieses eine mal"
    "|seulement cet e mail|cette fois seulement|une seule fois|solo este correo"
    "|solo esta vez|このメールだけ|今回だけ|今回のみ",
    "refuse": "refuse|verwerfen|abweisen|nicht hereinlassen|écarter|refuser|rejeter"
    "|descartar|rechazar|denegar|拒否|拒否する|拒否します|認めない|破棄|破棄する"
    "|破棄します|取り置く",
    "spam": "spam|unerwünscht|indésirable|no deseado|correo no deseado|迷惑メール|迷惑",
    "open": "open|make it a case|eröffnen|öffnen|fall eröffnen|ouvrir|un dossier"
    "|ouvrir un dossier|abrir|abrir un caso|un caso|案件にする|案件に|開く"
    "|開いてください",
    "solved": "solved|gelöst|der gelöste|résolu|resuelto|解決済み|解決",
    "mine": "mine|that was me|it was me|ich|ich war es|das war ich|von mir|moi"
    "|c'est moi|c'était moi|le mien|mío|es mío|fui yo|yo|私|私です"
    "|私が書きました|自分です",
    "form": "form|a form|formular|ein formular|kontaktformular|formulaire"
    "|un formulaire|formulario|un formulario|フォーム|フォームです",
}
"""What answers a question of ours, by the word that our letters name."""


def _table(words: dict[str, str]) -> dict[str, frozenset[str]]:
    return {language: frozenset(all_.split("|")) for language, all_ in words.items()}


_TABLES: tuple[tuple[Answer, dict[str, frozenset[str]]], ...] = (
    ("never", _table(_NEVER)),
    ("no", _table(_NO)),
    ("yes", _table(_YES)),
)

_DIGESTS = frozenset(said for table in _table(_DIGEST).values() for said in table)
_OURS = _table(_WORDS_OF_OURS)
_ASKED = frozenset(said for table in _table(_WHO_GOT_THIS).values() for said in table)
_LONGEST = 60
_CLOSINGS = """
thanks thank you thx please cheers best regards kind danke bitte grüße viele gruß
merci svp cordialement gracias saludos por favor
お願いします お願いいたします よろしくお願いします よろしくお願いいたします
ありがとうございます
"""
_POLITE = frozenset(_CLOSINGS.split())


def yes_or_no(text: str, language: str = "") -> Answer:
    """Read an answer of one line; empty for any other text.

    Only the whole first line counts, so that "No, the date is wrong" stays a text
    that joins and posts. With a language its words come first, then all others.
    What stands below may be a name or a greeting: three short lines at most.
    """
    for said in _forms(text):
        for answer, table in _TABLES:
            if any(said in table[one] for one in _languages(language, table)):
                return answer
    return ""


def wants_digest(text: str) -> bool:
    """Say whether an answer of one line wants a digest and nothing else (D31)."""
    return any(said in _DIGESTS for said in _forms(text))


def _forms(text: str) -> tuple[str, ...]:
    """Give the first line in the forms that are looked up; nothing for longer texts."""
    lines = [line.strip() for line in text[:2000].split("\n") if line.strip()]
    if not lines or len(lines) > 4 or len(lines[0]) > _LONGEST:
        return ()
    if any(len(line) > _LONGEST or line.endswith("?") for line in lines[1:]):
        return ()
    line = _plain(lines[0])
    return line, _without_courtesy(line), line.replace(" ", "")


def words_meant(text: str) -> tuple[str, ...]:
    """Give the words of our letters that a line says in any of the languages.

    One may say two of them: "publier" both posts a mail and publishes a note.
    """
    line = _plain(text[: 2 * _LONGEST])
    forms = {line, _without_courtesy(line), line.replace(" ", "")}
    return tuple(word for word, said in _OURS.items() if forms & said)


def asks_who_got_it(text: str) -> bool:
    """Say whether a text is nothing but the question who got the mail it answers."""
    lines = [line for line in text[:2000].split("\n") if line.strip()]
    return len(lines) == 1 and _plain(lines[0]) in _ASKED


def _languages(language: str, table: dict[str, frozenset[str]]) -> list[str]:
    first = language.partition("-")[0].lower()
    return sorted(table, key=lambda one: one != first)


def _plain(line: str) -> str:
    """Give a line in lower case with single blanks and without punctuation."""
    letters = "".join(
        letter if letter.isalnum() or letter == "'" else " "
        for letter in line.replace("\u2019", "'")
    )
    return " ".join(letters.casefold().split())


def _without_courtesy(line: str) -> str:
    words = line.split()
    while len(words) > 1 and words[-1] in _POLITE:
        words.pop()
    return " ".join(words)
