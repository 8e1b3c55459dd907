"""Nature that people can change in the middle of a run: water on the streets, fires."""
