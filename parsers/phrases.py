"""What mail programs write around quotes, in many languages: data, no logic.

Everything is lower case (casefolded) and compared as such. Words that *we* write live
in templates; these are words that we understand.
"""

LEADS = (
    "on ", "am ", "le ", "el ", "il ", "op ", "em ", "den ", "på ", "w dniu ",
    "dnia ", "dne ", "dňa ", "il giorno ", "în data ", "в ", "vào ", "pada ",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "mon, ", "tue, ", "wed, ", "thu, ", "fri, ", "sat, ", "sun, ", "montag", "dienstag",
    "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "lundi", "mardi",
    "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "lunes", "martes",
    "miércoles", "jueves", "viernes", "sábado", "domingo",
    "kl. ",
)  # fmt: skip
"""How an attribution begins: "On Monday …", "Am 1. Mai …"."""

WROTE = (
    "wrote", "writes", "schrieb", "a écrit", "écrit", "escribió", "escribio",
    "ha scritto", "scrisse", "schreef", "heeft geschreven", "escreveu", "skrev",
    "napisał", "napisal", "napísal", "pisze", "geschreven", "írta", "писал", "пишет",
    "написал",
    "yazd\u0131", "kirjoitti", "a scris", "写道", "寫道", "のメール", "書きました",
    "からのメッセージ", "작성", "έγραψε", "כתב", "va escriure", "viết", "menulis",
    "kirjutas", "raksta", "rašė", "napsal", "je napisao", "написа", "skrifaði",
    "sent you", "has replied",
)  # fmt: skip

ORIGINAL = (
    "original message", "original email", "original e-mail", "original appointment",
    "reply message", "replied message", "ursprüngliche nachricht",
    "originalnachricht", "original-nachricht", "originalmeddelande",
    "ursprüngliche mail", "message d'origine", "message original", "mensaje original",
    "messaggio originale", "oorspronkelijk bericht", "origineel bericht",
    "mensagem original", "ursprungligt meddelande", "ursprungsmeddelande",
    "oprindelig meddelelse", "oprindelig besked", "opprinnelig melding",
    "wiadomość oryginalna", "oryginalna wiadomość", "original meddelelse",
    "alkuperäinen viesti", "původní zpráva", "eredeti üzenet", "исходное сообщение",
    "пересылаемое", "元のメッセージ", "オリジナルメッセージ", "原始邮件", "原始郵件",
    "orijinal mesaj", "mesajul original", "message dorigine",
)  # fmt: skip
"""What stands between dashes above an answered mail."""

FORWARDED = (
    "forwarded message", "forwarded by", "forwarded email", "begin forwarded message",
    "weitergeleitete nachricht", "anfang der weitergeleiteten", "weitergeleitet",
    "message transféré", "message réexpédié", "début du message", "mensaje reenviado",
    "inicio del mensaje", "messaggio inoltrato", "inizio messaggio", "inizio del mess",
    "doorgestuurd bericht", "begin doorgestuurd", "mensagem encaminhada",
    "mensagem reencaminhada", "início da mensagem", "vidarebefordrat",
    "vidarebefordrad", "videresendt", "przekazana wiadomość", "wiadomość przekazana",
    "początek przekazywanej", "välitetty viesti", "přeposlaná zpráva",
    "továbbított üzenet", "пересланное сообщение", "пересылаемое сообщение",
    "転送メッセージ", "転送された", "转发的邮件", "轉寄的郵件", "iletilen mesaj",
    "переадресов", "mesaj redirecționat",
)  # fmt: skip

