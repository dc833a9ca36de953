"""Rules on scanning for vulnerabilities."""
