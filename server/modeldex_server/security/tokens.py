"""The file of tokens: for each principal its name, its roles, and the SHA-256 of its token or the name in its
certificate, or both. The tokens themselves are nowhere: one is shown once, when it is made.

    [[principal]]
    name = "ci"
    roles = ["writer"]
    providers = ["acme", "openai"]      # which it may see; absent: all
    calls_per_second = 50               # instead of what the settings say, as the next one
    max_streams = 5
    sha256 = "9f86d0..."
    certificate = "ci.example.org"
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from modeldex_server.errors import StartError
from modeldex_server.security.principals import RESERVED
from modeldex_server.security.quotas import LEAST_RATE, MOST
from modeldex_server.security.roles import Role

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}")
_CERTIFICATE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,256}")  # printable ASCII but space, quote and backslash
_DIGEST = re.compile(r"[0-9a-f]{64}")
# As in ids of models, but nothing that would need escaping here.
_PROVIDER = re.compile(r"[^\s\x00-\x1f\x7f-\x9f/\"\\]+")
_PROVIDER_BYTES = 128


@dataclass(frozen=True, slots=True)
class Entry:
    """One principal of the file. `sha256` is hexadecimal; empty where it comes only with a certificate. None is for
    `providers` all of them, for a limit what the settings say; a limit of 0 is none."""

    name: str
    roles: frozenset[Role]
    sha256: str = ""
    certificate: str = ""
    providers: frozenset[str] | None = None
    calls_per_second: float | None = None
    max_streams: int | None = None


_KEYS = [field.name for field in fields(Entry)]


def new_token() -> str:
    """Makes a token of 256 random bits. What it starts with lets scanners of secrets recognise it."""
    return "mdx_" + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What the file keeps of a token. No salt: 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


def read(file: Path) -> list[Entry]:
    """The entries of the file; none where it does not exist. Raises StartError with one line for a bad file."""
    try:
        table = tomllib.loads(file.read_text())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StartError(f"The file of tokens {file} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartError(f"The file of tokens {file} is not TOML: {error}.") from None
    rows = table.get("principal", [])
    if not isinstance(rows, list):
        raise StartError(f"The file of tokens {file} must hold [[principal]] tables.")
    entries = [_entry(row, file) for row in rows]
    _refuse_duplicates(entries, file)
    return entries


def add(
    file: Path,
    name: str,
    roles: frozenset[Role],
    certificate: str = "",
    *,
    providers: frozenset[str] | None = None,
    calls_per_second: float | None = None,
    max_streams: int | None = None,
) -> str:
    """Adds a principal and returns its token, which nobody can show again. Raises StartError."""
    token = new_token()
    entry = _checked(Entry(name, roles, digest(token), certificate, providers, calls_per_second, max_streams), file)
    with _locked(file):
        entries = [*read(file), entry]
        _refuse_duplicates(entries, file)
        _write(file, entries)
    return token


def remove(file: Path, name: str) -> None:
    """Removes a principal. Raises StartError where there is none of that name."""
    with _locked(file):
        entries = read(file)
        kept = [entry for entry in entries if entry.name != name]
        if len(kept) == len(entries):
            raise StartError(f"There is no principal {name!r} in {file}.")
        _write(file, kept)


def _entry(row: Any, file: Path) -> Entry:
    try:
        roles = frozenset(Role(role) for role in row["roles"])
        entry = Entry(
            str(row["name"]),
            roles,
            str(row.get("sha256", "")),
            str(row.get("certificate", "")),
            _providers(row.get("providers")),
            row.get("calls_per_second"),
            row.get("max_streams"),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        known = ", ".join(Role)
        raise StartError(f"An entry of {file} needs a name and roles, each of {known}.") from None
    # A right that is misspelt must not be one that is not limited.
    if strange := sorted(row.keys() - set(_KEYS)):
        raise StartError(f"{strange[0]!r} of {entry.name!r} in {file} means nothing; known are {', '.join(_KEYS)}.")
    return _checked(entry, file)


def _providers(given: Any) -> Any:
    """What is no list is refused with the rest: a word would be taken for its letters."""
    return frozenset(given) if isinstance(given, list) and all(isinstance(one, str) for one in given) else given


def _checked(entry: Entry, file: Path) -> Entry:
    if not _NAME.fullmatch(entry.name) or entry.name in RESERVED:
        raise StartError(
            f"{entry.name!r} cannot be a principal's name: 1 to 128 of letters, digits and . _ @ -, and none of"
            f" {', '.join(sorted(RESERVED))}."
        )
    if not entry.roles:
        raise StartError(f"The principal {entry.name!r} needs a role: one of {', '.join(Role)}.")
    if entry.certificate and not _CERTIFICATE.fullmatch(entry.certificate):
        raise StartError(f"The certificate name of {entry.name!r} is not one.")
    if entry.sha256 and not _DIGEST.fullmatch(entry.sha256):
        raise StartError(f"The sha256 of {entry.name!r} in {file} is not 64 hexadecimal digits.")
    _check_providers(entry)
    _check_limit(entry, "calls_per_second", (int, float), LEAST_RATE)
    _check_limit(entry, "max_streams", (int,), 1)
    return entry


def _check_providers(entry: Entry) -> None:
    if entry.providers is None:
        return
    if not isinstance(entry.providers, frozenset) or not all(map(_is_provider, entry.providers)):
        raise StartError(f'The providers of {entry.name!r} must be a list of their ids, for example ["openai"].')
    if not entry.providers:
        raise StartError(
            f"The providers of {entry.name!r} are an empty list: name those it may see, or leave them out for all."
        )


def _is_provider(given: str) -> bool:
    return bool(_PROVIDER.fullmatch(given)) and len(given.encode()) <= _PROVIDER_BYTES


def _check_limit(entry: Entry, name: str, kinds: tuple[type, ...], least: float) -> None:
    value = getattr(entry, name)
    if value is None or (type(value) in kinds and (value == 0 or least <= value <= MOST)):  # NaN is in no range
        return
    raise StartError(f"{name} of {entry.name!r} must be {least:g} to {MOST:,}, or 0 for no limit.")


def _refuse_duplicates(entries: list[Entry], file: Path) -> None:
    for field in ("name", "sha256", "certificate"):
        values = [value for entry in entries if (value := getattr(entry, field))]
        if len(set(values)) < len(values):
            twice = next(value for value in values if values.count(value) > 1)
            shown = "" if field == "sha256" else f" {twice!r}"
            raise StartError(f"The {field}{shown} would stand twice in {file}; modeldex tokens remove takes one out.")


def _write(file: Path, entries: list[Entry]) -> None:
    """Replaces the file whole, so that no reader sees half of it. mkstemp makes it readable to its owner only."""
    descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write("# Written by `modeldex tokens`. Hashes, not tokens.\n")
            stream.writelines(_lines(entries))
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _lines(entries: list[Entry]) -> Iterator[str]:
    # No value needs escaping: each was checked against its pattern.
    for entry in sorted(entries, key=lambda one: one.name):
        yield f'\n[[principal]]\nname = "{entry.name}"\nroles = {_list(entry.roles)}\n'
        if entry.providers is not None:
            yield f"providers = {_list(entry.providers)}\n"
        if entry.calls_per_second is not None:
            yield f"calls_per_second = {entry.calls_per_second}\n"
        if entry.max_streams is not None:
            yield f"max_streams = {entry.max_streams}\n"
        if entry.sha256:
            yield f'sha256 = "{entry.sha256}"\n'
        if entry.certificate:
            yield f'certificate = "{entry.certificate}"\n'


def _list(words: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in sorted(words)) + "]"


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Two commands at once change the file one after the other."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.with_name(file.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise StartError(f"The file of tokens {file} cannot be written: {error.strerror}.") from None
