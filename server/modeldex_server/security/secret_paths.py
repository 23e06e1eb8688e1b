"""Secret paths: which parts of metadata are secret, how they are taken out, and how they are put back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from google.protobuf.struct_pb2 import Struct

_Tree = dict[str, "_Tree | None"]  # None: all below is secret
_KEY = re.compile(r"(?:[^.\\]|\\[.\\])+")


class SecretPaths:
    """Paths into metadata, such as "api_key" and "credentials.token". A dot in a key is written `\\.`, a backslash
    `\\\\`.

    A path means a value with all below it. Where it meets a list, or a value that holds no others, before its end, all
    of that is secret: rather too much than too little.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        """Raises ValueError for what is no path."""
        self.paths = sorted(set(paths))
        self._tree: _Tree = {}
        for path in self.paths:
            _plant(self._tree, _keys(path))

    def __bool__(self) -> bool:
        return bool(self._tree)

    def found(self, metadata: Struct) -> list[str]:
        """The paths under which metadata holds something secret."""
        return [".".join(map(_written, keys)) for keys, _ in _places(metadata, self._tree)]

    def take(self, metadata: Struct) -> Struct:
        """Take what is secret out of metadata, and give it: empty where there is nothing."""
        secret = Struct()
        for keys, holder in list(_places(metadata, self._tree)):
            target = secret
            for key in keys[:-1]:
                target = target.fields[key].struct_value
            target.fields[keys[-1]].CopyFrom(holder.fields[keys[-1]])
            del holder.fields[keys[-1]]
        return secret


def put_back(metadata: Struct, secret: Struct) -> None:
    """Put what was taken out of metadata back into it."""
    for key, value in secret.fields.items():
        if value.HasField("struct_value") and metadata.fields[key].HasField("struct_value"):
            put_back(metadata.fields[key].struct_value, value.struct_value)
        else:
            metadata.fields[key].CopyFrom(value)


def _places(metadata: Struct, tree: _Tree, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Struct]]:
    """Where something secret is: its keys from the top on, and the table that holds it."""
    for key, below in tree.items():
        if key not in metadata.fields:
            continue
        value = metadata.fields[key]
        if below is not None and value.HasField("struct_value"):
            yield from _places(value.struct_value, below, (*above, key))
        else:
            yield (*above, key), metadata


def _plant(tree: _Tree, keys: Sequence[str]) -> None:
    for key in keys[:-1]:
        below = tree.setdefault(key, {})
        if below is None:
            return
        tree = below
    tree[keys[-1]] = None


def _keys(path: str) -> list[str]:
    keys = _KEY.findall(path)
    if not keys or ".".join(keys) != path:
        raise ValueError('must hold paths such as "credentials.token", with "\\." for a dot in a key')
    return [re.sub(r"\\(.)", r"\1", key) for key in keys]


def _written(key: str) -> str:
    return re.sub(r"([.\\])", r"\\\1", key)
