"""Crews of rescue teams: on duty and off, on the way, and at work."""
