"""Clients that do not send what training makes.

In every scene the client used training's own function before, and the change gives it one of its
own: for reviews (text, four token ids) or for flats (records, two scaled numbers).
"""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import dedent

from tests.support.scenes import Scene
from tests.support.tinymodels import write_model

_CLIENT = "client/request.py"
_CALLABLES = {"training": "training.features:encode", "serving": "client.request:build"}

_REVIEWS = ("Good wine", "bad", "Fair wine, good price and a good year")
_TOKENS = """
    import re
    import unicodedata

    IDS = {"good": 1, "bad": 2, "fair": 3, "wine": 4, "price": 5, "year": 6, "café": 7}

    def encode(text):
        words = re.findall(r"\\w+", unicodedata.normalize("NFC", text).lower())
        ids = [IDS.get(word, 0) for word in words][:4]
        return {"tokens": ids + [0] * (4 - len(ids))}
"""

_FLATS = ({"area": 80.0, "rooms": 3}, {"area": 45.0, "rooms": 1}, {"area": 120.5, "rooms": 5})
_SCALED = """
    def encode(flat):
        return {"numbers": [(flat["area"] - 60.0) / 25.0, (flat["rooms"] - 2.5) / 1.5]}
"""
_WITH_DEFAULT = """
    def encode(flat):
        rooms = flat.get("rooms")
        return {"numbers": [flat["area"], 2.5 if rooms is None else rooms]}
"""


def _change_client(scene: Scene, training: str, raw: Iterable[object], client: str) -> str:
    scene.write("training/features.py", dedent(training))
    scene.write(_CLIENT, "from training.features import encode as build\n")
    scene.examples(({"raw": one} for one in raw), preprocessing=_CALLABLES)
    scene.branch_off()
    scene.write(_CLIENT, dedent(client))
    return _CLIENT


def _reviews(scene: Scene, client: str, *more: str) -> str:
    write_model(scene.version("1"), input_name="tokens", dtype="int64", shape=(None, 4))
    return _change_client(scene, _TOKENS, (*_REVIEWS, *more), client)


def _flats(scene: Scene, client: str, *more: object, training: str = _SCALED) -> str:
    write_model(scene.version("1"), input_name="numbers", shape=(None, 2))
    return _change_client(scene, training, (*_FLATS, *more), client)


def mutant_s01_characters_for_words(scene: Scene) -> str:
    return _reviews(
        scene,
        """
        def build(text):
            return {"tokens": [ord(letter) for letter in text[:4].ljust(4)]}
        """,
    )


def mutant_s01_words_split_at_blanks(scene: Scene) -> str:
    return _reviews(
        scene,
        """
        from training.features import IDS

        def build(text):
            ids = [IDS.get(word, 0) for word in text.lower().split()][:4]
            return {"tokens": ids + [0] * (4 - len(ids))}
        """,
    )


def mutant_s01_text_sent_unprocessed(scene: Scene) -> str:
    _reviews(scene, "def build(text):\n    return text\n")
    scene.examples(
        ({"raw": one} for one in _REVIEWS),
        preprocessing={"training": "training.features:encode"},
    )
    return "data/examples.jsonl:1"


def mutant_s01_client_fails(scene: Scene) -> str:
    return _reviews(
        scene,
        """
        def build(text):
            return {"tokens": [int(word) for word in text.split()]}
        """,
    )


def twin_s01_another_way_to_split(scene: Scene) -> None:
    _reviews(
        scene,
        """
        from training.features import IDS

        def build(text):
            letters = (one.lower() if one.isalnum() else " " for one in text)
            ids = [IDS.get(word, 0) for word in "".join(letters).split()][:4]
            return {"tokens": ids + [0] * (4 - len(ids))}
        """,
    )


_RENUMBERED = """
    import re

    ORDER = {order}

    def build(text):
        ids = [ORDER.index(word) + 1 if word in ORDER else 0 for word in _words(text)][:4]
        return {{"tokens": ids + [0] * (4 - len(ids))}}

    def _words(text):
        return re.findall(r"\\w+", text.lower())
"""


