"""Every number that bounds what a stranger, a robot or a mishap can do to us.

Each field is a key of the `[limits]` section with its default; sources are
promises.md (R and T numbers) and the tables of mail-rules.md as the project's
documentation (docs/settings.md) states them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The `[limits]` section; counts unless the name says otherwise."""

    # At the door.
    header_kb: int = 100
    """A header section above this is refused (552)."""
    recipients: int = 100
    """Recipients of one transaction; more are answered 452."""
    connections: int = 500
    connections_per_peer: int = 50
    command_seconds: int = 300
    message_seconds: int = 600
    errors_before_delay: int = 10
    errors_before_goodbye: int = 20
    commands_per_session: int = 1000
    """NOOP, RSET, VRFY and the like; beyond it the session ends with 421."""
    line_octets: int = 1_000_000
    """The longest line taken; honest HTML mail has lines far above RFC 5321's 998."""
    free_disk_mb: int = 100
    """Below this the door answers 452 and keeps nothing."""

    # While reading.
    parse_seconds: float = 2.0
    header_lines: int = 1000
    mime_depth: int = 50
    mime_parts: int = 500
    attachments: int = 20
    text_kb: int = 500
    references: int = 20
    """Of the References of a letter of ours; received ones are cut there too."""
    received_hops: int = 50

    # In process.
    attempts: int = 3
    """Times a mail may break *process* before it is set aside."""
    lease_seconds: int = 60

    # Against loops and abuse.
    acknowledgements_per_sender_day: int = 3
    acknowledgements_per_domain_hour: int = 60
    """Of unproved mail; shared providers are excepted."""
    similar_mails: int = 5
    similar_minutes: int = 30
    """So many new activities of one sender with similar subjects are a loop."""
    loop_silence_hours: int = 24
    """So long nothing automatic goes to a sender whose mails collapsed, and the team
    is not asked about them again."""
    machine_notice_minutes: int = 60
    """The team is shown what may be a machine's at most so often for each sender."""
    same_body_minutes: int = 60
    burst_posts: int = 6
    burst_minutes: int = 10
    posts_per_hour: int = 20
    busy_posts_per_hour: int = 40
    """Of all people in one activity."""
    quick_answers: int = 4
    quick_answer_seconds: int = 60
    questions_per_day: int = 3
    """To one person, about addresses that may be theirs or of those they wrote to."""
    confirmations_per_day: int = 20
    """To one of the team, about commands that nothing proves to be theirs (T8)."""
    machine_letters_per_hour: int = 5
    machine_letters_per_day: int = 20
    loop_hops: int = 5
    reopenings_per_day: int = 4
    """From this one on the owner reads that the activity flaps."""

    # Invitations.
    cc_invitations: int = 5
    outsiders_per_activity: int = 5
    invitations_per_inviter_day: int = 20
    invitations_per_invitee_month: int = 3

    # When mail comes back (table B2).
    bounce_days: int = 14
    """After so long a bounce counts no more."""
    soft_days: int = 5
    """Soft bounces on so many days among them pause an address."""
    full_days: int = 7
    """A mailbox that is full for so long is paused."""
    silence_hours: int = 72
    """So long after a letter no bounce comes of it any more."""
    delivered_days: int = 30
    """Who got a letter within them is tried once more after a hard bounce."""
    hard_retry_minutes: int = 15
    dead_days: int = 21
    """An address that was probed and silent for so long is given up."""
    try_again_days: int = 30
    """So often a colleague may have a dead address tried again."""
    breaker_mails: int = 20
    breaker_minutes: int = 10
    breaker_percent: int = 20
    """More hard bounces than this, of so many mails in so many minutes, stop all mail
    to a domain; so does one refusal for policy (5.7)."""
    breaker_pause_minutes: int = 60

    # Time.
    follow_up_days: int = 14
    """A reply to a case closed longer ago opens a linked one."""
    old_mail_days: int = 14
    """A mail whose Date is older is marked for the team (T21)."""
    give_up_days: int = 5
    digest_give_up_hours: int = 12
    token_view_days: int = 30

    # Signing in.
    sign_in_minutes: int = 15
    """So long a link works, and once."""
    sign_in_links_per_address_hour: int = 3
    sign_in_links_per_network_hour: int = 30
    """From one IPv4 address, or one /64 of IPv6."""
    session_days: int = 30
    session_idle_days: int = 7
    """A browser that shows no page for so long is signed out."""
