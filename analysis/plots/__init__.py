"""Pictures of finished results, one module a picture; `pictures` says which there are."""
