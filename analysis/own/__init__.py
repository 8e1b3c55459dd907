"""Measures of one's own, and what a finished folder says of them and of such policies.

`measures` registers them beside the built-in ones; `described` writes down what a reader of the
folder needs (name, unit, labels), so that no code has to be loaded to compare and report.
"""
