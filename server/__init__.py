"""The server: it stores the widgets' telemetry, serves their content and the embed script, and has a console."""

# How its commands are called: the installed package has a command of its own, a checkout has none.
COMMAND = "python -m server" if __name__ == "server" else "tresta"
