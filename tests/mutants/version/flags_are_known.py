"""Flags that a server does not know, cannot read, or with which it looks no more."""

from __future__ import annotations

from tests.support.scenes import Scene, advisory


def _flags(scene: Scene, *flags: str, **serving: object) -> None:
    scene.configure(serving={"flags": list(flags), **serving})


def _gets(scene: Scene, *flags: str, **serving: object) -> None:
    """The change that brings version 2 gives production other flags."""
    scene.configure(serving=serving)
    scene.released("1")
    scene.model("2")
    _flags(scene, *flags, **serving)


def mutant_v09_misspelt(scene: Scene) -> str:
    _gets(scene, "--enable_batching=true", "--enable_model_warmpu=false")
    return "no flag of TF Serving, --enable_model_warmup=false is"


def mutant_v09_hyphens(scene: Scene) -> str:
    _gets(scene, "--rest-api-port=8501")
    return "--rest_api_port=8501"


def mutant_v09_value_after_a_space(scene: Scene) -> str:
    _gets(scene, "--rest_api_port 8501")
    return "--rest_api_port=8501"


def mutant_v09_value_of_another_type(scene: Scene) -> str:
    _gets(scene, "--enable_batching=yes")
    return "the server does not start"


def mutant_v09_batching_parameters_without_batching(scene: Scene) -> str:
    scene.write("deploy/batching.txt", "max_batch_size { value: 8 }\n")
    _gets(scene, "--batching_parameters_file=deploy/batching.txt")
    return "Add --enable_batching=true"


def mutant_v09_one_port_for_both(scene: Scene) -> str:
    _gets(scene, "--rest_api_port=8500")
    return "without its REST API"


@advisory
def mutant_v09_misspelt_for_long(scene: Scene) -> str:
    _flags(scene, "--enable_bacthing=true")
    scene.released("1")
    scene.model("2")
    return "before this change"


@advisory
def mutant_v09_name_that_resembles_none(scene: Scene) -> str:
    _gets(scene, "--quantum_entanglement=true")
    return "servegate.yml:6"


@advisory
def mutant_v09_name_of_one_model_beside_a_file_of_models(scene: Scene) -> str:
    scene.production()
    scene.released("1")
    scene.model("2")
    scene.production(flags=["--model_name=prices"])
    return "which alone counts"


def twin_v09_flags_of_every_type(scene: Scene) -> None:
    scene.write("deploy/batching.txt", "max_batch_size { value: 8 }\n")
    _gets(
        scene,
        "--enable_batching",
        "--batching_parameters_file=deploy/batching.txt",
        "--rest_api_port=8501",
        "--tensorflow_session_parallelism=0",
        "--per_process_gpu_memory_fraction=0.5",
        "--saved_model_tags=serve",
    )


def mutant_v13_looks_once(scene: Scene) -> str:
    _gets(scene, "--file_system_poll_wait_seconds=0")
    return "servegate.yml:6"


def mutant_v13_has_looked_once_for_long(scene: Scene) -> str:
    _flags(scene, "--file_system_poll_wait_seconds=0")
    scene.released("1")
    scene.model("2")
    return "rollout: image"


def mutant_v13_never_looks(scene: Scene) -> str:
    _gets(scene, "--file_system_poll_wait_seconds=-1")
    return "never opens its ports"


def mutant_v13_a_fresh_server_never_looks(scene: Scene) -> str:
    _gets(scene, "--file_system_poll_wait_seconds=-1", rollout="image")
    return "never opens its ports"


@advisory
def mutant_v13_nobody_reads_the_changed_configuration(scene: Scene) -> str:
    polled = ["--model_config_file_poll_wait_seconds=0"]
    scene.production("specific { versions: 1 }", flags=polled)
    scene.released("1")
    scene.model("2")
    scene.production("specific { versions: 2 }", flags=polled)
    return "deploy/models.config once"


def twin_v13_looks_twice_a_minute(scene: Scene) -> None:
    _gets(scene, "--file_system_poll_wait_seconds=30")


def twin_v13_a_fresh_server_looks_once(scene: Scene) -> None:
    _gets(scene, "--file_system_poll_wait_seconds=0", rollout="image")


def twin_v13_the_changed_configuration_is_read_again(scene: Scene) -> None:
    polled = ["--model_config_file_poll_wait_seconds=60"]
    scene.production("specific { versions: 1 }", flags=polled)
    scene.released("1")
    scene.model("2")
    scene.production("specific { versions: 2 }", flags=polled)


def twin_v13_the_configuration_that_is_read_once_stays(scene: Scene) -> None:
    scene.production(flags=["--model_config_file_poll_wait_seconds=0"])
    scene.released("1")
    scene.model("2")
