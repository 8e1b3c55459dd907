"""Dikes under a high sea: sand boils, the people who find and ring them, and breaches."""
