"""What mail servers write when they could not deliver: data, no logic.

All in lower case, and compared as such, blanks folded to one.
"""

ACTIONS = {
    "failed": "failed", "failure": "failed", "fail": "failed", "bounced": "failed",
    "error": "failed", "undeliverable": "failed", "rejected": "failed",
    "expired": "failed", "delayed": "delayed", "delay": "delayed",
    "deferred": "delayed", "deferral": "delayed", "warning": "delayed",
    "delivered": "delivered", "delivery": "delivered", "deliverable": "delivered",
    "success": "delivered", "relayed": "relayed", "relay": "relayed",
    "expanded": "expanded", "expand": "expanded",
}  # fmt: skip
"""The words of Action (RFC 3464 2.3.3), and those that servers write instead."""

FULL = (
    "mailbox full", "mailbox is full", "mailbox size", "mailbox has exceeded",
    "mail box is full", "mailfolder is full", "inbox is full", "box full", "over quota",
    "overquota", "quota exceeded", "exceeded quota", "quota exceed", "exceeded storage",
    "storage allocation", "disk quota", "quota full", "exceeds allowed size",
    "exceeded its", "over its quota", "over the limit", "over limit", "out of storage",
    "storage space", "storage limit", "quota", "not enough space", "not enough storage",
    "insufficient disk", "is full", "è piena", "está cheia", "está llena", "ist voll",
    "insufficient system storage", "too many messages in", "messages in recipient",
    # German, French, Spanish, Italian, Portuguese, Russian, Japanese, Chinese
    "postfach ist voll", "postfach voll", "postfach des empfängers ist voll",
    "speicherplatz", "boîte aux lettres est pleine", "boîte de réception est pleine",
    "buzón lleno", "buzón está lleno", "casella piena", "casella è piena",
    "caixa de correio cheia", "caixa postal cheia", "ящик переполнен", "переполнен",
    "容量", "メールボックスが一杯", "メールボックスがいっぱい", "邮箱已满", "邮箱空间",
    "郵箱已滿", "空间不足", "容量不足",
)  # fmt: skip
"""The mailbox takes nothing more for now."""

SENDING_QUOTA = (
    "sending quota", "sending limit", "quota for sending", "daily quota",
    "hourly quota", "message quota", "recipient quota", "exceeded your quota",
    "rate quota", "your quota", "quota for outgoing",
)  # fmt: skip
"""A quota of the one who sends, which says nothing of the mailbox."""

SIZE = (
    "too large", "too big", "size limit", "message size", "maximum size", "size exceed",
    "exceeds size", "exceeds the maximum", "exceeds max", "larger than", "zu gross",
    "trop volumineux", "demasiado grande", "troppo grande", "muito grande", "过大",
    "слишком больш", "attachment not allowed", "attachment type", "file type not",
    "banned attachment", "executable attachment",
)  # fmt: skip
"""Not as it is: too big, or with a file that they refuse."""

OUR_ADDRESS = (
    "sender address", "sender rejected", "domain of sender", "sender domain",
    "sender denied", "sender verif", "sender has been", "sender not", "sender refused",
    "sender blocked", "return path", "return-path", "envelope from", "envelope sender",
    "not accepting mail from", "not accept mail from", "bad mail from",
    "unauthenticated sender", "unauthenticated mail", "senders not allowed", "helo",
    "ehlo", "reverse dns", "ptr record", "your domain", "your email has been",
    "your ip", "your server", "your host", "your message has been rejected",
    "your message was rejected", "backscatter", "authentication required",
    "must authenticate", "relay access denied", "relaying denied", "relay denied",
    "not permitted to relay", "unable to relay", "relay not permitted",
    "relaying not allowed", "we do not relay",
)  # fmt: skip
"""It is about us, though it may say `does not exist`."""

POLICY = (
    "spam", "blocked", "blacklist", "black list", "block list", "blocklist", "policy",
    "spf", "dkim", "dmarc", "reputation", "rejected for", "denied", "not authorized",
    "not authorised", "unauthorized", "banned", "unsolicited", "client host", "relay",
    "spamhaus", "rbl", "dnsbl", "virus", "malware", "phish", "content rejected",
    "content filter", "message content", "url in message", "forbidden", "greylist",
    "access rights", "refused due to recipient preferences", "not accepted for policy",
    "ip address", "restricted", "security",
)  # fmt: skip
"""They do not want it from us: our fault, not the person's."""

