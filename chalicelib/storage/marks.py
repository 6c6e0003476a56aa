"""Do not use: alarms.py still imports this name."""

MARK = "\0"
