"""The runtime `docker`: an image from the launch, a container from the image, a server in it."""

from __future__ import annotations

from contextlib import ExitStack

import docker

from servegate import __version__
from servegate.deadline import Deadline
from servegate.facts.serving import Launch, ServedImage, Upgradable
from servegate.phases import Phase, Spent
from servegate.savedmodel.fingerprint import read_fingerprint
from servegate.savedmodel.unreadable import Unreadable
from servegate.serving.command_line import arguments
from servegate.serving.docker.container import Container, Plan
from servegate.serving.docker.host import DockerHost
from servegate.serving.docker.images import TREE, candidate_image
from servegate.serving.docker.network import private_network
from servegate.serving.docker.places import CONFIG, Layout
from servegate.serving.docker.upgrade import VolumeDeployment, models_volume
from servegate.serving.server import ModelServer
from servegate.tfserving.base_paths import MODELS
from servegate.tfserving.versions import parse_version

GRPC_PORT = 8500
REST_PORT = 8501


class DockerRuntime:
    """Starts servers as production's image does, with the launch's version trees in it.

    Each gets an image, a private network and a container of its own, and leaves none of them.
    """

    def __init__(self, host: DockerHost, spent: Spent | None = None) -> None:
        """What the images and the starts of servers take is added to `spent`."""
        self._host = host
        self._spent = spent or Spent()
        self._image: ServedImage | None = None

    @property
    def name(self) -> str:
        """See `Runtime.name`."""
        return "docker"

    @property
    def image(self) -> ServedImage | None:
        """See `Runtime.image`."""
        return self._image

    def start(self, launch: Launch, deadline: Deadline) -> ModelServer:
        """See `Runtime.start`."""
        return self._started(self._layout(launch, on_volume=False), deadline)[0]

    def start_upgradable(self, launch: Launch, deadline: Deadline) -> Upgradable:
        """See `Runtime.start_upgradable`: the models lie on a volume."""
        layout = self._layout(launch, on_volume=True)
        server, container = self._started(layout, deadline)
        deployment = VolumeDeployment(
            server=server, layout=layout, client=self._host.client(), container=container
        )
        return Upgradable(server=server, deployment=deployment)

    def _layout(self, launch: Launch, *, on_volume: bool) -> Layout:
        return Layout(launch=launch, files=self._host.settings.files, on_volume=on_volume)

    def _started(self, layout: Layout, deadline: Deadline) -> tuple[ModelServer, str]:
        """The server and the name of its container."""
        deadline.check()
        client = self._host.client()
        with ExitStack() as stack:
            image = self._built(client, layout, deadline, stack)
            with self._spent.on(Phase.START):
                container, host = self._run(client, image, layout, deadline, stack)
            release = stack.pop_all().close
        server = ModelServer(
            container,
            host=host,
            grpc_port=GRPC_PORT,
            rest_port=REST_PORT,
            release=release,
            spent=self._spent,
        )
        return server, container.name

    def _run(
        self,
        client: docker.APIClient,
        image: str,
        layout: Layout,
        deadline: Deadline,
        stack: ExitStack,
    ) -> tuple[Container, str]:
        """A container of the image and its address; both go when the stack does."""
        network = stack.enter_context(private_network(client))
        volumes = {stack.enter_context(models_volume(client)): MODELS} if layout.on_volume else {}
        container = Container(
            client,
            Plan(
                image=image,
                arguments=_arguments(layout),
                network=network.name,
                confinement=self._host.confinement(deadline),
                volumes=volumes,
            ),
        )
        stack.callback(container.remove)
        container.start()
        return container, network.host(client, container.name)

    def _built(
        self, client: docker.APIClient, layout: Layout, deadline: Deadline, stack: ExitStack
    ) -> str:
        """The id of the candidate's image, which goes when the stack does."""
        with self._spent.on(Phase.IMAGE):
            base = self._host.base(deadline)["Id"]
        with self._spent.on(Phase.BUILD):
            image = stack.enter_context(
                candidate_image(
                    client,
                    layout.entries(TREE),
                    base=base,
                    labels=_labels(layout.launch, self._host.settings.revision),
                    deadline=deadline,
                )
            )
        found = str(image["Id"])
        self._image = self._image or ServedImage(
            serving=self._host.serving_image or "", id=found, digest=self._host.pushed_image
        )
        return found


def _arguments(layout: Layout) -> tuple[str, ...]:
    return arguments(
        layout.launch,
        layout.flags(),
        config_file=CONFIG,
        grpc_port=GRPC_PORT,
        rest_port=REST_PORT,
    )


def _labels(launch: Launch, revision: str) -> dict[str, str]:
    """What the image holds, in the keys of the OCI where they have one."""
    model = launch.models[0]
    versions = [
        (version, child)
        for child in (model.base_path.iterdir() if model.base_path.is_dir() else ())
        if (version := parse_version(child.name)) is not None
    ]
    labels = {
        "org.opencontainers.image.title": model.name,
        "org.opencontainers.image.revision": revision,
        "servegate.gate": __version__,
    }
    if versions:
        version, folder = max(versions)
        labels["org.opencontainers.image.version"] = str(version)
        try:
            fingerprint = read_fingerprint(folder, within=folder.resolve().parent)
        except Unreadable:
            fingerprint = None
        if fingerprint is not None:
            labels["servegate.fingerprint"] = f"{fingerprint.saved_model_checksum:016x}"
    return labels