FOR_NOW = (
    "too many", "rate that", "rate limit", "receiving mail at a rate", "try again",
    "try later", "temporar", "timed out", "time out", "timeout", "connection refused",
    "connect to", "could not connect", "connection lost", "connection reset", "expired",
    "no route", "unreachable", "not reachable", "network error", "loop", "hop count",
    "too many hops", "system error", "mailer error", "local error", "internal error",
    "service unavailable", "service currently unavailable", "out of memory",
    "malformed or unexpected name server", "command parameter not", "syntax error",
    "dns query failed", "protocol error", "queue too long", "delivery time", "busy",
    "exceeded maximum delivery", "retry timeout", "gave up after", "not responding",
)  # fmt: skip
"""It may work another time: the machines had trouble, the address is not blamed."""

DEAD = (
    "user unknown", "unknown user", "no such user", "does not exist", "doesn't exist",
    "doesn't have a", "does not have a", "not a valid mailbox", "unknown recipient",
    "recipient unknown", "recipient not found", "user not found", "no mailbox",
    "mailbox unavailable", "mailbox not found", "invalid recipient", "no such mailbox",
    "account is disabled", "account has been disabled", "account disabled",
    "account inactive", "account is inactive", "no longer", "unrouteable", "unroutable",
    "host not found", "host unknown", "unknown host", "name service error",
    "not listed", "domain not found", "not known", "isn't in", "not our customer",
    "unknown address", "address unknown", "no one by that name", "no mailbox here",
    "this user doesn't have", "wasn't able to establish", "unknown mailbox",
    "mailbox unknown", "invalid mailbox", "unknown local", "user doesn't exist",
    "user invalid", "invalid user", "bad user", "invalid final delivery",
    "invalid address", "address invalid", "bad address", "address error",
    "address rejected", "recipient rejected", "not a known user", "no such person",
    "no such recipient", "no such address", "no such account", "no such local",
    "no such domain", "no such host", "no account", "user is unknown", "not recognized",
    "not recognised", "not a registered", "not found in directory", "recipnotfound",
    "recipientnotfound", "user is not", "is not a user", "is not a valid", "not valid",
    "bad destination", "domain name not found", "nonexistent", "non-existent",
    "nxdomain", "unresolvable", "no mx", "no valid", "user terminated",
    "account closed", "account has been closed", "discontinued", "has been suspended",
    "mailbox is inactive", "deactivated", "left the company", "did not exactly match",
    "could not be found", "couldn't be found", "wasn't found",
    "public name & address book", "address does not", "has moved", "user has moved",
    "host or domain name not found", "all relevant mx records point to non-existent",
    # German, French, Spanish, Italian, Portuguese, Dutch
    "unbekannter empfänger", "empfänger unbekannt", "benutzer unbekannt",
    "existiert nicht", "nicht gefunden", "nicht bekannt", "adresse inconnue",
    "utilisateur inconnu", "destinataire inconnu", "n'existe pas", "introuvable",
    "usuario desconocido", "no existe", "no se encontró", "no se ha encontrado",
    "utente sconosciuto", "non esiste", "non è stato trovato", "não existe",
    "usuário desconhecido", "não encontrado", "não foi encontrado", "bestaat niet",
    "onbekende gebruiker", "onbekend", "niet gevonden", "finns inte", "findes ikke",
    "finnes ikke", "nie istnieje", "nieznany", "neexistuje", "nem létezik",
    "bulunamad\u0131",
    # Russian, Japanese, Chinese, Korean
    "не существует", "не найден", "неизвестный пользователь", "неверный адрес",
    "存在しません", "存在しない", "見つかりません", "宛先不明", "不存在", "找不到",
    "无此用户", "未找到", "존재하지", "찾을 수 없",
)  # fmt: skip
"""Nobody lives there."""

