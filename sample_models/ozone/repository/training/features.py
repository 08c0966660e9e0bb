"""The features of a day."""

FEATURES = ("solar_radiation", "wind", "temperature")


def encode(raw: dict[str, float]) -> dict[str, list[float]]:
    """Langley, miles per hour and degrees Fahrenheit, in this order and as they were measured."""
    return {"features": [float(raw[name]) for name in FEATURES]}
