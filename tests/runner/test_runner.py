"""The harness itself: what GitHub's runner documents of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runner.conftest import STAND_INS
from tests.support import events
from tests.support.action_runner import ActionRunner
from tests.support.composite import Job
from tests.support.expressions import condition, evaluate, filled
from tests.support.repos import Repo
from tests.support.runner import outputs

CONTEXT = {
    "inputs": {"runtime": "docker", "fail-on": "never", "empty": ""},
    "steps": {"cache": {"outputs": {"cache-hit": "true"}}},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("inputs.runtime == 'docker'", True),
        ("inputs.runtime == 'DOCKER' && inputs.fail-on != 'never'", False),
        ("!inputs.empty", True),
        ("inputs.empty || 'it''s'", "it's"),
        ("(inputs.empty || inputs.runtime) == 'docker'", True),
        ("steps.cache.outputs.cache-hit != 'true'", False),
        ("steps.later.outputs.cache-hit == ''", True),
    ],
)
def test_expressions(text: str, value: object) -> None:
    assert evaluate(text, CONTEXT) == value


@pytest.mark.parametrize("text", ["inputs.a > 1", "toJSON(inputs)", "inputs[0]", "(inputs.a"])
def test_what_the_harness_does_not_know_it_refuses(text: str) -> None:
    with pytest.raises((SyntaxError, LookupError)):
        evaluate(text, CONTEXT)


def test_templates_and_conditions() -> None:
    assert filled("a ${{ inputs.runtime }}/${{inputs.missing}}", CONTEXT) == "a docker/"
    assert condition("", CONTEXT, failed=False)
    assert not condition("inputs.runtime == 'docker'", CONTEXT, failed=True)
    assert condition("${{ always() && inputs.runtime == 'docker' }}", CONTEXT, failed=True)


@pytest.mark.parametrize("text", ["nonsense\n", "a<<end\nvalue\n"])
def test_outputs_that_fail_a_step(text: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid format|delimiter not found"):
        outputs(text)


ACTION = """
inputs:
  who: {default: world}
outputs:
  said: {value: "${{ steps.say.outputs.said }}"}
runs:
  using: composite
  steps:
    - name: say
      id: say
      shell: bash
      env: {WHO: "${{ inputs.who }}"}
      run: |
        echo "said=hello $WHO" >>"$GITHUB_OUTPUT"
        echo "LATER=$WHO" >>"$GITHUB_ENV"
        echo "# Summary" >>"$GITHUB_STEP_SUMMARY"
        echo "::warning file=a%3Ab,line=3::100%25"
    - name: use
      shell: bash
      run: |
        test "$LATER" = world
        test "$PWD" = "$GITHUB_WORKSPACE" -a "$(id -u)" -ne 0
        false | true
    - name: skipped
      shell: bash
      run: touch "$RUNNER_TEMP/skipped"
    - name: always
      if: always()
      shell: bash
      run: for number in $(seq 12); do echo "::error::$number"; done
"""


@pytest.fixture
def job(tmp_path: Path, runner: ActionRunner) -> Job:
    """A job with a small action: it says something, fails, and cleans up."""
    del runner  # only for its reasons to skip
    project = Repo(tmp_path / "action")
    project.write("action.yml", ACTION).commit()
    origin = Repo(tmp_path / "origin")
    origin.write("README.md").commit()
    origin.branch("feature").write("b").commit()
    pull = origin.pull_request("feature")
    with ActionRunner(project.path, actions=STAND_INS) as machine:
        machine.check_out(pull)
        return machine.run(events.pull_request(pull), {"who": "world"})


def test_a_composite_action_runs_as_documented(job: Job) -> None:
    assert job.exit_code == 1  # pipefail
    assert job.ran == ["say", "use", "always"]
    assert job.outputs == {"said": "hello world"}
    assert job.summary == "# Summary\n"
    (warning,) = job.annotated("warning")
    assert (warning.properties, warning.data) == ({"file": "a:b", "line": "3"}, "100%")
    assert [one.data for one in job.annotated("error")] == [str(one) for one in range(1, 11)]