SUBJECTS = (
    "undeliver", "ndn:", "ndr:", "delivery status notification", "delivery failure",
    "delivery failed", "delivery has failed", "failed delivery",
    "delivery notification", "mail delivery", "failure notice", "failure notification",
    "returned mail", "mail returned", "returned message", "message returned",
    "mail system error", "message delivery", "delivery report",
    "could not be delivered", "couldn't be delivered", "cannot be delivered",
    "not delivered", "wasn't delivered", "not deliverable", "non-delivery",
    "nondelivery", "non delivery", "nondeliverable", "non-deliverable", "mail failure",
    "failed mail", "mail failed", "message failed", "mail could not",
    "message could not", "unable to deliver", "warning: could not send", "delayed mail",
    "mail delayed", "message delayed", "delivery delayed", "delivery delay",
    "delivery incomplete", "delivery error", "error delivering", "error sending",
    "delivery problem", "warning: message", "permanent fatal", "returned to sender",
    "return to sender", "returning to sender", "returning message to sender",
    "bounced mail", "bounce mail", "bounce notification", "rejected mail",
    "message rejected", "mail rejected", "address error", "unknown recipient",
    "user unknown", "unknown user", "mail status", "invalid address", "mailbox full",
    "aws notification message", "server error report", "failure delivery", "mail error",
    "still being retried",
    # German
    "unzustellbar", "nicht zustellbar", "zustellung fehlgeschlagen", "nicht zugestellt",
    "zustellfehler", "zustellungsfehler", "übermittlungsfehler", "übertragungsfehler",
    "fehlgeschlagene zustellung", "zustellungsbenachrichtigung", "zustellproblem",
    "verzögerte zustellung", "zustellung verzögert", "nicht übermittelt",
    # French
    "non remis", "non distribu", "échec de la remise", "échec de remise", "non délivr",
    "échec de distribution", "échec de livraison", "notification d'état de remise",
    "n'a pas pu être", "impossible de remettre", "retour de courrier",
    "remise retardée", "notification d'échec", "avis de non",
    # Spanish
    "no se puede entregar", "no se pudo entregar", "no se ha podido entregar",
    "no entregado", "no entregable", "error de entrega", "fallo en la entrega",
    "fallo de entrega", "error en la entrega", "correo devuelto", "mensaje devuelto",
    "notificación de estado de la entrega", "notificación de estado de entrega",
    "entrega fallida",
    # Portuguese
    "não entregue", "falha na entrega", "falha de entrega", "não é possível entregar",
    "não pôde ser entregue", "não entregável", "mensagem devolvida", "email devolvido",
    "notificação de status de entrega", "notificação de estado de entrega",
    # Italian
    "mancato recapito", "non recapitabil", "mancata consegna", "impossibile recapitare",
    "notifica sullo stato", "consegna non riuscita", "messaggio non recapitato",
    "errore di consegna", "non consegnat",
    # Dutch, Swedish, Danish, Norwegian, Finnish
    "onbestelbaar", "niet bezorgd", "niet afgeleverd", "bezorging mislukt",
    "kan niet worden bezorgd", "niet worden afgeleverd", "gick inte att leverera",
    "inte levererat", "kunde inte levereras", "olevererbar", "kan ikke leveres",
    "kunne ikke leveres", "ikke leveret", "ikke levert", "leveringsfejl",
    "levering mislyktes", "toimitus epäonnistui", "toimittaminen epäonnistui",
    "ei voitu toimittaa", "ei toimitettu",
    # Polish, Czech, Slovak, Hungarian, Romanian, Turkish
    "nie można dostarczyć", "niedostarczon", "niedostarczaln", "nie dostarczono",
    "zwrot poczty", "nedoručiteln", "nedoručen", "nelze doručit", "nedoručiteľn",
    "nepodařilo doručit", "kézbesíthetetlen", "kézbesítési hiba", "nem kézbesíthető",
    "sikertelen kézbesítés", "nelivrabil", "nu a putut fi livrat", "livrare eșuată",
    "teslim edilem", "iletilemedi", "gönderilemedi",
    # Russian, Ukrainian, Greek
    "недоставлен", "не доставлен", "не удалось доставить", "невозможно доставить",
    "ошибка доставки", "недоставк", "доставка не удалась", "неможливо доставити",
    "не вдалося доставити", "αδύνατη η παράδοση", "δεν παραδόθηκε",
    "αποτυχία παράδοσησ", "μη παραδόσιμ",
    # Japanese, Chinese, Korean, Hebrew, Arabic
    "配信不能", "配信できません", "配信エラー", "配信に失敗", "配信の失敗",
    "送信できません", "送信エラー", "未達", "不達", "配送エラー", "配送できません",
    "配信遅延", "エラーメール", "メールエラー", "エラー通知", "送信不能", "配達不能",
    "无法送达", "未送达", "退信", "投递失败", "传递失败", "未传递", "無法傳遞",
    "無法送達", "無法寄達", "無法遞送", "未傳遞", "被退回", "退件", "发送失败",
    "发信失败", "送达失败", "배달되지", "배달할 수 없", "배달 실패", "전송 실패",
    "전송실패", "반송", "발송 실패", "לא ניתן למסירה", "המסירה נכשלה", "تعذر التسليم",
    "غير قابل للتسليم",
)  # fmt: skip
"""Anywhere in a subject."""

