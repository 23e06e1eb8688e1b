"""A random run over the cache of two replicas, and the promises that what was seen must keep."""
