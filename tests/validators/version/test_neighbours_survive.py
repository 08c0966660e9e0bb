from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.facts.production import Neighbour, ProductionModel, Situation
from servegate.facts.repository import ModelTree, Repository
from servegate.facts.settings import Rollout, Settings
from servegate.facts.start import ProductionStart
from servegate.findings import Location, NotExamined, Severity
from servegate.providers import Absent, Blocked, Broken, NotApplicable
from servegate.tfserving.policy import VersionPolicy, aspired
from servegate.tfserving.versions import Version, read_names
from tests.support.evidence import finding, findings, later, production, remarks, specific
from validators.version.neighbours_survive import neighbours_survive

_ENTRY = Location(file="deploy/models.config", line=9)
_GONE = Situation(model=None, aspired=())
_NEVER = Broken("no server is to be started")


def _tree(*versions: str, path: str = "models/rents", in_git: bool = True) -> ModelTree:
    return ModelTree(path=path, names=read_names(versions), in_git=in_git)


def _situation(
    tree: ModelTree, base_path: str = "/models/rents", policy: VersionPolicy | None = None
) -> Situation:
    model = ProductionModel(
        name="rents", base_path=base_path, policy=policy or VersionPolicy(), location=_ENTRY
    )
    served = aspired(model.policy, tree.names)
    return Situation(model=model, aspired=tuple(one.version for one in served))


def _rents(
    before: Situation | None = None, after: Situation | None = None, **more: object
) -> Neighbour:
    tree = _tree("1")
    both = {"tree_before": tree, "tree_after": tree, **more}
    return Neighbour(
        name="rents",
        before=before or _situation(tree),
        after=after or _situation(tree),
        **both,  # type: ignore[arg-type]
    )


def _start(**served: int) -> ProductionStart:
    versions = {name: Version(one) for name, one in served.items()}
    return ProductionStart(runtime="embedded", served=versions)


def _check(
    *neighbours: Neighbour,
    start: ProductionStart | Absent = _NEVER,
    settings: Settings | None = None,
    changed: frozenset[str] = frozenset(),
    based: bool = True,
) -> Outcome:
    whole = Repository(root=Path("/nowhere"), before={} if based else None, changed=changed)
    return neighbours_survive(production(), neighbours, whole, settings or Settings(), later(start))


def test_a_model_that_is_alone() -> None:
    with pytest.raises(NotApplicable):
        list(_check())


def test_says_who_answers_beside_it() -> None:
    said = remarks(_check(_rents(), start=_start(prices=2, rents=1)))

    assert said == ["In one server with this model answers 'rents' from version 1."]


def test_an_entry_whose_model_is_elsewhere_is_listed_and_starts_nothing() -> None:
    leases = replace(_rents(), name="leases", tree_before=None, tree_after=None)
    said = list(_check(leases, start=NotApplicable("nothing to start")))

    assert [str(one) for one in said if isinstance(one, NotExamined)] == [
        "the model 'leases' of deploy/models.config, which is not in this repository"
    ]


def test_an_entry_elsewhere_that_is_taken_out_is_nobodys_business_here() -> None:
    leases = replace(_rents(after=_GONE), tree_before=None, tree_after=None)

    with pytest.raises(NotApplicable):
        list(_check(leases, start=NotApplicable("nothing to start")))


def test_taken_out_while_its_tree_stays() -> None:
    found = finding(_check(_rents(after=_GONE)))

    assert found.severity is None
    assert "models/rents still lies here" in found.message
    assert "remove its tree in the same change" in found.remedy


def test_taken_out_with_its_tree() -> None:
    retired = _rents(after=_GONE, tree_after=None)

    assert finding(_check(retired, start=_start())).severity is Severity.ADVISORY


def test_taken_out_and_never_served() -> None:
    empty = _tree()
    unserved = _rents(before=_situation(empty), after=_GONE, tree_before=empty)

    assert not findings(_check(unserved, start=_start()))


def test_renamed() -> None:
    entry = ProductionModel(
        name="rents_v2", base_path="/models/rents", policy=VersionPolicy(), location=_ENTRY
    )
    found = finding(_check(_rents(after=_GONE, renamed_to=entry)))

    assert found.message.startswith("deploy/models.config:9 renames 'rents' to 'rents_v2'")
    assert found.location == _ENTRY
    assert "an entry of each name" in found.remedy


