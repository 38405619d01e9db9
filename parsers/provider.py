"""Domains where strangers share a mail server, so that a domain says nothing."""

_NAMES = """
gmail.com googlemail.com outlook.com outlook.de outlook.fr outlook.es hotmail.com
hotmail.de hotmail.fr hotmail.es hotmail.co.uk live.com live.de live.fr msn.com
yahoo.com yahoo.de yahoo.fr yahoo.es yahoo.co.uk yahoo.co.jp ymail.com icloud.com me.com
mac.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de arcor.de
posteo.de mailbox.org proton.me protonmail.com pm.me tutanota.com fastmail.com aol.com
orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it mail.com mail.ru yandex.ru
zoho.com qq.com 163.com 126.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp
"""
_SHARED = frozenset(_NAMES.split())


def is_shared(domain: str) -> bool:
    """Say whether a domain, as `address.domain` gives it, is a provider's for all."""
    return domain in _SHARED
