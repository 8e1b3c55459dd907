"""Cardiac arrests while a disaster lasts, and what help that comes in time changes about them."""
