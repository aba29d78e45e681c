"""`bench`: compares the widget with other ways to show the same testimonials in real browsers, and loads the server."""
