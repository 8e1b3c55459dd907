"""What would be enough: the least capacity that was found to meet a plan's targets."""
