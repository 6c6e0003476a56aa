"""The bounds of what a request may contain, unless a schema has a smaller one. They are checked before any work."""

MAX_TEXT_LENGTH = 400_000  # characters, such as of a description; a row of the table has 400 KB
MAX_WORD_LENGTH = 1_000  # characters of a word to search for, of a list of field names, and of what OAuth defines
MAX_OPTION_LENGTH = 100  # characters of a value that is one of a few options, or of a time
MAX_CURSOR_LENGTH = 6_000  # characters; two names of 255 characters that an order compares take up to 4,500
MAX_BODY_BYTES = 1_000_000
MAX_FORM_BYTES = 100_000  # of the form of a page
MAX_DEPTH = 16  # levels of objects and arrays in a body
MAX_FIELDS = 100  # of one object
MAX_FORM_FIELDS = 10_000  # of a form, with those of nested objects
MAX_COUNTED_ERRORS = 500  # of the elements of an array; then the others are not looked at
MAX_NAME_LENGTH = 1_000  # characters of the name of a field in a form, with its brackets
MAX_PARAMETERS = 100  # in a query string
MAX_PAGE = 1_000_000
MAX_HEADER_LENGTH = 4_096  # characters of the value of a header that is read
MAX_PATH_PART_LENGTH = 255  # characters of a part of a path that may be any text
