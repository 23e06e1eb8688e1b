"""History: versions and what differs between them, pins, rollbacks, retention, the audit trail."""
