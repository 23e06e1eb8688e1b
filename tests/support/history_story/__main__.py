"""Looks at what was recorded of a run again: what it is about, and what it broke."""

from __future__ import annotations

import sys
from pathlib import Path

from support.history_story.promises import broken_by
from support.history_story.story import story_of
from support.robustness.history import read

if __name__ == "__main__":
    story = story_of(read(Path(sys.argv[1])))
    print(story.summary())
    broken = broken_by(story)
    print("\n".join(broken) if broken else "Every promise was kept.")
    sys.exit(bool(broken))
