"""Reads the data files: jurisdictions, firms and templates, from the installation and from the user's own folder."""
