"""The reasons in the approve form: one field for each rule that warns, beside it the rule's name."""

from collections.abc import Mapping

from esurety.domain.typed_fields import TypedForm

_MOST = 20
_LONGEST_REASON = 500


def read_overrides(posted: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Each rule's reason, and a message for each that cannot be kept; an empty one is left to the service to miss."""
    read = TypedForm(posted)
    reasons: dict[str, str] = {}
    messages: dict[str, str] = {}
    for number in range(1, _MOST + 1):
        name = f"override-{number}"
        rule = posted.get(f"{name}-rule", "")
        if rule and posted.get(name, "").strip():
            reasons[rule] = read.paragraph(name, f"「{rule}」の理由", longest=_LONGEST_REASON)
            if name in read.problems:
                messages[rule] = read.problems[name]
    return reasons, messages


def typed_overrides(posted: Mapping[str, str]) -> dict[str, str]:
    """The reasons as typed, by field, so that none is lost."""
    return {name: posted[name] for name in (f"override-{number}" for number in range(1, _MOST + 1)) if posted.get(name)}
