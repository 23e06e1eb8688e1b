"""The one write path, the log it writes, and what follows the log."""
