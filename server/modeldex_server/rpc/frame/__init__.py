"""The frame of every call: the port, who calls, the gate, the deadline, the error, the line in the log.

It carries servicers without knowing any. A call's way through it is told in `wrap.py`.
"""
