"""The feed: what changes in the catalogue, streamed to whoever watches it.

A stream is a cursor over the log, never a queue: it takes what comes after its revision from the ring that all streams
share, or from the store where the ring does not reach back so far, and has one message outstanding.
"""