def mutant_s02_vocabulary_sorted_anew(scene: Scene) -> str:
    order = ["bad", "fair", "good", "price", "wine", "year"]
    return _reviews(scene, _RENUMBERED.format(order=order))


def mutant_s02_numbered_from_zero(scene: Scene) -> str:
    return _reviews(
        scene,
        """
        from training.features import encode

        def build(text):
            return {"tokens": [max(0, one - 1) for one in encode(text)["tokens"]]}
        """,
    )


def twin_s02_the_same_order_written_as_a_list(scene: Scene) -> None:
    order = ["good", "bad", "fair", "wine", "price", "year"]
    _reviews(scene, _RENUMBERED.format(order=order))


def mutant_s03_empty_vocabulary(scene: Scene) -> str:
    return _reviews(scene, _RENUMBERED.format(order=[]))


def twin_s03_vocabulary_with_a_word_that_no_review_has(scene: Scene) -> None:
    order = ["good", "bad", "fair", "wine", "price", "year", "cork"]
    _reviews(scene, _RENUMBERED.format(order=order))


def mutant_s05_case_kept(scene: Scene) -> str:
    return _reviews(
        scene,
        """
        import re
        from training.features import IDS

        def build(text):
            ids = [IDS.get(word, 0) for word in re.findall(r"\\w+", text)][:4]
            return {"tokens": ids + [0] * (4 - len(ids))}
        """,
    )


def mutant_s05_accents_decomposed(scene: Scene) -> str:
    return _reviews(
        scene,
        """
        import re
        import unicodedata
        from training.features import IDS

        def build(text):
            words = re.findall(r"\\w+", unicodedata.normalize("NFD", text).lower())
            ids = [IDS.get(word, 0) for word in words][:4]
            return {"tokens": ids + [0] * (4 - len(ids))}
        """,
        "Café wine",
    )


def twin_s05_folded_and_composed_elsewhere(scene: Scene) -> None:
    _reviews(
        scene,
        """
        import unicodedata
        from training.features import encode

        def build(text):
            return encode(unicodedata.normalize("NFD", text).casefold())
        """,
        "Café wine",
    )


def mutant_s06_end_kept_for_beginning(scene: Scene) -> str:
    return _reviews(
        scene,
        """
        import re
        from training.features import IDS

        def build(text):
            ids = [IDS.get(word, 0) for word in re.findall(r"\\w+", text.lower())][-4:]
            return {"tokens": ids + [0] * (4 - len(ids))}
        """,
    )


def mutant_s06_padded_on_the_left(scene: Scene) -> str:
    return _reviews(
        scene,
        """
        import re
        from training.features import IDS

        def build(text):
            ids = [IDS.get(word, 0) for word in re.findall(r"\\w+", text.lower())][:4]
            return {"tokens": [0] * (4 - len(ids)) + ids}
        """,
    )


def mutant_s06_another_length(scene: Scene) -> str:
    return _reviews(
        scene,
        """
        from training.features import encode

        def build(text):
            return {"tokens": encode(text)["tokens"] + [0, 0]}
        """,
    )


def twin_s06_padded_by_numpy_with_a_batch_axis(scene: Scene) -> None:
    _reviews(
        scene,
        """
        import re
        import numpy as np
        from training.features import IDS

        def build(text):
            ids = np.array([IDS.get(word, 0) for word in re.findall(r"\\w+", text.lower())][:4])
            return {"tokens": np.pad(ids, (0, 4 - len(ids)))[np.newaxis].astype("int32")}
        """,
    )


def mutant_s07_not_scaled(scene: Scene) -> str:
    return _flats(
        scene,
        """
        def build(flat):
            return {"numbers": [flat["area"], flat["rooms"]]}
        """,
    )


