"""Invalidation: what makes copies and entries count no more, in one order on all replicas."""
