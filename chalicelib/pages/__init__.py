"""HTML pages for people: the code that renders them, their templates, and the static files that they load."""
