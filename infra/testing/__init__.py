"""Code that the tests and the benches share. It imports neither of them."""
