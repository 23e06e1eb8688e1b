"""What tests are made of: server processes, callers, a provider to fake, and checkers of what must always hold."""
