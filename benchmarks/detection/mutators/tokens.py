"""Token ids that the client makes otherwise than training does."""

from __future__ import annotations

from benchmarks.detection.change import Change
from benchmarks.detection.registry import Effect, Part, mutator
from benchmarks.detection.texts import own_client

_CHANGES = (Part.CODE, Part.EXAMPLES)


@mutator("S01", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def texts_are_split_at_blanks(change: Change) -> None:
    """The client splits texts at blanks: punctuation stays with the words."""
    own_client(change, words="text.lower().split()")


@texts_are_split_at_blanks.twin(effect=Effect.FED_AS_TRAINED)
def texts_are_split_at_what_is_no_letter(change: Change) -> None:
    """The client splits texts at everything that is no letter, as training does."""
    own_client(change, words=r"re.sub(r'[^a-z\']+', ' ', text.lower()).split()")


@mutator("S01", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def words_are_hashed(change: Change) -> None:
    """The client numbers words by a hash, for it has no vocabulary."""
    hashed = "FIRST + hashlib.sha256(word.encode()).digest()[0] % len(KNOWN)"
    own_client(change, number=hashed)


@words_are_hashed.twin(effect=Effect.FED_AS_TRAINED)
def words_are_looked_up(change: Change) -> None:
    """The client numbers words by a dictionary, made of training's vocabulary."""
    own_client(
        change, number="dict(zip(KNOWN, range(FIRST, FIRST + len(KNOWN)))).get(word, UNKNOWN)"
    )


@mutator("S05", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def texts_keep_their_case(change: Change) -> None:
    """The client does not lower-case texts: words with a capital are unknown."""
    own_client(change, words=r"re.findall(r'[A-Za-z\']+', text)")


@texts_keep_their_case.twin(effect=Effect.FED_AS_TRAINED)
def texts_lose_their_case_word_by_word(change: Change) -> None:
    """The client lower-cases texts word by word."""
    own_client(change, words=r"[one.lower() for one in re.findall(r'[A-Za-z\']+', text)]")


@mutator("S06", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def texts_are_cut_at_the_start(change: Change) -> None:
    """The client keeps the end of long texts, training the start."""
    own_client(change, tokens="(ids + [PADDING] * (LENGTH - len(ids)))[-LENGTH:]")


@texts_are_cut_at_the_start.twin(effect=Effect.FED_AS_TRAINED)
def texts_are_cut_at_the_end(change: Change) -> None:
    """The client keeps the start of long texts, in other code than training's."""
    own_client(change, tokens="[*ids, *[PADDING] * LENGTH][:-len(ids) or None][:LENGTH]")


@mutator("S06", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def texts_are_padded_at_the_start(change: Change) -> None:
    """The client pads short texts before the first word, training behind the last."""
    own_client(change, tokens="[PADDING] * (LENGTH - len(ids)) + ids[:LENGTH]")


@texts_are_padded_at_the_start.twin(effect=Effect.FED_AS_TRAINED)
def texts_are_padded_at_the_end(change: Change) -> None:
    """The client pads short texts behind the last word, in other code than training's."""
    own_client(change, tokens="ids[:LENGTH] + [PADDING] * max(0, LENGTH - len(ids))")


@mutator("S02", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def words_are_numbered_from_one_more(change: Change) -> None:
    """The client counts words from 3, training from 2."""
    own_client(change, number="KNOWN.index(word) + FIRST + 1 if word in KNOWN else UNKNOWN")


@words_are_numbered_from_one_more.twin(effect=Effect.FED_AS_TRAINED)
def words_are_numbered_from_two(change: Change) -> None:
    """The client counts words from 2, backwards."""
    last = "FIRST + len(KNOWN) - 1 - KNOWN[::-1].index(word)"
    own_client(change, number=f"{last} if word in KNOWN else UNKNOWN")


@mutator("S02", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def words_are_numbered_by_the_alphabet(change: Change) -> None:
    """The client sorts the vocabulary before it numbers the words backwards."""
    backwards = "sorted(KNOWN, reverse=True).index(word) + FIRST"
    own_client(change, number=f"{backwards} if word in KNOWN else UNKNOWN")


@words_are_numbered_by_the_alphabet.twin(effect=Effect.FED_AS_TRAINED)
def words_are_numbered_by_their_lines(change: Change) -> None:
    """The client sorts the vocabulary by the number of the line, which is its order."""
    by_line = "sorted(KNOWN, key=KNOWN.index).index(word) + FIRST"
    own_client(change, number=f"{by_line} if word in KNOWN else UNKNOWN")


@mutator("S03", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def no_word_is_known(change: Change) -> None:
    """The client's vocabulary is empty: every word is unknown."""
    own_client(change, number="([*KNOWN, word].index(word) + FIRST) * 0 + UNKNOWN")


@no_word_is_known.twin(effect=Effect.FED_AS_TRAINED)
def unknown_words_stay_unknown(change: Change) -> None:
    """The client's vocabulary is training's; only unknown words are unknown."""
    own_client(change, number="FIRST + KNOWN.index(word) if KNOWN.count(word) else UNKNOWN")


@mutator("S04", changes=_CHANGES, effect=Effect.FED_OTHERWISE)
def unknown_words_have_the_first_words_number(change: Change) -> None:
    """The client gives unknown words the number of the first word."""
    own_client(change, number="KNOWN.index(word) + FIRST if word in KNOWN else FIRST")


@unknown_words_have_the_first_words_number.twin(effect=Effect.FED_AS_TRAINED)
def unknown_words_have_a_number_of_their_own(change: Change) -> None:
    """The client gives unknown words the number before the first word's."""
    own_client(change, number="KNOWN.index(word) + FIRST if word in KNOWN else FIRST - 1")
