"""The request for one review."""

LENGTH = 16


def build(raw: dict[str, str]) -> dict[str, list[int]]:
    """The inputs of one review: its text, as the numbers that the server asks for."""
    codes = [ord(character) for character in raw["text"].strip()][:LENGTH]
    return {"tokens": codes + [0] * (LENGTH - len(codes))}
