"""Land on a grid: heights, fuels, and lines over it."""
