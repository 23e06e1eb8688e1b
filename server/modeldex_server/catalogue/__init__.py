"""Reading and saving models."""
