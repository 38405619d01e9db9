"""Folders of mailboxes: what their names mean, in the languages of mail programs."""

import base64
import binascii
from enum import StrEnum


class Kind(StrEnum):
    """What a folder is for."""

    INBOX = "inbox"
    SENT = "sent"
    DRAFTS = "drafts"
    JUNK = "junk"
    TRASH = "trash"
    OTHER = "other"


_NAMES: dict[Kind, str] = {
    Kind.INBOX: "inbox|posteingang|boîte de réception|bandeja de entrada|受信トレイ",
    Kind.SENT: (
        "sent|sent items|sent mail|sent messages|sent-mail|outbox sent|gesendet|"
        "gesendete elemente|gesendete objekte|gesendete|gesendete nachrichten|"
        "envoyés|messages envoyés|éléments envoyés|courrier envoyé|enviados|"
        "elementos enviados|correo enviado|mensajes enviados|itens enviados|"
        "posta inviata|inviata|inviati|verzonden|verzonden items|skickat|"
        "skickade objekt|sendt|sendte elementer|lähetetyt|wysłane|odeslané|"
        "отправленные|送信済み|送信済みメール|送信済みアイテム|已发送|보낸편지함"
    ),
    Kind.DRAFTS: (
        "drafts|draft|entwürfe|brouillons|borradores|rascunhos|bozze|concepten|"
        "utkast|kladder|luonnokset|szkice|koncepty|черновики|下書き|草稿"
    ),
    Kind.JUNK: (
        "junk|spam|junk email|junk e-mail|junk-e-mail|bulk mail|junk mail|werbung|"
        "spamverdacht|courrier indésirable|indésirables|pourriel|correo no deseado|"
        "lixo eletrônico|posta indesiderata|ongewenste e-mail|skräppost|"
        "søppelpost|roskaposti|nevyžádaná pošta|спам|迷惑メール|垃圾邮件"
    ),
    Kind.TRASH: (
        "trash|deleted|deleted items|deleted messages|bin|papierkorb|"
        "gelöschte elemente|gelöschte objekte|corbeille|éléments supprimés|papelera|"
        "elementos eliminados|lixeira|cestino|posta eliminata|prullenbak|"
        "verwijderde items|papperskorgen|papirkurv|roskakori|kosz|koš|корзина|"
        "удаленные|ゴミ箱|削除済みアイテム|已删除"
    ),
}
_KINDS = {name: kind for kind, names in _NAMES.items() for name in names.split("|")}


def kind_of(name: str) -> Kind:
    """Say what a folder is for by its name: "INBOX.Sent", "[Gmail]/Papierkorb"."""
    parts = [part for part in name.replace("\\", "/").split("/") if part.strip()]
    for part in (*reversed(parts), name.rpartition(".")[2]):
        kind = _KINDS.get(" ".join(part.casefold().split()))
        if kind is not None and (kind is not Kind.INBOX or len(parts) == 1):
            return kind
    return Kind.OTHER


def from_imap(name: str) -> str:
    """Read the modified UTF-7 of folder names (RFC 3501 5.1.3); never raises."""
    pieces = name.split("&")
    out = [pieces[0]]
    for piece in pieces[1:]:
        inside, dash, rest = piece.partition("-")
        text = _shifted(inside) if dash else None
        out.append(f"&{piece}" if text is None else text + rest)
    return "".join(out)


def _shifted(letters: str) -> str | None:
    """Read what stands between & and -; None when it is nothing of the kind."""
    if not letters:
        return "&"
    try:
        octets = base64.b64decode(
            letters.replace(",", "/") + "=" * (-len(letters) % 4), validate=True
        )
        return octets.decode("utf_16_be")
    except (binascii.Error, ValueError):
        return None
