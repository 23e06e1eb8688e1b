"""The cache: models as bytes, under (id, version), so that an old value can never come back."""
