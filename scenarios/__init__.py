"""What is asked: one folder a scenario, the items and the parameters that all of them share."""
