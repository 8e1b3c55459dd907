"""How sure runs make us: intervals, sequences of looks, pairs. Numbers in, numbers out."""
