"""Journeys over the roads, link by link."""
