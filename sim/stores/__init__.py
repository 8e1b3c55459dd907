"""Material stores and their lorries."""
