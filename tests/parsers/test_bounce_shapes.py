"""Reports as mail servers of all makes write them, and people who only quote them."""

import base64

import pytest

from parsers import bounce_phrases
from parsers.mail import read

WHO = "carla@gomez.example"


def mail(text, *, sender="MAILER-DAEMON@mx.example", subject="failure notice", head=()):
    lines = [
        f"From: {sender}",
        "To: support+b-token@acme.example",
        f"Subject: {subject}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        *head,
        "",
        text,
    ]
    return read("\n".join(lines).replace("\n", "\r\n").encode())


COPY = (
    "Return-Path: <support@acme.example>\nReceived: by x\nMessage-ID: <a@b.example>\n"
)

SHAPES = {
    "postfix": (
        ("This is the mail system at host mx.example.\n\nI'm sorry to have to inform "
        "you that your message could not\nbe delivered to one or more recipients.\n\n"
        "For further assistance, please send mail to postmaster.\n\n"
        "                   The mail system\n\n"
        f"<{WHO}>: host mx.gomez.example[192.0.2.1] said: 550 5.1.1\n"
        f"    <{WHO}>: Recipient address rejected: User unknown (in reply to\n"
        "    RCPT TO command)\n"),
        "failed", "hard",
    ),
    "sendmail 5": (
        "   ----- Transcript of session follows -----\nWhile talking to "
        "mx.gomez.example:"
        f"\n>>> RCPT To:<{WHO}>\n<<< 550 <{WHO}>, User Unknown\n"
        f"550 <{WHO}>... User unknown\n\n   ----- Unsent message follows -----\n"
        + COPY,
        "failed", "hard",
    ),
    "sendmail 8": (
        ("The original message was received at Mon, 2 Nov 2026 10:00:00 GMT\n"
        "from mail.acme.example [192.0.2.9]\n\n"
        "   ----- The following addresses had permanent fatal errors -----\n"
        f"<{WHO}>\n    (reason: 552 5.2.2 Mailbox full)\n\n"
        "   ----- Transcript of session follows -----\n... while talking to x:\n"
        ">>> DATA\n<<< 552 5.2.2 Mailbox full\n"),
        "failed", "full",
    ),
    "exim warning": (
        ("This message was created automatically by mail delivery software.\n"
        "A message that you sent has not yet been delivered to one or more of its\n"
        "recipients after more than 24 hours on the queue on mx.example.\n\n"
        "The message identifier is:     1abcde-000abc-00\n\n"
        "The address to which the message has not yet been delivered is:\n\n"
        f"  {WHO}\n    Delay reason: Connection timed out\n\n"
        "No action is required on your part.\n"),
        "delayed", "soft",
    ),
    "qmail of another tongue": (
        "Hi. This is the qmail-send program at mx.example.\n"
        "Ihre Nachricht konnte nicht zugestellt werden.\n\n"
        f"<{WHO}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\n" + COPY,
        "failed", "hard",
    ),
    "courier": (
        ("This is a delivery status notification from mx.example,\n"
        "running the Courier mail server, version 0.65.2.\n\n"
        "The original message was received on Mon, 2 Nov 2026 10:00:00 +0100\n\n"
        "                      UNDELIVERABLE MAIL\n\n"
        "Your message to the following recipients cannot be delivered:\n\n"
        f"<{WHO}>:\n     mx.gomez.example [192.0.2.1]:\n>>> RCPT TO:<{WHO}>\n"
        "<<< 550 Sorry, I couldn't find any host named gomez.example.\n"),
        "failed", "soft",
    ),
    "exchange on the spot": (
        ("Your message\n\n  To:      Carla\n  Subject: Hello\n"
        "  Sent:    Mon, 2 Nov 2026 10:00:00 +0100\n\n"
        "did not reach the following recipient(s):\n\n"
        f"{WHO} on Mon, 2 Nov 2026 10:00:01 +0100\n"
        "    The recipient name is not recognized\n"
        "    MSEXCH:IMS:ACME:HQ:MAIL 0 (000C05A6) Unknown Recipient\n"),
        "failed", "hard",
    ),
    "exchange 2007": (
        ("Delivery has failed to these recipients or distribution lists:\n\n"
        f"Carla Gomez<mailto:{WHO}>\nThe recipient's e-mail address was not found.\n\n"
        "Diagnostic information for administrators:\n\n"
        f"Generating server: mail.acme.example\n\n{WHO}\n"
        "#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n"),
        "failed", "hard",
    ),
    "exchange in german": (
        ("Fehler bei der Nachrichtenzustellung an folgende Empfänger oder "
        f"Verteilerlisten:\n\n{WHO}\nDas Postfach des Empfängers ist voll.\n\n"
        "Diagnoseinformationen für Administratoren:\n\n"),
        "failed", "full",
    ),
    "exchange in french": (
        ("Échec de la remise pour ces destinataires ou groupes :\n\n"
        f"{WHO}\nL'adresse de messagerie que vous avez entrée est introuvable.\n"),
        "failed", "hard",
    ),
    "exchange in spanish": (
        ("Error de entrega a los siguientes destinatarios o listas de distribución:\n\n"
        f"{WHO}\nNo se encontró la dirección de correo del destinatario.\n"),
        "failed", "hard",
    ),
    "exchange in portuguese": (
        ("Falha na entrega para estes destinatários ou grupos:\n\n"
        f"{WHO}\nO endereço de email inserido não foi encontrado.\n"),
        "failed", "hard",
    ),
    "exchange in italian": (
        ("Impossibile recapitare il messaggio ai seguenti destinatari:\n\n"
        f"{WHO}\nL'indirizzo non è stato trovato.\n"),
        "failed", "hard",
    ),
    "exchange in dutch": (
        ("De bezorging is mislukt voor de volgende geadresseerden:\n\n"
        f"{WHO}\nHet e-mailadres is niet gevonden.\n"),
        "failed", "hard",
    ),
    "exchange in polish": (
        ("Nie można dostarczyć wiadomości do następujących odbiorców:\n\n"
        f"{WHO}\nUżytkownik nieznany.\n"),
        "failed", "hard",
    ),
    "mail.ru": (
        ("Это письмо создано автоматически.\n\n"
        "Письмо не может быть доставлено по следующему адресу:\n\n"
        f"**********************\n\n{WHO}\n  550 Пользователь не найден\n"),
        "failed", "hard",
    ),
    "japanese": (
        ("メールの送信に失敗しました。\n以下の宛先に配信できませんでした。\n\n"
        f"{WHO}\n\n宛先不明です。\n"),
        "failed", "hard",
    ),
    "chinese": (
        ("您的邮件被退回。\n无法送达以下收件人\n\n"
        f"{WHO}\n\n550 User not found 收件人不存在\n"),
        "failed", "hard",
    ),
    "domino": (
        ("Your message\n\n  Subject: Hello\n\nwas not delivered to:\n\n"
        f"  {WHO}\n\nbecause:\n\n  User carla (carla@gomez.example) not listed in "
        "Domino Directory\n"),
        "failed", "hard",
    ),
    "notes": (
        "------- Failure Reasons  --------\n\nUser not listed in public Name & Address "
        f"Book\n{WHO}\n\n\n------- Returned Message --------\n\n" + COPY,
        "failed", "hard",
    ),
    "groupwise": (
        (f"The message that you sent was undeliverable to the following:\n\n\t{WHO} "
        "(user not found)\n\nPossibly truncated original message follows:\n"),
        "failed", "hard",
    ),
    "yahoo": (
        "Sorry, we were unable to deliver your message to the following address.\n\n"
        f"<{WHO}>:\nRemote host said:\n554 delivery error: dd This user doesn't have a "
        "yahoo.example account [-5]\n\n--- Original message follows.\n\n" + COPY,
        "failed", "hard",
    ),
    "gmail of old": (
        "Delivery to the following recipient failed permanently:\n\n"
        f"     {WHO}\n\nTechnical details of permanent failure: \nGoogle tried to "
        "deliver"
        " your message, but it was rejected by the server. The error that the other "
        "server returned was: 550 No such user (state 14).\n\n"
        "----- Original message -----\n\n" + COPY,
        "failed", "hard",
    ),
    "gmail delay": (
        ("This is an automatically generated Delivery Status Notification\n\n"
        "THIS IS A WARNING MESSAGE ONLY.\n\nYOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\n"
        f"Delivery to the following recipient has been delayed:\n\n     {WHO}\n\n"
        "Message will be retried for 2 more day(s)\n"),
        "delayed", "soft",
    ),
    "imail": (
        f"User mailbox exceeds allowed size: {WHO}\n\nOriginal message follows.\n\n"
        + COPY,
        "failed", "full",
    ),
    "imail unknown": (
        f"Unknown user: {WHO}\n\nOriginal message follows.\n\n" + COPY,
        "failed", "hard",
    ),
    "mailmarshal": (
        ("Your message:\n   From:    support@acme.example\n   Subject: Hello\n\n"
        "Could not be delivered because of\n\n550 5.1.1 User unknown\n\n"
        f"The following recipients were affected: \n   {WHO}\n\n"
        "Additional Information\n======================\n"),
        "failed", "hard",
    ),
    "mcafee": (
        (f"     --- The following addresses had delivery problems ---\n\n<{WHO}>   "
        "(User "
        f"unknown {WHO})\n\n"),
        "failed", "hard",
    ),
    "interscan": (
        (f"****** Message from InterScan Messaging Security Suite ******\n\nSent <<< "
        f"RCPT TO:<{WHO}>\nReceived >>> 550 5.1.1 unknown user.\n\n"
        f"Unable to deliver message to <{WHO}>.\n"),
        "failed", "hard",
    ),
    "mdaemon": (
        ("The attached message had PERMANENT fatal delivery errors!\n\n"
        "After one or more unsuccessful delivery attempts the attached message has\n"
        "been removed from the mail queue on this server.\n\n"
        f"Failed address: {WHO}\n\n--- Session Transcript ---\n"
        f"Mon 2026-11-02 10:00:00: --> RCPT To:<{WHO}>\n"
        "Mon 2026-11-02 10:00:00: <-- 550 mailbox not found\n--- End Transcript ---\n"),
        "failed", "hard",
    ),
    "kerio": (
        ("Your message was not delivered because of the following error:\n\n"
        f"Recipient: {WHO}\nReason: 550 5.1.1 User unknown\n"),
        "failed", "hard",
    ),
    "james": (
        ("Hi. This is the James mail server at mx.example.\nI'm afraid I wasn't able "
        "to "
        "deliver your message to the following addresses.\nThis is a permanent error; "
        "I've given up.\n\nMessage details:\n  Subject: Hello\n"
        "  MAIL FROM: support@acme.example\n"
        f"  RCPT TO: {WHO}\n\nError message below:\n550 - no such user here\n"),
        "failed", "hard",
    ),
    "dragonfly": (
        (f"Hello\n\nThis is the DragonFly Mail Agent at mx.example.\n\nThere was an "
        "error "
        f"delivering your mail to <{WHO}>.\n\nmx.gomez.example [192.0.2.1] did not "
        "like "
        "our RCPT TO:\n550 5.1.1 <x>: User unknown\n\nMessage headers follow.\n\n"),
        "failed", "hard",
    ),
    "opensmtpd": (
        "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this "
        "e-mail.\n\n"
        "    An error has occurred while attempting to deliver a message for\n"
        f"    the following list of recipients:\n\n{WHO}: 550 User unknown\n\n"
        "    Below is a copy of the original message:\n\n" + COPY,
        "failed", "hard",
    ),
    "zoho": (
        "This message was created automatically by mail delivery software.\n A message "
        "that you sent could not be delivered to one or more of its recipients. This "
        "is a"
        f" permanent error.\n\n{WHO} Invalid Address, ERROR_CODE :550, ERROR_CODE "
        ":5.1.1,"
        " No such user.\n\n" + COPY,
        "failed", "hard",
    ),
    "powermta": (
        ("Hello, this is the mail server on mta.example.\n\nI am sending you this "
        "message "
        "to inform you on the delivery status of a\nmessage you previously sent. "
        "Immediately"
        " below you will find a list of\nthe affected recipients;\n\n"
        f"    <{WHO}>: delivery failed; will not continue trying: 550 unknown user\n"),
        "failed", "hard",
    ),
    "messaging server": (
        ("Your message cannot be delivered to the following recipients:\n\n"
        f"  Recipient address: {WHO}\n  Reason: unknown or illegal user: carla\n"),
        "failed", "soft",
    ),
    "aol": (
        ("Your mail to the following recipients could not be delivered because they "
        "are "
        f"not accepting mail from support@acme.example:\n\n\t{WHO}\n"),
        "failed", "ours",
    ),
    "mimecast": (
        ("This is a delivery failure notification message indicating that\nan email "
        f"support@acme.example addressed to email address :\n-- {WHO}\n\n"
        "could not be delivered. The problem appears to be :\n-- Recipient address "
        "rejected by recipient mail server\n"),
        "failed", "hard",
    ),
    "a smarthost": (
        ("Delivery has failed to these recipients or distribution lists:\n\n"
        'Server "192.0.2.66:25" returned an error:\n\n'
        f"\t* [{WHO}]: 550 {WHO}...User account is overquota\n\n"
        "Original message details:\n\n\t* From: support@acme.example\n"),
        "failed", "full",
    ),
    "a log": (
        "|------------------------- Message log follows: -------------------------|\n"
        " no valid recipients were found for this message\n"
        "|------------------------- Failed addresses follow: ---------------------|\n"
        f" <{WHO}> ... unknown host\n"
        "|------------------------- Message text follows: ------------------------|\n"
        + COPY,
        "failed", "hard",
    ),
    "two tongues": (
        ("***********************\nVotre message n'a pas pu être délivré à\n"
        f"{WHO}\n\n***********************\nYour message could not be delivered to\n"
        f"{WHO}\n"),
        "failed", "soft",
    ),
    "a telephone company": (
        (f"Error: Invalid user address\n\nMessage details:\n  Subject: Hello\n"
        f"  MAIL FROM: support@acme.example\n  RCPT TO: {WHO}\n"),
        "failed", "hard",
    ),
    "the sender blocked": (
        ("Delivery to the following recipients failed.\n\n"
        f"       {WHO}\n\n554 5.7.1 Service unavailable; client host [192.0.2.9] "
        "blocked "
        "using Spamhaus\n"),
        "failed", "ours",
    ),
    "too large": (
        (f"Your message could not be delivered to <{WHO}>.\n\n552 5.3.4 Message size "
        "exceeds fixed limit\n"),
        "failed", "content",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shapes(name):
    text, action, class_ = SHAPES[name]
    got = mail(text).bounce
    assert got.is_
    assert [(one.address, one.action, one.class_) for one in got.recipients] == [
        (WHO, action, class_)
    ]


SUBJECTS = (
    "Undelivered Mail Returned to Sender",
    "Unzustellbar: Ihre Anfrage",
    "Non remis : votre demande",
    "No se puede entregar: su pedido",
    "Não é possível entregar: o seu pedido",
    "Mancato recapito: la sua richiesta",
    "Onbestelbaar: uw vraag",
    "Nie można dostarczyć: zapytanie",
    "Nedoručitelné: dotaz",
    "Kézbesíthetetlen: kérdés",
    "Недоставленное сообщение",
    "配信不能: お問い合わせ",
    "系统退信",
    "無法傳遞: 詢問",
    "배달되지 않음: 문의",
)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_server_that_says_little_is_known_by_its_subject(subject):
    got = mail(f"{WHO}\n", subject=subject, sender="postmaster@mx.example")
    assert [one.address for one in got.bounce.recipients] == [WHO]


def test_a_report_to_the_very_address_that_failed():
    got = mail(
        "This message could not be delivered to the following recipient:\n\n"
        "<support+b-token@acme.example>:\nMailbox full\n"
    )
    assert [one.address for one in got.bounce.recipients] == [
        "support+b-token@acme.example"
    ]


def test_whom_to_ask_is_not_who_failed():
    got = mail(
        "Your message could not be delivered.\n\n"
        "For further assistance, please contact <help@mx.example>.\n\n"
        f"<{WHO}>: user unknown\n"
    )
    assert [one.address for one in got.bounce.recipients] == [WHO]


def test_ids_and_senders_of_the_copy_are_no_recipients():
    got = mail(
        f"The following could not be delivered:\n\n{WHO}\n\n"
        "Message-ID: <1234@host.acme.example>\nFrom: Ana <ana@acme.example>\n"
        "Subject: Hello\nDate: Mon, 2 Nov 2026 10:00:00 +0100\n\nx@y.example says "
        "hello\n"
    )
    assert [one.address for one in got.bounce.recipients] == [WHO]


def test_a_success_in_words_is_a_note():
    got = mail(
        f"Your message was successfully delivered to\n<{WHO}>\n",
        subject="Delivery Status Notification (Success)",
    )
    only = got.bounce.recipients[0]
    assert (only.address, only.action, only.class_) == (WHO, "delivered", "note")


def test_a_server_that_sums_the_mail_up():
    got = mail(
        f"From:    support@acme.example\nTo:      {WHO}\nSubject: Hello\n\n"
        "This message could not be sent: unknown user\n"
    )
    assert [one.address for one in got.bounce.recipients] == [WHO]


def test_several_recipients_keep_their_reasons():
    got = mail(
        "Your message to the following recipients could not be delivered:\n\n"
        f"<{WHO}>:\n550 5.1.1 user unknown\n\n"
        "<max@fremd.example>:\n452 4.2.2 mailbox full\n"
    )
    assert [(one.address, one.status, one.class_) for one in got.bounce.recipients] == [
        (WHO, "5.1.1", "hard"),
        ("max@fremd.example", "4.2.2", "full"),
    ]


HUMANS = {
    "a question": (
        "Carla <carla@gomez.example>", "Undelivered Mail Returned to Sender",
        ("Hello, what does this mean?\n\n<bo@acme.example>: host mx said: 550 unknown "
        "user"),
    ),
    "a forward": (
        "Carla <carla@gomez.example>", "Fwd: Mail delivery failed",
        ("This message was created automatically by mail delivery software.\n\n"
        "A message that you sent could not be delivered to:\n\n  bo@acme.example\n"),
    ),
    "a parcel": (
        "Carla <carla@gomez.example>", "Delivery failed",
        ("My parcel could not be delivered to our address, please send it again to "
        "carla@gomez.example"),
    ),
    "a carrier": (
        "noreply@carrier.example", "Delivery failed",
        ("Dear customer, your parcel could not be delivered. We will try again "
        "tomorrow."),
    ),
    "a shop": (
        "no-reply@shop.example", "Your order",
        ("Thank you. We cannot deliver to your address before Monday.\n\n"
        "Questions? Write to: help@shop.example"),
    ),
    "a note of absence": (
        "postmaster@gomez.example", "Automatic reply: Undeliverable: Hello",
        ("I am away. Messages cannot be delivered to the following address:\n"
        "bo@acme.example"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HUMANS)
def test_what_is_no_bounce(name):
    sender, subject, text = HUMANS[name]
    assert not mail(text, sender=sender, subject=subject).bounce.is_


def parts(outer, *inner):
    body = "".join(f"\n--b\nContent-Type: {kind}\n\n{text}\n" for kind, text in inner)
    text = (
        "From: postmaster@mx.example\nTo: support+b-token@acme.example\n"
        "Subject: Delivery Status Notification (Failure)\n"
        f"Content-Type: {outer}; boundary=b\n\nx\n{body}\n--b--\n"
    )
    return read(text.replace("\n", "\r\n").encode())


REPORT = "multipart/report; report-type=delivery-status"
STATUS = "message/delivery-status"


def addresses(got):
    return [(one.address, one.action, one.status) for one in got.bounce.recipients]


BOTH = [(WHO, "failed", "5.1.1"), ("max@fremd.example", "failed", "5.2.2")]


@pytest.mark.parametrize(
    "blocks",
    [
        # no empty line between anything
        (
            f"Reporting-MTA: dns; mx\nFinal-Recipient: rfc822; {WHO}\nAction: failed\n"
            "Status: 5.1.1\nFinal-Recipient: rfc822; max@fremd.example\nAction: "
            "failed\n"
            "Status: 5.2.2"
        ),
        # the action first
        (
            f"Reporting-MTA: dns; mx\n\nAction: failed\nFinal-Recipient: rfc822; "
            f"{WHO}\n"
            "Status: 5.1.1\n\nAction: failed\nFinal-Recipient: rfc822; "
            "max@fremd.example\n"
            "Status: 5.2.2"
        ),
        # an empty line after every field
        (
            f"Final-Recipient: rfc822; {WHO}\n\nAction: failed\n\nStatus: 5.1.1\n\n"
            "Final-Recipient: rfc822; max@fremd.example\n\nAction: failed\n\nStatus: "
            "5.2.2"
        ),
        # folded, strange cases, comments, no type
        (
            f"FINAL-RECIPIENT: rfc822;\n {WHO}\nACTION: Failed (gone)\n"
            "STATUS: 5.1.1 (no such user)\n\nfinal-recipient: <max@fremd.example>\n"
            "action: failure\nstatus: 5.2.2"
        ),
        # original before final, each pair with its status
        (
            f"Original-Recipient: rfc822;{WHO}\nFinal-Recipient: rfc822;{WHO}\n"
            "Action: failed\nStatus: 5.1.1\n"
            "Original-Recipient: rfc822;max@fremd.example\n"
            "Final-Recipient: rfc822;max@fremd.example\nAction: failed\nStatus: 5.2.2"
        ),
    ],
)
def test_reports_with_their_blocks_broken(blocks):
    assert addresses(parts(REPORT, (STATUS, blocks))) == BOTH
    assert addresses(parts("multipart/mixed", ("text/plain", blocks))) == BOTH
    assert addresses(
        parts(
            "multipart/mixed",
            ("text/plain", "Sorry."),
            ("application/octet-stream; name=details.txt", blocks),
        )
    ) == BOTH  # fmt: skip


def test_a_report_that_is_encoded():
    plain = f"Final-Recipient: rfc822; {WHO}\nAction: failed\nStatus: 5.1.1\n"
    coded = base64.b64encode(plain.encode()).decode()
    kind = f"{STATUS}\nContent-Transfer-Encoding: base64"
    assert addresses(parts(REPORT, (kind, coded))) == BOTH[:1]


def test_a_report_in_utf_8():
    kind = "message/global-delivery-status"
    text = (
        "Final-Recipient: utf-8; m\\x{FC}ller@fremd.example\nAction: failed\n"
        "Status: 5.6.7\n"
    )
    assert addresses(parts(REPORT, (kind, text))) == [
        ("müller@fremd.example", "failed", "5.6.7")
    ]


def test_a_report_keeps_what_the_sender_wrote():
    got = parts(
        REPORT,
        (
            STATUS,
            (
                f"Original-Recipient: rfc822; {WHO}\nFinal-Recipient: rfc822; "
                "c@new.example"
                "\nAction: failed\nStatus: 5.1.1\n"
            ),
        ),
    )
    only = got.bounce.recipients[0]
    assert (only.address, only.original) == ("c@new.example", WHO)


def test_a_report_in_an_envelope_of_a_gateway():
    inner = (
        "From: postmaster@mx.example\nContent-Type: multipart/report;"
        " report-type=delivery-status; boundary=i\n\n--i\n\nSorry.\n--i\n"
        f"Content-Type: {STATUS}\n\nFinal-Recipient: rfc822; {WHO}\nAction: failed\n"
        "Status: 5.1.1\n\n--i--\n"
    )
    assert addresses(parts("multipart/mixed", ("message/rfc822", inner))) == BOTH[:1]


def test_a_report_that_names_nobody_points_at_whom_the_copy_went_to():
    got = parts(
        REPORT,
        ("text/plain", "I'm sorry. Delivery report unavailable."),
        (STATUS, "Reporting-MTA: dns; mx.example"),
        ("message/rfc822", f"From: support@acme.example\nTo: <{WHO}>\n\nHello"),
    )
    assert [one.address for one in got.bounce.recipients] == [WHO]


def test_a_list_is_not_who_failed():
    got = parts(
        REPORT,
        ("text/plain", "I'm sorry."),
        (STATUS, "Reporting-MTA: dns; mx.example"),
        ("message/rfc822", "To: <list@acme.example>\nList-Id: <x.y>\n\nHello"),
    )
    assert got.bounce.is_
    assert got.bounce.recipients == ()


NOTIFICATION = (
    '{"Type": "Notification", "Message": "{\\"notificationType\\":\\"%s\\",'
    '\\"bounce\\":{\\"bouncedRecipients\\":[{\\"emailAddress\\":\\"' + WHO + '\\",'
    '\\"status\\":\\"5.1.1\\",\\"diagnosticCode\\":\\"smtp; 550 user unknown\\"}]}}"}'
)


def test_a_notification_for_programs():
    sender = "no-reply@notify.example"
    got = mail(NOTIFICATION % "Bounce", sender=sender, subject="AWS Notification")
    assert [(one.address, one.class_) for one in got.bounce.recipients] == [
        (WHO, "hard")
    ]
    got = mail(NOTIFICATION % "Complaint", sender=sender, subject="AWS Notification")
    assert not got.bounce.is_
    assert not mail("{" * 100_000, sender=sender, subject="Undelivered").bounce.is_


def test_phrases_are_written_as_they_are_compared():
    for name, said in vars(bounce_phrases).items():
        if isinstance(said, tuple):
            assert [one for one in said if one != one.casefold()] == [], name
            assert all(one.strip() for one in said), name
            assert len(set(said)) == len(said), name
