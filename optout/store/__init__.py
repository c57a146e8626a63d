"""What is kept: the encrypted vault, the key that opens it, and the letters as private files."""
