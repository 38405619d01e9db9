"""The settings: what may be written, and the one line for what may not."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.settings import Listen, SettingsError, load, read
from gateway.settings.desk import WEEKDAYS, read_hours

SECRET = "k3epm3s4fek3epm3s4fek3epm3s4fe-0"
FILE = Path("/etc/parlour/parlour.toml")
LEAST = f"""
secret = "{SECRET}"
[outbound]
[[desk]]
address = "support@acme.example"
team = ["Ana Ruiz <ana@acme.example>", "bo@acme.example"]
"""


def settings(text=LEAST, **environment):
    return read(text, FILE, environment)


def top(lines):
    return f"{lines}\n{LEAST}"


def section(lines):
    return f"{LEAST}\n{lines}"


def desk(lines):
    return f"{LEAST}\n{lines}"


MAILBOX = """
[[desk.mailbox]]
host = "imap.acme.example"
username = "support@acme.example"
"""


def mailbox(lines='password = "x"'):
    return f"{LEAST}{MAILBOX}{lines}\n"


TOKENS = "https://login.example/token"
GOOD_OAUTH2 = f'token_url = "{TOKENS}"\nclient_id = "a"\nrefresh_token = "r"\n'
CLIENT = f'token_url = "{TOKENS}"\nclient_secret = "s"\n'


def oauth2(lines):
    return f"{LEAST}{MAILBOX}[desk.mailbox.oauth2]\n{lines}\n"


def outbound(lines):
    return LEAST.replace("[outbound]", f"[outbound]\n{lines}")


def refusal(text, **environment):
    with pytest.raises(SettingsError) as refused:
        settings(text, **environment)
    return str(refused.value)


def test_the_least_that_must_be_given():
    found = settings()
    assert found.base_url == "http://127.0.0.1:8080"
    assert found.database_url == "sqlite:////etc/parlour/data/parlour.db"
    assert found.data_dir == Path("/etc/parlour/data")
    assert found.smtp.listen == Listen("127.0.0.1", 8025)
    assert found.smtp.max_message_octets == 30_000_000
    assert found.smtp.trusted_authserv_ids == ()
    assert found.web.listen == Listen("127.0.0.1", 8080)
    assert found.lmtp is None
    assert (found.outbound.host, found.outbound.port) == ("127.0.0.1", 25)
    assert found.auto_migrate
    (one,) = found.desks.all
    assert one.name == "Acme Support"
    assert one.reply.template == "support+{token}@acme.example"
    assert [member.name for member in one.team] == ["Ana Ruiz", ""]
    assert (one.case, one.acknowledge, one.cc) == ("question", "auto", "auto")
    assert (one.next_contact, one.hours) == ("1 business day", None)


def test_everything_that_may_be_given(tmp_path):
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).touch()
    file = tmp_path / "parlour.toml"
    file.write_text(
        f"""
