"""An earthquake: shaking by place, homes that fall, people under them, and who is told."""
