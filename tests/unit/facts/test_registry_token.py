"""How long a login to a registry lasts, which speaks for an operating model where clusters are elsewhere."""

from __future__ import annotations

import botocore.loaders

from ecr_blueprints.domain.operating_model import CONSIDERATIONS


def test_a_token_ends_when_the_recommendation_says() -> None:
    model = botocore.loaders.Loader().load_service_model("ecr", "service-2")
    assert "valid for 12 hours" in model["operations"]["GetAuthorizationToken"]["documentation"]
    said = [one for one in CONSIDERATIONS if "token" in one.because]
    assert [("12 hours" in one.because, "12 hours" in (one.otherwise or "")) for one in said] == [
        (True, True)
    ]
