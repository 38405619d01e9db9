"""What filters say of spam, in fields that they document; a "no" is not believed."""

import pytest

from parsers.mail import read


def mark(*head):
    lines = ["From: sally@offer.example", "Subject: Offer", *head, "", "Buy now."]
    return read("\r\n".join(lines).encode()).spam_mark


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ("X-Spam-Flag: YES", "x-spam-flag"),
        ("X-Spam-Status: Yes, score=7.9 required=5.0 tests=A,B", "x-spam-status"),
        ("X-Spam: Yes", "x-spam"),
        ("X-Rspamd-Action: add header", "x-rspamd-action"),
        ("X-Rspamd-Action: rewrite  subject", "x-rspamd-action"),
        ("X-Rspamd-Action: reject", "x-rspamd-action"),
        ("X-MS-Exchange-Organization-SCL: 5", "x-ms-exchange-organization-scl"),
        ("X-MS-Exchange-Organization-SCL: 9", "x-ms-exchange-organization-scl"),
        (
            "X-Forefront-Antispam-Report: CIP:192.0.2.1;CTRY:;LANG:en;SCL:6;SFV:SPM;",
            "x-forefront-antispam-report",
        ),
        (
            "X-Forefront-Antispam-Report: CIP:192.0.2.1;SFV:SKB;",
            "x-forefront-antispam-report",
        ),
    ],
)
def test_what_filters_call_spam(head, field):
    assert mark(head) == field


@pytest.mark.parametrize(
    "head",
    [
        "X-Spam-Flag: NO",
        "X-Spam-Status: No, score=1.2 required=5.0 tests=YES",
        "X-Spam: no",
        "X-Spam-Score: 20",
        "X-Spam-Level: *******",
        "X-Rspamd-Action: no action",
        "X-Rspamd-Action: greylist",
        "X-Rspamd-Action: soft reject",
        "X-MS-Exchange-Organization-SCL: 4",
        "X-MS-Exchange-Organization-SCL: -1",
        "X-MS-Exchange-Organization-SCL: 99999999999999",
        "X-MS-Exchange-Organization-SCL: five",
        "X-Forefront-Antispam-Report: CIP:192.0.2.1;SCL:1;SFV:NSPM;",
        "X-Forefront-Antispam-Report: ;:;::SCL;SCL:;",
        "Subject: X-Spam-Flag: YES",
    ],
)
def test_what_is_no_verdict(head):
    assert mark(head) == ""


def test_a_filter_writes_above_what_a_sender_planted():
    assert mark("X-Spam-Flag: NO", "X-Spam-Flag: YES") == ""
