"""Takes out of a text what names a machine or its user: host name, user name, paths. Results may be shown to anyone."""

from __future__ import annotations

import getpass
import re
import socket
from collections.abc import Iterable

# A path of two parts or more that stands alone: /tmp/x, ~/x, C:\x\y. "us/call", "a / b" and "openai/gpt-4o" are none.
_PATH = re.compile(r"(?<![\w.>/])(?:~?(?:/[\w.@+=%-]+){2,}/?|~/[\w.@+=%/-]+|[A-Za-z]:\\[\w.@+=%\\ -]+)")


def scrub(text: str, names: Iterable[str] | None = None) -> str:
    """Replaces paths by <path> and the machine's and the user's names by <name>. `names` defaults to this machine's."""
    text = _PATH.sub("<path>", text)
    for name in own_names() if names is None else names:
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "<name>", text)
    return text


def own_names() -> list[str]:
    """The names of this machine and of its user; "root" and "localhost" tell nothing and stay."""
    names = {socket.gethostname(), socket.gethostname().split(".")[0], getpass.getuser()}
    return sorted(names - {"", "root", "localhost"}, key=len, reverse=True)
