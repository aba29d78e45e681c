"""The console's pages: each draws itself once, loads what it shows, and lets go of it when it is left."""
