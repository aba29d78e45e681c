"""The command line's commands. In each module, `add_to(commands)` adds the command and `run(args, config)` runs it."""
