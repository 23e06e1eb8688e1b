"""Random runs: actors that write, watch and break things, the history of what they did, and validators of it."""