HEADERS = {
    "from": "from", "von": "from", "de": "from", "da": "from", "van": "from",
    "od": "from", "från": "from", "fra": "from", "lähettäjä": "from", "от": "from",
    "feladó": "from", "差出人": "from", "送信者": "from", "发件人": "from",
    "寄件者": "from", "寄件人": "from", "gönderen": "from", "보낸 사람": "from",
    "kimden": "from", "expéditeur": "from", "remitente": "from", "mittente": "from",
    "afzender": "from", "remetente": "from", "avsändare": "from", "absender": "from",
    "sent": "date", "date": "date", "gesendet": "date", "datum": "date",
    "envoyé": "date", "envoyé le": "date", "enviado": "date", "enviado el": "date",
    "fecha": "date", "inviato": "date", "data": "date", "verzonden": "date",
    "enviada em": "date", "enviada": "date", "enviado em": "date", "skickat": "date",
    "dato": "date", "sendt": "date", "wysłano": "date", "wysłane": "date",
    "lähetetty": "date", "odesláno": "date", "送信日時": "date", "日時": "date",
    "日付": "date", "发送时间": "date", "日期": "date", "寄件日期": "date",
    "отправлено": "date", "дата": "date", "gönderildi": "date", "tarih": "date",
    "date d'envoi": "date", "送信": "date", "inviata": "date", "보낸 날짜": "date",
    "to": "to", "an": "to", "à": "to", "para": "to", "a": "to", "aan": "to",
    "till": "to", "til": "to", "do": "to", "vastaanottaja": "to", "komu": "to",
    "宛先": "to", "收件人": "to", "收件者": "to", "кому": "to", "kime": "to",
    "destinataire": "to", "destinatario": "to", "empfänger": "to", "pour": "to",
    "받는 사람": "to", "címzett": "to", "a:": "to",
    "subject": "subject", "betreff": "subject", "objet": "subject",
    "asunto": "subject", "oggetto": "subject", "onderwerp": "subject",
    "assunto": "subject", "ämne": "subject", "emne": "subject", "temat": "subject",
    "aihe": "subject", "předmět": "subject", "件名": "subject", "主题": "subject",
    "主旨": "subject", "тема": "subject", "konu": "subject", "tárgy": "subject",
    "제목": "subject", "sujet": "subject", "re": "subject",
    "cc": "cc", "kopie": "cc", "copie": "cc", "kopia": "cc", "dw": "cc", "kopi": "cc",
    "抄送": "cc", "bcc": "cc", "reply-to": "cc", "antwort an": "cc",
    "importance": "cc", "attachments": "cc", "anlagen": "cc",
}  # fmt: skip
"""Header words of quoted mails, each with what it means."""

SENT_FROM = (
    "sent from my ", "sent from mail for", "sent from outlook", "sent from yahoo",
    "sent from samsung", "sent from gmail", "sent from proton", "sent via ",
    "sent from the ", "sent from a ", "sent with proton", "sent with airmail",
    "get outlook for", "von meinem ", "von meiner ", "gesendet von ",
    "gesendet mit ", "diese nachricht wurde von meinem", "envoyé de mon ",
    "envoyé depuis ", "envoyé à partir", "télécharger outlook", "enviado desde ",
    "enviado do ", "enviado de ", "enviado via ", "obtener outlook", "obter o outlook",
    "inviato da ", "inviato dal ", "verzonden vanaf ", "verstuurd vanaf ",
    "verzonden met ", "skickat från ", "skickat fra", "sendt fra ", "wysłano z ",
    "wysłane z ", "outlook für ", "outlook voor ", "lähetetty ", "odesláno z ",
    "отправлено", "iphoneから送信", "androidから送信", "发自我的", "从我的",
    "iphone'umdan gönderildi", "virus-free.", "virenfrei.", "sent on the go",
    "sent by ", "sent using ", "downloaded outlook", "hämta outlook", "hent outlook",
)  # fmt: skip
"""How mail programs sign for their owners."""

DISCLAIMERS = (
    "confidential", "intended recipient", "intended only", "privileged", "addressee",
    "notify the sender", "unauthorized", "unauthorised", "virus", "do not print",
    "vertraulich", "irrtümlich", "rechtlich geschützt", "adressat", "unbefugt",
    "confidentiel", "destinataire", "erreur", "confidencial", "destinatari",
    "riservat", "per errore", "vertrouwelijk", "geadresseerde", "bestemd voor",
    "konfidentiel", "sekretess", "fortrolig", "adressaten", "poufn", "adresat",
    "liability", "haftung", "disclaimer", "legally", "registered in england",
    "機密", "秘密",
)  # fmt: skip
"""Words of which a legal paragraph has at least two."""

BANNERS = (
    "originated from outside", "originates from outside", "external email",
    "external sender", "sent from outside", "outside of the organization",
    "outside the organization", "outside your organization", "externe e-mail",
    "caution: this", "von außerhalb", "extérieur de l'organisation", "correo externo",
    "you don't often get email from", "sie erhalten nicht häufig e-mails",
)  # fmt: skip
"""What gateways put above mail from outside."""