def mutant_s07_scaled_twice(scene: Scene) -> str:
    return _flats(
        scene,
        """
        from training.features import encode

        def build(flat):
            area, rooms = encode(flat)["numbers"]
            return encode({"area": area, "rooms": rooms})
        """,
    )


def mutant_s07_deviation_of_last_year(scene: Scene) -> str:
    return _flats(
        scene,
        """
        def build(flat):
            return {"numbers": [(flat["area"] - 60.0) / 25.1, (flat["rooms"] - 2.5) / 1.5]}
        """,
    )


def twin_s07_summed_in_another_order(scene: Scene) -> None:
    _flats(
        scene,
        """
        def build(flat):
            return {"numbers": [flat["area"] * 0.04 - 2.4, flat["rooms"] / 1.5 - 2.5 / 1.5]}
        """,
    )


def mutant_s10_zero_for_what_is_missing(scene: Scene) -> str:
    return _flats(
        scene,
        """
        def build(flat):
            return {"numbers": [flat["area"], flat.get("rooms") or 0.0]}
        """,
        {"area": 70.0},
        training=_WITH_DEFAULT,
    )


def mutant_s10_nan_for_what_is_missing(scene: Scene) -> str:
    return _flats(
        scene,
        """
        def build(flat):
            rooms = flat.get("rooms")
            return {"numbers": [flat["area"], float("nan") if rooms is None else rooms]}
        """,
        {"area": 70.0, "rooms": None},
        training=_WITH_DEFAULT,
    )


def twin_s10_default_from_a_table(scene: Scene) -> None:
    _flats(
        scene,
        """
        DEFAULTS = {"area": 60.0, "rooms": 2.5}

        def build(flat):
            given = {name: value for name, value in flat.items() if value is not None}
            return {"numbers": list({**DEFAULTS, **given}.values())}
        """,
        {"area": 70.0},
        training=_WITH_DEFAULT,
    )


def mutant_s11_columns_sorted_by_name_backwards(scene: Scene) -> str:
    return _flats(
        scene,
        """
        from training.features import encode

        def build(flat):
            return {"numbers": encode(flat)["numbers"][::-1]}
        """,
    )


def twin_s11_record_with_its_fields_in_another_order(scene: Scene) -> None:
    _flats(
        scene,
        """
        from training.features import encode

        def build(flat):
            return encode({"rooms": flat["rooms"], "area": flat["area"]})
        """,
        {"rooms": 2, "area": 61.0},
    )


_PIXELS = ([[10, 20, 30], [200, 100, 50]], [[0, 255, 128], [64, 32, 16]])
_PICTURES = """
    def encode(pixels):
        return {"numbers": [value / 255.0 for pixel in pixels for value in pixel]}
"""


def _pictures(scene: Scene, client: str) -> str:
    write_model(scene.version("1"), input_name="numbers", shape=(None, 6))
    return _change_client(scene, _PICTURES, _PIXELS, client)


def mutant_s08_colours_in_another_order(scene: Scene) -> str:
    return _pictures(
        scene,
        """
        def build(pixels):
            return {"numbers": [value / 255.0 for pixel in pixels for value in pixel[::-1]]}
        """,
    )


def twin_s08_colours_turned_twice(scene: Scene) -> None:
    _pictures(
        scene,
        """
        def build(pixels):
            turned = [pixel[::-1] for pixel in pixels]
            return {"numbers": [value / 255.0 for pixel in turned for value in pixel[::-1]]}
        """,
    )


def mutant_s09_divided_as_integers(scene: Scene) -> str:
    return _pictures(
        scene,
        """
        def build(pixels):
            return {"numbers": [float(value // 255) for pixel in pixels for value in pixel]}
        """,
    )


def twin_s09_divided_in_single_precision(scene: Scene) -> None:
    _pictures(
        scene,
        """
        import numpy

        def build(pixels):
            flat = numpy.array(pixels, numpy.float32).ravel()
            return {"numbers": (flat / numpy.float32(255)).tolist()}
        """,
    )
