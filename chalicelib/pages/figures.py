"""Write numbers, units and days for people who read a page."""

from datetime import date

NO_BREAK = "\N{NO-BREAK SPACE}"
MILLION = 1_000_000


def format_number(value: float) -> str:
    """Return a number with at most four significant digits, or all digits before the decimal point."""
    if abs(value) >= 10 * MILLION:
        return f"{format_number(value / MILLION)}{NO_BREAK}million"
    return f"{value:,.0f}" if round(abs(value)) >= 1000 else f"{value:.4g}"


def format_quantity(value: float, unit: str | None) -> str:
    """Return a number with its unit: `57%` or `1,640 EUR`."""
    if not unit:
        return format_number(value)
    return f"{format_number(value)}{'' if unit == '%' else NO_BREAK}{unit}"


def format_day(day: str) -> str:
    """Return a day, `2026-11-05`, as people write it: `5 Nov 2026`."""
    return f"{int(day[8:])}{NO_BREAK}{format_month(day)}"


def format_month(day: str) -> str:
    """Return the month of a day: `Nov 2026`."""
    return f"{date.fromisoformat(day):%b}{NO_BREAK}{day[:4]}"
