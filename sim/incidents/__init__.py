"""Incidents: what has happened at a place and wants crews."""
