"""What every route has around it: tokens and their scopes, body limits, headers and error answers."""
