"""The image that production deploys holds the files that were reviewed."""

from __future__ import annotations

from collections.abc import Iterator

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate
from servegate.facts.images import ImageTree
from servegate.findings import Finding, Location, Remark
from servegate.savedmodel.files import FileKind, VersionFiles
from servegate.wording import listed

_COMPARED = (FileKind.REGULAR, FileKind.POINTER)


@check(claims=("V17", "P06"))
def image_holds_candidate(
    candidate: Candidate, files: VersionFiles, image_tree: ImageTree
) -> Outcome:
    """The image that the project builds holds the candidate, readable for production's user.

    What it checks:
        Only with `serving.dockerfile` or `serving.built_image`: every file of the candidate is in
        the image, at the place where production's server looks, with the same content (by SHA-256),
        and the modes let production's user (`serving.user`, else the image's own) read it.

    Why it matters:
        A layer from a cache, a wrong COPY, a `.dockerignore` that leaves the version out: the image
        is built, deployed, and serves what it always did. Files that only root can read stop a
        server that does not run as root.

    Remedy:
        Mend the COPY or `.dockerignore` that the finding is about, or build the image anew from
        this commit. For modes: `COPY --chmod`, or `chmod -R a+rX` before the build.
    """
    here = {one.relpath: one for one in files.files if one.kind in _COMPARED}
    there = image_tree.files
    missing = sorted(here.keys() - there.keys())
    shared = sorted(here.keys() & there.keys())
    other = [name for name in shared if files.digest(here[name]) != there[name].digest]
    closed = [name for name in shared if not there[name].readable]
    if missing:
        yield _missing(candidate, image_tree, missing, len(here))
    if other:
        yield _different(candidate, image_tree, other)
    if closed:
        yield _unreadable(candidate, image_tree, closed)
    yield from _surplus(image_tree, sorted(there.keys() - here.keys()))


def _missing(candidate: Candidate, image: ImageTree, missing: list[str], expected: int) -> Finding:
    return Finding(
        message=f"{image.image} does not hold version {candidate.version} as it is here: "
        f"{len(missing)} of {expected} files are missing at {image.place}.",
        expected=f"the {expected} files of {candidate.place} at {image.place}",
        observed=f"without {listed(missing)}",
        remedy="See which COPY brings the version into the image, whether .dockerignore leaves it "
        "out, and whether the image was built from this commit.",
        location=Location(file=candidate.place),
    )


def _different(candidate: Candidate, image: ImageTree, other: list[str]) -> Finding:
    return Finding(
        message=f"{image.image} holds other content than this change for version "
        f"{candidate.version}: {listed(other)}.",
        expected=f"the files of {candidate.place}",
        observed=f"other content at {image.place}: {listed(other)}",
        remedy="Build the image anew from this commit (`--no-cache` when a layer is stale).",
        location=Location(file=candidate.place),
    )


def _unreadable(candidate: Candidate, image: ImageTree, closed: list[str]) -> Finding:
    return Finding(
        message=f"Production's user ({image.user}) cannot read version {candidate.version} in "
        f"{image.image}: {listed(closed)}.",
        expected=f"files and directories that {image.user} may read",
        observed=f"modes at {image.place} that keep it out of {listed(closed)}",
        remedy="Let the Dockerfile set the modes (`COPY --chmod=a+rX`, or `chmod -R a+rX` before "
        "the build), or run the server as the owner.",
        location=Location(file=candidate.place),
    )


def _surplus(image: ImageTree, names: list[str]) -> Iterator[Remark]:
    if names:
        yield Remark(message=f"The image also holds {listed(names)} at {image.place}.")
