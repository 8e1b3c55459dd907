"""The generated pages of docs/: `python -m anlan.app.docs` writes them, `--check` tells old ones.

What a table in the documentation says is read off the code and the data that it is about, so
it cannot fall behind them; a test runs the check.
"""
