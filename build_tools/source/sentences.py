"""What the browser says of a file that it cannot read: the sentences of the rules, as data."""

from __future__ import annotations

from build_tools.source import rules
from build_tools.source.syntax import ANY, TIGHT_COLON, WIDE_COLON

_NOT_UTF8 = {"": "", " archive": rules.ARCHIVE, " utf-16": rules.UTF_16, " gbk": rules.GBK}
_BROKEN = {"": ANY, " wide": WIDE_COLON, " tight": TIGHT_COLON}


def reading() -> dict[str, dict[str, str]]:
    """Rule to ``message`` and ``hint``, with ``{words}`` where the browser fills in what it met.

    Where a rule says more of some cases, they stand behind its code: ``Y01 gbk``, ``Y05 wide``.
    """
    told = {rule.code: {"message": rule.message, "hint": rule.hint} for rule in rules.YAML_RULES}
    for case, guess in _NOT_UTF8.items():
        told[rules.NOT_UTF8.code + case] = {
            "message": rules.NOT_UTF8.message.format(guess=guess),
            "hint": rules.NOT_UTF8.hint,
        }
    for case, (reason, mend) in _BROKEN.items():
        told[rules.SYNTAX_BROKEN.code + case] = {
            "message": rules.SYNTAX_BROKEN.message.format(reason=reason),
            "hint": rules.SYNTAX_BROKEN.hint.format(mend=mend),
        }
    return told
