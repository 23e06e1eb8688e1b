"""The Python client of modeldex."""
