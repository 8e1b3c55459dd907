"""Scenario folders: read, checked, changed; the clock and the rules that come from them."""
