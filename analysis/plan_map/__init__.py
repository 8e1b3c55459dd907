"""What the districts' plans ask for and where it is in the model: clause by clause, as data."""
