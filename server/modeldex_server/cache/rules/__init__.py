"""Rules: what is to be done with which callers' entries when an invalidation, or a change of the catalogue, happens."""
