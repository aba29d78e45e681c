"""The schemas of the API's requests and answers, as pydantic models, with sentences and examples for them."""