SENDERS = (
    "mailer-daemon", "postmaster", "mailerdaemon", "mail-daemon", "maildelivery",
    "mail-delivery", "mailsystem", "delivery-status",
)  # fmt: skip
"""How the local part of a reporting server begins."""

SENDER_NAMES = (
    "mail delivery", "mailer-daemon", "mailer daemon", "mail system",
    "system administrator", "mail administrator", "mailadministrator",
    "systemadministrator", "administrateur syst", "administrador del sistema",
    "administrador do sistema", "amministratore di sistema", "postmaster",
    "système de messagerie", "delivery subsystem", "mail server", "systembeheerder",
    "systemadministratör", "системный администратор", "系统管理员", "系統管理員",
    "システム管理者", "시스템 관리자", "microsoft outlook", "microsoft exchange",
    "internet mail delivery", "email delivery", "mail router", "message router",
)  # fmt: skip
"""Anywhere in the From of a reporting server, its name included."""

TEXTS = (
    "could not be delivered", "couldn't be delivered", "could not deliver",
    "couldn't deliver", "wasn't able to deliver", "was not able to deliver",
    "unable to deliver", "not able to deliver", "not been able to deliver",
    "delivery to the following", "trouble delivering", "problem delivering",
    "did not reach the following", "did not reach", "failed permanently",
    "was not delivered", "wasn't delivered", "not be delivered",
    "has not been delivered", "not yet been delivered", "has been delayed",
    "is delayed", "still undelivered", "error delivering your mail", "delivery failed",
    "delivery has failed", "failed addresses", "cannot be delivered",
    "can not be delivered", "can't be delivered", "cannot deliver", "was undeliverable",
    "is undeliverable", "undeliverable", "user unknown", "invalid user address",
    "no such user", "permanent fatal errors", "fatal errors", "returned to sender",
    "delivery problems", "failed recipient", "recipients failed", "address failed",
    "address(es) failed", "unknown user", "mailbox is full",
    "error while trying to deliver", "delivery error", "delivery failure",
    "was rejected", "undelivered", "returned undelivered", "message could not be sent",
    "was returned", "unable to send", "delivery status notification",
    "delivery attempts", "non-delivery", "transcript of session", "may not exist",
    "address not found", "message from interscan", "did not exactly match",
    "this is the mail system at", "returned mail", "failure reasons",
    "invalid final delivery", "is being returned", "errors occurred",
    "following recipient", "following address", "address couldn't be found",
    # German, French, Spanish, Portuguese, Italian, Dutch
    "nicht zugestellt", "nicht zustellbar", "unzustellbar", "konnte nicht",
    "fehlgeschlagen", "n'a pas pu", "n'ont pas pu", "n'a pas été remis",
    "échec de la remise", "non remis", "impossible de", "no se pudo", "no se puede",
    "no se ha podido", "no pudo ser", "error en la entrega", "não foi possível",
    "não pôde ser", "falha na entrega", "não foi entregue", "non è stato possibile",
    "impossibile", "non è stato recapitato", "non può essere", "kon niet worden",
    "niet bezorgd", "is mislukt",
    # Nordic, Slavic, Hungarian, Turkish, Greek
    "inte levereras", "ikke leveres", "kunne ikke", "ei voitu", "nie można",
    "nie została dostarczona", "nepodařilo", "nelze doručit", "nem kézbesíthető",
    "teslim edilemedi", "не может быть доставлено", "не было доставлено",
    "не удалось доставить", "не доставлено", "не вдалося", "δεν ήταν δυνατή",
    # Japanese, Chinese, Korean
    "配信できません", "送信できません", "送れません", "届けられません",
    "配送できません", "配信に失敗", "送信に失敗", "失敗しました", "エラー", "无法送达",
    "无法投递", "投递失败", "被退回", "退信", "无法传递", "無法傳遞", "無法送達",
    "发送失败", "배달하지 못", "배달되지", "배달 실패", "전송하지 못", "반송",
)  # fmt: skip
"""Anywhere in the first lines of what a machine writes."""

