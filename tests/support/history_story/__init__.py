"""A random run over the history of several replicas, and the promises that what was seen must keep."""
