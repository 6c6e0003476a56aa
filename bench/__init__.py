"""What the service costs, measured. Each module is one command."""
