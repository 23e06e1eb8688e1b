"""Facts as people type them: "prices.input=2.50" is prices["input"].amount with the text 2.50."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from modeldex_server.cli import arguments
from modeldex_server.cli.problems import UsageFailure

_MODALITIES = ("input_modalities", "output_modalities")
_KEYED = ("capabilities", "tags", "metadata", "alternatives", *_MODALITIES)
_UNKNOWN = ("unknown", "null")
_ASSIGNED = re.compile(r'((?:[^="]|"(?:[^"\\]|\\.)*")+)=(.*)', re.DOTALL)  # an = inside of quotes is part of a key
_FLAGS = {"yes": True, "no": False}


def path_of(text: str) -> str:
    """A path of the contract; keys may be typed without brackets and quotes: "capabilities.vision"."""
    head, dot, rest = text.strip().partition(".")
    if not dot or "[" in head:
        return text.strip()
    if head == "prices":
        meter, dot, field = rest.partition(".")
        tiers, _, tokens = field.partition(".")
        field = f"tiers{_bracketed(tokens)}" if tiers == "tiers" and tokens else field
        return f"prices{_bracketed(meter)}{dot}{field}"
    if head in _MODALITIES and not rest.startswith("MODALITY_"):
        rest = f"MODALITY_{rest.upper()}"
    return f"{head}{_bracketed(rest)}" if head in _KEYED else text.strip()


def pinned(texts: list[str]) -> dict[str, Any] | list[str]:
    """What to pin: paths, as they are, or each with the value that it is to have."""
    given = [_ASSIGNED.fullmatch(text) for text in texts]
    if not any(given):
        return [path_of(text) for text in texts]
    if not all(given):
        raise UsageFailure("Give a value to each field or to none; two calls pin both ways.")
    return dict(_fact(found[1], found[2]) for found in given if found is not None)


def _fact(left: str, right: str) -> tuple[str, Any]:
    path = path_of(left)
    if path.startswith("prices[") and path.endswith("]") and ".tiers[" not in path:
        path = f"{path}.amount"
    return path, _value(path, right.strip(), left.strip())


def _value(path: str, text: str, option: str) -> Any:
    if text in _UNKNOWN:
        return None
    read = next((read for pattern, read in _READERS if pattern.fullmatch(path)), None)
    return text if read is None else read(text, option)


def _anything(text: str, _: str) -> Any:
    """JSON; what is none is a text."""
    with suppress(ValueError):
        return _FLAGS[text] if text in _FLAGS else json.loads(text)
    return text


def _named(prefix: str) -> Callable[[str, str], str]:
    """The value of an enum by its short name."""
    return lambda text, _: f"{prefix}{text.upper().replace(' ', '_').removeprefix(prefix)}"


def _bracketed(key: str) -> str:
    return f"[{json.dumps(key, ensure_ascii=False)}]"


# Numbers of tokens, days, stages and units as people write them; all else that is no JSON is a text, as money is.
_READERS: tuple[tuple[re.Pattern[str], Callable[[str, str], Any]], ...] = (
    (re.compile(r"context_window|max_(?:in|out)put_tokens"), arguments.tokens),
    (re.compile(r"lifecycle\.\w+_time"), arguments.moment),
    (re.compile(r"lifecycle\.stage"), _named("LIFECYCLE_STAGE_")),
    (re.compile(r"prices\[.*\]\.unit"), _named("PRICE_UNIT_")),
    (re.compile(r"(?:capabilities|metadata)\[.*"), _anything),
)
