"""The command line's commands. Each module has `add_to(commands)`, and runs what it added as `run(args, config)`."""
