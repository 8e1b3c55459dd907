"""Years of forest fires: weather by day, ignitions, and what the plan's teams make of them."""
