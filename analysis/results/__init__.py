"""What a finished folder holds, read back."""
