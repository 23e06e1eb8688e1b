"""What models were, what changed, and how to put it back: a file for each of the words of the command."""
