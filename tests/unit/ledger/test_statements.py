"""The SQL of the write path."""

from modeldex_server.ledger import statements

_MOST_CACHED = 4096  # characters; the driver converts a longer statement anew at each use


def test_the_statement_of_every_write_is_converted_once() -> None:
    """A write costs 0.3 ms more where its statement is too long for the driver's cache."""
    assert len(statements.COMMIT) <= _MOST_CACHED
