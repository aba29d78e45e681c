"""What the console shows of an account: a question, its figures, and how sure each of them is."""
