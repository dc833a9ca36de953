"""The formats that a review is written in."""
