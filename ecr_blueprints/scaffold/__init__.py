"""A project to start from: the text of its files, and the folder that they go into."""
