"""What the sample pull requests are made of, and what the gate has to say of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Story(StrEnum):
    """Why a model server always gives the same answer, or that it does not."""

    HEALTHY = "healthy"
    STALE = "stale"
    FED_THE_WRONG_THING = "fed the wrong thing"
    DEAF = "deaf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a pull request is made of.

    The repository starts as `<model>/repository/`, with the files of `<model>/<base_files>/` laid
    over it. The head adds version 2 from the build's `candidate` and the files of each
    `<model>/<head_files>/`; `recorded` says whether it brings examples of that version. `fails`
    are checks that fail on it, not always the only ones.
    """

    name: str
    title: str
    model: str
    story: Story = Story.HEALTHY
    candidate: str = ""
    base_files: str = ""
    head_files: tuple[str, ...] = ()
    recorded: bool = True
    fails: tuple[str, ...] = ()


DEMONSTRATIONS = (
    Plan(
        name="ozone-retrained",
        title="Retrain ozone on the whole summer",
        model="ozone",
        # As teams do: the recordings of version 1 stay, and say nothing about version 2.
        recorded=False,
    ),
    Plan(
        name="ozone-pinned",
        title="Retrain ozone on the whole summer (production still pins version 1)",
        model="ozone",
        story=Story.STALE,
        base_files="pinned",
        fails=("version/policy-serves-candidate",),
    ),
    Plan(
        name="reviews-unprocessed",
        title="Retrain reviews and make the client independent of training",
        model="reviews",
        story=Story.FED_THE_WRONG_THING,
        head_files=("unprocessed",),
        fails=("preprocessing/training-equals-serving",),
    ),
    Plan(
        name="iris-constant",
        title="Retrain iris on all flowers (with a line of debugging left in)",
        model="iris",
        story=Story.DEAF,
        candidate="iris-constant",
        # The author of a deaf version has not looked at its answers.
        recorded=False,
        fails=("input_sensitivity/depends-on-input",),
    ),
    Plan(
        name="cars-hidden-layer",
        title="Give cars a hidden layer",
        model="cars",
    ),
)

CLEAN_TWINS = (
    Plan(
        name="reviews-retrained",
        title="Retrain reviews on 60 more of them",
        model="reviews",
    ),
    Plan(
        name="iris-retrained",
        title="Retrain iris on all flowers",
        model="iris",
    ),
)

FURTHER = (
    Plan(
        name="complaints-renumbered",
        title="Retrain complaints on 60 more messages, with the vocabulary that they give",
        model="complaints",
        story=Story.FED_THE_WRONG_THING,
        head_files=("renumbered",),
        fails=("preprocessing/training-equals-serving",),
    ),
    Plan(
        name="complaints-retrained",
        title="Retrain complaints on 60 more messages, and give the help desk the new vocabulary",
        model="complaints",
        head_files=("renumbered", "told"),
    ),
    Plan(
        name="trees-forgotten",
        title="Retrain trees on all of them (with a shorter list of features)",
        model="trees",
        story=Story.DEAF,
        candidate="trees-forgotten",
        recorded=False,
        fails=("input_sensitivity/every-input-matters",),
    ),
    Plan(
        name="trees-retrained",
        title="Retrain trees on all of them",
        model="trees",
    ),
    Plan(
        name="opinions-empty",
        title="Retrain opinions on 60 more reviews (packed before its vocabulary was written)",
        model="opinions",
        story=Story.DEAF,
        candidate="opinions-empty",
        recorded=False,
        fails=("input_sensitivity/answers-vary",),
    ),
    Plan(
        name="opinions-retrained",
        title="Retrain opinions on 60 more reviews",
        model="opinions",
    ),
    Plan(
        name="smog-retrained",
        title="Retrain smog on the whole summer",
        model="smog",
    ),
    Plan(
        name="stopping-parabola",
        title="Let stopping distances grow with the square of the speed",
        model="stopping",
    ),
    Plan(
        name="nile-retrained",
        title="Retrain nile on 50 more years",
        model="nile",
    ),
)
"""The models that the demonstration leaves out, each with a healthy change at least."""

ALL = (*DEMONSTRATIONS, *CLEAN_TWINS, *FURTHER)