CERTAIN = (
    "could not deliver message to the following",
    "unable to deliver message to the following",
    "your message could not be delivered to", "your mail could not be delivered to",
    "message could not be delivered to", "mail could not be delivered to",
    "unable to deliver your message to", "could not deliver your message to",
    "your message did not reach", "votre message n'a pas pu etre delivre",
    "votre message n'a pas pu être", "ihre nachricht konnte nicht zugestellt werden",
    "delivery to the following recipient", "delivery has failed to these recipients",
    "your message to the following recipient", "the following recipients could not be",
    "your message cannot be delivered to the following", "failed recipient",
    "undeliverable message", "the following message could not be delivered",
    "this is a delivery failure notification", "su mensaje no pudo ser entregado",
    "il messaggio non è stato recapitato", "a sua mensagem não pôde ser entregue",
    "there was an error delivering your mail",
)  # fmt: skip
"""So begins a report, even where no machine signs it; no person begins a letter so."""

BANNERS = (
    "message from interscan", "this message was created automatically by mail delivery",
    "this is an automatically generated delivery status",
)  # fmt: skip
"""What only a program signs with."""

DELAYS = (
    "will be retried", "message will be retried", "still being retried", "will retry",
    "still trying", "will keep trying", "keep trying", "will continue to try",
    "delivery attempts will continue", "attempts will continue",
    "not yet been delivered", "no action is required", "do not need to resend",
    "don't need to resend", "warning only", "this is a warning", "has been delayed",
    "is delayed", "was delayed", "delayed mail", "delivery delayed",
    "delivery incomplete", "temporary problem", "will try again", "will attempt",
    "delivery status notification (delay)", "delayed", "deferred", "trying to deliver",
    "continue trying", "will be attempted", "verzögert", "weitere zustellversuche",
    "erneut versucht", "retardé", "retrasad", "se seguirá intentando", "in ritardo",
    "ritardat", "atrasad", "vertraagd", "задерж", "попытки", "遅延", "再送", "延迟",
    "延遲", "지연",
)  # fmt: skip
"""A warning: the server goes on trying."""

SUCCESS = (
    "successfully delivered", "delivery has been successful", "successfully relayed",
    "was successfully", "has been successfully", "(success)", "(relay)",
    "notification (expanded)", "erfolgreich zugestellt", "remis avec succès",
    "entregado correctamente", "entregue com êxito", "recapitato correttamente",
    "успешно доставлен", "正常に配信", "已成功传递", "已成功傳遞",
)  # fmt: skip
"""Nothing failed: somebody asked to be told."""

GIVEN_UP = (
    "permanent error", "permanently", "permanent fatal", "given up", "giving up",
    "gave up", "could not be delivered to one or more", "has failed", "endgültig",
    "no further attempts", "will not be retried", "delivery failed", "last attempt",
)  # fmt: skip
"""It is over, whatever else is said of delays."""

LABELS = (
    "failed recipient", "failed recipients", "recipient address", "undeliverable to",
    "delivered to", "delivery to", "deliver to", "deliver message to",
    "deliver mail to", "deliver your mail to", "deliver your message to",
    "deliver it to", "final delivery userid", "unknown user", "user unknown",
    "no such user", "addressed to", "was addressed", "email address", "mail address",
    "returned permanent errors", "failed address", "failed to send to",
    "delivering your mail to", "reach the following recipient",
    "reach the following recipient(s)", "failed for", "bounced address", "bad address",
    "delivering to", "to recipient", "intended recipient", "the recipient",
    "the address", "mailbox for", "user mailbox exceeds allowed size",
    "could not send to", "message to", "your mail to", "invalid recipient",
    "unknown recipient", "unknown address", "destinataire", "a été envoyé à", "remis à",
    "delivre a", "délivré à", "distribué à", "empfänger", "empfängeradresse",
    "zugestellt an", "zustellung an", "nachricht an", "destinatario", "entregado a",
    "entregar a", "entregue a", "entregue para", "destinatário", "consegnato a",
    "recapitato a", "recapitare a", "bezorgd bij", "получатель", "адресат", "доставить",
    "送信先", "宛先", "収件人", "收件人", "收件者", "收件人地址", "받는 사람", "수신자",
    "dda:smtp", "user", "recipient", "recipients", "mailbox", "address",
)  # fmt: skip
"""What stands right before the address in question, on its line or the one before."""

