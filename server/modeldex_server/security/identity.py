"""Identity: from what came with a call to its principal.

It is on where the file of tokens has entries or clients must show certificates. Without it everybody is `local`, and
the server listens on loopback addresses only. Adding the first token switches it on while the server runs; once on,
it stays on until a restart, so that an emptied file shuts everybody out instead of letting everybody in.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import structlog

from modeldex_server.errors import StartError, Unauthenticated
from modeldex_server.security import tokens
from modeldex_server.security.principals import LOCAL, Principal
from modeldex_server.security.quotas import UNLIMITED, Quota
from modeldex_server.security.scope import Scope

log = structlog.get_logger()


class Identity:
    """Who may come in. `required` says whether a call must say who it is; `local` is who it is otherwise."""

    def __init__(self, file: Path, *, certificates: bool = False, quota: Quota = UNLIMITED) -> None:
        """Reads the file. Raises StartError for a bad one.

        Args:
            file: of tokens.
            certificates: clients must show one.
            quota: of every principal that has none of its own in the file.
        """
        self.local = replace(LOCAL, quota=quota)
        self._quota = quota
        self.required = certificates
        self._file = file
        self._by_token: dict[bytes, Principal] = {}
        self._by_certificate: dict[str, Principal] = {}
        self._stamp = self._current_stamp()
        self._take(tokens.read(file))

    def principal(self, authorization: str | None, certificate_names: Iterable[str] = ()) -> Principal:
        """The principal of a call. `authorization` is its header; a token counts before a certificate.

        Raises Unauthenticated where neither is known.
        """
        if authorization is not None:
            scheme, _, token = authorization.partition(" ")
            # Looking up a hash takes no longer for a token that is nearly right, and hashing is faster than a cache.
            found = self._by_token.get(hashlib.sha256(token.strip().encode("utf-8", "replace")).digest())
            if found is not None and scheme.lower() == "bearer":
                return found
            raise Unauthenticated
        for name in certificate_names:
            if name in self._by_certificate:
                return self._by_certificate[name]
        raise Unauthenticated

    def reload(self) -> bool:
        """Reads the file again if it changed; whether it did. A file that cannot be read leaves everything as it was,
        and is logged."""
        stamp = self._current_stamp()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            self._take(tokens.read(self._file))
        except StartError as error:
            log.warning("tokens_not_reloaded", problem=str(error))
            return False
        log.info("tokens_reloaded", principals=len(set(self._by_token.values()) | set(self._by_certificate.values())))
        return True

    def _take(self, entries: list[tokens.Entry]) -> None:
        principals = {entry.name: self._principal(entry) for entry in entries}
        self._by_token = {bytes.fromhex(entry.sha256): principals[entry.name] for entry in entries if entry.sha256}
        self._by_certificate = {entry.certificate: principals[entry.name] for entry in entries if entry.certificate}
        self.required = self.required or bool(entries)

    def _principal(self, entry: tokens.Entry) -> Principal:
        rate, streams = entry.calls_per_second, entry.max_streams
        quota = Quota(
            calls_per_second=self._quota.calls_per_second if rate is None else rate,
            max_streams=self._quota.max_streams if streams is None else streams,
        )
        return Principal(entry.name, entry.roles, Scope(entry.providers), quota)

    def _current_stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def refuse_open_address(host: str, *, identity: bool, insecure: bool) -> None:
    """Raises StartError where anybody in the network could call without saying who they are."""
    if identity or insecure or is_loopback(host):
        return
    raise StartError(
        f"Refusing to listen on {host}, where anybody could call: make a token first (modeldex tokens add NAME --role"
        " reader), or set --tls-client-ca, or --insecure where the network itself is trusted."
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host's address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