base_url = "https://help.acme.example/"
secret = "{SECRET}"
previous_secrets = ["{SECRET}-of-last-year"]
data_dir = "var"
auto_migrate = false
[database]
url = "postgresql://parlour@db.example/parlour"
[smtp]
listen = "[::1]:25"
max_message_mb = 12.5
tls_cert = "cert.pem"
tls_key = "key.pem"
trusted_authserv_ids = ["mx.acme.example"]
trusted_arc_sealers = ["google.com"]
trusted_peers = ["192.0.2.0/24", "::1"]
[web]
listen = "localhost:80"
trusted_proxies = ["10.0.0.0/8", "2001:db8::7"]
proxy_header = "Forwarded"
[outbound]
host = "smtp.acme.example"
tls = "starttls"
username = "parlour"
password = "hunter2hunter2"
connections = 3
max_per_second = 0.5
[limits]
recipients = 7
parse_seconds = 0.5
cc_invitations = 0
[[desk]]
name = "Hilfe"
address = "support@acme.example"
aliases = ["help@acme.example"]
reply = "{{token}}@reply.acme.example"
team = ["ana@acme.example"]
language = "de-AT"
zone = "Europe/Vienna"
hours = "mon-thu 08:00-16:30, fri 08:00-12:00"
next_contact = "4 hours"
case = "question"
acknowledge = "full"
cc = "suggest"
team_follow = "all"
staff_domains = ["Acme.Example"]
staff_proof = "verified"
attachments_mb = 2
forms = ["website@acme.example"]
duty = {{ "mon-fri 08:00-12:00" = ["ana@acme.example"] }}
collision_hold = false
mode = "normal"
[[desk]]
address = "sales@acme.example"
team = ["ana@acme.example"]
"""
    )
    found = load(file, {})
    assert found.base_url == "https://help.acme.example"
    assert found.previous_secrets == (f"{SECRET}-of-last-year",)
    assert found.database_url == "postgresql+psycopg://parlour@db.example/parlour"
    assert found.smtp.listen == Listen("::1", 25)
    assert found.smtp.tls_cert == tmp_path / "cert.pem"
    assert found.smtp.max_message_octets == 12_500_000
    assert found.smtp.trusted_peers == ("192.0.2.0/24", "::1")
    assert found.web.trusted_proxies == ("10.0.0.0/8", "2001:db8::7")
    assert found.web.proxy_header == "Forwarded"
    assert (found.outbound.port, found.outbound.max_per_second) == (587, 0.5)
    assert (found.limits.recipients, found.limits.cc_invitations) == (7, 0)
    assert found.limits.parse_seconds == 0.5
    first, second = found.desks.all
    assert first.hours.by_weekday[4] == (480, 720)
    monday = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Europe/Vienna"))
    assert first.on_duty(monday) == {"ana@acme.example"}
    assert first.on_duty(monday + timedelta(hours=4)) == frozenset()
    assert first.staff_domains == ("acme.example",)
    assert first.reply.domain == "reply.acme.example"
    assert second.name == "Acme Sales"
    assert found.desks.by_address("HELP@acme.example") is first


def test_nothing_secret_is_shown():
    found = settings(
        outbound('tls = "tls"\nusername = "u"\npassword = "hunter2hunter2"')
    )
    assert SECRET not in repr(found)
    assert "hunter2" not in repr(found)


def test_the_environment_wins_over_the_file():
    found = settings(
        PARLOUR_SECRET="another secret of more than 32 letters",
        PARLOUR_BASE_URL="https://help.acme.example",
        PARLOUR_DATABASE__URL="sqlite:///elsewhere.db",
        PARLOUR_SMTP__LISTEN="0.0.0.0:2525",
        PARLOUR_SMTP__TRUSTED_PEERS="192.0.2.1, 192.0.2.2",
        PARLOUR_OUTBOUND__PORT="2500",
        PARLOUR_LIMITS__PARSE_SECONDS="1.5",
        PARLOUR_AUTO_MIGRATE="false",
        PARLOUR_CONFIG="is no setting",
        PARLOUR_SERVICE_HOST="of the platform",
        HOME="/root",
    )
    assert found.secret.startswith("another")
    assert found.base_url == "https://help.acme.example"
    assert found.database_url == "sqlite:////etc/parlour/elsewhere.db"
    assert found.smtp.listen == Listen("0.0.0.0", 2525)
    assert found.smtp.trusted_peers == ("192.0.2.1", "192.0.2.2")
    assert found.outbound.port == 2500
    assert found.limits.parse_seconds == 1.5
    assert not found.auto_migrate


def test_the_environment_can_give_what_the_file_lacks():
    text = LEAST.replace(f'secret = "{SECRET}"', "").replace("[outbound]", "")
    found = settings(text, PARLOUR_SECRET=SECRET, PARLOUR_OUTBOUND__HOST="mx.example")
    assert (found.secret, found.outbound.host) == (SECRET, "mx.example")


WRONG = [
    # What is written, the key that is named, a word of the remedy.
    ("", "secret", "is missing"),
    ("secret = ", "", "no TOML"),
    (top("colour = 1"), "colour", "unknown key"),
    (top('base_ulr = "x"'), "base_ulr", "did you mean base_url?"),
    (LEAST.replace(SECRET, "short"), "secret", "at least 32 characters, has 5"),
    (LEAST.replace(f'"{SECRET}"', "7"), "secret", "text in quotes"),
    (LEAST.replace(f'secret = "{SECRET}"', ""), "secret", "is missing"),
    (top('previous_secrets = ["old"]'), "previous_secrets", "at least 32"),
    (top('previous_secrets = "old"'), "previous_secrets", "list of texts"),
    (top("auto_migrate = 1"), "auto_migrate", "true or false"),
    (top('base_url = "help.acme.example"'), "base_url", "https://"),
    (top('base_url = "ftp://acme.example"'), "base_url", "https://"),
    (top('base_url = "http://[::1"'), "base_url", "https://"),
    (top('base_url = "http://acme.example/?x=1"'), "base_url", "https://"),
    (LEAST.replace("[outbound]", ""), "outbound", "is missing"),
    (top("web = 1"), "web", "[web]"),
    (section("[database]\nurl = 1"), "database.url", "text in quotes"),
    (section('[database]\nurl = "mysql://x/y"'), "database.url", "not supported"),
    (section('[database]\nurl = "parlour.db"'), "database.url", "sqlite:///"),
    (section('[database]\nurl = "sqlite://"'), "database.url", "needs a file"),
    (section('[database]\nurl = "sqlite:///:memory:"'), "database.url", "a file"),
    (section('[smtp]\nlisten = "8025"'), "smtp.listen", "host:port"),
    (section('[smtp]\nlisten = ":8025"'), "smtp.listen", "host:port"),
    (section('[smtp]\nlisten = "::1:8025"'), "smtp.listen", "host:port"),
    (section('[smtp]\nlisten = "[a]:8025"'), "smtp.listen", "host:port"),
    (section('[smtp]\nlisten = "localhost:70000"'), "smtp.listen", "host:port"),
    (section('[smtp]\nlisten = "local\\nhost:7"'), "smtp.listen", "control character"),
    (section("[smtp]\nmax_message_mb = 0"), "smtp.max_message_mb", "above 0"),
    (section("[smtp]\nmax_message_mb = nan"), "smtp.max_message_mb", "a number"),
    (section("[smtp]\nmax_message_mb = -1"), "smtp.max_message_mb", "a number"),
    (section('[smtp]\nmax_message_mb = "1"'), "smtp.max_message_mb", "without quotes"),
    (section('[smtp]\ntls_cert = "nowhere.pem"'), "smtp.tls_cert", "no file"),
    (section('[smtp]\ntrusted_peers = ["mx"]'), "smtp.trusted_peers", "IP address"),
    (
        section('[smtp]\ntrusted_authserv_ids = ["a b"]'),
        "smtp.trusted_authserv_ids",
        "host name",
    ),
    (section('[web]\ntrusted_proxies = ["lb"]'), "web.trusted_proxies", "IP address"),
    (section('[web]\nproxy_header = "Via"'), "web.proxy_header", "Forwarded"),
    (section('[lmtp]\nlisten = "8024"'), "lmtp.listen", "host:port"),
    (section('[lmtp]\nlisten = "127.0.0.1:25"'), "lmtp.listen", "must not use port 25"),
    (section('[lmtp]\nlisten = "unix:"'), "lmtp.listen", "unix:/run/parlour/"),
    (section('[lmtp]\nlisten = "unix:/run/"'), "lmtp.listen", "names no file"),
    (section(f'[lmtp]\nlisten = "unix:/{"x" * 107}"'), "lmtp.listen", "has 108 octets"),
    (section('[lmtp]\nsocket_mode = "666"'), "lmtp.socket_mode", "for a Unix socket"),
    (
        section('[lmtp]\nlisten = "unix:a"\nsocket_mode = "rw"'),
        "lmtp.socket_mode",
        '"rw" is no mode',
    ),
    (section('[smtp]\nlisten = "unix:a"'), "smtp.listen", "only [lmtp]"),
    (section('[web]\nlisten = "unix:a"'), "web.listen", "only [lmtp]"),
    (section("[limits]\nrecipients = 0"), "limits.recipients", "above 0"),
    (section("[limits]\nrecipients = 1.5"), "limits.recipients", "whole number"),
    (section("[limits]\nrecipients = true"), "limits.recipients", "whole number"),
    (section("[limits]\nrecipents = 5"), "limits.recipents", "mean recipients?"),
    (outbound('host = "a:25"'), "outbound.host", "host name"),
    (outbound("port = 0"), "outbound.port", "between 1 and 65535"),
    (outbound('tls = "ssl"'), "outbound.tls", "none, starttls, tls"),
    (outbound("connections = 0"), "outbound.connections", "between 1 and 20"),
    (outbound('tls = "tls"\ntls_ca = "none"'), "outbound.tls_ca", "No such file"),
    (outbound('tls = "tls"\ntls_ca = "."'), "outbound.tls_ca", "outbound.tls_ca"),
    (outbound('tls_ca = "ca.pem"'), "outbound.tls_ca", "has no effect"),
    (outbound('username = "a"'), "outbound.password", "go together"),
    (
        outbound('host = "mx.example"\nusername = "a"\npassword = "b"'),
        "outbound.tls",
        "in clear",
    ),
    (LEAST.replace("[[desk]]", "[desk]"), "desk", "[[desk]]"),
    (LEAST.partition("[[desk]]")[0], "desk", "is missing"),
    (LEAST.replace("team =", "names ="), "desk.names", "unknown key"),
    (desk("").replace("address =", "# "), "desk.address", "is missing"),
    (desk("").replace("support@acme.example", "support"), "desk.address", "no mail"),
    (desk("").replace("support@", "süpport@"), "desk.address", "outside ASCII"),
    (desk('aliases = ["help"]'), "desk.aliases", "no mail address"),
    (desk('aliases = ["Support@acme.example"]'), "desk", "an address twice"),
    (desk('reply = "press@acme.example"'), "desk.reply", "+{token}@acme.example"),
    (desk('reply = "{token}@"'), "desk.reply", ""),
    (desk(f'reply = "{"x" * 40}+{{token}}@acme.example"'), "desk.reply", "64"),
    (desk('language = "tlh"'), "desk.language", "not spoken"),
    (desk('zone = "Vienna"'), "desk.zone", "Europe/Madrid"),
    (desk('hours = "all day"'), "desk.hours", "mon-fri 09:00-17:00"),
    (desk('hours = "mon 17:00-09:00"'), "desk.hours", "close after"),
    (desk('hours = "mon 17:00-24:01"'), "desk.hours", "24:00"),
    (desk('hours = "mon-fri 09:00-17:00, tue 9:00-12:00"'), "desk.hours", "tue 9"),
    (desk('hours = "mon-fri 09:00-17:00, tue 09:00-12:00"'), "desk.hours", "twice"),
    (desk('next_contact = "soon"'), "desk.next_contact", "1 business day"),
    (desk("mailbox = 1"), "desk.mailbox", "[[desk.mailbox]]"),
    (mailbox(""), "desk.mailbox.password", "desk.mailbox.oauth2"),
    (mailbox('password = "x"\nfoldr = "y"'), "desk.mailbox.foldr", "mean folder?"),
    (mailbox('password = "x"\ntls = "none"'), "desk.mailbox.tls", "in clear"),
    (mailbox('password = "x"\nport = 0'), "desk.mailbox.port", "65535"),
    (mailbox('password = "x"\nfolder = ""'), "desk.mailbox.folder", "INBOX"),
    (mailbox('password = "x"\ndone_folder = "inbox"'), "desk.mailbox.done_folder", ""),
    (mailbox('password = "x"\nsent_folder = "INBOX"'), "desk.mailbox.sent_folder", ""),
    (mailbox('password = "x"\npoll_seconds = 0'), "desk.mailbox.poll_seconds", "1"),
    (mailbox('password = "x"\ntls_ca = "no.pem"'), "desk.mailbox.tls_ca", "no file"),
    (
        mailbox('password = "x"\nenvelope_headers = ["To"]'),
        "desk.mailbox.envelope_headers",
        "Delivered-To",
    ),
    (
        mailbox('password = "x"\nauthserv_ids = ["a b"]'),
        "desk.mailbox.authserv_ids",
        "no host name",
    ),
    (
        mailbox(f'password = "x"{MAILBOX}password = "y"'),
        "desk.mailbox",
        "watched twice",
    ),
    (
        mailbox(f'password = "x"{MAILBOX}password = "y"\nfolder = "inbox"'),
        "desk.mailbox",
        "watched twice",
    ),
    (
        mailbox(
            f'password = "x"\ndone_folder = "Old"{MAILBOX}'
            'password = "y"\nfolder = "Old"'
        ),
        "desk.mailbox.done_folder",
        "in circles",
    ),
    (
        mailbox(f'password = "x"{MAILBOX}folder = "x"'),
        "desk.mailbox 2.password",
        "is missing",
    ),
    (oauth2('client_id = "a"'), "desk.mailbox.oauth2.token_url", "is missing"),
    (oauth2(f'token_url = "{TOKENS}"'), "desk.mailbox.oauth2.client_id", "is missing"),
    (oauth2(f'{CLIENT}client_id = ""'), "desk.mailbox.oauth2.client_id", "is empty"),
    (
        oauth2(f'{CLIENT}client_id = "a"\nmechanism = "oauth"'),
        "desk.mailbox.oauth2.mechanism",
        "mean",
    ),
    (
        oauth2(f'{CLIENT}client_id = "a"\nrefreshtoken = "x"'),
        "desk.mailbox.oauth2.refreshtoken",
        "mean",
    ),
    (
        oauth2('client_id = "a"\ntoken_url = "https://[x/"'),
        "desk.mailbox.oauth2.token_url",
        "https address",
    ),
    (
        oauth2('client_id = "a"\ntoken_url = "https://u:pw@x.example/"'),
        "desk.mailbox.oauth2.token_url",
        "https address",
    ),
    (
        oauth2('client_id = "a"\ntoken_url = "https://x.example:port/"'),
        "desk.mailbox.oauth2.token_url",
        "https address",
    ),
    (
        mailbox(f'password = "x"\n[desk.mailbox.oauth2]\n{GOOD_OAUTH2}'),
        "desk.mailbox.password",
        "exclude each other",
    ),
    (mailbox('oauth2 = "x"'), "desk.mailbox.oauth2", "[desk.mailbox.oauth2]"),
    (
        oauth2('client_id = "a"\ntoken_url = "http://x.example/"'),
        "desk.mailbox.oauth2.token_url",
        "https",
    ),
    (
        oauth2('client_id = "a"\ntoken_url = "https://x.example/"'),
        "desk.mailbox.oauth2.refresh_token",
        "client_secret",
    ),
    (desk('case = "support"'), "desk.case", "not built yet"),
    (desk('mode = "whisper"'), "desk.mode", "listen"),
    (desk('acknowledge = "no"'), "desk.acknowledge", "auto, full, neutral, off"),
    (desk('cc = "yes"'), "desk.cc", "auto, suggest, ignore"),
    (desk('team_follow = "none"'), "desk.team_follow", "taken, all"),
    (desk('staff_proof = "token"'), "desk.staff_proof", "bearer, verified"),
    (desk('staff_domains = ["@acme"]'), "desk.staff_domains", "no domain"),
    (desk('forms = ["website"]'), "desk.forms", "no mail address"),
    (desk('attachments_mb = "10"'), "desk.attachments_mb", "a number"),
    (desk("duty = 1"), "desk.duty", "a table"),
    (desk('duty = { "now" = ["bo@acme.example"] }'), "desk.duty", "not understood"),
    (desk('duty = { "mon 09:00-10:00" = [] }'), "desk.duty", "list of addresses"),
    (desk('duty = { "mon 09:00-10:00" = ["al@x.example"] }'), "desk.duty", "team"),
    (LEAST.replace("bo@acme.example", "bo"), "desk.team", "no mail address"),
    (LEAST.replace("bo@acme.example", "ANA@acme.example"), "desk.team", "twice"),
    (LEAST.replace("bo@acme.example", "support@acme.example"), "desk.team", "circles"),
    (
        LEAST.replace("bo@acme.example", f"support+r-{'a' * 26}@acme.example"),
        "desk.team",
        "circles",
    ),
    (
        section('[[desk]]\naddress = "a@x.example"\nteam = []'),
        "desk 2.team",
        "is empty",
    ),
    (
        section('[[desk]]\naddress = "support@ACME.example"\nteam = ["a@x.example"]'),
        "desk",
        "an address twice",
    ),
]


def test_a_mailbox_and_its_defaults():
    ((desk_, found),) = settings(mailbox()).mailboxes
    assert desk_.address == "support@acme.example"
    assert (found.port, found.tls, found.folder) == (993, "tls", "INBOX")
    assert found.done_folder == found.sent_folder == ""
    assert len(found.envelope_headers) == 4
    assert "password" not in repr(found)


def test_the_port_of_a_mailbox_follows_its_tls():
    ((_, found),) = settings(mailbox('password = "x"\ntls = "starttls"')).mailboxes
    assert found.port == 143


def test_trusted_headers_keep_our_order():
    text = mailbox('password = "x"\nenvelope_headers = ["envelope-to", "Delivered-To"]')
    ((_, found),) = settings(text).mailboxes
    assert found.envelope_headers == ("Delivered-To", "Envelope-To")


def test_a_token_endpoint_on_this_machine_needs_no_https():
    text = oauth2(GOOD_OAUTH2.replace(TOKENS, "http://127.0.0.1:8/token"))
    ((_, found),) = settings(text).mailboxes
    assert found.oauth2.token_url == "http://127.0.0.1:8/token"


def test_a_mailbox_with_a_token():
    text = oauth2(
        'client_id = "a"\ntoken_url = "https://x.example/t"\nrefresh_token = "r"'
    )
    ((_, found),) = settings(text).mailboxes
    assert found.oauth2 is not None
    assert found.oauth2.mechanism == "xoauth2"
    assert "refresh_token" not in repr(found)


@pytest.mark.parametrize(("text", "key", "remedy"), WRONG)
def test_a_wrong_setting_is_one_line_with_key_and_remedy(text, key, remedy):
    said = refusal(text)
    assert "\n" not in said
    assert said.startswith(f"{FILE}: {key}")
    assert remedy in said


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("PARLOUR_SMTP__LISTN", "x:1", "did you mean listen?"),
        ("PARLOUR_SMPT__LISTEN", "x:1", "no such setting"),
        ("PARLOUR_SECRETS", SECRET, "did you mean secret?"),
        ("PARLOUR_DESK__ADDRESS", "x@y.example", "in the file alone"),
        ("PARLOUR_OUTBOUND__PORT", "smtp", "whole number"),
        ("PARLOUR_OUTBOUND__MAX_PER_SECOND", "fast", "a number"),
        ("PARLOUR_AUTO_MIGRATE", "yes", "true or false"),
    ],
)
def test_a_wrong_variable_is_named(variable, value, remedy):
    assert remedy in refusal(LEAST, **{variable: value})


@pytest.mark.parametrize("value", ["", " ", "\0", "true", "1,2", "[]", "="])
def test_no_value_of_a_variable_is_a_crash(value):
    for name in ("SECRET", "DATABASE__URL", "SMTP__LISTEN", "SMTP__TRUSTED_PEERS"):
        try:
            settings(**{f"PARLOUR_{name}": value})
        except SettingsError as refused:
            assert "\n" not in str(refused)  # noqa: PT017 (either way is right)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SettingsError, match="parlour init"):
        load(tmp_path / "parlour.toml", {})


def test_a_file_that_is_no_text(tmp_path):
    file = tmp_path / "parlour.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="UTF-8"):
        load(file, {})


def test_a_folder_instead_of_a_file(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path, {})


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("mon 09:00-17:00", [0]),
        ("Mon-Wed 09:00-17:00", [0, 1, 2]),
        ("sat-sun 09:00-17:00", [5, 6]),
        ("fri-mon 09:00-17:00", [0, 4, 5, 6]),
        ("mon 09:00-17:00, thu 09:00-17:00", [0, 3]),
        ("mon-sun 00:00-24:00", list(range(7))),
    ],
)
def test_hours_name_days(written, days):
    assert sorted(read_hours(written).by_weekday) == days


@given(
    st.sampled_from(WEEKDAYS),
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda s: s[0] < s[1]),
)
def test_hours_are_minutes_after_midnight(day, span):
    opens, closes = (f"{minute // 60:02}:{minute % 60:02}" for minute in span)
    hours = read_hours(f"{day} {opens}-{closes}")
    assert hours.by_weekday == {WEEKDAYS.index(day): span}


@given(st.text())
def test_no_hours_are_a_crash(text):
    try:
        assert read_hours(text).by_weekday
    except ValueError as error:
        assert str(error)  # noqa: PT017 (either way is right)
