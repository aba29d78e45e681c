"""`bench`: what the widget costs a visitor, beside other ways to show the same testimonials, in real browsers."""