COMMANDS = ("rcpt to",)
"""As labels, but the address may be one that ours was turned into."""

LISTS = (
    "following address", "following recipient", "following destination",
    "following user", "following mailbox", "these recipients", "these addresses",
    "this recipient", "one or more of its recipients", "one or more recipients",
    "one or more destinations", "address(es)", "recipient(s)", "recipients or",
    "failed addresses", "failed recipient", "list of failed",
    "could not be delivered to", "cannot be delivered to", "couldn't be delivered to",
    "wasn't delivered to", "was not delivered to", "not delivered to",
    "unable to deliver", "did not reach", "were affected", "had delivery",
    "permanent fatal errors", "transient non-fatal", "delivery problems", "permanently",
    "addresses failed", "address failed", "failed:", "undeliverable to",
    "failure reasons", "diagnostic information", "returned an error", "your message to",
    # German, French, Spanish, Portuguese, Italian, Dutch, Nordic
    "folgende empfänger", "folgenden empfänger", "folgende adresse",
    "folgenden adresse", "diese empfänger", "destinataires suivants",
    "destinataire suivant", "adresses suivantes", "adresse suivante",
    "ces destinataires", "siguientes destinatarios", "siguiente destinatario",
    "estos destinatarios", "siguientes direcciones", "siguiente dirección",
    "seguintes destinatários", "seguinte destinatário", "estes destinatários",
    "seguintes endereços", "seguenti destinatari", "seguente destinatario",
    "questi destinatari", "seguenti indirizzi", "volgende geadresseerde",
    "volgende adres", "volgende ontvanger", "följande mottagare", "følgende modtager",
    "følgende mottaker", "seuraaville vastaanottajille", "następujących odbiorców",
    "následujícím příjemcům", "következő címzett", "aşağ\u0131daki al\u0131c\u0131",
    # Russian, Japanese, Chinese, Korean
    "следующим адрес", "следующим получател", "одному или нескольким",
    "этим получателям", "следующему адрес", "以下の宛先", "以下のメールアドレス",
    "以下の受信者", "下記の宛先", "下記のメールアドレス", "次の受信者", "次の宛先",
    "以下收件人", "下列收件人", "以下收件者", "下列收件者", "以下地址", "다음 수신자",
    "다음 받는 사람",
)  # fmt: skip
"""A line that announces those whom the mail did not reach."""

HELPERS = (
    "contact", "assistance", "help", "support", "postmaster", "kontakt", "wenden",
    "contacte", "contatt", "for more information", "questions", "please send mail to",
    "forward this", "complain", "abuse", "administrator", "from:", "reply to",
    "report to", "お問い合わせ", "連絡", "联系", "聯絡", "обратит",
)  # fmt: skip
"""Where these stand before it, an address is whom one may ask."""

ENDS = (
    "--- below this line", "------ this is a copy", "-- this is a copy",
    "--- original message", "----- original message", "-----original message",
    "----- message header", "--- unsent message", "----- unsent message",
    "original message follows", "received: from", "return-path:",
    "message headers follow", "original message headers", "----- returned message",
    "the header of the original", "--- the header of the original", "your message was:",
    "original message as received", "|------------------------- message text follows",
    "-- the header and top", "included is a copy of", "------ returned message",
    "------- returned message", "original message details",
    "below is a copy of the original", "message text follows", "--- returned message",
    "--- header of the original", "the original message was as",
    "here is your returned mail", "------- original mail", "-------original mail",
    "--- mail header", "content of the original", "copy of your message",
    "ursprüngliche nachricht", "message d'origine", "mensaje original",
    "messaggio originale", "mensagem original", "исходное сообщение", "原始邮件",
    "原始郵件", "元のメッセージ", "元のメール", "message header from the original",
    "------ forwarded", "original header", "headers of the original",
    "****** end of message",
)  # fmt: skip
"""Here the copy of the returned mail begins."""
