"""The objects of the OGSM document. They belong to an account, and all its users may see and change them."""
