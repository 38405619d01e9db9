"""Reports of other mail servers about letters of ours that they could not deliver."""

from itertools import count

POSTFIX = """\
From: MAILER-DAEMON@mx.elsewhere.example (Mail Delivery System)
To: {return_path}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="9B2C1.1763633522/mx.elsewhere.example"
Message-Id: <20261120101202.{number}@mx.elsewhere.example>

This is a MIME-encapsulated message.

--9B2C1.1763633522/mx.elsewhere.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<{recipient}>: host in.elsewhere.example[192.0.2.7] said: {diagnostic}
    (in reply to RCPT TO command)

--9B2C1.1763633522/mx.elsewhere.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.elsewhere.example
X-Postfix-Queue-ID: 9B2C1
Arrival-Date: Fri, 20 Nov 2026 10:12:01 +0000 (UTC)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; in.elsewhere.example
Diagnostic-Code: smtp; {diagnostic}

--9B2C1.1763633522/mx.elsewhere.example
Content-Description: Undelivered Message
Content-Type: message/rfc822

{original}
--9B2C1.1763633522/mx.elsewhere.example--
"""
EXCHANGE = """\
From: <postmaster@outlook.example>
To: <{return_path}>
Subject: Undeliverable: Your case
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="_2f64e1d8-59c8_"
Message-ID: <c5f1@AM0PR05.eur.outlook.example>
In-Reply-To: {message_id}
X-MS-Exchange-Message-Is-Ndr:
Auto-Submitted: auto-replied

--_2f64e1d8-59c8_
Content-Type: multipart/alternative; boundary="_alt_"

--_alt_
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Your message to {recipient} couldn't be delivered.=20

--_alt_
Content-Type: text/html; charset="us-ascii"

<p>Your message couldn't be delivered.</p>
--_alt_--

--_2f64e1d8-59c8_
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR05.eur.outlook.example

Final-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp;{diagnostic}

--_2f64e1d8-59c8_
Content-Type: text/rfc822-headers

{head}
--_2f64e1d8-59c8_--
"""
_NUMBERS = count(1)
NO_SUCH = "550 5.1.1 <somebody>: Recipient address rejected: User unknown"


def report(
    letter, shape=POSTFIX, *, action="failed", status="5.1.1", said=NO_SUCH, to=""
):
    """The report of another server about one of our letters."""
    original = letter.kept.octets.decode().replace("\r\n", "\n")
    text = shape.format(
        number=next(_NUMBERS),
        return_path=to or letter.kept.mail_from,
        recipient=letter.to,
        original=original,
        head=original.partition("\n\n")[0],
        message_id=letter.mail["Message-ID"],
        action=action,
        status=status,
        diagnostic=said,
    )
    return text.replace("\n", "\r\n").encode()


COMPLAINT = """\
From: <fbl@provider.example>
To: {to}
Subject: FW: {subject}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
\tboundary="part1_13d.2e68ed54_boundary"
Message-ID: <{type}.8787KJKJ3K4J3K4J3K4J3.mail@provider.example>

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report for an email message received from IP
192.0.2.2.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: {type}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{return_path}>
Source-IP: 192.0.2.2

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

{original}
--part1_13d.2e68ed54_boundary--
"""


def complaint(letter, to=None, kind="abuse"):
    """A provider's feedback report about one of our letters (RFC 5965)."""
    original = letter.kept.octets.decode().replace("\r\n", "\n")
    text = COMPLAINT.format(
        to=to or letter.kept.mail_from,
        subject=letter.mail["Subject"],
        type=kind,
        return_path=letter.kept.mail_from,
        original=original,
    )
    return text.replace("\n", "\r\n").encode()
