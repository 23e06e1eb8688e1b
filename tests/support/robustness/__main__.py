"""Looks at a stored history again: what it is about, and what it broke."""

from __future__ import annotations

import sys
from pathlib import Path

from support.robustness.history import read
from support.robustness.promises import broken_by
from support.robustness.story import story_of

if __name__ == "__main__":
    story = story_of(read(Path(sys.argv[1])))
    print(story.summary())
    broken = broken_by(story)
    print("\n".join(broken) if broken else "Every promise was kept.")
    sys.exit(bool(broken))
