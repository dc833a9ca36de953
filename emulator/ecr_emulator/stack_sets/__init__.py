"""Stack sets: which accounts and Regions they reach, and the stacks that they have there."""
