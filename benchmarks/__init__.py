"""Measurements of the real server beside the bare things that it is made of: `python -m benchmarks [case ...]`.

The speed of a machine drifts, so no figure here stands alone: the configurations of a case take turns, each once a
round, and every ratio is to the bare thing of the same round. Bars are judged on the median of those ratios wherever
the promise is a ratio, and on the median of the figures where it is a time or a size.
"""
