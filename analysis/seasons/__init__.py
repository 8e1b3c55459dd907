"""Years of forest fires: played in parts, pooled, and the plan's annual clauses judged by them."""
