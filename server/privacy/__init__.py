"""What the server says to the public about the data that a page sends, made from the schema and the settings."""