@pytest.mark.parametrize(
    ("rollout", "words"), [(Rollout.VOLUME, "broken off"), (Rollout.IMAGE, "never opens its ports")]
)
def test_directory_that_was_moved(rollout: Rollout, words: str) -> None:
    moved = _rents(tree_after=_tree("1", path="models/rents_old"))
    found = finding(_check(moved, settings=Settings(rollout=rollout)))

    assert words in found.message
    assert found.location == _ENTRY
    assert found.severity is None


def test_the_projects_own_image_may_put_a_directory_anywhere() -> None:
    moved = _rents(tree_after=_tree("1", path="models/rents_old"))
    found = finding(_check(moved, settings=Settings(own_image=True), start=_start(rents=1)))

    assert found.severity is Severity.ADVISORY


def test_directory_that_moves_below_another_folder_is_not_accused() -> None:
    moved = _rents(tree_after=_tree("1", path="store/rents"))

    assert not findings(_check(moved, start=_start(rents=1)))


def test_versions_that_may_merely_not_have_been_fetched() -> None:
    fetched, empty = _tree("1", in_git=False), _tree()
    absent = _rents(_situation(fetched), _situation(empty), tree_before=fetched, tree_after=empty)
    said = list(_check(absent, start=_start()))

    assert not findings(iter(said))
    assert any("fetch it" in one.enable for one in said if isinstance(one, NotExamined))


def test_entry_that_is_new_and_whose_model_was_never_there() -> None:
    empty = _tree()
    new = _rents(_GONE, _situation(empty), tree_before=None, tree_after=empty)

    assert not findings(_check(new, start=_start()))


def test_pin_of_a_version_that_is_not_there() -> None:
    tree = _tree("1")
    found = finding(_check(_rents(after=_situation(tree, policy=specific(7)))))

    assert found.severity is None
    assert found.observed == "version 1"
    assert "requests for 'rents' get 404" in found.message


def test_what_the_server_says_of_a_neighbour_that_nobody_touched_is_worth_a_word() -> None:
    failed = ProductionStart(runtime="binary", failure="DATA_LOSS: x", failed_model="rents")
    found = finding(_check(_rents(), start=failed))

    assert found.severity is Severity.ADVISORY
    assert "DATA_LOSS: x" in found.observed
    assert found.location == _ENTRY


def test_what_the_server_says_of_a_neighbour_that_was_touched_blocks() -> None:
    failed = ProductionStart(runtime="binary", failure="DATA_LOSS: x", failed_model="rents")
    touched = frozenset({"models/rents/1/saved_model.pb"})

    assert finding(_check(_rents(), start=failed, changed=touched)).severity is None
    unknown = finding(_check(_rents(), start=failed, changed=touched, based=False))
    assert unknown.severity is Severity.ADVISORY


def test_a_death_that_names_nobody_is_worth_a_word() -> None:
    failed = ProductionStart(runtime="binary", failure="The server died (killed for memory).")
    found = finding(_check(_rents(), start=failed))

    assert found.severity is Severity.ADVISORY
    assert "memory enough for all" in found.remedy


def test_an_op_that_the_embedded_server_lacks_is_no_verdict() -> None:
    reason = "NOT_FOUND: Op type not registered 'RegexSplitWithOffsets' in binary"
    failed = ProductionStart(runtime="embedded", failure=reason, failed_model="rents")
    said = list(_check(_rents(), start=failed))

    assert not findings(iter(said))
    assert any(isinstance(one, NotExamined) for one in said)


def test_labels_that_the_server_refuses_are_told_of_elsewhere() -> None:
    refusal = "FAILED_PRECONDITION: Request to assign label to version 1 of model prices, which"
    with pytest.raises(Blocked) as blocked:
        list(_check(_rents(), start=ProductionStart(runtime="embedded", failure=refusal)))
    assert blocked.value.by == "version/labels-resolve"


def test_another_version_than_the_policy_says() -> None:
    found = finding(_check(_rents(), start=_start(prices=2, rents=3)))

    assert (found.expected, found.observed) == ("version 1", "version 3")
