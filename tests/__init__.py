"""The tests: through HTTP over moto where they can, races and scale against ministack."""
