"""What was observed beside what the model says of it: facts, looks at runs, inside or outside."""
