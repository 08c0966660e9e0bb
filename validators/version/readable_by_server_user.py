"""Production's user may read the files that a deployment copies."""

from __future__ import annotations

from collections.abc import Sequence

from servegate.checks import Outcome, check
from servegate.facts.change import Candidate, ModelChange
from servegate.facts.settings import Rollout, Settings
from servegate.findings import Finding, Location, Severity
from servegate.providers import NotApplicable
from servegate.savedmodel.files import VersionFiles
from servegate.savedmodel.modes import FileMode, User, read_modes
from servegate.wording import listed

# What a container's process has that is started with a plain uid: the engine adds group 0 where
# the image's /etc/passwd does not know the user. (`docker run --user`, Kubernetes' runAsUser.)
_GROUP = 0


@check(claims=("P06",))
def readable_by_server_user(
    candidate: Candidate, change: ModelChange, files: VersionFiles, settings: Settings
) -> Outcome:
    """Production's user can read the version.

    What it checks:
        Only version trees that are not in git (an earlier step downloads them) and reach
        production by a volume: their modes are the ones that a deployment copies. Every directory
        has to be readable and searchable, and every file readable, for the uid `serving.user`,
        by the owner's, the group's (0) or the others' bits as the kernel chooses them. Without
        `serving.user`, files that only their owner may read are worth a word. Of trees in git
        nothing is said, since git keeps no more of a mode than whether a file is executable. What
        lies in the project's own image is left to image-holds-candidate; the gate's own image has
        modes that anybody can read.

    Why it matters:
        A strict umask where the model was trained or downloaded, and the server, which does not
        run as root, stays with the old version: permission denied stands only in its log.

    Remedy:
        `chmod -R a+rX` on the version directory, in the step that fetches or uploads it.
    """
    _applies(candidate, change, settings)
    modes = read_modes(files)
    if settings.user is None:
        closed = [one for one in modes if not one.readable_for_others_than_the_owner]
    else:
        user = User(uid=settings.user, gid=_GROUP)
        closed = [one for one in modes if not one.readable_for(user)]
    if closed:
        yield _finding(candidate, settings, closed)


def _applies(candidate: Candidate, change: ModelChange, settings: Settings) -> None:
    """Raises `NotApplicable` where the modes on disk are not production's."""
    if settings.own_image:
        raise NotApplicable(
            "The project builds its own image: version/image-holds-candidate looks at its modes."
        )
    if settings.rollout is Rollout.IMAGE:
        raise NotApplicable("In the image that the gate builds anybody may read the version.")
    child = change.child(candidate.directory)
    if child is None or child.in_git:
        raise NotApplicable(
            "Git keeps no modes: those of a checkout say nothing about production's."
        )


def _finding(candidate: Candidate, settings: Settings, closed: Sequence[FileMode]) -> Finding:
    shown = listed((f"{one.relpath} (mode {one.permissions})" for one in closed), most=3)
    known = settings.user is not None
    who = f"uid {settings.user}" if known else "users other than the owner"
    return Finding(
        message=f"Production's user (uid {settings.user}) cannot read version "
        f"{candidate.version}: {shown}."
        if known
        else f"Only the owner can read parts of version {candidate.version}: {shown}. A server "
        "that runs as somebody else will not load it.",
        expected=f"files that {who} may read, and directories that {who} may list and enter",
        observed=shown,
        remedy=f"Run `chmod -R a+rX {candidate.place}` in the step that fetches the version."
        + ("" if known else " Or name production's uid: `serving: {user: 1000}`."),
        location=Location(file=candidate.place),
        severity=None if known else Severity.ADVISORY,
        evidence={"files": [one.relpath for one in closed[:50]], "count": len(closed)},
    )
