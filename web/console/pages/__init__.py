"""The console's pages: each draws its elements, loads its data, and ends its work when the user leaves it."""
