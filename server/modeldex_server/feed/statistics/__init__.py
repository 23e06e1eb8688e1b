"""Statistics of the feed: what was published and delivered, how well it does, and what is over."""
