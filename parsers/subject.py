"""Subjects without what mail programs and gateways put before them (mail-rules 1.3)."""

_PREFIX_WORDS = """
re aw antw antwort sv vs rif r ref odp ynt res fwd fw wg tr rv enc vb doorst atb bls
hl il i pd trs nt rép réf ang vl fs ks на от ответ отв пересл 回复 回覆 答复 答覆
转发 轉寄 返信 転送 답장 전달 απ πρθ σχετ İlt
"""
_PREFIXES = frozenset(_PREFIX_WORDS.casefold().split())
_FORWARD_WORDS = """
fwd fw wg tr rv enc vb doorst i pd vl fs пересл 转发 轉寄 転送 전달 πρθ İlt vs-fwd
"""
_FORWARDS = frozenset(_FORWARD_WORDS.casefold().split())
_TAGS = ("external", "ext", "extern", "externe", "externo", "esterno", "caution",
         "warning", "spam", "suspected spam", "suspicious", "sender not verified",
         "extern:", "external email", "external sender", "unverified")  # fmt: skip
_LONGEST_PREFIX = 14


def base(subject: str) -> str:
    """Give the subject without prefixes and warning tags; never an empty one."""
    rest = subject.strip()
    while True:
        prefix = _prefix(rest)
        cut = len(prefix) if prefix else _tag(rest)
        if not cut:
            return rest or subject.strip()
        rest = rest[cut:].strip()


def is_forward(subject: str) -> bool:
    """Say whether the outermost prefix says that this was forwarded."""
    rest = subject.strip()
    while cut := _tag(rest):
        rest = rest[cut:].strip()
    return _word(_prefix(rest)) in _FORWARDS


def _prefix(text: str) -> str:
    """Give the prefix at the start with its colon; `Re[2]:`, `AW(3) :` too."""
    head = text[:_LONGEST_PREFIX].replace("\uff1a", ":")
    end = head.find(":")
    return text[: end + 1] if end > 0 and _word(head[: end + 1]) in _PREFIXES else ""


def _word(prefix: str) -> str:
    return prefix.rstrip(":\uff1a ").rstrip("0123456789[]()^*").strip().casefold()


def _tag(text: str) -> int:
    for opener, closer in (("[", "]"), ("*", "*"), ("{", "}"), ("(", ")"), ("<", ">")):
        if not text.startswith(opener):
            continue
        inner = text.lstrip(opener)
        start = len(text) - len(inner)
        end = inner[:40].find(closer)
        words = inner[: max(end, 0)].strip(" *!:").casefold()
        if end > 0 and words in _TAGS:
            close = start + end
            while text[close : close + 1] == closer:
                close += 1
            return close
    return 0
