"""Around every route: tokens and their scopes, body limits, headers and error answers."""
