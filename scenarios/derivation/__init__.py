"""How a shipped scenario's tables follow from copied facts and stated assumptions."""
