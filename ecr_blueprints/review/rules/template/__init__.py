"""Rules on repository creation templates."""
