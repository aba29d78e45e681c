"""The server: it stores the widgets' telemetry, serves their content and the embed script, and has a console."""

# The command that starts it: the installed package has the command `tresta`, a checkout has none.
COMMAND = "python -m server" if __name__ == "server" else "tresta"
