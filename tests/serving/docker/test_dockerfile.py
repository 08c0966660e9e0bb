from __future__ import annotations

import pytest

from servegate.serving.docker.dockerfile import buildkit_reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# syntax=docker/dockerfile:1\nFROM a\n", "# syntax=docker/dockerfile:1"),
        ("\ufeff#syntax = x/y\nFROM a\n", "# syntax=x/y"),
        ("# escape=`\n# syntax=x\nFROM a\n", "# syntax=x"),
        ("FROM a\nRUN --mount=type=cache,target=/c make\n", "RUN --mount"),
        ("FROM a\nrun \\\n  # a comment\n\n  --network=none make\n", "RUN --network"),
        ("# escape=`\nFROM a\nRUN `\n  --security=insecure make\n", "RUN --security"),
        ("FROM a\nCOPY --from=b --chown=1 --chmod=755 x /\n", "COPY --chmod"),
        ("FROM a\nADD --link x /\n", "ADD --link"),
        ("FROM --platform=$BUILDPLATFORM a\n", "FROM --platform"),
        ("FROM a\nRUN <<EOF\nmake\nEOF\n", "RUN <<EOF"),
        ("FROM a\nCOPY <<-'EOF' /x\nhello\nEOF\n", "COPY <<-'EOF"),
    ],
)
def test_what_only_buildkit_can_do_is_named(text: str, reason: str) -> None:
    assert buildkit_reason(text) == reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FROM --platform=linux/amd64 a AS b\nCOPY --from=b --chown=1:1 x /\nRUN make --mount=x\n",
        "FROM a\n# syntax=docker/dockerfile:1\n",
        "# a comment\n# syntax=x\nFROM a\n",
        "FROM a\n# RUN --mount=type=cache make\n",
        "FROM a\nENV X=--mount=1\nCMD --chmod\n",
        "FROM a\nRUN cat <<< word; echo $((1<<2))\n",
        "FROM a\nRUN make \\",
        "\udcff\x00 <<EOF",
    ],
)
def test_the_classic_builder_does_the_rest(text: str) -> None:
    assert buildkit_reason(text) == ""
