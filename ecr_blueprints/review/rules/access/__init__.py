"""Rules on who may do what, and on the registry as a whole."""
