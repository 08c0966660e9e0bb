"""The request for one day."""


def build(raw: dict[str, float]) -> dict[str, list[float]]:
    """The inputs of one day."""
    return {"features": [raw["solar_radiation"], raw["wind"], raw["temperature"]]}
