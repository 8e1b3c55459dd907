"""The front doors: the command `anlan`. Nothing imports from here."""
