"""What the image that production builds for itself holds of the candidate."""

from __future__ import annotations

from servegate.deadline import Deadline
from servegate.evidence.saved_model import HOPELESS
from servegate.facts.change import Candidate
from servegate.facts.images import ImageTree, ProductionImage
from servegate.facts.production import Production
from servegate.providers import NotApplicable, Stage, provides
from servegate.tfserving.base_paths import place_in_image


@provides(stage=Stage.SERVER, blocked_by=HOPELESS)
def image_tree(
    candidate: Candidate,
    production: Production,
    production_image: ProductionImage | None,
    deadline: Deadline,
) -> ImageTree:
    """Looks where production's server looks for the candidate."""
    if production_image is None:
        raise NotApplicable("The gate builds the image itself: it holds what the checkout holds.")
    model = production.head.model
    base_path = place_in_image(model.base_path if model else "", candidate.model)
    return production_image.tree(f"{base_path}/{candidate.directory}", deadline)
