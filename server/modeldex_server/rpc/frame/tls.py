"""TLS from files, read again when they change, so that a renewed certificate needs no restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc
import structlog

from modeldex_server.errors import StartError

log = structlog.get_logger()


class TlsFiles:
    """A certificate, its key, and where clients must show a certificate the authority that signed theirs."""

    def __init__(self, certificate: Path, key: Path, client_ca: Path | None) -> None:
        self._files = [certificate, key, *([client_ca] if client_ca else [])]
        self._requires_client = client_ca is not None
        self._stamp = self._current_stamp()

    def credentials(self) -> grpc.ServerCredentials:
        """What gRPC listens with. Raises StartError where a file cannot be read."""
        try:
            initial = self._configuration()
        except OSError as error:
            raise StartError(f"The TLS file {error.filename} cannot be read: {error.strerror}.") from None
        fetch: Any = self._if_changed  # its types know no None, which its documentation asks for
        return grpc.dynamic_ssl_server_credentials(initial, fetch, self._requires_client)

    def _if_changed(self) -> grpc.ServerCertificateConfiguration | None:
        """Asked with each handshake. None keeps what is."""
        try:
            stamp = self._current_stamp()
            if stamp == self._stamp:
                return None
            renewed = self._configuration()
        except OSError as error:
            log.warning("tls_not_renewed", problem=error.strerror)
            return None
        self._stamp = stamp
        log.info("tls_renewed")
        return renewed

    def _configuration(self) -> grpc.ServerCertificateConfiguration:
        certificate, key, *client_ca = (file.read_bytes() for file in self._files)
        return grpc.ssl_server_certificate_configuration(
            [(key, certificate)], root_certificates=client_ca[0] if client_ca else None
        )

    def _current_stamp(self) -> list[tuple[int, int]]:
        try:
            return [(found.st_mtime_ns, found.st_ino) for found in (file.stat() for file in self._files)]
        except FileNotFoundError:
            return []
