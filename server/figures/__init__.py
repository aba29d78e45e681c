"""The figures that the console shows of an account, each with its uncertainty."""
