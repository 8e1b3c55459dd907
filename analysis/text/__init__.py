"""How numbers, dates and plain tables are written in a language."""
