"""What comes whatever people do: wind, rain and sea, and what the weather office says of them."""
