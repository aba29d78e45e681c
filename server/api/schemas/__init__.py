"""What requests and answers of the API hold, as pydantic models, with their words and examples."""
